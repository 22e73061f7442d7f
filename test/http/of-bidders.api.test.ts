import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../api/routes.ts';
import { concernsBidders, ofBidders } from '../../api/http/of-bidders.ts';
import { isOfBidders, PERMISSIONS, type Action } from '../../domain/roles.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { deposits } from '../../db/schema/sqlite.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { MEMBER_ROLES, startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { eventually } from '../setup/eventually.ts';
import { v7 as newId } from 'uuid';

const spans = new InMemorySpanExporter();
const NOW = parseInstant('2026-03-05T10:00:00+08:00');

describe('one table says which routes concern bidders', () => {
  it('all that only suppliers do to a tender is in it', () => {
    const onlySuppliers = (Object.keys(PERMISSIONS) as Action[]).filter(
      (action) => Object.keys(PERMISSIONS[action].roles).join() === 'supplier',
    );
    expect(onlySuppliers.filter((action) => !isOfBidders(action))).toEqual([]);
    expect(onlySuppliers.length).toBeGreaterThan(6);
  });

  it('each of its addresses is found by the method and the path of a request, and no other', () => {
    const bidders = ofBidders(ROUTES, []);
    for (const spec of ROUTES) {
      const path = `/api${spec.path.replace(/\{\w+\}/g, () => newId())}`;
      const found = bidders.isAbout(spec.method.toUpperCase(), path);
      expect([spec.method, spec.path, found]).toEqual([spec.method, spec.path, concernsBidders(spec)]);
    }
  });
});

it('a request of a bidder makes no span, and neither does its transaction', async () => {
  // Those of libraries are never sent (cli/worker/tracing.ts).
  const named = (): string[] =>
    spans.getFinishedSpans().flatMap((span) => (span.instrumentationScope.name === 'kaibiao' ? [span.name] : []));
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  trace.setGlobalTracerProvider(provider);
  const contexts = new AsyncLocalStorageContextManager();
  context.setGlobalContextManager(contexts.enable());
  try {
    await using api = await startTestApi({ database: { machineClock: () => NOW } });
    const supplier = await api.member('supplier');
    const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: supplier.organisationId }));
    await supplier.call('GET', `/api/procurements/${tender}`);
    await eventually('a public one is traced', async () => named().length > 0);
    spans.reset();
    for (const spec of ROUTES.filter(concernsBidders)) {
      const path = spec.path
        .replace('{id}', tender)
        .replace('{no}', '1')
        .replace(/\{\w+\}/g, () => newId());
      await supplier.call(spec.method.toUpperCase(), `/api${path}`, spec.body ? { json: {} } : {});
    }
    await supplier.call('GET', '/seal');
    // One that is traced comes last.
    await supplier.call('GET', `/api/procurements/${tender}`);
    await eventually('it is traced', async () => named().length > 0);
    expect(named()).toEqual(['GET /api/procurements/{id}']);
  } finally {
    trace.disable();
    context.disable();
  }
});

describe('before the opening neither numbers nor log nor refusals tell that somebody bids', () => {
  async function scene(): Promise<{ api: TestApi; tender: string; supplier: Member; purchaser: Member }> {
    const api = await startTestApi({ database: { machineClock: () => NOW }, settings: { publicMetrics: true } });
    const [purchaser, supplier] = [await api.member('purchaser'), await api.member('supplier')];
    const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
    return { api, tender, purchaser, supplier };
  }

  it('a walk of all of them leaves no route in the public metrics, and no address, tender or path in the log', async () => {
    const { api, tender, supplier } = await scene();
    await using _closed = api;
    const before = api.log().length;
    const walked = ROUTES.filter(concernsBidders);
    expect(walked.length).toBeGreaterThan(20);
    for (const spec of walked) {
      const path = spec.path
        .replace('{id}', tender)
        .replace('{no}', '1')
        .replace(/\{\w+\}/g, () => newId());
      await supplier.call(spec.method.toUpperCase(), `/api${path}`, spec.body ? { json: {} } : {});
    }
    const lines = api
      .log()
      .slice(before)
      .split('\n')
      .filter((line) => line.includes('"req":'));
    expect(lines.length).toBeGreaterThanOrEqual(walked.length);
    for (const line of lines) {
      expect(line).toContain('"path":"(bidders)"');
      expect(line).not.toMatch(/address|procurementId|127\.0\.0\.1|"method"/);
      expect(line).not.toContain(tender);
    }
    const { text } = await api.call('GET', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(text).toContain('kaibiao_http_request_duration_seconds');
    for (const spec of walked) expect(text).not.toContain(`route="/api${spec.path}"`);
    expect(text).not.toMatch(/kaibiao_(bids?|transactions?|commit)_|deposit_refunds|overdue_duties|api\/session/);
    expect(text).not.toMatch(/process_cpu|nodejs_(heap|eventloop|gc|active)/);
    expect(text).toMatch(/process_start_time_seconds[^]*kaibiao_overdue_milestones/);
    // What is left names a route that everybody uses.
    await api.call('GET', `/api/procurements/${tender}`);
    const again = await api.call('GET', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(again.text).toContain('route="/api/procurements/{id}"');
  });

  it('a deposit that there is answers as one that there is not, to its own purchaser too', async () => {
    const { api, tender, purchaser, supplier } = await scene();
    await using _closed = api;
    const depositId = newId();
    await api.db.transaction(async (tx) =>
      tx.q.insert(deposits).values({
        ...{ id: depositId, procurementId: tender, lotNo: 1, supplierId: supplier.organisationId },
        ...{ form: 'transfer', amountFen: 1, externalId: depositId, arrivedAt: tx.now, source: 'callback' },
        ...{ actor: UNATTENDED, recordedAt: tx.now },
      }),
    );
    // The centre records deposits and gives them back, so that it knows them.
    const roles = MEMBER_ROLES.filter((role) => role !== 'centre');
    const others = [purchaser, supplier, ...(await Promise.all(roles.map((role) => api.member(role))))];

    for (const act of ['check', 'refund', 'forfeit', 'document']) {
      for (const member of others) {
        const asked = async (id: string) => {
          const path = `/api/deposits/${id}/${act}`;
          const { status, get } = await member.call(
            act === 'document' ? 'GET' : 'POST',
            path,
            act === 'document' ? {} : { json: {} },
          );
          return [member.role, act, status, get('code')];
        };
        expect(await asked(depositId)).toEqual(await asked(newId()));
      }
    }
  });
});
