import type { Format } from '../../imports/records/format.ts';

/** Options of `kaibiao law audit`, besides the file. */
export interface AuditOptions {
  /** Path of a mapping file. */
  readonly map?: string;
  readonly format?: Format;
  readonly json?: true;
  /** Files with the holiday arrangements of other years than the built-in ones. */
  readonly calendar?: readonly string[];
  /** Ids of RECALLED rules that bind. */
  readonly confirm?: readonly string[];
}
