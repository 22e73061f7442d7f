import {
  compare,
  exact,
  multiply,
  percent,
  readExact,
  whole,
  type Exact,
} from '../domain/evaluation/scoring/fraction.ts';
import type { LowFinding } from '../domain/evaluation/scoring/abnormal-low.ts';
import type { BidFacts, GroupFacts, ScoringInput, ScoringLaw } from '../domain/evaluation/scoring/input.ts';
import { betterOf, comparesBids } from '../domain/evaluation/scoring/objective.ts';
import type { Outcome, RankedBid, RejectedBid } from '../domain/evaluation/scoring/outcome.ts';
import { correctionFault, countedFen, overLimit } from '../domain/evaluation/scoring/price.ts';
import { scoreBid, type BidScore } from '../domain/evaluation/scoring/score-bid.ts';
import type { Scheme } from '../domain/evaluation/scheme/scheme.ts';
import type { PriceLimits } from '../domain/evaluation/price-limits.ts';
import type { TieTerms } from '../domain/evaluation/scoring/tie-order.ts';
import { canonicalHash } from './hash.ts';
import { inTieOrder, tieTermsOf, type OrderedBids } from './tie-order.ts';

// 得分说明: what one bidder gets of the evaluation. It holds all that its own points come from, and nothing that names another bid, so that
// anybody who has it recomputes them with the same code, in a browser too.

export const SCORE_SHEET = 'kb-score-sheet';

export interface ScoreSheet {
  readonly format: typeof SCORE_SHEET;
  readonly version: 1;
  readonly procurementId: string;
  readonly lotNo: number;
  readonly scheme: Scheme;
  readonly law: ScoringLaw;
  readonly limits: PriceLimits;
  /** Marks are in the order of their size: they do not say whose they are. */
  readonly bid: BidFacts;
  readonly group: GroupFacts;
  /** Null: it was rejected, or the evaluation ended before anything was scored. */
  readonly score: Omit<BidScore, 'bidId'> | null;
  readonly rejected: Omit<RejectedBid, 'bidId'> | null;
  /** The limits below which its price is. */
  readonly low: readonly Omit<LowFinding, 'bidId'>[];
  readonly rank: number | null;
  /** 随机抽取: where it and others are equal in all that the law and the documents look at; null: nothing was left to chance. */
  readonly tie: (SheetDraw & { readonly rank: number }) | null;
  /** The same among equal bids of its brand, of which the first goes on (财政部令87号 31). */
  readonly brandDraw: SheetDraw | null;
  readonly candidate: boolean;
  /** Another bid of its brand is recommended in its place. */
  readonly behindItsBrand: boolean;
  /** How many bids were ranked. */
  readonly ranked: number;
  /** Points (or 评标价) of all ranked bids, best first, without names, where the documents disclose them. */
  readonly totals: readonly Exact[] | null;
  /** Each rule that it names, as it is cited. */
  readonly rules: Readonly<Record<string, { readonly zh: string; readonly en: string }>>;
}

/** How chance ordered equal bids: they are told from one another by the hashes of the record of the opening. */
export interface SheetDraw {
  readonly terms: TieTerms;
  /** SHA-256 of the own file. */
  readonly file: string;
  /** Files of the equal bids in the random order. */
  readonly among: readonly string[];
}

const valueOf = ({ total, evaluatedFen }: Pick<BidScore, 'total' | 'evaluatedFen'>): Exact => total ?? evaluatedFen;

/** Without the property. */
function without<T extends { readonly bidId: string }>({ bidId: _bidId, ...rest }: T): Omit<T, 'bidId'> {
  return rest;
}

/**
 * The score sheet of a bid.
 * @param order all bids of the lot in the random order
 * @param cite how a rule is cited
 * @returns undefined where there is no such bid
 */
export function sheetOf(
  order: OrderedBids,
  { scheme, law, limits, bids }: ScoringInput,
  outcome: Outcome,
  bidId: string,
  cite: (rule: string) => { readonly zh: string; readonly en: string },
): ScoreSheet | undefined {
  const facts = bids.find((each) => each.bidId === bidId);
  if (!facts) return undefined;
  const own = outcome.valid.find((each) => each.bidId === bidId);
  const rejected = outcome.rejected.find((each) => each.bidId === bidId);
  const ranked = outcome.valid.filter(({ rank }) => rank !== null);
  const score = own ? scoreOf(own) : null;
  const tie = tieOf(order, outcome, bidId);
  const ofBrand = outcome.brandsDrawn.find((equal) => equal.includes(bidId));
  const named = [
    ...(score?.steps ?? []).flatMap(({ rule }) => rule ?? []),
    ...(rejected ? [rejected.rule] : []),
    ...(tie ? [law.ties.rule] : []),
    ...(ofBrand && law.sameBrand ? [law.sameBrand.rule] : []),
  ];
  const { procurementId, lotNo } = order.terms;
  return {
    ...{ format: SCORE_SHEET, version: 1, procurementId, lotNo, scheme, law, limits },
    bid: {
      ...facts,
      marks: Object.fromEntries(Object.entries(facts.marks).map(([key, marks]) => [key, inOrder(marks)])),
    },
    group: outcome.group,
    score,
    rejected: rejected ? without(rejected) : null,
    low: outcome.low.filter((each) => each.bidId === bidId).map(without),
    rank: own?.rank ?? null,
    tie,
    brandDraw: ofBrand ? drawOf(order, ofBrand, bidId) : null,
    candidate: own?.candidate ?? false,
    behindItsBrand: (own?.brandBehind ?? null) !== null,
    ranked: ranked.length,
    totals: scheme.disclosure === 'totals' ? ranked.map(valueOf) : null,
    rules: Object.fromEntries([...new Set(named)].sort().map((rule) => [rule, cite(rule)])),
  };
}

