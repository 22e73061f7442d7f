import type { Format } from '../../imports/records/format.ts';

/** Options of `kaibiao law audit`, besides the file. */
export interface AuditOptions {
  /** Path of a mapping file. */
  readonly map?: string;
  readonly format?: Format;
  readonly json?: true;
  /** Ids of RECALLED rules that bind. */
  readonly confirm?: readonly string[];
}
