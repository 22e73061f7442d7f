import * as z from 'zod';
import type { CommitteeCall, Draw, DrawPart } from '../../db/committees/draws.ts';
import { CALL_STATES } from '../../domain/committees/calls.ts';
import { DEPARTURES, DRAW_STATES } from '../../domain/committees/state.ts';
import { DRAW_PARTIES } from '../../domain/draws/terms.ts';
import type { Member } from '../../services/committees/members.ts';
import type { StatedPlan } from '../../services/committees/plan.ts';
import { at, atOrNull, code, id, identifier, instant, instantOut, line, prose, sha256 } from '../http/schemas.ts';

const minutes = (fallback: number) => z.int().min(1).max(10_080).default(fallback);

const approval = z
  .strictObject({ authority: line(200), number: identifier(100) })
  .nullable()
  .default(null)
  .meta({
    description: '主管预算单位的同意：单位和文号 / The consent of the authority over the budget, and its number',
  });

export const directGiven = { reasonZh: prose(2000), approval };

const drawFields = {
  poolIds: z.array(id).min(1).max(20),
  groups: z
    .array(z.strictObject({ field: code, seats: z.int().min(1).max(99) }))
    .min(1)
    .max(50)
    .meta({ description: '按专业抽取的人数，依次抽取 / How many of each field, drawn in this order' }),
  regions: z.array(identifier(50)).min(1).max(50).nullable().default(null),
  representativeIds: z
    .array(z.string().min(1).max(100))
    .max(50)
    .default([])
    .meta({ description: '招标人（采购人）代表的账号 / Accounts of the purchaser’s representatives' }),
  complex: z.boolean().default(false).meta({
    description: '技术复杂或社会影响较大（87令47） / Complex, or of large social effect (87令 47)',
  }),
  earlyReasonZh: prose(2000).nullable().default(null),
  commitMinutes: minutes(30),
  revealMinutes: minutes(30),
  answerMinutes: minutes(60),
  onePerUnit: z.boolean().default(true).meta({
    description: '同一单位至多一人 / No two of one employer',
  }),
  direct: z.strictObject(directGiven).nullable().default(null).meta({
    description: '随机抽取难以确定时自行选定（直接确定）专家 / Experts may be chosen where a draw finds none',
  }),
};

export const drawGiven = z.strictObject({ ...drawFields, evaluationAt: instant });

const duration = z.int().min(0).max(100_000);
const timing = {
  evaluationMinutes: duration.default(0).meta({
    description: '开标（开启）后多少分钟开始评审 / The evaluation begins so many minutes after the opening',
  }),
  leadMinutes: duration.min(1).nullable().default(null).meta({
    description:
      '评审前多少分钟开始抽取；null：法律规定的最早工作日 9 时 / The draw begins so many minutes before the evaluation; null: at 9 on the first working day that the law allows',
  }),
};

export const planGiven = z.strictObject({ ...drawFields, ...timing });

export const planSchema = z
  .object({
    version: z.int(),
    drawAt: instantOut,
    evaluationAt: instantOut,
    evaluationMinutes: z.int(),
    leadMinutes: z.int().nullable(),
    statedAt: instantOut,
    settledAt: instantOut.nullable().meta({
      description: '平台发起抽取（或者不能发起）的时间 / When the platform opened the draw, or could not',
    }),
    failure: z
      .object({ code: z.string(), messageZh: z.string(), messageEn: z.string() })
      .nullable()
      .meta({ description: '不能发起的原因 / Why it could not' }),
    poolIds: z.array(id),
    groups: z.array(z.object({ field: z.string(), seats: z.int() })),
    representatives: z.int().meta({
      description: '招标人（采购人）代表人数；名单保密 / How many representatives; who they are is secret',
    }),
  })
  .meta({ id: 'DrawPlan' });

