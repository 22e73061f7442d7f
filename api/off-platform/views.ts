import * as z from 'zod';
import { PROCEDURES, REGIMES } from '../../domain/law/facts.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import type { JudgedTrade } from '../../services/off-platform/judge.ts';
import { entrySchema } from '../catalogue/views.ts';
import { at, civilDate, code, creditCode, fen, id, instantOut, line } from '../http/schemas.ts';
import { KINDS } from '../procurements/views.ts';

export const tradeGiven = z.strictObject({
  corrects: id.nullable().default(null).meta({ description: '所更正的记录 / The record it corrects' }),
  purchaser: line(200),
  purchaserCode: creditCode.nullable().default(null),
  title: line(200),
  regime: z.enum(REGIMES),
  kind: z.enum(KINDS).nullable().default(null),
  procedure: z.enum(PROCEDURES).nullable().default(null),
  amountFen: fen,
  tradedOn: civilDate.meta({ description: '交易（成交）之日 / Day of the trade' }),
  catalogueCode: code.nullable().default(null),
  place: line(200).meta({ description: '交易场所 / The trading venue' }),
  source: line(500).meta({ description: '信息来源 / How the office knows' }),
  withdrawn: z
    .boolean()
    .default(false)
    .meta({ description: '误登，仅用于更正 / Recorded by mistake; for a correction' }),
});

export const tradeSchema = tradeGiven
  .extend({
    id,
    recordedAt: instantOut,
    duty: z
      .object({
        mustTradeOnPlatform: z.boolean().nullable().meta({ description: 'null：无法判断 / Null: unknown' }),
        rules: z.array(z.object({ id: z.string(), law: z.string(), article: z.string() })),
        reasonZh: z.string(),
        reasonEn: z.string(),
        entry: entrySchema.nullable().meta({ description: '当日有效的品目 / The item in force on that day' }),
      })
      .meta({ description: '是否应当进场而未进场 / Whether it had to trade on the platform' }),
  })
  .meta({ id: 'OffPlatformTrade' });

export const tradeView = ({ trade, duty: { rules, ...duty }, entry }: JudgedTrade): z.infer<typeof tradeSchema> => ({
  ...trade,
  recordedAt: at(trade.recordedAt),
  duty: {
    ...duty,
    rules: rules.map((rule) => ({ id: rule, law: getRule(rule).law, article: getRule(rule).article })),
    entry,
  },
});
