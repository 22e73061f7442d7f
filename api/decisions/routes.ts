import * as z from 'zod';
import { decisionById } from '../../db/decisions.ts';
import { notFound, procurementById } from '../../db/procurements.ts';
import { permission } from '../../domain/roles.ts';
import { runsNow } from '../http/access.ts';
import { ok, route } from '../http/route.ts';
import { id } from '../http/schemas.ts';
import { decisionSchema, decisionView } from './views.ts';

export const decisionRoutes = [
  route({
    method: 'get',
    path: '/decisions/{decisionId}',
    action: 'session.own',
    at: 'anywhere',
    signedIn: true,
    tag: 'decisions',
    zh: '查看决定',
    en: 'Read a decision',
    params: z.object({ decisionId: id }),
    outcomes: [{ status: 200, schema: decisionSchema, zh: '决定', en: 'The decision' }],
    handle: async ({ services: { db }, params: { decisionId }, role, organisationId }) => {
      const decision = await decisionById(db.read, decisionId);
      const procurement = await procurementById(db.read, decision.procurementId);
      const own = organisationId !== null && decision.actor.organisationId === organisationId;
      const watches = 'scope' in permission(role, 'audit.read', {});
      if (!own && !watches && !(await runsNow(db, { role, organisationId }, procurement)))
        throw notFound('decision', decisionId);
      return ok(await decisionView(db.read, decision, await db.calendar()));
    },
  }),
];
