import type { Database } from '../db/access/database.ts';
import type { BankAccount } from '../db/deposits.ts';
import type { Signer } from '../proofs/signing.ts';
import { awardActivities } from './award.ts';
import { biddingActivities } from './bidding.ts';
import { calendarActivities } from './calendar.ts';
import { contractActivities } from './contract.ts';
import { custodianNoticeActivities } from './custodian-notices.ts';
import { evaluationActivities } from './evaluation.ts';
import { withFailures } from './failures.ts';
import { grievanceActivities } from './grievances.ts';
import { openingActivities } from './openings.ts';
import { refundActivities } from './refunds.ts';
import { terminationActivities } from './termination.ts';
import type { UnsealingDesk } from '../services/openings/unsealing/desk.ts';

/**
 * Everything workflows ask for: each one transaction, safe to try again.
 * @param deps `signer`: the platform's; without it what must be signed fails; `desk`: where this worker unseals bids;
 *   `depositAccount`: where bidders pay their deposits to
 */
export function createActivities(deps: {
  db: Database;
  signer?: Signer;
  desk?: Pick<UnsealingDesk, 'begin'>;
  depositAccount?: BankAccount | null;
}) {
  const { db, depositAccount = null } = deps;
  return withFailures({
    ...biddingActivities(db, depositAccount),
    ...evaluationActivities(db),
    ...awardActivities(db),
    ...contractActivities(db),
    ...grievanceActivities(db),
    ...refundActivities(db),
    ...terminationActivities(db),
    ...calendarActivities(db),
    ...custodianNoticeActivities(deps),
    ...openingActivities(deps),
  });
}

export type TenderActivities = ReturnType<typeof createActivities>;
