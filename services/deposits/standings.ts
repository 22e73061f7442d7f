import type { Queries } from '../../db/access/database.ts';
import { depositsOf, type DepositAccount } from '../../db/deposits.ts';
import { standingOf, type DepositStanding, type DepositTerms } from '../../domain/deposits/standing.ts';
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
  return standingsOf(await depositsOf(q, { procurementId: tender.id, lotNo }), terms);
}

/** @param accounts all of a lot: of a guarantee that two hand in, the one that was confirmed counts */
export function standingsOf(
  accounts: readonly DepositAccount[],
  terms: DepositTerms,
): ReadonlyMap<string, DepositStanding> {
  const bySupplier = new Map<string, DepositAccount[]>();
  for (const account of accounts) {
    bySupplier.set(account.supplierId, [...(bySupplier.get(account.supplierId) ?? []), account]);
  }
  const guarantees = accounts.filter(({ form }) => form !== 'transfer');
  return new Map(
    [...bySupplier].map(([supplierId, own]) => {
      const others = guarantees.filter((other) => other.supplierId !== supplierId);
      return [supplierId, standingOf(own, terms, others)];
    }),
  );
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
