/** One record of a file, not yet parsed: a row or an object, or why it could not be read. `line` counts from 1. */
export type FileRecord =
  | {
      readonly line: number;
      readonly given: unknown;
      /** Serial dates count from 1904. */
      readonly since1904?: true;
      /** The rows above the header of a table: its title, and the unit of its amounts. */
      readonly above?: readonly (readonly string[])[];
    }
  | { readonly line: number; readonly fault: { readonly zh: string; readonly en: string } };
