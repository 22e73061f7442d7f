import { DomainError } from '../errors.ts';
import type { Candidate, ReportPayload, Valued } from '../decisions.ts';
import { wordFor } from '../fields/field.ts';
import { yuan } from '../law/catalogue.ts';
import { getRule, type RuleId } from '../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../law/violation.ts';
import type { Procedure } from '../procedures/procedure.ts';
import { checkConfirmation, wrongCorrection } from './correction.ts';
import { checkEvaluatedPrice } from './evaluated-price.ts';
import type { Evaluation, ListedBid, OpenedBid, ReportFacts } from './facts.ts';
import type { EvaluationMethod } from './methods.ts';
import { checkStated } from './opened.ts';
import { nearlySame } from './persons.ts';
import { limitOf, type PriceLimits } from './price-limits.ts';
import { contradictionOf } from './rejections.ts';

// 评标报告: what the platform knows better than who writes it. Prices are fen.

/** 有效投标: candidates first, each with its place in the report. */
const validOf = ({ candidates, others }: Evaluation): ListedBid[] => [
  ...candidates.map((bid, index) => ({ field: `candidates[${index}]`, bid })),
  ...others.map((bid, index) => ({ field: `others[${index}]`, bid })),
];

/** How many passed the qualification, and how many conform: counted, not believed. */
export function countsOf(
  { evaluation: { rejection } }: Pick<Procedure, 'evaluation'>,
  { candidates, others, rejected }: Evaluation,
): { readonly qualified: number; readonly conforming: number } {
  const conforming = candidates.length + others.length;
  const unqualified = rejected.filter(({ ground }) => ground === rejection.unqualified).length;
  return { conforming, qualified: conforming + rejected.length - unqualified };
}

/** The same of those who compete: bidders of one brand count as one (财政部令87号 31). */
export function competingOf(
  definition: Pick<Procedure, 'evaluation'>,
  report: Evaluation,
): ReturnType<typeof countsOf> {
  const { qualified, conforming } = countsOf(definition, report);
  if (definition.evaluation.scheme.sameBrand === undefined) return { qualified, conforming };
  const behind = report.others.filter(({ brandBehind }) => brandBehind !== undefined).length;
  return { qualified: qualified - behind, conforming: conforming - behind };
}

/**
 * Each opened bid is named once: a candidate, another valid bid, or rejected.
 * @throws DomainError `bad-input`
 */
export function assertEachNamedOnce({ words }: Procedure, { opened }: ReportFacts, report: Evaluation): void {
  const named = [...validOf(report).map(({ bid }) => bid), ...report.rejected].map(({ bidId }) => bidId);
  const twice = named.find((bidId, index) => named.indexOf(bidId) !== index);
  if (twice !== undefined) {
    throw badReport(
      'candidates',
      `${words.bidding} ${twice} 在报告中列了两次：每个已开启的${words.bidding}只能是${words.award}候选人、其他有效${words.bidding}或被否决者之一`,
      `Bid ${twice} is named twice: each opened bid is a candidate, another valid bid, or rejected`,
      { bidId: twice },
    );
  }
  const missing = opened.map(({ bidId }) => bidId).filter((bidId) => !named.includes(bidId));
  if (missing.length === 0) return;
  throw badReport(
    'others',
    `报告未列明已开启的${words.bidding}：${missing.join('、')}。每个${words.bidding}应当列为${words.award}候选人（candidates）、其他有效${words.bidding}（others）或者写明法定情形后否决（rejected）`,
    `The report does not name these opened bids: ${missing.join(', ')}. Each is a candidate, one of the others, or rejected on a ground of the law`,
    { bidIds: missing },
  );
}

/**
 * Members are persons, not rows: a name that is written twice, also with other spaces or invisible characters, is one.
 * @throws DomainError `bad-input`
 */
export function assertDistinctMembers({ words }: Procedure, committee: ReportPayload['committee']): void {
  committee.forEach(({ name }, index) => {
    const earlier = committee.findIndex((other) => nearlySame(other.name, name));
    if (earlier === index) return;
    throw badReport(
      `committee.${index}.name`,
      `${words.committee}成员“${name}”与第 ${earlier + 1} 名成员同名，按一人计；确为两人的，请注明单位加以区分`,
      `Member "${name}" has the name of member ${earlier + 1} and counts once; where they are two persons, add their employers`,
      { given: name },
    );
  });
}

/**
 * What is wrong with the prices, ranks and rejections of a report. Its bids are known and named once.
 * @throws DomainError `bad-input`
 */
