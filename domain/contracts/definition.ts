import type { Kind } from '../law/facts.ts';
import type { RuleId } from '../law/rulebook.ts';
import type { ChangeGround, ChangeKind } from './acts.ts';
import type { TermKey } from './stated.ts';

/** 合同及其履行: what a procedure says of a contract beside its dates. Absent: the law has no such rule. */
export interface ContractDefinition {
  /** What a contract states, and the rule that says so. */
  readonly contents: { readonly rule: RuleId; readonly terms: readonly TermKey[] };
  /** Of a lot that was reserved for small firms the contract says so. */
  readonly reservedLabel?: RuleId;
  /** 履约验收方案. */
  readonly acceptancePlan?: RuleId;
  readonly bond: {
    /** More than the documents ask for is not asked for. */
    readonly noMore: RuleId;
    /** 工程款支付担保: with the bond the purchaser gives its own, of such projects. */
    readonly paymentGuarantee?: { readonly rule: RuleId; readonly kinds: readonly Kind[] };
  };
  readonly changes: {
    readonly rule: RuleId;
    readonly kinds: readonly ChangeKind[];
    readonly grounds: readonly ChangeGround[];
    /** 补充合同: the most that all of them together add, as a share of the first sum; without one the price is not raised otherwise. */
    readonly supplement?: RuleId;
    /** A change is published by this rule. */
    readonly notice?: RuleId;
  };
  /** 履约验收, and of services to the public who takes part and that its result is published. */
  readonly acceptance: { readonly rule?: RuleId; readonly publicService?: RuleId };
  readonly payment: {
    /** 中小企业: within `period` of the delivery unless agreed otherwise, and never after `most`. */
    readonly smallFirm?: { readonly period: RuleId; readonly most: RuleId; readonly interest?: RuleId };
    /** Within this period of the invoice. */
    readonly invoice?: RuleId;
  };
}
