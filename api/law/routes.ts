import * as z from 'zod';
import { placesOf } from '../../domain/fields/field.ts';
import { namedIssue, NOTHING_ASKED } from '../../domain/fields/named.ts';
import { badInput, type Issue } from '../../domain/issues.ts';
import { auditNotice } from '../../domain/law/audit.ts';
import { due, getPeriodRule, hasPeriod } from '../../domain/law/due.ts';
import { PROCEDURES, REGIMES } from '../../domain/law/facts.ts';
import { MILESTONES } from '../../domain/law/milestones.ts';
import { plan } from '../../domain/law/plan.ts';
import { RULE_KINDS, RULE_SCOPES, RULE_USES, type Rule } from '../../domain/law/rule.ts';
import { getRule, RULES } from '../../domain/law/rulebook.ts';
import { planBackFrom, whatIf } from '../../domain/law/what-if.ts';
import {
  auditSchema,
  dueSchema,
  dueView,
  planSchema,
  planView,
  ruleSchema,
  ruleView,
  verdictSchema,
  violationView,
  whatIfSchema,
} from './views.ts';
import { ruleLinks } from './links.ts';
import { KINDS } from '../procurements/views.ts';
import {
  columnOf,
  publishedFactsOf,
  publishedInPartSchema,
  publishedNoticeSchema,
} from '../../imports/notices/published-notice.ts';
import { issuesOf } from '../http/fields/issues.ts';
import { ok, route } from '../http/route.ts';
import { atOrNull, instantOrDay, pageOf, pageQuery, readBy, words } from '../http/schemas.ts';

const tag = 'law';
const ruleId = z.string().max(100).meta({ example: 'works-bid-prep-min' });

const ruleFilter = {
  kind: z.enum(RULE_KINDS).optional(),
  use: z.enum(RULE_USES).optional(),
  status: z.enum(['VERIFIED', 'RECALLED']).optional(),
  appliesTo: z.enum(RULE_SCOPES).optional(),
  law: words(40).optional().meta({ description: '法律简称 / Short name of the law', example: '财政部令87号' }),
  article: words(40).optional().meta({ description: '条，含其款项 / With its paragraphs', example: '33' }),
  q: words(100).optional().meta({ description: '编号、名称、法律名或原文中的文字 / Part of id, name, law or text' }),
};

function isWanted(rule: Rule, { q, article, ...exact }: z.infer<z.ZodObject<typeof ruleFilter>>): boolean {
  const { appliesTo, ...fields } = exact;
  return (
    Object.entries(fields).every(([field, value]) => value === undefined || rule[field as keyof Rule] === value) &&
    (appliesTo === undefined || rule.appliesTo.includes(appliesTo)) &&
    (article === undefined || rule.article === article || rule.article.startsWith(`${article}(`)) &&
    (q === undefined || [rule.id, rule.nameZh, rule.law, rule.lawFull, rule.quote].some((text) => text?.includes(q)))
  );
}

/** A rule that sets a period; for a mistyped id the error lists similar ones. */
const periodRule = z
  .string()
  .max(100)
  .transform(readBy((text) => getPeriodRule(text).id))
  .meta({
    example: 'works-bid-prep-min',
    override: { type: 'string', enum: RULES.filter(hasPeriod).map(({ id }) => id) },
  });

/** Notices in one request; for a larger file, use the command line. */
const MAX_NOTICES = 200;
const AUDITED = placesOf('/law/audit');

/** The input of a timeline. */
const tenderInput = {
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
    query: pageQuery.extend(ruleFilter),
    outcomes: [{ status: 200, schema: pageOf(ruleSchema), zh: '一页规则', en: 'A page of rules' }],
    handle: async ({ services: { cursors }, query: { limit, cursor, ...wanted } }) => {
      const after = cursors.read(cursor, ruleId);
      const from = after === undefined ? 0 : RULES.findIndex(({ id }) => id === after) + 1;
      const rules = RULES.slice(from).filter((rule) => isWanted(rule, wanted));
      return ok(cursors.page(rules.slice(0, limit + 1), limit, ruleView, ({ id }) => id));
    },
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
    en: 'Calculate a period, day by day',
    query: z.strictObject({ rule: periodRule, from: instantOrDay }),
    outcomes: [{ status: 200, schema: dueSchema, zh: '期限', en: 'The instant it ends' }],
    errors: ['calendar-year-not-loaded'],
    handle: async ({ services: { db }, query }) => ok(dueView(due(query.rule, query.from, await db.calendar()))),
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
      ...tenderInput,
      noticeAt: instantOrDay,
    }),
    outcomes: [{ status: 200, schema: planSchema, zh: '时间表', en: 'The timeline' }],
    errors: ['procedure-not-supported', 'calendar-year-not-loaded'],
    handle: async ({ services: { db }, query }) => ok(planView(plan(query, await db.calendar()))),
  }),
  route({
    method: 'get',
    path: '/law/plan/back',
    action: 'law.read',
    at: 'anywhere',
    tag,
    zh: '从投标截止时间倒推最晚公告日及全部法定时间表',
    en: 'The latest lawful notice for a bid deadline, with the whole timeline',
    query: z.strictObject({ ...tenderInput, bidDeadline: instantOrDay }),
    outcomes: [{ status: 200, schema: planSchema, zh: '时间表', en: 'The timeline' }],
    errors: ['unlawful', 'procedure-not-supported', 'calendar-year-not-loaded'],
    handle: async ({ services: { db, settings }, query }) =>
      ok(planView(planBackFrom(query, await db.calendar(), { confirmed: settings.confirmedRules }))),
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
      ...tenderInput,
      noticeAt: instantOrDay,
      bidDeadline: instantOrDay.optional(),
      milestone: z.enum(MILESTONES),
      to: instantOrDay,
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
    // Stores nothing: the same request gets the same answer.
    withoutKey: true,
    tag,
    zh: '审查他处发布的公告',
    en: 'Judge notices published elsewhere',
    body: z.strictObject({ notices: z.array(publishedInPartSchema).min(1).max(MAX_NOTICES) }),
    judged: [{ field: 'notices[*].*', rule: '*', zh: '至少有一项可以识别', en: 'something in it can be read' }],
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
      const undecided: Issue[] = [];
      const items = notices.map(({ notice, unread: error }, index) => {
        const { checks, ...audited } = auditNotice(publishedFactsOf(notice, error), options);
        const judged = { schema: publishedNoticeSchema, places: AUDITED };
        const issues = error === null ? [] : issuesOf(error, judged);
        const unread = issues.map((issue) => {
          const named = namedIssue(issue, { ...NOTHING_ASKED, places: AUDITED });
          return { ...named, field: columnOf(named.field) };
        });
        if (checks.length === 0)
          undecided.push(...issues.map((issue) => ({ ...issue, field: `notices[${index}].${issue.field}` })));
        return {
          id: notice.id === undefined || notice.id === null ? null : String(notice.id),
          ...audited,
          checks: checks.map((each) => ({ ...each, links: ruleLinks(each.rule) })),
          unread,
        };
      });
      // Where what can be read decides nothing, the notice is as unreadable as its fields.
      if (undecided.length > 0) throw badInput(undecided);
      const summary = { lawful: 0, borderline: 0, unlawful: 0, unknown: 0 };
      for (const { verdict } of items) summary[verdict] += 1;
      return ok({ items, summary });
    },
  }),
];
