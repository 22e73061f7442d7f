import type { DecisionKind } from '../decisions.ts';
import type { LotStage } from '../stages.ts';
import type { RuleId } from '../law/rulebook.ts';
import type { Bilingual } from '../law/timeline.ts';
import type { Procedure, StageDefinition } from './procedure.ts';
import type { ProcedureWords } from './words.ts';

/** What the stages of a procedure have of their own. A rule is that which ends its stage; absent: it has none. */
interface OwnStages {
  readonly opening?: RuleId | undefined;
  readonly report: RuleId;
  /** 公示: candidates stand public before the award. */
  readonly publicity?: RuleId;
  readonly award: RuleId;
  readonly awardZh: string;
  readonly contract: RuleId;
  readonly performance: Bilingual;
  readonly termination: RuleId;
}

/** The order of a procurement that takes offers, opens and evaluates them, and ends in a contract. */
export function stagesOf(words: ProcedureWords, own: OwnStages): Procedure['stages'] {
  const publicity: Procedure['stages']['lot'] = own.publicity
    ? [
        {
          stage: 'publicity',
          zh: '公示中标候选人；异议使期限暂停',
          en: 'candidates stand public; an objection suspends the clock',
          ends: { by: 'period', of: 'publicity-end', act: 'end-publicity', without: 'at-once' },
          rule: own.publicity,
          next: ['award', 'evaluation', 'failed', 'terminated'],
        },
      ]
    : [];
  return {
    procurement: [
      { stage: 'draft', zh: '起草', en: 'being drafted', ends: { by: 'people' }, next: ['launched'] },
      {
        stage: 'launched',
        zh: '已发起，待公告',
        en: 'launched; the notice is due',
        ends: { by: 'instant', of: 'notice', act: 'publish-tender' },
        next: ['bidding', 'terminated', 'draft'],
      },
      {
        stage: 'bidding',
        zh: `${words.bidding}，截止时间即${words.opening}时间`,
        en: 'bidding; bids are closed and opened at one instant',
        ends: { by: 'instant', of: 'bid-deadline', act: 'close' },
        ...(own.opening ? { rule: own.opening } : {}),
        next: ['opening', 'evaluation', 'terminated'],
      },
      {
        stage: 'opening',
        zh: `保管人解密，${words.opening}`,
        en: 'custodians open sealed bids',
        ends: { by: 'opening' },
        next: ['evaluation', 'terminated'],
      },
      {
        stage: 'evaluation',
        zh: `各标段${words.evaluation}至归档`,
        en: 'each lot, from its evaluation to its archive',
        ends: { by: 'lots', act: 'conclude' },
        next: ['concluded', 'terminated'],
      },
      end('concluded', '结束', 'concluded'),
      {
        stage: 'terminated',
        zh: '已终止，退还费用和保证金',
        en: 'terminated; fees and deposits go back',
        ends: { by: 'duties', then: 'ended' },
        rule: own.termination,
        next: [],
      },
    ],
    lot: [
      {
        stage: 'pending',
        zh: '随项目',
        en: 'follows the procurement',
        ends: { by: 'procurement' },
        next: ['opening', 'evaluation', 'failed', 'terminated'],
      },
      {
        stage: 'opening',
        zh: words.opening,
        en: 'being opened',
        ends: { by: 'procurement' },
        next: ['evaluation', 'failed', 'terminated'],
      },
      {
        stage: 'evaluation',
        zh: `${words.evaluation}，至${words.evaluation}报告送达`,
        en: 'evaluation, until the report is delivered',
        ends: { by: 'people' },
        rule: own.report,
        next: [own.publicity ? 'publicity' : 'award', 'failed', 'terminated'],
      },
      ...publicity,
      {
        stage: 'award',
        zh: own.awardZh,
        en: 'award',
        ends: { by: 'period', of: 'award', act: 'award-period-end' },
        rule: own.award,
        // To its publicity, where the notice of the candidates is corrected.
        next: ['contract', ...(own.publicity ? (['publicity'] as const) : []), 'evaluation', 'failed', 'terminated'],
      },
      {
        stage: 'contract',
        zh: `${words.award}通知，签订合同`,
        en: 'notice of the award, contract',
        ends: { by: 'duties', then: 'people' },
        rule: own.contract,
        // To itself, with the next-ranked; to the award, where a recheck has another one first.
        next: ['performance', 'contract', 'award', 'evaluation', 'failed'],
      },
      { stage: 'performance', ...own.performance, ends: { by: 'duties', then: 'archived' }, next: ['archived'] },
      end('archived', '归档', 'archived'),
      end('failed', words.failure, 'failed'),
      end('terminated', '终止', 'terminated'),
    ],
  };
}

const end = <S extends string>(stage: S, zh: string, en: string): StageDefinition<S> => ({
  ...{ stage, zh, en, next: [] },
  ends: { by: 'nothing' },
});

/**
 * The acts of people, each at its stages and with its rule.
 * @param recheckIn the stages in which something may be referred to the committee again
 */
export const actsOf = (
  rules: Readonly<Record<DecisionKind, RuleId>>,
  recheckIn: readonly LotStage[],
): Procedure['acts'] => ({
  amend: { procurement: ['bidding'], rule: rules.amend },
  terminate: { procurement: ['launched', 'bidding', 'opening', 'evaluation'], rule: rules.terminate },
  report: { lot: ['evaluation'], rule: rules.report },
  award: { lot: ['award'], rule: rules.award },
  recheck: { lot: recheckIn, rule: rules.recheck },
  'refuse-award': { lot: ['contract'], rule: rules['refuse-award'] },
  'replace-winner': { lot: ['contract'], rule: rules['replace-winner'] },
  contract: { lot: ['contract'], rule: rules.contract },
  'publish-contract': { lot: ['performance'], rule: rules['publish-contract'] },
  'performance-bond': { lot: ['contract', 'performance'], rule: rules['performance-bond'] },
  'change-contract': { lot: ['performance'], rule: rules['change-contract'] },
  deliver: { lot: ['performance'], rule: rules.deliver },
  accept: { lot: ['performance'], rule: rules.accept },
  pay: { lot: ['performance'], rule: rules.pay },
  duty: { procurement: ['terminated'], lot: ['contract', 'performance', 'terminated'], rule: rules.duty },
  reply: { rule: rules.reply },
  // What is public can be put right, whatever has become of the tender since.
  correct: { procurement: ['bidding', 'opening', 'evaluation', 'concluded', 'terminated'], rule: rules.correct },
});
