import { fileGrievance } from '../../../services/grievances/file.ts';
import type { Member, TestApi } from '../api.ts';
import { peopleOf, played } from './played.ts';
import { advance, at, bid, decide, obtainDocuments, publishedTender, reportOn, type handClock } from './tender.ts';

export interface Watched {
  /** Nobody decides its award. */
  readonly late: string;
  /** An objection to its documents, of 31 March, has no reply. */
  readonly objected: string;
  readonly grievanceId: string;
  /** A supervisor has paused its opening. */
  readonly paused: string;
}

/** What a supervisor looks for: something late, something objected to, something paused. The clock is left at 26 April 2026. */
export async function watchedTenders(
  api: TestApi,
  clock: ReturnType<typeof handClock>,
  { purchaser, supervisor }: { readonly purchaser: Member; readonly supervisor: Member },
): Promise<Watched> {
  const suppliers = [await api.member('supplier'), await api.member('supplier'), await api.member('supplier')];
  const who = await peopleOf(api, purchaser, suppliers);
  const { id: objected } = await publishedTender(api.db, clock, who, 'tendering', { title: '主城区排水管网改造' });
  const { id: paused } = await publishedTender(api.db, clock, who, 'tendering', { title: '滨江泵站设备更新' });
  const { id: late, bids } = await played(api.db, clock, who, 'tendering', 'bidding');
  for (const index of suppliers.keys()) {
    await obtainDocuments(api.db, who, index, paused);
    await bid(api.db, who, index, paused);
  }
  await obtainDocuments(api.db, who, 0, objected);
  const { id: grievanceId } = await api.db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(0), {
      ...{ procurementId: objected, lotNo: 0, target: 'documents', textZh: '资质要求过高。' },
      organisationId: String(who.suppliers[0]?.id),
    }),
  );
  const pausing = { json: { reasonZh: '收到举报，正在核实' } };
  const answer = await supervisor.call('POST', `/api/procurements/${paused}/opening/pause`, pausing);
  if (answer.status !== 200) throw new Error(answer.text);
  const lot = { procurementId: late, lotNo: 1 };
  clock.set('2026-04-20T09:00+08:00');
  await advance(api.db, late);
  clock.set('2026-04-21T10:00+08:00');
  await decide(api.db, who.asPurchaser, {
    ...lot,
    kind: 'report',
    payload: reportOn(bids, at('2026-04-20T17:00+08:00')),
  });
  clock.set('2026-04-26T10:00+08:00');
  await advance(api.db, late, 1);
  return { late, objected, grievanceId, paused };
}
