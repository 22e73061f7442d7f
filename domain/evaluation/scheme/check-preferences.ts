import { getRule } from '../../law/rulebook.ts';
import type { Violation } from '../../law/violation.ts';
import type { Procedure } from '../../procedures/procedure.ts';
import { compare, whole, type Fraction } from '../scoring/fraction.ts';
import { breach, valueZh, warning, type SchemeFacts } from './finding.ts';
import type { PreferenceDefinition } from './definition.ts';
import { boundsOf, preferencesOf } from './law.ts';
import type { Preference, Scheme } from './scheme.ts';
import { numberOf } from './shape.ts';

/**
 * 价格扣除, 价格分加成: only those of the law, at its rates, and owed where the lot is not reserved.
 * @rule sme-discount-fixed (one rate a lot)
 */
export function checkPreferences(definition: Procedure, scheme: Scheme, facts: SchemeFacts): Violation[] {
  const { scope, stacking, exempt } = definition.evaluation.scheme.preferences;
  const { preferences } = scheme;
  const found = preferences.flatMap((preference, index) => checkOne(definition, scheme, facts, preference, index));
  const small = preferences.filter(({ key }) => key !== 'domestic-product');
  if (scope && facts.reserved === true && small.length > 0) {
    found.push(
      breach(scope, facts, {
        field: 'scheme.preferences',
        given: small.map(({ key }) => key).join(','),
        messageZh: '专门面向中小企业采购的，不再执行价格扣除',
        messageEn: 'A lot reserved for small firms has no reductions for them',
      }),
    );
  }
  const owed = preferencesOf(definition, facts).some(({ key }) => key === 'small-firm');
  const isExempt = exempt !== undefined && facts.exempt === true;
  if (scope && owed && !isExempt && facts.reserved !== true && !small.some(({ key }) => key === 'small-firm')) {
    found.push(
      breach(scope, facts, {
        field: 'scheme.preferences',
        given: null,
        messageZh: '未预留份额的，应当对小微企业报价给予扣除',
        messageEn: 'A lot that is not reserved must reduce the prices of small firms',
      }),
    );
  }
  if (stacking && preferences.length > 1 && scheme.stacking !== stacking.lawful) {
    found.push(
      breach(stacking.rule, facts, {
        field: 'scheme.stacking',
        given: scheme.stacking,
        lawfulChoices: [stacking.lawful],
        messageZh: '各项扣除均以原报价计算并相加',
        messageEn: 'Reductions are each taken of the original price and added',
      }),
    );
  }
  return found;
}

function checkOne(
  definition: Procedure,
  scheme: Scheme,
  facts: SchemeFacts,
  preference: Preference,
  index: number,
): Violation[] {
  const { key, form, percent, minShare } = preference;
  const field = `scheme.preferences[${index}]`;
  const lawful = preferencesOf(definition, facts).filter((each) => each.key === key);
  const rule = lawful.find((each) => each.form === form);
  if (!rule) {
    const [other] = lawful;
    return [
      breach(other?.rule ?? definition.evaluation.scheme.sheets.perDocuments, facts, {
        field,
        given: `${key} ${form}`,
        lawfulChoices: preferencesOf(definition, facts).map((each) => `${each.key} ${each.form}`),
        messageZh: `该采购方式没有“${valueZh('preferences.key', key)}”的${valueZh('preferences.form', form)}`,
        messageEn: `There is no ${form} for "${key}" in this procedure`,
      }),
    ];
  }
  const found: Violation[] = [];
  const { least, most } = boundsOf(rule.rule);
  const rate = numberOf(percent);
  found.push(...checkReplaced(rule, rate, preference, field, facts));
  const low = least !== null && compare(rate, whole(least)) < 0;
  if (low || (most !== null && compare(rate, whole(most)) > 0)) {
    found.push(
      breach(rule.rule, facts, {
        field: `${field}.percent`,
        given: Number(percent),
        limit: (low ? least : most) ?? 0,
        messageZh: `比例 ${percent}% 不在 ${least}%–${most}% 之内`,
        messageEn: `The rate of ${percent} % is not within ${least}–${most} %`,
      }),
    );
  }
  found.push(
    ...checkForm(scheme, rule.rule, preference, field, facts),
    ...checkShare(rule.minShare, minShare, field, facts, key),
  );
  // A rate that nobody has read is used, and said to be such.
  if (getRule(rule.rule).status === 'RECALLED' && found.length === 0) {
    found.push(
      warning(rule.rule, {
        field,
        given: Number(percent),
        messageZh: `“${valueZh('preferences.key', key)}”的比例所依据的文本未读到原文，请核对后确认`,
        messageEn: `The text behind the rate for "${key}" was not read: check it`,
      }),
    );
  }
  return found;
}

