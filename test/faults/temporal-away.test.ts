import type { Client } from '@temporalio/client';
import { desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient } from '../../cli/servers/temporal-client.ts';
import { bids, notices, openings } from '../../db/schema/sqlite.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { DAY_MS, formatInstant } from '../../domain/civil-time.ts';
import { lotSubject } from '../../domain/subjects.ts';
import { eventually } from '../setup/eventually.ts';
import { startTestService, type TestService } from '../setup/servers/service.ts';
import { Tender } from './story.ts';

describe('an external Temporal is unreachable over a deadline', () => {
  let town: TestService;
  beforeAll(async () => {
    town = await startTestService({ from: '2025-02-10T09:00:00+08:00', temporal: 'elsewhere' });
  });
  afterAll(() => town[Symbol.asyncDispose]());

  it('takes bids and decisions and answers readers meanwhile, refuses what is late, and does later what fell due', async () => {
    const { purchaser, suppliers, supervisor } = town.persons;
    const due = await Tender.draft(town, 'tendering', 10);
    const amended = await Tender.draft(town, 'government', 12, 120);
    for (const tender of [due, amended]) await tender.launch();
    for (const tender of [due, amended]) await tender.comesTo('bidding');
    const first = await due.bid(0);

    const meanwhile = await town.withoutTemporal(async () => {
      const bidIds = [first, await due.bid(1), await due.bid(2)].map(({ bidId }) => String(bidId));
      await amended.bid(0);
      const ready = await fetch(`${town.url}/ready`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({ database: true, temporal: false });
      expect((await town.insist(suppliers[2], 'GET', `${due.path}/timeline`)).status).toBe(200);
      expect((await town.insist(supervisor, 'GET', '/notices')).status).toBe(200);

      // Each in its order, and each at once: what is amended is published, and the deadline is the one that it sets.
      const putOff = formatInstant((await amended.deadline()) + 10 * DAY_MS);
      for (const change of [{}, { bidDeadline: putOff }, {}]) {
        const amendment = { textZh: '更正联系电话。', affectsBids: false, ...change };
        const { id, receivedAt } = await amended.decide(`${amended.path}/amendments`, amendment);
        const stored = await town.insist(purchaser, 'GET', `/decisions/${String(id)}`);
        expect(stored.body).toMatchObject({ kind: 'amend', receivedAt });
        const [published] = await amendments(town, amended);
        expect(formatInstant(published?.publishedAt ?? 0)).toBe(receivedAt);
      }
      expect(await amendments(town, amended)).toHaveLength(3);
      expect(formatInstant(await amended.deadline())).toBe(putOff);
      const launched = await Tender.draft(town, 'tendering', 40);
      await launched.launch();

      await town.letPass((await due.deadline()) + DAY_MS / 2);
      const late = await town.insist(suppliers[0], 'POST', `${due.lot}/bids`, Buffer.from('better and too late'));
      expect(late).toMatchObject({ status: 409, body: { code: 'bid-late' } });
      const { password } = suppliers[0];
      const withdrawn = await town.insist(suppliers[0], 'POST', `${due.lot}/bids/withdraw`, { password });
      expect(withdrawn.body.code).toBe('bid-late');
      // Nothing is opened before the engine is back, and nobody can look.
      expect(await town.db.read.select().from(openings)).toEqual([]);
      expect((await town.insist(purchaser, 'GET', `${due.path}/opening`)).status).toBe(403);
      return { bidIds, launched };
    });

    await due.lotComesTo('evaluation');
    const [opening] = await town.db.read.select().from(openings).where(eq(openings.procurementId, due.id));
    expect(opening?.entries.map(({ bidId }) => bidId)).toEqual(meanwhile.bidIds);
    expect(opening?.actualAt).toBeGreaterThan(opening?.legalAt ?? Infinity);
    await meanwhile.launched.comesTo('bidding');

    await due.decide(`${due.lot}/report`, due.report(meanwhile.bidIds));
    await due.lotComesTo('award');
    await due.decide(`${due.lot}/award`, { bidId: meanwhile.bidIds[0] });
    await due.fulfil();
    await town.check();
  });

  it('takes one of two decisions that exclude each other at once, and one whose workflow is gone, which begins again by it', async () => {
    const { purchaser } = town.persons;
    const tender = await Tender.draft(town, 'tendering', 8);
    await tender.launch();
    await tender.comesTo('bidding');
    const receipts = [await tender.bid(0), await tender.bid(1), await tender.bid(2)];
    await tender.lotComesTo('evaluation');
    await tender.decide(`${tender.lot}/report`, tender.report(receipts.map(({ bidId }) => String(bidId))));
    const grievanceId = await tender.object();

    // Two replies at once while there is no engine: one is the reply, the other is refused.
    const reply = { outcome: 'rejected', replyZh: '经核查，不成立。' };
    const answers = await town.withoutTemporal(() =>
      Promise.all([1, 2].map(() => town.insist(purchaser, 'POST', `/grievances/${grievanceId}/reply`, reply))),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409)?.body;
    expect(refused).toMatchObject({ code: 'grievance-settled', messageZh: expect.stringMatching(/[一-龥]/) as string });

    // An operator has ended the lot's workflow by hand: what is decided then counts, and the workflow is there again.
    await tender.lotComesTo('award');
    const workflow = lotSubject(tender.id, 1);
    await withClient(town, (client) => client.workflow.getHandle(workflow).terminate('by mistake'));
    await tender.decide(`${tender.lot}/award`, { bidId: receipts[0]?.bidId });
    expect((await tender.lotRow()).stage).toBe('contract');
    await withClient(town, (client) =>
      eventually('the workflow runs again', async () => {
        const { status } = await client.workflow.getHandle(workflow).describe();
        return status.name === 'RUNNING';
      }),
    );
    expect(await town.db.read.select().from(bids).where(eq(bids.procurementId, tender.id))).toHaveLength(3);
    const published = await town.db.read.select().from(notices).where(eq(notices.procurementId, tender.id));
    for (const once of ['award', 'grievance-reply']) {
      expect(published.filter(({ kind }) => kind === once)).toHaveLength(1);
    }
    await tender.fulfil();
    await town.check();
  });
});

async function withClient<T>(town: TestService, use: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectClient(readTemporalConfig(town.env), town.temporalAddress);
  try {
    return await use(client);
  } finally {
    await client.connection.close();
  }
}

/** What was published of its amendments, the latest first. */
async function amendments({ db }: TestService, { id }: Tender) {
  const published = await db.read.select().from(notices).where(eq(notices.procurementId, id)).orderBy(desc(notices.id));
  return published.filter(({ kind }) => kind === 'amendment');
}
