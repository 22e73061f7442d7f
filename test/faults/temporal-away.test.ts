import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { connectClient } from '../../cli/commands/worker.ts';
import { bids, decisions, notices, openings, messages } from '../../db/schema/sqlite.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { lotWorkflowId } from '../../workflows/messages.ts';
import { startTestService, type TestService } from '../setup/service.ts';
import { Tender } from './story.ts';

describe.concurrent('Temporal, run by somebody else, goes away over a deadline', () => {
  it('takes bids and answers readers meanwhile, refuses what is late, and carries out later what was decided', async () => {
    await using town = await startTestService({ dayMs: 400, from: '2025-02-10T09:00:00+08:00', temporal: 'elsewhere' });
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

      const amendment = town.insist(purchaser, 'POST', `${amended.path}/amendments`, {
        textZh: '更正联系电话。',
        affectsBids: false,
      });
      const launched = await Tender.draft(town, 'tendering', 40);
      await launched.launch();
      const { status, body } = await amendment;
      expect({ status, state: body.state }).toEqual({ status: 202, state: 'submitted' });
      expect(String(body.messageZh)).toMatch(/引擎恢复后自动执行/);

      await town.until((await due.deadline()) + DAY_MS / 2);
      const late = await town.insist(suppliers[0], 'POST', `${due.lot}/bids`, Buffer.from('better and too late'));
      expect(late).toMatchObject({ status: 409, body: { code: 'bid-late' } });
      expect((await town.insist(suppliers[0], 'DELETE', `${due.lot}/bids`)).body.code).toBe('bid-late');
      // Nothing is opened before the engine is back, and nobody can look.
      expect(await town.db.read.select().from(openings)).toEqual([]);
      expect((await town.insist(purchaser, 'GET', `${due.path}/opening`)).status).toBe(403);
      return { bidIds, launched, decisionId: String(body.id), receivedAt: body.receivedAt };
    });

    await due.lotComesTo('evaluation');
    const [opening] = await town.db.read.select().from(openings).where(eq(openings.procurementId, due.id));
    expect(opening?.entries.map(({ bidId }) => bidId)).toEqual(meanwhile.bidIds);
    expect(opening?.actualAt).toBeGreaterThan(opening?.legalAt ?? Infinity);
    await town.comes('the amendment is published', async ({ read }) => {
      const [decision] = await read.select().from(decisions).where(eq(decisions.id, meanwhile.decisionId));
      return decision?.state === 'accepted';
    });
    const carriedOut = await town.insist(purchaser, 'GET', `/decisions/${meanwhile.decisionId}`);
    expect(carriedOut.body).toMatchObject({ state: 'accepted', receivedAt: meanwhile.receivedAt });
    await meanwhile.launched.comesTo('bidding');

    await due.decide(`${due.lot}/report`, due.report(meanwhile.bidIds));
    await due.lotComesTo('award');
    await due.decide(`${due.lot}/award`, { bidId: meanwhile.bidIds[0] });
    await due.fulfil();
    await town.check();
  });

  it('answers clearly a decision whose workflow has ended, and never loses one whose workflow is gone', async () => {
    await using town = await startTestService({ dayMs: 400, from: '2025-02-10T09:00:00+08:00', temporal: 'elsewhere' });
    const { purchaser } = town.persons;
    const tender = await Tender.draft(town, 'tendering', 8);
    await tender.launch();
    await tender.comesTo('bidding');
    const receipts = [await tender.bid(0), await tender.bid(1), await tender.bid(2)];
    await tender.lotComesTo('evaluation');
    await tender.decide(`${tender.lot}/report`, tender.report(receipts.map(({ bidId }) => String(bidId))));
    const grievanceId = await tender.object();

    // Two replies are stored while nobody can carry out either: one is the reply, the other is told that it is not.
    const reply = { outcome: 'rejected', textZh: '经核查，不成立。' };
    const answers = await town.withoutTemporal(() =>
      Promise.all([1, 2].map(() => town.insist(purchaser, 'POST', `/grievances/${grievanceId}/reply`, reply))),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    const outcomes = async () =>
      Promise.all(answers.map(({ body }) => town.insist(purchaser, 'GET', `/decisions/${String(body.id)}`)));
    await town.comes('both replies are settled', async () =>
      (await outcomes()).every(({ body }) => body.state !== 'submitted'),
    );
    const told = (await outcomes()).map(({ body }) => body);
    expect(told.map(({ state }) => state).toSorted()).toEqual(['accepted', 'refused']);
    const { code, messageZh } = told.find(({ state }) => state === 'refused')?.refusal as Record<string, string>;
    expect(['grievance-settled', 'workflow-ended']).toContain(code);
    expect(messageZh).toMatch(/[一-龥]/);

    // An operator has ended the lot's workflow by hand: what is decided then is kept, with the reason, until it is mended.
    await tender.lotComesTo('award');
    await withClient(town, (client) => client.workflow.getHandle(lotWorkflowId(tender.id, 1)).terminate('by mistake'));
    const { status, body } = await town.insist(purchaser, 'POST', `${tender.lot}/award`, { bidId: receipts[0]?.bidId });
    expect(status).toBe(202);
    const waiting = async () => {
      const [message] = await town.db.read
        .select()
        .from(messages)
        .where(eq(messages.subject, String(body.id)));
      return message;
    };
    await town.comes('the message was told, more than once, that its workflow is gone', async () => {
      const { attempts, lastError } = (await waiting()) ?? {};
      return (attempts ?? 0) > 1 && /workflow/i.test(lastError ?? '');
    });
    expect((await waiting())?.deliveredAt).toBeNull();
    expect((await town.insist(purchaser, 'GET', `/decisions/${String(body.id)}`)).body.state).toBe('submitted');

    // Mended: set back to before it was ended, it finds the decision waiting.
    await withClient(town, (client) => setBack(client, lotWorkflowId(tender.id, 1)));
    await tender.lotComesTo('contract');
    expect(await town.db.read.select().from(bids)).toHaveLength(3);
    expect((await town.db.read.select().from(notices)).filter(({ kind }) => kind === 'award')).toHaveLength(1);
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

/** What an operator does in Temporal's own pages: runs a workflow again from its last completed task. */
async function setBack(client: Client, workflowId: string): Promise<void> {
  const { namespace } = client.options;
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
  });
  const last = history?.events?.findLast((event) => event.workflowTaskCompletedEventAttributes);
  await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId },
    reason: 'ended by mistake',
    requestId: randomUUID(),
    workflowTaskFinishEventId: last?.eventId ?? null,
  });
}