export const planView = ({
  plan,
  request,
  drawAt,
  evaluationAt,
  evaluationMinutes,
}: StatedPlan): z.infer<typeof planSchema> => ({
  ...{ version: plan.version, drawAt: at(drawAt), evaluationAt: at(evaluationAt), evaluationMinutes },
  ...{ leadMinutes: plan.leadMinutes, statedAt: at(plan.statedAt), settledAt: atOrNull(plan.settledAt) },
  ...{ failure: plan.failure, poolIds: [...request.poolIds] },
  groups: request.groups.map(({ field, seats }) => ({ field, seats })),
  representatives: request.representativeIds.length,
});

const party = z.enum(DRAW_PARTIES);

export const committeeSchema = z
  .object({
    drawId: id,
    round: z.int(),
    state: z.enum(DRAW_STATES).meta({
      description: '承诺、交出随机数、邀请、已组成、已结束、无效 / Commitments, parts, calls, formed, ended, void',
    }),
    hash: sha256,
    openedAt: instantOut,
    commitUntil: instantOut,
    firstRevealUntil: instantOut,
    revealUntil: instantOut,
    evaluationAt: instantOut,
    drawnAt: instantOut.nullable(),
    formedAt: instantOut.nullable(),
    shortAt: instantOut.nullable().meta({
      description: '评审开始时尚未组成 / When it was recorded that there was no committee in time',
    }),
    candidates: z.int(),
    excluded: z.int(),
    parties: z.array(z.object({ party, committedAt: instantOut, revealedAt: instantOut.nullable() })),
    calls: z.array(
      z.object({
        no: z.int(),
        field: z.string(),
        state: z.enum(CALL_STATES),
        askedAt: instantOut,
        answerUntil: instantOut,
        endedAt: instantOut.nullable(),
        cleared: z.boolean().meta({ description: '已声明无利害关系 / Has stated that there is no conflict' }),
        departure: z.enum(DEPARTURES).nullable(),
        chosen: z.boolean().meta({ description: '自行选定 / Chosen, and not drawn' }),
      }),
    ),
  })
  .meta({ id: 'CommitteeState' });

export function committeeView(
  draw: Draw,
  parts: readonly DrawPart[],
  calls: readonly CommitteeCall[],
): z.infer<typeof committeeSchema> {
  const { terms } = draw;
  return {
    ...{ drawId: draw.id, round: draw.round, state: draw.state, hash: draw.hash, openedAt: at(draw.openedAt) },
    ...{ commitUntil: at(terms.commitUntil), firstRevealUntil: at(terms.firstRevealUntil) },
    ...{ revealUntil: at(terms.revealUntil), evaluationAt: at(terms.evaluationAt) },
    ...{ drawnAt: atOrNull(draw.drawnAt), formedAt: atOrNull(draw.formedAt), shortAt: atOrNull(draw.shortAt) },
    ...{ candidates: terms.candidates.length, excluded: terms.excluded.length },
    parties: parts.map(({ party: by, committedAt, revealedAt }) => ({
      ...{ party: by, committedAt: at(committedAt), revealedAt: atOrNull(revealedAt) },
    })),
    calls: calls.map((call) => ({
      ...{ no: call.no, field: call.field, state: call.state, askedAt: at(call.askedAt) },
      ...{ answerUntil: at(call.answerUntil), endedAt: atOrNull(call.endedAt), cleared: call.clearedAt !== null },
      ...{ departure: call.departure, chosen: call.chosen },
    })),
  };
}

export const membersSchema = z
  .object({
    drawId: id,
    members: z.array(
      z.object({
        kind: z.enum(['expert', 'purchaser']),
        name: z.string(),
        employer: z.string().nullable(),
        field: z.string().nullable(),
        no: z.int().nullable().meta({ description: '邀请的序号 / The number of the call' }),
        chosen: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'CommitteeMembers' });

export const membersView = (drawId: string, members: readonly Member[]): z.infer<typeof membersSchema> => ({
  drawId,
  members: members.map(({ kind, name, employer, field, no, chosen }) => ({ kind, name, employer, field, no, chosen })),
});

export const answerGiven = z.strictObject({
  answer: z.enum(['confirm', 'decline']),
  reasonZh: prose(2000).nullable().default(null),
});
