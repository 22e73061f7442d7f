import { daysIn } from '../evaluation/opened.ts';
import type { Candidate } from '../decisions.ts';
import { yuan } from '../law/catalogue.ts';
import { getRule, type RuleId } from '../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../law/violation.ts';
import type { Particulars } from '../notices/particulars.ts';
import type { Procedure } from '../procedures/procedure.ts';
import { looksOf } from '../text.ts';
import type { AwardItem, ContractTerms, Deviation, Instalment, TermKey } from './stated.ts';

// 合同主要条款: what a contract states, and that it is what the documents and the bid say.

const TERMS: Readonly<Record<TermKey, { readonly zh: string; readonly en: string }>> = {
  subjectZh: { zh: '标的', en: 'the subject' },
  quantity: { zh: '数量', en: 'the quantity' },
  quality: { zh: '质量', en: 'the quality' },
  period: { zh: '履行期限', en: 'the time of performance' },
  place: { zh: '履行地点和方式', en: 'the place and manner of performance' },
  acceptance: { zh: '验收要求（履约验收方案）', en: 'the plan of acceptance' },
  warrantyZh: { zh: '质量保修范围和保修期', en: 'the warranty' },
  breachZh: { zh: '违约责任', en: 'the liability for a breach' },
  disputesZh: { zh: '解决争议的方法', en: 'how disputes are settled' },
};

/** What the platform knows of what was asked for and promised. */
export interface Promised {
  readonly opened: { readonly periodDays: number | null; readonly quality: string | null } | undefined;
  readonly candidate: Partial<Candidate> | undefined;
  readonly particulars: Particulars | null;
}

export interface ComparedTerms {
  readonly violations: readonly Violation[];
  readonly deviations: readonly Deviation[];
}

type Definition = Pick<Procedure, 'contract' | 'rules' | 'words'>;

const isBlank = (value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && looksOf(value) === '');

/** Terms that the law asks for and the contract does not state. */
export function missingTerms(definition: Definition, terms: ContractTerms): Violation[] {
  const { contents, acceptancePlan } = definition.contract;
  const missing = (key: TermKey, ruleId: RuleId): Violation => {
    const rule = getRule(ruleId);
    return breachOf(rule, severityOf(rule), {
      field: `terms.${key}`,
      given: null,
      messageZh: `合同未写明${TERMS[key].zh}`,
      messageEn: `The contract does not state ${TERMS[key].en}`,
    });
  };
  return [
    ...contents.terms.filter((key) => isBlank(terms[key])).map((key) => missing(key, contents.rule)),
    ...(acceptancePlan !== undefined && !contents.terms.includes('acceptance') && terms.acceptance === undefined
      ? [missing('acceptance', acceptancePlan)]
      : []),
  ];
}

/** A quantity that is a number and its unit: `12 台`. */
export function quantityOf(text: string | undefined): { readonly number: number; readonly unit: string } | null {
  const found = /^(\d+(?:\.\d+)?)\s*(\D*)$/u.exec((text ?? '').normalize('NFKC').trim());
  return found ? { number: Number(found[1]), unit: looksOf(found[2] ?? '') } : null;
}

/**
 * The terms of a contract beside the documents and the bid that won: what can be compared must be the same, and what is only
 * said otherwise is explained.
 * @rule works-contract-consistent, gp-contract-no-change
 */
export function compareTerms(definition: Definition, terms: ContractTerms, promised: Promised): ComparedTerms {
  const violations: Violation[] = [];
  const deviations: Deviation[] = [];
  const rule = getRule(definition.rules.contractTerms ?? definition.rules.contract);
  const { bid, documents } = definition.words;
  const differs = (field: string, given: string | number | null, known: string | number, of: Deviation['of']): void => {
    const whose =
      of === 'bid'
        ? { zh: `${bid}中的`, en: 'that of the bid' }
        : { zh: `${documents}中的`, en: 'that of the documents' };
    violations.push(
      breachOf(rule, 'block', {
        ...{ field, given },
        ...(typeof known === 'number' ? { limit: known } : { lawfulChoices: [known] }),
        messageZh: `合同的“${given ?? '（未写明）'}”与${whose.zh}“${known}”不一致，不得订立背离的合同`,
        messageEn: `The contract states ${given ?? 'nothing'}, not ${whose.en}, ${known}`,
      }),
    );
  };
  const saidOtherwise = (
    field: string,
    given: string | undefined,
    known: string | undefined,
    of: Deviation['of'],
  ): void => {
    if (!given || !known || looksOf(given) === looksOf(known)) return;
    const reasonZh = terms.explanations.find((each) => each.field === field)?.reasonZh ?? null;
    deviations.push({ field, given, known, of, reasonZh });
    if (reasonZh !== null) return;
    violations.push(
      breachOf(rule, 'block', {
        ...{ field: `terms.${field}`, given, lawfulChoices: [known] },
        messageZh: `合同的“${given}”与${of === 'bid' ? bid : documents}中的“${known}”表述不同：应当改为一致，或者在 explanations 中写明理由（不得改变实质性内容）`,
        messageEn: `The contract says "${given}" where the ${of === 'bid' ? 'bid' : 'documents'} say "${known}": make it the same, or explain it in explanations`,
      }),
    );
  };
  const { opened, candidate, particulars } = promised;

  const stated = terms.period === undefined ? [] : daysIn(terms.period);
  const [days] = stated;
  const inBid = opened?.periodDays ?? (candidate?.period ? daysIn(candidate.period)[0] : undefined);
  if (typeof inBid === 'number') {
    if (days !== inBid) differs('terms.period', terms.period ?? null, `${inBid} 日历天`, 'bid');
    // Other days beside it may be parts of it, or make it longer.
    else if (stated.some((each) => each !== inBid)) saidOtherwise('period', terms.period, `${inBid} 日历天`, 'bid');
  } else {
    const asked = particulars?.period ? daysIn(particulars.period)[0] : undefined;
    if (days !== undefined && asked !== undefined && days > asked)
      differs('terms.period', terms.period ?? null, `${asked} 日历天`, 'documents');
    else if (candidate?.period) saidOtherwise('period', terms.period, candidate.period, 'bid');
    else if (days === undefined || asked === undefined)
      saidOtherwise('period', terms.period, particulars?.period, 'documents');
  }
  saidOtherwise('quality', terms.quality, opened?.quality ?? candidate?.quality, 'bid');
  saidOtherwise('projectLead', terms.projectLead, candidate?.projectLead, 'bid');
  saidOtherwise('place', terms.place, particulars?.place, 'documents');
  const [quantity, asked] = [quantityOf(terms.quantity), quantityOf(particulars?.quantity)];
  if (quantity && asked && quantity.unit === asked.unit) {
    if (quantity.number !== asked.number)
      differs('terms.quantity', terms.quantity ?? null, particulars?.quantity ?? '', 'documents');
  } else saidOtherwise('quantity', terms.quantity, particulars?.quantity, 'documents');
  compareItems(terms.items, candidate?.items ?? [], { differs, saidOtherwise });
  return { violations, deviations };
}

