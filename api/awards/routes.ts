import * as z from 'zod';
import { decideAward } from '../../services/awards/award.ts';
import { refuseAward } from '../../services/awards/refuse.ts';
import { replaceWinner } from '../../services/awards/replace.ts';
import { AWARD_GROUNDS } from '../../domain/decisions.ts';
import { DECISION_OUTCOMES } from '../decisions/views.ts';
import { route } from '../http/route.ts';
import { id, lotNo, prose } from '../http/schemas.ts';

const common = { at: 'lot', tag: 'lots', params: z.object({ id, no: lotNo }), outcomes: DECISION_OUTCOMES } as const;

export const awardRoutes = [
  route({
    ...common,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/award',
    action: 'award.decide',
    fresh: true,
    zh: '确定中标人',
    en: 'Decide the award',
    body: z.strictObject({
      bidId: id,
      ground: z.enum(AWARD_GROUNDS).nullable().default(null),
      reasonZh: prose(5000).nullable().default(null),
      passedOver: z
        .array(z.strictObject({ bidId: id, ground: z.enum(AWARD_GROUNDS), reasonZh: prose(5000) }))
        .max(100)
        .optional()
        .meta({
          description:
            '排名第一与所选者之间的每个候选人及其法定情形（ground、reasonZh 为第一名的） / Each candidate between the first and the chosen one, with its ground (`ground` and `reasonZh` are those of the first)',
        }),
    }),
    errors: ['unlawful', 'bid-unknown', 'stage-conflict', 'suspended'],
    judged: [
      {
        field: 'passedOver[*].bidId',
        rule: 'between',
        zh: '排名第一与所选者之间的候选人，每人一项',
        en: 'a candidate ranked between the first and the chosen one, each once',
      },
    ],
    handle: ({ procurement, lot, body, actor, decide }) =>
      decide('award', (tx) => decideAward(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body)),
  }),
  route({
    ...common,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/award/refusal',
    action: 'award.refuse',
    fresh: true,
    zh: '放弃中标、拒绝签订合同（中标人）',
    en: 'Refuse the award, as its winner',
    body: z.strictObject({ reasonZh: prose(5000) }),
    errors: ['stage-conflict', 'not-found', 'already-exists'],
    handle: ({ procurement, lot, body: { reasonZh }, organisation, actor, decide }) =>
      decide('refuse-award', (tx) =>
        refuseAward(
          tx,
          actor,
          { procurementId: procurement.id, lotNo: lot.no },
          { supplierId: organisation(), reasonZh },
        ),
      ),
  }),
  route({
    ...common,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/award/replacement',
    action: 'award.replace',
    fresh: true,
    zh: '取消中标资格：依次确定下一名候选人，或者重新招标',
    en: 'The winner loses the award: to the next-ranked candidate, or to a new tender',
    body: z.strictObject({
      ground: z.enum(AWARD_GROUNDS),
      reasonZh: prose(5000),
      documentId: id.nullable().default(null).meta({
        description:
          '证明材料（kind=evidence）；平台没有记录的必填 / What shows it, where the platform has no record of it',
      }),
      grievanceId: id.optional().meta({
        description: '认定成立的异议（质疑）（unlawful-conduct） / The grievance that was upheld',
      }),
      then: z.enum(['next', 'retender']).meta({
        description: 'next：依次确定下一名；retender：重新招标（采购） / The next-ranked, or a new tender',
      }),
    }),
    errors: ['unlawful', 'stage-conflict', 'suspended', 'not-found'],
    judged: [
      { field: 'documentId', rule: 'document-kind', zh: '是上传为证明材料的文件', en: 'was uploaded as evidence' },
    ],
    handle: ({ procurement, lot, body, actor, decide }) =>
      decide('replace-winner', (tx) =>
        replaceWinner(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body),
      ),
  }),
];
