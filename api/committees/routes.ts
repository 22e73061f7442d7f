import * as z from 'zod';
import { callsOf, latestDraw, partsOf, type Draw } from '../../db/committees/draws.ts';
import type { Database, Queries } from '../../db/access/database.ts';
import { expertsOf } from '../../db/committees/experts.ts';
import { notFound, type LotRow } from '../../db/procurements.ts';
import { REPLACEMENT_GROUNDS } from '../../domain/committees/state.ts';
import type { DrawParty } from '../../domain/draws/terms.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Role } from '../../domain/roles.ts';
import { answerCall } from '../../services/committees/calls.ts';
import { chooseExpert } from '../../services/committees/choose.ts';
import { commitToDraw, PARTY_OF, revealPart } from '../../services/committees/commit.ts';
import { isStaffOf, membersOf, reading, recordReading } from '../../services/committees/members.ts';
import { openDraw } from '../../services/committees/open.ts';
import { planDraw, planOf } from '../../services/committees/plan.ts';
import { drawRecord } from '../../services/committees/record.ts';
import { replaceRepresentative } from '../../services/committees/representatives.ts';
import { replaceMember } from '../../services/committees/replace.ts';
import { closeCommitments } from '../../services/committees/settle.ts';
import { badInput } from '../../domain/issues.ts';
import { created, ok, route } from '../http/route.ts';
import { code, id, identifier, lotNo, prose, sha256, whole } from '../http/schemas.ts';
import {
  answerGiven,
  committeeSchema,
  committeeView,
  directGiven,
  drawGiven,
  membersSchema,
  membersView,
  planGiven,
  planSchema,
  planView,
} from './views.ts';

const params = z.object({ id, no: lotNo });
const callParams = params.extend({ call: whole(1, 9999).meta({ description: '邀请的序号 / The number of the call' }) });
const common = { at: 'lot', tag: 'committees', params } as const;
const BASE = '/procurements/{id}/lots/{no}/committee';
const STATE = [{ status: 200, schema: committeeSchema, zh: '组建情况', en: 'How it stands' }] as const;

/** @throws DomainError `not-found` */
async function drawOf(q: Queries, { procurementId, no }: Pick<LotRow, 'procurementId' | 'no'>): Promise<Draw> {
  const draw = await latestDraw(q, { procurementId, lotNo: no });
  if (!draw) throw notFound('draw', `${procurementId}/lot/${no}`);
  return draw;
}

const stateOf = async (q: Queries, lot: Pick<LotRow, 'procurementId' | 'no'>) => {
  const draw = await drawOf(q, lot);
  return committeeView(draw, await partsOf(q, draw.id), await callsOf(q, draw.id));
};

function partyOf(role: Role): DrawParty {
  const party = PARTY_OF[role];
  if (party === undefined) throw new Error(`${role} is no party to a draw`);
  return party;
}

const notStaff = (): DomainError =>
  new DomainError('forbidden', {
    messageZh: '中标（成交）结果确定前，名单仅限办理本次抽取的工作人员查看',
    messageEn: 'Until the award only those of the centre who held this draw see the names',
    details: { reason: 'before-award' },
  });

/** With the API alone, too: the head that the seed is mixed with needs no workflow. */
const closeIfComplete = async (
  services: { db: Database; signer: Parameters<typeof closeCommitments>[1] },
  body: unknown,
) => {
  const { drawId } = body as { drawId: string };
  await closeCommitments(services.db, services.signer, drawId);
  return body;
};

