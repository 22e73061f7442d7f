import { afterEach, beforeEach, expect, it } from 'vitest';
import { Idempotency } from '../../api/http/idempotent.ts';
import type { Answer } from '../../api/http/route.ts';
import type { Tx } from '../../db/access/database.ts';
import { forgetAnswersBefore } from '../../db/idempotency.ts';
import { listOrganisations } from '../../db/organisations.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { DomainError } from '../../domain/errors.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { handClock, refusalOf } from '../setup/tender.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
});
afterEach(() => db.close());

const request = { key: 'k1', accountId: 'a1', fingerprint: 'POST /x 1' };
let made = 0;

/** Registers an organisation, as another process would each time: none knows what the others work on. */
const register = (change: Partial<typeof request> = {}, work = registration): Promise<Answer> => {
  const process = new Idempotency(db);
  const keyed = { ...request, ...change };
  return process.run(keyed, () => process.commit(keyed, {}, work, undefined));
};
async function registration(tx: Tx): Promise<Answer> {
  made += 1;
  const { id } = await createOrganisation(tx, UNATTENDED, { name: '某单位', creditCode: `C${made}` });
  return { status: 201, body: { id }, headers: { Location: `/api/organisations/${id}` } };
}
const registered = async (): Promise<number> => (await listOrganisations(db.read, { limit: 100 })).length;
const isReplayed = ({ headers }: Answer): boolean => headers?.['Idempotency-Replayed'] === 'true';

it('acts once among many at the same time, and then answers as before', async () => {
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => register()));
  const given = answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(given.filter((answer) => !isReplayed(answer))).toHaveLength(1);
  // Those committed together with the first cannot know its answer yet, and are told to ask again.
  const waiting = answers.flatMap((each) => (each.status === 'rejected' ? [each.reason as DomainError] : []));
  expect(waiting.map(({ code }) => code)).toEqual(waiting.map(() => 'request-in-progress'));
  expect(await registered()).toBe(1);
  const again = await register();
  expect([isReplayed(again), again.status, again.body]).toEqual([true, 201, given[0]?.body]);
  expect(await registered()).toBe(1);
});

it('belongs to its account, and to the request it came with', async () => {
  expect(isReplayed(await register())).toBe(false);
  expect(isReplayed(await register({ accountId: 'a2' }))).toBe(false);
  expect((await refusalOf(register({ fingerprint: 'POST /x 2' }))).code).toBe('idempotency-conflict');
  expect(await registered()).toBe(2);
});

it('may be used again when the request failed without effect, and when it is long forgotten', async () => {
  const fails = register({}, async (tx) => {
    await registration(tx);
    throw new DomainError('bad-input', { messageZh: '不对', messageEn: 'wrong' });
  });
  expect((await refusalOf(fails)).code).toBe('bad-input');
  expect(isReplayed(await register())).toBe(false);
  await db.transaction((tx) => forgetAnswersBefore(tx, clock.read()));
  expect(isReplayed(await register())).toBe(true);
  await db.transaction((tx) => forgetAnswersBefore(tx, clock.read() + 1));
  expect(isReplayed(await register())).toBe(false);
});
