import type * as z from 'zod';
import type { ownTenderSchema } from '../../api/bids/routes.ts';
import type { PageContext } from '../http/page.ts';

export type OwnTender = z.infer<typeof ownTenderSchema>;

/** The procurements that the visitor's organisation takes part in. */
export async function ownTenders(context: PageContext) {
  const told = await context.ask({ method: 'get', path: '/bidder/procurements' });
  return { problem: told.problem, tenders: (told.body as { items?: OwnTender[] } | undefined)?.items ?? [] };
}
