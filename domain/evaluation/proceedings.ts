import type { MemberKind } from '../committees/composition.ts';
import type { Procedure } from '../procedures/procedure.ts';
import type { CommitteeAct, Motion, RecordedAct } from './acts.ts';
import type { PriceLimits } from './price-limits.ts';
import type { Scheme } from './scheme/scheme.ts';
import type { BidFacts, Failed, ScoringInput, ScoringLaw } from './scoring/input.ts';
import { actsInForce, isReopened, type Reopened } from './reopened.ts';
import { requestsIn, type RequestState } from './requested.ts';
import { evaluate } from './scoring/evaluate.ts';
import { withoutStaleSignatures } from './signed-result.ts';
import type { Outcome, TooFewBids } from './scoring/outcome.ts';
import { checkBeforeSigning, openFindings, type Answer, type SheetFinding } from './sheets/before-signing.ts';
import { similarBrands } from './sheets/brands.ts';
import { majorityOf, signingOf, type Signature, type Signing } from './sheets/decisions.ts';
import { itemsOf, type MarkSheet, type Member, type SheetPart } from './sheets/marks.ts';
import { shownTo, type Shown } from './sheets/secrecy.ts';
import { talliesOf, type BidTally } from './sheets/totals.ts';
import { endedBy, type BidsLeft } from './too-few.ts';

// How an evaluation stands, from what its members entered and did: nothing of it is stored twice.

/** Who sits, or sat, in a committee. Ids are `expert-2` (the number of the call) and `purchaser-1`: they name nobody. */
export interface Seat {
  readonly memberId: string;
  readonly kind: MemberKind;
  readonly replaced: boolean;
  /** Has stated, now that the bidders are known, that there is no conflict. */
  readonly cleared: boolean;
}

export interface EvaluatedBid {
  readonly bidId: string;
  /** Of the opened manifest; null: it was not sealed. */
  readonly priceFen: number | null;
}

export interface Evaluating {
  readonly definition: Procedure;
  readonly scheme: Scheme;
  readonly law: ScoringLaw;
  readonly limits: PriceLimits;
  readonly seats: readonly Seat[];
  readonly sheets: readonly MarkSheet[];
  readonly bids: readonly EvaluatedBid[];
  /** Their ids in the random order. */
  readonly drawn: readonly string[];
  /** All of them; those that a recheck has set aside count no more. */
  readonly acts: readonly RecordedAct[];
  readonly now: number;
}

export interface PartState {
  readonly part: SheetPart;
  /** The bids that are judged in it; null: it has not begun. */
  readonly bidIds: readonly string[] | null;
  readonly signedBy: readonly string[];
  /** All have signed their sheets of it: everybody sees them. */
  readonly isIn: boolean;
  readonly findings: readonly SheetFinding[];
  readonly open: readonly SheetFinding[];
  /** Nothing in it is open. */
  readonly closed: boolean;
}

export interface MotionState {
  readonly id: string;
  readonly by: string;
  readonly at: number;
  readonly motion: Motion;
  readonly yes: readonly string[];
  readonly no: readonly string[];
  readonly adopted: boolean | null;
}

const PARTS_IN_ORDER: readonly SheetPart[] = ['review', 'technical', 'commercial'];

/** The items of the parts that all who sit have signed: as long as one has not, what is entered in a part decides nothing. */
export function itemsSignedByAll({ definition, scheme, seats, acts }: Omit<Evaluating, 'sheets'>): string[] {
  const sitting = seats.filter(({ replaced }) => !replaced);
  const signed = (part: SheetPart) =>
    sitting.every(({ memberId }) =>
      acts.some(({ act, by }) => act.kind === 'part' && act.part === part && by === memberId),
    );
  return PARTS_IN_ORDER.filter(signed).flatMap((part) => itemsOf(definition, scheme, part).map(({ item }) => item.key));
}

/** An evaluation as it stands. */
export class Proceedings {
  readonly of: Evaluating;
  /** What a recheck has reopened. */
  readonly reopened: Reopened | null;
  private readonly inForce: readonly RecordedAct[];
  readonly members: readonly Member[];
  readonly parts: readonly PartState[];
  /** Too few bids are left: nothing is marked any more, and the report says so. */
  readonly ended: TooFewBids | null;
  readonly motions: readonly MotionState[];
  /** What is checked beside the parts: brands that may be one. */
  readonly brands: Pick<PartState, 'findings' | 'open'>;
  readonly tallies: readonly BidTally[];
  readonly leader: string | null;
  /** Null as long as a part is open, or a price unknown. */
  readonly input: ScoringInput | null;
  readonly outcome: Outcome | null;
  readonly signing: Signing;

