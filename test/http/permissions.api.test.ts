import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../api/routes.ts';
import type { Route } from '../../api/http/route.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { deposits, grievances } from '../../db/schema/sqlite.ts';
import { permission, ROLES, type Role } from '../../domain/roles.ts';
import { PROCUREMENT_STAGES, type LotStage, type ProcurementStage } from '../../domain/stages.ts';
import { MEMBER_ROLES, startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { decide, onCase, publish } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { v7 as newId } from 'uuid';

/** While the tender takes bids: its deadline is 1 April. */
const NOW = Date.parse('2026-03-05T10:00:00+08:00');

/** Where the walk goes: each stage of a procurement, and of its lots each that an action is tied to. */
const PLACES: readonly [ProcurementStage, LotStage][] = [
  ...PROCUREMENT_STAGES.map((stage): [ProcurementStage, LotStage] => [stage, 'pending']),
  ['opening', 'opening'],
  ...(['evaluation', 'publicity', 'award', 'contract', 'performance', 'failed'] as const).map(
    (lotStage): [ProcurementStage, LotStage] => ['evaluation', lotStage],
  ),
];

/** One that was terminated before its notice: it never became public. */
const UNCALLED = 'terminated before its notice';

describe('every route × every role × every stage answers as domain/roles.ts says', () => {
  let api: TestApi;
  const members = new Map<Role, Member>();
  interface Place {
    tender: string;
    grievance: string;
    deposit: string;
    notice: string;
  }
  const ids = new Map<string, Place>();

  beforeAll(async () => {
    api = await startTestApi({ database: { machineClock: () => NOW } });
    for (const role of MEMBER_ROLES) members.set(role, await api.member(role));
    const draft = draftOf(
      {
        purchaserId: members.get('purchaser')?.organisationId ?? '',
        agencyId: members.get('agency')?.organisationId ?? '',
      },
      {
        lots: [1, 2].map((no) => ({ no, title: `第${no}标段`, budgetFen: 500_000_00, bidBondFen: null })),
      },
    );
    for (const [stage, lotStage] of PLACES) {
      const tender = await tenderAt(api.db, stage, draft, lotStage);
      const grievance = newId();
      const deposit = newId();
      await api.db.transaction(async (tx) => {
        await tx.q.insert(grievances).values({
          id: grievance,
          procurementId: tender,
          lotNo: 0,
          kind: 'objection',
          target: 'documents',
          filedBy: members.get('supplier')?.organisationId ?? '',
          textZh: '招标文件第三章的资质要求与项目不相适应。',
          filedAt: tx.now,
          replyDueAt: tx.now,
          rule: 'works-objection-docs-reply',
          suspends: 'activity',
          state: 'filed',
        });
        await tx.q.insert(deposits).values({
          id: deposit,
          procurementId: tender,
          lotNo: 1,
          supplierId: members.get('supplier')?.organisationId ?? '',
          form: 'transfer',
          amountFen: 1,
          externalId: deposit,
          arrivedAt: tx.now,
          source: 'callback',
          actor: UNATTENDED,
          recordedAt: tx.now,
        });
      });
      const { id: notice } = await publish(api.db, UNATTENDED, {
        procurementId: tender,
        ...{ lotNo: 1, kind: 'contract', titleZh: '合同公告', content: { textZh: '合同' } },
      });
      ids.set(`${stage}/${lotStage}`, { tender, grievance, deposit, notice });
    }
    const tender = await tenderAt(api.db, 'launched', draft);
    await onCase(api.db, tender, (c) => {
      for (const { no } of c.lots) c.advanceLot(no, 'terminated');
      c.advance('terminated');
    });
    ids.set(UNCALLED, { tender, grievance: newId(), deposit: newId(), notice: newId() });
  }, 60_000);
  afterAll(() => api[Symbol.asyncDispose]());

  const located = ROUTES.filter(({ at }) => at !== 'anywhere');
  const elsewhere = ROUTES.filter(({ at }) => at === 'anywhere');

  const listed = ROUTES.find(({ method, path }) => method === 'get' && path === '/procurements') as Route;

  /** Paths are filled with things that exist, so that a refusal is about the person. */
  async function ask(spec: Route, role: Role, place: Place | undefined): Promise<Answered> {
    const path = `/api${spec.path
      .replace('{id}', place?.tender ?? newId())
      .replace('{grievanceId}', place?.grievance ?? newId())
      .replace('{depositId}', place?.deposit ?? newId())
      .replace('{noticeId}', place?.notice ?? newId())
      .replace('{no}', '1')
      .replace('{call}', '1')
      .replace('{member}', 'purchaser-1')
      .replace('{part}', 'review')
      .replace('{file}', '1')
      .replace('{role}', 'supplier')
      .replace('{ruleId}', 'works-bid-prep')
      .replace('{sha256}', '0'.repeat(64))
      .replace(/\{\w+\}/g, newId())}`;
    const options = spec.body ? { json: { nothing: 'that any route asks for' } } : {};
    const member = members.get(role);
    // Ending one's own sessions would end the walk.
    if (member && spec.method === 'delete' && /^\/sessions?$/.test(spec.path)) {
      const other = await api.signIn(member.username, member.password);
      const headers = { authorization: `Bearer ${String(other.get('token'))}` };
      return api.call('DELETE', spec.path === '/session' ? path : `/api/sessions/${newId()}`, { ...options, headers });
    }
    return member
      ? member.call(spec.method.toUpperCase(), path, options)
      : api.call(spec.method.toUpperCase(), path, options);
  }

  function granted(spec: Route, role: Role, [stage, lotStage]: [ProcurementStage, LotStage]): boolean {
    const unannounced = stage === 'draft' || stage === 'launched';
    const opened = stage === 'evaluation' || stage === 'concluded';
    const awarded = lotStage === 'contract' || lotStage === 'performance';
    const action = unannounced ? (spec.draftAction ?? spec.action) : spec.action;
    const situation = { stage, opened, ...(spec.at === 'lot' ? { lotStage, awarded } : {}) };
    const actions = [action, ...(unannounced ? [] : (spec.orElse ?? []))];
    return actions.some((each) => 'scope' in permission(role, each, situation));
  }

  it.each(PLACES)('a procurement at %s with its lot at %s', async (stage, lotStage) => {
    const place = ids.get(`${stage}/${lotStage}`);
    const unannounced = stage === 'draft' || stage === 'launched';
    for (const spec of located) {
      // The walk reads and refuses; what it would change for good is asked of a stage of its own below.
      const asRole = async (role: Role): Promise<void> => {
        const name = `${role} ${spec.method} ${spec.path} at ${stage}/${lotStage}`;
        const allowed = granted(spec, role, [stage, lotStage]);
        const changes = spec.method === 'post' && !spec.body && !spec.upload;
        if (allowed && changes) return;
        const { status, get } = await ask(spec, role, place);
        if (get('code') === 'stage-conflict' && get('details.wanted') !== undefined) saysStage(name, get);
        if (allowed) expect([401, 403], name).not.toContain(status);
        else if (role === 'public' && !neverPublic(spec)) expect([401, 403, 404], name).toContain(status);
        else if (role === 'public') expect(status, name).toBe(401);
        else if (get('code') === 'bid-late')
          expect([spec.action, stage], name).toEqual([
            spec.action,
            expect.stringMatching(/opening|evaluation|concluded/),
          ]);
        // Before the opening a deposit that there is answers as one that there is not: who bids is nobody's to know.
        else if (get('code') === 'not-found' && !unannounced)
          expect([spec.path, stage], name).toEqual([
            expect.stringMatching(/^\/deposits\/\{depositId\}\/(document|check|refund|forfeit)$/),
            expect.stringMatching(/bidding|opening|terminated/),
          ]);
        else expect(status, name).toBeOneOf(unannounced ? [403, 404] : [403]);
        if (get('details.reason') === 'stage') saysStage(name, get);
        // Who may not read drafts does not learn that there is one.
        if (unannounced && !('scope' in permission(role, 'procurement.read-draft', { stage }))) {
          expect([401, 403, 404], name).toContain(status);
          if (status === 403 && spec.method !== 'head') expect(get('details.reason'), name).toBe('role');
        }
      };
      await Promise.all(ROLES.map(asRole));
    }
  });

  it('what was terminated before its notice is known to those alone who knew of it when it was launched', async () => {
    const place = ids.get(UNCALLED);
    for (const spec of located.filter(({ method, procurementOf }) => method === 'get' && !procurementOf)) {
      for (const role of ROLES) {
        const { status, get } = await ask(spec, role, place);
        const name = `${role} ${spec.path}`;
        if ('scope' in permission(role, 'procurement.read-draft', { stage: 'launched' })) {
          if (spec.path === '/procurements/{id}') expect(status, name).toBe(200);
        } else {
          expect(status, name).toBeOneOf([401, 403, 404]);
          if (status === 403) expect(get('details.reason'), name).toBe('role');
        }
      }
    }
    for (const role of ROLES) {
      const { get } = await ask(listed, role, place);
      const listedIds = (get('items') as { id: string }[]).map(({ id }) => id);
      const knows = 'scope' in permission(role, 'procurement.read-draft', { stage: 'launched' });
      expect([role, listedIds.includes(place?.tender ?? '')]).toEqual([role, knows]);
    }
  });

  it('routes that are tied to no procurement', async () => {
    for (const spec of elsewhere) {
      if (spec.path === '/session' && spec.method === 'post') continue;
      const asRole = async (role: Role): Promise<void> => {
        const name = `${role} ${spec.method} ${spec.path}`;
        const allowed = 'scope' in permission(role, spec.action, spec.stage ? { stage: spec.stage } : {});
        const { status } = await ask(spec, role, undefined);
        if (role === 'public' && (!allowed || spec.signedIn)) expect(status, name).toBe(401);
        else if (allowed) expect([401, 403], name).not.toContain(status);
        else expect(status, name).toBe(403);
      };
      await Promise.all(ROLES.map(asRole));
    }
  });

  it('another purchaser is refused what only the tender’s own may do', async () => {
    const stranger = await api.member('purchaser');
    const place = ids.get('bidding/pending');
    for (const [action, spec] of located.map((route) => [route.action, route] as const)) {
      const grant = permission('purchaser', action, { stage: 'bidding' });
      if (!('scope' in grant) || grant.scope !== 'procurement') continue;
      const path = `/api${spec.path
        .replace('{id}', place?.tender ?? '')
        .replace('{grievanceId}', place?.grievance ?? '')
        .replace('{depositId}', place?.deposit ?? '')
        .replace('{noticeId}', place?.notice ?? '')
        .replace('{no}', '1')
        .replace('{sha256}', '0'.repeat(64))
        .replace(/\{\w+\}/g, newId())}`;
      const answer = await stranger.call(spec.method.toUpperCase(), path, spec.body ? { json: {} } : {});
      // Before the opening a deposit that there is answers as one that there is not.
      const unseen = spec.unseen !== undefined;
      expect([answer.status, answer.get('details.reason')], `${spec.method} ${path}`).toEqual(
        unseen ? [404, undefined] : [403, 'scope'],
      );
    }
    const draft = ids.get('draft/pending');
    expect((await stranger.call('GET', `/api/procurements/${draft?.tender}`)).status).toBe(404);
  });

  it('a decision is shown to who took it, to those who run the tender, and to the supervisors', async () => {
    const purchaser = members.get('purchaser');
    const place = ids.get('bidding/pending');
    const decision = await decide(
      api.db,
      { ...UNATTENDED, organisationId: purchaser?.organisationId ?? null, role: 'purchaser' },
      {
        kind: 'terminate',
        procurementId: place?.tender ?? '',
        lotNo: 0,
        payload: { ground: 'force-majeure', reasonZh: '地震' },
      },
    );
    for (const role of MEMBER_ROLES) {
      const { status } = (await members.get(role)?.call('GET', `/api/decisions/${decision.id}`)) ?? { status: 0 };
      const may = ['purchaser', 'agency', 'office', 'supervisor', 'discipline', 'auditor'].includes(role);
      expect([role, status]).toEqual([role, may ? 200 : 404]);
    }
  });
});

/** A refusal by stage: the stage in words, the lawful ones, the article, and the next step; nothing for machines. */
function saysStage(name: string, get: Answered['get']): void {
  const [zh, en] = [String(get('messageZh')), String(get('messageEn'))];
  expect(zh, name).toMatch(/(项目|标段（包）)现处于「.+」阶段，只能在「.+」阶段办理，.+（.+）；下一步：.{4}/u);
  expect(zh, name).not.toMatch(/[A-Za-z]{2}/);
  expect(en, name).toMatch(/ is at the stage ".+"; it is done only at the stage ".+", .+\(.+\); next: .{4}/);
  expect(get('details'), name).toMatchObject({
    ...{ rule: expect.any(String) as string, law: expect.any(String) as string, article: expect.any(String) as string },
    present: { zh: expect.any(String) as string, en: expect.any(String) as string },
    lawfulStages: expect.arrayContaining([expect.objectContaining({ zh: expect.any(String) as string })]) as object[],
    next: { zh: expect.any(String) as string, en: expect.any(String) as string },
  });
  expect(zh, name).toContain(`「${String(get('details.present.zh'))}」`);
}

const neverPublic = (spec: Route): boolean =>
  ![spec.action, ...(spec.orElse ?? [])].some(
    (action) => 'scope' in permission('public', action, { stage: 'bidding', opened: true, announced: true }),
  );
