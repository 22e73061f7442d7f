export type IslandName = 'invitation' | 'page' | 'seal' | 'seal-worker';
export const ISLANDS: readonly IslandName[];
export function buildIsland(name: IslandName): Promise<Uint8Array>;
export function buildTool(): Promise<Uint8Array>;
