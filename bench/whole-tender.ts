import { setTimeout as sleep } from 'node:timers/promises';
import { procurementById, lotOf } from '../db/procurements.ts';
import { outstanding } from '../db/tender/timeline.ts';
import type { Database } from '../db/access/database.ts';
import { DUTY_KEYS, type DecisionKind, type DecisionPayloads } from '../domain/decisions.ts';
import type { LotStage, ProcurementStage } from '../domain/stages.ts';
import { bid, decide, draftOf, launch, people, reportOn } from '../test/setup/tenders/tender.ts';

/** Plays a tender of one lot with three bids from its launch to its last duty; returns its id. */
export async function playWholeTender(db: Database, noticeAt: number): Promise<string> {
  const who = await people(db);
  const { procurement } = await launch(db, who.asPurchaser, {
    ...draftOf('tendering', who.purchaser.id),
    noticeAt,
  });
  const lot = { procurementId: procurement.id, lotNo: 1 };
  const procurementAt = (stage: ProcurementStage) =>
    until(stage, async () => (await procurementById(db.read, procurement.id)).stage);
  const lotAt = (stage: LotStage) => until(stage, async () => (await lotOf(db.read, procurement.id, 1)).stage);
  const decided = <K extends DecisionKind>(kind: K, payload: DecisionPayloads[K]) =>
    decide(db, who.asPurchaser, { ...lot, kind, payload });

  await procurementAt('bidding');
  const bids = [];
  for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, procurement.id));
  await procurementAt('evaluation');
  const { openedAt } = await procurementById(db.read, procurement.id);
  await decided('report', reportOn(bids, openedAt ?? 0));
  await lotAt('award');
  await decided('award', { bidId: bids[0]?.id ?? '', ground: null, reasonZh: null });
  const { awardedAt } = await lotOf(db.read, procurement.id, 1);
  await decided('contract', { amountFen: 1_500_000_000, signedAt: awardedAt ?? 0, documentId: null });
  await decided('publish-contract', { textZh: '合同公告', documentId: null });
  const duties = (await outstanding(db.read, lot)).map(({ key }) => key);
  for (const key of DUTY_KEYS) if (duties.includes(key)) await decided('duty', { key, noteZh: null });
  await lotAt('archived');
  await procurementAt('concluded');
  return procurement.id;
}

async function until<S extends string>(wanted: S, look: () => Promise<string>): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  for (let seen = await look(); seen !== wanted; seen = await look()) {
    if (performance.now() > giveUpAt) throw new Error(`still at ${seen}, not at ${wanted}, after 60 s`);
    await sleep(25);
  }
}
