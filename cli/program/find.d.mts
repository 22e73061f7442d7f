export const root: string;
export function findProgram(env?: NodeJS.ProcessEnv): Promise<string>;
