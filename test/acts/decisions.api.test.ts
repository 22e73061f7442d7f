import { describe, expect, it } from 'vitest';
import { UNATTENDED } from '../../db/audit.ts';
import { procurementById } from '../../db/procurements.ts';
import { formatInstant, parseInstant } from '../../domain/civil-time.ts';
import { recordObtained } from '../../services/documents/obtain.ts';
import { startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { termsOf } from '../setup/tenders/contracts.ts';
import { choiceOf, contractAt, peopleOf, played, type Played, type PlayedStage } from '../setup/tenders/played.ts';
import { addFile, handClock, reportOn, type People } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { v7 as newId } from 'uuid';

const NOW = parseInstant('2026-03-05T10:00:00+08:00');
const atNow = { machineClock: () => NOW };

interface Scene extends AsyncDisposable, Played {
  readonly api: TestApi;
  readonly clock: ReturnType<typeof handClock>;
  readonly purchaser: Member;
  readonly agency: Member;
  readonly who: People;
}

/** A works tender of a purchaser and its agency with three bids, played up to a stage. */
async function scene(stage: PlayedStage): Promise<Scene> {
  const clock = handClock('2026-03-01');
  const api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  const purchaser = await api.member('purchaser');
  const agency = await api.member('agency');
  const suppliers = [await api.member('supplier'), await api.member('supplier'), await api.member('supplier')];
  const who = await peopleOf(api, purchaser, suppliers);
  const tender = await played(api.db, clock, who, 'tendering', stage, { agencyId: agency.organisationId });
  return { ...tender, api, clock, purchaser, agency, who, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() };
}

/** A report as it is sent: delivered by the agency the day after the opening. */
const reportBody = async ({ api, id, bids }: Pick<Scene, 'api' | 'id' | 'bids'>) => {
  const ended = parseInstant('2026-04-20T17:00:00+08:00');
  const documentId = await addFile(api.db, id, 'report');
  return { ...reportOn(bids, ended, { documentId }), evaluationEndedAt: formatInstant(ended) };
};

describe('what people decide is judged and done at its instant, and answered with what it was', () => {
  const decisions: [string, 'purchaser' | 'agency', PlayedStage, (at: Scene) => object | Promise<object>][] = [
    [
      'amendments',
      'purchaser',
      'bidding',
      () => ({ textZh: '工期改为 300 日。', affectsBids: true, bidDeadline: '2026-05-11T09:30:00+08:00' }),
    ],
    ['termination', 'purchaser', 'bidding', () => ({ ground: 'force-majeure', reasonZh: '地震' })],
    ['lots/1/report', 'agency', 'evaluation', reportBody],
    ['lots/1/award', 'purchaser', 'award', ({ bids }) => choiceOf(bids[0])],
    [
      'lots/1/contract',
      'purchaser',
      'contract',
      ({ clock }) => ({ ...contractAt(0), terms: termsOf(380_000_000), signedAt: formatInstant(clock.read()) }),
    ],
    ['lots/1/contract/publication', 'agency', 'performance', () => ({ textZh: '合同公告' })],
    ['lots/1/duties', 'purchaser', 'performance', () => ({ key: 'written-report' })],
  ];
  it.each(decisions)('%s by the %s', async (path, role, stage, bodyOf) => {
    await using at = await scene(stage);
    const { api, clock, id } = at;
    if (stage === 'evaluation') clock.set('2026-04-21T10:00+08:00');
    const json = await bodyOf(at);
    const answer = await at[role].call('POST', `/api/procurements/${id}/${path}`, { json });
    expect([answer.status, answer.get('procurementId'), answer.get('receivedAt')]).toEqual([
      200,
      id,
      formatInstant(clock.read()),
    ]);
    // It is final: there is nothing to come back for.
    for (const gone of ['state', 'settledAt', 'refusal']) expect(answer.body).not.toHaveProperty(gone);
    const location = String(answer.headers.get('content-location'));
    expect(location).toBe(`/api/decisions/${String(answer.get('id'))}`);
    expect((await at[role].call('GET', location)).body).toEqual(answer.body);
    if (path.endsWith('/report')) {
      // Whose each bid is, beside its id; and in the trail, what its ids name.
      const supplierOf = new Map(at.bids.map((bid) => [bid.id, bid.supplierId]));
      const report = await at[role].call('GET', `/api/procurements/${id}/${path}`);
      for (const { bidId, supplier } of report.get('candidates') as { bidId: string; supplier: string }[])
        expect(supplier).toBe(at.who.suppliers.find(({ id: each }) => each === supplierOf.get(bidId))?.name);
      const office = await api.member('office');
      const trail = await office.call('GET', `/api/audit?limit=100&procurementId=${id}`);
      const entry = (trail.get('items') as { action: string; names: Record<string, string> }[]).find(
        ({ action }) => action === 'decision.report',
      );
      expect(entry?.names).toMatchObject({
        [at.agency.organisationId]: at.agency.username,
        [at.agency.accountId]: at.agency.username,
      });
    }
    const extra = await at[role].call('POST', `/api/procurements/${id}/${path}`, { json: { ...json, surprise: 1 } });
    expect(extra.status).toBeOneOf([403, 422]);
    if (extra.status === 422) expect(extra.get('issues.0.field')).toBe('surprise');
    const metrics = await api.call('GET', '/metrics');
    expect(metrics.text).toMatch(/kaibiao_decisions_total\{kind="[a-z-]+",outcome="accepted"\} 1/);
  });

  it('a body with what no decision has is refused before anything is judged', async () => {
    await using at = await scene('bidding');
    const json = { ground: 'force-majeure', reasonZh: '地震', surprise: 1 };
    const answer = await at.purchaser.call('POST', `/api/procurements/${at.id}/termination`, { json });
    expect([answer.status, answer.get('issues.0.field')]).toEqual([422, 'surprise']);
    expect((await procurementById(at.api.db.read, at.id)).stage).toBe('bidding');
  });

  it('a document that is not of the tender is not found', async () => {
    await using api = await startTestApi({ database: atNow });
    const purchaser = await api.member('purchaser');
    const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
    const json = { textZh: '…', affectsBids: false, documentIds: [newId()] };
    expect((await purchaser.call('POST', `/api/procurements/${tender}/amendments`, { json })).status).toBe(404);
  });
});

it('the names of the committee are shown after the award, the rest of the report after the opening', async () => {
  await using at = await scene('evaluation');
  const { api, purchaser, clock, id, bids } = at;
  const auditor = await api.member('auditor');
  const path = `/api/procurements/${id}/lots/1/report`;
  expect((await auditor.call('GET', path)).status).toBe(404);
  clock.set('2026-04-21T10:00+08:00');
  expect((await purchaser.call('POST', path, { json: await reportBody(at) })).status).toBe(200);
  for (const person of [purchaser, auditor]) {
    const report = await person.call('GET', path);
    expect([report.status, report.get('committee'), report.get('candidates.0.score')]).toEqual([200, null, 90]);
    expect(report.text).not.toContain('专家甲');
  }
  clock.set('2026-04-27T10:00+08:00');
  const award = { json: choiceOf(bids[0]) };
  expect((await purchaser.call('POST', `/api/procurements/${id}/lots/1/award`, award)).status).toBe(200);
  expect((await auditor.call('GET', path)).get('committee.0.name')).toBe('专家甲');
  const trail = await auditor.call('GET', '/api/audit?limit=100');
  expect(trail.text).toContain('decision.award');
  expect(trail.text).not.toContain('专家甲');
});

it('lots are terminated, and failed ones tendered again, several at once', async () => {
  await using api = await startTestApi({ database: atNow });
  const purchaser = await api.member('purchaser');
  const three = draftOf({ purchaserId: purchaser.organisationId });
  const lots = [1, 2, 3].map((no) => ({ no, title: `${no}标段`, budgetFen: 100_000_000, bidBondFen: null }));
  const bidding = await tenderAt(api.db, 'bidding', { ...three, lots });
  const end = (lotNos: unknown) =>
    purchaser.call('POST', `/api/procurements/${bidding}/termination`, {
      json: { ground: 'force-majeure', reasonZh: '地震', lotNos },
    });
  for (const none of [[], [0], ['1'], null]) expect((await end(none)).status).toBe(422);
  expect((await end([4])).status).toBe(404);
  const ended = await end([3, 1, 3]);
  expect(ended.status).toBe(200);
  const seen = await api.call('GET', `/api/procurements/${bidding}`);
  expect([seen.get('stage'), seen.get('lots.0.stage'), seen.get('lots.1.stage')]).toEqual([
    'bidding',
    'terminated',
    'pending',
  ]);
  expect((await end([1, 2])).status).toBe(409);

  const failed = await tenderAt(api.db, 'evaluation', { ...three, lots }, 'failed');
  const again = (member: Member, lotNos: readonly number[]) =>
    member.call('POST', `/api/procurements/${failed}/retender`, {
      json: { lotNos, noticeAt: '2026-03-10T09:00:00+08:00' },
    });
  expect((await again(purchaser, [1, 2])).status).toBe(409);
  const drafted = await again(purchaser, [1]);
  expect(drafted.body).toMatchObject({ retenderOf: failed, retenderLot: 1, retenderLots: [1], lots: [{ no: 1 }] });
  expect((await again(await api.member('purchaser'), [1])).status).toBe(403);
});

it('a failed lot is tendered again from a draft of its own', async () => {
  await using api = await startTestApi({ database: atNow });
  const purchaser = await api.member('purchaser');
  const tender = await tenderAt(api.db, 'evaluation', draftOf({ purchaserId: purchaser.organisationId }), 'failed');
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
    await api.db.transaction((tx) => recordObtained(tx, UNATTENDED, tender, supplier.organisationId));
    return { purchaser, supplier, tender, path: `/api/procurements/${tender}/grievances` };
  }
  const json = { target: 'documents', textZh: '资质要求与项目不相适应。' };

  it('are filed by who obtained the documents, read without their author before the opening, and answered', async () => {
    await using api = await startTestApi({ database: atNow });
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
    expect(seen.get('items')).toMatchObject([{ id: filed.get('id'), filedBy: null, filer: null }]);
    expect(seen.text).not.toContain(supplier.username);
    expect(seen.text).not.toContain(supplier.organisationId);
    const own = `/api/grievances/${String(filed.get('id'))}`;
    const ownView = await supplier.call('GET', own);
    expect([ownView.get('filedBy'), ownView.get('filer')]).toEqual([supplier.organisationId, supplier.username]);
    const stranger = await api.member('supplier');
    expect((await stranger.call('GET', own)).status).toBe(404);
    expect((await stranger.call('GET', path)).get('items')).toEqual([]);
    const without = await stranger.call('POST', path, { json });
    expect([without.status, without.get('code')]).toEqual([403, 'forbidden']);

    const reply = await purchaser.call('POST', `${own}/reply`, {
      json: { outcome: 'rejected', replyZh: '要求与项目相适应。' },
    });
    expect([reply.status, reply.get('kind'), reply.get('grievanceId')]).toEqual([200, 'reply', filed.get('id')]);
  });

  it('to a government tender come with their letter and evidence, and are answered with the facts and the law (财政部令94号 12, 15)', async () => {
    await using api = await startTestApi({ database: atNow });
    const purchaser = await api.member('purchaser');
    const supplier = await api.member('supplier');
    const draft = { ...draftOf({ purchaserId: purchaser.organisationId }), regime: 'government' as const };
    const tender = await tenderAt(api.db, 'bidding', { ...draft, kind: 'goods' });
    await api.db.transaction((tx) => recordObtained(tx, UNATTENDED, tender, supplier.organisationId));
    const letter = { contact: '赵六', matters: [{ matterZh: '参数指向特定产品' }] };
    const path = `/api/procurements/${tender}/grievances`;
    const filed = await supplier.call('POST', path, { json: { ...json, letter } });
    expect([filed.status, filed.get('kind'), filed.get('letter.contact')]).toEqual([201, 'query', '赵六']);
    expect(filed.get('missing')).toMatchObject([
      { item: 1, field: 'letter.address', law: '财政部令94号', article: '12' },
      ...[{ item: 1 }, { item: 1 }, { item: 3 }, { item: 4 }, { item: 5 }, { item: null }],
    ]);
    const own = `/api/grievances/${String(filed.get('id'))}`;
    const stranger = await api.member('supplier');
    for (const member of [stranger, purchaser]) {
      const completed = await member.call('POST', `${own}/completion`, { json: { letter } });
      expect(completed.status).toBeOneOf([403, 404]);
    }
    expect((await supplier.call('POST', `${own}/completion`, { json: { letter: { fax: '1' } } })).status).toBe(422);
    const completed = await supplier.call('POST', `${own}/completion`, { json: { letter: { address: '某路5号' } } });
    expect([completed.status, completed.get('missing.0.field')]).toEqual([200, 'letter.postcode']);
    expect(completed.get('replyDueAt')).toBe(filed.get('replyDueAt'));
    const sent = { body: Buffer.from('evidence'), headers: { 'content-type': 'application/pdf' } };
    expect((await stranger.call('POST', `${own}/attachments?name=a.pdf`, sent)).status).toBe(404);
    const attached = await supplier.call('POST', `${own}/attachments?name=a.pdf`, sent);
    expect([attached.status, attached.get('attachments.0.name')]).toEqual([201, 'a.pdf']);
    const content = `${own}/attachments/${String(attached.get('attachments.0.documentId'))}`;
    expect((await purchaser.call('GET', content)).text).toBe('evidence');
    expect((await stranger.call('GET', content)).status).toBe(404);
    // It is no document of the tender.
    const documents = await purchaser.call('GET', `/api/procurements/${tender}/documents`);
    expect(documents.text).not.toContain('a.pdf');
    const seen = await purchaser.call('GET', own);
    expect(seen.get('letter')).toMatchObject({
      contact: null,
      address: null,
      matters: [{ matterZh: '参数指向特定产品' }],
    });
    const reply = (basis: object) =>
      purchaser.call('POST', `${own}/reply`, {
        json: { outcome: 'rejected', replyZh: '要求与项目相适应。', ...basis },
      });
    const refused = await reply({ factsZh: '调研报告' });
    expect([refused.status, refused.get('violations.0.field')]).toEqual([422, 'lawZh']);
    expect((await reply({ factsZh: '调研报告', lawZh: '政府采购法实施条例第20条' })).status).toBe(200);
    expect((await supplier.call('POST', `${own}/attachments?name=b.pdf`, sent)).status).toBe(409);
    expect((await supplier.call('GET', own)).get('basis.lawZh')).toBe('政府采购法实施条例第20条');
  });

  it('to a result name the lot', async () => {
    await using api = await startTestApi({ database: atNow });
    const { supplier, path } = await objecting(api);
    const answer = await supplier.call('POST', path, { json: { ...json, target: 'result' } });
    expect([answer.status, answer.get('issues.0.field')]).toEqual([422, 'lotNo']);
  });
});

