import * as z from 'zod';
import { procurementById } from '../../db/procurements.ts';
import { CALL_STATES } from '../../domain/committees/calls.ts';
import { answerCall } from '../../services/committees/calls.ts';
import { UNNAMED_EXPERT } from '../../services/committees/events.ts';
import { callsToAccount, membersOf, ownCall, reading } from '../../services/committees/members.ts';
import { stateOwnConflicts } from '../../services/evaluation/deliberate.ts';
import { ok, route } from '../http/route.ts';
import { at, id, instantOut, prose } from '../http/schemas.ts';
import { answerGiven, membersSchema, membersView } from './views.ts';

const params = z.object({ drawId: id });
// Who answers is nobody's to know: no key with the account is stored, and the trail has the role alone.
const common = { action: 'expert.serve', at: 'anywhere', tag: 'committees', withoutKey: true } as const;

const ownCallSchema = z
  .object({
    drawId: id,
    procurementId: id,
    title: z.string(),
    lotNo: z.int(),
    field: z.string(),
    state: z.enum(CALL_STATES),
    answerUntil: instantOut,
    evaluationAt: instantOut,
    cleared: z.boolean().meta({ description: '已声明无利害关系 / You have stated that there is no conflict' }),
  })
  .meta({ id: 'OwnCall' });

const answered = z.object({ state: z.enum(CALL_STATES) });

export const ownCallRoutes = [
  route({
    ...common,
    method: 'get',
    path: '/expert/calls',
    zh: '本人收到的评审邀请',
    en: 'The calls to yourself',
    outcomes: [{ status: 200, schema: z.object({ items: z.array(ownCallSchema) }), zh: '邀请', en: 'Calls' }],
    handle: async ({ services: { db }, person }) => {
      const found = await callsToAccount(reading(db), person().account.id);
      const items = await Promise.all(
        found.map(async ({ draw, call }) => ({
          ...{ drawId: draw.id, procurementId: draw.procurementId, lotNo: draw.lotNo },
          title: (await procurementById(db.read, draw.procurementId)).title,
          ...{ field: call.field, state: call.state, answerUntil: at(call.answerUntil) },
          ...{ evaluationAt: at(draw.terms.evaluationAt), cleared: call.clearedAt !== null },
        })),
      );
      return ok({ items });
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/expert/calls/{drawId}/answer',
    params,
    zh: '答复评审邀请',
    en: 'Answer a call',
    body: answerGiven,
    outcomes: [{ status: 200, schema: answered, zh: '已答复', en: 'Answered' }],
    errors: ['not-found', 'stage-conflict'],
    handle: async ({ params: { drawId }, body, person, commit }) =>
      commit(async (tx) => {
        const { call } = await ownCall(tx, person().account.id, drawId);
        return ok({ state: (await answerCall(tx, UNNAMED_EXPERT, call, body)).state });
      }),
  }),
  route({
    ...common,
    method: 'post',
    path: '/expert/calls/{drawId}/conflicts',
    params,
    zh: '开标后、评审前声明与投标人的利害关系：没有的，不选任何投标；有的应当回避，由下一名补足',
    en: 'After the opening and before the first bid is read: state conflicts with bidders, or that there is none; who has one is replaced',
    body: z.strictObject({
      bidIds: z.array(id).max(1000),
      reasonZh: prose(2000).nullable().default(null),
    }),
    outcomes: [
      {
        status: 200,
        schema: z.object({
          recused: z.boolean(),
          found: z.array(z.string()).meta({ description: '平台核对发现的关系 / What the platform found' }),
        }),
        zh: '已声明',
        en: 'Stated',
      },
    ],
    errors: ['not-found', 'stage-conflict'],
    judged: [{ field: 'bidIds.*', rule: 'bid-of-lot', zh: '本标段的投标文件', en: 'a bid of the lot' }],
    handle: async ({ params: { drawId }, body, person, commit }) =>
      commit(async (tx) => {
        const { draw, call } = await ownCall(tx, person().account.id, drawId);
        const found = await stateOwnConflicts(tx, draw, call, body);
        return ok({ recused: found.length > 0 || body.bidIds.length > 0, found: found.map(({ code }) => code) });
      }),
  }),
  route({
    ...common,
    method: 'get',
    path: '/expert/calls/{drawId}/members',
    params,
    zh: '本人所在评标委员会的名单',
    en: 'The members of your own committee',
    outcomes: [{ status: 200, schema: membersSchema, zh: '名单', en: 'The members' }],
    errors: ['not-found', 'stage-conflict'],
    handle: async ({ services: { db }, params: { drawId }, person }) => {
      const { draw, call } = await ownCall(reading(db), person().account.id, drawId);
      const members = call.state === 'confirmed' ? await membersOf(reading(db), draw) : [];
      return ok(membersView(draw.id, members));
    },
  }),
];