export function checkEvaluation(definition: Procedure, facts: ReportFacts, report: Evaluation): Violation[] {
  assertRanks(definition, report.candidates);
  return [
    ...validOf(report).flatMap((listed) => [
      ...checkPrice(definition, facts, listed),
      ...checkLimit(definition, facts.limits, listed),
      ...checkEvaluatedPrice(definition, methodOf(definition, facts, report).by, facts, listed),
    ]),
    ...report.candidates.flatMap((candidate, index) =>
      checkStated(definition.words, `candidates[${index}]`, candidate, openedOf(facts, candidate) ?? {}),
    ),
    ...checkOrder(definition, facts, report),
    ...checkRejections(definition, facts, report),
  ];
}

const openedOf = ({ opened }: ReportFacts, { bidId }: { readonly bidId: string }): OpenedBid | undefined =>
  opened.find((each) => each.bidId === bidId);

/** @throws DomainError `bad-input` */
function assertRanks({ words }: Procedure, candidates: readonly Candidate[]): void {
  const ranks = candidates.map(({ rank }) => rank).sort((a, b) => a - b);
  if (ranks.every((rank, index) => rank === index + 1)) return;
  throw badReport(
    'candidates',
    `${words.award}候选人应当从 1 起连续标明排序，且不得重复`,
    'Candidates must be ranked 1, 2, 3 … once each',
  );
}

/** The price is that of the opened bid, or what its corrections make of it, in the order of the law. */
function checkPrice(
  { evaluation: { correction }, words }: Procedure,
  facts: ReportFacts,
  listed: ListedBid,
): Violation[] {
  const { field, bid } = listed;
  const opened = openedOf(facts, bid)?.priceFen ?? null;
  const corrections = bid.corrections ?? [];
  const price = corrections.at(-1)?.toFen ?? opened ?? bid.priceFen;
  const found: Violation[] = [];
  if (price !== bid.priceFen) {
    found.push(
      breach(correction.rule, {
        field: `${field}.priceFen`,
        given: bid.priceFen,
        limit: price,
        messageZh:
          corrections.length > 0
            ? `所列报价 ${yuan(bid.priceFen)} 元与修正后的报价 ${yuan(price)} 元不一致`
            : `所列报价 ${yuan(bid.priceFen)} 元与开启的${words.bid}中的报价 ${yuan(price)} 元不一致；依法修正报价的，应当逐项列明（corrections）`,
        messageEn:
          corrections.length > 0
            ? `The stated price of ${yuan(bid.priceFen)} yuan is not that of its corrections, ${yuan(price)} yuan`
            : `The stated price of ${yuan(bid.priceFen)} yuan is not that of the opened bid, ${yuan(price)} yuan; a correction is listed step by step`,
      }),
    );
  }
  found.push(...checkConfirmation(correction, facts, listed));
  const wrong = wrongCorrection(correction.steps, corrections, opened);
  if (wrong) {
    const { index, ...message } = wrong;
    found.push(
      breach(correction.rule, {
        field: `${field}.corrections[${index}]`,
        given: corrections[index]?.step ?? null,
        ...message,
      }),
    );
  }
  return found;
}

/** Above the ceiling, or above the budget where that binds, a bid is invalid. */
function checkLimit(
  { evaluation: { overPrice }, words }: Procedure,
  limits: PriceLimits,
  listed: ListedBid,
): Violation[] {
  const limit = limitOf(overPrice.budget, limits);
  const { field, bid } = listed;
  if (limit === null || bid.priceFen <= limit) return [];
  return [
    breach(overPrice.rule, {
      field: `${field}.priceFen`,
      given: bid.priceFen,
      limit,
      messageZh: `报价 ${yuan(bid.priceFen)} 元超过${overPrice.budget ? '预算金额或者' : ''}最高限价 ${yuan(limit)} 元，该${words.bidding}无效，应当否决`,
      messageEn: `The price of ${yuan(bid.priceFen)} yuan is above the limit of ${yuan(limit)} yuan: the bid is invalid and is rejected`,
    }),
  ];
}

/** The better of two valid bids comes first. */
type Compare = (a: Valued, b: Valued) => number;

const UNTOLD = {
  zh: '；未载明评标方法，也没有得分，只能按报价（评标价）核对：采用综合评分（评估）的，应当填写各自得分',
  en: '; neither a method nor scores are stated, so the (evaluated) prices decide: where bids are scored, each states its score',
};

