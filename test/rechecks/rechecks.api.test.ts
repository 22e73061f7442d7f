import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROLES } from '../../domain/roles.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { peopleOf, played } from '../setup/tenders/played.ts';
import { advance, handClock, reportOn, setFigures, type People } from '../setup/tenders/tender.ts';
import type { Bid } from '../../db/bids.ts';

let clock: ReturnType<typeof handClock>;
let api: TestApi;
let purchaser: Member;
let supervisor: Member;
let suppliers: Member[];
let who: People;

beforeEach(async () => {
  clock = handClock('2026-01-01');
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  purchaser = await api.member('purchaser');
  supervisor = await api.member('supervisor');
  suppliers = await Promise.all([1, 2, 3].map(() => api.member('supplier')));
  who = await peopleOf(api, purchaser, suppliers);
  await setFigures(api.db);
});
afterEach(() => api[Symbol.asyncDispose]());

interface Lot {
  readonly id: string;
  readonly base: string;
  readonly bids: readonly Bid[];
}
const lotAt = async (regime: 'tendering' | 'government', stage: Parameters<typeof played>[4]): Promise<Lot> => {
  const { id, bids } = await played(api.db, clock, who, regime, stage);
  return { id, bids, base: `/api/procurements/${id}/lots/1` };
};
const post = (member: Member, path: string, json: object): Promise<Answered> => member.call('POST', path, { json });
const upload = async (member: Member, { id }: Lot, kind: string): Promise<string> => {
  const options = { body: `${kind} ${clock.read()}`, headers: { 'content-type': 'application/pdf' } };
  const answer = await member.call('POST', `/api/procurements/${id}/documents?name=a.pdf&kind=${kind}`, options);
  expect(answer.status, answer.text).toBe(201);
  return String(answer.get('id'));
};
/** The report as it is sent. */
const sent = (bids: readonly Bid[], documentId: string, change: object = {}) => {
  const { evaluationEndedAt, made: _made, recheck: _recheck, ...report } = reportOn(bids, clock.read());
  return { ...report, evaluationEndedAt: new Date(evaluationEndedAt).toISOString(), documentId, ...change };
};

describe('a recheck over HTTP (条例54)', () => {
  it('is referred by who runs the tender or supervises it, read by those and the watchers, and by nobody else', async () => {
    const lot = await lotAt('tendering', 'publicity');
    const objection = await post(suppliers[1] as Member, `/api/procurements/${lot.id}/grievances`, {
      ...{ target: 'result', lotNo: 1, textZh: '对评标结果有异议' },
    });
    const grievanceId = objection.get('id');
    const body = { ground: 'grievance', grievanceId, bidIds: [lot.bids[0]?.id], reasonZh: '请复核技术评分' };
    const path = `${lot.base}/rechecks`;
    for (const role of ROLES) {
      if (['purchaser', 'agency', 'supervisor', 'public', 'supplier'].includes(role)) continue;
      const stranger = await api.member(role);
      expect((await post(stranger, path, body)).status, role).toBe(403);
      const reads = ['office', 'discipline', 'auditor'].includes(role);
      expect((await stranger.call('GET', path)).status, role).toBe(reads ? 200 : 403);
    }
    expect((await post(suppliers[0] as Member, path, body)).status).toBe(403);
    expect((await post(await api.member('purchaser'), path, body)).status).toBe(403);
    expect((await api.call('POST', path, { json: body })).status).toBe(401);
    expect((await post(purchaser, path, { ...body, bidIds: [] })).status).toBe(422);
    // A supervisor refers what somebody has filed.
    const { grievanceId: _left, ...without } = body;
    expect((await post(supervisor, path, without)).get('details.field')).toBe('grievanceId');
    const referred = await post(supervisor, path, body);
    expect(referred.status, referred.text).toBe(200);
    expect((await post(purchaser, path, body)).get('code')).toBe('already-exists');
    const seen = await purchaser.call('GET', path);
    expect(seen.get('items.0')).toMatchObject({
      ...{ state: 'open', referredBy: 'supervisor', ground: 'grievance', dueRule: 'works-result-objection-reply' },
      ...{ reportId: null, changes: [] },
    });
    const shown = await api.call('GET', `/api/procurements/${lot.id}`);
    expect((shown.get('suspensions') as { by: string }[]).map(({ by }) => by).sort()).toEqual(['objection', 'recheck']);

    const first = (await purchaser.call('GET', `${lot.base}/report`)).get('decisionId');
    clock.set('2026-04-22T10:00+08:00');
    const documentId = await upload(purchaser, lot, 'report');
    const report = (change: object) => post(purchaser, `${lot.base}/report`, sent(lot.bids, documentId, change));
    expect((await report({})).get('details.field')).toBe('findingZh');
    expect((await report({ findingZh: '评分无误' })).status).toBe(200);
    const now = await purchaser.call('GET', `${lot.base}/report`);
    expect([now.get('recheck.result'), now.get('recheck.formerId'), now.get('findingZh')]).toEqual([
      ...['kept', first, '评分无误'],
    ]);
    const before = await purchaser.call('GET', `${lot.base}/report?decisionId=${String(first)}`);
    expect([before.status, before.get('recheck'), before.get('decisionId')]).toEqual([200, null, first]);
    expect((await purchaser.call('GET', path)).get('items.0')).toMatchObject({ state: 'kept', findingZh: '评分无误' });
    // Without one nobody delivers a second report.
    expect((await report({ findingZh: '又一次' })).get('code')).toMatch(/stage-conflict|forbidden/);
  });

  it('in government on no ground but those of 87令64', async () => {
    const lot = await lotAt('government', 'award');
    const body = { bidIds: [lot.bids[0]?.id], reasonZh: '价格偏高', dueAt: '2026-04-16T18:00:00+08:00' };
    const refused = await post(purchaser, `${lot.base}/rechecks`, { ...body, ground: 'circumstances' });
    expect([refused.status, refused.get('details.article'), refused.get('details.lawful')]).toEqual([
      ...[422, '64', ['sum', 'range', 'objective', 'outlier']],
    ]);
    expect((await post(purchaser, `${lot.base}/rechecks`, { ...body, ground: 'taste' })).status).toBe(422);
    expect((await post(purchaser, `${lot.base}/rechecks`, { ...body, ground: 'objective' })).status).toBe(200);
    const award = { bidId: lot.bids[0]?.id };
    expect((await post(purchaser, `${lot.base}/award`, award)).get('code')).toBe('suspended');
  });
});