  constructor(of: Evaluating) {
    this.of = of;
    const sitting = of.seats.flatMap(({ memberId, replaced }) => (replaced ? [] : [memberId]));
    this.inForce = withoutStaleSignatures(actsInForce(of.acts), sitting);
    this.reopened = this.acts('reopen').at(-1)?.act ?? null;
    const signers = new Set(this.acts('signature').map(({ by }) => by));
    this.members = of.seats.map(({ memberId, replaced }) => ({ memberId, replaced, signed: signers.has(memberId) }));
    this.tallies = this.tallied();
    const parts = this.partsInOrder();
    const ended = endedBy(of.law, this.bidsLeft(parts));
    this.ended = ended;
    // What was to be marked after it is marked no more.
    this.parts = ended ? parts.filter(({ closed }) => closed) : parts;
    this.motions = this.motionsInOrder();
    const brands = this.bidIds.flatMap((bidId) => this.decided('brand', bidId)?.motion.brand ?? []);
    const findings = similarBrands(of.definition, brands);
    this.brands = { findings, open: openFindings(findings, this.answers()) };
    this.leader = this.elected();
    this.input = this.scored();
    this.outcome = this.input && evaluate(this.input);
    this.signing = signingOf(of.definition, this.members, this.signatures());
  }

  get bidIds(): readonly string[] {
    return this.of.bids.map(({ bidId }) => bidId);
  }

  get sitting(): readonly string[] {
    return this.members.filter(({ replaced }) => !replaced).map(({ memberId }) => memberId);
  }

  /** Nothing is left to do but to sign the report. */
  get isReady(): boolean {
    return this.leader !== null && this.outcome?.pending.length === 0 && this.brands.open.length === 0;
  }

  get isReported(): boolean {
    return this.acts('report').length > 0;
  }

  /** The report is being signed: nothing before it changes any more. */
  get isBeingSigned(): boolean {
    return this.acts('signature').some(({ by }) => this.sitting.includes(by));
  }

  acts<K extends CommitteeAct['kind']>(
    kind: K,
  ): (RecordedAct & { readonly act: Extract<CommitteeAct, { kind: K }> })[] {
    return this.inForce.filter(
      (each): each is RecordedAct & { readonly act: Extract<CommitteeAct, { kind: K }> } => each.act.kind === kind,
    );
  }

  /** How many of those who sit ask for more time since it was last extended: more than a third are owed it (条例 48). */
  get timeAsked(): { readonly by: readonly string[]; readonly of: number; readonly isOwed: boolean } {
    const since = this.acts('extended').at(-1)?.at ?? -Infinity;
    const asking = this.acts('more-time').flatMap(({ by, at }) => (at > since ? [by] : []));
    const by = this.sitting.filter((memberId) => asking.includes(memberId));
    return { by, of: this.sitting.length, isOwed: 3 * by.length > this.sitting.length };
  }

  /** The opened price of a bid, or the one that was decided where it was not sealed; null: not known yet. */
  priceOf(bidId: string): number | null {
    const { priceFen } = this.of.bids.find((each) => each.bidId === bidId) ?? { priceFen: null };
    return priceFen ?? this.decided('price', bidId)?.motion.priceFen ?? null;
  }

  /** What bidders were asked, in that order. */
  get requests(): readonly RequestState[] {
    return requestsIn(this.inForce, this.of.now);
  }

  /** The request that a bidder may still answer in writing: one at a time. */
  openRequest(bidId: string): RequestState | undefined {
    return this.requests.find(
      (each) => each.bidId === bidId && each.about.on !== 'correction' && each.answer === null && !each.lapsed,
    );
  }

  /** Whether a bidder was asked to confirm a corrected price, and what became of it; the last time counts. */
  confirmationOf(motionId: string): RequestState | undefined {
    return this.requests.findLast(({ about }) => about.on === 'correction' && about.motionId === motionId);
  }

  /** What a member may see. What is settled again after somebody was replaced, who comes new signs first. */
  shown(memberId: string): Shown {
    const before = this.parts.filter(({ part }) => part !== 'commercial');
    const technicalSigned = before.every(({ closed, signedBy }) => closed && signedBy.includes(memberId));
    const shown = shownTo(this.of.scheme, { technicalSigned, allIn: this.parts.every(({ isIn }) => isIn) });
    return { ...shown, names: shown.names || this.knowsNames(memberId) };
  }

