import * as z from 'zod';
import { DomainError } from '../../domain/errors.ts';
import { parseInstantOrDate } from '../../domain/civil-time.ts';
import { conflictsOf } from '../../domain/law/conflicts.ts';
import { auditNotice } from '../../domain/law/audit.ts';
import { due, getPeriodRule } from '../../domain/law/due.ts';
import { PROCEDURES, REGIMES } from '../../domain/law/facts.ts';
import { MILESTONES } from '../../domain/law/milestones.ts';
import { plan } from '../../domain/law/plan.ts';
import { RULE_KINDS, type Rule } from '../../domain/law/rule.ts';
import { getRule, RULES } from '../../domain/law/rulebook.ts';
import { planBackFrom, whatIf } from '../../domain/law/what-if.ts';
import { planSchema, planView, traceSchema, violationSchema, violationView } from './views.ts';
import { quoteOf, ruleLinks, ruleLinksSchema } from './links.ts';
import { KINDS } from '../procurements/views.ts';
import { publishedFactsOf, publishedNoticeSchema } from '../../imports/notices/published-notice.ts';
import { ok, route } from '../http/route.ts';
import { at, atOrNull, instantOut, readBy } from '../http/schemas.ts';

const tag = 'law';
const ruleId = z.string().max(100).meta({ example: 'works-bid-prep-min' });

const ruleSchema = z
  .looseObject({
    id: z.string(),
    kind: z.enum(RULE_KINDS),
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

const ruleView = (rule: Rule): z.infer<typeof ruleSchema> => ({
  ...rule,
  conflicts: conflictsOf(rule.id).map((each) => ({ ...each, rules: [...each.rules] })),
});

/** An instant with its offset, or a bare date, which is its first moment in +08:00. */
const instantOrDate = z
  .string()
  .max(40)
  .transform(readBy(parseInstantOrDate))
  .meta({ example: '2026-04-30', override: { type: 'string' } });

/** A rule that sets a period; of one mistyped, those that may have been meant are told. */
const periodRule = z
  .string()
  .max(100)
  .transform(readBy((text) => getPeriodRule(text).id))
  .meta({ example: 'works-bid-prep-min', override: { type: 'string' } });

const dueSchema = z
  .object({
    rule: z.string(),
    from: instantOut,
    due: instantOut,
    endsAt: instantOut.meta({ description: '首个逾期时间 / The first instant that is out of time' }),
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

const whatIfSchema = z
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
    broken: z.array(violationSchema).meta({ description: '因此违反的规则 / What is broken by it' }),
    mended: z.array(violationSchema).meta({ description: '因此消除的违反 / What is mended by it' }),
  })
  .meta({ id: 'WhatIf' });

/** Notices of one request; a file of more is for the command line. */
const MAX_NOTICES = 200;

const verdictSchema = z
  .enum(['lawful', 'borderline', 'unlawful', 'unknown'])
  .meta({ id: 'AuditVerdict', description: '合法、存疑、违法、不明 / The verdict' });

const auditSchema = z
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
        need: z.number().meta({ description: '要求，单位见 unit / What the rule asks, in unit' }),
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
  })
  .meta({ id: 'NoticeAudit' });

/** What a timeline is drawn for. */
const drawn = {
  regime: z.enum(REGIMES),
  procedure: z.enum(PROCEDURES).default('open-tender'),
  kind: z.enum(KINDS).default('works'),
};

