import { v7 as newId } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { updateAccount } from '../../db/accounts/accounts.ts';
import { deleteMembership } from '../../db/accounts/memberships.ts';
import type { Database } from '../../db/access/database.ts';
import { UNATTENDED, type Actor } from '../../db/audit.ts';
import { addMemberships } from '../../services/accounts/add-membership.ts';
import { recordObtained } from '../../services/documents/obtain.ts';
import { procurementById, type Procurement } from '../../db/procurements.ts';
import { listNotices } from '../../db/notices.ts';
import { insertObjection, objectionsOf } from '../../db/openings/openings.ts';
import { formatInstant, parseInstant } from '../../domain/civil-time.ts';
import { PREPARABLE_ACT_NAMES, PREPARABLE_ACTS, preparableActOf } from '../../domain/prepared-acts/acts.ts';
import { ROUTES } from '../../api/routes.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { colleagueOf } from './colleague.ts';
import { termsOf } from '../setup/tenders/contracts.ts';
import { choiceOf, contractAt, peopleOf, played, type Played, type PlayedStage } from '../setup/tenders/played.ts';
import { mandateOf } from '../setup/tenders/mandates.ts';
import { addFile, addTenderDocument, draftOf, handClock, reportOn, type People } from '../setup/tenders/tender.ts';
import { createDraft } from '../../services/procurements/draft.ts';

let api: TestApi;
let clock: ReturnType<typeof handClock>;
let preparer: Member;
let second: Member;
let agency: Member;
let who: People;

beforeEach(async () => {
  clock = handClock('2026-03-01');
  api = await startTestApi({
    settings: { secondPerson: new Set(PREPARABLE_ACT_NAMES) },
    database: { machineClock: clock.read },
    deps: { realNow: () => Date.now() },
  });
  preparer = await api.member('purchaser');
  second = await colleagueOf(api, preparer, '李四');
  agency = await api.member('agency');
  const suppliers = [await api.member('supplier'), await api.member('supplier'), await api.member('supplier')];
  who = await peopleOf(api, preparer, suppliers);
});
afterEach(() => api[Symbol.asyncDispose]());

/** The tender as its people left it before this test. */
const tenderAt = (stage: PlayedStage): Promise<Played> =>
  played(api.db, clock, who, 'tendering', stage, { agencyId: agency.organisationId });

const post = (by: Member, path: string, json: object = {}, more: object = {}): Promise<Answered> =>
  by.call('POST', path, { json, ...more });

async function prepared(by: Member, path: string, json: object): Promise<string> {
  const answer = await post(by, path, json);
  expect([answer.status, answer.get('state')], answer.text).toEqual([202, 'waiting']);
  expect(answer.headers.get('location')).toBe(`/api/prepared-acts/${String(answer.get('id'))}`);
  return String(answer.get('id'));
}
const confirm = (by: Member, id: string, more: object = {}): Promise<Answered> =>
  by.call('POST', `/api/prepared-acts/${id}/confirmation`, more);
const withdraw = (by: Member, id: string): Promise<Answered> =>
  post(by, `/api/prepared-acts/${id}/withdrawal`, { reasonZh: '金额有误。' });
const refusedAs = ({ status, get }: Answered) => [status, get('code'), get('details.reason') ?? get('details.state')];
const waiting = async (by: Member): Promise<unknown[]> => {
  const { get } = await by.call('GET', '/api/prepared-acts?state=waiting');
  return (get('items') as { id: string }[]).map(({ id }) => id);
};
const kindsOf = async (member: Member): Promise<unknown[]> => {
  const { get } = await member.call('GET', '/api/notifications');
  return (get('items') as { kind: string }[]).map(({ kind }) => kind);
};
/** Who did what, as the supervisors read it. */
async function trail(id: string): Promise<{ action: string; at: string; actor: Record<string, unknown> }[]> {
  const auditor = await api.member('auditor');
  const { get } = await auditor.call('GET', `/api/audit?limit=100&procurementId=${id}`);
  return get('items') as { action: string; at: string; actor: Record<string, unknown> }[];
}

const AMENDMENT = { textZh: '开标地点改为二号开标室。', affectsBids: false };

