import { describe, expect, it } from 'vitest';
import { acceptDecision, submitDecision } from '../../db/decisions.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { recordObtained } from '../../services/documents/obtain.ts';
import { planBidding } from '../../services/procurements/bidding.ts';
import { advanceLot, procurementById } from '../../db/procurements.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { startTestApi, type TestApi } from '../setup/api.ts';
import { settleAll } from '../setup/deliver.ts';
import { draftOf, tenderAt } from '../setup/tenders.ts';
import { v7 as newId } from 'uuid';

const NOW = parseInstant('2026-03-05T10:00:00+08:00');
const atNow = { machineClock: () => NOW };

const REPORT = {
  evaluationEndedAt: '2026-03-04T17:00:00+08:00',
  committee: [
    { name: '赵一', kind: 'expert' },
    { name: '钱二', kind: 'purchaser' },
  ],
  qualified: 3,
  conforming: 3,
  candidates: [{ bidId: newId(), rank: 1, priceFen: 98_000_000, score: 92.5 }],
} as const;

describe('what people decide is stored with its instant, and answered with what became of it', () => {
  const decisions: [string, string, 'bidding' | 'evaluation', Parameters<typeof tenderAt>[3], object][] = [
    [
      'amendments',
      'purchaser',
      'bidding',
      'pending',
      { textZh: '工期改为 300 日。', affectsBids: true, bidDeadlineAt: '2026-04-10T09:30:00+08:00' },
    ],
    ['termination', 'purchaser', 'bidding', 'pending', { ground: 'force-majeure', reasonZh: '地震' }],
    ['lots/1/report', 'agency', 'evaluation', 'evaluation', REPORT],
    ['lots/1/award', 'purchaser', 'evaluation', 'award', { bidId: newId() }],
    [
      'lots/1/contract',
      'purchaser',
      'evaluation',
      'contract',
      { amountFen: 98_000_000, signedAt: '2026-03-05T09:00:00+08:00' },
    ],
    ['lots/1/contract/publication', 'agency', 'evaluation', 'performance', { textZh: '合同公告' }],
    ['lots/1/duties', 'purchaser', 'evaluation', 'performance', { key: 'written-report' }],
  ];
  it.each(decisions)('%s by the %s', async (path, role, stage, lotStage, json) => {
    await using api = await startTestApi({ database: atNow, deliver: settleAll() });
    const purchaser = await api.member('purchaser');
    const agency = await api.member('agency');
    const draft = draftOf({ purchaserId: purchaser.organisationId, agencyId: agency.organisationId });
    const tender = await tenderAt(api.db, stage, draft, lotStage);
    const actor = role === 'agency' ? agency : purchaser;
    const answer = await actor.call('POST', `/api/procurements/${tender}/${path}`, { json });
    expect([answer.status, answer.get('state'), answer.get('receivedAt')]).toEqual([
      200,
      'accepted',
      '2026-03-05T10:00:00+08:00',
    ]);
    expect(answer.headers.get('content-location')).toBe(`/api/decisions/${String(answer.get('id'))}`);
    const extra = await actor.call('POST', `/api/procurements/${tender}/${path}`, { json: { ...json, surprise: 1 } });
    expect([extra.status, extra.get('issues.0.field')]).toEqual([422, 'surprise']);
    const metrics = await api.call('GET', '/metrics');
    expect(metrics.text).toMatch(/kaibiao_decisions_total\{kind="[a-z-]+",outcome="accepted"\} 1/);
  });

  it('a document that is not of the tender is not found', async () => {
    await using api = await startTestApi({ database: atNow });
    const purchaser = await api.member('purchaser');
    const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
    const json = { textZh: '…', affectsBids: false, documentIds: [newId()] };
    expect((await purchaser.call('POST', `/api/procurements/${tender}/amendments`, { json })).status).toBe(404);
  });
});

it('the names of the committee are told after the award, the rest of the report after the opening', async () => {
  await using api = await startTestApi({ database: atNow, deliver: settleAll() });
  const purchaser = await api.member('purchaser');
  const auditor = await api.member('auditor');
  const tender = await tenderAt(api.db, 'evaluation', draftOf({ purchaserId: purchaser.organisationId }), 'evaluation');
  const path = `/api/procurements/${tender}/lots/1/report`;
  expect((await auditor.call('GET', path)).status).toBe(404);
  await purchaser.call('POST', path, { json: REPORT });
  for (const person of [purchaser, auditor]) {
    const report = await person.call('GET', path);
    expect([report.status, report.get('committee'), report.get('candidates.0.score')]).toEqual([200, null, 92.5]);
    expect(report.text).not.toContain('赵一');
  }
  await api.db.transaction(async (tx) => {
    await advanceLot(tx, tender, 1, 'publicity');
    await advanceLot(tx, tender, 1, 'award');
    await advanceLot(tx, tender, 1, 'contract', { awardedAt: tx.now });
  });
  expect((await auditor.call('GET', path)).get('committee.0.name')).toBe('赵一');
  const submitted = await auditor.call('GET', '/api/audit?limit=100');
  expect(submitted.text).not.toContain('赵一');
});

