import type { Database } from '../db/access/database.ts';
import { isDeadlineToTell, noteTold } from '../db/deadlines.ts';
import { deadlineProof } from '../db/log.ts';
import type { Custodian } from '../domain/bids/sealing.ts';
import type { DeadlineProof } from '../proofs/deadline.ts';
import type { Signer } from '../proofs/signing.ts';
import { transact } from './transact.ts';

interface Version {
  readonly procurementId: string;
  readonly version: number;
}

/** What telling custodians of a deadline takes; without a signer only others can. */
export const deadlineActivities = ({ db, signer }: { readonly db: Database; readonly signer?: Signer }) => ({
  isDeadlineToTell: (deadline: Version): Promise<boolean> => isDeadlineToTell(db.read, db.now(), deadline),

  /** For a custodian that has seen so much of the log; null where it need not be told any more. */
  deadlineToTell: async ({
    knownSize,
    ...deadline
  }: Version & { readonly knownSize: number }): Promise<DeadlineProof | null> => {
    if (!signer) throw new Error('this worker cannot sign');
    if (!(await isDeadlineToTell(db.read, db.now(), deadline))) return null;
    return deadlineProof(db, signer, deadline.procurementId, knownSize);
  },

  /** @param told `reason`: why the custodian refuses to believe it; null where it does believe it */
  noteTold: (told: Version & { readonly custodian: Custodian; readonly reason: string | null }): Promise<void> =>
    transact(db, told, (tx) => noteTold(tx, told)),
});