interface Found {
  readonly differs: (field: string, given: string | number | null, known: string | number, of: Deviation['of']) => void;
  readonly saidOtherwise: (
    field: string,
    given: string | undefined,
    known: string | undefined,
    of: Deviation['of'],
  ) => void;
}

/** Items of the same name, each with one that was won: that of its specification, else the next. */
function pairsOf(items: readonly AwardItem[], won: readonly AwardItem[]): Map<AwardItem, AwardItem> {
  const left = [...won];
  const pairs = new Map<AwardItem, AwardItem>();
  const isNamed = (a: AwardItem, b: AwardItem): boolean => looksOf(a.name) === looksOf(b.name);
  const isSame = (a: AwardItem, b: AwardItem): boolean =>
    isNamed(a, b) && looksOf(a.specification ?? '') === looksOf(b.specification ?? '');
  for (const fits of [isSame, isNamed]) {
    for (const item of items) {
      const at = pairs.has(item) ? -1 : left.findIndex((each) => fits(each, item));
      if (at >= 0) pairs.set(item, left.splice(at, 1)[0] as AwardItem);
    }
  }
  return pairs;
}

/** 标的 item by item: none more, none less, none twice, each at its price and in its quantity. */
function compareItems(items: readonly AwardItem[], won: readonly AwardItem[], { differs, saidOtherwise }: Found): void {
  if (won.length === 0) return;
  const pairs = pairsOf(items, won);
  const bought = new Set(pairs.values());
  for (const item of won) if (!bought.has(item)) differs('terms.items', null, item.name, 'bid');
  items.forEach((item, index) => {
    const field = `items[${index}]`;
    const own = pairs.get(item);
    if (!own) {
      differs(`terms.${field}.name`, item.name, won.map(({ name }) => name).join('、'), 'bid');
      return;
    }
    if (own.unitPriceFen !== undefined && item.unitPriceFen !== own.unitPriceFen)
      differs(`terms.${field}.unitPriceFen`, item.unitPriceFen ?? null, own.unitPriceFen, 'bid');
    const [stated, asked] = [quantityOf(item.quantity), quantityOf(own.quantity)];
    if (stated && asked && stated.unit === asked.unit) {
      if (stated.number !== asked.number)
        differs(`terms.${field}.quantity`, item.quantity ?? null, own.quantity ?? '', 'bid');
    } else if (own.quantity && !item.quantity) differs(`terms.${field}.quantity`, null, own.quantity, 'bid');
    else saidOtherwise(`${field}.quantity`, item.quantity, own.quantity, 'bid');
    saidOtherwise(`${field}.specification`, item.specification, own.specification, 'bid');
  });
}

const sumOf = (payments: readonly Instalment[]): number => payments.reduce((sum, { amountFen }) => sum + amountFen, 0);

/**
 * 支付条款: the instalments are the whole price, and no small firm waits longer than the law lets it.
 * @param totalFen what they must come to
 * @param at when they are agreed
 */
export function checkPayments(
  { contract, rules }: Definition,
  payments: readonly Instalment[],
  { smallFirm, totalFen, field }: { readonly smallFirm: boolean; readonly totalFen: number; readonly field: string },
): Violation[] {
  const violations: Violation[] = [];
  const terms = getRule(rules.contractTerms ?? rules.contract);
  const sum = sumOf(payments);
  if (sum !== totalFen) {
    violations.push(
      breachOf(terms, 'block', {
        ...{ field, given: sum, limit: totalFen },
        messageZh: `各期款项合计 ${yuan(sum)} 元，应为 ${yuan(totalFen)} 元`,
        messageEn: `The instalments come to ${yuan(sum)} yuan and must come to ${yuan(totalFen)} yuan`,
      }),
    );
  }
  const most = contract.payment.smallFirm?.most;
  if (!smallFirm || most === undefined) return violations;
  const rule = getRule(most);
  const limit = rule.amount ?? 0;
  payments.forEach(({ after, days }, index) => {
    if (after === 'signing' || days === null || days <= limit) return;
    violations.push(
      breachOf(rule, severityOf(rule), {
        ...{ field: `${field}[${index}].days`, given: days, limit },
        messageZh: `向中小企业付款的期限最长不得超过 ${limit} 日，约定为 ${days} 日`,
        messageEn: `A small firm is paid within ${limit} days at the latest; agreed are ${days}`,
      }),
    );
  });
  return violations;
}
