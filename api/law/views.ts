import * as z from 'zod';
import { fieldNamed, issueSchema } from '../http/problems.ts';
import { namedField } from '../../domain/fields/named.ts';
import type { TimelineEntry } from '../../db/tender/timeline.ts';
import { conflictsOf } from '../../domain/law/conflicts.ts';
import type { Due } from '../../domain/law/due.ts';
import { milestoneName, MILESTONES } from '../../domain/law/milestones.ts';
import type { ProcedureWords } from '../../domain/procedures/words.ts';
import type { TraceEntry } from '../../domain/law/period.ts';
import type { Violation } from '../../domain/law/violation.ts';
import type { Plan } from '../../domain/law/plan.ts';
import { RULE_KINDS, RULE_USES, type Rule } from '../../domain/law/rule.ts';
import type { EndedSuspension, Suspended } from '../../domain/suspended.ts';
import { pauseSchema, pauseView } from '../openings/views.ts';
import { pastSuspensionSchema, pastSuspensionView, suspendedSchema, suspendedView } from '../procurements/suspended.ts';
import { quoteOf, ruleLinks, ruleLinksSchema } from './links.ts';
import { atOrNull, at, bilingual, id, instantOut } from '../http/schemas.ts';

const key = z.enum(MILESTONES).meta({ id: 'MilestoneKey', description: '法定节点 / Milestone' });

/** How a period was counted, day by day. */
export const traceSchema = z.array(z.record(z.string(), z.unknown())).meta({
  description: '逐日计算过程 / Day by day',
  example: [{ day: '2026-03-27', weekday: 'Fri', counted: true, n: 1 }],
});

const plannedSchema = z
  .object({
    key,
    nameZh: z.string(),
    nameEn: z.string(),
    at: instantOut,
    earliest: instantOut.nullable(),
    latest: instantOut.nullable(),
    state: z.enum(['given', 'proposed', 'projected', 'done']),
    provisional: z
      .boolean()
      .meta({ description: '涉及尚未公布的放假安排 / Depends on a holiday notice that is not out' }),
    bounds: z.object({ earliest: instantOut, latest: instantOut }).nullable(),
    ifNobodyActs: bilingual.nullable(),
    rules: z.array(
      z.object({
        id: z.string(),
        law: z.string(),
        article: z.string(),
        status: z.enum(['VERIFIED', 'RECALLED']),
        quote: z.string().nullable().meta({ description: '原文 / The words of the law' }),
        from: instantOut.meta({ description: '起算时间 / Counted from' }),
        links: ruleLinksSchema,
        effect: z.enum(['earliest', 'latest', 'exact', 'ends']),
        earliest: instantOut.nullable(),
        latest: instantOut.nullable(),
        advisory: bilingual.nullable(),
        provisional: z.boolean(),
      }),
    ),
    trace: traceSchema,
  })
  .meta({ id: 'PlannedMilestone' });

export const planSchema = z
  .object({
    rulebookVersion: z.string(),
    calendarHash: z.string(),
    milestones: z.array(plannedSchema),
  })
  .meta({ id: 'Plan', description: '法定时间表 / The whole legal timeline' });

const orNull = (ms: number | undefined): string | null => atOrNull(ms ?? null);
const traceView = (trace: readonly TraceEntry[]): z.infer<typeof traceSchema> => trace.map((entry) => ({ ...entry }));

export function planView(plan: Plan): z.infer<typeof planSchema> {
  return {
    rulebookVersion: plan.rulebookVersion,
    calendarHash: plan.calendarHash,
    milestones: plan.milestones.map((milestone) => ({
      key: milestone.key,
      nameZh: milestone.nameZh,
      nameEn: milestone.nameEn,
      at: at(milestone.at),
      earliest: orNull(milestone.earliest),
      latest: orNull(milestone.latest),
      state: milestone.state,
      provisional: milestone.provisional,
      bounds: milestone.bounds
        ? { earliest: at(milestone.bounds.earliest), latest: at(milestone.bounds.latest) }
        : null,
      ifNobodyActs: milestone.ifNobodyActs ?? null,
      rules: milestone.rules.map((rule) => ({
        id: rule.id,
        law: rule.law,
        article: rule.article,
        status: rule.status,
        quote: quoteOf(rule.id),
        from: at(rule.from),
        links: ruleLinks(rule.id, rule.from),
        effect: rule.effect,
        earliest: orNull(rule.earliest),
        latest: orNull(rule.latest),
        advisory: rule.advisory ?? null,
        provisional: rule.provisional,
      })),
      trace: traceView(milestone.trace),
    })),
  };
}

