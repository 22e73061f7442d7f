import { civilDayOf, endOfDay } from '../civil-time.ts';
import type { DecisionPayloads } from '../decisions.ts';
import type { Acceptance, ContractChange, ContractSide, Delivery, Payment } from './acts.ts';
import { performanceDueAt } from './lateness.ts';
import type { ContractTerms, Deviation, Instalment } from './stated.ts';

// How a contract stands: computed from what people recorded of it, in the order in which they did. Nothing of it is stored.

/** The decisions that make up a contract. */
export const CONTRACT_ACTS = ['performance-bond', 'contract', 'change-contract', 'deliver', 'accept', 'pay'] as const;
type ContractActKind = (typeof CONTRACT_ACTS)[number];

export type ContractAct = {
  [K in ContractActKind]: { readonly kind: K; readonly payload: DecisionPayloads[K]; readonly receivedAt: number };
}[ContractActKind];

export interface InstalmentStanding extends Instalment {
  /** When what it waits for happened; null: it has not yet. */
  readonly from: number | null;
  /** When it was delivered: by the earlier of the two sides, and at the latest when it was accepted, or found wanting. */
  readonly deliveredAt: number | null;
  /**
   * Of what waits for an acceptance that nobody has held: the end of its agreed period (保障中小企业款项支付条例 10), from which a small
   * firm is paid.
   */
  readonly acceptanceEndAt: number | null;
  readonly invoicedAt: number | null;
  /** The two sides state different days. */
  readonly disputed: boolean;
  readonly paidFen: number;
  readonly interestFen: number;
  readonly payments: readonly Payment[];
}

export interface AcceptanceStanding extends Acceptance {
  /** Every item is met. */
  readonly passed: boolean;
}

export interface Contract {
  readonly signedAt: number;
  readonly originalFen: number;
  /** With what changes made of it. */
  readonly amountFen: number;
  /** 1, and one more for each change. */
  readonly version: number;
  readonly terms: ContractTerms | null;
  readonly deviations: readonly Deviation[];
  readonly documentId: string | null;
  readonly state: 'in-force' | 'suspended' | 'terminated';
  readonly changes: readonly (ContractChange & { readonly version: number; readonly recordedAt: number })[];
  /** What all supplements added. */
  readonly supplementsFen: number;
  readonly instalments: readonly InstalmentStanding[];
  readonly deliveries: readonly Delivery[];
  /** When the whole was delivered, by the earlier of the two sides. */
  readonly deliveredAt: number | null;
  /** Until when it is to be performed; null: no days are stated, or it is suspended. */
  readonly performanceDueAt: number | null;
  readonly acceptances: readonly AcceptanceStanding[];
  /** When the whole was accepted. */
  readonly acceptedAt: number | null;
}

const earliest = (instants: readonly (number | null)[]): number | null => {
  const given = instants.filter((at): at is number => at !== null);
  return given.length === 0 ? null : Math.min(...given);
};

const isPassed = ({ items }: Acceptance): boolean => items.every(({ met }) => met);

/** What two sides state, where they state it at all. */
const differ = (deliveries: readonly Delivery[], key: 'deliveredAt' | 'invoicedAt'): boolean => {
  const by = (side: ContractSide): number | null =>
    earliest(deliveries.filter((each) => each.by === side).map((each) => each[key]));
  const [purchaser, supplier] = [by('purchaser'), by('supplier')];
  return purchaser !== null && supplier !== null && purchaser !== supplier;
};

