import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, inject, it } from 'vitest';
import { startDevServer } from '../../cli/servers/temporal-server.ts';
import { startWorker } from '../../cli/commands/worker.ts';
import { connectClient } from '../../cli/servers/temporal-client.ts';
import { OPERATOR } from '../../db/audit.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { lotOf, procurementById } from '../../db/procurements.ts';
import { openToVerify } from '../../db/access/open.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { acceptClock } from '../../services/clock/accept.ts';
import { realAt, type ClockSetting } from '../../domain/clock.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { procurementSubject } from '../../domain/subjects.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { temporaryDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { testSigner } from '../setup/signer.ts';
import { at, bid, draftOf, launch, people } from '../setup/tenders/tender.ts';

const DAY = 300;
const MINUTE = 60_000;

/** A drill whose database reads a clock that the test sets, with a server and a worker of its own. */
async function installation() {
  const config = readTemporalConfig({});
  let aheadMs = 0;
  const clock: ClockSetting = {
    mode: 'drill',
    msPerDay: DAY,
    civilStartMs: at('2026-03-26T09:00+08:00'),
    // The worker needs some seconds to start, on a busy machine many.
    realStartMs: Date.now() + 15_000,
  };
  const db = await temporaryDatabase({
    clock,
    machineClock: () => Date.now() + aheadMs,
    steadyClock: () => performance.now(),
    clockJumpMs: 2_000,
  });
  const executable = inject('temporalExecutable');
  const server = await startDevServer({ dataDir: db.dataDir, executable, config, log: () => undefined });
  const { address } = server;
  const worker = await startWorker({
    db,
    signer: await testSigner(),
    config,
    address,
    log: pino({ level: 'silent' }),
    bundlePath: inject('workflowBundlePath'),
    notifying: { channels: [], publicUrl: 'http://127.0.0.1', reminderDays: [] },
  });
  const client = await connectClient(config, address);
  const who = await people(db, 4);
  const { procurement } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
  const { id } = procurement;
  await eventually('bidding begins', async () => (await procurementById(db.read, id)).stage === 'bidding');
  const deadline = (await procurementById(db.read, id)).bidDeadline ?? 0;
  return {
    ...{ db, who, id, deadline },
    setAhead: (ms: number) => (aheadMs = ms),
    /** Until the real clock has come to a civil instant. */
    until: (civil: number) => sleep(Math.max(0, (realAt(clock, civil) ?? 0) - Date.now())),
    isOpened: async () => (await lotOf(db.read, id, 1)).stage === 'evaluation',
    async faults() {
      const stored = await openToVerify(db.storage);
      return (await verifyInstallation(stored).finally(() => stored.close())).faults;
    },
    /** How often the workflow has asked. */
    async asked() {
      const { events } = await client.workflow.getHandle(procurementSubject(id)).fetchHistory();
      return (events ?? []).filter(({ markerRecordedEventAttributes }) => markerRecordedEventAttributes).length;
    },
    async stop() {
      await worker.stop();
      await client.connection.close();
      await server.stop();
      await db.close();
    },
  };
}

describe.concurrent('a clock that', () => {
  it('is set back before a deadline moves no instant back, refuses nobody, and opens no bid too early', async () => {
    const { db, who, id, deadline, ...here } = await installation();
    try {
      const first = await bid(db, who, 0, id);
      await here.until(deadline - 2 * DAY_MS);
      const second = await bid(db, who, 1, id);
      here.setAhead(-6 * DAY);
      // It is earlier now by the machine; on the record nothing is earlier than what was recorded before.
      expect(db.now()).toBeLessThan(second.receivedAt);
      const third = await bid(db, who, 2, id);
      expect(third.receivedAt).toBeGreaterThanOrEqual(second.receivedAt);
      expect(second.receivedAt).toBeGreaterThanOrEqual(first.receivedAt);

      // The engine's own clock has passed the deadline: the database's, which decides, has not, and the bid is on time.
      await here.until(deadline + 2 * DAY_MS);
      const { stage } = await procurementById(db.read, id);
      expect(stage).toBe('bidding');
      const fourth = await bid(db, who, 3, id);
      expect(fourth.receivedAt).toBeLessThan(deadline);

      await eventually('the bids are opened', here.isOpened);
      const [opening] = await openingsOf(db.read, id);
      expect(opening?.legalAt).toBe(deadline);
      expect(opening?.actualAt).toBeGreaterThanOrEqual(deadline);
      expect(opening?.entries.map(({ bidId }) => bidId)).toEqual([first, second, third, fourth].map((each) => each.id));
      await expect(bid(db, who, 0, id)).rejects.toMatchObject({ code: 'bid-late' });
      expect(await here.faults()).toEqual([]);
      // Asking a clock that is behind again and again fills no history.
      expect(await here.asked()).toBeLessThanOrEqual(8);
    } finally {
      await here.stop();
    }
  });

  it('jumps ahead past a deadline opens nothing and makes nobody late, until somebody has accepted it', async () => {
    const { db, who, id, deadline, ...here } = await installation();
    try {
      const before = [await bid(db, who, 0, id), await bid(db, who, 1, id)];
      await here.until(deadline - 10 * DAY_MS);
      here.setAhead(10 * MINUTE);
      await expect(bid(db, who, 2, id)).rejects.toMatchObject({ code: 'clock-jumped' });
      // By the engine's own clock, which is right, the deadline passes meanwhile: it asks, and is refused.
      await here.until(deadline + 2 * DAY_MS);
      expect((await procurementById(db.read, id)).stage).toBe('bidding');
      expect(await openingsOf(db.read, id)).toEqual([]);
      await expect(bid(db, who, 3, id)).rejects.toMatchObject({ code: 'clock-jumped' });

      // Its operator turns it back to the time before the jump: the bids that were refused are still in time.
      const passed = 12 * DAY;
      here.setAhead(-passed);
      await db.transaction(
        (tx) => acceptClock(tx, OPERATOR, { at: Date.now() - passed, reason: '时间服务器误设' }),
        'clock-in-doubt',
      );
      const after = [await bid(db, who, 2, id), await bid(db, who, 3, id)];
      await eventually('the bids are opened', here.isOpened);
      const [opening] = await openingsOf(db.read, id);
      expect(opening?.entries.map(({ bidId }) => bidId)).toEqual([...before, ...after].map((each) => each.id));
      expect(opening?.actualAt).toBeGreaterThanOrEqual(deadline);
      expect(await here.faults()).toEqual([]);
    } finally {
      await here.stop();
    }
  });
});