describe('an award that is lost, over HTTP (条例55)', () => {
  it('is refused by its winner alone, and replaced by the purchaser alone', async () => {
    const lot = await lotAt('tendering', 'contract');
    const refusal = (member: Member) => post(member, `${lot.base}/award/refusal`, { reasonZh: '资金不足' });
    const body = { ground: 'declined', reasonZh: '书面放弃', then: 'next' };
    const replace = (member: Member, change: object = {}) =>
      post(member, `${lot.base}/award/replacement`, { ...body, ...change });
    for (const role of ROLES) {
      if (role === 'public' || role === 'purchaser' || role === 'supplier') continue;
      const stranger = await api.member(role);
      expect([(await refusal(stranger)).status, (await replace(stranger)).status], role).toEqual([403, 403]);
    }
    expect((await refusal(suppliers[1] as Member)).status).toBe(404);
    expect((await replace(suppliers[0] as Member)).status).toBe(403);
    expect((await replace(purchaser)).get('details.field')).toBe('documentId');
    expect((await replace(purchaser, { documentId: await upload(purchaser, lot, 'contract') })).get('code')).toBe(
      'bad-input',
    );
    expect((await refusal(suppliers[0] as Member)).status).toBe(200);
    const done = await replace(purchaser);
    expect([done.status, done.get('kind')]).toEqual([200, 'replace-winner']);
    const after = await api.call('GET', `/api/procurements/${lot.id}`);
    expect(after.get('lots.0.stage')).toBe('contract');
    const notices = await api.call('GET', `/api/notices?procurementId=${lot.id}&kind=award`);
    expect((notices.get('items') as unknown[]).length).toBe(2);
    await advance(api.db, lot.id, 1);
  });

  it('by force majeure, with what shows it, to a new tender of the lot', async () => {
    const lot = await lotAt('tendering', 'contract');
    const documentId = await upload(purchaser, lot, 'evidence');
    const body = { ground: 'force-majeure', reasonZh: '厂房因洪水损毁', documentId, then: 'retender' };
    expect((await post(purchaser, `${lot.base}/award/replacement`, body)).status).toBe(200);
    const after = await api.call('GET', `/api/procurements/${lot.id}`);
    expect([after.get('lots.0.stage'), after.get('lots.0.failure.article')]).toEqual(['failed', '55']);
  });
});
