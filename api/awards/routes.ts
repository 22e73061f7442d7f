import * as z from 'zod';
import { decideAward } from '../../services/awards/award.ts';
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
];
