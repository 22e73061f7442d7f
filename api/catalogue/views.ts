import * as z from 'zod';
import { TRADING_LEVELS } from '../../domain/law/catalogue.ts';
import { REGIMES } from '../../domain/law/facts.ts';
import { KINDS } from '../procurements/views.ts';
import { civilDate, code, fen, line } from '../http/schemas.ts';

const validity = {
  from: civilDate.meta({ description: '生效日 / First day in force' }),
  until: civilDate
    .nullable()
    .default(null)
    .meta({ description: '失效日（最后一日）；无则为 null / Last day in force; null: until replaced' }),
  source: line(200).meta({ description: '文号 / The document that contains it' }),
};

export const entrySchema = z
  .strictObject({
    regime: z.enum(REGIMES),
    code,
    nameZh: line(200),
    kind: z
      .enum(KINDS)
      .nullable()
      .default(null)
      .meta({ description: '土地、国有资产为 null / Null: land, state assets' }),
    level: z.enum(TRADING_LEVELS).meta({ description: '交易层级：省、市、区 / Where it trades' }),
    mustTradeOnPlatform: z.boolean().meta({ description: '应当进场交易 / Must trade on the platform' }),
    centralised: z.boolean().default(false).meta({ description: '集中采购目录以内 / In the centralised catalogue' }),
    ...validity,
  })
  .meta({ id: 'CatalogueEntry' });

export const thresholdSchema = z
  .strictObject({
    kind: z.enum(KINDS),
    level: z.enum(TRADING_LEVELS).nullable().default(null).meta({ description: 'null：各级相同 / Null: every level' }),
    openFen: fen.nullable().default(null).meta({ description: '公开招标数额标准，分 / Open-tender threshold' }),
    limitFen: fen.nullable().default(null).meta({ description: '采购限额标准，分 / Procurement limit' }),
    ...validity,
  })
  .meta({ id: 'ProcurementThreshold' });

/** Rows in one request; for a larger file, use the command line. */
export const MOST_ROWS = 500;

export const catalogueSchema = z.strictObject({
  entries: z.array(entrySchema).max(MOST_ROWS).default([]),
  thresholds: z.array(thresholdSchema).max(MOST_ROWS).default([]),
});
