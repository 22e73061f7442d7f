/** What a field is called: as clerks know it, and in English. */
export type FieldName = readonly [zh: string, en: string];
