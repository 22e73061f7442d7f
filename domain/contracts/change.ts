import { yuan } from '../law/catalogue.ts';
import { amountOf } from '../law/limits.ts';
import { getRule, type RuleId } from '../law/rulebook.ts';
import { breachOf, type Violation } from '../law/violation.ts';
import type { Procedure } from '../procedures/procedure.ts';
import { looksOf } from '../text.ts';
import { daysIn } from '../evaluation/opened.ts';
import type { ChangeGround, ChangeKind, ContractChange } from './acts.ts';
import { paidFenOf, type Contract } from './standing.ts';
import type { AwardItem } from './stated.ts';
import { checkPayments, quantityOf } from './terms.ts';

const KINDS: Readonly<Record<ChangeKind, { readonly zh: string; readonly en: string }>> = {
  supplement: { zh: '补充合同', en: 'a supplement' },
  variation: { zh: '变更', en: 'a variation' },
  suspension: { zh: '中止', en: 'a suspension' },
  resumption: { zh: '恢复', en: 'a resumption' },
  termination: { zh: '终止', en: 'a termination' },
};

/** From which state a change leads. */
const FROM: Readonly<Record<ChangeKind, readonly Contract['state'][]>> = {
  supplement: ['in-force'],
  variation: ['in-force', 'suspended'],
  suspension: ['in-force'],
  resumption: ['suspended'],
  termination: ['in-force', 'suspended'],
};

/** What a supplement or a resumption rests on is said by its own article. */
const WITHOUT_GROUND: readonly ChangeKind[] = ['supplement', 'resumption'];

/**
 * What is unlawful of a change, each with its article; empty: nothing.
 * @rule gp-contract-no-unilateral, gp-contract-public-interest, gp-supplement
 */
export function changeFaults(
  definition: Pick<Procedure, 'contract' | 'rules' | 'words'>,
  contract: Contract & { readonly terms: NonNullable<Contract['terms']> },
  change: ContractChange,
): Violation[] {
  const { changes } = definition.contract;
  const found: Violation[] = [];
  const fault = (
    ruleId: RuleId,
    field: string,
    given: string | number | null,
    zh: string,
    en: string,
    lawful: Partial<Pick<Violation, 'limit' | 'lawfulChoices'>> = {},
  ): void => {
    found.push(breachOf(getRule(ruleId), 'block', { field, given, ...lawful, messageZh: zh, messageEn: en }));
  };
  const { kind, ground, amountFen, payments } = change;
  const named = KINDS[kind];
  if (!changes.kinds.includes(kind)) {
    fault(changes.rule, 'kind', kind, `本采购方式没有${named.zh}`, `This procedure knows no such change: ${named.en}`, {
      lawfulChoices: changes.kinds,
    });
    return found;
  }
  if (!FROM[kind].includes(contract.state))
    fault(
      changes.rule,
      'kind',
      kind,
      `合同已${STATES[contract.state].zh}，不能${named.zh}`,
      `The contract is ${STATES[contract.state].en}: no ${kind} any more`,
    );
  const grounds: readonly ChangeGround[] = changes.grounds;
  if (!WITHOUT_GROUND.includes(kind) && (ground === null || !grounds.includes(ground)))
    fault(
      changes.rule,
      'ground',
      ground,
      `合同双方不得擅自${named.zh}合同，须有法定情形`,
      `${named.en} needs a ground of the law`,
      {
        lawfulChoices: grounds,
      },
    );
  const { period = null } = change;
  if (period !== null && (kind !== 'variation' || daysIn(period).length === 0))
    fault(
      changes.rule,
      'period',
      period,
      kind === 'variation' ? '履行期限应当以日历天写明，如“240 日历天”' : `${named.zh}不改变履行期限`,
      kind === 'variation'
        ? 'The time of performance is stated in days, as 240 日历天'
        : `${named.en} does not change the time of performance`,
    );
  if (kind === 'suspension' || kind === 'resumption') {
    if (amountFen !== null || payments !== null)
      fault(
        changes.rule,
        'amountFen',
        amountFen,
        `${named.zh}不改变合同金额和付款`,
        `${named.en} changes neither the sum nor the payments`,
      );
    return found;
  }
  if (kind === 'supplement') found.push(...supplementFaults(definition, contract, change));
  else {
    const total = amountFen ?? contract.amountFen;
    if (total > contract.amountFen && changes.supplement !== undefined)
      fault(
        changes.supplement,
        'amountFen',
        total,
        `合同金额不得经${named.zh}高于 ${yuan(contract.amountFen)} 元：追加与合同标的相同的内容只能签订补充合同`,
        `${named.en} does not raise the sum above ${yuan(contract.amountFen)} yuan: more of the same is a supplement`,
        { limit: contract.amountFen },
      );
    const paid = paidFenOf(contract);
    if (total < paid)
      fault(
        changes.rule,
        'amountFen',
        total,
        `合同金额不得低于已支付的 ${yuan(paid)} 元`,
        `The sum is not below the ${yuan(paid)} yuan that were paid`,
        {
          limit: paid,
        },
      );
    if (payments === null && (kind === 'termination' || total !== contract.amountFen))
      fault(
        changes.rule,
        'payments',
        null,
        '应当写明此后各期款项（没有的为空）',
        'State what is to be paid from now on (none: an empty list)',
      );
    else if (payments !== null) found.push(...paymentFaults(definition, contract, change, total - paid));
  }
  return found;
}

