export type IslandName =
  'board' | 'draw' | 'invitation' | 'page' | 'seal' | 'seal-worker' | 'setup' | 'sheet' | 'verify';
export const ISLANDS: readonly IslandName[];
export function buildIsland(name: IslandName): Promise<Uint8Array>;
export function buildTool(): Promise<Uint8Array>;
