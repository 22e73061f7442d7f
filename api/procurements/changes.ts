import * as z from 'zod';
import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { amendDocuments } from '../../services/procurements/amend.ts';
import { draftRetender } from '../../services/procurements/retender.ts';
import { terminateProcurement } from '../../services/procurements/terminate.ts';
import { TERMINATION_GROUNDS } from '../../domain/decisions.ts';
import { lotSchemeGiven, SCHEME_JUDGED } from '../evaluation/scheme-views.ts';
import { DECISION_OUTCOMES } from '../decisions/views.ts';
import { etagOf, procurementSchema, procurementView } from './views.ts';
import { route, type Answer } from '../http/route.ts';
import { id, instant, lotNo, prose } from '../http/schemas.ts';

const tag = 'decisions';
const params = z.object({ id });
const lotNos = z.array(z.int().min(1).max(999)).min(1).max(200);

async function drafted(tx: Tx, actor: Actor, from: Parameters<typeof draftRetender>[2]): Promise<Answer> {
  const draft = await draftRetender(tx, actor, from);
  return {
    status: 201,
    body: await procurementView(tx.q, draft, true),
    headers: { Location: `/api/procurements/${draft.id}`, ETag: etagOf(draft) },
  };
}

export const changeRoutes = [
  route({
    method: 'post',
    path: '/procurements/{id}/amendments',
    action: 'procurement.amend',
    at: 'procurement',
    tag,
    zh: '澄清或修改招标文件',
    en: 'Clarify or amend the documents',
    params,
    body: z.strictObject({
      textZh: prose(20_000),
      affectsBids: z.boolean().meta({ description: '可能影响投标文件编制 / May bear on how bids are written' }),
      bidDeadline: instant.nullable().default(null),
      documentIds: z.array(id).max(50).default([]),
      schemes: z.array(lotSchemeGiven).max(200).default([]).meta({
        description: '以此替换的评标办法 / Schemes of evaluation in the place of those before',
      }),
      corrects: id.nullable().default(null).meta({
        description:
          '所更正的公告：招标公告（默认）、澄清公告或者答疑公告 / The notice that it puts right: the tender notice (default), an amendment or an answer',
      }),
    }),
    outcomes: DECISION_OUTCOMES,
    errors: ['unlawful', 'stage-conflict', 'not-found'],
    judged: [
      ...SCHEME_JUDGED,
      {
        field: 'corrects',
        rule: 'amended',
        zh: '是本项目招标公告、澄清公告或者答疑公告',
        en: 'is the tender notice, an amendment or an answer of this procurement',
      },
      {
        field: 'documentIds[*]',
        rule: 'document-kind',
        zh: '是上传为澄清、修改的文件',
        en: 'were uploaded as amendments',
      },
    ],
    handle: ({ services: { settings }, procurement, body, actor, decide }) =>
      decide('amend', (tx) => amendDocuments(tx, actor, procurement.id, body, settings.confirmedRules)),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/termination',
    action: 'procurement.terminate',
    fresh: true,
    at: 'procurement',
    tag,
    zh: '终止招标，或者只终止所列标段；最后一个标段终止的，项目终止',
    en: 'Terminate the tender, or some of its lots; with its last lot it ends',
    params,
    body: z.strictObject({
      ground: z.enum(TERMINATION_GROUNDS),
      reasonZh: prose(5000),
      lotNos: lotNos
        .optional()
        .meta({ description: '只终止这些标段；不填则终止整个项目 / These lots only; absent: the whole tender' }),
    }),
    outcomes: DECISION_OUTCOMES,
    errors: ['unlawful', 'stage-conflict', 'not-found'],
    handle: ({ procurement, body, actor, decide }) =>
      decide('terminate', (tx) => terminateProcurement(tx, actor, procurement.id, body)),
  }),
  route({
    at: 'procurement',
    tag: 'lots',
    params,
    method: 'post',
    path: '/procurements/{id}/retender',
    action: 'procurement.retender',
    zh: '为多个失败的标段编制一份重新招标草稿',
    en: 'Draft one re-tender of several lots that failed',
    body: z.strictObject({ noticeAt: instant, lotNos }),
    outcomes: [{ status: 201, schema: procurementSchema, zh: '新草稿', en: 'The new draft' }],
    errors: ['already-exists', 'stage-conflict', 'not-found', 'calendar-year-not-loaded'],
    handle: ({ procurement, body, commit, actor }) =>
      commit((tx) => drafted(tx, actor, { procurementId: procurement.id, ...body })),
  }),
  route({
    at: 'lot',
    tag: 'lots',
    params: z.object({ id, no: lotNo }),
    method: 'post',
    path: '/procurements/{id}/lots/{no}/retender',
    action: 'lot.retender',
    zh: '为失败的标段编制重新招标草稿',
    en: 'Draft the re-tender of a lot that failed',
    body: z.strictObject({ noticeAt: instant }),
    outcomes: [{ status: 201, schema: procurementSchema, zh: '新草稿', en: 'The new draft' }],
    errors: ['already-exists', 'stage-conflict', 'calendar-year-not-loaded'],
    handle: ({ procurement, lot, body, commit, actor }) =>
      commit((tx) => drafted(tx, actor, { procurementId: procurement.id, lotNo: lot.no, ...body })),
  }),
];