  /** In a recheck: who has signed the technical marks before has seen which bidder a number is. */
  private knowsNames(memberId: string): boolean {
    const { acts } = this.of;
    return (
      this.reopened !== null &&
      acts.some(({ by, act }) => by === memberId && act.kind === 'part' && act.part === 'technical')
    );
  }

  /** Whether what a member entered for an item of a bid can't be changed. */
  isFixed(memberId: string, bidId: string, part: PartState, item: string): boolean {
    if (this.isBeingSigned || this.isReported) return true;
    if (!part.signedBy.includes(memberId)) return !this.mayChange(memberId, bidId, item);
    return !part.open.some(
      (each) => each.item === item && each.bidId === bidId && (each.memberId === null || each.memberId === memberId),
    );
  }

  /** The committee looks again at what it has reported. */
  get isReopened(): boolean {
    return this.reopened !== null && !this.isReported;
  }

  /** Nothing is changed in a recheck but what was referred; who comes new enters everything. */
  private mayChange(memberId: string, bidId: string, item: string): boolean {
    const { reopened } = this;
    if (reopened === null) return true;
    const entered = this.of.sheets.some(
      (sheet) =>
        sheet.memberId === memberId && sheet.bidId === bidId && sheet.entries.some((entry) => entry.item === item),
    );
    if (!entered) return true;
    if (!isReopened(reopened, bidId, item)) return false;
    return (
      !reopened.found ||
      this.motions.some(
        ({ adopted, motion }) =>
          adopted === true &&
          motion.on === 'outlier' &&
          motion.memberId === memberId &&
          motion.bidId === bidId &&
          motion.item === item,
      )
    );
  }

  private partsInOrder(): PartState[] {
    const { definition, scheme, sheets } = this.of;
    const acts = this.inForce;
    const due = PARTS_IN_ORDER.filter((part) => itemsOf(definition, scheme, part).length > 0);
    const answers = this.answers();
    const states: PartState[] = [];
    for (const part of due) {
      const begins = states.every(({ closed }) => closed);
      const bidIds = part === 'review' ? this.qualified() : this.passed();
      const signedBy = acts.flatMap(({ act, by }) => (act.kind === 'part' && act.part === part ? [by] : []));
      const isIn = begins && this.sitting.every((memberId) => signedBy.includes(memberId));
      const findings = isIn
        ? checkBeforeSigning({
            ...{ definition, members: this.members, sheets, bidIds },
            scheme: schemeOf(scheme, part, part === due.at(-1)),
          })
        : [];
      const open = openFindings(findings, answers);
      const undecided = part === 'review' && this.tallies.some((tally) => tally.undecided.length > 0);
      const closed = isIn && open.length === 0 && !undecided;
      states.push({ part, bidIds: begins ? bidIds : null, signedBy, isIn, findings, open, closed });
    }
    return states;
  }

  private answers(): Answer[] {
    return this.acts('answer').map(({ act }) => act);
  }

  private bidsLeft(parts: readonly PartState[]): BidsLeft {
    const reviewed = parts.some(({ part, closed }) => part === 'review' && closed);
    const isOut = ({ part }: Failed): boolean => part === 'qualification';
    const qualified = this.tallies.filter(({ facts }) => !facts.failed.some(isOut)).length;
    const isKnown = reviewed || this.of.definition.evaluation.scheme.qualificationBy.who === 'purchaser';
    return { qualified: isKnown ? qualified : null, conforming: reviewed ? this.passed().length : null };
  }

  private tallied(): readonly BidTally[] {
    const { definition, scheme, sheets } = this.of;
    const found = this.acts('unqualified').map(({ act }) => act);
    return talliesOf(definition, scheme, this.members, sheets, this.bidIds).map((tally) => {
      const failed = found
        .filter(({ bidId }) => bidId === tally.bidId)
        .map(({ item, ground, reasonZh }): Failed => ({ part: 'qualification', item, ground, reasonZh }));
      if (failed.length === 0) return tally;
      // Nobody reviews what the purchaser found not to qualify.
      return { ...tally, undecided: [], facts: { ...tally.facts, failed: [...failed, ...tally.facts.failed] } };
    });
  }

  /** Bids that the purchaser has not rejected. */
  private qualified(): readonly string[] {
    const out = this.acts('unqualified').map(({ act }) => act.bidId);
    return this.bidIds.filter((bidId) => !out.includes(bidId));
  }

