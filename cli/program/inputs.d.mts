export function hasSources(root: string): boolean;
export function inputsHash(root: string): string;
