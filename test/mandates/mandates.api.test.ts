import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseInstant } from '../../domain/civil-time.ts';
import { MANDATE_ACT_NAMES } from '../../domain/mandates/acts.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { updateStanding } from '../../db/organisations.ts';
import { addMemberships } from '../../services/accounts/add-membership.ts';
import { changeStanding } from '../../services/organisations/change-standing.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import { handClock, addTenderDocument } from '../setup/tenders/tender.ts';

const DRAFT = {
  title: '某区中学教学楼工程',
  regime: 'tendering',
  kind: 'works',
  projectCode: 'P-1',
  budgetFen: 1_000_000_00,
  contentZh: '教学楼一栋。',
  particulars: PARTICULARS_TOLD,
  noticeAt: '2026-03-02T09:00:00+08:00',
  documentsFrom: '2026-03-02T09:00:00+08:00',
  documentsUntil: '2026-03-09T17:00:00+08:00',
  bidDeadline: '2026-04-01T09:30:00+08:00',
  bidValidityDays: 90,
  lots: [{ no: 1, title: '施工', budgetFen: 1_000_000_00 }],
};

let api: TestApi;
let clock: ReturnType<typeof handClock>;
let purchaser: Member;
let agency: Member;

beforeEach(async () => {
  clock = handClock('2026-03-01T12:00:00+08:00');
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: () => Date.now() } });
  purchaser = await api.member('purchaser', '某区教育局');
  agency = await api.member('agency', '某招标代理有限公司');
});
afterEach(() => api[Symbol.asyncDispose]());

const draft = (by: Member, purchaserId: string, change: object = {}): Promise<Answered> =>
  by.call('POST', '/api/procurements', { json: { ...DRAFT, purchaserId, ...change } });

const offer = (by: Member, withId: string, change: object = {}): Promise<Answered> =>
  by.call('POST', '/api/mandates', {
    json: {
      withId,
      subjectZh: '教学楼工程招标代理',
      projectCodes: ['P-1'],
      acts: MANDATE_ACT_NAMES,
      untilAt: '2026-12-31T23:59:59+08:00',
      ...change,
    },
  });

const accept = (by: Member, id: unknown): Promise<Answered> =>
  by.call('POST', `/api/mandates/${String(id)}/acceptance`);

/** The agency offers, and the purchaser accepts. */
async function mandate(change: object = {}): Promise<string> {
  const offered = await offer(agency, purchaser.organisationId, change);
  expect([offered.status, offered.get('state')]).toEqual([201, 'offered']);
  const accepted = await accept(purchaser, offered.get('id'));
  expect([accepted.status, accepted.get('state')]).toEqual([200, 'in-force']);
  return String(offered.get('id'));
}

const refusedAs = ({ status, get }: Answered) => [status, get('code'), get('details.reason')];

