import { Readable } from 'node:stream';
import * as z from 'zod';
import { signingKeysOf } from '../../db/signing-keys.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import { SCORE_SHEET, sheetHash } from '../../proofs/sheet.ts';
import { extendEvaluation } from '../../services/evaluation/more-time.ts';
import { answerCommittee, requestsTo } from '../../services/evaluation/requests.ts';
import { rejectUnqualified } from '../../services/evaluation/qualification.ts';
import { scoreSheetOf } from '../../services/evaluation/score-sheet.ts';
import { deliverEvaluated, reportToPrint } from '../../services/evaluation/sign.ts';
import { ok, route } from '../http/route.ts';
import { at, atOrNull, id, instant, instantOut, line, lotNo, prose } from '../http/schemas.ts';
import {
  askedCorrectionSchema,
  EVALUATION_ERRORS,
  evaluationPlace,
  requestSchema,
  requestView,
} from './proceedings-views.ts';
import { candidateDetails, finding } from './routes.ts';

const params = z.object({ id, no: lotNo });
const bidParams = params.extend({ bidId: id });
const common = { at: 'lot', tag: 'evaluation' } as const;
const MOST_REPORT_BYTES = 64 * 1024 * 1024;

export const resultRoutes = [
  route({
    ...common,
    action: 'evaluation.qualify',
    params,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/evaluation/qualification',
    zh: '登记资格审查不合格的投标（由采购人或者代理机构审查的采购方式），在评审开始之前',
    en: 'Record a bid that does not qualify, where the purchaser or its agency examines it, before the review is signed',
    body: z.strictObject({
      bidId: id,
      item: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
      ground: z.int().min(1).max(20),
      reasonZh: prose(2000),
    }),
    outcomes: [{ status: 200, schema: z.object({ bidId: id }), zh: '已登记', en: 'Recorded' }],
    errors: EVALUATION_ERRORS,
    judged: [{ field: 'bidId', rule: 'bid-of-lot', zh: '本标段的投标文件', en: 'a bid of the lot' }],
    handle: async ({ lot, body, actor, commit }) =>
      commit(async (tx) => {
        await rejectUnqualified(tx, actor, evaluationPlace(lot), body);
        return ok({ bidId: body.bidId });
      }),
  }),
  route({
    ...common,
    action: 'evaluation.serve',
    params,
    // As all that a member does.
    withoutKey: true,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/evaluation/report',
    zh: '由评审结果生成并送达评标报告（组长）：含全部评分、理由、保留意见和计算',
    en: 'Make the report from the marks and deliver it (the leader): with every mark, reason, dissent and formula',
    body: z.strictObject({ details: z.array(candidateDetails).max(100).default([]), findingZh: finding }),
    outcomes: [
      {
        status: 200,
        schema: z.object({ decisionId: id, documentId: id, sha256: z.string() }),
        zh: '已送达',
        en: 'Delivered',
      },
    ],
    errors: [...EVALUATION_ERRORS, 'hash-mismatch', 'bad-facts', 'bid-unknown'],
    handle: async ({
      services: { db, printEvaluation, settings },
      lot,
      body: { details, findingZh },
      person,
      commit,
    }) => {
      const place = evaluationPlace(lot);
      const record = await reportToPrint(db, place, person().account.id);
      const { html, pdf } = await printEvaluation(record);
      const stored = (bytes: Buffer) => db.blobs.store(Readable.from([bytes]), MOST_REPORT_BYTES);
      const page = {
        name: '评标报告.html',
        mediaType: 'text/html; charset=utf-8',
        file: await stored(Buffer.from(html)),
      };
      const print = pdf && { name: '评标报告.pdf', mediaType: 'application/pdf', file: await stored(pdf) };
      return commit(async (tx) => {
        const decision = await deliverEvaluated(
          tx,
          place,
          person().account.id,
          { hash: canonicalHash(record), files: print ? [page, print] : [page], details, findingZh },
          settings.confirmedRules,
        );
        const { documentId } = decision.payload;
        return ok({ decisionId: decision.id, documentId, sha256: page.file.sha256 });
      });
    },
  }),
  route({
    ...common,
    action: 'evaluation.extend',
    params,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/evaluation/extension',
    zh: '延长评标时间（招标人）：超过三分之一的成员认为时间不够的',
    en: 'Extend the time of the evaluation (the purchaser), where more than a third of the members ask for it',
    body: z.strictObject({ until: instant }),
    outcomes: [{ status: 200, schema: z.object({ until: instantOut }), zh: '已延长', en: 'Extended' }],
    errors: EVALUATION_ERRORS,
    judged: [{ field: 'until', rule: 'later', zh: '晚于原定时间', en: 'later than before' }],
    handle: async ({ lot, body: { until }, actor, commit }) =>
      commit(async (tx) => {
        await extendEvaluation(tx, actor, evaluationPlace(lot), until);
        return ok({ until: at(until) });
      }),
  }),
  route({
    ...common,
    action: 'evaluation.answer',
    params: bidParams,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/bids/{bidId}/explanation',
    zh: '书面答复评标委员会的要求（投标人，限期内）：说明报价，或者澄清并逐项确认',
    en: 'Answer what the committee asked, within the time that was given: explain your price, or clarify and confirm item by item',
    body: z.strictObject({
      textZh: prose(20_000),
      confirmed: z.array(z.boolean()).max(50).default([]),
      name: line(100).nullable().default(null).meta({
        description: '签字人：法定代表人或者其授权的代表；澄清须填写 / Who signs; needed to clarify',
      }),
    }),
    outcomes: [{ status: 200, schema: z.object({ bidId: id }), zh: '已收到', en: 'Received' }],
    errors: EVALUATION_ERRORS,
    judged: [
      { field: 'confirmed', rule: 'each-item', zh: '逐项确认', en: 'one for each item' },
      {
        field: 'textZh',
        rule: 'blind',
        zh: '所问为暗标部分的，不写明投标人名称',
        en: 'of a blind part, without the name of the bidder',
      },
    ],
    handle: async ({ lot, params: { bidId }, body, organisation, actor, commit }) =>
      commit(async (tx) => {
        const place = { ...evaluationPlace(lot), bidId, supplierId: organisation() };
        await answerCommittee(tx, actor, place, { kind: 'explanation', ...body });
        return ok({ bidId });
      }),
  }),
  route({
    ...common,
    action: 'evaluation.answer',
    params: bidParams,
    method: 'get',
    path: '/procurements/{id}/lots/{no}/bids/{bidId}/requests',
    zh: '评标委员会对本单位投标的书面要求及答复',
    en: 'What the committee asked of your bid, and what you answered',
    outcomes: [
      {
        status: 200,
        schema: z.object({
          items: z.array(requestSchema),
          corrections: z.array(askedCorrectionSchema).meta({
            description: '请确认的报价修正 / Corrections of your price that you are asked to confirm',
          }),
          unanswered: z.object({ zh: z.string(), en: z.string() }).meta({
            description: '逾期未答复澄清的后果 / What follows where a clarification is not given in time',
          }),
        }),
        zh: '要求',
        en: 'Requests',
      },
    ],
    errors: ['not-found'],
    handle: async ({ services: { db }, lot, params: { bidId }, organisation }) => {
      const of = { q: db.read, committees: db.committees };
      const place = { ...evaluationPlace(lot), bidId, supplierId: organisation() };
      const { requests, corrections, unanswered } = await requestsTo(of, place, db.now());
      return ok({
        items: requests.map(requestView),
        corrections: corrections.map(({ steps, until, answer }) => ({
          ...{ steps: [...steps], until: atOrNull(until) },
          ...{ yes: answer?.yes ?? null, name: answer?.name ?? null },
        })),
        unanswered,
      });
    },
  }),
  route({
    ...common,
    action: 'evaluation.answer',
    params: bidParams,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/bids/{bidId}/confirmation',
    zh: '确认或者不确认对报价的修正（投标人）',
    en: 'Confirm the correction of your price, or do not',
    body: z.strictObject({ yes: z.boolean(), name: line(100) }),
    outcomes: [{ status: 200, schema: z.object({ bidId: id }), zh: '已收到', en: 'Received' }],
    errors: ['stage-conflict', 'not-found'],
    handle: async ({ lot, params: { bidId }, body, organisation, actor, commit }) =>
      commit(async (tx) => {
        const place = { ...evaluationPlace(lot), bidId, supplierId: organisation() };
        await answerCommittee(tx, actor, place, { kind: 'confirmation', ...body });
        return ok({ bidId });
      }),
  }),
  route({
    ...common,
    action: 'score-sheet.read',
    params,
    method: 'get',
    path: '/procurements/{id}/lots/{no}/score-sheet',
    zh: '本单位的得分说明：存为文件即可用 kaibiao verify sheet 离线核算',
    en: 'Your own score sheet; kept as a file it is recomputed off-line by kaibiao verify sheet',
    outcomes: [
      {
        status: 200,
        schema: z
          .object({
            sheet: z.record(z.string(), z.unknown()),
            signed: z.string(),
            keys: z.array(z.record(z.string(), z.unknown())),
          })
          .meta({ id: 'ScoreSheet' }),
        zh: '得分说明',
        en: 'The score sheet',
      },
    ],
    errors: ['not-found'],
    handle: async ({ services: { db, signer }, lot, organisation }) => {
      const sheet = await scoreSheetOf(db.read, evaluationPlace(lot), organisation());
      const statement = { ...evaluationPlace(lot), bidId: sheet.bid.bidId, sha256: sheetHash(sheet) };
      const keys = await signingKeysOf(db.read);
      return ok({ sheet, signed: await signer.sign(SCORE_SHEET, statement), keys });
    },
  }),
];
