import type { Tx } from '../../db/access/database.ts';
import { notFound, procurementById, stageConflict, type Procurement } from '../../db/procurements.ts';
import type { Place } from '../../db/suspensions.ts';
import type { DepositTerms } from '../../domain/deposits/standing.ts';
import { depositTermsOf } from '../../domain/deposits/terms.ts';

/**
 * What a lot asks for, while bids and with them deposits are taken.
 * @throws DomainError `not-found` where it asks for none, `stage-conflict`
 */
export async function depositsTakenFor(tx: Tx, at: Place): Promise<{ tender: Procurement; terms: DepositTerms }> {
  const tender = await procurementById(tx.q, at.procurementId);
  const terms = depositTermsOf(tender, at.lotNo);
  if (!terms) throw notFound('deposit', `${at.procurementId}/lot/${at.lotNo}`);
  if (tender.stage !== 'bidding') throw stageConflict('procurement', tender.stage, ['bidding']);
  return { tender, terms };
}
