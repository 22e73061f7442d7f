import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { Worker, NativeConnection } from '@temporalio/worker';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import type { ReleaseAnswer, ReleaseRequest } from '../../services/custodians/custodian.ts';
import { createActivities } from '../../activities/index.ts';
import { createOutbox } from '../../engine/outbox.ts';
import { endProcess } from '../../cli/servers/processes.ts';
import { startDevServer, type DevServer } from '../../cli/servers/temporal-server.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import { custodianNoticeSubject } from '../../domain/subjects.ts';
import { createSigner, newSigningKey, type Signer } from '../../proofs/signing.ts';
import { commitmentTo, openResealed, resealShare } from '../../sealing/shares.ts';
import { ensureNamespace, readTemporalConfig } from '../../temporal.config.ts';
import { setDeadline } from '../setup/tenders/deadlines.ts';
import { temporaryDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { custodianCommand, startCustodian } from '../setup/servers/custodian-process.ts';
import { PlatformLog } from '../setup/servers/platform-log.ts';
import { newMemory } from '../setup/tenders/sealed.ts';
import { handClock, people, publishedTender } from '../setup/tenders/tender.ts';
import type { askCustodian } from '../setup/fixtures/ask-custodian.ts';
import { custodianActivities } from '../../activities/custodian.ts';
import { registerKey } from '../../services/custodians/register-key.ts';
import { acknowledgementsOf } from '../../services/custodians/notices.ts';
import { deadlineProof } from '../../services/custodians/deadline-proof.ts';

// One custodian as its own people run it: a process of its own with a key of its own, asked over a real server.

const config = readTemporalConfig({});
const folder = mkdtempSync(join(tmpdir(), 'kaibiao-custodian-'));
const PASSPHRASE = 'a passphrase for tests alone';
const SECRET = new TextEncoder().encode('a share of the key of a bid');
const TENDER = '0198c0de-0000-7000-8000-000000000001';

let server: DevServer;
let signer: Signer;
let log: PlatformLog;
let client: Client;
let worker: Worker;
let [native, running]: [NativeConnection | undefined, Promise<void>] = [undefined, Promise.resolve()];
const processes: ChildProcess[] = [];

beforeAll(async () => {
  server = await startDevServer({
    dataDir: folder,
    executable: inject('temporalExecutable'),
    config,
    log: () => undefined,
  });
  signer = await createSigner(await newSigningKey());
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [signer.publicJwk] }));
  for (const name of ['passphrase', 'backup-passphrase'])
    writeFileSync(join(folder, name), PASSPHRASE, { mode: 0o600 });
  const connection = await Connection.connect({ address: server.address });
  await ensureNamespace(connection, config);
  client = new Client({ connection, namespace: config.namespace });
  native = await NativeConnection.connect({ address: server.address });
  worker = await Worker.create({
    connection: native,
    namespace: config.namespace,
    taskQueue: 'asks',
    workflowsPath: join(import.meta.dirname, '../setup/fixtures/ask-custodian.ts'),
  });
  running = worker.run();
});
afterEach(() => Promise.all(processes.splice(0).map((child) => endProcess(child.pid as number, 10_000))));
afterAll(async () => {
  worker.shutdown();
  await running;
  await native?.close();
  await client.connection.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const envOf = (dir: string): NodeJS.ProcessEnv => ({
  ...process.env,
  TEMPORAL_ADDRESS: server.address,
  KAIBIAO_CUSTODIAN_DIR: join(folder, dir),
  KAIBIAO_CUSTODIAN_PASSPHRASE_FILE: join(folder, 'passphrase'),
  KAIBIAO_LOG_LEVEL: 'info',
});

/** A command of the custodian's; answers what it printed as JSON. */
const custodian = (dir: string, ...args: string[]) => custodianCommand(envOf(dir), 'supervisor', ...args);

async function start(dir: string): Promise<{ said: () => string }> {
  const { child, said } = await startCustodian(envOf(dir), 'supervisor');
  processes.push(child);
  return { said };
}

const init = async (dir: string): Promise<string> =>
  String((await custodian(dir, 'init', '--jwks', join(folder, 'jwks.json'))).recipient);

/** Of a bid that was sealed to the key of a custodian. */
const shareTo = async (recipient: string): Promise<ReleaseRequest['shares'][number]['share']> => ({
  custodian: 'supervisor',
  recipient,
  sealed: await resealShare(SECRET, recipient),
  commitment: commitmentTo(SECRET, 'supervisor', TENDER),
});

/** What a custodian answers to anyone who reaches Temporal. */
const activityOf = <T>(
  as: Custodian,
  activity: 'knownHead' | 'releaseShares',
  input: ReleaseRequest | null,
  workflowId = `ask/${Math.random()}`,
): Promise<T> =>
  client.workflow.execute<typeof askCustodian>('askCustodian', {
    workflowId,
    taskQueue: 'asks',
    args: [config.taskQueues.custodians[as], activity, input],
  }) as Promise<T>;

/** Asks as the workflow of an opening does: what it knows, then for the shares. */
async function ask(
  share: ReleaseRequest['shares'][number]['share'],
  deadline: { bidDeadline: number; version: number; index: number },
): Promise<{ answer: ReleaseAnswer; identity: string; workflowId: string }> {
  const identity = await generateX25519Identity();
  const workflowId = `ask/${Math.random()}`;
  const call = <T>(activity: 'knownHead' | 'releaseShares', input?: ReleaseRequest): Promise<T> =>
    activityOf<T>('supervisor', activity, input ?? null, `${workflowId}/${activity}`);
  const known = await call<number>('knownHead');
  const request = {
    procurementId: TENDER,
    deadline: await log.prove({ procurementId: TENDER, ...deadline, at: Date.now() }, known),
    recipient: await identityToRecipient(identity),
    shares: [{ bidId: 'bid', share }],
  };
  return { answer: await call<ReleaseAnswer>('releaseShares', request), identity, workflowId };
}

it('keeps a key, gives up a share after the deadline alone, and leaves it in no history and no log', async () => {
  log = new PlatformLog(signer).grow(3);
  const recipient = await init('first');
  const { said } = await start('first');
  // Some seconds to come by any clock: what is asked for now is answered then.
  const bidDeadline = Date.now() + 3_000;
  const index = log.setDeadline(TENDER, 1, bidDeadline);
  const { answer, identity, workflowId } = await ask(await shareTo(recipient), {
    version: 1,
    bidDeadline,
    index,
  }).catch(async (error: unknown) => {
    // The statement was signed before the deadline had passed: that it still stands must be said after it.
    expect(String((error as { cause?: { cause?: unknown } }).cause?.cause)).toContain('signed at');
    return ask(await shareTo(recipient), { version: 1, bidDeadline, index });
  });
  expect(Date.now()).toBeGreaterThanOrEqual(bidDeadline);
  const sealed = answer.shares[0]?.sealed ?? '';
  expect(await openResealed(sealed, identity)).toEqual(SECRET);

  const history = await client.workflow.getHandle(`${workflowId}/releaseShares`).fetchHistory();
  const told = JSON.stringify(history) + said();
  for (const secret of ['AGE-SECRET-KEY', Buffer.from(SECRET).toString('base64'), Buffer.from(SECRET).toString()]) {
    expect(told).not.toContain(secret);
  }
  expect(await custodian('first', 'show')).toMatchObject({
    recipients: [recipient],
    platform: [signer.kid],
    head: { size: 4 },
    procurements: 1,
    releases: 1,
  });
});

it('opens what was sealed before a rotation, and from a backup on another machine', async () => {
  log = new PlatformLog(signer).grow(3);
  const bidDeadline = Date.now() - 1_000;
  const index = log.setDeadline(TENDER, 1, bidDeadline);
  const older = await init('rotated');
  const newer = String((await custodian('rotated', 'rotate')).recipient);
  expect(newer).not.toBe(older);
  const backup = join(folder, 'backup.age');
  await custodian('rotated', 'backup', backup, '--backup-passphrase-file', join(folder, 'backup-passphrase'));
  const restore = ['restore', backup, '--backup-passphrase-file', join(folder, 'backup-passphrase')];
  expect(await custodian('restored', ...restore)).toMatchObject({ recipients: [newer, older] });
  for (const dir of ['rotated', 'restored']) {
    await start(dir);
    for (const recipient of [older, newer]) {
      const { answer, identity } = await ask(await shareTo(recipient), { version: 1, bidDeadline, index });
      expect(await openResealed(answer.shares[0]?.sealed ?? '', identity)).toEqual(SECRET);
    }
    await Promise.all(processes.splice(0).map((child) => endProcess(child.pid as number, 10_000)));
  }
  // A key that the backup does not hold is not written over.
  await init('another');
  await expect(custodian('another', ...restore)).rejects.toThrow(/not overwritten/);
});

it('a log that was restored from a backup is refused until its own people say so', async () => {
  log = new PlatformLog(signer).grow(10);
  const bidDeadline = Date.now() - 1_000;
  const index = log.setDeadline(TENDER, 1, bidDeadline);
  const recipient = await init('restarted');
  await start('restarted');
  const share = await shareTo(recipient);
  await ask(share, { version: 1, bidDeadline, index });
  log = log.fork(4).grow(30);
  const again = log.setDeadline(TENDER, 1, bidDeadline);
  await expect(ask(share, { version: 1, bidDeadline, index: again })).rejects.toMatchObject({
    cause: { cause: { type: 'custodian-refused' } },
  });
  await Promise.all(processes.splice(0).map((child) => endProcess(child.pid as number, 10_000)));
  await custodian('restarted', 'trust', '--restored');
  await start('restarted');
  expect((await ask(share, { version: 1, bidDeadline, index: again })).answer.shares[0]?.fault).toBeNull();
});

it('is notified of each deadline when it is set: an earlier one sent later, in a consistent log, is rejected', async () => {
  const clock = handClock('2026-03-01');
  const db = await temporaryDatabase({ machineClock: clock.read });
  const platform = createActivities({ db, signer });
  const outbox = createOutbox({ db, client, taskQueue: config.taskQueues.main });
  const stops: (() => Promise<void>)[] = [() => outbox.stop(), () => db.close()];
  const work = async (options: { taskQueue: string; activities: object; workflowBundle?: { codePath: string } }) => {
    if (!native) throw new Error('there is no connection');
    const working = await Worker.create({ connection: native, namespace: config.namespace, ...options });
    const ended = working.run();
    stops.unshift(async () => {
      working.shutdown();
      await ended;
    });
  };
  try {
    const recipients = new Map<Custodian, string>([['supervisor', await init('told')]]);
    const identities = new Map<Custodian, string>();
    for (const as of ['centre', 'purchaser'] as const) {
      identities.set(as, await generateX25519Identity());
      recipients.set(as, await identityToRecipient(String(identities.get(as))));
    }
    for (const as of CUSTODIANS) {
      await db.transaction((tx) =>
        registerKey(tx, UNATTENDED, { custodian: as, recipient: String(recipients.get(as)) }),
      );
    }
    const inThisProcess = (as: Custodian) =>
      work({
        taskQueue: config.taskQueues.custodians[as],
        activities: custodianActivities({
          custodian: as,
          identities: [String(identities.get(as))],
          clock: { now: Date.now, untilMs: (instant) => instant - Date.now() },
          memory: newMemory(),
          keys: [signer.publicJwk],
          log: { info: () => undefined, warn: () => undefined },
        }),
      });
    await start('told');
    await inThisProcess('centre');
    await work({
      taskQueue: config.taskQueues.main,
      activities: platform,
      workflowBundle: { codePath: inject('workflowBundlePath') },
    });

    // At its publication; and at the amendment, with nobody at all on the queue of the purchaser’s.
    const { id: procurementId } = await publishedTender(db, clock, await people(db, 0), 'tendering');
    clock.set(Date.now());
    // The tender itself goes nowhere: its workflow is not begun.
    let version = 1;
    const notify = () => outbox.poke([custodianNoticeSubject(procurementId, version)]);
    const set = async (bidDeadline: number) => {
      await setDeadline(db, procurementId, bidDeadline);
      version += 1;
      notify();
    };
    const told = async () => (await acknowledgementsOf(db.read, procurementId)).map(({ state }) => state).join();
    notify();
    await eventually(
      'two were told of the deadline',
      async () => (await told()) === 'acknowledged,waiting,acknowledged',
    );
    const deadline = Date.now() + 30 * 86_400_000;
    await set(deadline);
    await eventually(
      'two were told of the amended deadline',
      async () => (await told()) === 'acknowledged,waiting,acknowledged',
    );
    expect(await custodian('told', 'show')).toMatchObject({ procurements: 1, releases: 0, refusals: 0 });

    // An attacker on the platform sets one that has passed. Everything is signed, and the log continues what was seen.
    await set(Date.now() - 60_000);
    await eventually('both refuse it', async () => (await told()) === 'refused,waiting,refused');
    for (const { state, reason } of await acknowledgementsOf(db.read, procurementId)) {
      if (state === 'refused') expect(reason).toContain('is earlier than one seen before');
    }
    const release = async (as: Custodian) => {
      const knownSize = await activityOf<number>(as, 'knownHead', null);
      const recipient = await identityToRecipient(await generateX25519Identity());
      clock.set(Date.now());
      const deadline = await deadlineProof(db, signer, procurementId, knownSize);
      return activityOf<ReleaseAnswer>(as, 'releaseShares', { procurementId, deadline, recipient, shares: [] });
    };
    const refused = { cause: { cause: { message: expect.stringContaining('is earlier than one seen') as string } } };
    for (const as of ['centre', 'supervisor'] as const) await expect(release(as)).rejects.toMatchObject(refused);

    // Who was away all the time knows no other: the task waited for it. Its share alone opens nothing.
    await inThisProcess('purchaser');
    await eventually('the third is told', async () => (await told()) === 'refused,acknowledged,refused');
    await expect(release('purchaser')).resolves.toEqual({ shares: [] });
    await client.workflow.getHandle(custodianNoticeSubject(procurementId, version)).terminate('the test is over');
  } finally {
    for (const stop of stops) await stop();
  }
});

it('is not started on a key that others can read, with a wrong passphrase, or on another’s key', async () => {
  await init('open');
  const file = join(folder, 'open', 'identities.age');
  chmodSync(file, 0o644);
  await expect(start('open')).rejects.toThrow(/chmod 600/);
  chmodSync(file, 0o600);
  const before = readFileSync(join(folder, 'passphrase'), 'utf8');
  writeFileSync(join(folder, 'passphrase'), 'another passphrase');
  await expect(start('open')).rejects.toThrow(/the passphrase is wrong/);
  writeFileSync(join(folder, 'passphrase'), before);
  mkdirSync(join(folder, 'nothing'));
  await expect(start('nothing')).rejects.toThrow(/no custodian's key/);
});
