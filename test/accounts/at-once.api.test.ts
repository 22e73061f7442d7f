import { expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { startTestApi, TEST_PASSWORD } from '../setup/api.ts';

it('people who sign in at the same time each get a session, recorded as their own', async () => {
  await using api = await startTestApi();
  const members = await Promise.all(
    (['purchaser', 'agency', 'centre', 'office'] as const).map((role) => api.member(role)),
  );
  const rounds = [...members, ...members, ...members];
  const before = (await auditAfter(api.db.read, 0, 500)).length;
  const answers = await Promise.all(rounds.map(({ username }) => api.signIn(username, TEST_PASSWORD)));
  expect(answers.map(({ status }) => status)).toEqual(rounds.map(() => 200));
  const begun = (await auditAfter(api.db.read, 0, 500))
    .slice(before)
    .filter(({ action }) => action === 'session.begin');
  expect(begun.map(({ actor }) => actor.accountId).sort()).toEqual(rounds.map(({ accountId }) => accountId).sort());
  // Whoever is committed together is not recorded as one.
  expect(new Set(begun.map(({ actor }) => actor.requestId)).size).toBe(rounds.length);
});
