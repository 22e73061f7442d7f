import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertMemberships } from '../../db/accounts/memberships.ts';
import { auditAfter } from '../../db/audit.ts';
import type { DrawRecord } from '../../proofs/draw-record.ts';
import { verifyDraw } from '../../proofs/draw-record.ts';
import { commitmentOf } from '../../proofs/draw.ts';
import type { DrawParty } from '../../domain/draws/terms.ts';
import { remind } from '../../services/notifications/remind.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { at, handClock, publishedTender } from '../setup/tenders/tender.ts';
import type { Organisation } from '../../db/organisations.ts';
import { organisationById } from '../../db/organisations.ts';

const partOf = (drawId: string, party: DrawParty): string =>
  createHash('sha256').update(`${drawId} ${party}`).digest('hex');

let api: TestApi;
let clock: ReturnType<typeof handClock>;
let purchaser: Member;
let centre: Member;
let supervisor: Member;
let experts: Member[];
let base: string;
let poolId: string;

beforeEach(async () => {
  clock = handClock('2026-03-01T09:00+08:00');
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  [purchaser, centre, supervisor] = [
    await api.member('purchaser'),
    await api.member('centre'),
    await api.member('supervisor'),
  ];
  experts = [];
  for (let n = 0; n < 6; n += 1) experts.push(await api.member('expert'));
  const organisation: Organisation = await organisationById(api.db.read, purchaser.organisationId);
  const asPurchaser = {
    accountId: purchaser.accountId,
    organisationId: purchaser.organisationId,
    role: 'purchaser',
    address: null,
    requestId: null,
  };
  const who = { purchaser: organisation, suppliers: [], asPurchaser, asSupplier: () => asPurchaser };
  const { id } = await publishedTender(api.db, clock, who, 'tendering');
  base = `/api/procurements/${id}/lots/1/committee`;
  clock.set('2026-04-16T09:00+08:00');
  const pool = await centre.call('POST', '/api/expert-pools', {
    json: { name: '省综合评标专家库', level: 'provincial' },
  });
  poolId = String(pool.get('id'));
  const rows = experts.map(({ username }, n) => ({
    ...{ number: `E${n}`, name: `评审专家${username}`, fields: ['A08'], employer: { name: `某设计院${n}` } },
    credentials: [{ title: '高级工程师' }],
  }));
  const imported = { experts: rows, whole: true };
  expect(
    (await centre.call('POST', `/api/expert-pools/${poolId}/experts`, { json: { ...imported, preview: true } })).get(
      'rows.0.change',
    ),
  ).toBe('new');
  await centre.call('POST', `/api/expert-pools/${poolId}/experts`, { json: imported });
  const listed = (await centre.call('GET', `/api/expert-pools/${poolId}/experts`)).get('items') as {
    id: string;
    number: string;
  }[];
  for (const [n, { accountId }] of experts.entries()) {
    const found = listed.find(({ number }) => number === `E${n}`);
    expect((await centre.call('PUT', `/api/experts/${found?.id}/account`, { json: { accountId } })).status).toBe(200);
  }
});
afterEach(() => api[Symbol.asyncDispose]());

const request = (change = {}) => ({
  ...{ poolIds: [poolId], groups: [{ field: 'A08', seats: 4 }], representativeIds: [purchaser.accountId] },
  evaluationAt: '2026-04-20T14:00:00+08:00',
  ...change,
});

async function drawn(): Promise<string> {
  const opened = await purchaser.call('POST', `${base}/draws`, { json: request() });
  expect(opened.status, opened.text).toBe(201);
  const drawId = String(opened.get('drawId'));
  const parties = [
    ['purchaser', purchaser],
    ['centre', centre],
    ['supervisor', supervisor],
  ] as const;
  for (const [party, member] of parties) {
    const commitment = commitmentOf(drawId, party, partOf(drawId, party));
    const given = await member.call('POST', `${base}/commitment`, { json: { commitment } });
    expect(given.status, given.text).toBe(200);
  }
  expect((await purchaser.call('GET', base)).get('state')).toBe('revealing');
  const early = await purchaser.call('POST', `${base}/part`, { json: { part: partOf(drawId, 'purchaser') } });
  expect([early.status, early.get('code')]).toEqual([409, 'stage-conflict']);
  for (const [party, member] of [parties[1], parties[0], parties[2]]) {
    const given = await member.call('POST', `${base}/part`, { json: { part: partOf(drawId, party) } });
    expect(given.status, given.text).toBe(200);
  }
  return drawId;
}