export const lawRoutes = [
  route({
    method: 'get',
    path: '/law/rules',
    action: 'law.read',
    at: 'anywhere',
    tag,
    zh: '法条规则',
    en: 'The rulebook',
    query: z.strictObject({
      kind: z.enum(RULE_KINDS).optional(),
      q: z.string().max(100).optional().meta({ description: '编号、名称或法律名中的文字 / Part of id, name or law' }),
    }),
    outcomes: [{ status: 200, schema: z.object({ items: z.array(ruleSchema) }), zh: '规则', en: 'Rules' }],
    handle: async ({ query: { kind, q } }) =>
      ok({
        items: RULES.filter(
          (rule) =>
            (kind === undefined || rule.kind === kind) &&
            (q === undefined || [rule.id, rule.nameZh, rule.law, rule.lawFull].some((text) => text.includes(q))),
        ).map(ruleView),
      }),
  }),
  route({
    method: 'get',
    path: '/law/rules/{ruleId}',
    action: 'law.read',
    at: 'anywhere',
    tag,
    zh: '查看规则',
    en: 'Read a rule',
    params: z.object({ ruleId }),
    outcomes: [{ status: 200, schema: ruleSchema, zh: '规则', en: 'The rule' }],
    errors: ['unknown-rule'],
    handle: async ({ params }) => ok(ruleView(getRule(params.ruleId))),
  }),
  route({
    method: 'get',
    path: '/law/due',
    action: 'law.read',
    at: 'anywhere',
    tag,
    zh: '计算期限：从何时起，何时届满，逐日说明',
    en: 'Count a period, day by day',
    query: z.strictObject({ rule: periodRule, from: instantOrDate }),
    outcomes: [{ status: 200, schema: dueSchema, zh: '期限', en: 'The instant it ends' }],
    errors: ['calendar-year-not-loaded'],
    handle: async ({ services: { db }, query }) => {
      const result = due(query.rule, query.from, await db.calendar());
      return ok({
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
      } satisfies z.infer<typeof dueSchema>);
    },
  }),
  route({
    method: 'get',
    path: '/law/plan',
    action: 'law.read',
    at: 'anywhere',
    tag,
    zh: '从公告时间推算全部法定时间表',
    en: 'The whole timeline from the instant of the notice',
    query: z.strictObject({
      ...drawn,
      noticeAt: instantOrDate.optional(),
      backFrom: instantOrDate.optional().meta({
        description: '投标截止时间，由此倒推最晚公告日 / A bid deadline: the latest lawful notice for it',
        example: '2026-04-30T09:00:00+08:00',
        override: { type: 'string' },
      }),
    }),
    outcomes: [{ status: 200, schema: planSchema, zh: '时间表', en: 'The timeline' }],
    errors: ['bad-input', 'unlawful', 'procedure-not-supported', 'calendar-year-not-loaded'],
    handle: async ({ services: { db, settings }, query: { noticeAt, backFrom, ...facts } }) => {
      const options = { confirmed: settings.confirmedRules };
      if (noticeAt !== undefined && backFrom === undefined)
        return ok(planView(plan({ ...facts, noticeAt }, await db.calendar())));
      if (noticeAt === undefined && backFrom !== undefined) {
        return ok(planView(planBackFrom({ ...facts, bidDeadline: backFrom }, await db.calendar(), options)));
      }
      throw new DomainError('bad-input', {
        messageZh: 'noticeAt 与 backFrom 须且只能给其一',
        messageEn: 'Give either noticeAt or backFrom',
        details: { field: 'noticeAt' },
      });
    },
  }),
  route({
    method: 'get',
    path: '/law/whatif',
    action: 'law.read',
    at: 'anywhere',
    tag,
    zh: '改动一个节点，其余如何变化',
    en: 'What moving one milestone does to all others',
    query: z.strictObject({
      ...drawn,
      noticeAt: instantOrDate,
      bidDeadline: instantOrDate.optional(),
      milestone: z.enum(MILESTONES),
      to: instantOrDate,
    }),
    outcomes: [{ status: 200, schema: whatIfSchema, zh: '变化', en: 'What changes' }],
    errors: ['procedure-not-supported', 'calendar-year-not-loaded'],
    handle: async ({ services: { db, settings }, query: { milestone, to, bidDeadline, ...facts } }) => {
      const known = { ...facts, ...(bidDeadline === undefined ? {} : { bidDeadline }) };
      const { moved, broken, mended } = whatIf(known, { [milestone]: to }, await db.calendar(), {
        confirmed: settings.confirmedRules,
      });
      return ok({
        moved: moved.map((each) => ({ ...each, before: atOrNull(each.before), after: atOrNull(each.after) })),
        broken: broken.map(violationView),
        mended: mended.map(violationView),
      });
    },
  }),
  route({
    method: 'post',
    path: '/law/audit',
    action: 'law.read',
    at: 'anywhere',
    // Nothing is stored: the same question has the same answer.
    withoutKey: true,
    tag,
    zh: '审查他处发布的公告',
    en: 'Judge notices published elsewhere',
    body: z.strictObject({ notices: z.array(publishedNoticeSchema).min(1).max(MAX_NOTICES) }),
    outcomes: [
      {
        status: 200,
        schema: z.object({ items: z.array(auditSchema), summary: z.record(verdictSchema, z.int()) }),
        zh: '逐条结论，次序同所给，并汇总',
        en: 'A verdict on each, in their order, and how many of each',
      },
    ],
    handle: async ({ services: { db, settings }, body: { notices } }) => {
      const options = { calendar: await db.calendar(), confirmed: settings.confirmedRules };
      const items = notices.map((notice) => {
        const { checks, ...audited } = auditNotice(publishedFactsOf(notice), options);
        return {
          id: notice.id === undefined || notice.id === null ? null : String(notice.id),
          ...audited,
          checks: checks.map((each) => ({ ...each, links: ruleLinks(each.rule) })),
        };
      });
      const summary = { lawful: 0, borderline: 0, unlawful: 0, unknown: 0 };
      for (const { verdict } of items) summary[verdict] += 1;
      return ok({ items, summary });
    },
  }),
];