/** How a report compares: what the documents do not state is told by it, by scores, or else by the prices alone. */
function methodOf(
  { evaluation: { methods } }: Procedure,
  { method }: Pick<ReportFacts, 'method'>,
  report: Evaluation,
): { readonly by: EvaluationMethod; readonly untold: { zh: string; en: string } } {
  const isScored = validOf(report).some(({ bid }) => bid.score !== null);
  const only = methods.length === 1 ? methods[0] : undefined;
  const by = method ?? only ?? (isScored ? 'comprehensive' : 'lowest-evaluated');
  const untold = method === null && only === undefined && !isScored ? UNTOLD : { zh: '', en: '' };
  return { by, untold };
}

function checkOrder(definition: Procedure, facts: ReportFacts, report: Evaluation): Violation[] {
  const { evaluation, words } = definition;
  // Of a lot that cannot go on nobody is ranked.
  if (report.candidates.length === 0) return [];
  const valid = validOf(report);
  const { by, untold } = methodOf(definition, facts, report);
  const rule = evaluation.order[by] ?? evaluation.rule;
  const found: Violation[] = [];
  const odd =
    by === 'comprehensive' ? valid.find(({ bid }) => bid.score === null) : valid.find(({ bid }) => bid.score !== null);
  if (odd) {
    const { field, bid } = odd;
    found.push(
      breach(evaluation.rule, {
        field: `${field}.score`,
        given: bid.score,
        messageZh:
          bid.score === null ? '综合评分的，每个有效' + words.bidding + '都应当有得分' : '按价格评定的不计得分',
        messageEn:
          bid.score === null
            ? 'Where bids are scored, each valid one has its score'
            : 'Where the price decides there are no scores',
      }),
    );
    return found;
  }
  found.push(...checkScores(definition, by, valid));
  // 财库〔2020〕46号 9: 用扣除后的价格参加评审, also where the price alone decides.
  const evaluatedOf = ({ evaluatedFen, priceFen }: Valued): number => evaluatedFen ?? priceFen;
  const compare: Compare =
    by === 'comprehensive'
      ? (a, b) => (b.score ?? 0) - (a.score ?? 0) || (evaluation.equalScores === 'price' ? a.priceFen - b.priceFen : 0)
      : (a, b) => evaluatedOf(a) - evaluatedOf(b);
  const tell = (bid: Valued): string => (by === 'comprehensive' ? `${bid.score} 分` : `${yuan(evaluatedOf(bid))} 元`);
  const tellEn = (bid: Valued): string =>
    by === 'comprehensive' ? `${bid.score} points` : `${yuan(evaluatedOf(bid))} yuan`;
  const ranked = report.candidates.toSorted((a, b) => a.rank - b.rank);
  ranked.forEach((candidate, index) => {
    const before = ranked[index - 1];
    if (!before || compare(before, candidate) <= 0) return;
    found.push(
      breach(rule, {
        field: `candidates[${report.candidates.indexOf(candidate)}].rank`,
        given: candidate.rank,
        limit: before.rank,
        messageZh: `${words.award}候选人排序有误：第 ${candidate.rank} 名（${tell(candidate)}）应当在第 ${before.rank} 名（${tell(before)}）之前${untold.zh}`,
        messageEn: `Candidates are ranked wrongly: rank ${candidate.rank} (${tellEn(candidate)}) comes before rank ${before.rank} (${tellEn(before)})${untold.en}`,
      }),
    );
  });
  const last = ranked.at(-1);
  report.others.forEach((other, index) => {
    if (!last || compare(other, last) >= 0) return;
    if (isBehindItsBrand(definition, report, other, compare)) return;
    found.push(
      breach(rule, {
        field: `others[${index}]`,
        given: other.bidId,
        messageZh: `有效${words.bidding} ${other.bidId}（${tell(other)}）优于第 ${last.rank} 名（${tell(last)}），却未列为${words.award}候选人${untold.zh}`,
        messageEn: `Valid bid ${other.bidId} (${tellEn(other)}) is better than rank ${last.rank} (${tellEn(last)}) and is no candidate${untold.en}`,
      }),
    );
  });
  return found;
}

/**
 * 87令 31: of bids of one brand that all passed only the best is recommended, and the others are not; which they are the report says,
 * and the one that is named is recommended, and at least as good.
 */
function isBehindItsBrand(
  { evaluation: { scheme } }: Procedure,
  { candidates }: Evaluation,
  other: Valued,
  compare: Compare,
): boolean {
  if (scheme.sameBrand === undefined || other.brandBehind === undefined) return false;
  const best = candidates.find(({ bidId }) => bidId === other.brandBehind);
  return best !== undefined && compare(best, other) <= 0;
}

