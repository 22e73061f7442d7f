import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetAnswersBefore, keepAnswer, keptAnswer } from '../../db/idempotency.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { handClock } from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
});
afterEach(() => db.close());

describe('an Idempotency-Key', () => {
  const answer = { key: 'k1', accountId: 'a1', fingerprint: 'POST /x 1', status: 201, response: { id: 'p1' } };
  const keep = (change: Partial<typeof answer> = {}) =>
    db.transaction((tx) => keepAnswer(tx, { ...answer, ...change }));

  it('keeps one answer among many at the same time, and gives it as it was', async () => {
    const kept = await Promise.all(Array.from({ length: 20 }, (_, id) => keep({ response: { id: `p${id}` } })));
    expect(kept.filter(Boolean)).toHaveLength(1);
    const response = { id: `p${kept.indexOf(true)}` };
    expect(await keptAnswer(db.read, answer)).toMatchObject({ ...answer, response });
  });

  it('belongs to its account', async () => {
    expect(await keep()).toBe(true);
    expect(await keptAnswer(db.read, { ...answer, accountId: 'a2' })).toBeUndefined();
    expect(await keep({ accountId: 'a2' })).toBe(true);
  });

  it('may be used again when it is long forgotten', async () => {
    await keep();
    await db.transaction((tx) => forgetAnswersBefore(tx, clock.read()));
    expect(await keep()).toBe(false);
    await db.transaction((tx) => forgetAnswersBefore(tx, clock.read() + 1));
    expect(await keep()).toBe(true);
  });
});