it('every action of an act that can be prepared is one route, and no other route is', () => {
  const found = ROUTES.filter((spec) => spec.method === 'post' && preparableActOf(spec.action) !== undefined);
  expect(found.map(({ action }) => action).sort()).toEqual(
    PREPARABLE_ACT_NAMES.flatMap((name): readonly string[] => PREPARABLE_ACTS[name].actions).sort(),
  );
  for (const spec of found) expect(spec.outcomes.map(({ status }) => status)).toContain(202);
});

describe('each act is prepared by one person and takes effect when another confirms it', () => {
  const acts: [string, PlayedStage, string, (at: Played) => object | Promise<object>, string][] = [
    ['amendment', 'bidding', 'amendments', () => AMENDMENT, 'decision.amend'],
    [
      'termination',
      'bidding',
      'termination',
      () => ({ ground: 'force-majeure', reasonZh: '地震' }),
      'decision.terminate',
    ],
    ['report', 'evaluation', 'lots/1/report', reportBody, 'decision.report'],
    ['award', 'award', 'lots/1/award', ({ bids }) => choiceOf(bids[0]), 'decision.award'],
    [
      'contract',
      'contract',
      'lots/1/contract',
      () => ({ ...contractAt(0), terms: termsOf(380_000_000), signedAt: formatInstant(clock.read()) }),
      'decision.contract',
    ],
  ];
  it.each(acts)('%s: nothing of it before, and both are in the trail', async (act, stage, path, bodyOf, action) => {
    const tender = await tenderAt(stage);
    if (stage === 'evaluation') clock.set('2026-04-21T10:00+08:00');
    const before = await procurementById(api.db.read, tender.id);
    const notices = (await listNotices(api.db.read, { procurementId: tender.id, limit: 100 })).length;
    const request = await bodyOf(tender);
    const id = await prepared(preparer, `/api/procurements/${tender.id}/${path}`, request);
    // Nothing of it takes effect.
    expect(await procurementById(api.db.read, tender.id)).toEqual(before);
    expect(await listNotices(api.db.read, { procurementId: tender.id, limit: 100 })).toHaveLength(notices);
    expect((await trail(tender.id)).map((each) => each.action)).not.toContain(action);
    expect((await api.call('GET', '/metrics')).text).not.toMatch(/decisions_total\{[^}]*accepted"\} [1-9]/);
    expect(await kindsOf(second)).toEqual(['act.prepared']);
    const shown = await second.call('GET', `/api/prepared-acts/${id}`);
    expect([shown.get('act'), shown.get('request'), shown.get('outdated')]).toEqual([act, request, false]);
    expect(shown.get('confirmers')).toEqual([{ accountId: second.accountId, name: '李四' }]);

    clock.set(formatInstant(clock.read() + 60_000));
    const done = await confirm(second, id);
    expect([done.status, done.get('state'), done.get('settledBy.name')], done.text).toEqual([200, 'confirmed', '李四']);
    // The instant of the act is that of the confirmation.
    const decision = await second.call('GET', `/api/decisions/${String(done.get('decisionId'))}`);
    expect([decision.get('receivedAt'), decision.get('procurementId')]).toEqual([
      formatInstant(clock.read()),
      tender.id,
    ]);
    const entries = await trail(tender.id);
    const of = (wanted: string) => entries.find((each) => each.action === wanted);
    expect(of('act.prepare')?.actor['accountId']).toBe(preparer.accountId);
    expect([of('act.confirm')?.actor['accountId'], of('act.confirm')?.at]).toEqual([
      second.accountId,
      formatInstant(clock.read()),
    ]);
    expect(of(action)?.actor).toMatchObject({
      accountId: second.accountId,
      preparedBy: { accountId: preparer.accountId, organisationId: preparer.organisationId, role: 'purchaser' },
    });
    expect(await kindsOf(preparer)).toEqual(['act.confirmed']);
    // The committee's names are confidential again until the award (招标投标法 37).
    const after = await second.call('GET', `/api/prepared-acts/${id}`);
    expect(after.get('request')).toEqual(act === 'report' ? null : request);
    if (act === 'report') expect(done.text + after.text).not.toContain('专家甲');
    expect(await waiting(second)).toEqual([]);
  });

  it('periods count from the confirmation: 公示期 of three days (招标投标法实施条例 54) from the day after it', async () => {
    const tender = await tenderAt('evaluation');
    clock.set('2026-04-20T23:59:00+08:00');
    const id = await prepared(preparer, `/api/procurements/${tender.id}/lots/1/report`, await reportBody(tender));
    clock.set('2026-04-21T00:01:00+08:00');
    expect((await confirm(second, id)).status).toBe(200);
    const { get } = await preparer.call('GET', `/api/procurements/${tender.id}/timeline`);
    const milestones = get('items') as { key: string; dueAt: string }[];
    expect(milestones.find(({ key }) => key === 'publicity-end')?.dueAt).toMatch(/^2026-04-24T23:59:59/);
  });

  it('the launch of a draft, and a ruling', async () => {
    const { id: draft } = await drafted();
    const launch = await post(preparer, `/api/procurements/${draft}/launch`);
    expect([launch.status, launch.get('request'), launch.get('act')], launch.text).toEqual([202, null, 'launch']);
    expect((await confirm(second, String(launch.get('id')))).status).toBe(200);
    expect((await procurementById(api.db.read, draft)).stage).toBe('launched');

    const { id } = await tenderAt('bidding');
    const supplier = await api.member('supplier');
    await api.db.transaction((tx) => recordObtained(tx, UNATTENDED, id, supplier.organisationId));
    const filed = await post(supplier, `/api/procurements/${id}/grievances`, {
      target: 'documents',
      textZh: '资质要求与项目不相适应。',
    });
    const grievance = `/api/grievances/${String(filed.get('id'))}`;
    const ruling = await prepared(preparer, `${grievance}/reply`, { outcome: 'rejected', replyZh: '要求合法。' });
    expect((await preparer.call('GET', grievance)).get('state')).toBe('filed');
    expect((await confirm(second, ruling)).status).toBe(200);
    expect((await preparer.call('GET', grievance)).get('state')).toBe('replied');
  });

  // 招标投标法实施条例 44: an objection to the opening is answered, and what is answered is published.
  it('the answer to an objection to the opening, of who runs the tender and of the centre', async () => {
    const { id } = await tenderAt('evaluation');
    const centre = await api.member('centre');
    const ofCentre = await colleagueOf(api, centre, '王五');
    for (const [one, other] of [
      [preparer, second],
      [centre, ofCentre],
    ] as const) {
      const { id: objectionId } = await api.db.transaction((tx) =>
        insertObjection(tx, {
          ...{ id: newId(), procurementId: id, lotNo: 1, textZh: '唱标价格有误。', filedAt: tx.now },
          filedBy: String(who.suppliers[0]?.id),
        }),
      );
      const answer = `/api/procurements/${id}/lots/1/opening/objections/${objectionId}/answer`;
      const act = await prepared(one, answer, { answerZh: '与投标函一致。' });
      const answerOf = async () =>
        (await objectionsOf(api.db.read, id)).find((each) => each.id === objectionId)?.answerZh;
      expect(await answerOf()).toBeNull();
      expect(refusedAs(await confirm(one, act))).toEqual([403, 'second-person', 'same-account']);
      const done = await confirm(other, act);
      expect([done.status, done.get('act')], done.text).toEqual([200, 'ruling']);
      expect(await answerOf()).toBe('与投标函一致。');
    }
  });
});

describe('what two people did is neither changed nor undone by one', () => {
  it('after a confirmed launch no file is added, and two people withdraw it', async () => {
    const { id } = await drafted();
    const path = `/api/procurements/${id}`;
    const upload = () =>
      preparer.call('POST', `${path}/documents?name=other.pdf`, {
        body: '另一份招标文件',
        headers: { 'content-type': 'application/pdf' },
      });
    const launch = await prepared(preparer, `${path}/launch`, {});
    expect((await confirm(second, launch)).status).toBe(200);
    const refused = await upload();
    expect([refused.status, refused.get('code')]).toEqual([409, 'stage-conflict']);

    const withdrawal = await prepared(preparer, `${path}/withdrawal`, { reasonZh: '文件有误。' });
    expect((await procurementById(api.db.read, id)).stage).toBe('launched');
    const done = await confirm(second, withdrawal);
    expect([done.status, done.get('act')], done.text).toEqual([200, 'launch']);
    expect((await procurementById(api.db.read, id)).stage).toBe('draft');
    expect((await upload()).status).toBe(201);
    // The launch is prepared again, with both files.
    const again = await post(preparer, `${path}/launch`);
    expect((again.get('files') as unknown[]).length).toBe(2);
    expect((await confirm(second, String(again.get('id')))).status).toBe(200);
    expect((await procurementById(api.db.read, id)).stage).toBe('launched');
  });

  it('an answer to a question, which all bidders go by, is published once another confirms it', async () => {
    const { id } = await tenderAt('bidding');
    const [supplier] = [await api.member('supplier')];
    const asked = await post(supplier, `/api/procurements/${id}/questions`, { textZh: '数量是否准确？' });
    const path = `/api/procurements/${id}/questions/${String(asked.get('id'))}/answer`;
    const notices = () => listNotices(api.db.read, { procurementId: id, kind: 'clarification', limit: 10 });
    const act = await prepared(preparer, path, { answerZh: '由 300 台改为 500 台。', affectsBids: true });
    expect(await notices()).toEqual([]);
    expect((await second.call('GET', `/api/prepared-acts/${act}`)).get('act')).toBe('amendment');
    expect((await confirm(second, act)).status).toBe(200);
    expect(await notices()).toHaveLength(1);
    const [entry] = (await trail(id)).filter(({ action }) => action === 'question.answer');
    expect(entry?.actor).toMatchObject({
      accountId: second.accountId,
      preparedBy: { accountId: preparer.accountId },
    });
  });
});

/** A report as it is sent. */
async function reportBody({ id, bids }: Played): Promise<object> {
  const ended = parseInstant('2026-04-20T17:00:00+08:00');
  const documentId = await addFile(api.db, id, 'report');
  return { ...reportOn(bids, ended), evaluationEndedAt: formatInstant(ended), documentId };
}

/** A draft that may be launched. */
async function draftIn(db: Database, by: Actor, purchaserId: string, parties: object = {}): Promise<Procurement> {
  const draft = await db.transaction((tx) => createDraft(tx, by, draftOf('tendering', purchaserId, parties)));
  await addTenderDocument(db, UNATTENDED, draft.id);
  return draft;
}
const drafted = () => draftIn(api.db, who.asPurchaser, preparer.organisationId);

describe('what is prepared is judged at once, and again when it is confirmed', () => {
  it('violations show when it is prepared, and nothing is kept', async () => {
    const { id } = await tenderAt('bidding');
    // 招标投标法实施条例 21: substance changed less than 15 days before the deadline.
    const late = await post(preparer, `/api/procurements/${id}/amendments`, {
      ...AMENDMENT,
      affectsBids: true,
      bidDeadline: '2026-04-20T09:00:00+08:00',
    });
    clock.set('2026-04-10T10:00+08:00');
    const later = await post(preparer, `/api/procurements/${id}/amendments`, { ...AMENDMENT, affectsBids: true });
    expect([late.status, later.status, later.get('code')]).toEqual([202, 422, 'unlawful']);
    const malformed = await post(preparer, `/api/procurements/${id}/termination`, { ground: 'force-majeure' });
    expect([malformed.status, malformed.get('issues.0.field')]).toEqual([422, 'reasonZh']);
    expect(await waiting(second)).toEqual([String(late.get('id'))]);
  });

  it('a deadline that passed meanwhile refuses the confirmation, and it still waits', async () => {
    const { id } = await tenderAt('bidding');
    const act = await prepared(preparer, `/api/procurements/${id}/amendments`, { ...AMENDMENT, affectsBids: true });
    // Lawful on 3-31 with the deadline of 4-20, and 15 days before it no longer (招标投标法实施条例 21).
    clock.set('2026-04-06T10:00+08:00');
    const refused = await confirm(second, act);
    expect([refused.status, refused.get('code')]).toEqual([422, 'unlawful']);
    clock.set('2026-04-20T10:00+08:00');
    expect((await confirm(second, act)).status).toBeOneOf([403, 422]);
    expect(await waiting(preparer)).toEqual([act]);
    expect(await kindsOf(preparer)).toEqual([]);
  });

  it('a draft, or its documents, that changed since must be prepared again', async () => {
    const draft = await drafted();
    const path = `/api/procurements/${draft.id}`;
    const first = await prepared(preparer, `${path}/launch`, {});
    await preparer.call('POST', `${path}/documents?name=a.txt`, {
      body: '另一份招标文件',
      headers: { 'content-type': 'text/plain' },
    });
    expect((await second.call('GET', `/api/prepared-acts/${first}`)).get('outdated')).toBe(true);
    const refused = await confirm(second, first);
    expect([refused.status, refused.get('code')]).toEqual([412, 'version-conflict']);
    const twice = await post(preparer, `${path}/launch`);
    expect([twice.status, twice.get('code'), twice.get('details.preparedActId')]).toEqual([
      409,
      'already-exists',
      first,
    ]);
    expect((await withdraw(preparer, first)).get('state')).toBe('withdrawn');
    const again = await post(preparer, `${path}/launch`);
    expect((again.get('files') as unknown[]).length).toBe(2);
    expect((await confirm(second, String(again.get('id')))).status).toBe(200);
  });

  it('what was decided at the lot meanwhile must have been seen', async () => {
    const { id } = await tenderAt('bidding');
    const amendment = await prepared(preparer, `/api/procurements/${id}/amendments`, AMENDMENT);
    const termination = await prepared(preparer, `/api/procurements/${id}/termination`, {
      ground: 'force-majeure',
      reasonZh: '地震',
    });
    expect((await confirm(second, amendment)).status).toBe(200);
    expect((await confirm(second, termination)).get('code')).toBe('version-conflict');
  });

  it('files are confirmed as the bytes that were prepared', async () => {
    const { id } = await tenderAt('bidding');
    const uploaded = await preparer.call('POST', `/api/procurements/${id}/documents?name=a.txt&kind=amendment`, {
      body: '补充文件',
      headers: { 'content-type': 'text/plain' },
    });
    const documentId = String(uploaded.get('id'));
    const act = await prepared(preparer, `/api/procurements/${id}/amendments`, {
      ...{ ...AMENDMENT, affectsBids: true },
      documentIds: [documentId],
    });
    const shown = await second.call('GET', `/api/prepared-acts/${act}`);
    expect(shown.get('files')).toEqual([{ id: documentId, name: 'a.txt', sha256: uploaded.get('sha256') }]);
    const supplier = await api.member('supplier');
    expect((await supplier.call('GET', `/api/procurements/${id}/documents`)).text).not.toContain(documentId);
    expect((await confirm(second, act)).status).toBe(200);
    expect((await supplier.call('GET', `/api/procurements/${id}/documents`)).text).toContain(documentId);
  });
});

describe('the second person is another person, who may do it', () => {
  it('not whoever prepared it, nor an account of the same name, nor another organisation', async () => {
    const { id } = await tenderAt('bidding');
    const path = `/api/procurements/${id}/amendments`;
    const zhang = await colleagueOf(api, preparer, '张三');
    const act = await prepared(zhang, path, AMENDMENT);
    expect(refusedAs(await confirm(zhang, act))).toEqual([403, 'second-person', 'same-account']);
    for (const name of ['张三', ' 张 三 ', '张三（复核）', '张三2']) {
      const alias = await colleagueOf(api, preparer, name);
      expect(refusedAs(await confirm(alias, act)), name).toEqual([403, 'second-person', 'same-name']);
    }
    for (const stranger of [await api.member('purchaser'), agency]) {
      expect((await confirm(stranger, act)).status).toBeOneOf([403, 404]);
      expect((await stranger.call('GET', `/api/prepared-acts/${act}`)).status).toBeOneOf([403, 404]);
      expect((await withdraw(stranger, act)).status).toBeOneOf([403, 404]);
    }
    for (const role of ['supplier', 'supervisor', 'administrator'] as const)
      expect((await confirm(await api.member(role), act)).status).toBe(403);
    // The centre has acts of its own, and knows nothing of others'.
    expect((await confirm(await api.member('centre'), act)).status).toBe(404);
    expect((await confirm(second, act)).status).toBe(200);
  });

  it('not once the preparer, or whoever confirms, acts for the organisation no more', async () => {
    const { id } = await tenderAt('bidding');
    const path = `/api/procurements/${id}/amendments`;
    const leaver = await colleagueOf(api, preparer, '王五');
    const act = await prepared(leaver, path, AMENDMENT);
    await api.db.transaction((tx) => updateAccount(tx, leaver.accountId, { disabledAt: tx.now }));
    expect(refusedAs(await confirm(second, act))).toEqual([403, 'second-person', 'preparer-gone']);
    expect((await withdraw(second, act)).status).toBe(200);

    const mover = await colleagueOf(api, preparer, '赵六');
    const other = await prepared(mover, path, AMENDMENT);
    const { organisationId, role } = mover;
    await api.db.transaction((tx) => deleteMembership(tx, { accountId: mover.accountId, organisationId, role }));
    expect(refusedAs(await confirm(second, other))).toEqual([403, 'second-person', 'preparer-gone']);
    await api.db.transaction((tx) => deleteMembership(tx, { accountId: second.accountId, organisationId, role }));
    expect((await confirm(second, other)).status).toBe(403);
  });

  it('once, whoever asks again; a key asked again is answered as before', async () => {
    const { id } = await tenderAt('bidding');
    const path = `/api/procurements/${id}/amendments`;
    const key = { key: 'prepare-1' };
    const [one, two] = [await post(preparer, path, AMENDMENT, key), await post(preparer, path, AMENDMENT, key)];
    expect([two.status, two.body, two.headers.get('idempotency-replayed')]).toEqual([202, one.body, 'true']);
    const act = String(one.get('id'));
    const third = await colleagueOf(api, preparer, '孙七');
    const both = await Promise.all([confirm(second, act), confirm(third, act)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const fourth = await colleagueOf(api, preparer, '周八');
    expect(refusedAs(await confirm(fourth, act))).toEqual([409, 'prepared-settled', 'confirmed']);
    expect(refusedAs(await withdraw(preparer, act))).toEqual([409, 'prepared-settled', 'confirmed']);
    expect(await listNotices(api.db.read, { procurementId: id, kind: 'amendment', limit: 10 })).toHaveLength(1);

    const next = await prepared(preparer, path, { ...AMENDMENT, textZh: '另一修改。' });
    const confirmed = await confirm(second, next, { key: 'confirm-1' });
    const replayed = await confirm(second, next, { key: 'confirm-1' });
    expect([replayed.status, replayed.body]).toEqual([200, confirmed.body]);
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
  });

  it('it lapses after 30 days, is listed so, and can be prepared again', async () => {
    const { id } = await drafted();
    const path = `/api/procurements/${id}/launch`;
    const act = await prepared(preparer, path, {});
    clock.set(formatInstant(clock.read() + 30 * 86_400_000));
    expect(refusedAs(await confirm(second, act))).toEqual([409, 'prepared-settled', 'lapsed']);
    expect(refusedAs(await withdraw(second, act))).toEqual([409, 'prepared-settled', 'lapsed']);
    expect(await waiting(second)).toEqual([]);
    expect((await second.call('GET', '/api/prepared-acts?state=lapsed')).get('items.0.id')).toBe(act);
  });
});

describe('what an agency does not do alone is confirmed by its purchaser', () => {
  it('whatever the installation asks for, and only while it is mandated', async () => {
    await using plain = await startTestApi({ database: { machineClock: clock.read } });
    const purchaser = await plain.member('purchaser');
    const agent = await plain.member('agency');
    const parties = { purchaserId: purchaser.organisationId, agencyId: agent.organisationId };
    await mandateOf(plain.db, parties, { purchaserConfirms: ['launch', 'termination'] });
    const people = await peopleOf(plain, purchaser, [await plain.member('supplier')]);
    const draft = await draftIn(plain.db, people.asPurchaser, purchaser.organisationId, parties);
    const act = await prepared(agent, `/api/procurements/${draft.id}/launch`, {});
    const colleague = await colleagueOf(plain, agent, '吴九');
    expect(refusedAs(await confirm(colleague, act))).toEqual([403, 'second-person', 'other-organisation']);
    const ofBoth = await colleagueOf(plain, purchaser, '郑十');
    const { accountId } = ofBoth;
    await plain.db.transaction((tx) =>
      addMemberships(tx, UNATTENDED, [{ accountId, organisationId: agent.organisationId, role: 'agency' }]),
    );
    const headers = { 'X-Acting-As': `${purchaser.organisationId}:purchaser` };
    expect(refusedAs(await confirm(ofBoth, act, { headers }))).toEqual([403, 'second-person', 'both-organisations']);
    expect(await waiting(purchaser)).toEqual([act]);
    expect((await confirm(purchaser, act)).get('state')).toBe('confirmed');
    // The purchaser itself needs nobody.
    const own = await draftIn(plain.db, people.asPurchaser, purchaser.organisationId);
    expect((await purchaser.call('POST', `/api/procurements/${own.id}/launch`)).status).toBe(200);

    const termination = { ground: 'force-majeure', reasonZh: '地震' };
    const path = `/api/procurements/${draft.id}/termination`;
    const waits = await prepared(agent, path, termination);
    const mandates = await purchaser.call('GET', '/api/mandates');
    expect(mandates.get('items.0.purchaserConfirms')).toEqual(['launch', 'termination']);
    await post(purchaser, `/api/mandates/${String(mandates.get('items.0.id'))}/end`, { reasonZh: '终止。' });
    const refused = await confirm(purchaser, waits);
    expect(refusedAs(refused)).toEqual([403, 'not-mandated', 'ended']);
    expect((await withdraw(purchaser, waits)).status).toBe(200);
    expect((await post(purchaser, path, termination)).status).toBe(200);
  });

  it('a mandate names for confirmation only what the agency may do', async () => {
    const offer = (acts: string[], purchaserConfirms: string[]) =>
      post(agency, '/api/mandates', {
        ...{ withId: preparer.organisationId, subjectZh: '招标代理', projectCodes: null, acts, purchaserConfirms },
        untilAt: '2026-12-31T23:59:59+08:00',
      });
    const uncovered = await offer(['prepare'], ['launch']);
    expect([uncovered.status, uncovered.get('issues.0.field')]).toEqual([422, 'purchaserConfirms[0]']);
    expect((await offer(['prepare', 'launch'], ['award'])).status).toBe(422);
    const offered = await offer(['prepare', 'launch'], ['launch', 'launch']);
    expect([offered.status, offered.get('purchaserConfirms')]).toEqual([201, ['launch']]);
  });
});

it('without the setting everything is done at once', async () => {
  await using plain = await startTestApi({ database: { machineClock: clock.read } });
  const purchaser = await plain.member('purchaser');
  const people = await peopleOf(plain, purchaser, []);
  const draft = await draftIn(plain.db, people.asPurchaser, purchaser.organisationId);
  expect((await purchaser.call('POST', `/api/procurements/${draft.id}/launch`)).status).toBe(200);
});

it('a draft whose launch was prepared is deleted: what waited is withdrawn, says why, and stays a record', async () => {
  const draft = draftOf('tendering', preparer.organisationId);
  const { id } = await api.db.transaction((tx) => createDraft(tx, who.asPurchaser, draft));
  await addTenderDocument(api.db, UNATTENDED, id);
  const launch = `/api/procurements/${id}/launch`;
  const withdrawn = await prepared(preparer, launch, {});
  expect((await withdraw(preparer, withdrawn)).status).toBe(200);
  const waits = await prepared(preparer, launch, {});
  const deleted = await preparer.call('DELETE', `/api/procurements/${id}`, { headers: { 'if-match': '*' } });
  expect(deleted.status, deleted.text).toBe(204);
  expect(await waiting(second)).toEqual([]);
  for (const [each, reasonZh] of [
    [withdrawn, '金额有误。'],
    [waits, '草稿已删除'],
  ] as const) {
    const { status, body } = await second.call('GET', `/api/prepared-acts/${each}`);
    expect([status, body]).toEqual([200, expect.objectContaining({ state: 'withdrawn', reasonZh, act: 'launch' })]);
  }
  expect((await second.call('POST', `/api/prepared-acts/${waits}/confirmation`)).status).toBe(404);
  expect((await agency.call('GET', `/api/prepared-acts/${waits}`)).status).toBe(404);
  expect(await kindsOf(second)).toContain('act.withdrawn');
  expect((await trail(id)).find(({ action }) => action === 'procurement.delete-draft')).toMatchObject({
    detail: { withdrawn: [waits] },
  });
  expect((await api.db.checkRows()).faults).toEqual([]);
});
