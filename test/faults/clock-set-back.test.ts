import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, inject, it } from 'vitest';
import { startDevServer } from '../../cli/servers/temporal-server.ts';
import { startWorker } from '../../cli/commands/worker.ts';
import { connectClient } from '../../cli/servers/temporal-client.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { lotOf, procurementById } from '../../db/procurements.ts';
import { openToVerify } from '../../db/access/open.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { realAt, type ClockSetting } from '../../domain/clock.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { procurementSubject } from '../../domain/subjects.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { temporaryDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { testSigner } from '../setup/signer.ts';
import { at, bid, draftOf, launch, people } from '../setup/tenders/tender.ts';

const DAY = 300;

it('a clock that is set back before a deadline moves no instant back, refuses nobody, and opens no bid too early', async () => {
  const config = readTemporalConfig({});
  const log = pino({ level: 'silent' });
  const executable = inject('temporalExecutable');
  let behindMs = 0;
  const clock: ClockSetting = {
    mode: 'drill',
    msPerDay: DAY,
    civilStartMs: at('2026-03-26T09:00+08:00'),
    // The worker needs some seconds to start, on a busy machine many.
    realStartMs: Date.now() + 15_000,
  };
  const db = await temporaryDatabase({ clock, machineClock: () => Date.now() - behindMs });
  const server = await startDevServer({ dataDir: db.dataDir, executable, config, log: () => undefined });
  const { address } = server;
  const worker = await startWorker({
    db,
    signer: await testSigner(),
    config,
    address,
    log,
    bundlePath: inject('workflowBundlePath'),
  });
  const client = await connectClient(config, address);
  try {
    const who = await people(db, 4);
    const { procurement } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    const { id } = procurement;
    await eventually('bidding begins', async () => (await procurementById(db.read, id)).stage === 'bidding');
    const deadline = (await procurementById(db.read, id)).bidDeadline ?? 0;
    const first = await bid(db, who, 0, id);

    await sleep(Math.max(0, (realAt(clock, deadline - 2 * DAY_MS) ?? 0) - Date.now()));
    const second = await bid(db, who, 1, id);
    behindMs = 6 * DAY;
    // It is earlier now by the machine; on the record nothing is earlier than what was recorded before.
    expect(db.now()).toBeLessThan(second.receivedAt);
    const third = await bid(db, who, 2, id);
    expect(third.receivedAt).toBeGreaterThanOrEqual(second.receivedAt);
    expect(second.receivedAt).toBeGreaterThanOrEqual(first.receivedAt);

    // The engine's own clock has passed the deadline: the database's, which decides, has not, and the bid is on time.
    await sleep(Math.max(0, (realAt(clock, deadline + 2 * DAY_MS) ?? 0) - Date.now()));
    const { stage } = await procurementById(db.read, id);
    expect(stage).toBe('bidding');
    const fourth = await bid(db, who, 3, id);
    expect(fourth.receivedAt).toBeLessThan(deadline);

    await eventually('the bids are opened', async () => (await lotOf(db.read, id, 1)).stage === 'evaluation');
    const [opening] = await openingsOf(db.read, id);
    expect(opening?.legalAt).toBe(deadline);
    expect(opening?.actualAt).toBeGreaterThanOrEqual(deadline);
    expect(opening?.entries.map(({ bidId }) => bidId)).toEqual([first, second, third, fourth].map((each) => each.id));
    await expect(bid(db, who, 0, id)).rejects.toMatchObject({ code: 'bid-late' });
    const stored = await openToVerify(db.storage);
    const { faults } = await verifyInstallation(stored).finally(() => stored.close());
    expect(faults).toEqual([]);

    // Asking a clock that is behind again and again fills no history.
    const { events } = await client.workflow.getHandle(procurementSubject(id)).fetchHistory();
    const asked = (events ?? []).filter(({ markerRecordedEventAttributes }) => markerRecordedEventAttributes).length;
    expect(asked).toBeLessThanOrEqual(8);
  } finally {
    await worker.stop();
    await client.connection.close();
    await server.stop();
    await db.close();
  }
});
