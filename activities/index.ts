import type { Database } from '../db/access/database.ts';
import type { BankAccount } from '../domain/deposits/terms.ts';
import type { Signer } from '../proofs/signing.ts';
import { createAdvance } from '../services/tender/advance.ts';
import { calendarActivities } from './calendar.ts';
import { custodianNoticeActivities } from './custodian-notices.ts';
import { openingActivities } from './openings.ts';
import type { UnsealingDesk } from '../services/openings/unsealing/desk.ts';

/**
 * All activities that workflows call: each calls services, and is safe to retry.
 * @param deps `signer`: the platform's; without it whatever must be signed fails; `desk`: where this worker unseals
 *   bids; `depositAccount`: where bidders pay their deposits to
 */
export function createActivities(deps: {
  db: Database;
  signer?: Signer;
  desk?: Pick<UnsealingDesk, 'begin'>;
  depositAccount?: BankAccount | null;
}) {
  const { db, depositAccount = null } = deps;
  const advance = createAdvance(db, { depositAccount, signer: deps.signer });
  return {
    /** Does what is due now for the subject of a workflow, and returns what comes next. */
    advance: ({ subject }: { subject: string }) => advance(subject),
    ...calendarActivities(db),
    ...custodianNoticeActivities(deps),
    ...openingActivities(deps),
  };
}

export type TenderActivities = ReturnType<typeof createActivities>;
