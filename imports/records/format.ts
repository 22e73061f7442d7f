/** The formats of a file of records. */
export const FORMATS = ['jsonl', 'csv', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];
