import * as z from 'zod';
import { fen, id } from '../http/schemas.ts';

const reported = z.object({
  as: z.enum(['candidate', 'other', 'rejected']),
  rank: z.int().nullable(),
  priceFen: fen.nullable(),
  score: z.number().nullable(),
});

/** A bid as the report before a recheck has it, and as the one after. */
export const changeSchema = z.object({ bidId: id, before: reported, after: reported });

export const resultSchema = z.object({
  recheckId: id,
  formerId: id.meta({ description: '复核之前的报告 / The report before' }),
  result: z.enum(['kept', 'changed']).meta({
    description: '由平台比较得出：维持或者改变 / Compared by the platform: kept or changed',
  }),
  changes: z.array(changeSchema),
});
