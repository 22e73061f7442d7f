import { UNATTENDED, type Actor } from '../../../db/audit.ts';
import type { Database } from '../../../db/access/database.ts';
import { mandatesBetween, type Mandate } from '../../../db/parties/mandates.ts';
import { MANDATE_ACT_NAMES } from '../../../domain/mandates/acts.ts';
import { acceptMandate } from '../../../services/mandates/accept.ts';
import { offerMandate, type OfferedMandate } from '../../../services/mandates/offer.ts';

/** Long after every story. */
const UNTIL = Date.parse('2036-01-01T00:00:00+08:00');

interface Parties {
  readonly purchaserId: string;
  readonly agencyId: string | null;
}

const asParty = (organisationId: string, role: 'purchaser' | 'agency'): Actor => ({
  ...UNATTENDED,
  organisationId,
  role,
});

/** The agency has offered a mandate, and the purchaser's own people have accepted it. */
export async function mandateOf(
  db: Database,
  { purchaserId, agencyId }: { purchaserId: string; agencyId: string },
  change: Partial<OfferedMandate> = {},
): Promise<Mandate> {
  const { id } = await db.transaction((tx) =>
    offerMandate(tx, asParty(agencyId, 'agency'), {
      withId: purchaserId,
      ...{ subjectZh: '全部采购项目', projectCodes: null, acts: [...MANDATE_ACT_NAMES], untilAt: UNTIL },
      purchaserConfirms: [],
      ...change,
    }),
  );
  return db.transaction((tx) => acceptMandate(tx, asParty(purchaserId, 'purchaser'), id));
}

/** The agency of a draft, where it has one, may do everything for its purchaser. */
export async function mandated(db: Database, { purchaserId, agencyId }: Parties): Promise<void> {
  if (agencyId === null || (await mandatesBetween(db.read, purchaserId, agencyId)).length > 0) return;
  await mandateOf(db, { purchaserId, agencyId });
}
