import { afterEach, beforeEach, expect, it } from 'vitest';
import { latestDecision, type Decision } from '../../db/decisions.ts';
import { lotOf } from '../../db/procurements.ts';
import type { Recheck } from '../../domain/decisions.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import { drawAppointments } from '../../services/committees/advance.ts';
import { replaceMember } from '../../services/committees/replace.ts';
import { move } from '../../services/evaluation/deliberate.ts';
import { askBidder } from '../../services/evaluation/requests.ts';
import { committeeSubject } from '../../domain/subjects.ts';
import { scoreSheetOf } from '../../services/evaluation/score-sheet.ts';
import { deliverEvaluated, reportToPrint, signReport } from '../../services/evaluation/sign.ts';
import { addDocument } from '../../services/documents/add.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { evaluationPrinter } from '../../web/evaluation/report.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { answer, CENTRE, confirmAll, drawn, expertGiven, poolOf, requestOf } from '../setup/tenders/committees.ts';
import {
  agree,
  by,
  callsNow,
  clear,
  electLeader,
  entriesOf,
  evaluating,
  evaluationNow,
  mark,
  seated,
  sign,
  withAccounts,
  worksScheme,
  type Evaluated,
} from '../setup/tenders/evaluations.ts';
import { candidateTold } from '../setup/tenders/particulars.ts';
import { at, decide, fileOf, handClock, people, refusalOf, reportOn, type People } from '../setup/tenders/tender.ts';

const SCHEME = worksScheme();
const PRICES = [3_400_000, 3_500_000, 3_600_000].map((yuan) => yuan * 100);

let db: TestDatabase;
let clock: ReturnType<typeof handClock>;
let who: People;
let of: Evaluated;
let first: Decision<'report'>;

const bidIds = () => of.bids.map(({ id }) => id);
const bidOf = (n: number) => String(bidIds()[n]);

async function part(name: 'review' | 'technical' | 'commercial', points: readonly string[] = []): Promise<void> {
  for (const seat of await seated(db, of)) {
    for (const [index, bidId] of bidIds().entries())
      await mark(db, of, seat, bidId, entriesOf(SCHEME, name, points[index] ?? '15'));
    await sign(db, of, seat, name);
  }
}

const signAgain = async (...names: ('review' | 'technical' | 'commercial')[]): Promise<void> => {
  for (const name of names) for (const seat of await seated(db, of)) await sign(db, of, seat, name);
};

/** All sign what has come out, and the leader delivers it. */
async function deliver(findingZh: string | null): Promise<Decision<'report'>> {
  for (const seat of await seated(db, of))
    await by(db, of, seat, (tx, place, account) => signReport(tx, place, account, { as: 'signed', reasonsZh: null }));
  const leader = (await seated(db, of)).find(({ kind }) => kind === 'expert');
  const record = await reportToPrint(db, of.place, String(leader?.accountId));
  const { html } = await evaluationPrinter('https://tender.example.cn')(record);
  const page = { name: '评标报告.html', mediaType: 'text/html', file: await fileOf(db, html) };
  const details = bidIds().map((bidId) => ({ ...candidateTold(), bidId }));
  const printed = { hash: canonicalHash(record), files: [page], details, findingZh } as const;
  return db.transaction((tx) => deliverEvaluated(tx, of.place, String(leader?.accountId), printed, new Set()));
}

const refer = async (given: Partial<Recheck>): Promise<Decision<'recheck'>> => {
  const organisationId = String(who.suppliers[1]?.id);
  const { id: grievanceId } = await db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(1), { ...of.place, target: 'result', organisationId, textZh: '技术评分有误' }),
  );
  return decide(db, who.asPurchaser, {
    ...{ ...of.place, kind: 'recheck' },
    payload: {
      ...{ ground: 'grievance', grievanceId, bidIds: [bidOf(0)], items: ['technical-plan'] },
      ...{ reasonZh: '对第一名的技术评分有异议', documentId: null, dueAt: null, ...given },
    } as unknown as Recheck,
  });
};
const stage = async () => (await lotOf(db.read, of.place.procurementId, 1)).stage;
const orderOf = ({ payload }: Decision<'report'>) => payload.candidates.map(({ bidId }) => bidIds().indexOf(bidId));

