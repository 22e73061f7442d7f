import { organisationById } from '../../../db/organisations.ts';
import type { Member, TestApi } from '../api.ts';
import { poolOf } from './committees.ts';
import { publishedTender, type handClock } from './tender.ts';

export interface OpenedDraw {
  readonly tender: string;
  readonly drawId: string;
  /** Of its committee, in the API. */
  readonly base: string;
}

/** A tender that is open for bids, with a draw of four experts that its purchaser has opened: on 16 April 2026 at 9. */
export async function openedDraw(
  api: TestApi,
  clock: ReturnType<typeof handClock>,
  purchaser: Member,
): Promise<OpenedDraw> {
  const { accountId, organisationId } = purchaser;
  const asPurchaser = { accountId, organisationId, role: 'purchaser', address: null, requestId: null };
  const organisation = await organisationById(api.db.read, organisationId);
  const who = { purchaser: organisation, suppliers: [], asPurchaser, asSupplier: () => asPurchaser };
  const { id: tender } = await publishedTender(api.db, clock, who, 'tendering');
  clock.set('2026-04-16T09:00+08:00');
  const poolId = await poolOf(api.db, organisationId);
  const base = `/api/procurements/${tender}/lots/1/committee`;
  const opened = await purchaser.call('POST', `${base}/draws`, {
    json: {
      ...{ poolIds: [poolId], groups: [{ field: 'A08', seats: 4 }], representativeIds: [accountId] },
      evaluationAt: '2026-04-20T14:00:00+08:00',
    },
  });
  if (opened.status !== 201) throw new Error(opened.text);
  return { tender, drawId: String(opened.get('drawId')), base };
}