/** A text that was not read (RECALLED) widens no limit of one that was: the installation confirms it first. */
function checkReplaced(
  { rule, replaces }: PreferenceDefinition,
  rate: Fraction,
  { key, percent }: Preference,
  field: string,
  facts: SchemeFacts,
): Violation[] {
  if (replaces === undefined || getRule(rule).status !== 'RECALLED' || facts.confirmed?.has(rule) === true) return [];
  const [read, recalled] = [boundsOf(replaces), boundsOf(rule)];
  const wider = read.most !== null && (recalled.most === null || recalled.most > read.most);
  if (!wider || read.most === null || compare(rate, whole(read.most)) <= 0) return [];
  return [
    breach(replaces, facts, {
      field: `${field}.percent`,
      given: Number(percent),
      limit: read.most,
      messageZh: `“${valueZh('preferences.key', key)}”的比例 ${percent}% 高于已读到原文的上限 ${read.most}%；更高的比例所依据的文本未读到原文，核对并由平台确认规则 ${rule} 后方可采用`,
      messageEn: `The rate of ${percent} % for "${key}" is above ${read.most} %, the most of the text that was read; the text behind higher rates was not: the installation checks it and confirms the rule ${rule} first`,
    }),
  ];
}

/** 财库〔2020〕46号 9: a bonus where the price is not scored by 低价优先法, else a reduction. */
function checkForm(
  scheme: Scheme,
  rule: Parameters<typeof breach>[0],
  { form, key }: Preference,
  field: string,
  facts: SchemeFacts,
): Violation[] {
  const price = scheme.criteria.find((each) => each.kind === 'price');
  const byBonus = scheme.method === 'comprehensive' && price !== undefined && price.formula.name !== 'low-price-base';
  if (form === 'reduction' ? !byBonus : byBonus) return [];
  return [
    breach(rule, facts, {
      field: `${field}.form`,
      given: form,
      lawfulChoices: [byBonus ? 'bonus' : 'reduction'],
      messageZh: byBonus
        ? `“${valueZh('preferences.key', key)}”：未采用低价优先法计算价格分的，在价格分上加成`
        : `“${valueZh('preferences.key', key)}”：以扣除后的价格评审，不加分`,
      messageEn: byBonus
        ? `"${key}": where the price is not scored by its lowest, points are added`
        : `"${key}": the price is reduced, no points are added`,
    }),
  ];
}

/** The share from which it is granted: that of the law. */
function checkShare(
  id: Parameters<typeof breach>[0] | undefined,
  given: string | undefined,
  field: string,
  facts: SchemeFacts,
  key: string,
): Violation[] {
  if (id === undefined) return [];
  const { least } = boundsOf(id);
  if (least === null || (given !== undefined && compare(numberOf(given), whole(least)) === 0)) return [];
  return [
    breach(id, facts, {
      field: `${field}.minShare`,
      given: given === undefined ? null : Number(given),
      limit: least,
      messageZh: `“${valueZh('preferences.key', key)}”自份额 ${least}% 起给予`,
      messageEn: `"${key}" is granted from a share of ${least} %`,
    }),
  ];
}