it('a stopped lot is tendered again from a draft of its own', async () => {
  await using api = await startTestApi({ database: atNow });
  const purchaser = await api.member('purchaser');
  const tender = await tenderAt(api.db, 'evaluation', draftOf({ purchaserId: purchaser.organisationId }), 'stopped');
  const again = await purchaser.call('POST', `/api/procurements/${tender}/lots/1/retender`, {
    json: { noticeAt: '2026-03-10T09:00:00+08:00' },
  });
  expect(again.body).toMatchObject({ stage: 'draft', retenderOf: tender, retenderLot: 1, bidDeadline: null });
  expect(again.headers.get('etag')).toBe('"1"');
  expect((await purchaser.call('GET', again.headers.get('location') ?? '')).status).toBe(200);
});

describe('objections', () => {
  async function objecting(api: TestApi) {
    const purchaser = await api.member('purchaser');
    const supplier = await api.member('supplier');
    const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
    await api.db.transaction(async (tx) => {
      await planBidding(tx, await procurementById(tx.q, tender));
      await recordObtained(tx, UNATTENDED, tender, supplier.organisationId);
    });
    return { purchaser, supplier, tender, path: `/api/procurements/${tender}/grievances` };
  }
  const json = { target: 'documents', textZh: '资质要求与项目不相适应。' };

  it('are filed by who obtained the documents, read without their author before the opening, and answered', async () => {
    await using api = await startTestApi({ database: atNow, deliver: settleAll() });
    const { purchaser, supplier, path } = await objecting(api);
    const filed = await supplier.call('POST', path, { json });
    expect([filed.status, filed.get('kind'), filed.get('suspends'), filed.get('filedBy')]).toEqual([
      201,
      'objection',
      'activity',
      supplier.organisationId,
    ]);
    const counted = await api.call('GET', String(filed.get('links.due')));
    expect(counted.get('due')).toBe(filed.get('replyDueAt'));

    const seen = await purchaser.call('GET', path);
    expect(seen.get('items')).toMatchObject([{ id: filed.get('id'), filedBy: null }]);
    expect(seen.text).not.toContain(supplier.organisationId);
    const own = `/api/grievances/${String(filed.get('id'))}`;
    expect((await supplier.call('GET', own)).get('filedBy')).toBe(supplier.organisationId);
    const stranger = await api.member('supplier');
    expect((await stranger.call('GET', own)).status).toBe(404);
    expect((await stranger.call('GET', path)).get('items')).toEqual([]);
    const without = await stranger.call('POST', path, { json });
    expect([without.status, without.get('code')]).toEqual([403, 'forbidden']);

    const reply = await purchaser.call('POST', `${own}/reply`, {
      json: { outcome: 'rejected', textZh: '要求与项目相适应。' },
    });
    expect([reply.status, reply.get('kind'), reply.get('grievanceId')]).toEqual([200, 'reply', filed.get('id')]);
  });

  it('to a result name the lot', async () => {
    await using api = await startTestApi({ database: atNow });
    const { supplier, path } = await objecting(api);
    const answer = await supplier.call('POST', path, { json: { ...json, target: 'result' } });
    expect([answer.status, answer.get('issues.0.field')]).toEqual([422, 'lotNo']);
  });
});

it('audit entries are paged in their order, and tell nothing of how many are still sealed', async () => {
  await using api = await startTestApi({ database: atNow });
  const auditor = await api.member('auditor');
  const purchaser = await api.member('purchaser');
  const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  await api.db.transaction(async (tx) => {
    const { decision } = await submitDecision(tx, UNATTENDED, {
      kind: 'terminate',
      procurementId: tender,
      lotNo: 0,
      payload: { ground: 'force-majeure', reasonZh: '地震' },
    });
    await acceptDecision(tx, decision);
  });
  const seen: unknown[] = [];
  let cursor = '';
  do {
    const page = await auditor.call('GET', `/api/audit?limit=2${cursor}`);
    const items = page.get('items') as Record<string, unknown>[];
    for (const item of items) expect(Object.keys(item)).not.toEqual(expect.arrayContaining(['seq']));
    seen.push(...items.map(({ action }) => action));
    const next = page.get('next');
    cursor = typeof next === 'string' ? `&cursor=${next}` : '';
    if (cursor !== '') expect(Buffer.from(cursor.slice(8), 'base64url').toString('latin1')).not.toMatch(/^\d+$/);
  } while (cursor !== '');
  expect(seen.slice(-3)).toEqual(['procurement.draft', 'decision.submit', 'decision.terminate']);
  expect((await purchaser.call('GET', '/api/audit')).status).toBe(403);
});