const STATES: Readonly<Record<Contract['state'], { readonly zh: string; readonly en: string }>> = {
  'in-force': { zh: '在履行', en: 'in force' },
  suspended: { zh: '中止', en: 'suspended' },
  terminated: { zh: '终止', en: 'terminated' },
};

/** What an item comes to (fen); null where its price or its quantity is not known as a number. */
function costOf({ quantity, unitPriceFen }: AwardItem): number | null {
  const number = quantityOf(quantity)?.number;
  return number === undefined || unitPriceFen === undefined ? null : number * unitPriceFen;
}

/** 追加与合同标的相同的货物、工程或者服务, in the course of the performance, at no other terms, and at most 10 % of the first sum. */
function supplementFaults(
  definition: Pick<Procedure, 'contract' | 'rules' | 'words'>,
  contract: Contract & { readonly terms: NonNullable<Contract['terms']> },
  change: ContractChange,
): Violation[] {
  const { supplement } = definition.contract.changes;
  if (supplement === undefined) return [];
  const rule = getRule(supplement);
  const found: Violation[] = [];
  const added = change.amountFen ?? 0;
  const all = contract.supplementsFen + added;
  const limit = Math.floor((contract.originalFen * amountOf(supplement)) / 100);
  if (added <= 0 || all > limit) {
    found.push(
      breachOf(rule, 'block', {
        ...{ field: 'amountFen', given: added, limit: limit - contract.supplementsFen },
        messageZh: `所有补充合同的采购金额不得超过原合同采购金额的 ${rule.amount}%（${yuan(limit)} 元），此前已补充 ${yuan(contract.supplementsFen)} 元，本次 ${yuan(added)} 元`,
        messageEn: `All supplements together may not exceed ${rule.amount} % of the first contract (${yuan(limit)} yuan); before this one they are ${yuan(contract.supplementsFen)} yuan, this one ${yuan(added)} yuan`,
      }),
    );
  }
  if (contract.acceptedAt !== null) {
    found.push(
      breachOf(rule, 'block', {
        ...{ field: 'kind', given: change.kind },
        messageZh: '合同已经履行完毕并验收，不能再追加',
        messageEn: 'The contract is performed and accepted: nothing can be added to it',
      }),
    );
  }
  const bought = contract.terms.items;
  change.items.forEach((item, index) => {
    const same = bought.find(({ name }) => looksOf(name) === looksOf(item.name));
    if (bought.length > 0 && !same) {
      found.push(
        breachOf(rule, 'block', {
          ...{ field: `items[${index}].name`, given: item.name, lawfulChoices: bought.map(({ name }) => name) },
          messageZh: `只能追加与合同标的相同的货物、工程或者服务，合同中没有“${item.name}”`,
          messageEn: `Only more of what the contract buys can be added; it has no "${item.name}"`,
        }),
      );
    }
    if (same?.unitPriceFen === undefined || same.unitPriceFen === item.unitPriceFen) return;
    found.push(
      breachOf(rule, 'block', {
        ...{ field: `items[${index}].unitPriceFen`, given: item.unitPriceFen ?? null, limit: same.unitPriceFen },
        messageZh: '补充合同不得改变合同其他条款：单价应与原合同相同',
        messageEn: 'A supplement changes no other term: the unit price is that of the contract',
      }),
    );
  });
  const costs = change.items.map(costOf);
  const sum = costs.reduce<number | null>((total, each) => (total === null || each === null ? null : total + each), 0);
  if (costs.length > 0 && sum !== null && Math.round(sum) !== added) {
    found.push(
      breachOf(rule, 'block', {
        ...{ field: 'amountFen', given: added, limit: Math.round(sum) },
        messageZh: `补充合同的金额 ${yuan(added)} 元与所列标的合计 ${yuan(Math.round(sum))} 元不一致`,
        messageEn: `The supplement is for ${yuan(added)} yuan, and what it adds comes to ${yuan(Math.round(sum))} yuan`,
      }),
    );
  }
  if (change.items.length === 0) {
    found.push(
      breachOf(rule, 'block', {
        ...{ field: 'items', given: null },
        messageZh: '应当写明追加的标的',
        messageEn: 'State what is added',
      }),
    );
  }
  return [...found, ...paymentFaults(definition, contract, change, added)];
}

/** Instalments that follow: they come to what is left, and their numbers are new. */
function paymentFaults(
  definition: Pick<Procedure, 'contract' | 'rules' | 'words'>,
  contract: Contract & { readonly terms: NonNullable<Contract['terms']> },
  { kind, payments }: ContractChange,
  totalFen: number,
): Violation[] {
  const given = payments ?? [];
  const found = checkPayments(definition, given, {
    ...{ totalFen, smallFirm: contract.terms.smallFirm, field: 'payments' },
  });
  const kept = contract.instalments.filter(({ paidFen }) => kind === 'supplement' || paidFen > 0);
  given.forEach(({ no }, index) => {
    if (!kept.some((each) => each.no === no)) return;
    found.push(
      breachOf(getRule(definition.contract.changes.rule), 'block', {
        ...{ field: `payments[${index}].no`, given: no },
        messageZh: `第 ${no} 期已有，请用新的期号`,
        messageEn: `There is an instalment ${no} already: take another number`,
      }),
    );
  });
  return found;
}
