import { amountOf } from '../law/limits.ts';
import type { RuleId } from '../law/rulebook.ts';
import type { BondStep } from './acts.ts';

/** What the documents ask of a lot, in thousandths of the price; null or 0: no bond. */
export interface BondAsked {
  readonly performanceBondPermille: number | null;
  /** Calendar days from the notice of the award; null: until the last day for the contract. */
  readonly performanceBondDays: number | null;
}

/**
 * 履约保证金 of the present winner. `awaited`: not all of it is there, and it may still come in time; `overdue`: its last
 * instant has passed without it (招标投标法实施条例 55, 74: a ground for the next-ranked); `released`: all of it went back or was
 * kept.
 */
export interface PerformanceBond {
  readonly state: 'not-required' | 'awaited' | 'overdue' | 'received' | 'released';
  readonly requiredFen: number;
  readonly receivedFen: number;
  readonly releasedFen: number;
  readonly keptFen: number;
  readonly dueAt: number | null;
  /** 工程款支付担保 that the purchaser gave beside it. */
  readonly guaranteeFen: number;
}

const PERMILLE = 1000;

/** The most that a rule lets a bond be, in whole fen. @throws DomainError `bad-facts` where it sets no share */
export const bondLimitFen = (rule: RuleId, priceFen: number): number => Math.floor((priceFen * amountOf(rule)) / 100);

/** What the documents ask for, in whole fen. */
export const bondRequiredFen = ({ performanceBondPermille }: BondAsked, priceFen: number): number =>
  Math.floor((priceFen * (performanceBondPermille ?? 0)) / PERMILLE);

/** @param asked of the lot, its price (fen), its winner, and the last instant for the bond (null: none is set) */
export function performanceBondOf(
  asked: BondAsked & { readonly priceFen: number; readonly bidId: string; readonly dueAt: number | null },
  steps: readonly BondStep[],
  now: number,
): PerformanceBond {
  const own = steps.filter(({ bidId }) => bidId === asked.bidId);
  const sum = (step: BondStep['step']): number =>
    own.filter((each) => each.step === step).reduce((total, { amountFen }) => total + amountFen, 0);
  const requiredFen = bondRequiredFen(asked, asked.priceFen);
  const amounts = {
    ...{ requiredFen, receivedFen: sum('received'), releasedFen: sum('released'), keptFen: sum('kept') },
    ...{ dueAt: asked.dueAt, guaranteeFen: sum('payment-guarantee') },
  };
  const { receivedFen, releasedFen, keptFen } = amounts;
  const stateOf = (): PerformanceBond['state'] => {
    if (requiredFen === 0) return 'not-required';
    if (receivedFen >= requiredFen) return releasedFen + keptFen >= receivedFen ? 'released' : 'received';
    return asked.dueAt !== null && now > asked.dueAt ? 'overdue' : 'awaited';
  };
  return { state: stateOf(), ...amounts };
}
