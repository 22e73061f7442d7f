/**
 * What happens when the last day of a period is no workday. If the law that sets the limit has its own provision, that
 * applies; 民法典 203 is the rule for all others (民法典 204).
 */
export interface RollRule {
  /** `rest-day`: any rest day moves the end; `day-off`: only a State-Council day off does, a plain weekend does not. */
  readonly on: 'rest-day' | 'day-off';
  /** The provision, as cited in the trace. */
  readonly article: string;
}

/** @rule period-civil-last */
const CIVIL_CODE: RollRule = { on: 'rest-day', article: '民法典203' };

const OWN_PROVISION: ReadonlyMap<string, RollRule> = new Map<string, RollRule>([
  // 法定休假日后的第一日; 复议法 88 and 行政诉讼法 101 refer to it. @rule period-cpl
  ['民事诉讼法', { on: 'rest-day', article: '民事诉讼法85' }],
  ['行政复议法', { on: 'rest-day', article: '行政复议法88、民事诉讼法85' }],
  ['行政诉讼法', { on: 'rest-day', article: '民事诉讼法85' }],
  // 节假日后的第一日. @rule period-gp94
  ['财政部令94号', { on: 'rest-day', article: '财政部令94号42' }],
  // 国家法定节假日: the words do not name weekends. @rule period-gp87, period-gp110
  ['财政部令87号', { on: 'day-off', article: '财政部令87号85' }],
  ['财政部令110号', { on: 'day-off', article: '财政部令110号49' }],
]);

/**
 * How the last day of a period set by `law` (the short name in a rule) rolls.
 * @rule period-civil-special
 */
export function rollOf(law: string): RollRule {
  return OWN_PROVISION.get(law) ?? CIVIL_CODE;
}
