import * as z from 'zod';
import { openingsOf, type Opening } from '../../db/openings.ts';
import { ok, route } from '../route.ts';
import { at, id, instantOut } from '../schemas.ts';

const openingSchema = z
  .object({
    lotNo: z.int(),
    legalAt: instantOut,
    actualAt: instantOut,
    bidders: z.int(),
    opened: z.boolean().meta({ description: '投标人不足法定数时不予开启 / Not opened where too few have bid' }),
    entries: z.array(
      z.object({
        bidId: id,
        supplierId: id,
        supplier: z.string(),
        sha256: z.string(),
        size: z.int(),
        receivedAt: instantOut,
      }),
    ),
  })
  .meta({ id: 'Opening', description: '开标记录' });

const view = (opening: Opening): z.infer<typeof openingSchema> => ({
  lotNo: opening.lotNo,
  legalAt: at(opening.legalAt),
  actualAt: at(opening.actualAt),
  bidders: opening.bidders,
  opened: opening.opened,
  entries: opening.entries.map((entry) => ({ ...entry, receivedAt: at(entry.receivedAt) })),
});

export const openingRoutes = [
  route({
    method: 'get',
    path: '/procurements/{id}/opening',
    action: 'opening.read',
    at: 'procurement',
    tag: 'bids',
    zh: '开标记录',
    en: 'The record of the opening, a lot each',
    params: z.object({ id }),
    outcomes: [{ status: 200, schema: z.object({ items: z.array(openingSchema) }), zh: '记录', en: 'Records' }],
    handle: async ({ services: { db }, procurement }) =>
      ok({ items: (await openingsOf(db.read, procurement.id)).map(view) }),
  }),
];
