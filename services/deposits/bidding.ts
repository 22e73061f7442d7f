import type { Tx } from '../../db/access/database.ts';
import { notFound } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { DepositTerms } from '../../domain/deposits/standing.ts';
import { depositTermsOf } from '../../domain/deposits/terms.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { actOn } from '../tender/advance.ts';
import type { TenderCase } from '../tender/case.ts';

/**
 * The deposit that a lot requires, while bids, and deposits with them, are accepted.
 * @throws DomainError `not-found` where it requires none, `stage-conflict`
 */
export async function depositsTakenFor(
  tx: Tx,
  { procurementId, lotNo }: TenderPlace,
): Promise<{ tender: TenderCase['tender']; terms: DepositTerms }> {
  const c = await actOn(tx, procurementId);
  const { tender } = c;
  const terms = depositTermsOf(tender, lotNo);
  if (!terms) throw notFound('deposit', `${procurementId}/lot/${lotNo}`);
  if (tender.stage !== 'bidding') {
    throw stageConflict(c.definition, {
      what: 'procurement',
      stage: tender.stage,
      wanted: ['bidding'],
      action: 'deposit.hand-in',
    });
  }
  const { stage } = c.lot(lotNo);
  if (stage !== 'pending')
    throw stageConflict(c.definition, { what: 'lot', stage, wanted: ['pending'], action: 'deposit.hand-in' });
  return { tender, terms };
}
