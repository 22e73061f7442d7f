import { afterEach, beforeEach, expect, it } from 'vitest';
import { listNotices, type Notice } from '../../db/notices.ts';
import { lotOf, procurementById, type Draft } from '../../db/procurements.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { documentOf } from '../../web/notices/templates.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  blockingOf,
  dueOf,
  advance,
  at,
  bid,
  decide,
  draftOf,
  handClock,
  inviteesOf,
  launch,
  people,
  refusalOf,
  reportOn,
  setFigures,
  MADE_UP_OPEN_FEN,
  type People,
} from '../setup/tenders/tender.ts';

// 邀请招标 under 政府采购法: its grounds, and its way to the archive.

const clock = handClock('2026-03-16T10:00+08:00');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-03-16T10:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  await setFigures(db);
});
afterEach(() => db.close());

const BUDGET = MADE_UP_OPEN_FEN - 1;
const invited = (change: Partial<Draft> = {}): Draft =>
  draftOf('government', who.purchaser.id, {
    ...{ procedure: 'invited-tender', mandatory: false, budgetFen: BUDGET, bidValidityDays: 90 },
    lots: [{ no: 1, title: '一包', budgetFen: BUDGET, bidBondFen: null }],
    // Issued from Wednesday the 18th: 19, 20, 23, 24, 25 March (条例 31).
    documentsUntil: at('2026-03-25T17:00+08:00'),
    methodGround: { case: 1, approvalNumber: null },
    invitees: inviteesOf(who, 'database'),
    ...change,
  });

it('wants one of the two cases (政府采购法 29), three suppliers (34), and from the figure for open tenders an approval (条例 23)', async () => {
  const refused = async (change: Partial<Draft>) =>
    blockingOf((await refusalOf(launch(db, who.asPurchaser, invited(change)))).details);
  expect(await refused({ methodGround: null, invitees: inviteesOf(who, 'known', 2) })).toEqual([
    ['gp-invited-grounds', '政府采购法', '29', 'methodGround'],
    ['gp-invited-min', '政府采购法', '34', 'invitees'],
    ['gp-invited-min', '政府采购法', '34', 'invitees[0].source'],
    ['gp-invited-min', '政府采购法', '34', 'invitees[1].source'],
  ]);
  const own = { organisationId: who.purchaser.id, source: 'prequalification', reasonZh: null } as const;
  expect(await refused({ invitees: [...inviteesOf(who, 'database'), own] })).toEqual([
    ['gp-recusal-3y', '政府采购法实施条例', '9', 'invitees[3].organisationId'],
  ]);
  const large = {
    ...{ budgetFen: MADE_UP_OPEN_FEN, mandatory: true },
    lots: [{ no: 1, title: '一包', budgetFen: MADE_UP_OPEN_FEN, bidBondFen: null }],
  };
  expect(await refused(large)).toEqual([
    ['gp-method-change-approval', '政府采购法实施条例', '23', 'methodGround.approvalNumber'],
  ]);
  const approved = invited({ ...large, methodGround: { case: 2, approvalNumber: '某财采〔2026〕1号' } });
  expect((await launch(db, who.asPurchaser, approved)).procurement.stage).toBe('launched');
});

// @rule gp-award-notice-same-time, gp-award-recommend-list
it('runs from its letters to the archive (政府采购法 35, 条例 43, 87令 68, 69, 71)', async () => {
  const [recommended, ...others] = inviteesOf(who, 'database');
  if (!recommended) throw new Error('nobody is invited');
  const reasonZh = '承担过同类项目';
  const invitees = [{ ...recommended, source: 'recommended-by-purchaser' as const, reasonZh }, ...others];
  const { procurement } = await launch(db, who.asPurchaser, invited({ invitees }));
  const { id } = procurement;
  const place = { procurementId: id, lotNo: 1 };
  const due = (key: MilestoneKey) => dueOf(db, place, key);
  clock.set(procurement.noticeAt);
  await advance(db, id);
  clock.set('2026-03-20T10:00+08:00');
  const bids = [];
  for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, id));
  clock.set('2026-04-08T09:30+08:00');
  await advance(db, id);
  // The report on Thursday 9 April; a silent purchaser: 10, 13, 14, 15, 16 April (条例 43).
  clock.set('2026-04-09T10:00+08:00');
  await decide(db, who.asPurchaser, {
    ...place,
    kind: 'report',
    payload: reportOn(bids, at('2026-04-08T17:00+08:00')),
  });
  expect(await due('award')).toBe('2026-04-16T23:59:59.999+08:00');
  clock.set('2026-04-17T00:00+08:00');
  await advance(db, id, 1);
  expect(await lotOf(db.read, id, 1)).toMatchObject({ stage: 'contract', deemed: true, winnerBidId: bids[0]?.id });
  // One working day from Friday the 17th: Monday the 20th (87令 69); thirty days: 17 May (87令 71).
  expect(await due('award-notice-end')).toBe('2026-04-20T23:59:59.999+08:00');
  expect(await due('contract')).toBe('2026-05-17T23:59:59.999+08:00');
  clock.set('2026-04-24T10:00+08:00');
  const contract = { amountFen: 380_000_000, signedAt: at('2026-04-24T09:00+08:00'), documentId: null };
  await decide(db, who.asPurchaser, { ...place, kind: 'contract', payload: contract });
  const published = { textZh: '合同公告', documentId: null };
  await decide(db, who.asPurchaser, { ...place, kind: 'publish-contract', payload: published });
  for (const key of ['deposits-losers', 'deposits-winner', 'contract-filing'] as const) {
    await decide(db, who.asPurchaser, { ...place, kind: 'duty', payload: { key, noteZh: null } });
  }
  await advance(db, id, 1);
  await advance(db, id);
  expect([(await lotOf(db.read, id, 1)).stage, (await procurementById(db.read, id)).stage]).toEqual([
    'archived',
    'concluded',
  ]);
  // 被推荐供应商名单和推荐理由 (87令 69).
  const [result] = await listNotices(db.read, { procurementId: id, kind: 'award', limit: 1 });
  expect(result?.content['recommendations']).toEqual([{ supplier: who.suppliers[0]?.name, reasonZh }]);
  expect(JSON.stringify(documentOf(result as Notice))).toContain(reasonZh);
  const titles = (await listNotices(db.read, { procurementId: id, limit: 9 })).map(({ kind, titleZh }) => [
    kind,
    titleZh.slice(-5),
  ]);
  expect(titles.reverse()).toEqual([
    ['invitation', '投标邀请书'],
    ['opening-record', '包开标记录'],
    ['award', '标结果公告'],
    ['contract', expect.stringContaining('合同公告')],
  ]);
});