function drawOf({ terms, bids }: OrderedBids, equal: readonly string[], bidId: string): SheetDraw {
  const fileOf = (id: string): string => {
    const found = bids.find((each) => each.bidId === id);
    if (!found) throw new RangeError(`the random order lacks ${id}`);
    return found.file;
  };
  return { terms, file: fileOf(bidId), among: equal.map(fileOf) };
}

/** `rank`: what they share or, where each has a rank of its own, that of the first. */
function tieOf(order: OrderedBids, { ties }: Outcome, bidId: string): ScoreSheet['tie'] {
  const tie = ties.find((each) => each.bidIds.includes(bidId));
  const equal = tie?.drawn.find((group) => group.includes(bidId));
  const [first] = equal ?? [];
  if (!tie || !equal || first === undefined) return null;
  return { ...drawOf(order, equal, bidId), rank: tie.rank + (tie.shared ? 0 : tie.bidIds.indexOf(first)) };
}

const scoreOf = ({ steps, evaluatedFen, parts, total }: RankedBid): ScoreSheet['score'] => ({
  steps,
  evaluatedFen,
  parts,
  total,
});

const inOrder = (marks: readonly Exact[]): Exact[] =>
  marks.toSorted((a, b) => compare(exact(a), exact(b)) || (a < b ? -1 : 1));

/** SHA-256 over its canonical JSON: the sheet's fact in the log. */
export const sheetHash = (sheet: ScoreSheet): string => canonicalHash(sheet);

export interface SheetFault {
  readonly zh: string;
  readonly en: string;
}

export interface VerifiedSheet {
  /** Its own points, recomputed; null: there are none. */
  readonly score: Omit<BidScore, 'bidId'> | null;
  /** `recomputed` from the totals of all; `stated`: the documents disclose none of the others. */
  readonly rank: 'recomputed' | 'stated';
  readonly faults: readonly SheetFault[];
}

/** Recomputes a score sheet. Whether the platform has issued it, its hash in the log says. */
export function verifySheet(sheet: ScoreSheet): VerifiedSheet {
  const faults: SheetFault[] = [];
  const fault = (zh: string, en: string): void => void faults.push({ zh, en });
  const { scheme, law, bid, group } = sheet;
  if (correctionFault(law, bid) !== null) fault('报价修正不合顺序', 'the price was not corrected in the lawful order');
  const over = overLimit(law, sheet.limits, bid) !== null;
  if (over ? sheet.score !== null : sheet.rejected?.point === 'price-limit') {
    fault('是否超过最高限价与所列报价不符', 'whether the price is above the limit does not follow from the prices');
  }
  checkLow(sheet, fault);
  checkForm(sheet, fault);
  checkTies(sheet, fault);
  let score: VerifiedSheet['score'] = null;
  if (sheet.score !== null) {
    score = without(scoreBid(scheme, law, bid, group));
    const wrong = differingStep(score, sheet.score);
    if (wrong !== null) fault(`重新计算的结果不同：${wrong}`, `the recomputed result differs: ${wrong}`);
    checkGroup(sheet, score, fault);
  }
  return { score, rank: checkRank(sheet, score, fault), faults };
}

type Report = (zh: string, en: string) => void;

/** A bid is scored and ranked, or rejected, or nothing was ranked at all; a rank is one of those that were given. */
function checkForm({ score, rejected, rank, ranked, candidate, behindItsBrand }: ScoreSheet, fault: Report): void {
  if (score !== null && rejected !== null) fault('既有得分又被否决', 'it is both scored and rejected');
  if (score === null && rejected === null && ranked > 0)
    fault('没有得分，也没有否决的理由', 'it has neither a score nor a reason for its rejection');
  if (score === null && rank !== null) fault('没有得分却有排序', 'it has a rank without a score');
  if (rank !== null && !(Number.isSafeInteger(rank) && rank >= 1 && rank <= ranked))
    fault(`排序第 ${rank} 不在 1 至 ${ranked} 之间`, `rank ${rank} is not one of 1 to ${ranked}`);
  if (score !== null && rank === null && !behindItsBrand && ranked > 0)
    fault('有得分却没有排序', 'it has a score and no rank');
  if (candidate && rank === null) fault('没有排序却是候选人', 'it is a candidate without a rank');
}

