import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { createOutbox } from '../../engine/outbox.ts';
import type { Person } from '../../cli/demo/people.ts';
import { connectClient } from '../../cli/servers/temporal-client.ts';
import { bids, decisions, notices, openings } from '../../db/schema/sqlite.ts';
import { wake } from '../../db/engine/outbox.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { wakeSignal } from '../../workflows/messages.ts';
import { secondWorker } from '../setup/servers/second-worker.ts';
import { startTestService, type Json, type TestService } from '../setup/servers/service.ts';
import { Tender } from './story.ts';

describe('what comes twice', () => {
  let town: TestService;
  beforeAll(async () => {
    town = await startTestService({ from: '2025-02-10T09:00:00+08:00' });
  });
  afterAll(() => town[Symbol.asyncDispose]());

  it('the same request, at once and again after the API was killed, acts once and is answered the same', async () => {
    const { purchaser, suppliers } = town.persons;
    const tender = await Tender.draft(town, 'tendering', 6);
    const launched = await twice(town, purchaser, `${tender.path}/launch`);
    expect(launched).toMatchObject({ procurement: { id: tender.id } });
    await tender.comesTo('bidding');

    const others = [await tender.bid(1), await tender.bid(2)];
    const receipt = await twice(town, suppliers[0], `${tender.lot}/bids`, await tender.file(0));
    const once = [...others, receipt].map(({ bidId }) => ({ id: bidId, version: 1 }));
    expect(await town.db.read.select().from(bids).orderBy(bids.receivedAt)).toMatchObject(once);
    await tender.lotComesTo('evaluation');

    const ranked = [receipt, ...others].map(({ bidId }) => String(bidId));
    const report = { ...tender.report(ranked), documentId: await tender.upload('report') };
    const decision = await twice(town, purchaser, `${tender.lot}/report`, report);
    const stored = await town.db.read.select().from(decisions).where(eq(decisions.kind, 'report'));
    expect(stored).toMatchObject([{ id: decision.id }]);
    await town.check();
  });

  it('custodians get the clock again from an API that starts after one that died before it had written it', async () => {
    const file = join(town.dataDir, 'custodians', 'drill-clock.json');
    await rm(file);
    await town.kill('api');
    await town.ready();
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(town.clock);
  });

  it('a wake that comes to a workflow again and again, and one that is forged, does nothing again', async () => {
    const tender = await Tender.draft(town, 'tendering', 8);
    await tender.launch();
    await tender.comesTo('bidding');
    const receipts = [await tender.bid(0), await tender.bid(1), await tender.bid(2)];
    await tender.lotComesTo('evaluation');
    const bidIds = receipts.map(({ bidId }) => String(bidId));
    await tender.decide(`${tender.lot}/report`, tender.report(bidIds));

    const { TEMPORAL_ADDRESS: _given, ...env } = town.env;
    const config = readTemporalConfig(env);
    const client = await connectClient(config, town.temporalAddress);
    try {
      // That it was delivered was lost, and three processes carry it again.
      const subject = lotSubject(tender.id, 1);
      await town.db.transaction(async (tx) => wake(tx, subject), 'single-rows');
      const carriers = [1, 2].map(() => createOutbox({ db: town.db, client, taskQueue: config.taskQueues.main }));
      await Promise.all(carriers.map((carrier) => carrier.deliverWaiting()));
      // And it comes to the workflow itself: with nothing, with what was never part of it, and under another name.
      const handle = client.workflow.getHandle(subject);
      await handle.signal(wakeSignal);
      await handle.signal('wake', { stage: 'terminated', decisionId: randomUUID() });
      await handle.signal('terminated', 'terminated');
    } finally {
      await client.connection.close();
    }
    const published = await town.db.read.select().from(notices).where(eq(notices.procurementId, tender.id));
    expect(published.filter(({ kind }) => kind === 'candidates')).toHaveLength(1);
    await tender.lotComesTo('award');
    await tender.decide(`${tender.lot}/award`, { bidId: bidIds[0] });
    await tender.fulfil();
    await tender.comesTo('concluded');
    await town.check();
  });

  it('two workers and three more closers at the deadline open the bids once', async () => {
    await using _second = await secondWorker(town);
    const tenders = [await Tender.draft(town, 'tendering', 8), await Tender.draft(town, 'government', 8)];
    for (const tender of tenders) await tender.launch();
    for (const tender of tenders) {
      await tender.comesTo('bidding');
      for (const supplier of [0, 1, 2] as const) await tender.bid(supplier);
    }
    // Of one process each: concurrent requests of one process are already merged there.
    const closers = [1, 2, 3].map(() => createActivities({ db: town.db }));
    await town.until(Math.min(...(await Promise.all(tenders.map((tender) => tender.deadline())))) - DAY_MS / 2);
    const close = async ({ id }: Tender): Promise<void> => {
      // Early and late alike: the database decides the instant of the first.
      for (let closed = false; !closed; await sleep(5)) {
        const turns = await Promise.all(closers.map(({ advance }) => advance({ subject: procurementSubject(id) })));
        closed = turns.every(({ stage }) => stage !== 'bidding');
      }
    };
    // The deadline comes by itself, half a civil day later.
    await town.run(2_000);
    await Promise.all(tenders.map(close));
    await town.pause();
    for (const tender of tenders) {
      await tender.lotComesTo('evaluation');
      const records = await town.db.read.select().from(openings).where(eq(openings.procurementId, tender.id));
      expect(records).toMatchObject([{ lotNo: 1, bidders: 3, legalAt: await tender.deadline() }]);
      const published = await town.db.read
        .select()
        .from(notices)
        .where(and(eq(notices.procurementId, tender.id), eq(notices.kind, 'opening-record')));
      expect(published).toHaveLength(1);
    }
    await town.check();
  });

  it('a worker that is frozen over a deadline is stood in for, and when it thaws nothing is done again', async () => {
    await using _second = await secondWorker(town);
    const tender = await Tender.draft(town, 'tendering', 8);
    await tender.launch();
    await tender.comesTo('bidding');
    const receipts = [await tender.bid(0), await tender.bid(1), await tender.bid(2)];
    await town.until((await tender.deadline()) - DAY_MS / 2);
    {
      using _frozen = await town.freeze('worker');
      // Whatever the server had given the frozen one it takes back when its time is over.
      await tender.lotComesTo('evaluation');
    }
    await tender.decide(`${tender.lot}/report`, tender.report(receipts.map(({ bidId }) => String(bidId))));
    await tender.lotComesTo('award');
    await tender.decide(`${tender.lot}/award`, { bidId: receipts[0]?.bidId });
    await tender.fulfil();
    const records = await town.db.read.select().from(openings).where(eq(openings.procurementId, tender.id));
    expect(records).toHaveLength(1);
    await town.check();
  });
});

/** Sends a request three times at once and once more after the API was killed, all with one key. Returns the one answer. */
async function twice(town: TestService, person: Person, path: string, body?: unknown): Promise<Json> {
  const key = randomUUID();
  const told = async (): Promise<Json> => {
    for (;;) {
      const answer = await person.send('POST', path, body, key);
      if (answer.body.code === 'request-in-progress') await sleep(20);
      else {
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
        return answer.body;
      }
    }
  };
  const [first, ...others] = await Promise.all([told(), told(), told()]);
  await town.kill('api');
  await town.ready();
  for (const again of [...others, await told()]) expect(again).toEqual(first);
  if (body !== undefined) {
    const other = body instanceof Uint8Array ? Buffer.from('another file') : { ...body, qualified: 99 };
    expect((await person.send('POST', path, other, key)).body.code).toBe('idempotency-conflict');
  }
  return first;
}
