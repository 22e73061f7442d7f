import * as z from 'zod';
import { REGIMES } from '../../domain/law/facts.ts';
import { judgeTrades, listJudgedTrades } from '../../services/off-platform/judge.ts';
import { recordTrade } from '../../services/off-platform/record.ts';
import { created, ok, route } from '../http/route.ts';
import { tradeGiven, tradeSchema, tradeView } from './views.ts';
import { checkDigitOf, civilDate, id, line, pageOf, pageQuery } from '../http/schemas.ts';

const tag = 'off-platform';

const MUST = { yes: true, no: false, unknown: null } as const;

export const offPlatformRoutes = [
  route({
    method: 'post',
    path: '/off-platform-trades',
    action: 'off-platform.record',
    at: 'anywhere',
    tag,
    zh: '登记场外交易；更正为新的一条，注明所更正的记录',
    en: 'Record a trade off the platform; a correction is a new record that names the old one',
    body: tradeGiven,
    outcomes: [{ status: 201, schema: tradeSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['not-found', 'already-exists'],
    judged: [
      checkDigitOf('purchaserCode'),
      {
        field: 'kind',
        rule: 'kind',
        zh: '招标投标、政府采购必填，土地、国有资产不填',
        en: 'given for tendering and government procurement, and for no other',
      },
      { field: 'tradedOn', rule: 'past', zh: '不晚于今天', en: 'not after today' },
      { field: 'withdrawn', rule: 'corrects', zh: '撤回须注明所更正的记录', en: 'what is withdrawn is named' },
    ],
    handle: async ({ body, commit, actor }) =>
      commit(async (tx) => {
        const [recorded] = await judgeTrades(tx.q, [await recordTrade(tx, actor, body)]);
        return created(recorded && tradeView(recorded), '/api/off-platform-trades');
      }),
  }),
  route({
    method: 'get',
    path: '/off-platform-trades',
    action: 'off-platform.read',
    at: 'anywhere',
    tag,
    zh: '场外交易，最近的在前；并注明按当日目录是否应当进场',
    en: 'Trades off the platform, the latest first, each with whether it had to be on the platform',
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
      const after = cursors.read(cursor, z.object({ tradedOn: z.string(), id }));
      const filter = {
        history: history === 'true',
        // One more than a page, so that the cursor shows whether there are more.
        limit: limit + 1,
        ...(after ? { after } : {}),
        ...(filters.from ? { from: filters.from } : {}),
        ...(filters.until ? { until: filters.until } : {}),
        ...(filters.regime ? { regime: filters.regime } : {}),
        ...(filters.purchaser ? { purchaser: filters.purchaser } : {}),
      };
      const judged = await listJudgedTrades(db.read, filter, must && MUST[must]);
      return ok(cursors.page(judged, limit, tradeView, ({ trade }) => ({ tradedOn: trade.tradedOn, id: trade.id })));
    },
  }),
];
