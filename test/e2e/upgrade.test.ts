import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { connectClient } from '../../cli/commands/worker.ts';
import { projectRoot } from '../../cli/settings/folders.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { lotWorkflowId } from '../../workflows/messages.ts';
import { eventually } from '../setup/eventually.ts';
import { startTestService, type TestService } from '../setup/service.ts';
import { Tender } from '../faults/story.ts';

/** The workflows of an earlier version, kept in the repository: how to add one is in CONTRIBUTING.md. */
const EARLIER = join(projectRoot, 'test/versions/0.1.0-1.mjs');

describe('a release while tenders run', () => {
  it('tenders begun under the earlier workflows end lawfully under the present ones', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'kaibiao-earlier-'));
    const { code } = await bundleWorkflowCode({ workflowsPath: EARLIER, logger: new DefaultLogger('ERROR') });
    const bundle = join(dir, 'bundle.js');
    await writeFile(bundle, code);
    await using town = await startTestService({
      dayMs: 600,
      from: '2025-02-10T09:00:00+08:00',
      // The earlier version launched no tender that asks for sealed bids, and its workflows know no opening of them.
      env: { KAIBIAO_WORKFLOW_BUNDLE: bundle, KAIBIAO_LOCAL_CUSTODIANS: 'off', KAIBIAO_SEALING: 'optional' },
    });
    const bidding = await Tender.draft(town, 'tendering', 6, 100);
    const objected = await Tender.draft(town, 'tendering', 6);
    const silent = await Tender.draft(town, 'government', 6);
    const tenders = [bidding, objected, silent];
    for (const tender of tenders) await tender.launch();
    const bids = new Map<Tender, string[]>();
    for (const tender of tenders) {
      await tender.comesTo('bidding');
      const receipts = [await tender.bid(0), await tender.bid(1), await tender.bid(2)];
      bids.set(
        tender,
        receipts.map(({ bidId }) => String(bidId)),
      );
    }
    const report = (tender: Tender) => tender.decide(`${tender.lot}/report`, tender.report(bids.get(tender) ?? []));
    await Promise.all([objected, silent].map((tender) => tender.lotComesTo('evaluation')));
    await report(silent);
    const [objection] = await Promise.all([
      objected.lotComesTo('publicity').then(() => objected.object()),
      report(objected),
    ]);
    // So that this tests what it says: the earlier version told a lot nothing of its stage.
    expect(await inputOf(town, lotWorkflowId(objected.id, 1))).not.toHaveProperty('stage');

    await town.stop();
    delete town.env.KAIBIAO_WORKFLOW_BUNDLE;
    await town.start();

    await silent.lotComesTo('contract');
    await objected.reply(objection);
    await bidding.lotComesTo('evaluation');
    expect(await inputOf(town, lotWorkflowId(bidding.id, 1))).toHaveProperty('stage', 'evaluation');
    await report(bidding);
    for (const tender of [objected, bidding]) {
      await tender.lotComesTo('award');
      await tender.decide(`${tender.lot}/award`, { bidId: bids.get(tender)?.[0] });
    }
    await Promise.all(tenders.map((tender) => tender.fulfil()));
    expect(await silent.lotRow()).toMatchObject({ stage: 'archived', deemed: true });
    await town.check();
    await rm(dir, { recursive: true });
  });
});

/** What a workflow was begun with. A tender's workflow begins its lots' after it has written their stage. */
async function inputOf(town: TestService, workflowId: string): Promise<unknown> {
  const client = await connectClient(readTemporalConfig(town.env), town.temporalAddress);
  let input: unknown;
  try {
    await eventually(`${workflowId} is begun`, async () => {
      const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
      const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
      if (payload) input = defaultPayloadConverter.fromPayload(payload);
      return payload !== undefined;
    });
    return input;
  } finally {
    await client.connection.close();
  }
}
