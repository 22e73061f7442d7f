import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { listMandates, mandateById, partyOf, type Mandate } from '../../db/parties/mandates.ts';
import { notFound } from '../../db/procurements.ts';
import type { Scope } from '../../domain/roles.ts';
import { acceptMandate } from '../../services/mandates/accept.ts';
import { endMandate, underWayOf } from '../../services/mandates/end.ts';
import { offerMandate } from '../../services/mandates/offer.ts';
import { sideOf } from '../../services/mandates/signer.ts';
import type { Acting } from '../http/access.ts';
import { PARTIES } from '../organisations/views.ts';
import { created, ok, route } from '../http/route.ts';
import { id, pageOf, pageQuery } from '../http/schemas.ts';
import { mandateEnd, mandateGiven, mandateSchema, mandateView, mandateViews, mandateWithUnderWay } from './views.ts';

const tag = 'mandates';
const params = z.object({ mandateId: id });

/** Another's mandate is answered as not found. */
async function readable(q: Queries, mandateId: string, acting: Acting & { readonly scope: Scope }): Promise<Mandate> {
  const mandate = await mandateById(q, mandateId);
  if (acting.scope === 'own' && partyOf(mandate, sideOf(acting)) !== acting.organisationId)
    throw notFound('mandate', mandateId);
  return mandate;
}

export const mandateRoutes = [
  route({
    method: 'post',
    path: '/mandates',
    action: 'mandate.sign',
    at: 'anywhere',
    tag,
    zh: '提出委托：招标人（采购人）或代理机构一方提出，另一方接受后生效',
    en: 'Offer a mandate, as the purchaser or the agency; it is in force once the other party has accepted it',
    body: mandateGiven,
    outcomes: [{ status: 201, schema: mandateWithUnderWay, zh: '已提出', en: 'Offered' }],
    errors: ['not-found', 'forbidden'],
    judged: [
      ...PARTIES,
      { field: 'untilAt', rule: 'future', zh: '晚于现在', en: 'after now' },
      { field: 'purchaserConfirms[*]', rule: 'covered', zh: '在委托事项之内', en: 'among what the agency may do' },
    ],
    handle: async ({ body, commit, actor }) =>
      commit(async (tx) => {
        const mandate = await offerMandate(tx, actor, body);
        return created(await mandateView(tx.q, mandate, [], tx.now), `/api/mandates/${mandate.id}`);
      }),
  }),
  route({
    method: 'get',
    path: '/mandates',
    action: 'mandate.read',
    at: 'anywhere',
    tag,
    zh: '委托列表，最近的在前；当事人看本单位的，监督部门看全部',
    en: 'Mandates, newest first: the parties their own, supervisors all',
    query: pageQuery,
    outcomes: [{ status: 200, schema: pageOf(mandateSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor }, role, organisationId, scope }) => {
      const after = cursors.read(cursor, id);
      const rows = await listMandates(db.read, {
        limit: limit + 1,
        ...(after ? { after } : {}),
        ...(scope === 'own' ? { of: { id: organisationId ?? '', side: sideOf({ role }) } } : {}),
      });
      const page = cursors.rows(rows, limit, (row) => row.id);
      return ok({ ...page, items: await mandateViews(db.read, page.items, db.now()) });
    },
  }),
  route({
    method: 'get',
    path: '/mandates/{mandateId}',
    action: 'mandate.read',
    at: 'anywhere',
    tag,
    zh: '查看委托，以及在办的项目',
    en: 'Read a mandate, with what is under way',
    params,
    outcomes: [{ status: 200, schema: mandateWithUnderWay, zh: '委托', en: 'The mandate' }],
    errors: ['not-found'],
    handle: async ({ services: { db }, params: { mandateId }, role, organisationId, scope }) => {
      const mandate = await readable(db.read, mandateId, { role, organisationId, scope });
      return ok(await mandateView(db.read, mandate, await underWayOf(db.read, mandate), db.now()));
    },
  }),
  route({
    method: 'post',
    path: '/mandates/{mandateId}/acceptance',
    action: 'mandate.sign',
    at: 'anywhere',
    tag,
    zh: '接受对方提出的委托，由此生效',
    en: 'Accept a mandate that the other party offered: it is in force from then',
    params,
    outcomes: [{ status: 200, schema: mandateWithUnderWay, zh: '已接受', en: 'Accepted' }],
    errors: ['not-found', 'mandate-settled', 'forbidden'],
    handle: async ({ params: { mandateId }, commit, actor, role, organisationId, scope }) =>
      commit(async (tx) => {
        await readable(tx.q, mandateId, { role, organisationId, scope });
        const mandate = await acceptMandate(tx, actor, mandateId);
        return ok(await mandateView(tx.q, mandate, await underWayOf(tx.q, mandate), tx.now));
      }),
  }),
  route({
    method: 'post',
    path: '/mandates/{mandateId}/end',
    action: 'mandate.sign',
    at: 'anywhere',
    tag,
    zh: '提前终止委托（或撤回、谢绝）；答复列出在办而不再有委托的项目，由招标人（采购人）自行继续',
    en: 'End a mandate early, or take back or decline an offer; the answer lists what is under way without one',
    params,
    body: mandateEnd,
    outcomes: [{ status: 200, schema: mandateWithUnderWay, zh: '已终止', en: 'Ended' }],
    errors: ['not-found', 'mandate-settled'],
    handle: async ({ params: { mandateId }, body, commit, actor, role, organisationId, scope }) =>
      commit(async (tx) => {
        await readable(tx.q, mandateId, { role, organisationId, scope });
        const { mandate, underWay } = await endMandate(tx, actor, mandateId, body.reasonZh);
        return ok(await mandateView(tx.q, mandate, underWay, tx.now));
      }),
  }),
];
