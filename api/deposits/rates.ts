import * as z from 'zod';
import { depositRateRows, type DepositRate } from '../../db/deposits.ts';
import { civilDayOf, formatDay } from '../../domain/civil-time.ts';
import { DAY_COUNTS, RATE_KINDS } from '../../domain/deposits/interest.ts';
import { missingRates } from '../../domain/deposits/rates.ts';
import { depositRatesInForce, recordDepositRates } from '../../services/deposits/rates.ts';
import { ok, route } from '../http/route.ts';
import { at, civilDate, id, instantOut, line } from '../http/schemas.ts';

// Rates of interest on deposits: configuration with its history, since no law in the rulebook names a rate.

const tag = 'deposits';

const rateSchema = z.strictObject({
  kind: z.enum(RATE_KINDS).meta({
    description:
      'deposit 银行同期存款利率（招标投标法实施条例57）；loan 中国人民银行同期贷款基准利率（财政部令87号38） / Deposit rate of the bank; benchmark loan rate',
  }),
  from: civilDate,
  until: civilDate
    .nullable()
    .default(null)
    .meta({ description: '末日；null：至下一利率起算前 / Last day, or until the next' }),
  ratePpm: z
    .int()
    .min(0)
    .max(1_000_000)
    .meta({ description: '年利率，百万分之一：0.05% 为 500 / Per year, in millionths: 0.05 % is 500', example: 500 }),
  dayCount: z
    .union([z.literal(DAY_COUNTS[0]), z.literal(DAY_COUNTS[1])])
    .default(360)
    .meta({ description: '一年的天数，银行用 360 / Days of a year; banks use 360' }),
  source: line(500).meta({ description: '公布的文件或挂牌利率表及日期 / Where it was published' }),
});

const recordedSchema = rateSchema
  .extend({
    id,
    recordedAt: instantOut,
    inForce: z.boolean().meta({ description: '今天是否适用 / Whether it applies today' }),
  })
  .meta({ id: 'DepositRate', description: '利率及其登记 / A published rate, as it was recorded' });

const ratesSchema = z
  .object({
    items: z.array(recordedSchema),
    missing: z.array(z.enum(RATE_KINDS)).meta({ description: '今天没有的利率 / Rates that are missing today' }),
  })
  .meta({ id: 'DepositRates' });

function rateView(rate: DepositRate, rows: readonly DepositRate[], day: string): z.infer<typeof recordedSchema> {
  const { actor: _actor, recordedAt, ...shown } = rate;
  const current = rows.findLast(({ kind, from }) => kind === rate.kind && from <= day);
  return {
    ...shown,
    recordedAt: at(recordedAt),
    inForce: current?.id === rate.id && day <= (rate.until ?? day),
  };
}

export const depositRateRoutes = [
  route({
    method: 'get',
    path: '/deposits/rates',
    action: 'law.read',
    at: 'anywhere',
    tag,
    zh: '计算保证金利息的利率及其历史，每条注明来源',
    en: 'The rates by which interest on deposits is calculated, with their history and sources',
    outcomes: [{ status: 200, schema: ratesSchema, zh: '利率', en: 'Rates' }],
    handle: async ({ services: { db, settings } }) => {
      const rows = await depositRateRows(db.read);
      const day = formatDay(civilDayOf(db.now()));
      const rates = await depositRatesInForce(db.read, settings.depositRates);
      return ok({ items: rows.map((rate) => rateView(rate, rows, day)), missing: missingRates(rates, db.now()) });
    },
  }),
  route({
    method: 'post',
    path: '/deposits/rates',
    action: 'deposit.rates',
    at: 'anywhere',
    tag,
    zh: '登记利率：自首日起取代前一利率，首日相同的为更正；此后即可登记逾期退还，无须重启',
    en: 'Record rates: one takes the place of the earlier from its first day, of the same first day it corrects it; late refunds can be recorded at once',
    body: z.strictObject({ rates: z.array(rateSchema).min(1).max(200) }),
    outcomes: [{ status: 200, schema: z.object({ recorded: z.int() }), zh: '已登记', en: 'Recorded' }],
    judged: [{ field: 'rates[*].until', rule: 'until', zh: '不早于首日', en: 'not before the first day' }],
    handle: async ({ body: { rates }, commit, actor }) =>
      commit(async (tx) => ok({ recorded: (await recordDepositRates(tx, actor, rates)).length })),
  }),
];
