import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertMemberships } from '../../db/accounts/memberships.ts';
import { auditAfter } from '../../db/audit.ts';
import { eventsAfter } from '../../db/events.ts';
import { actsOf } from '../../db/evaluation/sheets.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import { advanceCommittee, askingDraws } from '../../services/committees/advance.ts';
import { replaceRepresentative } from '../../services/committees/representatives.ts';
import { move, stateConflict, vote, voteForLeader } from '../../services/evaluation/deliberate.ts';
import { askForTime, extendEvaluation } from '../../services/evaluation/more-time.ts';
import { answerCommittee, askBidder, requestsTo } from '../../services/evaluation/requests.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { counted } from '../setup/counted.ts';
import { testSigner } from '../setup/signer.ts';
import { representative } from '../setup/tenders/committees.ts';
import {
  agree,
  by,
  clear,
  electLeader,
  entriesOf,
  evaluating,
  evaluationNow,
  mark,
  markPart,
  seated,
  sign,
  worksScheme,
  type Evaluated,
} from '../setup/tenders/evaluations.ts';
import { at, handClock, people, refusalOf, type People } from '../setup/tenders/tender.ts';

const SCHEME = worksScheme();
const MINUTE_MS = 60_000;

let db: TestDatabase;
let clock: ReturnType<typeof handClock>;
let who: People;
let of: Evaluated;

