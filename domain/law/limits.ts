import { DomainError } from '../errors.ts';
import type { Procedure } from '../procedures/procedure.ts';
import { getRule, ruleInForce, type RuleId } from './rulebook.ts';
import { breachOf, severityOf, type Severity, type Violation } from './violation.ts';

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
  /** The approved rule that allows fewer, in force when this procurement was noticed (epoch ms). */
  readonly exception?: { readonly id: string; readonly noticeAt: number };
  /** Which count is tested; default: bidders at the opening. */
  readonly stage?: 'opening' | 'qualified' | 'conforming';
  readonly confirmed?: ReadonlySet<string>;
}

/** Rules that let an open tender continue with fewer bidders. Those for negotiation or consultation are not listed. */
const COUNT_EXCEPTIONS: readonly RuleId[] = ['gp-emergency-2026'];

/** Whether an approved exception is one, was in force, covers the regime, and is verified or confirmed. */
function allows(
  { id, noticeAt }: NonNullable<CountOptions['exception']>,
  scope: Procedure['scope'],
  confirmed: ReadonlySet<string> | undefined,
): boolean {
  const exception = getRule(id);
  return (
    (COUNT_EXCEPTIONS as readonly string[]).includes(exception.id) &&
    ruleInForce(id, noticeAt) &&
    exception.appliesTo.includes(scope) &&
    severityOf(exception, confirmed) === 'block'
  );
}

/**
 * Whether there are enough bidders. Too few is a failure in both regimes at the opening; of conforming bids it is one
 * in government procurement (政府采购法 36) and the committee's discretion in tendering (12号令 27), hence a warning.
 * Bidders of one brand or of one controlling company count as one (财政部令87号 31): the caller counts.
 * @throws DomainError `unknown-rule` for an unknown exception
 */
export function checkBidderCount(
  { rules, scope, words }: Procedure,
  n: number,
  options: CountOptions = {},
): Violation[] {
  const stage = options.stage ?? 'opening';
  const id = stage === 'opening' ? rules.minBidders : stage === 'qualified' ? rules.minQualified : rules.minConforming;
  const ruleId = id ?? rules.fewConforming;
  if (ruleId === undefined) return [];
  const rule = getRule(ruleId);
  const limit = amountOf(ruleId);
  if (n >= limit) return [];
  const { exception } = options;
  const excepted = exception !== undefined && n > 0 && allows(exception, scope, options.confirmed);
  const severity: Severity = excepted || id === undefined ? 'warn' : severityOf(rule, options.confirmed);
  const whatZh = { opening: '', qualified: '资格审查合格的', conforming: '实质响应的' }[stage];
  const whatEn = { opening: 'bidders', qualified: 'qualified bidders', conforming: 'conforming bidders' }[stage];
  const noteZh = excepted ? `，已按「${exception.id}」获准` : '';
  const noteEn = excepted ? `, allowed under "${exception.id}"` : '';
  return [
    breachOf(rule, severity, {
      field: stage === 'opening' ? 'bidders' : stage,
      given: n,
      limit,
      messageZh: `${whatZh}${words.bidder}为 ${n} 个，少于 ${limit} 个${noteZh}`,
      messageEn: `${n} ${whatEn}, fewer than ${limit}${noteEn}`,
    }),
  ];
}

export interface CommitteeFacts {
  readonly members: number;
  /** Drawn experts (评标专家) among the members. */
  readonly experts: number;
  readonly budgetFen: number;
  /** Whether its amount reaches the figure for open tenders (财政部令74号 7). */
  readonly openFigureReached?: boolean;
  /** 技术复杂或社会影响较大 (财政部令87号 47). */
  readonly complex?: boolean;
}

/** Thirds in whole numbers: the percentage in the rulebook is 三分之二 rounded. */
const EXPERT_THIRDS = 2;

/**
 * Size, oddness and share of experts of a committee (招标投标法 37, 财政部令87号 47).
 * @rule inclusive-87 (以上 includes the amount itself)
 */
export function checkCommittee({ rules, words }: Procedure, committee: CommitteeFacts): Violation[] {
  const { members, experts, budgetFen, openFigureReached, complex } = committee;
  const large =
    rules.committeeMin7 !== undefined &&
    rules.committee7Budget !== undefined &&
    (complex === true || budgetFen >= amountFenOf(rules.committee7Budget));
  const forLarge = large ? rules.committeeMin7 : openFigureReached ? rules.committeeMinOpenFigure : undefined;
  const sizeRule = forLarge ?? rules.committeeMin;
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
      messageZh: `${words.committee} ${members} 人，少于 ${min} 人`,
      messageEn: `The committee has ${members} members, fewer than ${min}`,
    });
  }
  if (members % 2 !== 1) {
    breach(rules.committeeOdd, {
      field: 'committee.members',
      given: members,
      messageZh: `${words.committee}人数应为单数，现为 ${members} 人`,
      messageEn: `The number of committee members must be odd; it is ${members}`,
    });
  }
  if (3 * experts < EXPERT_THIRDS * members) {
    const needed = Math.ceil((EXPERT_THIRDS * members) / 3);
    breach(rules.committeeExperts, {
      field: 'committee.experts',
      given: experts,
      limit: needed,
      messageZh: `${words.evaluation}专家 ${experts} 人，不足成员总数的三分之二（至少 ${needed} 人）`,
      messageEn: `${experts} experts are less than two thirds of the members (at least ${needed})`,
    });
  }
  return violations;
}

/**
 * Number of candidates a committee names (招标投标法实施条例 53, 财政部令74号 48).
 * @param conforming how many offers it names them from; default: as many
 */
export function checkCandidates({ rules, words }: Procedure, n: number, conforming = n): Violation[] {
  const { candidatesMax, candidatesMin } = rules;
  const least = candidatesMin === undefined ? 0 : amountOf(candidatesMin);
  if (candidatesMin !== undefined && n < least && conforming >= least) {
    const rule = getRule(candidatesMin);
    return [
      breachOf(rule, severityOf(rule), {
        field: 'candidates',
        given: n,
        limit: least,
        messageZh: `${words.award}候选人 ${n} 名，少于 ${least} 名`,
        messageEn: `${n} candidates, fewer than ${least}`,
      }),
    ];
  }
  if (candidatesMax === undefined) return [];
  const limit = amountOf(candidatesMax);
  if (n <= limit) return [];
  const rule = getRule(candidatesMax);
  return [
    breachOf(rule, severityOf(rule), {
      field: 'candidates',
      given: n,
      limit,
      messageZh: `${words.award}候选人 ${n} 个，超过 ${limit} 个`,
      messageEn: `${n} candidates, more than ${limit}`,
    }),
  ];
}
