import { breachOf, severityOf, type Violation } from '../law/violation.ts';
import { getRule } from '../law/rulebook.ts';
import type { Procedure } from '../procedures/procedure.ts';
import type { Motion } from './acts.ts';
import { compare, readExact, whole, ZERO } from './scoring/fraction.ts';
import type { Scheme } from './scheme/scheme.ts';

const PERCENT = whole(100);

/** What of a motion the documents do not have, or is no number that they can have: it is refused before anybody votes. */
export function checkMotion(
  { evaluation: { scheme: own } }: Pick<Procedure, 'evaluation'>,
  scheme: Pick<Scheme, 'preferences' | 'adjustments'>,
  motion: Motion,
): Violation[] {
  const rule = getRule(own.sheets.perDocuments);
  const no = (field: string, given: string | null, messageZh: string, messageEn: string): Violation =>
    breachOf(rule, severityOf(rule), { field, given, messageZh, messageEn });
  if (motion.on === 'claims') {
    return motion.claims.flatMap(({ key, share, granted }, index): Violation[] => {
      const field = `motion.claims[${index}]`;
      const stated = scheme.preferences.find((each) => each.key === key);
      if (!stated)
        return [no(`${field}.key`, key, '文件没有规定此项政策扣除', 'The documents do not have this preference')];
      if (motion.claims.findIndex((each) => each.key === key) !== index)
        return [no(`${field}.key`, key, '同一政策扣除只列一次', 'Each preference is named once')];
      const value = share === undefined ? undefined : readExact(share);
      const isShare = value && compare(value, ZERO) >= 0 && compare(value, PERCENT) <= 0;
      const isNeeded = granted && stated.minShare !== undefined;
      if (isShare || (share === undefined && !isNeeded)) return [];
      return [
        no(`${field}.share`, share ?? null, '份额应为 0 至 100 的百分数', 'The share is a percentage from 0 to 100'),
      ];
    });
  }
  if (motion.on !== 'deviations') return [];
  return Object.entries(motion.deviations).flatMap(([key, units]): Violation[] => {
    const field = `motion.deviations.${key}`;
    if (!scheme.adjustments.some((each) => each.key === key))
      return [no(field, key, '文件没有规定此项偏差的价格调整', 'The documents do not turn this deviation into money')];
    const value = readExact(units);
    if (value && compare(value, ZERO) >= 0) return [];
    return [no(field, units, '偏差的数量应为不小于 0 的数', 'The units of a deviation are a number from 0 on')];
  });
}
