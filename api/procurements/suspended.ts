import * as z from 'zod';
import { getRule } from '../../domain/law/rulebook.ts';
import { MILESTONES } from '../../domain/law/milestones.ts';
import { MINUTE_MS } from '../../domain/civil-time.ts';
import type { EndedSuspension, Suspended } from '../../domain/suspended.ts';
import { at, atOrNull, bilingual, instantOut } from '../http/schemas.ts';
import { quoteOf, ruleLinks, ruleLinksSchema } from '../law/links.ts';

export const suspendedSchema = z
  .object({
    lotNo: z.int().meta({ description: '0：整个项目 / 0: the procurement as a whole' }),
    milestone: z.enum(MILESTONES).meta({ description: '暂停计算的节点 / The milestone whose clock does not run' }),
    by: z.enum(['objection', 'query', 'supervisor', 'recheck']).meta({
      description: '异议、质疑、复核，或监督部门责令 / An objection, a query, a recheck, or the order of a supervisor',
    }),
    since: instantOut,
    why: bilingual,
    rule: z.string(),
    law: z.string(),
    article: z.string(),
    quote: z.string().nullable().meta({ description: '原文 / The words of the law' }),
    links: ruleLinksSchema,
    replyDueAt: instantOut.nullable().meta({
      description:
        '最迟答复时间；监督部门责令暂停、复核的为 null / By when a reply is due; null where a supervisor ordered it, and of a recheck',
    }),
    next: bilingual.meta({
      description: '接下来如何，此前可以做什么 / What happens next, and what is lawful until then',
    }),
  })
  .meta({ id: 'Suspended', description: '暂停 / A clock that does not run now' });

export const pastSuspensionSchema = z
  .object({
    lotNo: z.int().meta({ description: '0：整个项目 / 0: the procurement as a whole' }),
    milestone: z.enum(MILESTONES),
    by: z.enum(['objection', 'query', 'supervisor', 'recheck']).meta({
      description: '异议、质疑、复核，或监督部门责令 / An objection, a query, a recheck, or the order of a supervisor',
    }),
    since: instantOut,
    until: instantOut,
    why: bilingual,
    rule: z.string(),
    law: z.string(),
    article: z.string(),
    quote: z.string().nullable().meta({ description: '原文 / The words of the law' }),
    links: ruleLinksSchema,
    dueBefore: instantOut.nullable().meta({ description: '该期限原定截止 / The end of its clock before' }),
    dueAfter: instantOut.nullable().meta({
      description:
        '恢复后的截止；因处理结果不再继续的为 null / Its end once it ran again; null where the ruling put an end to it',
    }),
    movedMinutes: z.number().nullable().meta({
      description:
        '顺延多少分钟；暂停开标的，为解密时限顺延的时间，投标截止时间不变 / By how many minutes it moved; of an opening, the time given back to bidders who release their shares: its deadline stays',
    }),
  })
  .meta({ id: 'PastSuspension', description: '已结束的暂停 / A suspension that has ended' });

export function pastSuspensionView(past: EndedSuspension): z.infer<typeof pastSuspensionSchema> {
  const { lotNo, milestone, by, since, until, why, dueBefore, dueAfter, movedMs } = past;
  const { id, law, article } = getRule(past.rule);
  return {
    ...{ lotNo, milestone, by, rule: id, law, article },
    since: at(since),
    until: at(until),
    why: { ...why },
    quote: quoteOf(id),
    links: ruleLinks(id),
    dueBefore: atOrNull(dueBefore),
    dueAfter: atOrNull(dueAfter),
    movedMinutes: movedMs === null ? null : movedMs / MINUTE_MS,
  };
}

export function suspendedView(suspended: Suspended): z.infer<typeof suspendedSchema> {
  const { lotNo, milestone, by, since, why, next, replyDueAt } = suspended;
  const { id, law, article } = getRule(suspended.rule);
  return {
    ...{ lotNo, milestone, by, rule: id, law, article },
    since: at(since),
    why: { ...why },
    quote: quoteOf(id),
    links: ruleLinks(id),
    replyDueAt: atOrNull(replyDueAt),
    next: { ...next },
  };
}
