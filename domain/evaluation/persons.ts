/** A name without what does not show, or only as a space: NFKC, case folded. */
const shown = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}·]/gu, '')
    .toLowerCase();

/** Whether two names look alike to a reader. */
export const nearlySame = (a: string, b: string): boolean => shown(a) === shown(b);
