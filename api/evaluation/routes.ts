import * as z from 'zod';
import { decisionsOf } from '../../db/decisions.ts';
import { biddersOf } from '../../db/parties/names.ts';
import { notFound } from '../../db/procurements.ts';
import { reading } from '../../services/committees/members.ts';
import { committeeReported } from '../../services/evaluation/committee.ts';
import { deliverReport } from '../../services/evaluation/report.ts';
import { CORRECTION_STEPS, type Valued } from '../../domain/decisions.ts';
import { countsOf } from '../../domain/evaluation/report.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { permission } from '../../domain/roles.ts';
import { DECISION_OUTCOMES } from '../decisions/views.ts';
import { resultSchema } from './recheck-views.ts';
import { ok, route } from '../http/route.ts';
import { at, fen, id, instant, instantOut, line, lotNo, prose } from '../http/schemas.ts';

const params = z.object({ id, no: lotNo });
const documentId = id.nullable().default(null);

const member = z.strictObject({ name: line(100), kind: z.enum(['expert', 'purchaser']) });
const correction = z.strictObject({
  step: z.enum(CORRECTION_STEPS).meta({
    description:
      '开标一览表优先、大写优先、小数点错位、按单价汇总、按单价 / The opening list, the words, a misplaced point, the sum of unit prices, the unit price',
  }),
  toFen: fen.meta({ description: '修正后的报价 / The price that it leads to' }),
  noteZh: prose(2000),
});
const confirmedBy = line(100).meta({ description: '确认人（投标人的授权代表） / Who confirmed it for the bidder' });
const valued = {
  bidId: id,
  priceFen: fen.meta({
    description: '开启的报价，或依法修正后的报价 / The price of the opened bid, or what its corrections made of it',
  }),
  evaluatedFen: fen.optional().meta({ description: '评标价，与报价不同的 / The evaluated price, where it is another' }),
  evaluatedZh: prose(2000).optional().meta({
    description: '评标价与报价不同的理由和数额 / Why the evaluated price is another, and by how much',
  }),
  score: z.number().min(0).max(1000).nullable().default(null),
  brandBehind: id.optional().meta({
    description:
      '同品牌的候选人：本投标不被推荐（87令31） / The candidate of its brand, behind which it is not recommended',
  }),
  corrections: z.array(correction).min(1).max(10).optional(),
  confirmation: z
    .strictObject({ by: confirmedBy, at: instant })
    .optional()
    .meta({ description: '投标人对修正后报价的确认 / The bidder’s confirmation of the corrected price' }),
};
/** An item of what is bought (主要标的). */
export const awardItem = z.strictObject({
  name: line(500),
  specification: line(2000).optional().meta({ description: '规格型号 / Specification, model' }),
  quantity: line(100).optional(),
  unitPriceFen: fen.optional(),
  service: prose(5000).optional().meta({ description: '服务要求 / Service requirements' }),
});
const told = {
  address: line(500).optional().meta({ description: '供应商地址 / The bidder’s address' }),
  quality: line(500).optional().meta({ description: '质量 / Quality as bid' }),
  period: line(500).optional().meta({ description: '工期（交货期） / Time of performance as bid' }),
  evaluationZh: prose(5000).optional().meta({ description: '评标情况；不填则公示得分 / How it was evaluated' }),
  projectLead: line(100).optional().meta({ description: '项目负责人姓名 / The project lead' }),
  leadCertificate: line(500).optional().meta({ description: '证书名称和编号 / Certificate and its number' }),
  qualification: prose(5000).optional().meta({ description: '响应的资格能力条件 / How it qualifies' }),
  items: z.array(awardItem).max(200).optional().meta({ description: '主要标的 / Main items of what is bought' }),
  smeDeclarationZh: prose(5000)
    .optional()
    .meta({ description: '中小企业声明函（享受扶持政策的） / Declaration of a small firm that was preferred' }),
};
const candidate = z.strictObject({ ...valued, rank: z.int().min(1).max(100), ...told });
/** What notices state of a candidate, and marks do not say. */
export const candidateDetails = z.strictObject({ bidId: id, ...told });
const rejection = z.strictObject({
  bidId: id,
  ground: z.int().min(1).max(20).meta({
    description:
      '法定情形的序号（招标投标法实施条例51、87令63） / The item of the article that lists the grounds (招标投标法实施条例 51, 87令 63)',
  }),
  reasonZh: prose(2000),
});
/** Of a report that follows a recheck. */
export const finding = prose(5000).nullable().default(null).meta({
  description:
    '复核的意见和理由；复核之后的报告必填 / What the committee found when it looked again; needed after a recheck',
});
const count = z.int().min(0).max(10_000);

const reportSchema = z.strictObject({
  evaluationEndedAt: instant,
  committee: z.array(member).max(50).default([]).meta({
    description:
      '评标委员会成员；由本平台抽取组建的不填，由平台填入 / The members; left out where the committee was drawn here',
  }),
  candidates: z.array(candidate).max(100),
  others: z.array(z.strictObject(valued)).max(1000).default([]).meta({
    description:
      '其他有效投标：已开启的每个投标应当是候选人、其他有效投标或者被否决 / Other valid bids: each opened bid is a candidate, one of these, or rejected',
  }),
  rejected: z.array(rejection).max(1000).default([]),
  competition: z.enum(['sufficient', 'insufficient']).default('sufficient'),
  documentId,
  findingZh: finding,
});

