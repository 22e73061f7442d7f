import { expect, it } from 'vitest';
import { secondFactorOf } from '../../db/accounts/second-factors.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { lockAfter, recoveryCodeOf } from '../../domain/accounts/second-factor.ts';
import { createAccount } from '../../services/accounts/create.ts';
import { proveCode } from '../../services/accounts/second-factor/codes.ts';
import { confirmSetUp, startSetUp } from '../../services/accounts/second-factor/set-up.ts';
import { temporaryDatabase } from '../setup/database.ts';
import { deviceCode } from '../setup/sign-in/authenticator.ts';

/** RFC 6238, appendix B, for SHA-1: the last six of its eight digits. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const VECTORS = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;

it('codes are those of RFC 6238, each is taken once, and a step before and after', async () => {
  const db = await temporaryDatabase();
  const account = await db.transaction((tx) =>
    createAccount(tx, UNATTENDED, {
      ...{ username: 'zhang.san', name: '张三', memberships: [], passwordHash: 'hash', oneTimeUntil: null },
    }),
  );
  const { id } = account;
  await db.transaction((tx) => startSetUp(tx, UNATTENDED, id, SECRET));
  const [first, ...later] = VECTORS;
  const prove = (code: string, seconds: number) =>
    db.transaction((tx) => proveCode(tx, UNATTENDED, id, code, { realNowMs: seconds * 1000, lockMs: 60_000 }));
  // Nothing is asked for before it is confirmed.
  expect(await prove(first[1], first[0])).toEqual({ result: 'none' });
  const { recoveryCodes } = await db.transaction((tx) =>
    confirmSetUp(tx, UNATTENDED, id, { code: first[1], realNowMs: first[0] * 1000, keep: 'none' }),
  );
  expect((await secondFactorOf(db.read, id))?.sealed).not.toContain(SECRET);
  for (const [seconds, code] of later) {
    expect(deviceCode(SECRET, seconds * 1000)).toBe(code);
    expect(await prove(code, seconds)).toEqual({ result: 'right', by: 'device' });
    expect(await prove(code, seconds)).toEqual({ result: 'wrong' });
  }
  const now = 20_000_001_000;
  const around = (steps: number) => deviceCode(SECRET, (now + steps * 30) * 1000);
  expect(await prove(around(-2), now)).toEqual({ result: 'wrong' });
  expect(await prove(around(2), now)).toEqual({ result: 'wrong' });
  expect(await prove(around(-1), now)).toEqual({ result: 'right', by: 'device' });
  expect(await prove(around(1), now)).toEqual({ result: 'right', by: 'device' });
  // A later one was taken: the present one is void.
  expect(await prove(around(0), now)).toEqual({ result: 'wrong' });
  // As people type it.
  const typed = String(recoveryCodes[0]).toUpperCase().replaceAll('-', ' ');
  expect(await prove(typed, now)).toEqual({ result: 'right', by: 'recovery-code' });
  expect(await prove(typed, now)).toEqual({ result: 'wrong' });
  await db.close();
});

it('codes of two requests at once: the same one is taken once', async () => {
  const db = await temporaryDatabase();
  const { id } = await db.transaction((tx) =>
    createAccount(tx, UNATTENDED, {
      ...{ username: 'li.si', name: '李四', memberships: [], passwordHash: 'hash', oneTimeUntil: null },
    }),
  );
  await db.transaction((tx) => startSetUp(tx, UNATTENDED, id, SECRET));
  await db.transaction((tx) => confirmSetUp(tx, UNATTENDED, id, { code: '287082', realNowMs: 59_000, keep: 'none' }));
  const at = { realNowMs: 1_234_567_890_000, lockMs: 60_000 };
  const proofs = await Promise.all(
    [1, 2, 3].map(() => db.transaction((tx) => proveCode(tx, UNATTENDED, id, '005924', at))),
  );
  expect(proofs.map(({ result }) => result).sort()).toEqual(['right', 'wrong', 'wrong']);
  await db.close();
});

it('each five wrong codes in a row double the wait, up to a day', () => {
  const quarter = 15 * 60_000;
  const waits = Array.from({ length: 60 }, (_, n) => lockAfter(n, quarter)).filter((ms) => ms > 0);
  expect(waits.slice(0, 4).map((ms) => ms / quarter)).toEqual([1, 2, 4, 8]);
  expect(Math.max(...waits)).toBe(86_400_000);
  expect(lockAfter(4, quarter)).toBe(0);
  expect(recoveryCodeOf(' ABCDE-fghij 23456-kmnpq ')).toBe('abcdefghij23456kmnpq');
});
