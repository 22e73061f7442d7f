import * as z from 'zod';
import { correctionsOf } from '../../db/parties/corrections.ts';
import { confirmCorrection, refuseCorrection, requestCorrection } from '../../services/organisations/correct.ts';
import { ok, route } from '../http/route.ts';
import { checkDigitOf, creditCode, id, line, prose } from '../http/schemas.ts';
import { CONFIRMED, confirmation } from '../http/sign-in/confirmation.ts';
import { correctionSchema, correctionView, namesakes, namesakesView } from './views.ts';

const tag = 'organisations';
const params = z.object({ organisationId: id });
const decided = params.extend({ correctionId: id });
const common = { action: 'session.own', at: 'anywhere', signedIn: true, tag: 'people', method: 'post' } as const;

export const correctionRoutes = [
  route({
    method: 'post',
    path: '/organisations/{organisationId}/corrections',
    action: 'organisation.manage',
    at: 'anywhere',
    tag,
    zh: '更正机构的名称或统一社会信用代码；该机构已有人员的，须由其人员确认',
    en: 'Correct the name or the credit code; where the organisation has had people, one of them confirms it',
    params,
    body: z.strictObject({
      name: line(200).optional(),
      creditCode: creditCode.optional(),
      reasonZh: prose(2000).meta({ description: '更正的原因和依据 / Why, and by what document' }),
    }),
    outcomes: [
      { status: 200, schema: correctionSchema.extend(namesakes), zh: '已更正或已申请', en: 'Corrected, or requested' },
    ],
    errors: ['already-exists', 'not-found'],
    judged: [
      checkDigitOf('creditCode'),
      { field: 'name', rule: 'differs', zh: '与已登记的不同', en: 'name or code differ from what is registered' },
    ],
    handle: async ({ params: { organisationId }, body, commit, actor }) =>
      commit(async (tx) => {
        const correction = await requestCorrection(tx, actor, organisationId, body);
        return ok({ ...correctionView(correction), ...(await namesakesView(tx.q, correction)) });
      }),
  }),
  route({
    method: 'get',
    path: '/organisations/{organisationId}/corrections',
    action: 'organisation.history',
    at: 'anywhere',
    tag,
    zh: '机构名称和代码的更正，新的在前',
    en: 'How name and code were corrected, newest first',
    params,
    outcomes: [{ status: 200, schema: z.object({ items: z.array(correctionSchema) }), zh: '更正', en: 'Corrections' }],
    handle: async ({ services: { db }, params: { organisationId } }) =>
      ok({ items: (await correctionsOf(db.read, organisationId)).map(correctionView) }),
  }),
  route({
    ...common,
    path: '/organisations/{organisationId}/corrections/{correctionId}/confirm',
    zh: '确认更正本单位的名称或代码，以本人密码确认',
    en: 'Confirm the correction of your organisation’s name or code, by your password',
    params: decided,
    body: z.strictObject({ ...confirmation }),
    outcomes: [{ status: 200, schema: correctionSchema, zh: '已更正', en: 'Corrected' }],
    errors: ['unauthenticated', 'code-locked', 'forbidden', 'cross-site', 'already-exists'],
    judged: [CONFIRMED],
    handle: async ({ services, caller, params: { organisationId, correctionId }, person, body, commit, actor }) => {
      await services.auth.confirm(caller, person(), body);
      return commit(async (tx) => ok(correctionView(await confirmCorrection(tx, actor, organisationId, correctionId))));
    },
  }),
  route({
    ...common,
    path: '/organisations/{organisationId}/corrections/{correctionId}/refuse',
    zh: '拒绝更正本单位的名称或代码',
    en: 'Refuse the correction of your organisation’s name or code',
    params: decided,
    outcomes: [{ status: 200, schema: correctionSchema, zh: '已拒绝', en: 'Refused' }],
    errors: ['forbidden', 'cross-site'],
    handle: async ({ params: { organisationId, correctionId }, commit, actor }) =>
      commit(async (tx) => ok(correctionView(await refuseCorrection(tx, actor, organisationId, correctionId)))),
  }),
];
