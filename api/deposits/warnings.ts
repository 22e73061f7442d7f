import type * as z from 'zod';
import type { DepositAccount } from '../../db/deposits.ts';
import type { Procurement } from '../../db/procurements.ts';
import type { RefundDuty } from '../../domain/deposits/refund-duty.ts';
import type { DepositTerms } from '../../domain/deposits/standing.ts';
import { yuan } from '../../domain/law/catalogue.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { bilingual } from '../http/schemas.ts';
import { ruleSchema, ruleView } from './rule.ts';

export const warningSchema = bilingual.extend({
  rule: ruleSchema.nullable().meta({ description: '规则未收录时为 null / null: no rule speaks of it' }),
});
type Warning = z.infer<typeof warningSchema>;

/** What a person has to look at, of one deposit. */
export function warningsOf(
  tender: Procurement,
  account: DepositAccount,
  { shared, byAnother }: { readonly shared: ReadonlySet<string>; readonly byAnother: ReadonlySet<string> },
): Warning[] {
  const warnings: Warning[] = [];
  const { sharedAccount, baseAccount } = procedureOf(tender).deposits;
  if (shared.has(account.id) && sharedAccount) {
    warnings.push({
      rule: ruleView(sharedAccount),
      zh: '不同投标人的投标保证金从同一单位或者个人的账户转出，视为串通投标',
      en: 'Deposits of several bidders came from accounts of one payer: they are deemed to collude',
    });
  }
  if (byAnother.has(account.id) && !shared.has(account.id)) {
    warnings.push({
      rule: sharedAccount ? ruleView(sharedAccount) : null,
      zh: `汇款人“${account.payer ?? ''}”不是投标人的现名或者曾用名，请核对是否为其本单位`,
      en: `The payer, “${account.payer ?? ''}”, is neither the name of the bidder nor a former one: check whether it is the bidder`,
    });
  }
  if (tender.mandatory && baseAccount && account.fromBaseAccount === false) {
    warnings.push({
      rule: ruleView(baseAccount),
      zh: '未从投标人基本账户转出；以现金、支票提交的应当从其基本账户转出，请评标委员会核实',
      en: "It did not come from the bidder's base account; cash and cheques must: for the committee to judge",
    });
  }
  return warnings;
}

/** 评审期间退还: a bid is judged, and its deposit is not there any more. */
export function uncoveredOf(
  tender: Procurement,
  own: readonly DepositAccount[],
  terms: DepositTerms | null,
  { why }: RefundDuty,
): Warning[] {
  const left = own.reduce((sum, { leftFen }) => sum + leftFen, 0);
  const refunded = own.some(({ movements }) => movements.some(({ kind }) => kind === 'refunded'));
  if (terms === null || why !== 'undecided' || !refunded || left >= terms.requiredFen) return [];
  const { validity, invalidWithout } = procedureOf(tender).deposits;
  return [
    {
      rule: ruleView(validity ?? invalidWithout),
      zh: `尚未定标，保证金已退还，现余 ${yuan(left)} 元，要求 ${yuan(terms.requiredFen)} 元`,
      en: `Nothing is awarded yet, and the deposit was refunded: ${yuan(left)} yuan are left of ${yuan(terms.requiredFen)} yuan required`,
    },
  ];
}
