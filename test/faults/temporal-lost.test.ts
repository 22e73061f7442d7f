import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Recreated } from '../../cli/commands/rebuild.ts';
import { audit, grievances, procurements } from '../../db/schema/sqlite.ts';
import { DAY_MS, formatInstant } from '../../domain/civil-time.ts';
import { grievanceSubject, lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { startTestService, type TestService } from '../setup/servers/service.ts';
import { Tender, type Regime } from './story.ts';

const FROM = '2025-02-10T09:00:00+08:00';

describe.concurrent('the store of Temporal is lost', () => {
  it('in the middle of ten tenders at different stages: restarted from the database, each ends with the same result', async () => {
    await using town = await startTestService({ from: FROM, temporal: 'elsewhere' });
    const { purchaser } = town.persons;
    const draft = (regime: Regime, biddingDays?: number) => Tender.draft(town, regime, 6, biddingDays);
    const launched = await Tender.draft(town, 'tendering', 150, 50);
    const bidding = await draft('tendering', 150);
    const objected = await draft('tendering', 150);
    const amended = await draft('government', 140);
    const terminated = await draft('government', 150);
    const evaluated = await draft('tendering');
    const inPublic = await draft('tendering');
    const silent = await draft('government');
    const contracted = await draft('tendering');
    const performed = await draft('government');
    const late = [bidding, objected, amended];
    const early = [evaluated, inPublic, silent, contracted, performed];
    const all = [launched, ...late, terminated, ...early];
    const documents = await uploadDocuments(town, objected);
    for (const tender of all) await tender.launch();
    await Promise.all([...late, terminated, ...early].map((each) => each.comesTo('bidding')));

    const bids = new Map<Tender, string[]>();
    const threeBids = async (tender: Tender) => {
      const receipts = [await tender.bid(0), await tender.bid(1), await tender.bid(2)];
      bids.set(
        tender,
        receipts.map(({ bidId }) => String(bidId)),
      );
    };
    const report = (tender: Tender) => tender.decide(`${tender.lot}/report`, tender.report(bids.get(tender) ?? []));
    const award = (tender: Tender) => tender.decide(`${tender.lot}/award`, { bidId: bids.get(tender)?.[0] });
    await Promise.all(early.map(threeBids));
    const documentsObjection = await objectToDocuments(town, objected, documents);
    await amended.decide(`${amended.path}/amendments`, {
      textZh: '延期开标。',
      affectsBids: false,
      bidDeadline: formatInstant((await amended.deadline()) + 10 * DAY_MS),
    });
    await terminated.decide(`${terminated.path}/termination`, { ground: 'task-cancelled', reasonZh: '任务取消。' });
    await Promise.all(early.map((each) => each.lotComesTo('evaluation')));
    await Promise.all([bidding, amended].map(threeBids));
    await Promise.all([contracted, performed].map(report));
    await contracted.lotComesTo('award');
    await Promise.all([contracted, performed].map(award));
    await performed.decide(`${performed.lot}/contract`, performed.contract());
    await report(silent);
    const [objection] = await Promise.all([
      inPublic.lotComesTo('publicity').then(() => inPublic.object()),
      report(inPublic),
    ]);
    const whole = ['launched', 'bidding', 'bidding', 'bidding', 'terminated', ...early.map(() => 'evaluation')];
    expect(await Promise.all(all.map((each) => each.stage()))).toEqual(whole);

    const documentId = await evaluated.upload('report');
    // It goes before a reply and a report that nobody has delivered to it.
    await town.withoutTemporal(async () => {
      for (const [path, body] of [
        [`/grievances/${objection}/reply`, { outcome: 'rejected', replyZh: '经核查，不成立。' }],
        [`${evaluated.lot}/report`, { ...evaluated.report(bids.get(evaluated) ?? []), documentId }],
      ] as const) {
        expect((await town.insist(purchaser, 'POST', path, body)).status).toBe(200);
      }
      expect((await evaluated.lotRow()).stage).toBe('publicity');
      await rm(join(town.dataDir, 'temporal'), { recursive: true });
    });
    await town.stop();
    await expect(town.start()).rejects.toThrow(/rebuild --adopt/);
    const refused = await kaibiao(['rebuild', '--json'], town.env);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/temporal-elsewhere/)]);

    const running = [
      ...all.map(({ id }) => procurementSubject(id)),
      ...early.map(({ id }) => lotSubject(id, 1)),
      grievanceSubject(documentsObjection),
    ];
    // A delivery in flight while one server gave way to the other may reach the new one: of a grievance that is settled
    // already, so that its workflow ends by itself.
    const lost = ({ found }: Recreated) => found.filter(({ workflowId }) => workflowId !== grievanceSubject(objection));
    const tenders = (looked: Recreated) => lost(looked).filter(({ workflowId }) => !/\/deadline\//.test(workflowId));
    for (const [option, did] of [
      ['--dry-run', 'would-start'],
      ['--adopt', 'started'],
    ] as const) {
      const looked = await rebuild(town, option);
      expect(lost(looked)).toEqual(lost(looked).map((each) => ({ ...each, was: 'missing', did })));
      expect(
        tenders(looked)
          .map(({ workflowId }) => workflowId)
          .toSorted(),
      ).toEqual(running.toSorted());
    }
    await town.start();
    const goOn = async () => {
      // The purchaser was silent; what was decided while there was no engine stands.
      await silent.lotComesTo('contract');
      const [replied] = await town.db.read.select().from(grievances).where(eq(grievances.id, objection));
      expect(replied).toMatchObject({ state: 'replied', outcome: 'rejected' });
      await changesNothing(town);

      await Promise.all([evaluated, inPublic].map((each) => each.lotComesTo('award')));
      await Promise.all([evaluated, inPublic].map(award));
      await Promise.all([evaluated, inPublic, silent, contracted].map((each) => each.fulfil()));
      await performed.perform();
      await performed.comesTo('concluded');
      await terminated.decide(`${terminated.path}/duties`, { key: 'deposits-losers' });

      await objected.reply(documentsObjection);
      await threeBids(objected);
    };
    await town.sideBySide([
      goOn,
      async () => {
        await launched.comesTo('bidding');
        await threeBids(launched);
      },
    ]);
    await town.sideBySide(
      [...late, launched].map((tender) => async () => {
        await tender.lotComesTo('evaluation');
        await report(tender);
        if (tender.regime === 'tendering') {
          await tender.lotComesTo('award');
          await award(tender);
        } else await tender.lotComesTo('contract');
        await tender.fulfil();
      }),
    );
    expect(await terminated.stage()).toBe('terminated');
    expect(await silent.lotRow()).toMatchObject({ stage: 'archived', deemed: true });
    await town.check();
  });

  it('with the embedded server: `serve` refuses, `rebuild` starts it meanwhile, and the tender continues', async () => {
    await using town = await startTestService({ from: FROM });
    const tender = await Tender.draft(town, 'tendering', 6);
    await tender.launch();
    await tender.comesTo('bidding');
    const receipts = [await tender.bid(0), await tender.bid(1), await tender.bid(2)];
    await town.stop();
    await town.start();
    await changesNothing(town);
    await town.stop();
    await rm(join(town.dataDir, 'temporal'), { recursive: true });
    await expect(town.start()).rejects.toThrow(/rebuild --adopt/);
    // Custodians may have been on their way to being notified of its deadline.
    const { found } = await rebuild(town, '--adopt');
    expect(found).toEqual(found.map((each) => ({ ...each, did: 'started', was: 'missing' })));
    expect(found.map(({ workflowId }) => workflowId)).toContain(procurementSubject(tender.id));
    await town.start();
    await tender.lotComesTo('evaluation');
    await tender.decide(`${tender.lot}/report`, tender.report(receipts.map(({ bidId }) => String(bidId))));
    await tender.lotComesTo('award');
    await tender.decide(`${tender.lot}/award`, { bidId: receipts[0]?.bidId });
    await tender.fulfil();
    const trail = await town.db.read.select().from(audit);
    expect(trail.map(({ action }) => action).filter((action) => action.startsWith('temporal.'))).toEqual([
      'temporal.settle',
      'temporal.adopt',
      'temporal.rebuild',
    ]);
    await town.check();
  });
});