/** Where two derivations part; null: nowhere. */
function differingStep(a: Omit<BidScore, 'bidId'>, b: Omit<BidScore, 'bidId'>): string | null {
  if (canonicalHash(a) === canonicalHash(b)) return null;
  const at = a.steps.findIndex((step, index) => canonicalHash(step) !== canonicalHash(b.steps[index] ?? null));
  return (at < 0 ? undefined : a.steps[at]?.key) ?? 'total';
}

/** What the others' facts must be for the own ones to be among them. */
function checkGroup(
  { scheme, bid, group }: ScoreSheet,
  { evaluatedFen }: Omit<BidScore, 'bidId'>,
  fault: Report,
): void {
  const prices = group.prices.map((price) => exact(price, 'prices'));
  if (!group.prices.includes(evaluatedFen))
    fault('评标价不在所列评标价之中', 'the own evaluated price is not among those of the group');
  const sorted = prices.every((price, index) => {
    const before = prices[index - 1];
    return before === undefined || compare(before, price) <= 0;
  });
  if (!sorted) fault('所列评标价没有由低到高排列', 'the evaluated prices are not in order');
  for (const criterion of scheme.criteria) {
    if (criterion.kind !== 'objective' || !comparesBids(criterion.formula)) continue;
    const [value, best] = [readExact(bid.values[criterion.key] ?? ''), readExact(group.best[criterion.key] ?? '')];
    if (value && (!best || compare(betterOf(criterion.formula, value, best), best) !== 0)) {
      fault(`“${criterion.nameZh}”优于所列最优值`, `the own value of "${criterion.key}" is better than the best`);
    }
  }
}

function checkLow({ low, bid, law }: ScoreSheet, fault: Report): void {
  for (const { percent: rate, reference, limit, priceFen } of low) {
    const due = multiply(exact(reference, 'reference'), percent(exact(rate, 'percent')));
    const right = compare(due, exact(limit, 'limit')) === 0 && priceFen === countedFen(law, bid);
    if (right && compare(whole(priceFen), due) < 0) continue;
    fault('异常低价的情形与所列数值不符', 'the low price does not follow from its numbers');
  }
}

const SHA256 = /^[0-9a-f]{64}$/;

/** The random order, repeated; that the hashes are those of the lot, the record of the opening and the log say. */
function checkDraw({ procurementId, lotNo }: ScoreSheet, { terms, file, among }: SheetDraw, fault: Report): void {
  if (canonicalHash(terms) !== canonicalHash(tieTermsOf({ procurementId, lotNo }, terms.bids)))
    fault('随机抽取的依据不是本标段的，或者没有按次序列出', 'the terms of the random order are not those of this lot');
  // A hash of another form orders nothing.
  if (![...among, ...terms.bids.map((bid) => bid.file)].every((each) => SHA256.test(each)))
    return fault('随机抽取所依的哈希有误', 'a hash of the random order is none');
  const isUnknown = among.some((each) => !terms.bids.some((bid) => bid.file === each));
  if (isUnknown || among.length < 2 || !among.includes(file))
    fault('并列的投标有误', 'the equal bids are not those of the lot, or lack the own one');
  const due = inTieOrder(
    terms,
    among.map((each) => ({ file: each })),
  );
  if (due.some((each, index) => each.file !== among[index])) fault('随机抽取的次序有误', 'the random order is another');
}

/** What chance decided is what the sheet says. */
function checkTies(sheet: ScoreSheet, fault: Report): void {
  const { tie, brandDraw, rank, law, totals, score, rejected, behindItsBrand } = sheet;
  if (brandDraw) {
    checkDraw(sheet, brandDraw, fault);
    const goesOn = !behindItsBrand && rejected?.point !== 'same-brand';
    if (goesOn !== (brandDraw.among[0] === brandDraw.file))
      fault(
        '同品牌中由谁参加与随机抽取的次序不符',
        'which bid of the brand goes on does not follow from the random order',
      );
  }
  if (!tie) return;
  checkDraw(sheet, tie, fault);
  if (rank !== tie.rank + (law.ties.then === 'shared' ? 0 : tie.among.indexOf(tie.file)))
    fault(`排序第 ${rank} 与随机抽取的次序不符`, `rank ${rank} does not follow from the random order`);
  if (totals === null || score === null) return;
  const equal = totals.filter((each) => compare(exact(each), exact(valueOf(score))) === 0).length;
  if (equal < tie.among.length) fault('并列的投标多于得分相同的', 'more bids are tied than have the same total');
}

/** Between the bids that are better and those that are equal: what orders equal ones the sheet does not hold. */
function checkRank(
  { totals, rank, law }: ScoreSheet,
  score: VerifiedSheet['score'],
  fault: Report,
): VerifiedSheet['rank'] {
  if (totals === null || rank === null || score === null) return 'stated';
  const own = exact(valueOf(score));
  const sign = law.by === 'points' ? 1 : -1;
  const better = totals.filter((each) => sign * compare(exact(each), own) > 0).length;
  const equal = totals.filter((each) => compare(exact(each), own) === 0).length;
  if (equal === 0 || rank <= better || rank > better + equal) {
    fault(`排序第 ${rank} 与所列得分不符`, `rank ${rank} does not follow from the totals`);
  }
  return 'recomputed';
}
