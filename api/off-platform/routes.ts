import * as z from 'zod';
import { entryOn } from '../../db/catalogue.ts';
import { listTrades, recordTrade, type OffPlatformTrade } from '../../db/off-platform.ts';
import type { Queries } from '../../db/access/database.ts';
import { civilDayOf, formatDay } from '../../domain/civil-time.ts';
import type { CatalogueEntry } from '../../domain/law/catalogue.ts';
import { PROCEDURES, REGIMES } from '../../domain/law/facts.ts';
import { platformDuty } from '../../domain/law/off-platform.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { entrySchema } from '../catalogue/views.ts';
import { badInput, type Issue } from '../http/problems.ts';
import { KINDS } from '../procurements/views.ts';
import { created, ok, route } from '../http/route.ts';
import { at, civilDate, code, creditCode, fen, id, instantOut, line, pageOf, pageQuery } from '../http/schemas.ts';

const tag = 'off-platform';

const given = z.strictObject({
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
  place: line(200).meta({ description: '交易场所 / Where it was held' }),
  source: line(500).meta({ description: '信息来源 / How the office knows' }),
  withdrawn: z
    .boolean()
    .default(false)
    .meta({ description: '误登，仅用于更正 / Recorded by mistake; for a correction' }),
});

const tradeSchema = given
  .extend({
    id,
    recordedAt: instantOut,
    duty: z
      .object({
        mustTradeOnPlatform: z.boolean().nullable().meta({ description: 'null：无法判断 / Null: nobody can tell' }),
        rules: z.array(z.object({ id: z.string(), law: z.string(), article: z.string() })),
        reasonZh: z.string(),
        reasonEn: z.string(),
        entry: entrySchema.nullable().meta({ description: '当日有效的品目 / The item in force on that day' }),
      })
      .meta({ description: '是否应当进场而未进场 / Whether it had to trade on the platform' }),
  })
  .meta({ id: 'OffPlatformTrade' });

/** Judges trades by the catalogue of their days; each item is looked up once. */
function judge(q: Queries): (trade: OffPlatformTrade) => Promise<z.infer<typeof tradeSchema>> {
  const entries = new Map<string, Promise<CatalogueEntry | null>>();
  return async ({ recordedAt, ...trade }) => {
    const { regime, catalogueCode, tradedOn } = trade;
    const key = `${regime} ${catalogueCode ?? ''} ${tradedOn}`;
    const found = entries.get(key) ?? (catalogueCode === null ? null : entryOn(q, regime, catalogueCode, tradedOn));
    if (found !== null) entries.set(key, found);
    const entry = await found;
    const { rules, ...duty } = platformDuty(trade, entry);
    return {
      ...trade,
      recordedAt: at(recordedAt),
      duty: {
        ...duty,
        rules: rules.map((rule) => ({ id: rule, law: getRule(rule).law, article: getRule(rule).article })),
        entry,
      },
    };
  };
}

const DUTIES = { yes: true, no: false, unknown: null } as const;
/** The duty is judged and not stored: for a page of one of them, rows are read as many at once as this. */
const JUDGED_AT_ONCE = 200;

export const offPlatformRoutes = [
  route({
    method: 'post',
    path: '/off-platform-trades',
    action: 'off-platform.record',
    at: 'anywhere',
    tag,
    zh: '登记场外交易；更正为新的一条，注明所更正的记录',
    en: 'Record a trade held elsewhere; a correction is a new record that names the old one',
    body: given,
    outcomes: [{ status: 201, schema: tradeSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['not-found', 'already-exists'],
    handle: async ({ services: { db }, body, commit, actor }) => {
      const issues: Issue[] = [];
      if ((body.regime === 'tendering' || body.regime === 'government') !== (body.kind !== null)) {
        issues.push({
          field: 'kind',
          rule: 'kind',
          messageZh: '招标投标、政府采购应注明工程、货物或服务；土地、国有资产不注明',
          messageEn: 'Tendering and government procurement have a kind; land and state assets have none',
        });
      }
      const today = formatDay(civilDayOf(db.now()));
      if (body.tradedOn > today) {
        issues.push({
          field: 'tradedOn',
          rule: 'past',
          messageZh: `交易日晚于今天（${today}）`,
          messageEn: `The day of the trade is after today (${today})`,
        });
      }
      if (body.withdrawn && body.corrects === null) {
        issues.push({
          field: 'withdrawn',
          rule: 'corrects',
          messageZh: '撤回须注明所更正的记录（corrects）',
          messageEn: 'What is withdrawn must be named (corrects)',
        });
      }
      if (issues.length > 0) throw badInput(issues);
      return commit(async (tx) => {
        const trade = await recordTrade(tx, actor, body);
        return created(await judge(tx.q)(trade), '/api/off-platform-trades');
      });
    },
  }),
  route({
    method: 'get',
    path: '/off-platform-trades',
    action: 'off-platform.read',
    at: 'anywhere',
    tag,
    zh: '场外交易，最近的在前；并注明按当日目录是否应当进场',
    en: 'Trades held elsewhere, the latest first, each with whether it had to trade on the platform',
    query: pageQuery.extend({
      from: civilDate.optional(),
      until: civilDate.optional(),
      regime: z.enum(REGIMES).optional(),
      purchaser: line(200).optional(),
      must: z.enum(['yes', 'no', 'unknown']).optional().meta({ description: '是否应当进场 / Whether it had to' }),
      history: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: '连同已更正、撤回的 / Those corrected or withdrawn, too' }),
    }),
    outcomes: [{ status: 200, schema: pageOf(tradeSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, must, history, ...filters } }) => {
      let after = cursors.read(cursor, z.object({ tradedOn: z.string(), id }));
      const filter = {
        history: history === 'true',
        ...(filters.from ? { from: filters.from } : {}),
        ...(filters.until ? { until: filters.until } : {}),
        ...(filters.regime ? { regime: filters.regime } : {}),
        ...(filters.purchaser ? { purchaser: filters.purchaser } : {}),
      };
      const views: z.infer<typeof tradeSchema>[] = [];
      const viewOf = judge(db.read);
      const step = must === undefined ? limit + 1 : JUDGED_AT_ONCE;
      // One more than a page, so that the cursor tells whether there are any.
      while (views.length <= limit) {
        const rows = await listTrades(db.read, { ...filter, limit: step, ...(after ? { after } : {}) });
        for (const row of rows) {
          const view = await viewOf(row);
          if (must === undefined || view.duty.mustTradeOnPlatform === DUTIES[must]) views.push(view);
        }
        const last = rows.at(-1);
        if (rows.length < step || last === undefined) break;
        after = { tradedOn: last.tradedOn, id: last.id };
      }
      return ok(
        cursors.page(
          views,
          limit,
          (view) => view,
          ({ tradedOn, id: tradeId }) => ({ tradedOn, id: tradeId }),
        ),
      );
    },
  }),
];