/** Its bidder, named beside the id of each bid; instants as text. */
const shown = {
  ...{ supplierId: id, supplier: z.string() },
  confirmation: z.object({ by: confirmedBy, at: instantOut }).optional(),
};

const reportView = z
  .object({
    decisionId: id,
    receivedAt: instantOut,
    evaluationEndedAt: instantOut,
    committee: z.array(member).nullable().meta({ description: '中标结果确定前保密，为 null / null until the award' }),
    qualified: count.meta({ description: '通过资格审查的，由平台计数 / Qualified bidders, counted by the platform' }),
    conforming: count.meta({ description: '有效投标，由平台计数 / Valid bids, counted by the platform' }),
    candidates: z.array(
      candidate.extend({
        ...shown,
        tieZh: z.string().optional().meta({
          description: '并列的先后及其依据 / What orders it among equal bids, and by which rule',
        }),
      }),
    ),
    others: z.array(z.strictObject({ ...valued, ...shown })),
    rejected: z.array(rejection.extend({ supplierId: id, supplier: z.string() })),
    competition: z.enum(['sufficient', 'insufficient']),
    documentId: id.nullable(),
    made: z.enum(['here', 'outside']).meta({
      description:
        'here：由平台上的评分生成；outside：在平台外评审，由人填写 / From the marks on this platform, or typed from an evaluation elsewhere',
    }),
    findingZh: z.string().nullable(),
    recheck: resultSchema.nullable().meta({ description: '由复核产生的 / Of one that follows a recheck' }),
  })
  .meta({ id: 'Report' });

const common = { at: 'lot', tag: 'lots', params, outcomes: DECISION_OUTCOMES } as const;

export const evaluationRoutes = [
  route({
    ...common,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/report',
    action: 'report.submit',
    zh: '提交评标报告',
    en: 'Deliver the evaluation report',
    body: reportSchema,
    errors: ['unlawful', 'bid-unknown', 'stage-conflict', 'bad-facts'],
    judged: [
      ...['candidates', 'others', 'rejected', 'committee[*].name', 'evaluationEndedAt'].map((field) => ({
        field,
        zh: '与收到的投标文件、开标时间一致',
        en: 'agrees with the bids that were received, and with the opening',
      })),
      { field: 'documentId', rule: 'document-kind', zh: '是上传为报告的文件', en: 'was uploaded as a report' },
    ],
    handle: ({ services: { settings }, procurement, lot, body, actor, decide }) =>
      decide('report', (tx) =>
        deliverReport(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body, settings.confirmedRules),
      ),
  }),
  route({
    ...common,
    method: 'get',
    path: '/procurements/{id}/lots/{no}/report',
    action: 'report.read',
    query: z.strictObject({
      decisionId: id
        .optional()
        .meta({ description: '复核之前的报告，默认为现行的 / One from before a recheck; default: the one in force' }),
    }),
    zh: '查看评标报告；评标委员会名单在中标结果确定前保密',
    en: 'Read the report; the committee’s names are confidential until the award',
    outcomes: [{ status: 200, schema: reportView, zh: '报告', en: 'The report' }],
    handle: async ({ services: { db }, procurement, lot, query: { decisionId }, role }) => {
      const place = { procurementId: procurement.id, lotNo: lot.no };
      const reports = await decisionsOf(db.read, place, ['report']);
      const report = decisionId === undefined ? reports.at(-1) : reports.find((each) => each.id === decisionId);
      if (!report) throw notFound('report', `${procurement.id}/lot/${lot.no}`);
      const committee = permission(role, 'committee.read', {
        stage: procurement.stage,
        lotStage: lot.stage,
        opened: true,
        awarded: lot.awardedAt !== null,
      });
      const { candidates, others, rejected } = report.payload;
      const bidders = await biddersOf(
        db.read,
        [...candidates, ...others, ...rejected].map(({ bidId }) => bidId),
      );
      const named = <T extends { readonly bidId: string }>(bids: readonly T[]) =>
        bids.map((bid) => ({ ...bid, ...bidders.get(bid.bidId) }));
      const valuedBids = <T extends Valued>(bids: readonly T[]) =>
        named(bids).map(({ confirmation, ...bid }) => ({
          ...bid,
          ...(confirmation ? { confirmation: { by: confirmation.by, at: at(confirmation.at) } } : {}),
        }));
      return ok({
        ...report.payload,
        ...{ candidates: valuedBids(candidates), others: valuedBids(others), rejected: named(rejected) },
        ...countsOf(procedureOf(procurement), report.payload),
        made: report.payload.made ?? 'outside',
        findingZh: report.payload.findingZh ?? null,
        recheck: report.payload.recheck ?? null,
        decisionId: report.id,
        receivedAt: at(report.receivedAt),
        evaluationEndedAt: at(report.payload.evaluationEndedAt),
        committee: 'scope' in committee ? await committeeReported(reading(db), place, report.payload, false) : null,
      });
    },
  }),
];
