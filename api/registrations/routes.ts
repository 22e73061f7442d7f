import * as z from 'zod';
import type { Tx } from '../../db/access/database.ts';
import { listRegistrations, type Registration } from '../../db/accounts/registrations.ts';
import { newToken } from '../../services/accounts/invitation.ts';
import { confirmRegistration, refuseRegistration } from '../../services/registrations/decide.ts';
import { requestRegistration } from '../../services/registrations/request.ts';
import { linkOf } from '../accounts/access.ts';
import { invitationSchema } from '../accounts/views.ts';
import { ok, route, type Answer } from '../http/route.ts';
import { at, checkDigitOf, id, pageOf, pageQuery, prose } from '../http/schemas.ts';
import { registrationGiven, registrationSchema, registrationViews } from './views.ts';

const tag = 'registrations';
const params = z.object({ registrationId: id });
const decide = { action: 'registration.decide', at: 'anywhere', tag } as const;

const shown = async (tx: Tx, registration: Registration, realNowMs: number): Promise<Answer> =>
  ok((await registrationViews(tx.q, [registration], realNowMs))[0]);

export const registrationRoutes = [
  route({
    method: 'post',
    path: '/registrations',
    action: 'registration.request',
    at: 'anywhere',
    withoutKey: true,
    tag,
    zh: '供应商自行注册：返回一次性链接，确认后用它开立账号；代码是否已登记不影响答复',
    en: 'A supplier registers itself: the link opens its account once it is confirmed; the answer is the same whether the code is known or not',
    body: registrationGiven,
    outcomes: [
      {
        status: 202,
        schema: z.object({ registrationId: id, invitation: invitationSchema }),
        zh: '已收到，链接只显示一次',
        en: 'Received; the link is shown only once',
      },
    ],
    errors: ['forbidden', 'cross-site'],
    judged: [checkDigitOf('creditCode')],
    handle: async ({ services, body, commit, actor }) => {
      const { settings, realNow } = services;
      const token = newToken();
      return commit(async (tx) => {
        const by = { token, realNowMs: realNow(), mode: settings.registration };
        const { id: registrationId, expiresAt } = await requestRegistration(tx, actor, body, by);
        const invitation = { token, link: linkOf(settings.publicUrl, token), expiresAt: at(expiresAt) };
        return { status: 202, body: { registrationId, invitation } };
      });
    },
  }),
  route({
    ...decide,
    method: 'get',
    path: '/registrations',
    zh: '供应商的注册，先到的在前',
    en: 'Registrations of suppliers, oldest first',
    query: pageQuery.extend({ state: registrationSchema.shape.state.default('pending') }),
    outcomes: [{ status: 200, schema: pageOf(registrationSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors, realNow }, query: { limit, cursor, state } }) => {
      const after = cursors.read(cursor, id);
      const realNowMs = realNow();
      const rows = await listRegistrations(db.read, {
        ...{ state, realNowMs, limit: limit + 1 },
        ...(after ? { after } : {}),
      });
      const page = cursors.rows(rows, limit, (row) => row.id);
      return ok({ ...page, items: await registrationViews(db.read, page.items, realNowMs) });
    },
  }),
  route({
    ...decide,
    method: 'post',
    path: '/registrations/{registrationId}/confirm',
    zh: '确认注册：登记机构，其链接随即可用',
    en: 'Confirm a registration: its organisation is registered, and its link works',
    params,
    outcomes: [{ status: 200, schema: registrationSchema, zh: '已确认', en: 'Confirmed' }],
    errors: ['stage-conflict', 'not-found'],
    judged: [{ field: 'role', zh: '该机构的职责含供应商', en: 'the organisation may be a supplier' }],
    handle: async ({ services: { realNow }, params: { registrationId }, commit, actor }) =>
      commit(async (tx) => shown(tx, await confirmRegistration(tx, actor, registrationId, realNow()), realNow())),
  }),
  route({
    ...decide,
    method: 'post',
    path: '/registrations/{registrationId}/refuse',
    zh: '不予确认，写明理由',
    en: 'Refuse a registration, with the reason',
    params,
    body: z.strictObject({ reasonZh: prose(2000) }),
    outcomes: [{ status: 200, schema: registrationSchema, zh: '未予确认', en: 'Refused' }],
    errors: ['stage-conflict', 'not-found'],
    handle: async ({ services: { realNow }, params: { registrationId }, body, commit, actor }) =>
      commit(async (tx) => {
        const by = { ...body, realNowMs: realNow() };
        return shown(tx, await refuseRegistration(tx, actor, registrationId, by), by.realNowMs);
      }),
  }),
];
