export const WEIGHTS: readonly string[];
export function prune(root: string): string[];
