import { networkInterfaces } from 'node:os';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { decisions } from '../../db/schema/sqlite.ts';
import { Tender } from '../faults/story.ts';
import { startCollector, type CollectedSpan, type Collector } from '../setup/collector.ts';
import { eventually } from '../setup/eventually.ts';
import { startTestService, type Json, type TestService } from '../setup/service.ts';
import { askedOf, queries } from '../setup/watched.ts';

let collector: Collector;
let town: TestService;
let tender: Tender;
let metricsPort: number;

// One tender, from its launch to the publicity of its candidates, watched by every means there is.
beforeAll(async () => {
  collector = await startCollector();
  metricsPort = await freePort();
  town = await startTestService({
    dayMs: 300,
    from: '2025-02-10T09:00:00+08:00',
    as: 'process',
    env: {
      KAIBIAO_LOG_LEVEL: 'info',
      KAIBIAO_METRICS_PORT: String(metricsPort),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  tender = await Tender.draft(town, 'tendering', 20);
  await tender.launch();
  await tender.comesTo('bidding');
  await tender.decide(`${tender.path}/amendments`, { textZh: '投标文件须加盖公章。', affectsBids: false });
  const receipts = [await tender.bid(0), await tender.bid(1), await tender.bid(2)];
  await town.until(await tender.deadline());
  await tender.lotComesTo('evaluation');
  await tender.decide(`${tender.lot}/report`, tender.report(receipts.map(({ bidId }) => String(bidId))));
}, 180_000);
afterAll(async () => {
  await town[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
});

const ROUTES = {
  amend: 'POST /api/procurements/{id}/amendments',
  report: 'POST /api/procurements/{id}/lots/{no}/report',
} as const;

/** From the SQL of the worker up to where the trace began, for a decision of a kind. */
function wayUp(kind: keyof typeof ROUTES): CollectedSpan[] {
  const request = collector.spans.find(({ name }) => name === ROUTES[kind]);
  const ours = collector.spans.filter(({ traceId }) => traceId === request?.traceId);
  const last = ours.find(({ name, service }) => name === 'transaction' && service === 'kaibiao-worker');
  const up: CollectedSpan[] = [];
  for (let span = last; span; span = ours.find(({ spanId }) => spanId === span?.parentSpanId)) up.push(span);
  return up;
}

/**
 * Where a request takes more than a second to deliver what it has stored, the worker's carrier does it, and the
 * trace of the request ends there: seldom, and then hardly to both decisions.
 */
let traced: keyof typeof ROUTES;
beforeAll(async () => {
  await eventually('the whole of a trace has arrived', async () => {
    traced = wayUp('report').length === 5 ? 'report' : 'amend';
    return wayUp(traced).length === 5;
  });
});
const decided = async () => {
  const [decision] = await town.db.read.select().from(decisions).where(eq(decisions.kind, traced));
  if (!decision) throw new Error(`no decision ${traced}`);
  return decision;
};

describe('a trace', () => {
  it('follows a decision from the request through the workflow to the SQL of another process', async () => {
    const up = wayUp(traced);
    expect(up.map(({ service, name }) => [service, name])).toEqual([
      ['kaibiao-worker', 'transaction'],
      ['kaibiao-worker', `activity ${traced}`],
      ['kaibiao-worker', `update ${traced}`],
      ['kaibiao-api', `tell ${traced}`],
      ['kaibiao-api', ROUTES[traced]],
    ]);
    expect(new Set(up.map(({ traceId }) => traceId)).size).toBe(1);
    const [transaction, activity, , , request] = up;
    const decision = await decided();
    expect(request?.attributes).toMatchObject({
      'http.route': ROUTES[traced].slice('POST '.length),
      'http.response.status_code': 200,
      'kaibiao.request.id': decision.actor.requestId,
      'kaibiao.procurement.id': tender.id,
      'kaibiao.decision.id': decision.id,
    });
    expect(activity?.attributes['kaibiao.procurement.id']).toBe(tender.id);
    const texts = transaction?.attributes['db.query.text'] as string[];
    expect(texts.join('\n')).toMatch(/update "decisions" set .* = \?/);
    expect(Number(transaction?.attributes['kaibiao.transaction.statements'])).toBeGreaterThanOrEqual(texts.length);
  });

  it('of what an instant brought about is its own, linked to the launch', async () => {
    await eventually('the closing is traced', async () =>
      collector.spans.some(({ name }) => name === 'activity closeAndOpen'),
    );
    const starts = collector.spans.filter(
      ({ name, attributes }) => name === 'start procurement' && attributes['kaibiao.procurement.id'] === tender.id,
    );
    const closing = collector.spans.filter(({ name }) => name === 'activity closeAndOpen').at(-1);
    expect(closing?.parentSpanId).toBeUndefined();
    expect(closing?.links).toHaveLength(1);
    expect(starts.map(({ traceId }) => traceId)).toContain(closing?.links[0]);
    expect(starts.map(({ traceId }) => traceId)).not.toContain(closing?.traceId);
  });

  it('carries ids and durations, and nothing of what people wrote, bid or offered', () => {
    const known =
      /^(http\.(request\.method|route|response\.status_code)|db\.query\.text|temporal\.(workflow|run)\.id|kaibiao\.(request\.id|procurement\.id|decision\.id|activity\.attempt|transaction\.(outcome|wait_ms|run_ms|statements)))$/;
    const keys = new Set(collector.spans.flatMap(({ attributes }) => Object.keys(attributes)));
    expect([...keys].filter((key) => !known.test(key))).toEqual([]);
    const everything = collector.spans.map(({ text }) => text).join('\n');
    expect(everything).toContain(tender.id);
    for (const secret of [
      '教学楼',
      '一标段',
      '评标专家',
      '甲公司',
      '工业园区',
      '90000000',
      '100000000',
      'sealed bid',
    ]) {
      expect(everything, secret).not.toContain(secret);
    }
  });

  it('changes no command of a workflow: what was recorded with it is replayed by a worker that is not traced', async () => {
    await town.check();
  });
});

describe('the log', () => {
  const lines = () =>
    town.log.flatMap((line) => (line.startsWith('{"level"') ? [JSON.parse(line) as Json & { name: string }] : []));

  it('ties the request, the message and the activity of one decision by the request’s id', async () => {
    const decision = await decided();
    const { requestId } = decision.actor;
    const tied = lines().filter((line) => line.requestId === requestId);
    const ids = { requestId, procurementId: tender.id, decisionId: decision.id };
    const workflowId = `procurement/${tender.id}${traced === 'report' ? '/lot/1' : ''}`;
    expect(tied).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'api', msg: 'request completed', ...ids }),
        expect.objectContaining({ name: 'api', msg: 'delivered to Temporal', workflowId, ...ids }),
        expect.objectContaining({ name: 'worker', msg: 'activity done', activity: traced, workflowId, ...ids }),
      ]),
    );
    const request = wayUp(traced).at(-1);
    // The worker's carrier may have looked in too; nobody's trace is under way there.
    const own = tied.filter(({ msg }) => msg !== 'delivered to Temporal').map(({ traceId }) => traceId);
    expect(new Set(own)).toEqual(new Set([request?.traceId]));
  });

  it('says of what nobody asked for to which tender it belongs', () => {
    const closing = lines().find((line) => line.activity === 'closeAndOpen');
    expect(closing).toMatchObject({ name: 'worker', procurementId: tender.id });
    expect(closing).not.toHaveProperty('requestId');
  });
});

