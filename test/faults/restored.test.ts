import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Recreated } from '../../cli/commands/rebuild.ts';
import { openDatabase } from '../../db/access/open.ts';
import { SCHEMA } from '../../db/postgres/connection.ts';
import { wakesOf } from '../../db/engine/outbox.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { DAY_MS, formatInstant } from '../../domain/civil-time.ts';
import { CUSTODIANS } from '../../domain/bids/sealing.ts';
import { lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { command } from '../setup/command.ts';
import { rawDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { startTestService, type Json, type TestService } from '../setup/servers/service.ts';
import { Tender } from './story.ts';

it('a backup of before is restored, Temporal being ahead of it: each tender continues without an operator, or is reported', async () => {
  await using town = await startTestService({
    from: '2025-02-10T09:00:00+08:00',
    temporal: 'elsewhere',
  });
  const told = async (...args: string[]) => {
    // The clock is asked again and again.
    const run = args[0] === 'clock' ? command : kaibiao;
    const { code, stdout, stderr } = await run([...args, '--json'], town.env);
    return { code, ...(JSON.parse(stdout || stderr) as Json) };
  };
  const backup = join(town.dataDir, 'backup');
  const tender = await Tender.draft(town, 'tendering', 6, 240);
  const ahead = await Tender.draft(town, 'tendering', 6);
  for (const each of [tender, ahead]) await each.launch();
  for (const each of [tender, ahead]) await each.comesTo('bidding');
  const first = [await tender.bid(0), await tender.bid(1)];
  for (const supplier of [0, 1, 2] as const) await ahead.bid(supplier);

  const from = town.storage.url ?? `sqlite:${town.dataDir}`;
  const moved = await told('migrate', '--from', from, '--to', `sqlite:${join(town.dataDir, 'new')}`);
  expect(moved).toMatchObject({ code: 1, error: { code: 'source-in-use' } });
  expect(await told('backup', backup)).toMatchObject({ code: 0, bids: 5, faults: [], drill: true });

  // What happens after it is lost with the disk.
  await tender.bid(2);
  await ahead.lotComesTo('evaluation');
  const opened = await ahead.deadline();
  const after = await Tender.draft(town, 'tendering', 300);
  await after.launch();
  expect(await after.stage()).toBe('launched');
  // Temporal knows it: its wake, which is lost with the database, has been delivered.
  await eventually('its workflow is started', async () => {
    return (await wakesOf(town.db.read, [procurementSubject(after.id)])).length === 0;
  });
  await town.stop();
  await loseAll(town);

  expect(await told('restore', backup)).toMatchObject({ code: 0, bids: 5, faults: [] });
  // Beside the database it is noted what was acknowledged since: nothing starts before the loss is on record.
  expect(await told('rebuild')).toMatchObject({ code: 1, error: { code: 'acknowledged-missing' } });
  const { lost } = (await told('migrate', '--accept-loss')) as unknown as { lost: string[] };
  expect(lost).toContain(`procurement.launch procurement/${after.id}`);
  expect(lost.filter((each) => each.startsWith('bid.submit '))).toHaveLength(1);
  const rebuild = async (...args: string[]) => (await told('rebuild', ...args)) as unknown as Recreated & Json;
  // So that it is plain that nobody has acted on the deadline of the one that Temporal has opened already.
  await told('clock', 'run', '--day-ms', '200');
  const late60 = formatInstant(opened + 60 * DAY_MS);
  await eventually('its deadline is long past', async () => String(((await told('clock')) as Json).now) > late60);
  await told('clock', 'pause');
  const { code, found } = await rebuild('--adopt');
  const of = (subject: string) => found.find(({ workflowId }) => workflowId === subject);
  expect(of(procurementSubject(tender.id))).toMatchObject({ was: 'running', did: 'nothing', stage: 'bidding' });
  // Its deadline has passed in the restored database: it is restarted, or where a timer of its own fired meanwhile, and its
  // task waits for a worker, that is what is said; it is never taken for sound.
  const late = of(procurementSubject(ahead.id));
  expect(late).toMatchObject({ was: 'running', stage: 'bidding' });
  expect([late?.did, late?.why?.en]).toBeOneOf([
    ['started', 'a statutory instant has passed, and nothing was done'],
    ['nothing', 'a statutory instant has passed; its workflow waits for a worker'],
  ]);
  expect(of(lotSubject(ahead.id, 1))).toMatchObject({ was: 'running', did: 'woken', stage: null });
  expect(of(procurementSubject(after.id))).toMatchObject({ was: 'running', did: 'left-to-a-person', stage: null });
  expect(code).toBe(1);
  // The log does not continue what they saw: the custodians’ own people must say that it is so.
  for (const custodian of CUSTODIANS) {
    expect(await told('custodian', 'trust', '--restored', '--as', custodian)).toMatchObject({
      code: 0,
      restored: true,
    });
  }
  const again = await rebuild('--restart', tender.id);
  expect(again.found.find(({ workflowId }) => workflowId === procurementSubject(tender.id))).toMatchObject({
    was: 'running',
    did: 'started',
    stage: 'bidding',
  });

  await town.start();
  // Sessions are in no backup.
  for (const person of [town.persons.purchaser, ...town.persons.suppliers]) await person.signInAgain();
  // The third supplier hands in again; the lot is opened and awarded as if nothing had been.
  const receipts = [...first, await tender.bid(2)];
  const lot = async (whose = tender) => {
    const { body } = await town.insist(town.persons.purchaser, 'GET', whose.path);
    return (body.lots as { stage: string }[])[0]?.stage;
  };
  // What this test reads the database by is gone with the disk: the clock is moved by the command.
  const comes = (what: string, asked: () => Promise<boolean>) =>
    eventually(what, async () => (await asked()) || (await told('clock', 'jump')).code !== 0);
  await eventually('what was opened is opened again', async () => (await lot(ahead)) === 'evaluation');
  await comes('the bids are opened', async () => (await lot()) === 'evaluation');
  await tender.decide(`${tender.lot}/report`, {
    ...tender.report(receipts.map(({ bidId }) => String(bidId))),
    evaluationEndedAt: ((await told('clock')) as Json).now,
  });
  await comes('it may be awarded', async () => (await lot()) === 'award');
  await tender.decide(`${tender.lot}/award`, { bidId: receipts[0]?.bidId });
  expect(await lot()).toBe('contract');
  await town.stop();
  const db = await openDatabase(town.storage);
  const verified = await verifyInstallation(db);
  await db.close();
  expect(verified).toMatchObject({ faults: [], bids: 6 });
});

/** The database and the files; what Temporal has stays. */
async function loseAll({ dataDir, storage, db }: TestService): Promise<void> {
  for (const name of readdirSync(dataDir)) {
    if (/^(kaibiao\.sqlite|blobs)/.test(name)) await rm(join(dataDir, name), { recursive: true });
  }
  if (storage.url === undefined) return;
  // A restore takes no place that a process has open: this one reads it no more.
  await db.close();
  const raw = await rawDatabase(storage);
  await raw.run(`DROP SCHEMA ${SCHEMA} CASCADE`);
  await raw.close();
}
