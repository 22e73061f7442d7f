import type { Tx } from '../../db/access/database.ts';
import { unsealingsOf } from '../../db/openings/unsealings.ts';
import type { ReportPayload } from '../../domain/decisions.ts';
import { checkPriceOrder } from '../../domain/law/price-order.ts';
import type { Violation } from '../../domain/law/violation.ts';
import type { TenderCase } from '../tender/case.ts';

/**
 * Where the lowest price that meets the needs decides, what is wrong with the ranks of a report: they are compared with
 * the prices that came out of the sealed offers; of offers that were not sealed, with those that the report states.
 */
export async function wrongPriceOrder(
  { tx, id, definition }: Pick<TenderCase, 'id' | 'definition'> & { readonly tx: Tx },
  report: ReportPayload,
  bidIds: readonly string[],
): Promise<Violation[]> {
  const { methods, rule } = definition.evaluation;
  if (methods.some((method) => method !== 'lowest-price')) return [];
  const opened = new Map<string, number>();
  for (const { bidId, manifest } of await unsealingsOf(tx.q, id)) {
    if (manifest && bidIds.includes(bidId)) opened.set(bidId, manifest.priceFen);
  }
  return checkPriceOrder(
    rule,
    report,
    opened,
    bidIds.filter((bidId) => !opened.has(bidId)),
  );
}