export const violationSchema = z
  .object({
    rule: z.string(),
    law: z.string().nullable(),
    article: z.string().nullable(),
    status: z.enum(['VERIFIED', 'RECALLED', 'LOGIC']),
    severity: z.enum(['block', 'warn']),
    ...fieldNamed,
    given: z.union([z.string(), z.number()]).nullable(),
    earliestLawful: instantOut.optional(),
    latestLawful: instantOut.optional(),
    limit: z.number().optional(),
    lawfulChoices: z
      .array(z.string())
      .optional()
      .meta({ description: '可以改用的采购方式或品目 / What could be given instead' }),
    related: z
      .array(z.object({ id, title: z.string(), amountFen: z.int() }))
      .optional()
      .meta({ description: '所涉及的其他项目（仅限您可以查看的） / Other procurements, as far as you may see them' }),
    messageZh: z.string(),
    messageEn: z.string(),
    links: ruleLinksSchema,
  })
  .meta({ id: 'Violation' });

/** A violation in the form of the answer. */
export const violationView = (violation: Violation): z.infer<typeof violationSchema> => ({
  ...violation,
  ...namedField(violation.field),
  lawfulChoices: violation.lawfulChoices && [...violation.lawfulChoices],
  related: violation.related?.map((each) => ({ ...each })),
  links: ruleLinks(violation.rule),
});

export const milestoneSchema = z
  .object({
    lotNo: z.int().meta({ description: '0：整个项目 / 0: the procurement as a whole' }),
    key,
    nameZh: z.string(),
    nameEn: z.string(),
    fromAt: instantOut.nullable().meta({ description: '起算时间 / Counted from' }),
    dueAt: instantOut.nullable().meta({ description: '法定时间；暂停期间为 null / null while suspended' }),
    firstDueAt: instantOut.nullable().meta({ description: '最初计划 / As first planned' }),
    earliest: instantOut.nullable(),
    latest: instantOut.nullable(),
    rules: z.array(
      z.object({
        ...{ id: z.string(), law: z.string(), article: z.string(), status: z.string() },
        quote: z.string().nullable().meta({ description: '原文 / The words of the law' }),
        links: ruleLinksSchema,
      }),
    ),
    provisional: z.boolean(),
    ifNobodyActs: bilingual.nullable(),
    state: z.enum(['planned', 'window', 'suspended', 'done', 'deemed', 'cancelled']),
    actualAt: instantOut.nullable().meta({ description: '实际时间 / When it was in fact done' }),
    by: z.string().nullable().meta({ description: '由谁：unattended 为系统自动 / unattended: the platform itself' }),
    overdue: z.boolean(),
    suspensions: z
      .array(suspendedSchema)
      .meta({ description: '现在因何暂停计算；没有则为空 / Why its clock does not run now; empty: it does' }),
    pastSuspensions: z.array(pastSuspensionSchema).meta({ description: '已结束的暂停 / Those that have ended' }),
    pauses: z.array(pauseSchema).meta({ description: '监督部门暂停开标的时段 / When a supervisor had it paused' }),
    trace: traceSchema,
  })
  .meta({ id: 'Milestone' });

/** @param suspended why the clock that it is counted by does not run now; `past`: when it did not before */
export function milestoneView(
  milestone: TimelineEntry,
  words: ProcedureWords,
  suspended: readonly Suspended[],
  past: readonly EndedSuspension[],
): z.infer<typeof milestoneSchema> {
  const name = milestoneName(milestone.key, words);
  const isOpen = milestone.state === 'planned' || milestone.state === 'window';
  // A supervisor's order moves no deadline.
  const isSuspended = isOpen && suspended.some(({ by }) => by !== 'supervisor');
  return {
    lotNo: milestone.lotNo,
    key: milestone.key,
    nameZh: name.zh,
    nameEn: name.en,
    fromAt: atOrNull(milestone.fromAt),
    dueAt: atOrNull(isSuspended ? null : milestone.dueAt),
    firstDueAt: atOrNull(milestone.firstDueAt),
    earliest: atOrNull(milestone.earliest),
    latest: atOrNull(milestone.latest),
    rules: milestone.rules.map((rule) => ({
      ...rule,
      quote: quoteOf(rule.id),
      links: ruleLinks(rule.id, milestone.fromAt),
    })),
    provisional: milestone.provisional,
    ifNobodyActs: milestone.ifNobodyActs,
    state: isSuspended ? 'suspended' : milestone.state,
    actualAt: atOrNull(milestone.actualAt),
    by: milestone.by,
    overdue: milestone.overdue,
    suspensions: suspended.map(suspendedView),
    pastSuspensions: past.map(pastSuspensionView),
    pauses: milestone.pauses.map(pauseView),
    trace: milestone.trace as z.infer<typeof traceSchema>,
  };
}

