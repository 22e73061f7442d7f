import { UNATTENDED } from '../audit.ts';
import type { UnchainedEntry } from '../access/database.ts';
import type { RowFault } from './fault.ts';

/** Why rows that this program had not just written got their MACs. */
export interface RecalculatedMacs {
  /** `first`: an installation from before there were MACs; `lost`: the MACs were gone; `migrated`: the schema changed. */
  readonly why: 'first' | 'lost' | 'migrated';
  readonly rows: number;
  readonly faults: readonly RowFault[];
}

/** Subjects that an audit entry names. */
const MOST_NAMED = 100;

export function entryOfRecalculation({ why, rows, faults }: RecalculatedMacs, at: number): UnchainedEntry {
  return {
    at,
    actor: UNATTENDED,
    action: why === 'migrated' ? 'schema.migrate' : 'rows.mac',
    procurementId: null,
    subject: 'installation',
    detail: { why, rows, faults: faults.length, named: faults.slice(0, MOST_NAMED).map(({ subject }) => subject) },
    confidential: false,
  };
}
