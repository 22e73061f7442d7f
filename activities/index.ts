import type { Database } from '../db/access/database.ts';
import type { BankAccount } from '../domain/deposits/terms.ts';
import type { Signer } from '../proofs/signing.ts';
import { createAdvance } from '../services/tender/advance.ts';
import { calendarActivities } from './calendar.ts';
import { deadlineActivities } from './deadlines.ts';
import { withFailures } from './failures.ts';
import { openingActivities } from './opening.ts';
import type { UnsealingDesk } from './unsealing/unsealing.ts';

/**
 * Everything workflows ask for: each a call into services, safe to try again.
 * @param deps `signer`: the platform's; without it what must be signed fails; `desk`: where this worker unseals bids;
 *   `depositAccount`: where bidders pay their deposits to
 */
export function createActivities(deps: {
  db: Database;
  signer?: Signer;
  desk?: UnsealingDesk;
  depositAccount?: BankAccount | null;
}) {
  const { db, depositAccount = null } = deps;
  const advance = createAdvance(db, { depositAccount });
  return withFailures({
    /** Does what is due by now of what a workflow carries, and answers what is next. */
    advance: ({ subject }: { subject: string }) => advance(subject),
    ...calendarActivities(db),
    ...deadlineActivities(deps),
    ...openingActivities(deps),
  });
}

export type TenderActivities = ReturnType<typeof createActivities>;