describe('an agency acts for nobody who has not mandated it', () => {
  it('nothing is drafted or launched in the name of a supplier, a supervisor or a purchaser that has not agreed', async () => {
    for (const named of [await api.member('supplier'), await api.member('supervisor'), purchaser]) {
      const answer = await draft(agency, named.organisationId);
      expect(refusedAs(answer)).toEqual([403, 'not-mandated', 'none']);
      expect(answer.get('messageZh')).toMatch('招标投标法第15条');
      expect(answer.get('messageEn')).toMatch('招标投标法 art. 15');
      // Offered, and accepted by nobody: who has no purchaser's people cannot accept.
      const { get } = await offer(agency, named.organisationId);
      expect((await accept(agency, get('id'))).get('code')).toBe('mandate-settled');
      if (named !== purchaser) expect((await accept(named, get('id'))).status).toBe(403);
      expect(refusedAs(await draft(agency, named.organisationId))).toEqual([403, 'not-mandated', 'offer']);
    }
    const government = { regime: 'government', kind: 'goods' };
    const answer = await draft(agency, purchaser.organisationId, government);
    expect([answer.get('details.rule'), answer.get('details.law'), answer.get('details.article')]).toEqual([
      'gp-agency-mandate',
      '政府采购法实施条例',
      '16',
    ]);
  });

  it('only the other party’s own people accept: no stranger, and nobody who belongs to both', async () => {
    const offered = await offer(agency, purchaser.organisationId);
    const id = offered.get('id');
    const stranger = await api.member('purchaser');
    expect((await accept(stranger, id)).status).toBe(404);
    expect((await stranger.call('GET', `/api/mandates/${String(id)}`)).status).toBe(404);
    const ofBoth = await api.member('agency');
    await api.db.transaction(async (tx) => {
      const { accountId } = ofBoth;
      await addMemberships(tx, UNATTENDED, [
        { accountId, organisationId: agency.organisationId, role: 'agency' },
        { accountId, organisationId: purchaser.organisationId, role: 'purchaser' },
      ]);
    });
    const acting = { headers: { 'X-Acting-As': `${purchaser.organisationId}:purchaser` } };
    const answer = await ofBoth.call('POST', `/api/mandates/${String(id)}/acceptance`, acting);
    expect(refusedAs(answer)).toEqual([403, 'forbidden', 'both-parties']);
    expect((await accept(purchaser, id)).status).toBe(200);
    expect((await accept(purchaser, id)).get('code')).toBe('mandate-settled');
  });

  it('who may not be a purchaser by its duties is none, whoever asks', async () => {
    const supervisor = await api.member('supervisor');
    await api.db.transaction((tx) =>
      changeStanding(tx, UNATTENDED, supervisor.organisationId, {
        ...{ identity: null, reportsTo: null },
        duties: ['supervisor'],
      }),
    );
    expect((await offer(agency, supervisor.organisationId)).get('issues.0.field')).toBe('purchaserId');
    expect((await draft(agency, supervisor.organisationId)).get('issues.0.rule')).toBe('duty');
    // The duty is taken away after the mandate was accepted.
    await mandate();
    const { get } = await draft(agency, purchaser.organisationId);
    await api.db.transaction((tx) =>
      updateStanding(tx, purchaser.organisationId, { identity: null, duties: ['supplier'], reportsTo: null }),
    );
    const launched = await agency.call('POST', `/api/procurements/${String(get('id'))}/launch`);
    expect([launched.status, launched.get('issues.0.rule')]).toEqual([422, 'duty']);
  });

  it('with a mandate it drafts and launches what the mandate is for, and no more', async () => {
    await mandate({ acts: ['prepare'] });
    expect(refusedAs(await draft(agency, purchaser.organisationId, { projectCode: 'P-2' }))).toEqual([
      403,
      'not-mandated',
      'project',
    ]);
    const made = await draft(agency, purchaser.organisationId);
    expect(made.status).toBe(201);
    const path = `/api/procurements/${String(made.get('id'))}`;
    expect(refusedAs(await agency.call('POST', `${path}/launch`))).toEqual([403, 'not-mandated', 'act']);
    // A draft that is in the scope does not leave it.
    const moved = await agency.call('PUT', path, {
      json: { ...DRAFT, purchaserId: purchaser.organisationId, projectCode: 'P-2' },
      headers: { 'If-Match': '"1"' },
    });
    expect(refusedAs(moved)).toEqual([403, 'not-mandated', 'project']);
    await mandate({ acts: ['launch'], projectCodes: null });
    await addTenderDocument(api.db, UNATTENDED, String(made.get('id')));
    expect((await agency.call('POST', `${path}/launch`)).status).toBe(200);
    const trail = await (await api.member('supervisor')).call('GET', '/api/audit?limit=100&order=oldest');
    const actions = (trail.get('items') as { action: string }[]).map(({ action }) => action);
    expect(actions.filter((action) => action.startsWith('mandate.'))).toEqual([
      'mandate.offer',
      'mandate.accept',
      'mandate.offer',
      'mandate.accept',
    ]);
  });

  it('a purchaser launches with no agency that has not agreed, either', async () => {
    const made = await draft(purchaser, purchaser.organisationId, { agencyId: agency.organisationId });
    const path = `/api/procurements/${String(made.get('id'))}/launch`;
    expect(refusedAs(await purchaser.call('POST', path))).toEqual([403, 'not-mandated', 'none']);
    const { get } = await offer(purchaser, agency.organisationId, { acts: ['evaluation'] });
    expect(refusedAs(await purchaser.call('POST', path))).toEqual([403, 'not-mandated', 'offer']);
    expect((await accept(agency, get('id'))).status).toBe(200);
    await addTenderDocument(api.db, UNATTENDED, String(made.get('id')));
    expect((await purchaser.call('POST', path)).status).toBe(200);
  });

  it('its end is the end of what it may do and see; what is under way is listed, and the purchaser goes on', async () => {
    const id = await mandate();
    const path = `/api/procurements/${String((await draft(agency, purchaser.organisationId)).get('id'))}`;
    await addTenderDocument(api.db, UNATTENDED, String(path.split('/').at(-1)));
    expect((await agency.call('POST', `${path}/launch`)).status).toBe(200);
    const stranger = await api.member('purchaser');
    const end = { json: { reasonZh: '改由本单位自行办理。' } };
    expect((await stranger.call('POST', `/api/mandates/${id}/end`, end)).status).toBe(404);
    const ended = await purchaser.call('POST', `/api/mandates/${id}/end`, end);
    expect([ended.status, ended.get('state'), ended.get('endedBy'), ended.get('underWay.0.title')]).toEqual([
      200,
      'ended',
      'purchaser',
      DRAFT.title,
    ]);
    expect(refusedAs(await agency.call('GET', path))).toEqual([403, 'not-mandated', 'ended']);
    const termination = { json: { ground: 'force-majeure', reasonZh: '地震' } };
    expect(refusedAs(await agency.call('POST', `${path}/termination`, termination))).toEqual([
      403,
      'not-mandated',
      'ended',
    ]);
    expect((await purchaser.call('POST', `${path}/termination`, termination)).status).toBe(200);
    expect((await purchaser.call('POST', `/api/mandates/${id}/end`, end)).get('code')).toBe('mandate-settled');
  });

  it('its period ends by itself, and an offer cannot be accepted after it', async () => {
    const untilAt = '2026-03-01T18:00:00+08:00';
    expect((await offer(agency, purchaser.organisationId, { untilAt: '2026-03-01T12:00:00+08:00' })).status).toBe(422);
    await mandate({ untilAt });
    const late = await offer(agency, purchaser.organisationId, { untilAt });
    clock.set(parseInstant(untilAt) - 1);
    expect((await draft(agency, purchaser.organisationId)).status).toBe(201);
    clock.set(untilAt);
    expect(refusedAs(await draft(agency, purchaser.organisationId))).toEqual([403, 'not-mandated', 'expired']);
    expect((await accept(purchaser, late.get('id'))).get('code')).toBe('mandate-settled');
  });

  it('a mandate that ends while a file is on its way counts at the instant of the transaction', async () => {
    const id = await mandate();
    const path = `/api/procurements/${String((await draft(agency, purchaser.organisationId)).get('id'))}`;
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          controller.enqueue(Buffer.from('招标文件'));
          const { status } = await purchaser.call('POST', `/api/mandates/${id}/end`, { json: { reasonZh: '终止。' } });
          if (status !== 200) controller.error(new Error(`the mandate was not ended: ${status}`));
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const answer = await agency.call('POST', `${path}/documents?name=a.txt`, {
      body,
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(refusedAs(answer)).toEqual([403, 'not-mandated', 'ended']);
    expect((await purchaser.call('GET', `${path}/documents`)).get('items')).toEqual([]);
  });
});
