import * as z from 'zod';
import { peopleOf, requestedPeopleOf } from '../../db/accounts/membership-requests.ts';
import { correctionsOf } from '../../db/parties/corrections.ts';
import { notFound } from '../../db/procurements.ts';
import { ROLES } from '../../domain/roles.ts';
import { confirmMembership, refuseMembership } from '../../services/accounts/confirm-membership.ts';
import { noContent, ok, route } from '../http/route.ts';
import { id } from '../http/schemas.ts';
import { CONFIRMED, confirmation } from '../http/sign-in/confirmation.ts';
import { correctionView } from '../organisations/views.ts';
import { peopleSchema, personView, ROLES_TOGETHER } from './views.ts';

const person = z.object({ organisationId: id, accountId: id, role: z.enum(ROLES).exclude(['public']) });

const common = { action: 'session.own', at: 'anywhere', signedIn: true, tag: 'people' } as const;

/** For an organisation's own people: who acts for it, and who else may. */
export const peopleRoutes = [
  route({
    ...common,
    method: 'get',
    path: '/organisations/{organisationId}/people',
    zh: '可代表本单位的人员，以及待确认的申请',
    en: 'Who acts for your organisation, and who waits to be confirmed',
    params: z.object({ organisationId: id }),
    outcomes: [{ status: 200, schema: peopleSchema, zh: '人员', en: 'The people' }],
    handle: async ({ services: { db }, params: { organisationId }, person: signedIn }) => {
      const isOwn = signedIn().memberships.some((membership) => membership.organisationId === organisationId);
      if (!isOwn) throw notFound('organisation', organisationId);
      const [people, requested] = [
        await peopleOf(db.read, organisationId),
        await requestedPeopleOf(db.read, organisationId),
      ];
      const corrections = (await correctionsOf(db.read, organisationId)).map(correctionView);
      return ok({ people: people.map(personView), requested: requested.map(personView), corrections });
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/organisations/{organisationId}/people/{accountId}/{role}/confirm',
    zh: '确认此人可代表本单位，以本人密码确认',
    en: 'Confirm that this person acts for your organisation, by your password',
    params: person,
    body: z.strictObject({ ...confirmation }),
    outcomes: [{ status: 204, zh: '已确认', en: 'Confirmed' }],
    errors: ['unauthenticated', 'code-locked', 'forbidden', 'cross-site'],
    judged: [...ROLES_TOGETHER, CONFIRMED],
    handle: async ({ services, caller, params, person: signedIn, body, commit, actor }) => {
      await services.auth.confirm(caller, signedIn(), body);
      return commit(async (tx) => {
        await confirmMembership(tx, actor, params);
        return noContent();
      });
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/organisations/{organisationId}/people/{accountId}/{role}/refuse',
    zh: '拒绝此人代表本单位',
    en: 'Refuse that this person acts for your organisation',
    params: person,
    outcomes: [{ status: 204, zh: '已拒绝', en: 'Refused' }],
    errors: ['forbidden', 'cross-site'],
    handle: async ({ params, commit, actor }) =>
      commit(async (tx) => {
        await refuseMembership(tx, actor, params);
        return noContent();
      }),
  }),
];
