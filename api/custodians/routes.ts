import * as z from 'zod';
import { keysInForce } from '../../db/custodians.ts';
import type { Queries } from '../../db/access/database.ts';
import { deadlineInForce } from '../../db/deadlines.ts';
import { schemesOf } from '../../db/evaluation/schemes.ts';
import { subjectsOf } from '../../db/parties/names.ts';
import type { Procurement } from '../../db/procurements.ts';
import { CUSTODIANS, CUSTODIANS_NEEDED } from '../../domain/bids/sealing.ts';
import { blindItemsOf } from '../../domain/evaluation/sheets/blind.ts';
import { created, ok, route } from '../http/route.ts';
import { atOrNull, id, instantOut, pageOf, pageQuery } from '../http/schemas.ts';
import {
  acknowledgementSchema,
  acknowledgementView,
  answersSchema,
  custodian,
  keySchema,
  keyView,
  recipient,
  termsSchema,
} from './views.ts';
import { registerKey } from '../../services/custodians/register-key.ts';
import { retireKey } from '../../services/custodians/retire-key.ts';
import { acknowledgementsOf, noticesDue } from '../../services/custodians/notices.ts';

const tag = 'custodians';

export const custodianRoutes = [
  route({
    method: 'get',
    path: '/custodians',
    action: 'notice.read',
    at: 'anywhere',
    tag,
    zh: '三方保管人的有效公钥',
    en: 'The keys in force of the custodians',
    outcomes: [
      {
        status: 200,
        schema: z.object({
          items: z.array(keySchema),
          missing: z.array(custodian).meta({ description: '尚无有效公钥者 / Who has none in force' }),
          needed: z.int().meta({ description: '开标须几方 / How many an opening needs' }),
        }),
        zh: '公钥',
        en: 'Keys',
      },
    ],
    handle: async ({ services: { db } }) => {
      const keys = await keysInForce(db.read);
      return ok({
        items: keys.map(keyView),
        missing: CUSTODIANS.filter((each) => !keys.some((key) => key.custodian === each)),
        needed: CUSTODIANS_NEEDED,
      });
    },
  }),
  route({
    method: 'get',
    path: '/custodians/answers',
    action: 'custodian.answers',
    at: 'anywhere',
    tag,
    zh: '保管人对各项目现行投标截止时间的答复：是否已确认，拒绝的写明理由',
    en: 'What the custodians have answered to the deadline in force of each tender: acknowledged, or refused and why',
    query: pageQuery,
    outcomes: [{ status: 200, schema: pageOf(answersSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor } }) => {
      const rows = await noticesDue(db.read, db.now(), cursors.read(cursor, id), limit + 1);
      const { items, next } = cursors.rows(rows, limit, (row) => row.id);
      const titles = await subjectsOf(
        db.read,
        items.map((row) => row.id),
      );
      return ok({
        next,
        items: items.map(({ id: procurementId, acknowledgements }) => ({
          ...{ procurementId, title: titles.get(procurementId) ?? '' },
          acknowledgements: acknowledgements.map(acknowledgementView),
        })),
      });
    },
  }),
  route({
    method: 'post',
    path: '/custodians',
    action: 'custodian.manage',
    at: 'anywhere',
    tag,
    zh: '登记保管人公钥，取代其现有公钥；已公告的项目不变',
    en: 'Register a custodian’s key in place of its present one; what is announced keeps the key it has',
    body: z.strictObject({ custodian, recipient }),
    judged: [{ field: 'recipient', rule: 'age-recipient', zh: '校验和正确', en: 'its checksum is right' }],
    outcomes: [{ status: 201, schema: keySchema, zh: '已登记', en: 'Registered' }],
    errors: ['already-exists'],
    handle: async ({ body, commit, actor }) =>
      commit(async (tx) => created(keyView(await registerKey(tx, actor, body)), '/api/custodians')),
  }),
  route({
    method: 'post',
    path: '/custodians/{keyId}/retire',
    action: 'custodian.manage',
    at: 'anywhere',
    tag,
    zh: '停用公钥（遗失或泄露）',
    en: 'Retire a key that is lost or compromised',
    params: z.object({ keyId: id }),
    outcomes: [{ status: 200, schema: keySchema, zh: '已停用', en: 'Retired' }],
    handle: async ({ params: { keyId }, commit, actor }) =>
      commit(async (tx) => ok(keyView(await retireKey(tx, actor, keyId)))),
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/sealing',
    action: 'procurement.read',
    ofBidders: true,
    at: 'procurement',
    tag,
    zh: '密封投标文件所需（kaibiao seal --tender）',
    en: 'What bids of a procurement are sealed with (`kaibiao seal --tender`)',
    params: z.object({ id }),
    outcomes: [
      {
        status: 200,
        schema: z
          .object({
            procurementId: id,
            lots: z.array(
              z.object({
                no: z.int(),
                title: z.string(),
                blind: z.boolean().meta({
                  description:
                    '评标办法有暗标：其文件放在 暗标/ 文件夹，不得显示投标人 / The scheme has a blind part: its files are in the folder 暗标/ and do not name the bidder',
                }),
              }),
            ),
            terms: termsSchema.nullable().meta({ description: 'null：不密封 / null: bids are not sealed' }),
            bidDeadline: instantOut
              .nullable()
              .meta({ description: '暂停计算的为 null / null while its clock is suspended' }),
            acknowledgements: z.array(acknowledgementSchema).meta({
              description:
                '各保管人是否已确认现行投标截止时间，拒绝者及其理由；不密封的为空 / Whether each custodian has acknowledged the deadline in force; who rejects it, and why. Empty where bids are not sealed',
            }),
          })
          .meta({ id: 'Sealing' }),
        zh: '密封条件',
        en: 'Terms',
      },
    ],
    handle: async ({ services: { db }, procurement }) =>
      ok({
        procurementId: procurement.id,
        lots: await sealedLots(db.read, procurement),
        terms: procurement.sealing,
        bidDeadline: atOrNull((await deadlineInForce(db.read, procurement.id))?.bidDeadline ?? null),
        acknowledgements: procurement.sealing
          ? (await acknowledgementsOf(db.read, procurement.id)).map(acknowledgementView)
          : [],
      }),
  }),
];

async function sealedLots(q: Queries, { id: procurementId, lots }: Procurement) {
  const schemes = await schemesOf(q, procurementId);
  return lots.map(({ no, title }) => {
    const stated = schemes.find(({ lotNo }) => lotNo === no);
    return { no, title, blind: stated !== undefined && blindItemsOf(stated.scheme).size > 0 };
  });
}