/** Experts to whom there is a call now. */
async function called(state = 'invited'): Promise<Member[]> {
  const found: Member[] = [];
  for (const expert of experts) {
    const calls = (await expert.call('GET', '/api/expert/calls')).get('items') as { state: string }[];
    if (calls.some((call) => call.state === state)) found.push(expert);
  }
  return found;
}

const answer = (expert: Member, drawId: string, said: string): Promise<Answered> =>
  expert.call('POST', `/api/expert/calls/${drawId}/answer`, { json: { answer: said }, key: null });

describe('a committee over HTTP, with no engine at all', () => {
  it('is drawn by three parties, called, and verified by anybody who has the record', async () => {
    const drawId = await drawn();
    const invited = await called();
    expect(invited).toHaveLength(4);
    const [refuser, ...others] = invited;
    if (!refuser) throw new Error('nobody was called');
    expect((await answer(refuser, drawId, 'decline')).get('state')).toBe('declined');
    const next = (await called()).filter((expert) => !invited.includes(expert));
    expect(next).toHaveLength(1);
    for (const expert of [...others, ...next]) expect((await answer(expert, drawId, 'confirm')).status).toBe(200);
    const state = await purchaser.call('GET', base);
    expect(state.get('state')).toBe('formed');
    const answers = (state.get('calls') as { state: string }[]).map((call) => call.state);
    expect([answers.filter((each) => each === 'declined').length, answers.at(-1)]).toEqual([1, 'confirmed']);
    const record = await api.call('GET', `${base}/draw`);
    expect(record.status).toBe(200);
    const verified = await verifyDraw(record.body as DrawRecord, null);
    expect(verified).toMatchObject({ faults: [], opened: false, gave: ['purchaser', 'centre', 'supervisor'] });
    expect(record.text).not.toContain('评审专家');
  });

  it('the names: the staff of the draw, the members and, for a reason on record, the supervisor; nobody else', async () => {
    const drawId = await drawn();
    for (const expert of await called()) await answer(expert, drawId, 'confirm');
    const names = (member: Member, json: object = {}) => member.call('POST', `${base}/names`, { json, key: null });
    expect((await names(centre)).get('members.0.name')).toContain('评审专家');
    const other = await api.member('centre');
    expect([(await names(other)).status, (await names(purchaser)).status]).toEqual([403, 403]);
    expect((await names(supervisor)).get('issues.0.field')).toBe('reasonZh');
    expect((await names(supervisor, { reasonZh: '收到举报' })).get('members.0.name')).toContain('评审专家');
    const [member] = await called('confirmed');
    const own = await member?.call('GET', `/api/expert/calls/${drawId}/members`);
    expect(own?.get('members.4.kind')).toBe('purchaser');
    const outside = experts.find((expert) => expert !== member);
    const uncalled = (
      await Promise.all(
        experts.map(async (expert) => ({
          expert,
          calls: (await expert.call('GET', '/api/expert/calls')).get('items') as unknown[],
        })),
      )
    ).find(({ calls }) => calls.length === 0);
    expect((await uncalled?.expert.call('GET', `/api/expert/calls/${drawId}/members`))?.status).toBe(404);
    expect(outside).toBeDefined();
    for (const who of [purchaser, supervisor])
      expect((await who.call('GET', `${base}/members`)).get('details.reason')).toBe('before-award');
    const readings = (await auditAfter(api.db.read, 0, 10_000)).filter(
      ({ action }) => action === 'committee.read-names',
    );
    expect(readings.map(({ actor, detail }) => [actor.role, detail.reasonZh])).toEqual([
      ['centre', undefined],
      ['supervisor', '收到举报'],
    ]);
  });

  it('neither the trail nor the log of requests tells who answered', async () => {
    const drawId = await drawn();
    const invited = await called();
    for (const expert of invited) await answer(expert, drawId, 'confirm');
    const entries = (await auditAfter(api.db.read, 0, 10_000)).filter(({ action }) => action.startsWith('committee.'));
    expect(entries.length).toBeGreaterThan(4);
    const text = JSON.stringify(entries);
    for (const { accountId, username } of experts) {
      expect(text).not.toContain(accountId);
      expect(text).not.toContain(username);
    }
    expect(api.log()).not.toContain('/api/expert/calls');
  });

  it('an answer by telephone is recorded by the staff of the draw alone', async () => {
    await drawn();
    const record = (member: Member) =>
      member.call('POST', `${base}/calls/1/answer`, { json: { answer: 'confirm', reasonZh: '电话确认' } });
    expect((await record(await api.member('centre'))).status).toBe(403);
    expect((await record(centre)).get('calls.0.state')).toBe('confirmed');
  });

  it('the purchaser sends another representative, one for one, on a ground of the law; nobody else does, and neither is named', async () => {
    const drawId = await drawn();
    for (const expert of await called()) await answer(expert, drawId, 'confirm');
    const colleague = await api.member('purchaser');
    const given = { nomineeId: colleague.accountId, departure: 'health', reasonZh: '突发疾病' };
    const send = (member: Member, change: object = {}, seat = 'purchaser-1') =>
      member.call('POST', `${base}/representatives/${seat}/replacement`, { json: { ...given, ...change }, key: null });
    // Of another organisation, so far.
    expect((await send(purchaser)).get('issues.0')).toMatchObject({ field: 'nomineeId', rule: 'own-person' });
    const own = {
      accountId: colleague.accountId,
      organisationId: purchaser.organisationId,
      role: 'purchaser',
    } as const;
    await api.db.transaction((tx) => insertMemberships(tx, [{ ...own, createdAt: tx.now }]));
    for (const role of ['centre', 'supervisor', 'expert', 'supplier', 'purchaser'] as const)
      expect((await send(await api.member(role))).status, role).toBe(403);
    expect((await send(purchaser, { departure: null })).get('issues.0.field')).toBe('departure');
    expect((await send(purchaser, {}, 'purchaser-2')).status).toBe(404);
    expect((await send(purchaser, {}, 'expert-1')).status).toBe(404);
    expect((await purchaser.call('GET', base)).get('state')).toBe('formed');
    const sent = await send(purchaser);
    expect([sent.status, sent.get('memberId')]).toEqual([200, 'purchaser-2']);
    expect((await send(purchaser)).get('code')).toBe('stage-conflict');
    // 招标投标法 37: experts are still at least two thirds, four of five.
    expect((await purchaser.call('GET', base)).get('state')).toBe('formed');
    const [expert] = await called('confirmed');
    const seats = (await expert?.call('GET', `/api/expert/calls/${drawId}/members`))?.get('members') as {
      readonly kind: string;
      readonly name: string;
    }[];
    expect(seats.filter(({ kind }) => kind === 'purchaser').map(({ name }) => name)).toEqual([colleague.username]);
    const trail = (await auditAfter(api.db.read, 0, 10_000)).filter(
      ({ action }) => action === 'committee.nominate' || action === 'committee.withdraw',
    );
    expect(trail.map(({ detail }) => detail)).toEqual([
      expect.objectContaining({ memberId: 'purchaser-1', departure: 'health' }),
      expect.objectContaining({ memberId: 'purchaser-1', successor: 'purchaser-2' }),
    ]);
    expect(JSON.stringify(trail)).not.toContain(colleague.accountId);
    expect(api.log()).not.toContain(colleague.accountId);
  });

  it('who owes a draw its commitment, or its part, is reminded at half of the time, once, and nobody else', async () => {
    const times = { commitMinutes: 30, revealMinutes: 30 };
    const opened = await purchaser.call('POST', `${base}/draws`, { json: request(times) });
    const drawId = String(opened.get('drawId'));
    const commit = (member: Member, party: DrawParty) =>
      member.call('POST', `${base}/commitment`, {
        json: { commitment: commitmentOf(drawId, party, partOf(drawId, party)) },
      });
    const reveal = (member: Member, party: DrawParty) =>
      member.call('POST', `${base}/part`, { json: { part: partOf(drawId, party) } });
    const reminders = async () => {
      for (const _ of [1, 2]) await remind(api.db);
      const counts: number[] = [];
      for (const member of [purchaser, centre, supervisor]) {
        const { body } = await member.call('GET', '/api/notifications');
        const { items } = body as { readonly items: readonly { readonly kind: string }[] };
        counts.push(items.filter(({ kind }) => kind === 'draw.part-due').length);
      }
      return counts;
    };
    expect((await commit(centre, 'centre')).status).toBe(200);
    clock.set('2026-04-16T09:14:59+08:00');
    expect(await reminders()).toEqual([0, 0, 0]);
    clock.set('2026-04-16T09:15:00+08:00');
    expect(await reminders()).toEqual([1, 0, 1]);
    expect((await commit(purchaser, 'purchaser')).status).toBe(200);
    expect((await commit(supervisor, 'supervisor')).status).toBe(200);
    // The centre reveals first, until 10:00; the others until 10:30.
    clock.set('2026-04-16T09:45:00+08:00');
    expect(await reminders()).toEqual([1, 1, 1]);
    expect((await reveal(centre, 'centre')).status).toBe(200);
    expect((await reveal(purchaser, 'purchaser')).status).toBe(200);
    clock.set('2026-04-16T10:00:00+08:00');
    expect(await reminders()).toEqual([1, 1, 2]);
    expect((await reveal(supervisor, 'supervisor')).status).toBe(200);
    clock.set('2026-04-16T10:29:00+08:00');
    expect(await reminders()).toEqual([1, 1, 2]);
  });

  it('is refused with the article, and nothing is stored', async () => {
    const refused = await purchaser.call('POST', `${base}/draws`, {
      json: request({ groups: [{ field: 'A08', seats: 3 }] }),
    });
    expect([refused.status, refused.get('violations.0.article')]).toEqual([422, '37']);
    const late = await purchaser.call('POST', `${base}/draws`, {
      json: request({ evaluationAt: '2026-04-16T09:10:00+08:00' }),
    });
    expect(late.get('issues.0.field')).toBe('evaluationAt');
    expect((await purchaser.call('GET', base)).status).toBe(404);
  });

  it('a plan is judged as the draw at its instant would be, is kept without names, and moves with the opening', async () => {
    clock.set('2026-04-14T09:00+08:00');
    const { evaluationAt: _, ...planned } = request();
    const plan = (json: object, member: Member = purchaser) => member.call('PUT', `${base}/plan`, { json });
    expect((await plan(planned, supervisor)).status).toBe(403);
    // 招标投标法 sets no window for a draw.
    expect((await plan(planned)).get('issues.0')).toMatchObject({ field: 'leadMinutes', rule: 'no-window' });
    const few = await plan({ ...planned, leadMinutes: 600, groups: [{ field: 'A08', seats: 3 }] });
    expect([few.status, few.get('violations.0.article')]).toEqual([422, '37']);
    const short = await plan({ ...planned, leadMinutes: 60 });
    expect(short.get('issues.0.rule')).toBe('after-draw');
    expect((await purchaser.call('GET', `${base}/plan`)).status).toBe(404);
    const stated = await plan({ ...planned, leadMinutes: 600, evaluationMinutes: 300 });
    expect(stated.status, stated.text).toBe(200);
    const seen = await supervisor.call('GET', `${base}/plan`);
    expect([seen.get('evaluationAt'), seen.get('drawAt'), seen.get('representatives')]).toEqual([
      '2026-04-20T14:00:00+08:00',
      '2026-04-20T04:00:00+08:00',
      1,
    ]);
    expect(seen.text).not.toContain(purchaser.accountId);
    const amended = await purchaser.call('POST', `/api/procurements/${base.split('/')[3]}/amendments`, {
      json: { textZh: '投标截止时间顺延。', affectsBids: false, bidDeadline: '2026-04-22T09:00:00+08:00' },
    });
    expect(amended.status, amended.text).toBe(200);
    const moved = await supervisor.call('GET', `${base}/plan`);
    expect([moved.get('evaluationAt'), moved.get('drawAt')]).toEqual([
      '2026-04-22T14:00:00+08:00',
      '2026-04-22T04:00:00+08:00',
    ]);
    const timeline = (await api.call('GET', `/api/procurements/${base.split('/')[3]}/timeline`)).get('items') as {
      key: string;
      lotNo: number;
      dueAt: string;
    }[];
    expect(timeline.find(({ key }) => key === 'committee')).toMatchObject({
      lotNo: 1,
      dueAt: '2026-04-22T14:00:00+08:00',
    });
    const text = JSON.stringify(
      (await auditAfter(api.db.read, 0, 10_000)).filter(({ action }) => action === 'draw.plan'),
    );
    expect(text).toContain('drawAt');
  });

  it('an expert states where he works, and whom he has an interest in', async () => {
    const [expert] = experts;
    const stated = await expert?.call('PUT', '/api/expert/declaration', {
      json: { employer: { name: '新单位' }, ties: [{ kind: 'kin', creditCode: '91110000MA01ABCD2Q', name: '某公司' }] },
    });
    expect([stated?.status, stated?.get('pools')]).toEqual([200, 1]);
    const stranger = await api.member('expert');
    expect(
      (await stranger.call('PUT', '/api/expert/declaration', { json: { employer: { name: '某单位' } } })).status,
    ).toBe(403);
  });

  it('a pool elsewhere is asked by a file that names no tender', async () => {
    const procurementId = base.split('/')[3];
    const file = await centre.call('POST', `/api/expert-pools/${poolId}/requests`, {
      json: { procurementId, fields: [{ field: 'A08', seats: 4 }], on: '2026-04-20' },
      key: null,
    });
    expect(file.status).toBe(200);
    const content = JSON.parse(String(file.get('content'))) as Record<string, unknown>;
    expect(content).toMatchObject({ format: 'KB-POOL-REQUEST-1', pool: '省综合评标专家库', on: '2026-04-20' });
    expect(String(file.get('content'))).not.toContain(procurementId);
    expect(at('2026-04-20T14:00:00+08:00')).toBeGreaterThan(clock.read());
  });
});