beforeEach(async () => {
  clock = handClock('2026-03-01T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  of = await evaluating(db, clock, who, { scheme: SCHEME });
  for (const seat of await seated(db, of)) await clear(db, of, seat);
});
afterEach(() => db.close());

const bidIds = () => of.bids.map(({ id }) => id);
const first = () => String(bidIds()[0]);
const rule = async (refused: Promise<unknown>) => {
  const { code, details } = await refusalOf(refused);
  const violations = (details?.['violations'] ?? []) as { rule: string; article: string }[];
  return [code, violations[0]?.rule ?? details?.['rule'], violations[0]?.article ?? details?.['article']];
};
const kinds = async () => (await eventsAfter(db.read, 0, 10_000)).map(({ kind }) => kind);

async function review(): Promise<void> {
  for (const seat of await seated(db, of)) {
    for (const bidId of bidIds()) await mark(db, of, seat, bidId, entriesOf(SCHEME, 'review', '0'));
    await sign(db, of, seat, 'review');
  }
}

/** Another of the purchaser's people. */
async function colleague(username: string): Promise<string> {
  const accountId = await representative(db, who, username);
  await db.transaction((tx) =>
    insertMemberships(tx, [{ accountId, organisationId: who.purchaser.id, role: 'purchaser', createdAt: tx.now }]),
  );
  return accountId;
}

describe('a representative', () => {
  it('who has a conflict leaves its seat; the purchaser sends another, one for one, and what the former marked is void', async () => {
    const former = (await seated(db, of)).at(-1);
    if (!former) throw new Error('nobody sits');
    const entries = entriesOf(SCHEME, 'review', '0');
    const against = entries.map(({ item }) => ({ item, passes: false, ground: 6, reasonZh: '未响应' }));
    await mark(db, of, former, first(), against);
    const conflict = (seat: typeof former) =>
      by(db, of, seat, (tx, place, account) =>
        stateConflict(tx, place, account, { bidIds: [first()], reasonZh: null }),
      );
    expect(await conflict(former)).toBe(true);
    const send = (nomineeId: string, memberId = 'purchaser-1', departure: 'health' | null = null) =>
      db.transaction((tx) =>
        replaceRepresentative(tx, who.asPurchaser, of.place, {
          ...{ memberId, nomineeId },
          ground: departure && { departure, reasonZh: '突发疾病' },
        }),
      );
    const [expert] = await seated(db, of);
    if (!expert) throw new Error('nobody sits');
    // Six of seven go on marking, and decide nothing.
    await mark(db, of, expert, first(), entries);
    const leader = by(db, of, expert, (tx, place, account) => voteForLeader(tx, place, account, 'expert-1'));
    expect((await rule(leader))[0]).toBe('stage-conflict');
    expect(await refusalOf(send(String(former.accountId)))).toMatchObject({ code: 'bad-input' });
    expect(await refusalOf(send(String(expert.accountId)))).toMatchObject({ code: 'bad-input' });
    expect(await send(await colleague('second'))).toBe('purchaser-2');
    const seats = await seated(db, of);
    // 招标投标法 37: of seven, three times the experts are at least twice all: 3 × 6 ≥ 2 × 7.
    expect(seats.map(({ kind }) => kind).sort()).toEqual([...Array<string>(6).fill('expert'), 'purchaser']);
    expect(await rule(mark(db, of, former, first(), entries))).toEqual([
      'unlawful',
      'works-replaced-member-void',
      '48',
    ]);
    expect(await refusalOf(send(await colleague('third')))).toMatchObject({ code: 'stage-conflict' });
    // One who still serves is replaced on a ground of the law only.
    const fourth = await colleague('fourth');
    expect(await refusalOf(send(fourth, 'purchaser-2'))).toMatchObject({ code: 'bad-input' });
    expect(await send(fourth, 'purchaser-2', 'health')).toBe('purchaser-3');
    for (const seat of await seated(db, of)) if (!seat.cleared) await clear(db, of, seat);
    await review();
    const { proceedings } = await evaluationNow(db, of);
    expect(proceedings.tallies[0]?.facts.failed).toEqual([]);
    expect(proceedings.sitting).toHaveLength(7);
    const trail = JSON.stringify(await auditAfter(db.read, 0, 10_000));
    expect(trail).toContain('committee.nominate');
    expect(trail).not.toContain(`"accountId":"${fourth}"`);
  });
});

describe('a clarification', () => {
  const WORDS = '质保期一处写24个月、一处写36个月，请澄清。';
  const asking = {
    bidId: '',
    minutes: 30,
    about: { on: 'clarification', ground: 1, textZh: WORDS, confirm: ['质保期为36个月'] },
  } as const;
  const ask = async (change: Partial<typeof asking> = {}, seat = '') => {
    const seats = await seated(db, of);
    const { leader: elected } = (await evaluationNow(db, of)).proceedings;
    const wanted = seat === '' ? elected : seat;
    const leader = seats.find(({ memberId }) => memberId === wanted) ?? (await electLeader(db, of));
    return by(db, of, leader, (tx, place, account) =>
      askBidder(tx, place, account, { ...asking, bidId: first(), ...change }),
    );
  };
  const answer = (textZh: string, change = {}, index = 0) =>
    db.transaction((tx) =>
      answerCommittee(
        tx,
        who.asSupplier(index),
        { ...of.place, bidId: first(), supplierId: String(who.suppliers[index]?.id) },
        { kind: 'explanation', textZh, confirmed: [true], name: '张三', ...change },
      ),
    );
  const state = async () => (await evaluationNow(db, of)).proceedings.requests.at(-1);

  it('is asked by the leader on a ground of the law, answered by its bidder alone, in writing, item by item, and changes no price', async () => {
    await review();
    // 招标投标法实施条例 52 names three grounds.
    expect(await rule(ask({ about: { ...asking.about, ground: 4 } as never }))).toEqual([
      'unlawful',
      'works-clarify-written',
      '52(1)',
    ]);
    await ask();
    // What waits for its answer is found without the marks, votes and reports of any committee.
    const waiting = await counted(() => askingDraws(db.read));
    expect(waiting.value.map(({ at }) => at)).toEqual([((await state())?.until ?? 0) + 1]);
    expect([waiting.statements, waiting.texts.filter((text) => text.includes(`->> 'kind'`)).length]).toEqual([2, 1]);
    expect((await rule(ask({}, 'expert-1')))[0]).toBe('stage-conflict');
    expect((await rule(answer('为36个月。', {}, 1)))[0]).toBe('not-found');
    expect((await rule(answer('为36个月。', { confirmed: [] })))[0]).toBe('bad-input');
    expect(await rule(answer('为36个月。', { name: null }))).toEqual(['unlawful', 'works-clarify-written', '52(1)']);
    const other = { q: db.read, committees: db.committees };
    const seen = (index: number) =>
      requestsTo(other, { ...of.place, bidId: first(), supplierId: String(who.suppliers[index]?.id) }, db.now());
    expect((await rule(seen(1)))[0]).toBe('not-found');
    expect((await seen(0)).requests.map(({ about }) => about)).toEqual([asking.about]);
    // 12号令 22.
    expect((await seen(0)).unanswered.zh).toContain('可以否决其投标');
    await answer('为36个月。');
    expect((await rule(answer('为24个月。')))[0]).toBe('stage-conflict');
    expect(await state()).toMatchObject({
      answer: { textZh: '为36个月。', confirmed: [true], name: '张三' },
      lapsed: false,
    });
  });

  it('states no other price than the opened one', async () => {
    await review();
    for (const name of ['technical', 'commercial'] as const) {
      for (const seat of await seated(db, of)) {
        for (const bidId of bidIds()) await mark(db, of, seat, bidId, entriesOf(SCHEME, name, '15'));
        await sign(db, of, seat, name);
      }
    }
    await agree(db, of, { on: 'price', bidId: first(), priceFen: 330_000_000 });
    await ask();
    expect(await rule(answer('质保期36个月，投标总价为320万元。'))).toEqual([
      'unlawful',
      'works-clarify-written',
      '52(1)',
    ]);
    await answer('质保期36个月，投标总价为330万元。');
    expect((await state())?.answer).not.toBeNull();
  });

  it('is asked by the majority too; unanswered in time, that is on record, once, and an answer comes too late', async () => {
    const seats = await seated(db, of);
    const [mover, ...others] = seats;
    if (!mover) throw new Error('nobody sits');
    const { about, minutes } = asking;
    const { on, ...words } = about;
    const motion = { on, bidId: first(), minutes, ...words } as const;
    const motionId = await by(db, of, mover, (tx, place, account) => move(tx, place, account, motion));
    for (const seat of others.slice(0, 3))
      await by(db, of, seat, (tx, place, account) => vote(tx, place, account, { motionId, yes: true }));
    const asked = await state();
    expect(asked?.until).toBe(clock.read() + 30 * MINUTE_MS);
    const advance = async () => advanceCommittee(db, await testSigner(), of.place);
    expect(await advance()).toMatchObject({ then: 'wait', until: (asked?.until ?? 0) + 1 });
    clock.set((asked?.until ?? 0) + 1);
    expect(await advance()).toMatchObject({ then: 'ended' });
    expect(await advance()).toMatchObject({ then: 'ended' });
    const lapsed = (await actsOf(db.read, of.draw.id)).filter(({ act }) => act.kind === 'unanswered');
    expect(lapsed.map(({ by: bid }) => bid)).toEqual([first()]);
    expect((await rule(answer('为36个月。')))[0]).toBe('stage-conflict');
    expect((await state())?.lapsed).toBe(true);
  });
});

describe('the time of an evaluation', () => {
  it('is extended by the purchaser where more than a third ask: three of seven, not two', async () => {
    const until = at('2026-04-21T18:00+08:00');
    const extend = (to = until) => db.transaction((tx) => extendEvaluation(tx, who.asPurchaser, of.place, to));
    const ask = async (count: number) => {
      for (const seat of (await seated(db, of)).slice(0, count))
        await by(db, of, seat, (tx, place, account) => askForTime(tx, place, account, '投标文件较多'));
    };
    // 条例 48: 超过三分之一. 3 × 2 = 6 is not more than 7; asking twice counts once.
    await ask(2);
    await ask(2);
    expect(await rule(extend())).toEqual(['unlawful', 'works-eval-time-extension', '48']);
    expect(await kinds()).not.toContain('evaluation.time-owed');
    // 3 × 3 = 9 is.
    await ask(3);
    expect((await kinds()).filter((kind) => kind === 'evaluation.time-owed')).toHaveLength(1);
    expect((await rule(extend(clock.read())))[0]).toBe('bad-input');
    await extend();
    const report = await findMilestone(db.read, of.place, 'evaluation-report');
    expect([report?.dueAt, report?.rules.map(({ id }) => id)]).toEqual([until, ['works-eval-time-extension']]);
    // Asked anew for each extension.
    expect((await rule(extend(until + 1)))[0]).toBe('unlawful');
    const entry = (await auditAfter(db.read, 0, 10_000)).find(({ action }) => action === 'evaluation.extended');
    expect(entry?.detail).toMatchObject({ asking: 3, of: 7, until });
  });
});

describe('a corrected price', () => {
  it('of which its bidder is silent is not confirmed: in works the opened price stands, on record, and an answer comes too late', async () => {
    for (const part of ['review', 'technical', 'commercial'] as const) await markPart(db, of, SCHEME, part);
    await electLeader(db, of);
    const opened = 340_000_000;
    for (const bidId of bidIds()) await agree(db, of, { on: 'price', bidId, priceFen: opened });
    const corrections = [{ step: 'words', toFen: 300_000_000, noteZh: '大写为叁佰万元整' }] as const;
    await agree(db, of, { on: 'correction', bidId: first(), minutes: 60, corrections });
    const outcome = async () => (await evaluationNow(db, of)).proceedings.outcome;
    expect((await outcome())?.pending.map(({ what }) => what)).toContain('confirm-correction');
    const reading = { q: db.read, committees: db.committees };
    const supplierId = String(of.bids[0]?.supplierId);
    const asked = async () => requestsTo(reading, { ...of.place, bidId: first(), supplierId }, db.now());
    const until = db.now() + 60 * MINUTE_MS;
    expect((await asked()).corrections).toEqual([{ steps: corrections, until, answer: null }]);
    clock.set(until + 1);
    await advanceCommittee(db, await testSigner(), of.place);
    expect((await outcome())?.pending.map(({ what }) => what)).not.toContain('confirm-correction');
    expect((await outcome())?.valid.find(({ bidId }) => bidId === first())?.priceFen).toBe(opened);
    expect((await actsOf(db.read, of.draw.id)).filter(({ act }) => act.kind === 'unanswered')).toHaveLength(1);
    const late = db.transaction((tx) =>
      answerCommittee(
        tx,
        who.asSupplier(0),
        { ...of.place, bidId: first(), supplierId },
        { kind: 'confirmation', yes: true, name: '张三' },
      ),
    );
    expect((await refusalOf(late)).details).toMatchObject({ stage: 'late' });
  });
});
