import { DomainError } from '../errors.ts';
import { assertSupported, type Regime, type TenderRegime } from './facts.ts';
import type { Rule } from './rule.ts';
import { getRule, ruleInForce, type RuleId } from './rulebook.ts';
import { breachOf, severityOf, type Severity, type Violation } from './violation.ts';

/** By purpose, the rules that an open tender of a regime answers to. Absent: the regime has no such rule. */
export interface RegimeRules {
  readonly intention?: RuleId;
  readonly noticePeriod?: RuleId;
  readonly documents: RuleId;
  /** A second count of the document period, from another event. */
  readonly documentsFromIssue?: RuleId;
  readonly bidPreparation: RuleId;
  readonly amendment: RuleId;
  readonly opening: RuleId;
  readonly objectionDocuments: RuleId;
  readonly objectionDocumentsReply: RuleId;
  readonly minBidders: RuleId;
  readonly minQualified?: RuleId;
  readonly minConforming?: RuleId;
  /** Where too few conforming bids leave the committee a discretion instead of a stop. */
  readonly fewConforming?: RuleId;
  readonly committeeMin: RuleId;
  readonly committeeMin7?: RuleId;
  /** Budget from which `committeeMin7` holds. */
  readonly committee7Budget?: RuleId;
  readonly committeeOdd: RuleId;
  readonly committeeExperts: RuleId;
  readonly candidatesMax?: RuleId;
  readonly reportDelivery?: RuleId;
  readonly publicityStart?: RuleId;
  readonly publicity?: RuleId;
  readonly resultGrievance: RuleId;
  readonly resultGrievanceReply: RuleId;
  readonly awardDecision?: RuleId;
  /** What holds when the purchaser does not decide. */
  readonly award: RuleId;
  readonly awardNotice?: RuleId;
  readonly awardAnnounce?: RuleId;
  readonly awardNoticePeriod?: RuleId;
  readonly contract: RuleId;
  readonly contractPublication?: RuleId;
  readonly contractFiling?: RuleId;
  readonly writtenReport?: RuleId;
  /** The same duty, counted from another event by another text: the earlier counts. */
  readonly writtenReportAlso?: RuleId;
  readonly depositsLosers: RuleId;
  readonly depositsWinner: RuleId;
  readonly withdrawalRefund: RuleId;
  readonly termination: RuleId;
  readonly archive?: RuleId;
  readonly bidBondShare: RuleId;
  readonly performanceBond: RuleId;
}

export const REGIME_RULES = {
  tendering: {
    documents: 'works-doc-sale-min',
    bidPreparation: 'works-bid-prep-min',
    amendment: 'works-clarify-tender-docs',
    opening: 'works-opening-same-time',
    objectionDocuments: 'works-objection-tender-docs',
    objectionDocumentsReply: 'works-objection-reply-docs',
    minBidders: 'works-min-bidders',
    fewConforming: 'works-lt3-valid-after-rejection',
    committeeMin: 'works-committee-min',
    committeeOdd: 'works-committee-odd',
    committeeExperts: 'works-committee-experts',
    candidatesMax: 'works-candidates-max',
    publicityStart: 'works-candidate-publicity-start',
    publicity: 'works-candidate-publicity-min',
    resultGrievance: 'works-result-objection-window',
    resultGrievanceReply: 'works-result-objection-reply',
    award: 'works-award-rank1',
    awardNotice: 'works-award-notice-losers',
    contract: 'works-contract-sign',
    writtenReport: 'works-written-report',
    writtenReportAlso: 'works-written-report-30ling',
    depositsLosers: 'works-bond-refund-after-contract',
    depositsWinner: 'works-bond-refund-after-contract',
    withdrawalRefund: 'works-withdrawal-refund',
    termination: 'works-termination-refund',
    archive: 'tender-archive-15y',
    bidBondShare: 'works-bid-bond-pct',
    performanceBond: 'works-performance-bond',
  },
  government: {
    intention: 'gp-intention-30d',
    noticePeriod: 'gp-notice-period',
    documents: 'gp-doc-provide-min',
    documentsFromIssue: 'gp-doc-provide-min-reg',
    bidPreparation: 'gp-bid-prep-min',
    amendment: 'gp-clarify-tender-docs',
    opening: 'gp-opening-same-time',
    objectionDocuments: 'gp-challenge-file-docs',
    objectionDocumentsReply: 'gp-challenge-reply',
    minBidders: 'gp-open-min-bidders',
    minQualified: 'gp-qualified-min',
    minConforming: 'gp-conforming-min',
    committeeMin: 'gp-committee-min',
    committeeMin7: 'gp-committee-min-7',
    committee7Budget: 'gp-committee-7-budget',
    committeeOdd: 'gp-committee-min',
    committeeExperts: 'gp-committee-experts',
    reportDelivery: 'gp-report-deliver',
    resultGrievance: 'gp-challenge-file',
    resultGrievanceReply: 'gp-challenge-reply',
    awardDecision: 'gp-award-decide',
    award: 'gp-award-silent-default',
    awardAnnounce: 'gp-award-announce',
    awardNoticePeriod: 'gp-award-notice-period',
    contract: 'gp-contract-sign',
    contractPublication: 'gp-contract-announce',
    contractFiling: 'gp-contract-file',
    depositsLosers: 'gp-bond-refund-losers',
    depositsWinner: 'gp-bond-refund-winner',
    withdrawalRefund: 'gp-bond-refund-withdraw',
    termination: 'gp-termination-refund',
    archive: 'gp-archive',
    bidBondShare: 'gp-bid-bond-pct',
    performanceBond: 'gp-performance-bond',
  },
} as const satisfies Record<TenderRegime, RegimeRules>;

