import type { Queries } from '../../db/access/database.ts';
import { depositsOf, type DepositAccount } from '../../db/deposits.ts';
import { standingOf, type DepositStanding } from '../../domain/deposits/standing.ts';
import { depositTermsOf, type DepositTender } from '../../domain/deposits/terms.ts';

type Tender = DepositTender & { readonly id: string };

/** The deposit of each bidder that has paid for a lot; empty where the lot requires none. */
export async function depositStandings(
  q: Queries,
  tender: Tender,
  lotNo: number,
): Promise<ReadonlyMap<string, DepositStanding>> {
  const terms = depositTermsOf(tender, lotNo);
  if (!terms) return new Map();
  const accounts = new Map<string, DepositAccount[]>();
  for (const account of await depositsOf(q, { procurementId: tender.id, lotNo })) {
    accounts.set(account.supplierId, [...(accounts.get(account.supplierId) ?? []), account]);
  }
  return new Map([...accounts].map(([supplierId, own]) => [supplierId, standingOf(own, terms)]));
}

/** 唱标: the deposit of each bidder as the opening record lists it; undefined where the lot requires none. */
export async function depositEntries(
  q: Queries,
  tender: Tender,
  lotNo: number,
): Promise<(supplierId: string) => { deposit?: { held: boolean; amountFen: number; form: string | null } }> {
  if (!depositTermsOf(tender, lotNo)) return () => ({});
  const standings = await depositStandings(q, tender, lotNo);
  return (supplierId) => {
    const { held, amountFen, form } = standings.get(supplierId) ?? { held: false, amountFen: 0, form: null };
    return { deposit: { held, amountFen, form } };
  };
}
