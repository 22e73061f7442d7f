export interface GoModule {
  /** The package to build, as `example.org/module/cmd/program`. */
  readonly package: string;
  readonly version: string;
  readonly ldflags?: string;
}
/** The Temporal CLI (with its development server) that this project installs where none is found; Server 1.29. */
export const TEMPORAL_CLI_VERSION: string;
export const TEMPORAL_CLI: GoModule;
/** @param into the folder that gets the program */
export function goInstall(module: GoModule, into: string): { readonly args: string[]; readonly env: NodeJS.ProcessEnv };