/**
 * @param noticeAt leaves out what was not in force when the tender was noticed (epoch ms). What every regime has binds
 *   since before the first year of the calendar, so that it is never left out.
 * @throws DomainError `procedure-not-supported` for a regime without open tenders.
 */
export function rulesOf(regime: Regime, noticeAt?: number): RegimeRules {
  const rules: RegimeRules = REGIME_RULES[assertSupported({ regime, procedure: 'open-tender' })];
  if (noticeAt === undefined) return rules;
  return Object.fromEntries(
    Object.entries<RuleId>({ ...rules }).filter(([, id]) => ruleInForce(id, noticeAt)),
  ) as unknown as RegimeRules;
}

/**
 * The number a rule sets, in its own unit.
 * @throws DomainError `unknown-rule`, `bad-facts` where the rule sets none
 */
export function amountOf(id: RuleId): number {
  const rule = getRule(id);
  if (rule.amount !== undefined) return rule.amount;
  throw new DomainError('bad-facts', {
    messageZh: `规则「${id}」没有数额`,
    messageEn: `Rule "${id}" sets no amount`,
    details: { rule: id },
  });
}

const FEN_PER_YUAN = 100;

/** An amount of money a rule sets, in fen. */
export function amountFenOf(id: RuleId): number {
  return amountOf(id) * FEN_PER_YUAN;
}

export interface CountOptions {
  /** The rule under which fewer are allowed and that was approved for this procurement, noticed then (epoch ms). */
  readonly exception?: { readonly id: string; readonly noticeAt: number };
  /** Which count is tested; default: bidders at the opening. */
  readonly stage?: 'opening' | 'qualified' | 'conforming';
  readonly confirmed?: ReadonlySet<string>;
}

const SCOPE_OF: Readonly<Record<TenderRegime, Rule['appliesTo'][number]>> = {
  tendering: 'works_open',
  government: 'gp_open',
};

/** Rules that let an open tender go on with fewer bidders. Those for negotiation or consultation are not among them. */
const COUNT_EXCEPTIONS: readonly RuleId[] = ['gp-emergency-2026'];

/** Whether an approved exception is one, was in force, speaks of the regime, and is verified or confirmed. */
function allows(
  { id, noticeAt }: NonNullable<CountOptions['exception']>,
  regime: TenderRegime,
  confirmed: ReadonlySet<string> | undefined,
): boolean {
  const exception = getRule(id);
  return (
    (COUNT_EXCEPTIONS as readonly string[]).includes(exception.id) &&
    ruleInForce(id, noticeAt) &&
    exception.appliesTo.includes(SCOPE_OF[regime]) &&
    severityOf(exception, confirmed) === 'block'
  );
}

/**
 * Whether there are enough bidders. Too few is a stop in both regimes at the opening; of conforming bids it is a stop
 * in government procurement (政府采购法 36) and the committee's discretion in tendering (12号令 27), hence a warning.
 * Bidders of one brand or of one controlling company count as one (财政部令87号 31): the caller counts.
 * @throws DomainError `procedure-not-supported`, `unknown-rule` for an unknown exception
 */