beforeEach(async () => {
  clock = handClock('2026-03-01T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  of = await evaluating(db, clock, who, { scheme: SCHEME });
  for (const seat of await seated(db, of)) await clear(db, of, seat);
  await part('review');
  await part('technical', ['19', '17', '16']);
  await part('commercial');
  await electLeader(db, of);
  for (const [index, priceFen] of PRICES.entries()) await agree(db, of, { on: 'price', bidId: bidOf(index), priceFen });
  first = await deliver(null);
  clock.set('2026-04-21T10:00+08:00');
});
afterEach(() => db.close());

it('the same members look again at what was referred and at nothing else, sign again, and report what changed', async () => {
  expect([orderOf(first), await stage()]).toEqual([[0, 1, 2], 'publicity']);
  const [member] = await seated(db, of);
  if (!member) throw new Error('nobody sits');
  const change = (bidId: string, points: string, item = 'technical-plan') =>
    mark(db, of, member, bidId, [{ item, points }]);
  // Nobody opens a report that nobody has referred.
  expect((await refusalOf(change(bidOf(0), '5'))).code).toBe('stage-conflict');
  const { id: recheckId } = await refer({});
  for (const seat of await seated(db, of)) {
    expect((await refusalOf(mark(db, of, seat, bidOf(1), [{ item: 'technical-plan', points: '5' }]))).code).toBe(
      'unlawful',
    );
    await mark(db, of, seat, bidOf(0), [{ item: 'technical-plan', points: '5' }]);
  }
  const before = (await evaluationNow(db, of)).proceedings;
  expect([before.isReopened, before.isReported, before.parts.map(({ signedBy }) => signedBy.length)]).toEqual([
    ...[true, false],
    [7, 0, 0],
  ]);
  // In a recheck nobody decides of a bid that was not referred.
  const other = { on: 'brand', bidId: bidOf(1), brand: '甲' } as const;
  await signAgain('technical', 'commercial');
  expect(await refusalOf(by(db, of, member, (tx, place, account) => move(tx, place, account, other)))).toMatchObject({
    code: 'unlawful',
    details: { violations: [{ rule: 'works30-award-from-candidates' }] },
  });
  // Nor does anybody type the report.
  const typed = { ...reportOn(of.bids, clock.read(), { committee: [] }), findingZh: '维持' };
  expect((await refusalOf(decide(db, who.asPurchaser, { ...of.place, kind: 'report', payload: typed }))).code).toBe(
    'unlawful',
  );
  const second = await deliver('第一名的方案缺少关键工序，评分更正');
  expect(orderOf(second)).toEqual([1, 2, 0]);
  expect(second.payload).toMatchObject({
    ...{ made: 'here', findingZh: '第一名的方案缺少关键工序，评分更正' },
    recheck: { recheckId, formerId: first.id, result: 'changed' },
  });
  expect((await latestDecision(db.read, of.place, 'report'))?.id).toBe(second.id);
  expect(await stage()).toBe('publicity');
  // Each bidder's sheet is that of the report in force.
  const sheet = await scoreSheetOf(db.read, of.place, String(of.bids[0]?.supplierId));
  expect(sheet.rank).toBe(3);
  // And it is closed again.
  expect((await refusalOf(change(bidOf(0), '19'))).code).toBe('stage-conflict');
});

it('what the committee asks a bidder then is awaited until its instant, as before the report', async () => {
  await refer({});
  const leader = (await seated(db, of)).find(({ kind }) => kind === 'expert');
  if (!leader) throw new Error('no expert sits');
  const about = { on: 'clarification', ground: 1, textZh: '请说明方案中的工序', confirm: [] } as const;
  await by(db, of, leader, (tx, place, account) =>
    askBidder(tx, place, account, { bidId: bidOf(0), minutes: 30, about }),
  );
  const { procurementId, lotNo } = of.place;
  const appointments = await db.transaction((tx) => drawAppointments(tx));
  expect(appointments).toEqual([
    { subject: committeeSubject(procurementId, lotNo), at: clock.read() + 30 * 60_000 + 1 },
  ]);
});

it('a result that every member keeps is kept, and says so', async () => {
  await refer({});
  await signAgain('technical', 'commercial');
  const second = await deliver('逐项复核，评分无误，维持原结果');
  expect(second.payload.recheck).toMatchObject({ result: 'kept', changes: [] });
  expect(orderOf(second)).toEqual([0, 1, 2]);
});

it('a member who cannot come is replaced in the drawn order, and who comes new enters everything', async () => {
  await refer({});
  const [gone] = await seated(db, of);
  const call = gone?.call;
  if (!call) throw new Error('no expert sits');
  await db.transaction((tx) => replaceMember(tx, CENTRE, call, { departure: 'health', reasonZh: '住院' }));
  const [called] = (await callsNow(db, of)).filter(({ state }) => state === 'invited');
  if (!called) throw new Error('nobody was called');
  await answer(db, called, 'confirm');
  const newcomer = (await seated(db, of)).find(({ memberId }) => memberId === `expert-${called.no}`);
  if (!newcomer) throw new Error('the new one does not sit');
  await clear(db, of, newcomer);
  for (const name of ['review', 'technical', 'commercial'] as const) {
    for (const bidId of bidIds()) await mark(db, of, newcomer, bidId, entriesOf(SCHEME, name, '16'));
    if (name === 'review') {
      await sign(db, of, newcomer, name);
      // The others change nothing but what was referred, whoever has come new.
      const [other] = (await seated(db, of)).filter(({ memberId }) => memberId !== newcomer.memberId);
      if (!other) throw new Error('nobody sits');
      const changed = mark(db, of, other, bidOf(1), [{ item: 'technical-plan', points: '1' }]);
      expect((await refusalOf(changed)).code).toBe('unlawful');
    } else await signAgain(name);
  }
  expect((await evaluationNow(db, of)).proceedings.isReady).toBe(false);
  await electLeader(db, of);
  const second = await deliver('补足成员后复核');
  expect(second.payload.recheck?.changes.length).toBeGreaterThan(0);
});

it('a committee that cannot be completed gives way to another, which judges everything anew (87令49, 条例48)', async () => {
  const anew = async () => {
    const poolId = await poolOf(
      db,
      who.purchaser.id,
      Array.from({ length: 8 }, (_, n) => expertGiven(100 + n)),
    );
    await withAccounts(db);
    const own = (await seated(db, of)).find(({ kind }) => kind === 'purchaser');
    return requestOf(poolId, [String(own?.accountId)], at('2026-04-22T14:00+08:00'), {
      groups: [{ field: 'A08', seats: 6 }],
    });
  };
  const request = await anew();
  const drawAgain = () => drawn(db, who, { id: of.place.procurementId }, request);
  // Without a recheck, and as long as the committee can be completed, nobody else judges.
  expect((await refusalOf(drawAgain())).code).toBe('stage-conflict');
  const { id: recheckId } = await refer({});
  expect((await refusalOf(drawAgain())).code).toBe('stage-conflict');
  // One after the other leaves, until nobody is left in the drawn order.
  for (;;) {
    const call = (await callsNow(db, of)).find(({ state }) => state === 'confirmed' || state === 'invited');
    if (!call) break;
    if (call.state === 'invited') await answer(db, call, 'decline');
    else await db.transaction((tx) => replaceMember(tx, CENTRE, call, { departure: 'health', reasonZh: '住院' }));
  }
  const draw = await drawAgain();
  // Its bidders are told of the report that stands.
  expect((await scoreSheetOf(db.read, of.place, String(of.bids[0]?.supplierId))).rank).toBe(1);
  await confirmAll(db, draw);
  of = { ...of, draw };
  const { proceedings } = await evaluationNow(db, of);
  expect(proceedings.reopened).toMatchObject({ recheckId, bidIds: bidIds(), items: null });
  expect([proceedings.of.sheets, proceedings.isReopened, await stage()]).toEqual([[], true, 'publicity']);
  for (const seat of await seated(db, of)) await clear(db, of, seat);
  await part('review');
  // Bids that nobody referred are judged as well: what the former committee found is void.
  await part('technical', ['12', '14', '19']);
  await part('commercial');
  await electLeader(db, of);
  // So are prices.
  for (const [index, priceFen] of PRICES.toReversed().entries())
    await agree(db, of, { on: 'price', bidId: bidOf(index), priceFen });
  const second = await deliver('重新组建的评标委员会重新评审');
  expect(orderOf(second)).toEqual([2, 1, 0]);
  expect(second.payload.recheck).toMatchObject({ recheckId, result: 'changed' });
  expect((await scoreSheetOf(db.read, of.place, String(of.bids[0]?.supplierId))).rank).toBe(3);
});

it('a candidate whose circumstances changed is examined by the items of the review, and by nothing else (条例56)', async () => {
  const file = await fileOf(db, '破产申请');
  const document = { kind: 'evidence', name: '裁定.pdf', mediaType: 'application/pdf', file } as const;
  const { procurementId } = of.place;
  const { id: documentId } = await db.transaction((tx) =>
    addDocument(tx, who.asPurchaser, { ...document, procurementId }),
  );
  const ask = (items: string[] | null) =>
    decide(db, who.asPurchaser, {
      ...{ ...of.place, kind: 'recheck' },
      payload: {
        ...{ ground: 'circumstances', grievanceId: null, bidIds: [bidOf(0)], items },
        ...{ reasonZh: '被申请破产', documentId, dueAt: clock.read() + 86_400_000 },
      },
    });
  expect((await refusalOf(ask(['technical-plan']))).details).toMatchObject({ issues: [{ rule: 'item-of-scheme' }] });
  await ask(null);
  const item = String(SCHEME.qualification[0]?.key);
  for (const seat of await seated(db, of)) {
    expect((await refusalOf(mark(db, of, seat, bidOf(0), [{ item: 'technical-plan', points: '1' }]))).code).toMatch(
      /unlawful|stage-conflict/,
    );
    await mark(db, of, seat, bidOf(0), [{ item, passes: false, ground: 3, reasonZh: '已被申请破产，不能履约' }]);
  }
  await signAgain('review', 'technical', 'commercial');
  // With two of them left the committee says whether there is competition (12号令 27).
  await agree(db, of, { on: 'competition', left: 'sufficient', reasonZh: '两家报价仍有竞争' });
  const second = await deliver('不再符合招标文件规定的资格条件');
  expect(orderOf(second)).toEqual([1, 2]);
  expect(second.payload.rejected).toMatchObject([{ bidId: bidOf(0), ground: 3 }]);
  expect(second.payload.recheck).toMatchObject({ result: 'changed' });
});
