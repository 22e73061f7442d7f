import * as z from 'zod';
import { latestDecision } from '../../db/decisions.ts';
import { notFound } from '../../db/procurements.ts';
import { deliverReport } from '../../services/evaluation/report.ts';
import { permission } from '../../domain/roles.ts';
import { DECISION_OUTCOMES } from '../decisions/views.ts';
import { ok, route } from '../http/route.ts';
import { at, fen, id, instant, instantOut, line, lotNo, prose } from '../http/schemas.ts';

const params = z.object({ id, no: lotNo });
const documentId = id.nullable().default(null);

const member = z.strictObject({ name: line(100), kind: z.enum(['expert', 'purchaser']) });
const candidate = z.strictObject({
  bidId: id,
  rank: z.int().min(1).max(100),
  priceFen: fen,
  score: z.number().min(0).max(1000).nullable().default(null),
  address: line(500).optional().meta({ description: '供应商地址 / The bidder’s address' }),
  quality: line(500).optional().meta({ description: '质量 / Quality as bid' }),
  period: line(500).optional().meta({ description: '工期（交货期） / Time of performance as bid' }),
  evaluationZh: prose(5000).optional().meta({ description: '评标情况；不填则公示得分 / How it was evaluated' }),
  projectLead: line(100).optional().meta({ description: '项目负责人姓名 / The project lead' }),
  leadCertificate: line(500).optional().meta({ description: '证书名称和编号 / Certificate and its number' }),
  qualification: prose(5000).optional().meta({ description: '响应的资格能力条件 / How it qualifies' }),
  items: z
    .array(
      z.strictObject({
        name: line(500),
        specification: line(2000).optional().meta({ description: '规格型号 / Specification, model' }),
        quantity: line(100).optional(),
        unitPriceFen: fen.optional(),
        service: prose(5000).optional().meta({ description: '服务要求 / Service requirements' }),
      }),
    )
    .max(200)
    .optional()
    .meta({ description: '主要标的 / Main items of what is bought' }),
  smeDeclarationZh: prose(5000)
    .optional()
    .meta({ description: '中小企业声明函（享受扶持政策的） / Declaration of a small firm that was preferred' }),
});
const rejection = z.strictObject({ bidId: id, reasonZh: prose(2000) });
const count = z.int().min(0).max(10_000);

const reportSchema = z.strictObject({
  evaluationEndedAt: instant,
  committee: z.array(member).min(1).max(50),
  qualified: count,
  conforming: count,
  candidates: z.array(candidate).max(100),
  rejected: z.array(rejection).max(1000).default([]),
  competition: z.enum(['sufficient', 'insufficient']).default('sufficient'),
  documentId,
});

const reportView = z
  .object({
    decisionId: id,
    receivedAt: instantOut,
    evaluationEndedAt: instantOut,
    committee: z.array(member).nullable().meta({ description: '中标结果确定前保密，为 null / null until the award' }),
    qualified: count,
    conforming: count,
    candidates: z.array(candidate),
    rejected: z.array(rejection),
    competition: z.enum(['sufficient', 'insufficient']),
    documentId: id.nullable(),
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
    judged: ['candidates', 'rejected', 'conforming', 'evaluationEndedAt'].map((field) => ({
      field,
      zh: '与收到的投标文件、开标时间一致',
      en: 'agrees with the bids that were received, and with the opening',
    })),
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
    zh: '查看评标报告；评标委员会名单在中标结果确定前保密',
    en: 'Read the report; the committee’s names are confidential until the award',
    outcomes: [{ status: 200, schema: reportView, zh: '报告', en: 'The report' }],
    handle: async ({ services: { db }, procurement, lot, role }) => {
      const place = { procurementId: procurement.id, lotNo: lot.no };
      const report = await latestDecision(db.read, place, 'report');
      if (!report) throw notFound('report', `${procurement.id}/lot/${lot.no}`);
      const committee = permission(role, 'committee.read', {
        stage: procurement.stage,
        lotStage: lot.stage,
        opened: true,
        awarded: lot.awardedAt !== null,
      });
      return ok({
        ...report.payload,
        decisionId: report.id,
        receivedAt: at(report.receivedAt),
        evaluationEndedAt: at(report.payload.evaluationEndedAt),
        committee: 'scope' in committee ? report.payload.committee : null,
      });
    },
  }),
];
