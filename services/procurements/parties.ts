import type { Tx } from '../../db/access/database.ts';
import { organisationById } from '../../db/organisations.ts';
import type { Procurement } from '../../db/procurements.ts';

/** Purchaser and agency, with their names at the publication of the notice. */
export async function partiesOf(
  tx: Tx,
  { purchaserId, agencyId }: Pick<Procurement, 'purchaserId' | 'agencyId'>,
): Promise<{ purchaser: string; agency: string | null }> {
  return {
    purchaser: (await organisationById(tx.q, purchaserId)).name,
    agency: agencyId === null ? null : (await organisationById(tx.q, agencyId)).name,
  };
}
