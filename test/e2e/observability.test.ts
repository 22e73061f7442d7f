import { networkInterfaces } from 'node:os';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { decisions } from '../../db/schema/sqlite.ts';
import { lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { Tender } from '../faults/story.ts';
import { startCollector, type CollectedSpan, type Collector } from '../setup/servers/collector.ts';
import { eventually } from '../setup/eventually.ts';
import { startTestService, type Json, type TestService } from '../setup/servers/service.ts';
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
  launch: 'POST /api/procurements/{id}/launch',
  amend: 'POST /api/procurements/{id}/amendments',
  report: 'POST /api/procurements/{id}/lots/{no}/report',
} as const;

const requestOf = (route: keyof typeof ROUTES): CollectedSpan | undefined =>
  collector.spans.find(({ name }) => name === ROUTES[route]);

/** The spans right below one. */
const below = (span: CollectedSpan | undefined): CollectedSpan[] =>
  span ? collector.spans.filter(({ parentSpanId }) => parentSpanId === span.spanId) : [];

/** What each act wakes, as Temporal has it. */
const WOKEN = { launch: 'procurement', report: 'lot' } as const;

/** From where a wake has come to a workflow up to the request that left it. */
function wayUp(route: keyof typeof WOKEN): CollectedSpan[] {
  const wake = below(requestOf(route)).find(({ name }) => name === `wake ${WOKEN[route]}`);
  const come = below(wake).find(({ name }) => name === 'signal wake');
  return [come, wake, requestOf(route)].flatMap((span) => span ?? []);
}

/**
 * Where a request takes more than a second to deliver what it has stored, the worker's carrier does it, and the
 * trace of the request ends there: seldom, and then hardly to both.
 */
let woken: keyof typeof WOKEN;
beforeAll(async () => {
  await eventually('the whole of a trace has arrived', async () => {
    woken = wayUp('report').length === 3 ? 'report' : 'launch';
    return wayUp(woken).length === 3 && requestOf('amend') !== undefined && requestOf('report') !== undefined;
  });
});
const decisionOf = async (kind: 'amend' | 'report') => {
  const [decision] = await town.db.read.select().from(decisions).where(eq(decisions.kind, kind));
  if (!decision) throw new Error(`no decision ${kind}`);
  return decision;
};

describe('a trace', () => {
  it.each(['amend', 'report'] as const)(
    'of a decision (%s) is its request and its transaction, with the SQL',
    async (kind) => {
      const request = requestOf(kind);
      const decision = await decisionOf(kind);
      expect(request?.service).toBe('kaibiao-api');
      expect(request?.attributes).toMatchObject({
        'http.route': ROUTES[kind].slice('POST '.length),
        'http.response.status_code': 200,
        'kaibiao.request.id': decision.actor.requestId,
        'kaibiao.procurement.id': tender.id,
        'kaibiao.decision.id': decision.id,
      });
      const transactions = below(request).filter(({ name }) => name === 'transaction');
      const texts = transactions.map(({ attributes }) => attributes['db.query.text'] as string[]);
      const acted = texts.findIndex((each) => /insert into "decisions" .*\?/.test(each.join('\n')));
      expect(transactions[acted]).toMatchObject({ service: 'kaibiao-api', traceId: request?.traceId });
      expect(transactions[acted]?.attributes).toMatchObject({ 'kaibiao.transaction.outcome': 'committed' });
      expect(Number(transactions[acted]?.attributes['kaibiao.transaction.statements'])).toBeGreaterThanOrEqual(
        texts[acted]?.length ?? Infinity,
      );
    },
  );

  it('follows a wake from the request into the workflow of another process', () => {
    const up = wayUp(woken);
    expect(up.map(({ service, name }) => [service, name])).toEqual([
      ['kaibiao-worker', 'signal wake'],
      ['kaibiao-api', `wake ${WOKEN[woken]}`],
      ['kaibiao-api', ROUTES[woken]],
    ]);
    expect(new Set(up.map(({ traceId }) => traceId)).size).toBe(1);
    expect(up[0]?.attributes['kaibiao.procurement.id']).toBe(tender.id);
  });

  it('of what an instant brought about is its own, linked to the wake that started the workflow', async () => {
    const subject = procurementSubject(tender.id);
    const ofSubject = (what: string) =>
      collector.spans.filter(({ name, attributes }) => name === what && attributes['temporal.workflow.id'] === subject);
    // Its notice and its closing: who was only asked (a jump of the clock wakes who waits) wrote nothing.
    const wrote = ({ name, attributes }: CollectedSpan) =>
      name === 'transaction' && /^(insert|update) /m.test((attributes['db.query.text'] as string[]).join('\n'));
    const acted = () => ofSubject('activity advance').filter((span) => below(span).some(wrote));
    await eventually('the closing is traced', async () => acted().length === 2);
    const [start, ...more] = ofSubject('workflow procurement');
    expect(more).toEqual([]);
    for (const span of acted()) {
      expect(span.parentSpanId).toBeUndefined();
      expect(span.links).toEqual([start?.traceId]);
      expect(span.traceId).not.toBe(start?.traceId);
    }
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

  it('ties a decision to its request, and a request to the wake that it delivered', async () => {
    const decision = await decisionOf('report');
    expect(lines().find(({ requestId }) => requestId === decision.actor.requestId)).toMatchObject({
      name: 'api',
      msg: 'request completed',
      procurementId: tender.id,
      decisionId: decision.id,
      traceId: requestOf('report')?.traceId,
    });
    const workflowId = woken === 'report' ? lotSubject(tender.id, 1) : procurementSubject(tender.id);
    const { traceId } = requestOf(woken) ?? {};
    expect(lines().filter((line) => line.traceId === traceId)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'api', msg: 'request completed', procurementId: tender.id }),
        expect.objectContaining({ name: 'api', msg: 'delivered to Temporal', procurementId: tender.id, workflowId }),
      ]),
    );
  });

  it('names the tender of what the platform did on its own', () => {
    const advances = lines().filter((line) => line.activity === 'advance');
    expect(advances.length).toBeGreaterThan(0);
    for (const line of advances) {
      expect(line).toMatchObject({ name: 'worker', procurementId: tender.id });
      expect(line).not.toHaveProperty('requestId');
    }
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

  it('that the dashboard shows and the alerts watch really exist, with the labels that are queried', async () => {
    // Something must be overdue for its kind to be reported: the award that nobody decides.
    let found = await scraped();
    await town.comes('the award is overdue', async () => (found = await scraped()).has('kaibiao_overdue_milestones'));
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

  it('of the worker are served on the loopback address only, and nothing else is', async () => {
    expect((await fetch(`http://127.0.0.1:${metricsPort}/`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { method: 'POST' })).status).toBe(404);
    for (const { address, family, internal } of Object.values(networkInterfaces()).flatMap((each) => each ?? [])) {
      if (internal || family !== 'IPv4') continue;
      await expect(fetch(`http://${address}:${metricsPort}/metrics`)).rejects.toThrow();
    }
  });
});
