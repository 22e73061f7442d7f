/** What a file of records may be. */
export const FORMATS = ['jsonl', 'csv', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];
