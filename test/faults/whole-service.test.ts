import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../../cli/servers/processes.ts';
import { grievances, milestones, notices, openings } from '../../db/schema/sqlite.ts';
import type { NoticeKind } from '../../domain/notices/data.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { eventually } from '../setup/eventually.ts';
import type { ServeProcess } from '../setup/servers/serve-process.ts';
import { startTestService, type TestService } from '../setup/servers/service.ts';
import { Tender } from './story.ts';

describe('the whole of `serve`', () => {
  let town: TestService;
  beforeAll(async () => {
    town = await startTestService({ from: '2025-02-10T09:00:00+08:00', as: 'process' });
  });
  afterAll(() => town[Symbol.asyncDispose]());

  it('stopped with SIGTERM during work, stops everything in order with code 0', async () => {
    const tender = await Tender.draft(town, 'tendering', 20);
    const serve = town.serve as ServeProcess;
    const family = await serve.descendants();
    const launch = tender.launch();
    process.kill(serve.pid, 'SIGTERM');
    expect(await serve.exited).toEqual({ code: 0, signal: null });
    await noneAlive(family.map(({ pid }) => pid));
    // What follows kills the server of the worker with it, which then has nothing to wait for.
    Object.assign(town.env, { KAIBIAO_SHUTDOWN_GRACE_MS: '500', KAIBIAO_SHUTDOWN_FORCE_MS: '1000' });
    await town.start();
    await launch;
    await tender.comesTo('bidding');
    await town.check();
  });

  it('killed with SIGKILL, leaves no process behind, and does in order what came due while it was down', async () => {
    const works = await Tender.draft(town, 'tendering', 20);
    const goods = await Tender.draft(town, 'government', 20);
    const tenders = [works, goods];
    for (const tender of tenders) await tender.launch();

    // The notices come due, and nobody is there.
    await downUntil(town, async () => (await row(town, goods, 0, 'notice')).dueAt ?? 0);
    for (const tender of tenders) {
      await tender.comesTo('bidding');
      const { legalAt, publishedAt } = await notice(town, tender, 'tender');
      expect(publishedAt).toBeGreaterThan(legalAt);
      const { dueAt, actualAt } = await row(town, tender, 0, 'notice');
      expect([dueAt, actualAt]).toEqual([legalAt, publishedAt]);
    }
    const bids = new Map<Tender, string[]>();
    for (const tender of tenders) {
      const receipts = [await tender.bid(0), await tender.bid(1), await tender.bid(2)];
      bids.set(
        tender,
        receipts.map(({ bidId }) => String(bidId)),
      );
    }

    // The deadlines pass: bids are opened late, and none that is late is among them.
    await downUntil(town, async () => Math.max(await works.deadline(), await goods.deadline()));
    for (const tender of tenders) {
      await tender.lotComesTo('evaluation');
      const late = await town.insist(town.persons.suppliers[0], 'POST', `${tender.lot}/bids`, Buffer.from('late'));
      expect(late).toMatchObject({ status: 409, body: { code: 'bid-late' } });
      const [opening] = await town.db.read.select().from(openings).where(eq(openings.procurementId, tender.id));
      expect(opening).toMatchObject({ legalAt: await tender.deadline(), bidders: 3, opened: true });
      expect(opening?.actualAt).toBeGreaterThan(opening?.legalAt ?? Infinity);
      const timeline = [await row(town, tender, 0, 'bid-deadline'), await row(town, tender, 0, 'opening')];
      for (const { dueAt, actualAt, by } of timeline) {
        expect([dueAt, actualAt, by]).toEqual([opening?.legalAt, opening?.actualAt, 'unattended']);
      }
    }

    // The candidates' publicity ends; and so does the time of a purchaser who stays silent.
    for (const tender of tenders) await tender.decide(`${tender.lot}/report`, tender.report(bids.get(tender) ?? []));
    await downUntil(town, async () => {
      const [publicity, award] = [await row(town, works, 1, 'publicity-end'), await row(town, goods, 1, 'award')];
      return Math.max(publicity.dueAt ?? 0, award.dueAt ?? 0);
    });
    await works.lotComesTo('award');
    await goods.lotComesTo('contract');
    const publicity = await row(town, works, 1, 'publicity-end');
    expect(publicity).toMatchObject({ state: 'done', by: 'unattended' });
    expect(publicity.actualAt).toBeGreaterThan(publicity.dueAt ?? Infinity);
    const deemed = await row(town, goods, 1, 'award');
    expect(deemed).toMatchObject({ state: 'deemed', by: 'unattended', actualAt: deemed.dueAt });
    const announced = await notice(town, goods, 'award');
    expect(announced.legalAt).toBe(deemed.dueAt);
    expect(announced.publishedAt).toBeGreaterThan(announced.legalAt);

    // A query is overdue when the installation comes back: on the record, and what it suspended stays suspended.
    const queryId = await goods.object();
    const [query] = await town.db.read.select().from(grievances).where(eq(grievances.id, queryId));
    await downUntil(town, async () => query?.replyDueAt ?? 0);
    await town.comes('the query is overdue', async ({ read }) => {
      const [stored] = await read.select().from(grievances).where(eq(grievances.id, queryId));
      return stored?.state === 'overdue';
    });
    const refused = await town.insist(town.persons.purchaser, 'POST', `${goods.lot}/contract`, goods.contract());
    expect(refused).toMatchObject({ status: 409, body: { code: 'suspended' } });
    await goods.reply(queryId);
    await works.decide(`${works.lot}/award`, { bidId: bids.get(works)?.[0] });
    for (const tender of tenders) await tender.fulfil();
    await town.check();
  });
});

/** Kills `serve`, sees that nothing is left of it, lets a civil instant pass, and starts it again on the same folder. */
async function downUntil(town: TestService, instant: () => Promise<number>): Promise<void> {
  const serve = town.serve as ServeProcess;
  const family = await serve.descendants();
  expect(family.length).toBeGreaterThanOrEqual(4);
  process.kill(serve.pid, 'SIGKILL');
  await serve.exited;
  await noneAlive(family.map(({ pid }) => pid));
  expect(await serve.descendants()).toEqual([]);
  await town.letPass((await instant()) + DAY_MS);
  await town.start();
}

async function noneAlive(pids: readonly number[]): Promise<void> {
  await eventually(`nothing is left of ${pids.join()}`, async () => !pids.some(isAlive), 60_000);
}

async function row(town: TestService, tender: Tender, lotNo: number, key: MilestoneKey) {
  const [found] = await town.db.read
    .select()
    .from(milestones)
    .where(and(eq(milestones.procurementId, tender.id), eq(milestones.lotNo, lotNo), eq(milestones.key, key)));
  if (!found) throw new Error(`no ${key}`);
  return found;
}

async function notice(town: TestService, tender: Tender, kind: NoticeKind) {
  const [found] = await town.db.read
    .select()
    .from(notices)
    .where(and(eq(notices.procurementId, tender.id), eq(notices.kind, kind)));
  if (!found) throw new Error(`no notice ${kind}`);
  return found;
}