export const committeeRoutes = [
  route({
    ...common,
    method: 'post',
    path: `${BASE}/draws`,
    action: 'draw.open',
    zh: '发起抽取：候选人、被排除的人及理由、席位即时固定，其哈希写入日志',
    en: 'Open the draw: who may be drawn, who is excluded and why, and the seats are settled, and their hash is in the log',
    body: drawGiven,
    outcomes: [{ status: 201, schema: committeeSchema, zh: '已发起', en: 'Opened' }],
    errors: ['unlawful', 'stage-conflict', 'not-found'],
    judged: [
      { field: 'evaluationAt', rule: 'after-draw', zh: '晚于抽取结束', en: 'after the end of the draw' },
      { field: 'groups.*.seats', rule: 'enough-candidates', zh: '候选人足够', en: 'enough candidates' },
      {
        field: 'representativeIds.*',
        rule: 'own-person',
        zh: '招标人（采购人）的人员',
        en: 'the purchaser’s own people',
      },
    ],
    handle: async ({ procurement, lot, body, actor, commit }) =>
      commit(async (tx) => {
        const draw = await openDraw(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body);
        return created(committeeView(draw, [], []), `/api/procurements/${procurement.id}/lots/${lot.no}/committee`);
      }),
  }),
  route({
    ...common,
    method: 'put',
    path: `${BASE}/plan`,
    action: 'draw.plan',
    zh: '计划抽取：届时由平台发起；开标（开启）顺延的，随之顺延',
    en: 'Plan the draw: the platform opens it by itself; it moves with the opening',
    body: planGiven,
    outcomes: [{ status: 200, schema: planSchema, zh: '已计划', en: 'Planned' }],
    errors: ['unlawful', 'stage-conflict', 'not-found'],
    judged: [
      { field: 'leadMinutes', rule: 'no-window', zh: '法律没有规定时间的须填写', en: 'where the law sets no window' },
      { field: 'evaluationAt', rule: 'after-draw', zh: '晚于抽取结束', en: 'after the end of the draw' },
      {
        field: 'representativeIds.*',
        rule: 'own-person',
        zh: '招标人（采购人）的人员',
        en: 'the purchaser’s own people',
      },
    ],
    handle: async ({ procurement, lot, body, actor, commit }) =>
      commit(async (tx) => {
        const { evaluationMinutes, leadMinutes, ...request } = body;
        const place = { procurementId: procurement.id, lotNo: lot.no };
        return ok(planView(await planDraw(tx, actor, place, { request, evaluationMinutes, leadMinutes })));
      }),
  }),
  route({
    ...common,
    method: 'get',
    path: `${BASE}/plan`,
    action: 'committee.state',
    zh: '抽取计划，不含姓名',
    en: 'The plan of the draw, without names',
    outcomes: [{ status: 200, schema: planSchema, zh: '计划', en: 'The plan' }],
    errors: ['not-found'],
    handle: async ({ services: { db }, procurement, lot }) => {
      const place = { procurementId: procurement.id, lotNo: lot.no };
      const of = { q: db.read, committees: db.committees, calendar: await db.calendar() };
      const stated = await planOf(of, place);
      if (!stated) throw notFound('draw-plan', `${procurement.id}/lot/${lot.no}`);
      return ok(planView(stated));
    },
  }),
  route({
    ...common,
    method: 'get',
    path: BASE,
    action: 'committee.state',
    zh: '组建情况：各方的承诺与随机数、邀请与答复，不含姓名',
    en: 'How the committee stands: commitments and parts, calls and answers, without names',
    outcomes: STATE,
    errors: ['not-found'],
    handle: async ({ services: { db }, lot }) => ok(await stateOf(db.read, lot)),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/commitment`,
    action: 'draw.part',
    zh: '提交本方的承诺（随机数的哈希，docs/draw.md）',
    en: 'Hand in the commitment of your party: the hash of its part of the seed (docs/draw.md)',
    body: z.strictObject({ commitment: sha256 }),
    outcomes: STATE,
    errors: ['stage-conflict', 'already-exists', 'not-found'],
    completed: closeIfComplete,
    handle: async ({ lot, role, body: { commitment }, actor, commit }) =>
      commit(async (tx) => {
        const { id: drawId } = await drawOf(tx.q, lot);
        await commitToDraw(tx, actor, { drawId, party: partyOf(role), commitment });
        return ok(await stateOf(tx.q, lot));
      }),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/part`,
    action: 'draw.part',
    zh: '交出本方的随机数：交易中心先，其他各方后；全部交出即抽取',
    en: 'Hand in your party’s part of the seed: the centre first, the others after it; with the last one it is drawn',
    body: z.strictObject({ part: sha256.meta({ description: '32 字节，小写十六进制 / 32 bytes, lower-case hex' }) }),
    outcomes: STATE,
    errors: ['stage-conflict', 'already-exists', 'hash-mismatch', 'not-found'],
    handle: async ({ lot, role, body: { part }, actor, commit }) =>
      commit(async (tx) => {
        const { id: drawId } = await drawOf(tx.q, lot);
        await revealPart(tx, actor, { drawId, party: partyOf(role), part });
        return ok(await stateOf(tx.q, lot));
      }),
  }),
  route({
    ...common,
    method: 'get',
    path: `${BASE}/draw`,
    action: 'draw.read',
    zh: '抽取记录：任何人可用 kaibiao verify 离线重演；姓名在中标（成交）结果确定后公开',
    en: 'The record of the draw: anybody repeats it off-line with kaibiao verify; names are disclosed with the award',
    outcomes: [
      {
        status: 200,
        schema: z.record(z.string(), z.unknown()).meta({ id: 'DrawRecord' }),
        zh: '记录',
        en: 'The record',
      },
    ],
    errors: ['not-found'],
    handle: async ({ services: { db }, lot }) => {
      const draw = await drawOf(db.read, lot);
      const record = await drawRecord(db, draw, lot.awardedAt !== null);
      if (!record) throw notFound('draw', draw.id);
      return ok(record);
    },
  }),
  route({
    ...common,
    method: 'get',
    path: `${BASE}/members`,
    action: 'committee.read',
    zh: '评标委员会名单（中标、成交结果确定后）',
    en: 'The members, after the award',
    outcomes: [{ status: 200, schema: membersSchema, zh: '名单', en: 'The members' }],
    errors: ['not-found'],
    handle: async ({ services: { db }, lot }) => {
      const draw = await drawOf(db.read, lot);
      return ok(membersView(draw.id, await membersOf(reading(db), draw)));
    },
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/names`,
    action: 'committee.names',
    // The answer must not be stored.
    withoutKey: true,
    zh: '中标（成交）结果确定前查看名单：办理本次抽取的交易中心工作人员；监督部门须说明理由。每次查看均记录',
    en: 'See the names before the award: those of the centre who held the draw; the supervisor for a reason. Each time is on record',
    body: z.strictObject({ reasonZh: prose(2000).nullable().default(null) }),
    outcomes: [{ status: 200, schema: membersSchema, zh: '名单', en: 'The members' }],
    errors: ['not-found', 'forbidden'],
    judged: [{ field: 'reasonZh', rule: 'required', zh: '监督部门须填写', en: 'of a supervisor' }],
    handle: async ({ lot, role, body: { reasonZh }, actor, commit }) =>
      commit(async (tx) => {
        const draw = await drawOf(tx.q, lot);
        if (role === 'centre' && !(await isStaffOf(tx.q, draw, actor))) throw notStaff();
        if (role === 'supervisor' && reasonZh === null) {
          throw badInput([
            {
              field: 'reasonZh',
              rule: 'required',
              messageZh: '请说明查看名单的理由，将记入审计',
              messageEn: 'State why; it goes on record',
            },
          ]);
        }
        recordReading(tx, actor, draw, reasonZh);
        return ok(membersView(draw.id, await membersOf(tx, draw)));
      }),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/calls/{call}/answer`,
    params: callParams,
    action: 'committee.names',
    zh: '登记专家以电话等方式给工作人员的答复',
    en: 'Record an answer that an expert gave to the staff, as by telephone',
    body: answerGiven,
    outcomes: STATE,
    errors: ['stage-conflict', 'not-found', 'forbidden'],
    handle: async ({ lot, params: { call }, body, actor, commit }) =>
      commit(async (tx) => {
        const draw = await drawOf(tx.q, lot);
        if (!(await isStaffOf(tx.q, draw, actor))) throw notStaff();
        await answerCall(tx, actor, { drawId: draw.id, no: call }, body);
        return ok(await stateOf(tx.q, lot));
      }),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/calls/{call}/replacement`,
    params: callParams,
    action: 'committee.replace',
    zh: '依法定事由更换成员：其评审意见作废，依抽取次序补足',
    en: 'Replace a member on a ground of the law: what he marked is void, and the next in order is called',
    body: z.strictObject({
      departure: z.enum(REPLACEMENT_GROUNDS).meta({
        description: '回避、擅离职守（缺席）、健康等原因 / A conflict, absence, health and the like',
      }),
      reasonZh: prose(2000),
    }),
    outcomes: STATE,
    errors: ['stage-conflict', 'not-found'],
    handle: async ({ lot, params: { call }, body, actor, commit }) =>
      commit(async (tx) => {
        const { id: drawId } = await drawOf(tx.q, lot);
        await replaceMember(tx, actor, { drawId, no: call }, body);
        return ok(await stateOf(tx.q, lot));
      }),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/representatives/{member}/replacement`,
    params: params.extend({
      member: z
        .string()
        .regex(/^purchaser-[1-9][0-9]{0,3}$/)
        .meta({ description: '成员编号 / Number of the member' }),
    }),
    action: 'committee.nominate',
    // Who represents the purchaser is secret until the award.
    withoutKey: true,
    zh: '另派招标人（采购人）代表：一人换一人，原代表的评审意见作废；原代表尚在任的，写明法定事由',
    en: 'Send another representative, one for one: what the former one marked is void; of one who still serves the ground of the law is stated',
    body: z.strictObject({
      nomineeId: z.string().min(1).max(100).meta({ description: '新代表的账号 / Account of the new representative' }),
      departure: z.enum(REPLACEMENT_GROUNDS).nullable().default(null),
      reasonZh: prose(2000).nullable().default(null),
    }),
    outcomes: [
      {
        status: 200,
        schema: z.object({ memberId: z.string() }),
        zh: '新代表的成员编号',
        en: 'Number of the new member',
      },
    ],
    errors: ['stage-conflict', 'not-found'],
    judged: [
      { field: 'departure', rule: 'required', zh: '原代表在任的须填写', en: 'of one who still serves' },
      { field: 'nomineeId', rule: 'own-person', zh: '招标人（采购人）的人员', en: 'the purchaser’s own people' },
    ],
    handle: async ({ procurement, lot, params: { member }, body, actor, commit }) =>
      commit(async (tx) => {
        const place = { procurementId: procurement.id, lotNo: lot.no };
        const { nomineeId, departure, reasonZh } = body;
        const ground = departure === null ? null : { departure, reasonZh: reasonZh ?? '' };
        return ok({ memberId: await replaceRepresentative(tx, actor, place, { memberId: member, nomineeId, ground }) });
      }),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/choices`,
    action: 'committee.choose',
    zh: '自行选定（直接确定）专家：仅限抽取已无人选的专业，附法律要求的同意或理由',
    en: 'Choose an expert for a field that a draw cannot fill, with the consent or reason that the law asks',
    body: z.strictObject({ poolId: id, number: identifier(100), field: code, ...directGiven }),
    outcomes: STATE,
    errors: ['unlawful', 'stage-conflict', 'not-found'],
    judged: [{ field: 'field', rule: 'cannot-be-drawn', zh: '已无可抽取的人选', en: 'nobody is left to be drawn' }],
    handle: async ({ procurement, lot, body: { poolId, number, ...choice }, actor, commit }) =>
      commit(async (tx) => {
        const found = (await expertsOf(tx.q, [poolId])).find((each) => each.number === number);
        if (!found) throw notFound('expert', `${poolId}/${number}`);
        await chooseExpert(
          tx,
          actor,
          { procurementId: procurement.id, lotNo: lot.no },
          { ...choice, expertId: found.id },
        );
        return ok(await stateOf(tx.q, lot));
      }),
  }),
];
