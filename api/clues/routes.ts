import * as z from 'zod';
import { cluesOf, type ClueEntry } from '../../db/parties/clues.ts';
import { CLUE_KINDS } from '../../domain/clues/find.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import type { RecordedClue } from '../../services/clues/record.ts';
import { ok, route } from '../http/route.ts';
import { at, id, instantOut } from '../http/schemas.ts';
import { ruleLinks, ruleLinksSchema } from '../law/links.ts';

const clueSchema = z
  .object({
    hash: z.string().meta({ description: '审计记录的哈希 / Of its entry in the audit trail' }),
    recordedAt: instantOut,
    lotNo: z.int(),
    kind: z.enum(CLUE_KINDS),
    organisations: z.array(
      z.object({ id, name: z.string(), capacity: z.enum(['bidder', 'purchaser', 'agency', 'operator']) }),
    ),
    messageZh: z.string(),
    messageEn: z.string(),
    rule: z
      .object({ id: z.string(), law: z.string(), article: z.string(), links: ruleLinksSchema })
      .nullable()
      .meta({ description: '可能违反的条款 / The rule that it may be a breach of' }),
  })
  .meta({ id: 'Clue', description: '线索，由人判断 / A clue; a person judges it' });

function clueView({ hash, at: recordedAt, detail }: ClueEntry): z.infer<typeof clueSchema> {
  const { lotNo, kind, rule, organisations, messageZh, messageEn } = detail as unknown as RecordedClue;
  const cited = rule === null ? null : getRule(rule);
  return {
    ...{ hash, recordedAt: at(recordedAt), lotNo, kind, messageZh, messageEn },
    organisations: organisations.map((each) => ({ ...each })),
    rule: cited && { id: cited.id, law: cited.law, article: cited.article, links: ruleLinks(cited.id) },
  };
}

export const clueRoutes = [
  route({
    method: 'get',
    path: '/procurements/{id}/clues',
    action: 'clue.read',
    at: 'procurement',
    tag: 'audit',
    zh: '线索：投标人之间、投标人与组织者之间可能的关联，开标后可见，供监督部门判断',
    en: 'Clues of relations between bidders, and with who runs the procurement, after the opening',
    params: z.object({ id }),
    outcomes: [{ status: 200, schema: z.object({ items: z.array(clueSchema) }), zh: '线索', en: 'Clues' }],
    handle: async ({ services: { db }, procurement }) =>
      ok({ items: (await cluesOf(db.read, procurement.id)).map(clueView) }),
  }),
];
