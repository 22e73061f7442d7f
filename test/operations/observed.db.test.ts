import { afterEach, expect, it } from 'vitest';
import { observed, type TransactionSeen } from '../../db/access/observed.ts';
import { noteUnattended } from '../../db/access/seen.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { temporaryDatabase } from '../setup/database.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function watched() {
  const opened = await temporaryDatabase();
  closing.push(() => opened.close());
  const seen: TransactionSeen[] = [];
  const queue = { waiting: 0, most: 0 };
  const db = observed(opened, {
    waiting: (change) => {
      queue.waiting += change;
      queue.most = Math.max(queue.most, queue.waiting);
    },
    seen: (each) => seen.push(each),
  });
  return { db, seen, queue };
}

const act = { key: 'opening', legalAt: 1, actualAt: 2 } as const;

it('each transaction is reported with its queries, and with what the platform did in it', async () => {
  const { db, seen, queue } = await watched();
  await Promise.all(
    [1, 2, 3].map((n) =>
      db.transaction(async (tx) => {
        if (n === 2) noteUnattended(act);
        await createOrganisation(tx, UNATTENDED, { name: `单位${n}`, creditCode: `9136000000000000${n}X` });
      }),
    ),
  );
  expect(queue).toEqual({ waiting: 0, most: 3 });
  expect(seen.map(({ outcome }) => outcome)).toEqual(['committed', 'committed', 'committed']);
  expect(seen.map(({ acts }) => acts)).toEqual([[], [act], []]);
  for (const { statements, waitSeconds, runSeconds, totalSeconds } of seen) {
    expect(statements).toBeGreaterThanOrEqual(2);
    expect(totalSeconds).toBeGreaterThanOrEqual(waitSeconds + runSeconds);
  }
});

it('what was rolled back is reported as undone, and nothing that was done in it counts', async () => {
  const { db, seen, queue } = await watched();
  const refused = db.transaction(async () => {
    noteUnattended(act);
    throw new Error('thought better of it');
  });
  await expect(refused).rejects.toThrow('thought better of it');
  expect(seen).toMatchObject([{ outcome: 'undone', acts: [] }]);
  expect(queue.waiting).toBe(0);
});