/** The contract of a lot as recorded by `acts`, in their order; undefined before it is signed. */
export function contractOf(acts: readonly ContractAct[]): Contract | undefined {
  const signed = acts.findLast(({ kind }) => kind === 'contract') as (ContractAct & { kind: 'contract' }) | undefined;
  if (!signed) return undefined;
  const { amountFen: originalFen, signedAt, documentId, terms = null, deviations = [] } = signed.payload;
  const of = <K extends ContractActKind>(kind: K): readonly (ContractAct & { readonly kind: K })[] =>
    acts.filter((act): act is ContractAct & { readonly kind: K } => act.kind === kind);
  const deliveries = of('deliver').map(({ payload }) => payload);
  const acceptances = of('accept').map(({ payload }) => ({ ...payload, passed: isPassed(payload) }));

  let plan: readonly Instalment[] = terms?.payments ?? [];
  let amountFen = originalFen;
  let supplementsFen = 0;
  let state: Contract['state'] = 'in-force';
  const paid = new Map<number, Payment[]>();
  const paidOf = (no: number): number => (paid.get(no) ?? []).reduce((sum, each) => sum + each.amountFen, 0);
  const changes: Contract['changes'][number][] = [];
  for (const { kind, payload, receivedAt } of acts) {
    if (kind === 'pay') paid.set(payload.instalment, [...(paid.get(payload.instalment) ?? []), payload]);
    if (kind !== 'change-contract') continue;
    changes.push({ ...payload, version: changes.length + 2, recordedAt: receivedAt });
    const { payments, amountFen: given } = payload;
    switch (payload.kind) {
      case 'supplement':
        supplementsFen += given ?? 0;
        amountFen += given ?? 0;
        plan = [...plan, ...(payments ?? [])];
        break;
      case 'variation':
      case 'termination':
        if (given !== null) amountFen = given;
        // What was paid stands; what follows is as agreed now.
        if (payments !== null) plan = [...settled(plan, paidOf), ...payments];
        if (payload.kind === 'termination') state = 'terminated';
        break;
      case 'suspension':
        state = 'suspended';
        break;
      case 'resumption':
        state = 'in-force';
        break;
    }
  }

  const whole = deliveries.filter(({ instalment }) => instalment === null);
  const standingOf = (each: Instalment): InstalmentStanding => {
    const own = deliveries.filter(({ instalment }) => instalment === null || instalment === each.no);
    const inspected = acceptances.filter(({ instalment }) => instalment === null || instalment === each.no);
    const accepted = inspected.filter(({ passed }) => passed);
    const stated = earliest(own.map(({ deliveredAt }) => deliveredAt));
    const deliveredAt = earliest([stated, ...inspected.map(({ at }) => at)]);
    const from = {
      signing: () => signedAt,
      delivery: () => deliveredAt,
      acceptance: () => earliest(accepted.map(({ at }) => at)),
    }[each.after]();
    const payments = paid.get(each.no) ?? [];
    return {
      ...each,
      ...{ from, deliveredAt },
      acceptanceEndAt: each.after === 'acceptance' ? lapsedAcceptance(terms, stated, inspected) : null,
      invoicedAt: earliest(own.map(({ invoicedAt }) => invoicedAt)),
      disputed: differ(own, 'deliveredAt') || differ(own, 'invoicedAt'),
      paidFen: paidOf(each.no),
      interestFen: payments.reduce((sum, { interestFen }) => sum + interestFen, 0),
      payments,
    };
  };
  return {
    ...{ signedAt, originalFen, amountFen, version: changes.length + 1, terms, deviations, documentId },
    ...{ state, changes, supplementsFen },
    instalments: plan.map(standingOf),
    deliveries,
    deliveredAt: earliest(whole.map(({ deliveredAt }) => deliveredAt)),
    performanceDueAt: performanceDueAt(signedAt, terms, changes),
    acceptances,
    acceptedAt: earliest(
      acceptances.filter(({ passed, instalment }) => passed && instalment === null).map(({ at }) => at),
    ),
  };
}

/** The end of the agreed period for the acceptance of what was delivered, where nothing was inspected in it. */
function lapsedAcceptance(
  terms: ContractTerms | null,
  deliveredAt: number | null,
  inspected: readonly Acceptance[],
): number | null {
  const withinDays = terms?.acceptance?.withinDays;
  if (withinDays === undefined || deliveredAt === null) return null;
  const endAt = endOfDay(civilDayOf(deliveredAt) + withinDays);
  return inspected.some(({ at }) => at <= endAt) ? null : endAt;
}

/** Instalments of which something was paid, at what was paid. */
const settled = (plan: readonly Instalment[], paidOf: (no: number) => number): Instalment[] =>
  plan.filter(({ no }) => paidOf(no) > 0).map((each) => ({ ...each, amountFen: paidOf(each.no) }));

/** What was paid of the contract so far, without interest. */
export const paidFenOf = ({ instalments }: Pick<Contract, 'instalments'>): number =>
  instalments.reduce((sum, { paidFen }) => sum + paidFen, 0);
