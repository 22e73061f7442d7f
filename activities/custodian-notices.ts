import type { Database } from '../db/access/database.ts';
import type { Custodian } from '../domain/bids/sealing.ts';
import type { DeadlineProof } from '../proofs/deadline.ts';
import type { Signer } from '../proofs/signing.ts';
import { recordAcknowledgement } from '../services/custodians/acknowledge.ts';
import { deadlineProofFor, isNoticeDue, type DeadlineVersion } from '../services/custodians/notices.ts';
import { transact } from './transact.ts';

/** What is needed to notify custodians of a deadline; without a signer only other workers can. */
export const custodianNoticeActivities = ({ db, signer }: { readonly db: Database; readonly signer?: Signer }) => ({
  isNoticeDue: (deadline: DeadlineVersion): Promise<boolean> => isNoticeDue(db.read, db.now(), deadline),

  deadlineProofFor: async (
    notice: DeadlineVersion & {
      /** Of the log that the custodian has seen. */
      readonly knownSize: number;
    },
  ): Promise<DeadlineProof | null> => {
    if (!signer) throw new Error('this worker cannot sign');
    return deadlineProofFor(db, signer, notice);
  },

  recordAcknowledgement: (
    answer: DeadlineVersion & { readonly custodian: Custodian; readonly reason: string | null },
  ): Promise<void> => transact(db, answer, (tx) => recordAcknowledgement(tx, answer)),
});
