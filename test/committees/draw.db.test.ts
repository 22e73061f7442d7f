import { readFileSync } from 'node:fs';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { callsOf, drawById, partsOf, type Draw } from '../../db/committees/draws.ts';
import { openDatabase } from '../../db/access/open.ts';
import { eventsAfter } from '../../db/events.ts';
import { committeeKeyFile } from '../../db/files/committee-safe.ts';
import { listNotices } from '../../db/notices.ts';
import { lotOf, type Procurement } from '../../db/procurements.ts';
import { experts } from '../../db/schema/sqlite.ts';
import { committeeSubject } from '../../domain/subjects.ts';
import { verifyDraw } from '../../proofs/draw-record.ts';
import { advanceCommittee } from '../../services/committees/advance.ts';
import { chooseExpert } from '../../services/committees/choose.ts';
import { drawnCommittee, membersOf, reading } from '../../services/committees/members.ts';
import { drawRecord } from '../../services/committees/record.ts';
import { replaceMember, stateConflicts } from '../../services/committees/replace.ts';
import { importExperts, previewExperts } from '../../services/experts/import.ts';
import {
  closed,
  commit,
  confirmAll,
  CENTRE,
  answer,
  drawn,
  expertGiven,
  opened,
  poolOf,
  representative,
  requestOf,
  reveal,
} from '../setup/tenders/committees.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { testSigner } from '../setup/signer.ts';
import { everyRow } from '../setup/tenders/lived-in.ts';
import {
  advance,
  at,
  bid,
  decide,
  handClock,
  people,
  publishedTender,
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

const EVALUATION = at('2026-04-20T14:00+08:00');

let db: TestDatabase;
let clock: ReturnType<typeof handClock>;
let who: People;
let tender: Procurement;
let representatives: string[];
let poolId: string;

beforeEach(async () => {
  clock = handClock('2026-03-01T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  tender = await publishedTender(db, clock, who, 'tendering');
  representatives = [await representative(db, who)];
  poolId = await poolOf(db, who.purchaser.id);
  clock.set('2026-04-17T09:00+08:00');
});
afterEach(() => db.close());

const place = () => ({ procurementId: tender.id, lotNo: 1 });
const request = (change = {}) => requestOf(poolId, representatives, EVALUATION, change);
const turn = async () => advanceCommittee(db, await testSigner(), place());
const states = async ({ id }: Draw) => (await callsOf(db.read, id)).map(({ state }) => state);
const actions = async () => (await auditAfter(db.read, 0, 10_000)).map(({ action }) => action);

describe('a draw of three parties', () => {
  it('is repeated off-line by anybody, with names only after the award', async () => {
    const draw = await drawn(db, who, tender, request());
    expect(draw.state).toBe('calling');
    const record = await drawRecord(db, draw, false);
    if (!record) throw new Error('nothing was drawn');
    expect(await verifyDraw(record, [(await testSigner()).publicJwk])).toMatchObject({
      ...{ faults: [], gave: ['purchaser', 'centre', 'supervisor'], withheld: [], absent: [], candidates: 10 },
      ...{ opened: false, pinned: true },
    });
    expect(JSON.stringify(record)).not.toContain('评审专家');
    await confirmAll(db, draw);
    const after = await drawRecord(db, await drawById(db.read, draw.id), true);
    const verified = after && (await verifyDraw(after, null));
    expect(verified).toMatchObject({ faults: [], opened: true });
    expect(verified?.members.map(({ name }) => name?.slice(0, 4))).toEqual(Array(4).fill('评审专家'));
  });

  it('nobody reveals before the centre, another part is refused, and none is given twice', async () => {
    const draw = await opened(db, who, tender, request());
    for (const party of ['purchaser', 'centre', 'supervisor'] as const) await commit(db, who, draw, party);
    expect(await refusalOf(commit(db, who, draw, 'centre'))).toMatchObject({ code: 'already-exists' });
    expect(await refusalOf(reveal(db, who, draw, 'centre'))).toMatchObject({ code: 'stage-conflict' });
    expect((await closed(db, draw)).state).toBe('revealing');
    expect(await refusalOf(reveal(db, who, draw, 'purchaser'))).toMatchObject({ code: 'stage-conflict' });
    expect(await refusalOf(reveal(db, who, draw, 'centre', 'a'.repeat(64)))).toMatchObject({ code: 'hash-mismatch' });
    await reveal(db, who, draw, 'centre');
    await reveal(db, who, draw, 'purchaser');
    expect(await refusalOf(reveal(db, who, draw, 'purchaser'))).toMatchObject({ code: 'already-exists' });
    // What the purchaser handed in is in no column while the supervisor could still withhold its own.
    expect((await partsOf(db.read, draw.id)).map(({ part }) => part)).toEqual([null, null, null]);
    await reveal(db, who, draw, 'supervisor');
    expect((await drawById(db.read, draw.id)).state).toBe('calling');
  });

  it('who withholds is named, and the draw is held without the part; with one part alone there is no draw', async () => {
    const draw = await opened(db, who, tender, request());
    for (const party of ['purchaser', 'centre', 'supervisor'] as const) await commit(db, who, draw, party);
    await turn();
    await reveal(db, who, draw, 'centre');
    await reveal(db, who, draw, 'purchaser');
    expect(await turn()).toMatchObject({ then: 'wait', stage: 'revealing', until: draw.terms.revealUntil + 1 });
    clock.set(draw.terms.revealUntil + 1);
    expect(await turn()).toMatchObject({ then: 'wait', stage: 'calling' });
    const record = await drawRecord(db, await drawById(db.read, draw.id), false);
    expect(record && (await verifyDraw(record, null))).toMatchObject({ faults: [], withheld: ['supervisor'] });
    const drew = (await auditAfter(db.read, 0, 10_000)).find(({ action }) => action === 'draw.drawn');
    expect(drew?.detail).toMatchObject({ withheld: ['supervisor'] });
  });

  it('a party that does not commit itself is absent; fewer than two make it void, and another may be opened', async () => {
    const draw = await opened(db, who, tender, request());
    await commit(db, who, draw, 'centre');
    expect(await refusalOf(opened(db, who, tender, request()))).toMatchObject({ code: 'stage-conflict' });
    clock.set(draw.terms.commitUntil + 1);
    expect(await refusalOf(commit(db, who, draw, 'purchaser'))).toMatchObject({ code: 'stage-conflict' });
    // Until its evaluation begins another may be opened; after that it is overdue.
    expect(await turn()).toMatchObject({ then: 'wait', stage: 'planned', until: draw.terms.evaluationAt + 1 });
    expect((await drawById(db.read, draw.id)).state).toBe('void');
    const second = await opened(db, who, tender, request());
    expect(second.round).toBe(2);
    await commit(db, who, second, 'purchaser');
    await commit(db, who, second, 'supervisor');
    clock.set(second.terms.commitUntil + 1);
    await turn();
    // Without a commitment of the centre nobody waits for it.
    await reveal(db, who, second, 'supervisor');
    await reveal(db, who, second, 'purchaser');
    const record = await drawRecord(db, await drawById(db.read, second.id), false);
    expect(record && (await verifyDraw(record, null))).toMatchObject({ faults: [], absent: ['centre'] });
  });

  it('what it is made of, and what it gave, never changes', async () => {
    const draw = await drawn(db, who, tender, request());
    const { draws, drawParts, committeeCalls } = await import('../../db/schema/sqlite.ts');
    const refused = (change: Promise<unknown>) => expect(change).rejects.toThrow();
    await refused(db.transaction((tx) => tx.q.update(draws).set({ hash: '0' }).where(eq(draws.id, draw.id)).execute()));
    await refused(
      db.transaction((tx) => tx.q.update(draws).set({ orders: [] }).where(eq(draws.id, draw.id)).execute()),
    );
    await refused(db.transaction((tx) => tx.q.update(drawParts).set({ commitment: '0' }).execute()));
    await refused(db.transaction((tx) => tx.q.delete(committeeCalls).execute()));
  });
});

describe('what the law asks of it', () => {
  it('a committee of the wrong size, or with too few experts, is not drawn (招标投标法 37)', async () => {
    const refused = await refusalOf(opened(db, who, tender, request({ groups: [{ field: 'A08', seats: 3 }] })));
    expect(refused).toMatchObject({ code: 'unlawful' });
    expect(refused.details).toMatchObject({
      violations: [{ rule: 'works-committee-min', article: '37' }, { rule: 'works-committee-odd' }],
    });
    expect(await actions()).not.toContain('draw.open');
  });

  it('a field with too few candidates is refused, unless experts may be chosen', async () => {
    const two = [
      { field: 'A08', seats: 3 },
      { field: 'B01', seats: 1 },
    ];
    expect(await refusalOf(opened(db, who, tender, request({ groups: two })))).toMatchObject({
      code: 'bad-input',
      details: { issues: [{ field: 'groups.1.seats' }] },
    });
    await opened(
      db,
      who,
      tender,
      request({ groups: two, direct: { reasonZh: '专业性强，库中无此专业', approval: null } }),
    );
  });

  it('representatives are the purchaser’s own people', async () => {
    expect(await refusalOf(opened(db, who, tender, request({ representativeIds: ['somebody'] })))).toMatchObject({
      details: { issues: [{ field: 'representativeIds.0' }] },
    });
  });

  it('a government tender is drawn from a pool of the province, at most two working days before (87令 48, 198号 14)', async () => {
    const goods = await publishedTender(db, clock, who, 'government', {
      ...{ intentionAt: at('2026-03-10'), noticeAt: at('2026-04-20T09:00+08:00') },
      ...{ documentsFrom: at('2026-04-21T00:00+08:00'), documentsUntil: at('2026-04-27T23:30+08:00') },
      bidDeadline: at('2026-05-12T09:30+08:00'),
    });
    const own = await poolOf(db, who.purchaser.id, undefined, 'own');
    // Before Tuesday 12 May the working days are Monday the 11th and Saturday the 9th, which makes up for the holiday.
    const early = requestOf(own, representatives, at('2026-05-12T14:00+08:00'));
    const refused = await refusalOf(opened(db, who, goods, early));
    expect(refused.details).toMatchObject({
      violations: [
        { rule: 'gp-expert-draw-window', earliestLawful: '2026-05-09T14:00:00+08:00' },
        { rule: 'gp-expert-random', given: 'own' },
      ],
    });
    const draw = await opened(db, who, goods, { ...early, poolIds: [poolId], earlyReasonZh: '外地专家较多' });
    const entry = (await auditAfter(db.read, 0, 10_000)).find(({ action }) => action === 'draw.open');
    expect(entry?.detail).toMatchObject({
      warnings: ['gp-expert-draw-window'],
      earlyReasonZh: '外地专家较多',
      hash: draw.hash,
    });
  });

  it('who works for the purchaser is excluded, with the reason', async () => {
    const employer = { name: who.purchaser.name, creditCode: who.purchaser.creditCode };
    const mixed = await poolOf(db, who.purchaser.id, [
      ...Array.from({ length: 4 }, (_, n) => expertGiven(n + 1)),
      expertGiven(5, { employer }),
    ]);
    const draw = await opened(db, who, tender, requestOf(mixed, representatives, EVALUATION));
    expect(draw.terms.candidates).toHaveLength(4);
    expect(draw.terms.excluded.map(({ reasons }) => reasons)).toEqual([[{ code: 'purchaser', rule: null }]]);
  });
});

describe('those who are called', () => {
  it('who declines or does not answer is followed by the next in order, until every seat is confirmed', async () => {
    const draw = await drawn(db, who, tender, request());
    const [first, second, third, fourth] = await callsOf(db.read, draw.id);
    if (!first || !second || !third || !fourth) throw new Error('four are called');
    await answer(db, first, 'decline');
    expect(await states(draw)).toEqual(['declined', 'invited', 'invited', 'invited', 'invited']);
    await answer(db, second, 'confirm');
    await answer(db, second, 'confirm');
    await answer(db, third, 'confirm');
    clock.step(60 * 60_000 + 1);
    expect(await refusalOf(answer(db, fourth, 'confirm'))).toMatchObject({ code: 'stage-conflict' });
    await turn();
    expect(await states(draw)).toEqual([
      'declined',
      'confirmed',
      'confirmed',
      'lapsed',
      'lapsed',
      'invited',
      'invited',
    ]);
    await confirmAll(db, draw);
    expect(await drawById(db.read, draw.id)).toMatchObject({ state: 'formed', formedAt: clock.read() });
    expect(await turn()).toEqual({ then: 'ended', stage: 'formed' });
    const order = draw.orders?.[0]?.labels.slice(0, 7);
    expect((await callsOf(db.read, draw.id)).map(({ label }) => label)).toEqual(order);
    const record = await drawRecord(db, draw, false);
    expect((record && (await verifyDraw(record, null)))?.faults).toEqual([]);
  });

  it('no quorum when the evaluation begins: overdue on record, and the supervisor is informed', async () => {
    const draw = await drawn(db, who, tender, request({ answerMinutes: 10_080 }));
    expect(await turn()).toMatchObject({ until: EVALUATION + 1 });
    clock.set(EVALUATION + 1);
    await turn();
    expect(await drawById(db.read, draw.id)).toMatchObject({ state: 'calling', shortAt: EVALUATION + 1 });
    const overdue = (await auditAfter(db.read, 0, 10_000)).filter(({ action }) => action === 'duty.overdue');
    expect(overdue.map(({ detail }) => detail)).toEqual([{ key: 'committee', dueAt: EVALUATION }]);
    expect((await eventsAfter(db.read, 0, 10_000)).filter(({ kind }) => kind === 'committee.short')).toHaveLength(1);
    await turn();
    expect((await actions()).filter((action) => action === 'committee.short')).toHaveLength(1);
  });

  it('where nobody is left to call, an expert is chosen with what the law asks, and is marked', async () => {
    const five = await poolOf(
      db,
      who.purchaser.id,
      Array.from({ length: 4 }, (_, n) => expertGiven(n + 1)),
    );
    const draw = await drawn(db, who, tender, requestOf(five, representatives, EVALUATION));
    const [expert] = await db.read.select().from(experts).where(eq(experts.poolId, poolId));
    const choice = { expertId: String(expert?.id), field: 'A08', reasonZh: '技术复杂', approval: null };
    const choose = () => db.transaction((tx) => chooseExpert(tx, who.asPurchaser, place(), choice));
    expect(await refusalOf(choose())).toMatchObject({ code: 'bad-input' });
    const [first] = await callsOf(db.read, draw.id);
    await answer(db, { drawId: draw.id, no: first?.no ?? 0 }, 'decline');
    const call = await choose();
    expect(call).toMatchObject({ no: 5, chosen: true, state: 'invited' });
    await confirmAll(db, draw);
    const members = await drawnCommittee(reading(db), place());
    expect(members?.map(({ chosen }) => chosen)).toEqual([false, false, false, true, false]);
    const record = await drawRecord(db, await drawById(db.read, draw.id), true);
    expect((record && (await verifyDraw(record, null)))?.faults).toEqual([]);
  });
});

describe('during the evaluation', () => {
  async function evaluated(): Promise<Draw> {
    const draw = await drawn(db, who, tender, request());
    await confirmAll(db, draw);
    for (const index of [0, 1, 2]) await bid(db, who, index, tender.id);
    clock.set('2026-04-20T09:00+08:00');
    await advance(db, tender.id);
    return drawById(db.read, draw.id);
  }

  it('who has an interest in a bidder is replaced by the next in order, found by the platform or stated', async () => {
    const draw = await evaluated();
    const [first, second, third] = await callsOf(db.read, draw.id);
    const members = await membersOf(reading(db), draw);
    const supplier = who.suppliers[0];
    const tie = {
      kind: 'kin',
      creditCode: String(supplier?.creditCode),
      name: String(supplier?.name),
      until: null,
    } as const;
    await db.transaction((tx) =>
      tx.q
        .update(experts)
        .set({ ties: [tie] })
        .where(eq(experts.name, members[0]?.name ?? ''))
        .execute(),
    );
    const state = (no: number | undefined, bidIds: string[] = []) =>
      db.transaction((tx) => stateConflicts(tx, { drawId: draw.id, no: no ?? 0 }, { bidIds, reasonZh: null }));
    expect(await state(first?.no)).toEqual([{ code: 'kin', rule: 'works-bar-kin' }]);
    expect(await states(draw)).toEqual(['withdrawn', 'confirmed', 'confirmed', 'confirmed', 'invited']);
    expect((await drawById(db.read, draw.id)).state).toBe('calling');
    expect(await refusalOf(state(second?.no, ['no-bid']))).toMatchObject({
      details: { issues: [{ field: 'bidIds.0' }] },
    });
    const [ofLot] = (await everyRow(db.read)).bids as { id: string }[];
    await state(second?.no, [String(ofLot?.id)]);
    await state(third?.no);
    expect(await states(draw)).toEqual(['withdrawn', 'withdrawn', 'confirmed', 'confirmed', 'invited', 'invited']);
    expect(
      (await callsOf(db.read, draw.id)).map(({ departure, clearedAt }) => [departure, clearedAt !== null]),
    ).toEqual([
      ['recusal', false],
      ['recusal', false],
      [null, true],
      [null, false],
      [null, false],
      [null, false],
    ]);
    await confirmAll(db, draw);
    const record = await drawRecord(db, await drawById(db.read, draw.id), true);
    expect((record && (await verifyDraw(record, null)))?.faults).toEqual([]);
  });

  it('a member is replaced on a ground of the law only while he serves (条例 48)', async () => {
    const draw = await evaluated();
    const replace = (no: number) =>
      db.transaction((tx) =>
        replaceMember(tx, CENTRE, { drawId: draw.id, no }, { departure: 'health', reasonZh: '突发疾病' }),
      );
    await replace(1);
    expect(await refusalOf(replace(1))).toMatchObject({ code: 'stage-conflict' });
    expect(await refusalOf(replace(5))).toMatchObject({ code: 'stage-conflict' });
    // A statement that might name somebody is encrypted.
    const [call] = await callsOf(db.read, draw.id);
    expect(call?.sealedReason).not.toContain('突发');
  });

  it('the report has the drawn committee: others are refused, and its names stay encrypted until the award', async () => {
    const draw = await evaluated();
    const rows = (await everyRow(db.read)).bids as { id: string; state: string }[];
    const bids = rows.filter(({ state }) => state === 'standing') as never[];
    clock.set('2026-04-21T09:00+08:00');
    const report = (change = {}) =>
      decide(db, who.asPurchaser, {
        ...place(),
        kind: 'report',
        payload: reportOn(bids, at('2026-04-20T17:00+08:00'), change),
      });
    expect(await refusalOf(report())).toMatchObject({
      code: 'bad-input',
      details: { field: 'committee' },
    });
    const decision = await report({ committee: [] });
    expect(decision.payload.committee).toEqual([]);
    const members = await drawnCommittee(reading(db), place());
    expect(members).toHaveLength(5);
    // Not one row of any table but the pool itself has the name of an expert.
    const { experts: _pool, ...others } = await everyRow(db.read);
    expect(JSON.stringify(others)).not.toContain('评审专家');
    clock.set('2026-04-25T09:00+08:00');
    await advance(db, tender.id, 1);
    await decide(db, who.asPurchaser, {
      ...place(),
      kind: 'award',
      payload: { bidId: String(rows[0]?.id), ground: null, reasonZh: null },
    });
    expect((await lotOf(db.read, tender.id, 1)).awardedAt).not.toBeNull();
    const award = (await listNotices(db.read, { procurementId: tender.id, limit: 100 })).find(
      ({ kind }) => kind === 'award',
    );
    expect(award).toBeDefined();
    expect(draw.state).toBe('formed');
  });

  it('a lot without a draw takes a report that was made outside, as before', async () => {
    for (const index of [0, 1, 2]) await bid(db, who, index, tender.id);
    clock.set('2026-04-20T09:00+08:00');
    await advance(db, tender.id);
    const bids = ((await everyRow(db.read)).bids as { state: string }[]).filter(
      ({ state }) => state === 'standing',
    ) as never[];
    clock.set('2026-04-21T09:00+08:00');
    const made = await decide(db, who.asPurchaser, {
      ...place(),
      kind: 'report',
      payload: reportOn(bids, at('2026-04-20T17:00+08:00')),
    });
    expect(made.payload.committee).toHaveLength(5);
  });
});

describe('the key', () => {
  it('is in a file of its own, which nobody else reads; with another the names stay closed', async () => {
    const draw = await drawn(db, who, tender, request());
    const key = readFileSync(committeeKeyFile(db.dataDir), 'utf8');
    expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    const other = await openDatabase({
      ...db.storage,
      machineClock: clock.read,
      committeeKey: Buffer.alloc(32, 7).toString('base64url'),
    });
    await expect(membersOf(reading(other), draw)).rejects.toThrow('committee.key');
    await other.close();
    const events = (await eventsAfter(db.read, 0, 10_000)).filter(
      ({ subject }) => subject === committeeSubject(tender.id, 1),
    );
    expect(JSON.stringify(events)).not.toContain('评审专家');
  });
});

describe('the import of a pool', () => {
  it('shows what it would do, and does it: new, changed, known, removed', async () => {
    const given = [expertGiven(1), expertGiven(2, { region: '420500' }), expertGiven(11)];
    const preview = await previewExperts(db.read, { poolId, experts: given, whole: true });
    expect(preview.rows.slice(0, 3).map(({ change }) => change)).toEqual(['known', 'changed', 'new']);
    expect(preview.rows.filter(({ change }) => change === 'removed')).toHaveLength(8);
    await db.transaction((tx) => importExperts(tx, CENTRE, { poolId, experts: given, whole: true }));
    const again = await previewExperts(db.read, { poolId, experts: given, whole: true });
    expect(new Set(again.rows.map(({ change }) => change))).toEqual(new Set(['known']));
  });

  it('a number that is there twice is refused', async () => {
    const twice = [expertGiven(1), expertGiven(1)];
    expect(await refusalOf(previewExperts(db.read, { poolId, experts: twice, whole: false }))).toMatchObject({
      details: { issues: [{ field: 'experts.1.number' }] },
    });
  });
});
