import * as z from 'zod';
import { getRule } from '../../domain/law/rulebook.ts';
import { ruleLinks, ruleLinksSchema } from '../law/links.ts';

export const ruleSchema = z.object({ id: z.string(), law: z.string(), article: z.string(), links: ruleLinksSchema });

export const ruleView = (ruleId: string): z.infer<typeof ruleSchema> => {
  const { law, article } = getRule(ruleId);
  return { id: ruleId, law, article, links: ruleLinks(ruleId) };
};