it('audit entries are paged in their order, and do not disclose how many are still confidential', async () => {
  await using api = await startTestApi({ database: atNow });
  const auditor = await api.member('auditor');
  const purchaser = await api.member('purchaser');
  const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  const json = { ground: 'force-majeure', reasonZh: '地震' };
  expect((await purchaser.call('POST', `/api/procurements/${tender}/termination`, { json })).status).toBe(200);
  const seen: unknown[] = [];
  let cursor = '';
  do {
    const page = await auditor.call('GET', `/api/audit?limit=2&order=oldest${cursor}`);
    const items = page.get('items') as Record<string, unknown>[];
    for (const item of items) expect(Object.keys(item)).not.toEqual(expect.arrayContaining(['seq']));
    seen.push(...items.map(({ action }) => action));
    const next = page.get('next');
    cursor = typeof next === 'string' ? `&cursor=${next}` : '';
    if (cursor !== '') expect(Buffer.from(cursor.slice(8), 'base64url').toString('latin1')).not.toMatch(/^\d+$/);
  } while (cursor !== '');
  expect(seen.slice(-5)).toEqual([
    'procurement.draft',
    'deadline.set',
    'notice.publish',
    'decision.terminate',
    'deadline.set',
  ]);
  expect((await purchaser.call('GET', '/api/audit')).status).toBe(403);
});

it('works are terminated with a warning where no force majeure ends them: 30号令 15 allows it then only, 条例 31 with refunds', async () => {
  await using api = await startTestApi({ database: atNow });
  const purchaser = await api.member('purchaser');
  const end = async (ground: string) => {
    const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
    return purchaser.call('POST', `/api/procurements/${tender}/termination`, {
      json: { ground, reasonZh: '任务取消' },
    });
  };
  const warned = await end('task-cancelled');
  expect([warned.status, warned.get('warnings')]).toMatchObject([
    200,
    [{ field: 'ground', rule: 'works30-no-termination', law: '30号令', article: '15(4)', severity: 'warn' }],
  ]);
  const plain = await end('force-majeure');
  expect([plain.status, plain.get('warnings') ?? null]).toEqual([200, null]);
});