export const ruleSchema = z
  .looseObject({
    id: z.string(),
    kind: z.enum(RULE_KINDS),
    use: z.enum(RULE_USES).meta({
      description:
        '用途：拒绝、计算、提示、计时、展示；未核对原文的不拒绝 / What it is for; one whose text was not read never blocks',
    }),
    nameZh: z.string(),
    law: z.string(),
    lawFull: z.string(),
    article: z.string(),
    status: z.enum(['VERIFIED', 'RECALLED']),
    conflicts: z
      .array(
        z.object({
          rules: z.array(z.string()),
          topicZh: z.string(),
          topicEn: z.string(),
          takenZh: z.string(),
          takenEn: z.string(),
        }),
      )
      .meta({ description: '与其他条文不一致之处及取法 / Where other texts differ, and what is taken' }),
  })
  .meta({ id: 'Rule' });

export const ruleView = (rule: Rule): z.infer<typeof ruleSchema> => ({
  ...rule,
  conflicts: conflictsOf(rule.id).map((each) => ({ ...each, rules: [...each.rules] })),
});

export const dueSchema = z
  .object({
    rule: z.string(),
    from: instantOut,
    due: instantOut,
    endsAt: instantOut.meta({ description: '首个逾期时间 / The first instant that is too late' }),
    lastDay: z.string(),
    nthDay: z.string().nullable().meta({ description: '顺延前的第 N 日 / The Nth day, before it rolled' }),
    earliest: instantOut.nullable(),
    actBy: instantOut.nullable(),
    provisional: z.boolean(),
    bounds: z.object({ earliest: instantOut, latest: instantOut }),
    trace: traceSchema,
    law: z.string(),
    article: z.string(),
    status: z.enum(['VERIFIED', 'RECALLED']),
    quote: z.string().nullable(),
    links: ruleLinksSchema,
  })
  .meta({ id: 'Due' });

export const dueView = (result: Due): z.infer<typeof dueSchema> => ({
  rule: result.rule,
  from: at(result.from),
  due: at(result.due),
  endsAt: at(result.endsAt),
  lastDay: result.lastDay,
  nthDay: result.nthDay ?? null,
  earliest: result.earliest === undefined ? null : at(result.earliest),
  actBy: result.actBy === undefined ? null : at(result.actBy),
  provisional: result.provisional,
  bounds: { earliest: at(result.bounds.earliest), latest: at(result.bounds.latest) },
  trace: result.trace.map((entry) => ({ ...entry })),
  law: result.law,
  article: result.article,
  status: result.status,
  quote: quoteOf(result.rule),
  links: ruleLinks(result.rule, result.from),
});

export const whatIfSchema = z
  .object({
    moved: z.array(
      z.object({
        key: z.enum(MILESTONES),
        nameZh: z.string(),
        nameEn: z.string(),
        before: instantOut.nullable(),
        after: instantOut.nullable(),
      }),
    ),
    broken: z.array(violationSchema).meta({ description: '因此违反的规则 / The rules that it breaks' }),
    mended: z.array(violationSchema).meta({ description: '因此消除的违反 / What it corrects' }),
  })
  .meta({ id: 'WhatIf' });

export const verdictSchema = z
  .enum(['lawful', 'borderline', 'unlawful', 'unknown'])
  .meta({ id: 'AuditVerdict', description: '合法、存疑、违法、不明 / The verdict' });

export const auditSchema = z
  .object({
    id: z.string().nullable().meta({ description: '所给的编号 / The id as given' }),
    verdict: verdictSchema,
    checks: z.array(
      z.object({
        rule: z.string(),
        law: z.string(),
        article: z.string(),
        status: z.enum(['VERIFIED', 'RECALLED']),
        bound: z.enum(['min', 'max', 'exact']),
        need: z.number().meta({ description: '要求，单位见 unit / What the rule requires, in unit' }),
        found: z.number().nullable().meta({ description: '所见；无法计算为 null / Found; null: not countable' }),
        unit: z.string(),
        from: z.string().meta({ description: '起算字段 / Field it is counted from', example: 'doc_from' }),
        to: z.string().meta({ description: '截止字段 / Field it is counted to', example: 'deadline' }),
        verdict: verdictSchema,
        messageZh: z.string(),
        messageEn: z.string(),
        links: ruleLinksSchema,
      }),
    ),
    contradictions: z.array(
      z.object({
        fields: z.array(z.string()),
        values: z.array(z.string()),
        messageZh: z.string(),
        messageEn: z.string(),
      }),
    ),
    missing: z.array(z.string()).meta({ description: '规则所需而未载的字段 / Fields that a rule would need' }),
    unread: z
      .array(issueSchema)
      .meta({ description: '无法识别的字段，其余已审 / Fields that cannot be read; the others are judged' }),
  })
  .meta({ id: 'NoticeAudit' });