export function checkBidderCount(regime: Regime, n: number, options: CountOptions = {}): Violation[] {
  const supported = assertSupported({ regime, procedure: 'open-tender' });
  const rules = rulesOf(regime);
  const stage = options.stage ?? 'opening';
  const id = stage === 'opening' ? rules.minBidders : stage === 'qualified' ? rules.minQualified : rules.minConforming;
  const ruleId = id ?? rules.fewConforming;
  if (ruleId === undefined) return [];
  const rule = getRule(ruleId);
  const limit = amountOf(ruleId);
  if (n >= limit) return [];
  const { exception } = options;
  const excepted = exception !== undefined && n > 0 && allows(exception, supported, options.confirmed);
  const severity: Severity = excepted || id === undefined ? 'warn' : severityOf(rule, options.confirmed);
  const whatZh = { opening: '投标人', qualified: '资格审查合格的投标人', conforming: '实质响应的投标人' }[stage];
  const whatEn = { opening: 'bidders', qualified: 'qualified bidders', conforming: 'conforming bidders' }[stage];
  const noteZh = excepted ? `，已按「${exception.id}」获准` : '';
  const noteEn = excepted ? `, allowed under "${exception.id}"` : '';
  return [
    breachOf(rule, severity, {
      field: stage === 'opening' ? 'bidders' : stage,
      given: n,
      limit,
      messageZh: `${whatZh}为 ${n} 个，少于 ${limit} 个${noteZh}`,
      messageEn: `${n} ${whatEn}, fewer than ${limit}${noteEn}`,
    }),
  ];
}

export interface CommitteeFacts {
  readonly members: number;
  /** Drawn experts (评标专家) among the members. */
  readonly experts: number;
  readonly budgetFen: number;
  /** 技术复杂或社会影响较大 (财政部令87号 47). */
  readonly complex?: boolean;
}

/** Thirds in whole numbers: the percentage in the rulebook is a rounding of 三分之二. */
const EXPERT_THIRDS = 2;

/**
 * Size, oddness and share of experts of a committee (招标投标法 37, 财政部令87号 47).
 * @rule inclusive-87 (以上 includes the amount itself)
 * @throws DomainError `procedure-not-supported`
 */
export function checkCommittee(regime: Regime, committee: CommitteeFacts): Violation[] {
  const rules = rulesOf(regime);
  const { members, experts, budgetFen, complex } = committee;
  const large =
    rules.committeeMin7 !== undefined &&
    rules.committee7Budget !== undefined &&
    (complex === true || budgetFen >= amountFenOf(rules.committee7Budget));
  const sizeRule = large && rules.committeeMin7 !== undefined ? rules.committeeMin7 : rules.committeeMin;
  const min = amountOf(sizeRule);
  const violations: Violation[] = [];
  const breach = (id: RuleId, finding: Parameters<typeof breachOf>[2]): void => {
    violations.push(breachOf(getRule(id), severityOf(getRule(id)), finding));
  };
  if (members < min) {
    breach(sizeRule, {
      field: 'committee.members',
      given: members,
      limit: min,
      messageZh: `评标委员会 ${members} 人，少于 ${min} 人`,
      messageEn: `The committee has ${members} members, fewer than ${min}`,
    });
  }
  if (members % 2 !== 1) {
    breach(rules.committeeOdd, {
      field: 'committee.members',
      given: members,
      messageZh: `评标委员会人数应为单数，现为 ${members} 人`,
      messageEn: `The number of committee members must be odd; it is ${members}`,
    });
  }
  if (3 * experts < EXPERT_THIRDS * members) {
    const needed = Math.ceil((EXPERT_THIRDS * members) / 3);
    breach(rules.committeeExperts, {
      field: 'committee.experts',
      given: experts,
      limit: needed,
      messageZh: `评标专家 ${experts} 人，不足成员总数的三分之二（至少 ${needed} 人）`,
      messageEn: `${experts} experts are less than two thirds of the members (at least ${needed})`,
    });
  }
  return violations;
}

/**
 * Number of candidates a committee names (招标投标法实施条例 53).
 * @throws DomainError `procedure-not-supported`
 */
export function checkCandidates(regime: Regime, n: number): Violation[] {
  const { candidatesMax } = rulesOf(regime);
  if (candidatesMax === undefined) return [];
  const limit = amountOf(candidatesMax);
  if (n <= limit) return [];
  const rule = getRule(candidatesMax);
  return [
    breachOf(rule, severityOf(rule), {
      field: 'candidates',
      given: n,
      limit,
      messageZh: `中标候选人 ${n} 个，超过 ${limit} 个`,
      messageEn: `${n} candidates, more than ${limit}`,
    }),
  ];
}