/** 87令 55: factors of 100 points each, by weights that add up to 1. In works the documents say how many points there are. */
function checkScores(
  { evaluation: { scheme } }: Procedure,
  by: EvaluationMethod,
  valid: readonly ListedBid[],
): Violation[] {
  const method = scheme.methods[by];
  if (method?.by !== 'points') return [];
  const { amount, unit } = getRule(method.formula);
  if (amount === undefined || unit !== 'points') return [];
  return valid
    .filter(({ bid: { score } }) => score !== null && score > amount)
    .map(({ field, bid: { score } }) =>
      breach(method.formula, {
        field: `${field}.score`,
        given: score,
        limit: amount,
        messageZh: `得分 ${score} 超过满分 ${amount}`,
        messageEn: `A score of ${score} is above the full ${amount} points`,
      }),
    );
}

/** 否决、无效的情形, as the law lists them; a rule without a list is one ground. */
export function groundsOf({ evaluation: { rejection } }: Procedure): readonly string[] {
  const rule = getRule(rejection.rule);
  return rule.items ?? [rule.nameZh];
}

/** Rejected on a ground that exists, and that the record does not contradict. */
function checkRejections(definition: Procedure, facts: ReportFacts, { rejected }: Evaluation): Violation[] {
  const { rejection } = definition.evaluation;
  const grounds = groundsOf(definition);
  return rejected.flatMap(({ bidId, ground }, index) => {
    const field = `rejected[${index}].ground`;
    if (ground < 1 || ground > grounds.length) {
      return [
        breach(rejection.rule, {
          field,
          given: ground,
          limit: grounds.length,
          messageZh: `否决应当写明法定情形的序号：${grounds.map((each, n) => `${n + 1} ${each}`).join('；')}`,
          messageEn: `A rejection names the item of the article, 1 to ${grounds.length}`,
        }),
      ];
    }
    const against = contradictionOf(ground, definition, openedOf(facts, { bidId }) ?? { priceFen: null }, facts);
    if (against === null) return [];
    return [
      breach(rejection.rule, {
        field,
        given: ground,
        ...(against.limit === undefined ? {} : { limit: against.limit }),
        messageZh: `${against.zh}，不得以“${grounds[ground - 1] ?? ''}”否决`,
        messageEn: `${against.en}: this ground does not apply`,
      }),
    ];
  });
}

/**
 * The documents choose one of the methods of their procedure: for the whole tender, or by the scheme of each lot.
 * @param method what the tender states; null: nothing
 * @param unstated numbers of the lots whose scheme does not state one either
 */
export function checkEvaluationMethod(
  { evaluation: { methods, rule, stated }, words }: Pick<Procedure, 'evaluation' | 'words'>,
  method: EvaluationMethod | null,
  unstated: readonly number[],
  confirmed?: ReadonlySet<string>,
): Violation[] {
  if (method === null) {
    if (stated === undefined || unstated.length === 0) return [];
    const by = getRule(stated.rule);
    const choices = methods.map((each) => wordFor('evaluationMethod', each)).join('、');
    return [
      breachOf(by, stated.warns ? 'warn' : severityOf(by, confirmed), {
        field: 'particulars.evaluationMethod',
        given: null,
        lawfulChoices: methods,
        messageZh: `${words.documents}应当载明${words.evaluation}方法，第 ${unstated.join('、')} 标段（包）未载明：请填写${choices}之一，或者为各标段（包）填写${words.evaluation}办法`,
        messageEn: `The documents state the method of evaluation, and for lot ${unstated.join(', ')} none is stated: give one of ${methods.join(', ')}, or the scheme of each lot`,
      }),
    ];
  }
  if (methods.includes(method)) return [];
  return [
    breach(rule, {
      field: 'particulars.evaluationMethod',
      given: method,
      lawfulChoices: methods,
      messageZh: `评标（评审）方法应为：${methods.map((each) => wordFor('evaluationMethod', each)).join('、')}`,
      messageEn: `The method of evaluation is one of: ${methods.join(', ')}`,
    }),
  ];
}

const breach = (id: RuleId, finding: Parameters<typeof breachOf>[2]): Violation => {
  const rule = getRule(id);
  return breachOf(rule, severityOf(rule), finding);
};

export function badReport(
  field: string,
  messageZh: string,
  messageEn: string,
  details: Readonly<Record<string, unknown>> = {},
): DomainError {
  return new DomainError('bad-input', { messageZh, messageEn, details: { field, ...details } });
}
