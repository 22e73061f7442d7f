import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { procurementById } from '../../db/procurements.ts';
import { realAt } from '../../domain/clock.ts';
import { lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { createAdvance } from '../../services/tender/advance.ts';
import { counted } from '../setup/counted.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { evenClock } from '../setup/even-clock.ts';
import { at, bid, decide, handClock, people, publishedTender, type People } from '../setup/tenders/tender.ts';

// The one question of every workflow, asked by many at once.

const clock = handClock('2026-03-01');
const DEADLINE = at('2026-04-20T09:00+08:00');
let db: TestDatabase;
let who: People;
let advance: ReturnType<typeof createAdvance>;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  advance = createAdvance(db, { depositAccount: null });
});
afterEach(() => db.close());

async function tenders(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { id } = await publishedTender(db, clock, who, 'tendering');
    for (const index of [0, 1, 2]) await bid(db, who, index, id);
    ids.push(id);
  }
  return ids;
}

describe('tenders that fall due at one instant', () => {
  it('are closed together by the first query, and each query gets the answer that it would get later', async () => {
    const ids = await tenders(12);
    clock.set(DEADLINE);
    const subjects = ids.map(procurementSubject);
    const taken = await counted(() => Promise.all(subjects.map(advance)));
    expect(taken.commits).toBeLessThanOrEqual(2);
    for (const id of ids) expect((await procurementById(db.read, id)).stage).toBe('evaluation');
    expect(taken.value).toEqual(await Promise.all(subjects.map(advance)));
    expect(taken.value).toEqual(await Promise.all(ids.map((id) => advance(lotSubject(id, 1)))));
    expect(new Set(taken.value.map(({ then, stage }) => `${then} ${stage}`))).toEqual(new Set(['wait evaluation']));
  });

  it('are refused together while the clock is in doubt: no tender is tried alone', async () => {
    const even = evenClock('2026-03-01');
    const doubted = await temporaryDatabase({ machineClock: even.read, steadyClock: even.steady });
    try {
      const own = await people(doubted, 3);
      const ids: string[] = [];
      for (let n = 0; n < 8; n += 1) ids.push((await publishedTender(doubted, even, own, 'tendering')).id);
      even.set(DEADLINE);
      even.jump(300_000);
      const ask = createAdvance(doubted, { depositAccount: null });
      const refused = await counted(() => Promise.allSettled(ids.map((id) => ask(procurementSubject(id)))));
      expect(refused.value).toMatchObject(ids.map(() => ({ reason: { code: 'clock-jumped' } })));
      const begun = refused.texts.filter((text) => /^begin/i.test(text));
      expect(begun.length).toBeGreaterThan(0);
      // Those that ask while others are answered are answered together after them. Of halves down to one there would be one
      // for each tender, and the groups beside them.
      expect(begun.length).toBeLessThanOrEqual(ids.length);
    } finally {
      await doubted.close();
    }
  });

  it('have timers a little apart, so that the closing does not compete with all of them for the processors', async () => {
    const ids = await tenders(3);
    clock.set(DEADLINE - 60_000);
    const turns = await Promise.all(ids.sort().map((id) => advance(procurementSubject(id))));
    const first = turns[0]?.then === 'wait' ? Number(turns[0].wakeAtMs) : NaN;
    expect(turns.map((turn) => turn.then === 'wait' && [turn.until, Number(turn.wakeAtMs) - first])).toEqual([
      [DEADLINE, 0],
      [DEADLINE, 2_050],
      [DEADLINE, 2_100],
    ]);
    expect(first).toBe(realAt(db.clock, DEADLINE));
    // The law’s instant is one for all of them: the first timer closes all, and nobody hands in a bid between two timers.
    clock.set(DEADLINE);
    await advance(procurementSubject(String(ids[0])));
    for (const id of ids) expect((await procurementById(db.read, id)).stage).toBe('evaluation');
  });

  it('do not affect concurrent queries: one that is not due gets its own instant, one that is unknown is refused', async () => {
    const [due, other] = await tenders(2);
    const putOff = {
      textZh: '延期',
      affectsBids: false,
      bidDeadline: at('2026-05-11T09:00+08:00'),
      documentIds: [],
    };
    clock.set('2026-04-10');
    await decide(db, who.asPurchaser, {
      procurementId: String(other),
      lotNo: 0,
      kind: 'amend',
      payload: putOff,
    });
    clock.set(DEADLINE);
    const [closed, waits, unknown] = await Promise.allSettled([
      advance(procurementSubject(String(due))),
      advance(procurementSubject(String(other))),
      advance(procurementSubject('01900000-0000-7000-8000-000000000000')),
    ]);
    expect(closed).toMatchObject({ value: { then: 'wait', stage: 'evaluation', until: null } });
    expect(waits).toMatchObject({ value: { then: 'wait', stage: 'bidding', until: putOff.bidDeadline } });
    expect(unknown).toMatchObject({ reason: { code: 'not-found' } });
  });
});