async function rebuild(town: TestService, ...args: string[]): Promise<Recreated> {
  const { stdout, stderr } = await kaibiao(['rebuild', '--json', ...args], town.env);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Recreated;
}

/** Twice, and beside workflows that run. */
async function changesNothing(town: TestService): Promise<void> {
  for (let time = 0; time < 2; time += 1) {
    const { found } = await rebuild(town);
    expect(found).toEqual(found.map((each) => ({ ...each, was: 'running', did: 'nothing', why: null })));
  }
  const entries = await town.db.read.select().from(audit).where(eq(audit.action, 'temporal.rebuild'));
  expect(entries.length).toBeLessThanOrEqual(1);
}

/** Before the launch: later the documents change by amendments only. Answers where they can be read. */
async function uploadDocuments(town: TestService, tender: Tender): Promise<string> {
  const documents = Buffer.from('{"zh":"招标文件"}');
  const { status, body } = await town.insist(
    town.persons.purchaser,
    'POST',
    `${tender.path}/documents?name=zhaobiao.json`,
    documents,
  );
  if (status !== 201) throw new Error(`no documents: ${JSON.stringify(body)}`);
  return `${tender.path}/documents/${String(body.id)}/content`;
}

/** By a supplier who has read them; the clock of the deadline is suspended from here on. */
async function objectToDocuments(town: TestService, tender: Tender, documents: string): Promise<string> {
  const supplier = town.persons.suppliers[2];
  const [{ documentsFrom } = { documentsFrom: 0 }] = await town.db.read
    .select({ documentsFrom: procurements.documentsFrom })
    .from(procurements)
    .where(eq(procurements.id, tender.id));
  await town.until(documentsFrom ?? 0);
  expect((await town.insist(supplier, 'GET', documents)).status).toBe(200);
  const { status, body } = await town.insist(supplier, 'POST', `${tender.path}/grievances`, {
    target: 'documents',
    textZh: '对招标文件提出异议。',
  });
  if (status !== 201) throw new Error(`no grievance: ${JSON.stringify(body)}`);
  return String(body.id);
}
