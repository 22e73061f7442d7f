import * as z from 'zod';
import { catalogueOn } from '../../db/catalogue.ts';
import { civilDayOf, formatDay, parseDate, startOfDay } from '../../domain/civil-time.ts';
import { REGIMES } from '../../domain/law/facts.ts';
import { lawfulProcedures } from '../../domain/procedures/choice/lawful.ts';
import { importCatalogue, previewCatalogue } from '../../services/catalogue/import.ts';
import { catalogueView, thresholdsOn } from '../../services/catalogue/in-force.ts';
import { catalogueSchema, entrySchema, thresholdSchema } from './views.ts';
import { methodsSchema, methodsView } from '../law/methods.ts';
import { REGIMES as TENDER_REGIMES, KINDS } from '../procurements/views.ts';
import { ok, route } from '../http/route.ts';
import { civilDate, code, fen, pageOf, pageQuery } from '../http/schemas.ts';

const tag = 'catalogue';

const change = z
  .enum(['new', 'replaces', 'known'])
  .meta({ description: '新增；自生效日起取代；已有，不再写入 / New; takes the place of another; known already' });

const importedSchema = z
  .object({
    preview: z.boolean(),
    entries: z.array(z.object({ row: entrySchema, change })),
    thresholds: z.array(z.object({ row: thresholdSchema, change })),
  })
  .meta({ id: 'CatalogueImport' });

const place = z.object({ regime: z.enum(REGIMES), code: z.string() });

export const catalogueRoutes = [
  route({
    method: 'get',
    path: '/catalogue',
    action: 'law.read',
    at: 'anywhere',
    tag,
    zh: '某日有效的交易目录和限额标准，均注明文号',
    en: 'The catalogue and the figures in force on a day, each with its source',
    query: pageQuery.extend({
      on: civilDate.optional().meta({ description: '默认今天 / Default: today' }),
      regime: z.enum(REGIMES).optional(),
      code: code.optional(),
    }),
    outcomes: [
      {
        status: 200,
        schema: pageOf(entrySchema).extend({ on: civilDate, thresholds: z.array(thresholdSchema) }),
        zh: '一页品目，及全部限额标准（未配置的没有）',
        en: 'A page of items, and all thresholds; those not configured are missing',
      },
    ],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, regime, code: wanted, ...query } }) => {
      const on = query.on ?? formatDay(civilDayOf(db.now()));
      const after = cursors.read(cursor, place);
      const rows = await catalogueOn(db.read, on, {
        limit: limit + 1,
        ...(regime ? { regime } : {}),
        ...(wanted ? { code: wanted } : {}),
        ...(after ? { after } : {}),
      });
      const page = cursors.rows(rows, limit, (row) => ({ regime: row.regime, code: row.code }));
      return ok({ on, thresholds: await thresholdsOn(db.read, on), ...page });
    },
  }),
  route({
    method: 'post',
    path: '/catalogue',
    action: 'catalogue.import',
    at: 'anywhere',
    tag,
    zh: '导入交易目录和限额标准：只增不改；preview 为 true 时只预览',
    en: 'Import the catalogue and the thresholds: rows are only added; with preview nothing is written',
    body: catalogueSchema.extend({ preview: z.boolean().default(false) }),
    outcomes: [{ status: 200, schema: importedSchema, zh: '每一行的结果', en: 'What becomes of each row' }],
    judged: [
      { field: '*', rule: 'catalogue', zh: '各行自身及彼此一致', en: 'the rows agree, each with itself and others' },
    ],
    handle: async ({ services: { db }, body: { preview, ...rows }, commit, actor }) => {
      if (preview) return ok({ preview, ...(await previewCatalogue(db.read, rows)) });
      return commit(async (tx) => ok({ preview, ...(await importCatalogue(tx, actor, rows)) }));
    },
  }),
  route({
    method: 'post',
    path: '/law/procedures',
    action: 'law.read',
    at: 'anywhere',
    // Stores nothing: the same request gets the same answer.
    withoutKey: true,
    tag: 'law',
    zh: '哪些采购方式合法，及其依据和交易层级',
    en: 'Which procedures are lawful, why, and on which level it trades',
    body: z.strictObject({
      regime: z.enum(TENDER_REGIMES),
      kind: z.enum(KINDS),
      amountFen: fen,
      contractsFen: z
        .array(fen)
        .max(200)
        .optional()
        .meta({ description: '各单项合同（标段），默认只有一个 / Each contract; default: the whole is one' }),
      mandatory: z.boolean().optional(),
      fiscalFundsFen: fen.optional(),
      investmentFen: fen.optional(),
      catalogueCode: code.optional(),
      on: civilDate.optional().meta({ description: '公告日，默认今天 / Day of the notice; default: today' }),
    }),
    outcomes: [{ status: 200, schema: methodsSchema, zh: '各采购方式', en: 'Every procedure' }],
    handle: async ({ services: { db }, body: { on, ...given } }) => {
      const facts = Object.fromEntries(
        Object.entries(given).filter(([, value]) => value !== undefined),
      ) as unknown as Parameters<typeof lawfulProcedures>[0];
      const noticeAt = on === undefined ? db.now() : startOfDay(parseDate(on));
      const { regime, kind, catalogueCode = null } = given;
      const view = await catalogueView(db.read, { regime, kind, catalogueCode, noticeAt });
      return ok(methodsView(lawfulProcedures(facts, view)));
    },
  }),
];
