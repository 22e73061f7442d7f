import type { Queries } from '../../db/access/database.ts';
import { bidById } from '../../db/bids.ts';
import { decisionsOf, latestDecision } from '../../db/decisions.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { Acceptance, BondStep } from '../../domain/contracts/acts.ts';
import { performanceBondOf as bondOf, type BondAsked, type PerformanceBond } from '../../domain/contracts/bond.ts';
import { CONTRACT_ACTS, contractOf, type Contract, type ContractAct } from '../../domain/contracts/standing.ts';
import { DomainError } from '../../domain/errors.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import type { TenderCase } from '../tender/case.ts';

/** What was recorded of a contract, in its order; several reads of one transaction see the same. */
export const contractActsOf = (q: Queries, place: TenderPlace): Promise<ContractAct[]> =>
  decisionsOf(q, place, CONTRACT_ACTS);

/** How the contract of a lot stands; undefined before it is signed. */
export const contractStanding = async (q: Queries, place: TenderPlace): Promise<Contract | undefined> =>
  contractOf(await contractActsOf(q, place));

/**
 * The contract in force of a lot.
 * @throws DomainError `unlawful` where its terms are not on record, or it was ended
 */
export async function contractInForce(c: TenderCase, lotNo: number): Promise<Contract & { terms: ContractTermsOf }> {
  const contract = await contractStanding(c.tx.q, { procurementId: c.id, lotNo });
  const { zh, en, details } = citationOf(c.definition.contract.contents.rule);
  if (contract?.terms) return { ...contract, terms: contract.terms };
  throw new DomainError('unlawful', {
    messageZh: `合同的主要条款没有登记，不能登记其履行${zh}`,
    messageEn: `The terms of the contract are not on record, so that its performance cannot be${en}`,
    details: { field: 'terms', given: null, ...details },
  });
}
type ContractTermsOf = NonNullable<Contract['terms']>;

/**
 * 履约保证金 of the present winner of a lot, as the documents ask for it and as it is recorded. A bond that is `overdue` is a
 * ground for the next-ranked (招标投标法实施条例 55).
 * @param lot of the procurement, with its winner
 */
export async function performanceBondOf(
  q: Queries,
  place: TenderPlace,
  lot: BondAsked & { readonly winnerBidId: string | null },
  now: number,
): Promise<PerformanceBond> {
  const bidId = lot.winnerBidId;
  const [steps, milestone, priceFen] = await Promise.all([
    decisionsOf(q, place, ['performance-bond']),
    findMilestone(q, place, 'performance-bond'),
    bidId === null ? 0 : wonPriceFen(q, place, bidId),
  ]);
  const asked = { ...lot, priceFen, bidId: bidId ?? '', dueAt: milestone?.dueAt ?? null };
  return bondOf(
    asked,
    steps.map(({ payload }): BondStep => payload),
    now,
  );
}

/** What is held of bonds of a lot, of former winners too: neither given back nor kept (fen). */
export async function heldFen(q: Queries, place: TenderPlace): Promise<number> {
  const steps = await decisionsOf(q, place, ['performance-bond']);
  const sign = { received: 1, released: -1, kept: -1, 'payment-guarantee': 0 } as const;
  return steps.reduce((sum, { payload: { step, amountFen } }) => sum + sign[step] * amountFen, 0);
}

/** The price of a winner: of the report in force (fen). */
export async function wonPriceFen(q: Queries, place: TenderPlace, bidId: string): Promise<number> {
  const report = await latestDecision(q, place, 'report');
  return report?.payload.candidates.find((each) => each.bidId === bidId)?.priceFen ?? 0;
}

/** The organisation that won a lot; null before the award. */
export async function winnerOf(q: Queries, winnerBidId: string | null): Promise<string | null> {
  return winnerBidId === null ? null : (await bidById(q, winnerBidId)).supplierId;
}

export const isPassed = ({ items }: Pick<Acceptance, 'items'>): boolean => items.every(({ met }) => met);
