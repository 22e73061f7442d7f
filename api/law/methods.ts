import * as z from 'zod';
import { TRADING_LEVELS } from '../../domain/law/catalogue.ts';
import { PROCEDURES } from '../../domain/law/facts.ts';
import type { MethodAnswer } from '../../domain/procedures/choice/lawful.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';

const citedSchema = z.object({
  id: z.string(),
  nameZh: z.string(),
  law: z.string(),
  article: z.string(),
  status: z.enum(['VERIFIED', 'RECALLED']),
});

const casesSchema = citedSchema.extend({
  items: z.array(z.string()).meta({ description: '法定情形，须由人选定 / The cases, which a person chooses from' }),
});

const reasons = { reasonZh: z.string(), reasonEn: z.string() };

export const methodsSchema = z
  .object({
    level: z
      .enum(TRADING_LEVELS)
      .nullable()
      .meta({ description: '交易层级；目录未载明为 null / Null: no entry states it' }),
    mustTradeOnPlatform: z.boolean().nullable().meta({ description: '是否应当进场 / Null: no entry states it' }),
    openDuty: z
      .object({
        verdict: z.enum(['yes', 'no', 'unknown']),
        thresholdFen: z.int().nullable(),
        rules: z.array(citedSchema),
        ...reasons,
      })
      .meta({ description: '依法必须招标（公开招标） / Whether the law itself requires it' }),
    procedures: z.array(
      z.object({
        procedure: z.enum(PROCEDURES),
        verdict: z.enum(['lawful', 'needs-ground', 'unlawful', 'unknown']).meta({
          description:
            '合法；须具备法定情形；不合法；因未配置数额而不明 / Lawful; in the cases of the grounds only; never; not known, because a figure is not configured',
        }),
        rules: z.array(citedSchema),
        grounds: z.array(casesSchema),
        approval: citedSchema.nullable().meta({ description: '须先批准 / To be approved first' }),
        ...reasons,
      }),
    ),
  })
  .meta({ id: 'LawfulProcedures', description: '采购方式是否合法，及交易层级 / Which procedures are lawful' });

function cited(id: RuleId): z.infer<typeof citedSchema> {
  const { nameZh, law, article, status } = getRule(id);
  return { id, nameZh, law, article, status };
}

const cases = (id: RuleId): z.infer<typeof casesSchema> => ({ ...cited(id), items: [...(getRule(id).items ?? [])] });

export function methodsView({ openDuty, procedures, ...rest }: MethodAnswer): z.infer<typeof methodsSchema> {
  return {
    ...rest,
    openDuty: { ...openDuty, rules: openDuty.rules.map(cited) },
    procedures: procedures.map((each) => ({
      ...each,
      rules: each.rules.map(cited),
      grounds: each.grounds.map(cases),
      approval: each.approval && cited(each.approval),
    })),
  };
}
