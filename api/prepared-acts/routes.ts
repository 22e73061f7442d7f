import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { listPreparedActs, preparedActById, type PreparedAct } from '../../db/tender/prepared-acts.ts';
import { notFound } from '../../db/procurements.ts';
import { preparableActOf } from '../../domain/prepared-acts/acts.ts';
import { isConfirming, isPreparing } from '../../services/prepared-acts/people.ts';
import { withdrawPreparedAct } from '../../services/prepared-acts/withdraw.ts';
import type { Acting } from '../http/access.ts';
import { ok, route, type Route } from '../http/route.ts';
import { id, pageOf, pageQuery, prose } from '../http/schemas.ts';
import { carryOut } from '../http/acts/confirm.ts';
import { preparedActSchema, preparedActView, preparedActViews, preparedActWithRequest, stateName } from './views.ts';

const tag = 'prepared acts';
const params = z.object({ preparedActId: id });
const ofAct = {
  at: 'procurement',
  params,
  procurementOf: async (q: Queries, named: z.infer<typeof params>) =>
    (await preparedActById(q, named.preparedActId)).procurementId,
  tag,
} as const;

/** Of others than its two parties it is answered as not found. */
function visible(prepared: PreparedAct, acting: Acting): PreparedAct {
  if (isConfirming(prepared, acting) || isPreparing(prepared, acting)) return prepared;
  throw notFound('prepared act', prepared.id);
}

/** What an act needs to be prepared by one person and confirmed by another, in the document and for the tests. */
export const preparable = (spec: Route): Route =>
  spec.method === 'post' && preparableActOf(spec.action) !== undefined
    ? {
        ...spec,
        outcomes: [
          ...spec.outcomes,
          {
            status: 202,
            schema: preparedActWithRequest,
            zh: '已经办，待他人复核（本机构设置，或委托约定由招标人复核）',
            en: 'Prepared, for another person to confirm: where the installation, or a mandate, asks for it',
          },
        ],
        errors: [...(spec.errors ?? []), 'already-exists'],
      }
    : spec;

/** Whether an address is one of a route. */
const isAt = ({ path }: Route, address: string): boolean =>
  new RegExp(`^/api${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(address);

/** @param acts the routes of the acts, which a confirmation carries out */
export function preparedActRoutes(acts: readonly Route[]): Route[] {
  const routeOf = ({ act, path }: PreparedAct): Route => {
    const found = acts.find(
      (spec) => spec.method === 'post' && preparableActOf(spec.action) === act && isAt(spec, path),
    );
    if (!found) throw new Error(`no route carries out ${act} at ${path}`);
    return found;
  };
  return [
    route({
      method: 'get',
      path: '/prepared-acts',
      action: 'prepared-act.read',
      at: 'anywhere',
      tag,
      zh: '本单位经办的、待本单位复核的事项，最近的在前',
      en: 'What your organisation prepared, and what waits for it to confirm, newest first',
      query: pageQuery.extend({ state: stateName.optional(), procurementId: id.optional() }),
      outcomes: [{ status: 200, schema: pageOf(preparedActSchema), zh: '一页', en: 'A page' }],
      handle: async ({ services: { db, cursors }, query: { limit, cursor, state, procurementId }, organisation }) => {
        const after = cursors.read(cursor, id);
        const now = db.now();
        const rows = await listPreparedActs(db.read, {
          ...{ organisationId: organisation(), now, limit: limit + 1 },
          ...(state ? { state } : {}),
          ...(procurementId ? { procurementId } : {}),
          ...(after ? { after } : {}),
        });
        const page = cursors.rows(rows, limit, (row) => row.id);
        return ok({ ...page, items: await preparedActViews(db.read, page.items, now) });
      },
    }),
    route({
      method: 'get',
      path: '/prepared-acts/{preparedActId}',
      action: 'prepared-act.read',
      // Its two parties read it, also once its draft was deleted.
      at: 'anywhere',
      tag,
      params,
      zh: '查看经办事项：请求原文、所涉文件、是否已过时、谁可以复核',
      en: 'Read a prepared act: its request, its files, whether it is outdated, who may confirm it',
      outcomes: [{ status: 200, schema: preparedActWithRequest, zh: '经办事项', en: 'The prepared act' }],
      handle: async ({ services: { db }, params: { preparedActId }, role, organisationId }) => {
        const prepared = visible(await preparedActById(db.read, preparedActId), { role, organisationId });
        return ok(await preparedActView(db.read, prepared, { now: db.now(), role }));
      },
    }),
    route({
      ...ofAct,
      method: 'post',
      path: '/prepared-acts/{preparedActId}/confirmation',
      fresh: true,
      action: 'prepared-act.settle',
      zh: '复核：由另一人确认，按此刻的事实和期限重新判断并执行，以此刻为准',
      en: 'Confirm, as another person: it is judged again as it stands now and done, at this instant',
      outcomes: [{ status: 200, schema: preparedActWithRequest, zh: '已复核生效', en: 'Confirmed and done' }],
      errors: [
        'prepared-settled',
        'second-person',
        'version-conflict',
        ...new Set(acts.flatMap((spec) => (preparable(spec) === spec ? [] : (spec.errors ?? [])))),
      ],
      judged: [
        {
          field: '*',
          zh: '经办的请求，按此刻的事实',
          en: 'the request as it was prepared, by what is known now',
        },
      ],
      handle: async (context) => {
        const prepared = visible(
          await preparedActById(context.services.db.read, context.params.preparedActId),
          context,
        );
        return carryOut(routeOf(prepared), context, prepared);
      },
    }),
    route({
      ...ofAct,
      method: 'post',
      path: '/prepared-acts/{preparedActId}/withdrawal',
      action: 'prepared-act.settle',
      zh: '撤回（经办单位）或退回（复核单位），须说明理由',
      en: 'Withdraw it, or send it back, with the reason',
      body: z.strictObject({ reasonZh: prose(2000) }),
      outcomes: [{ status: 200, schema: preparedActWithRequest, zh: '已撤回', en: 'Withdrawn' }],
      errors: ['prepared-settled'],
      handle: async ({ params: { preparedActId }, body, commit, actor, role }) =>
        commit(async (tx) => {
          visible(await preparedActById(tx.q, preparedActId), actor as Acting);
          const withdrawn = await withdrawPreparedAct(tx, actor, preparedActId, body.reasonZh);
          return ok(await preparedActView(tx.q, withdrawn, { now: tx.now, role }));
        }),
    }),
  ];
}
