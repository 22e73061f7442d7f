import * as z from 'zod';
import { formatInstant } from '../../domain/civil-time.ts';
import { hasPeriod } from '../../domain/law/due.ts';
import { RULES } from '../../domain/law/rulebook.ts';

// Links each date under a rule of law to the rule, and to how the date was counted.

const BY_ID = new Map<string, (typeof RULES)[number]>(RULES.map((rule) => [rule.id, rule]));

export const ruleLinksSchema = z
  .object({
    rule: z.string().nullable().meta({
      description: '规则、条文与原文 / The rule, its article and text',
      example: '/api/law/rules/works-bid-prep-min',
    }),
    due: z.string().nullable().meta({
      description: '逐日计算；无期限为 null / How it is calculated, day by day; null where it sets no period',
      example: '/api/law/due?rule=works-bid-prep-min&from=2026-03-27T09%3A00%3A00%2B08%3A00',
    }),
  })
  .meta({ id: 'RuleLinks' });

/** @param from the instant that the period is counted from (epoch ms), where one is known */
export function ruleLinks(id: string, from?: number | null): z.infer<typeof ruleLinksSchema> {
  const rule = BY_ID.get(id);
  const counted = rule !== undefined && hasPeriod(rule) && typeof from === 'number';
  return {
    rule: rule ? `/api/law/rules/${id}` : null,
    due: counted ? `/api/law/due?${new URLSearchParams({ rule: id, from: formatInstant(from) }).toString()}` : null,
  };
}

/** The text of the law; null where it is not available. */
export const quoteOf = (id: string): string | null => BY_ID.get(id)?.quote ?? null;

/** For a tender: all its dates, each with its rules. */
export const timelineLink = (procurementId: string): { timeline: string } => ({
  timeline: `/api/procurements/${procurementId}/timeline`,
});
export const timelineLinkSchema = z
  .object({ timeline: z.string().meta({ description: '各日期的法定依据 / The legal basis of its dates' }) })
  .meta({ id: 'TimelineLink' });
