import type { Queries } from '../../db/access/database.ts';
import { callsOf, drawsOf } from '../../db/committees/draws.ts';
import { authorityCodes, creditCodesOf } from '../../db/committees/experts.ts';
import { openedBids } from '../../db/openings/unsealings.ts';
import type { CommitteeSafe } from '../../db/files/committee-safe.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { civilDayOf, formatDay } from '../../domain/civil-time.ts';
import type { EligibilityFacts } from '../../domain/experts/eligibility.ts';
import type { TenderCase } from '../tender/case.ts';
import { openDrawSeal } from './sealed.ts';

/** What experts of a lot are judged by: those who bid are left out until its bids are opened. */
export async function eligibilityFacts(
  c: TenderCase,
  lotNo: number,
  wanted: Pick<EligibilityFacts, 'fields' | 'regions'> & { readonly evaluationAt: number },
): Promise<EligibilityFacts> {
  const { tx, id } = c;
  const { purchaserId, agencyId } = c.procurement;
  const [purchaser, agency, authorities, bidders, barred] = await Promise.all([
    creditCodesOf(tx.q, [purchaserId]),
    creditCodesOf(tx.q, agencyId === null ? [] : [agencyId]),
    authorityCodes(tx.q),
    isOpened(c.lot(lotNo).stage) ? bidderCodes(tx.q, { procurementId: id, lotNo }) : null,
    withdrawnBefore(tx.q, tx.committees, { procurementId: id, lotNo }),
  ]);
  return {
    on: formatDay(civilDayOf(wanted.evaluationAt)),
    fields: wanted.fields,
    regions: wanted.regions,
    purchaserCode: purchaser[0] ?? '',
    agencyCode: agency[0] ?? null,
    authorityCodes: authorities,
    bidderCodes: bidders,
    barred,
  };
}

const isOpened = (stage: string): boolean => stage !== 'pending' && stage !== 'opening';

async function bidderCodes(q: Queries, { procurementId, lotNo }: TenderPlace): Promise<string[]> {
  const bids = await openedBids(q, procurementId, lotNo);
  return creditCodesOf(
    q,
    bids.map(({ supplierId }) => supplierId),
  );
}

/** Those who had to withdraw from a committee of this lot, whatever its draw. */
async function withdrawnBefore(q: Queries, safe: CommitteeSafe, place: TenderPlace): Promise<ReadonlySet<string>> {
  const barred = new Set<string>();
  for (const draw of await drawsOf(q, place)) {
    const { people } = openDrawSeal(safe, draw);
    for (const { label, state } of await callsOf(q, draw.id)) {
      const expertId = people[label]?.expertId;
      if (state === 'withdrawn' && expertId !== undefined) barred.add(expertId);
    }
  }
  return barred;
}
