import type { Procedure } from '../../../domain/procedures/procedure.ts';
import type { Snapshot } from '../invariants/snapshot.ts';

/** What a bidder holds in its hand. */
export interface Receipt {
  readonly bidId: string;
  readonly lotNo: number;
  readonly supplier: number;
  readonly sha256: string;
  readonly size: number;
  readonly receivedAt: number;
}

/** What one of its people prepared, for another to confirm. */
export interface Prepared {
  readonly id: string;
  readonly act: 'amendment' | 'award';
  readonly lotNo: number;
  /** Of the clerks. */
  readonly by: number;
  readonly path: string;
  readonly lapsesAt: number;
  /** As its people were told last. */
  state: 'waiting' | 'confirmed' | 'withdrawn';
}

/** What is known of one tender besides what the platform stores: who did what, and what they were told. */
export interface Story {
  readonly name: string;
  readonly id: string;
  readonly definition: Procedure;
  /** Who runs it, of the people. */
  readonly purchaser: number;
  /** Who may bid; null: anybody. */
  readonly invited: readonly number[] | null;
  /** As it was last judged. */
  seen: Snapshot | null;
  readonly receipts: Map<string, Receipt>;
  /** The receipt that stands, by lot and supplier. */
  readonly standing: Map<string, string>;
  /** Suppliers that have given their offer, where it is given once. */
  readonly offered: Set<string>;
  readonly obtained: Set<number>;
  /** Answers that were accepted, by what they make public. */
  readonly made: Map<string, number>;
  readonly prepared: Prepared[];
  /** Corrections that were published, by their notices: what each corrects. */
  readonly corrections: Map<string, string>;
  /** The purchaser’s own people in each committee, by its draw. */
  readonly representatives: Map<string, number>;
  /** Parties that have bound themselves to a part and have not handed it in: draw and party. */
  readonly bound: Set<string>;
  readonly questions: { readonly id: string; answered: boolean }[];
  /** Deposits that came in, and went back. */
  paidFen: number;
  refundedFen: number;
  /** Whether its people act no more by themselves. */
  isOver: boolean;
  /** Its people do only what is lawful and leads on. */
  leadsOn: boolean;
}

export const newStory = (of: Pick<Story, 'id' | 'name' | 'definition' | 'purchaser' | 'invited'>): Story => ({
  ...of,
  seen: null,
  receipts: new Map(),
  standing: new Map(),
  offered: new Set(),
  obtained: new Set(),
  made: new Map(),
  prepared: [],
  corrections: new Map(),
  representatives: new Map(),
  bound: new Set(),
  questions: [],
  paidFen: 0,
  refundedFen: 0,
  isOver: false,
  leadsOn: false,
});

export const placeOf = (lotNo: number, supplier: number): string => `${lotNo}/${supplier}`;

export function made(story: Story, what: string): void {
  story.made.set(what, (story.made.get(what) ?? 0) + 1);
}
