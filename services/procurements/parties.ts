import type { Tx } from '../../db/access/database.ts';
import { organisationById } from '../../db/organisations.ts';
import type { Procurement } from '../../db/procurements.ts';

/** Who buys and who runs the tender, by the names they have when the notice is published. */
export async function partiesOf(
  tx: Tx,
  { purchaserId, agencyId }: Pick<Procurement, 'purchaserId' | 'agencyId'>,
): Promise<{ purchaser: string; agency: string | null }> {
  return {
    purchaser: (await organisationById(tx.q, purchaserId)).name,
    agency: agencyId === null ? null : (await organisationById(tx.q, agencyId)).name,
  };
}