  /** Bids that nobody has rejected in the review. */
  private passed(): readonly string[] {
    return this.tallies.filter(({ facts }) => facts.failed.length === 0).map(({ bidId }) => bidId);
  }

  private motionsInOrder(): MotionState[] {
    return this.acts('motion').map(({ id, by, at, act: { motion } }) => {
      const cast = this.acts('vote').filter(({ act }) => act.motionId === id);
      const votes = [{ memberId: by, yes: true }, ...cast.map((vote) => ({ memberId: vote.by, yes: vote.act.yes }))];
      return {
        ...{ id, by, at, motion },
        yes: votes.filter(({ yes }) => yes).map(({ memberId }) => memberId),
        no: votes.filter(({ yes }) => !yes).map(({ memberId }) => memberId),
        adopted: majorityOf(this.members, votes),
      };
    });
  }

  /** What was decided last. */
  private decided<K extends Motion['on']>(
    on: K,
    bidId?: string,
  ): (MotionState & { readonly motion: Extract<Motion, { on: K }> }) | undefined {
    return this.motions
      .filter(
        (each): each is MotionState & { readonly motion: Extract<Motion, { on: K }> } =>
          each.adopted === true && each.motion.on === on,
      )
      .findLast(({ motion }) => bidId === undefined || ('bidId' in motion && motion.bidId === bidId));
  }

  /** Who has the votes of more than half; of each member the last one counts. */
  private elected(): string | null {
    const votes = new Map(this.acts('leader').map(({ by, act }) => [by, act.memberId]));
    const { sitting } = this;
    return (
      sitting.find(
        (candidate) => 2 * sitting.filter((memberId) => votes.get(memberId) === candidate).length > sitting.length,
      ) ?? null
    );
  }

  /** Until when members may sign, where the leader has ended the signing. */
  get signingUntil(): number | null {
    return this.acts('close').at(-1)?.act.until ?? null;
  }

  private signatures(): Signature[] {
    const given = this.acts('signature').map(({ by, act: { as, reasonsZh } }) => ({ memberId: by, as, reasonsZh }));
    const { signingUntil } = this;
    if (signingUntil === null || this.of.now <= signingUntil) return given;
    const silent = this.sitting.filter((memberId) => !given.some((each) => each.memberId === memberId));
    return [...given, ...silent.map((memberId): Signature => ({ memberId, as: 'refused', reasonsZh: null }))];
  }

  private scored(): ScoringInput | null {
    if (this.parts.some(({ closed }) => !closed)) return null;
    const { scheme, law, limits, bids } = this.of;
    const facts = bids.map(({ bidId }, index): BidFacts | null => {
      const tally = this.tallies[index];
      const price = this.priceOf(bidId);
      if (tally === undefined || price === null) return null;
      const correction = this.decided('correction', bidId);
      const asked = correction && this.confirmationOf(correction.id);
      return {
        ...tally.facts,
        ...{ bidId, priceFen: price, corrections: correction?.motion.corrections ?? [] },
        // Who is silent does not confirm (不确认).
        confirmed: asked?.answer?.confirmed[0] ?? (asked?.lapsed ? false : null),
        brand: this.decided('brand', bidId)?.motion.brand ?? null,
        claims: this.decided('claims', bidId)?.motion.claims ?? [],
        deviations: this.decided('deviations', bidId)?.motion.deviations ?? {},
        lowPrice: this.lowPriceOf(bidId),
      };
    });
    if (facts.includes(null)) return null;
    return {
      ...{ scheme, law, limits, bids: facts.filter((each) => each !== null) },
      drawn: this.of.drawn,
      competition: this.decided('competition')?.motion.left ?? null,
    };
  }

  private lowPriceOf(bidId: string): BidFacts['lowPrice'] {
    const asked = this.requests.some((each) => each.bidId === bidId && each.about.on === 'low-price');
    if (!asked) return null;
    const decided = this.decided('low-price', bidId)?.motion;
    return { asked: true, reasonable: decided?.reasonable ?? null, reasonZh: decided?.reasonZh ?? '' };
  }
}

/** The scheme as far as a part goes; with the last part the marks are looked at as a whole. */
function schemeOf(scheme: Scheme, part: SheetPart, isLast: boolean): Scheme {
  if (part === 'review') return isLast ? scheme : { ...scheme, criteria: [] };
  const criteria = isLast ? scheme.criteria : scheme.criteria.filter((each) => each.part === part);
  return { ...scheme, qualification: [], conformity: [], criteria };
}