describe('the metrics', () => {
  const scraped = async (): Promise<Map<string, Set<string>>> => {
    const found = new Map<string, Set<string>>();
    for (const address of [`${town.url}/metrics`, `http://127.0.0.1:${metricsPort}/metrics`]) {
      const response = await fetch(address);
      expect(response.status, address).toBe(200);
      for (const line of (await response.text()).split('\n')) {
        const [, metric, labels = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
        if (metric === undefined) continue;
        const known = found.get(metric) ?? new Set<string>();
        found.set(metric, known);
        for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
      }
    }
    return found;
  };
  /** What Prometheus itself puts beside every sample. */
  const PROMETHEUS = ['job', 'instance'];

  it('that the dashboard shows and the alerts watch are really told, with the labels that are asked', async () => {
    // Something must be overdue for its kind to be told: the award that nobody decides.
    let found = await scraped();
    await eventually('the award is overdue', async () => (found = await scraped()).has('kaibiao_overdue_milestones'));
    const asked = queries().flatMap(askedOf);
    expect(asked.length).toBeGreaterThan(40);
    for (const { metric, labels } of asked) {
      if (metric === 'up') continue;
      expect([...found.keys()], metric).toContain(metric);
      const known = [...(found.get(metric) ?? []), ...PROMETHEUS];
      for (const label of labels) expect(known, `${metric}{${label}}`).toContain(label);
    }
  });

  it('measure what was just lived through', async () => {
    const api = await (await fetch(`${town.url}/metrics`)).text();
    const worker = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(api).toContain('kaibiao_bids_total{outcome="accepted",code=""} 3');
    expect(api).toContain('kaibiao_bid_bytes_count 3');
    expect(api).toContain('kaibiao_bid_transaction_seconds_count 3');
    for (const key of ['notice', 'bid-deadline', 'opening']) {
      expect(worker).toContain(`kaibiao_milestone_lateness_seconds_count{key="${key}"} 1`);
    }
    const committed = (text: string) =>
      Number(/kaibiao_transactions_total\{outcome="committed"\} (\d+)/.exec(text)?.[1]);
    expect(committed(api)).toBeGreaterThan(10);
    expect(committed(worker)).toBeGreaterThan(3);
    for (const text of [api, worker]) {
      expect(text).toContain('kaibiao_outbox_messages 0');
      expect(text).toContain('kaibiao_clock_ahead_seconds 0');
      expect(text).not.toContain(tender.id);
    }
  });

  it('of the worker are told on the loopback address only, and nothing else is', async () => {
    expect((await fetch(`http://127.0.0.1:${metricsPort}/`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { method: 'POST' })).status).toBe(404);
    for (const { address, family, internal } of Object.values(networkInterfaces()).flatMap((each) => each ?? [])) {
      if (internal || family !== 'IPv4') continue;
      await expect(fetch(`http://${address}:${metricsPort}/metrics`)).rejects.toThrow();
    }
  });
});
