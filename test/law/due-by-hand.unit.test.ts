import { describe, expect, test } from 'vitest';
import { formatInstant, parseInstantOrDate } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { due } from '../../domain/law/due.ts';

/**
 * Dates worked out by hand from the articles and the State Council's notices, never by the code under test. The
 * reckoning stands in each row; "mk" is a make-up workday, "off" a day off by the notice. A bare `due` date means the
 * last millisecond of the day, a bare `earliest` or `actBy` its start and its last millisecond.
 */
interface Row {
  readonly article: string;
  readonly rule: string;
  readonly from: string;
  readonly due: string;
  readonly earliest?: string;
  readonly actBy?: string;
  readonly reckoning: string;
}

function row(article: string, rule: string, from: string, dueOn: string, reckoning: string): Row {
  return { article, rule, from, due: dueOn, reckoning };
}

/** A minimum: with the earliest lawful day of the to-event. */
function min(article: string, rule: string, from: string, dueOn: string, earliest: string, reckoning: string): Row {
  return { article, rule, from, due: dueOn, earliest, reckoning };
}

/** A maximum: with the workday by which to warn. */
function max(article: string, rule: string, from: string, dueOn: string, actBy: string, reckoning: string): Row {
  return { article, rule, from, due: dueOn, actBy, reckoning };
}

const endOf = (text: string): string => (text.length === 10 ? `${text}T23:59:59.999+08:00` : text);
const startOf = (text: string): string => (text.length === 10 ? `${text}T00:00:00+08:00` : text);

function holds(rows: readonly Row[]): void {
  test.each(rows)('$article: $rule from $from ends $due [$reckoning]', (expected) => {
    const result = due(expected.rule, parseInstantOrDate(expected.from), chinaCalendar);
    expect(formatInstant(result.due)).toBe(endOf(expected.due));
    expect(result.provisional).toBe(false);
    expect(result.bounds).toEqual({ earliest: result.due, latest: result.due });
    if (expected.earliest !== undefined) expect(formatInstant(result.earliest ?? 0)).toBe(startOf(expected.earliest));
    if (expected.actBy !== undefined) expect(formatInstant(result.actBy ?? 0)).toBe(endOf(expected.actBy));
  });
}

describe('what is paid back, and what is answered', () => {
  holds([
    row('条例54', 'works-result-objection-reply', '2026-04-20', '2026-04-23', '21, 22, 23'),
    row('条例33', 'gp-bond-refund-winner', '2026-04-20', '2026-04-27', '21, 22, 23, 24, weekend, 27'),
    row('87令38', 'gp-bond-refund-withdraw', '2026-04-29', '2026-05-09', '30, off 1–5 May, 6, 7, 8, mk Sat 9'),
    row('87令29', 'gp-termination-refund', '2026-04-01', '2026-04-09', '2, 3, off 4–6, 7, 8, 9'),
  ]);
});

// Each is decided by the rule of counting that it names.
describe('how periods are counted', () => {
  describe('@rule period-civil-start: the day of the event does not count', () => {
    holds([row('民法典201', 'works-result-objection-reply', '2026-04-21', '2026-04-24', '22, 23, 24')]);
  });
  describe('@rule period-civil-last: not on a weekend', () => {
    holds([row('民法典203', 'works-contract-sign', '2026-04-23', '2026-05-25', '23 April + 30 = Sat 23 May')]);
  });
  describe('@rule period-civil-special, period-gp87: a weekend stays, a public holiday does not', () => {
    holds([
      row('民法典204, 87令85', 'gp-contract-sign', '2026-04-10', '2026-05-10', '10 April + 30 = Sun 10 May'),
      row('87令85', 'gp-contract-sign', '2026-04-02', '2026-05-06', '2 April + 30 = Sat 2 May, off until the 5th'),
    ]);
  });
  describe('@rule period-gp110: the same words', () => {
    holds([
      row('110令49', 'fa-sign', '2026-04-10', '2026-05-10', '10 April + 30 = Sun 10 May'),
      row('110令49', 'fa-sign', '2026-04-02', '2026-05-06', '2 April + 30 = Sat 2 May, off until the 5th'),
    ]);
  });
  describe('@rule period-gp94: the first day after', () => {
    holds([row('94令42', 'gp-complaint-suspend-max', '2026-04-10', '2026-05-11', '10 April + 30 = Sun 10 May')]);
  });
  describe('@rule period-cpl: the first day after', () => {
    holds([row('民事诉讼法85', 'gp-review-litigation-after', '2026-04-10', '2026-04-27', '10 + 15 = Sat 25')]);
  });
});

describe('working days over Spring Festival', () => {
  holds([
    // 2024: off Sat 10 – Sat 17 Feb; mk Sun 4 and Sun 18 Feb.
    row('条例43', 'gp-award-decide', '2024-02-07', '2024-02-20', '8, 9, off 10–17, mk 18, 19, 20'),
    row('87令68', 'gp-report-deliver', '2024-02-02', '2024-02-05', 'Fri; Sat rest, mk Sun 4, Mon 5'),
    row('87令16', 'gp-notice-period', '2024-02-05', '2024-02-18', '6, 7, 8, 9, mk Sun 18: a Sunday that is worked'),
    row('94令17', 'gp-complaint-file', '2024-02-01', '2024-02-27', '2, mk 4, 5–9 (=7), mk 18, 19–23 (=13), 26, 27'),
    // 2025: off Tue 28 Jan – Tue 4 Feb; mk Sun 26 Jan and Sat 8 Feb.
    min('87令18', 'gp-doc-provide-min', '2025-01-24', '2025-02-07', '2025-02-08', 'mk 26, 27, then 5, 6, 7 Feb'),
    row('政府采购法52', 'gp-challenge-file', '2025-01-27', '2025-02-12', '5, 6, 7, mk 8, 10, 11, 12'),
    row('条例43', 'gp-award-announce', '2025-02-07', '2025-02-10', 'mk Sat 8, Mon 10'),
    // 2026 (cal-2026): off Sun 15 – Mon 23 Feb; mk Sat 14 and Sat 28 Feb.
    row('条例43', 'gp-award-decide', '2026-02-12', '2026-02-26', '13, mk 14, 24, 25, 26'),
    row('94令13', 'gp-challenge-reply', '2026-02-14', '2026-03-03', '24–27 (=4), mk 28, 2 and 3 Mar'),
    row(
      '94令26',
      'gp-complaint-decide',
      '2026-02-02',
      '2026-03-20',
      '3–6 (4), 9–14 (10), 24–28 (15), 2–6 (20), 9–13 (25), 16–20',
    ),
    row('条例61', 'works-complaint-accept', '2026-02-13', '2026-02-25', 'mk 14, 24, 25'),
  ]);
});

describe('working days over the other holidays', () => {
  holds([
    row('87令16 元旦2026', 'gp-notice-period', '2025-12-29', '2026-01-06', '30, 31, off 1–3, mk Sun 4, 5, 6'),
    row('条例43 清明2026', 'gp-award-decide', '2026-04-01', '2026-04-09', '2, 3, off 4–6, 7, 8, 9'),
    row('94令11', 'gp-challenge-file-docs', '2026-03-24', '2026-04-02', '25, 26, 27, 30, 31, 1, 2'),
    row('条例43 劳动节2026', 'gp-award-announce', '2026-04-30', '2026-05-07', 'off 1–5, Wed 6, 7'),
    row('政府采购法52 劳动节2026', 'gp-challenge-file', '2026-04-29', '2026-05-12', '30, 6, 7, 8, mk Sat 9, 11, 12'),
    row('条例50 劳动节2026', 'gp-contract-announce', '2026-05-08', '2026-05-11', 'mk Sat 9, Mon 11'),
    row(
      '条例33 劳动节2026',
      'gp-bond-refund-losers',
      '2026-05-01',
      '2026-05-11',
      'event on a day off: 6, 7, 8, mk 9, 11',
    ),
    row(
      '39号令21 劳动节2026',
      'works-lateral-decision-publication',
      '2026-04-30',
      '2026-05-13',
      '6, 7, 8, mk 9, 11, 12, 13',
    ),
    row(
      '政府采购法47 劳动节2024',
      'gp-contract-file',
      '2024-04-26',
      '2024-05-09',
      'mk Sun 28, 29, 30, then 6, 7, 8, 9',
    ),
    row('条例43 劳动节2025', 'gp-award-decide', '2025-04-25', '2025-05-06', 'mk Sun 27, 28, 29, 30, Tue 6'),
    row('87令16 中秋2024', 'gp-notice-period', '2024-09-11', '2024-09-19', '12, 13, mk Sat 14, off 15–17, 18, 19'),
    row('条例43 国庆2024', 'gp-award-decide', '2024-09-27', '2024-10-10', 'mk Sun 29, 30, then 8, 9, 10'),
    row('94令13 国庆2024', 'gp-challenge-reply', '2024-10-08', '2024-10-16', '9, 10, 11, mk Sat 12, 14, 15, 16'),
    min(
      '条例31 国庆2025',
      'gp-doc-provide-min-reg',
      '2025-09-26',
      '2025-10-10',
      '2025-10-11',
      'mk Sun 28, 29, 30, 9, 10',
    ),
    row('94令21 国庆2025', 'gp-complaint-review', '2025-10-08', '2025-10-14', '9, 10, mk Sat 11, 13, 14'),
    row('87令69 国庆2026', 'gp-award-notice-period', '2026-09-30', '2026-10-08', 'off 1–7, Thu 8'),
    row('政府采购法52 国庆2026', 'gp-challenge-file', '2026-10-08', '2026-10-16', '9, mk Sat 10, 12–16'),
    row('87令16 中秋2026', 'gp-notice-period', '2026-09-18', '2026-09-24', 'mk Sun 20, 21, 22, 23, 24'),
    row('87令68 端午2025', 'gp-report-deliver', '2025-05-30', '2025-06-04', 'off Sat 31 – Mon 2, 3, 4'),
    min('74令29 端午2024', 'neg-response-min', '2024-06-06', '2024-06-12', '2024-06-13', '7, off Mon 10, 11, 12'),
    min('74令45 端午2026', 'inq-response-min', '2026-06-17', '2026-06-23', '2026-06-24', '18, off 19–21, 22, 23'),
  ]);
});

describe('calendar days that are minima never end on a rest day (民法典201, 203)', () => {
  holds([
    min('招标投标法24', 'works-bid-prep-min', '2026-03-27', '2026-04-16', '2026-04-17', '27+20 = Thu 16 April'),
    min('招标投标法24', 'works-bid-prep-min', '2026-03-30', '2026-04-20', '2026-04-20', '30+20 = Sun 19, so Mon 20'),
    min(
      '招标投标法24',
      'works-bid-prep-min',
      '2026-04-10',
      '2026-04-30',
      '2026-05-01',
      '10+20 = Thu 30: full on 1 May',
    ),
    min('招标投标法24', 'works-bid-prep-min', '2026-04-11', '2026-05-06', '2026-05-06', '11+20 = 1 May, off to 5'),
    min(
      '招标投标法24',
      'works-bid-prep-min',
      '2024-01-22',
      '2024-02-18',
      '2024-02-18',
      '22+20 = 11 Feb, off to 17, mk Sun 18',
    ),
    min('政府采购法35', 'gp-bid-prep-min', '2026-09-11', '2026-10-08', '2026-10-08', '11+20 = 1 Oct, off to 7'),
    min('政府采购法35', 'gp-bid-prep-min', '2026-03-18', '2026-04-07', '2026-04-08', '18+20 = Tue 7 April, after 清明'),
    min('条例16', 'works-doc-sale-min', '2026-03-16', '2026-03-23', '2026-03-23', '16+5 = Sat 21, so Mon 23'),
    min('条例16', 'works-doc-sale-min', '2026-05-04', '2026-05-09', '2026-05-10', '4+5 = Sat 9, which is worked'),
    min('条例54', 'works-candidate-publicity-min', '2026-03-16', '2026-03-19', '2026-03-20', '16+3 = Thu 19'),
    min(
      '条例54',
      'works-candidate-publicity-min',
      '2026-03-26',
      '2026-03-30',
      '2026-03-30',
      '26+3 = Sun 29, so Mon 30',
    ),
    min(
      '条例54',
      'works-candidate-publicity-min',
      '2026-04-01',
      '2026-04-07',
      '2026-04-07',
      '1+3 = Sat 4, off to Mon 6',
    ),
  ]);
});

describe('calendar days that are maxima roll as their own law says', () => {
  holds([
    max(
      '条例54 民法典203',
      'works-candidate-publicity-start',
      '2026-04-03',
      '2026-04-07',
      '2026-04-03',
      '3+3 = Mon 6, off',
    ),
    max('条例22 民法典203', 'works-objection-reply-docs', '2026-03-25', '2026-03-30', '2026-03-27', '25+3 = Sat 28'),
    max(
      '招标投标法46 民法典203',
      'works-contract-sign',
      '2026-04-01',
      '2026-05-06',
      '2026-04-30',
      '1+30 = 1 May, off to 5',
    ),
    max(
      '招标投标法46 民法典203',
      'works-contract-sign',
      '2026-04-24',
      '2026-05-25',
      '2026-05-22',
      '24+30 = Sun 24, so Mon 25',
    ),
    max(
      '政府采购法46 民法典203',
      'gp-contract-sign-law',
      '2026-04-24',
      '2026-05-25',
      '2026-05-22',
      'the act has no rule: Mon 25',
    ),
    max(
      '87令71、85',
      'gp-contract-sign',
      '2026-04-24',
      '2026-05-24',
      '2026-05-22',
      'Sun 24 is no 国家法定节假日: stays',
    ),
    max(
      '87令71、85',
      'gp-contract-sign',
      '2026-04-01',
      '2026-05-06',
      '2026-04-30',
      '1 May is one: the day after it ends',
    ),
    max('87令71、85', 'gp-contract-sign', '2026-04-09', '2026-05-09', '2026-05-09', 'Sat 9 is worked'),
    max(
      '87令71、85',
      'gp-contract-sign',
      '2024-01-18',
      '2024-02-18',
      '2024-02-09',
      '18+30 = 17 Feb, last day off; mk Sun 18',
    ),
    max(
      '87令71、85',
      'gp-contract-sign',
      '2026-08-28',
      '2026-09-28',
      '2026-09-24',
      '28+30 = Sun 27, off as 中秋: Mon 28',
    ),
    max(
      '87令71、85',
      'gp-contract-sign',
      '2026-09-11',
      '2026-10-11',
      '2026-10-10',
      'Sun 11, plain: stays; mk Sat 10 before',
    ),
    max(
      '94令28、42',
      'gp-complaint-suspend-max',
      '2026-04-24',
      '2026-05-25',
      '2026-05-22',
      '节假日 reads any rest day: Mon 25',
    ),
    max('110令29、49', 'fa-sign', '2026-04-24', '2026-05-24', '2026-05-22', 'as 87令: Sun 24 stays'),
    max('110令29、49', 'fa-sign', '2026-09-02', '2026-10-08', '2026-09-30', '2+30 = 2 Oct, off to 7'),
    max(
      '复议法20、88',
      'gp-review-reconsideration',
      '2026-02-03',
      '2026-04-07',
      '2026-04-03',
      '25 in Feb, 31 in March, 4 April: off',
    ),
    max('行政诉讼法45', 'gp-review-litigation-after', '2026-05-09', '2026-05-25', '2026-05-22', '9+15 = Sun 24'),
    max('招标投标法47', 'works-written-report', '2026-04-20', '2026-05-06', '2026-04-30', '20+15 = 5 May, off'),
    max(
      '条例57',
      'works-bond-refund-after-contract',
      '2026-09-26',
      '2026-10-08',
      '2026-09-30',
      '26+5 = 1 Oct, off to 7',
    ),
    max('条例35', 'works-withdrawal-refund', '2025-09-28', '2025-10-09', '2025-09-30', '28+5 = 3 Oct, off to 8'),
    max('财库2019-38', 'gp-pay-invoice', '2025-01-03', '2025-02-05', '2025-01-27', '3+30 = 2 Feb, off 28 Jan – 4 Feb'),
    max(
      '支付条例9',
      'gp-pay-sme-max',
      '2025-08-02',
      '2025-10-09',
      '2025-09-30',
      '29 in Aug, 30 in Sept, 1 Oct: off to 8',
    ),
  ]);
});

// @rule period-civil-month
describe('months and years end on the corresponding day or the month end (民法典202)', () => {
  holds([
    max('34号文', 'land-first-payment', '2026-01-31', '2026-02-28', '2026-02-28', 'no 31 Feb: Sat 28, which is worked'),
    max('34号文', 'land-first-payment', '2025-01-31', '2025-02-28', '2025-02-28', 'no 31 Feb: Fri 28'),
    max('34号文', 'land-first-payment', '2024-01-31', '2024-02-29', '2024-02-29', 'leap year: Thu 29'),
    max('34号文', 'land-full-payment-1y', '2024-02-29', '2025-02-28', '2025-02-28', 'no 29 Feb: Fri 28'),
    max('34号文', 'land-full-payment-1y', '2025-10-01', '2026-10-08', '2026-09-30', '1 Oct 2026, off to 7'),
    row('公告办法9', 'violation-record-duration', '2025-08-31', '2026-02-28', 'no 31 Feb: Sat 28, which is worked'),
    row('公告办法9', 'violation-record-duration', '2025-12-20', '2026-06-22', '20 June, off 19–21: Mon 22'),
    max('32号令19', 'soa-relist-12m', '2025-05-02', '2026-05-06', '2026-04-30', '2 May 2026, off to 5'),
    max('行政诉讼法46', 'gp-review-litigation-direct', '2026-03-31', '2026-09-30', '2026-09-30', 'no 31 Sept: Wed 30'),
    max('行政诉讼法46', 'gp-review-litigation-direct', '2026-04-01', '2026-10-08', '2026-09-30', '1 Oct, off to 7'),
    min('政府采购法42', 'gp-archive', '2010-03-31', '2025-03-31', '2025-04-01', '15 years: Mon 31 March 2025'),
    min('政府采购法42', 'gp-archive', '2011-05-01', '2026-05-06', '2026-05-06', '15 years: 1 May 2026, off to 5'),
  ]);
});

// @rule period-civil-hours
describe('hours and minutes run from the event itself (民法典201)', () => {
  holds([
    row(
      '招标投标法34',
      'works-opening-same-time',
      '2026-04-20T09:00:00+08:00',
      '2026-04-20T09:00:00+08:00',
      'the same instant',
    ),
    row('财库2026-2', 'gp-abnormal-low-explain', '2026-04-20T10:15:30+08:00', '2026-04-20T10:45:30+08:00', '+30 min'),
    row(
      '财库2026-2',
      'gp-abnormal-low-explain',
      '2026-04-03T23:50:00+08:00',
      '2026-04-04T00:20:00+08:00',
      'into a day off',
    ),
    row('10号令11', 'ann-media-push', '2026-04-30T18:00:00+08:00', '2026-05-01T06:00:00+08:00', '+12 h, not rolled'),
    row(
      '招标投标法45',
      'works-award-notice-losers',
      '2026-05-02T10:00:00+08:00',
      '2026-05-02',
      'same day: nothing elapses',
    ),
  ]);
});

describe('cut-offs counted backwards', () => {
  holds([
    row('条例21', 'works-clarify-tender-docs', '2026-04-16T09:00:00+08:00', '2026-04-01T09:00:00+08:00', '15 × 24 h'),
    row('条例21', 'works-clarify-tender-docs', '2026-04-20T09:00:00+08:00', '2026-04-03', 'Sun 5 April, off: Fri 3'),
    row('条例31', 'gp-clarify-tender-docs', '2024-03-11T09:00:00+08:00', '2024-02-23', 'Sun 25 Feb: Fri 23'),
    row('条例31', 'gp-clarify-tender-docs', '2026-10-14T08:35:00+08:00', '2026-09-29T08:35:00+08:00', 'Tue 29 Sept'),
    row('条例22', 'works-objection-tender-docs', '2026-04-20T09:00:00+08:00', '2026-04-10T09:00:00+08:00', '10 × 24 h'),
    row(
      '条例22',
      'works-objection-tender-docs',
      '2026-04-15T10:00:00+08:00',
      '2026-04-05T10:00:00+08:00',
      'a right: not moved off the holiday',
    ),
    row(
      '条例22',
      'works-objection-prequal-docs',
      '2026-05-06T09:30:00+08:00',
      '2026-05-04T09:30:00+08:00',
      'a right: not moved',
    ),
    row('条例21', 'works-clarify-prequal-docs', '2026-05-07T16:00:00+08:00', '2026-04-30', '4 May, off from 1'),
    row('74令29', 'neg-clarify', '2026-05-08T09:00:00+08:00', '2026-04-30T09:00:00+08:00', '7, 6, then 30 April'),
    row('74令45', 'inq-clarify', '2026-02-26T14:00:00+08:00', '2026-02-14T14:00:00+08:00', '25, 24, mk Sat 14'),
    row('214号10', 'cons-clarify', '2026-10-10T09:00:00+08:00', '2026-09-30', '5 Oct, off from 1'),
    row('198号14', 'gp-expert-draw-window', '2026-04-08T09:30:00+08:00', '2026-04-03T09:30:00+08:00', '7, then Fri 3'),
    row('10号文', 'gp-intention-30d', '2026-03-27', '2026-02-25T00:00:00+08:00', '27 in March, 3 in Feb: Wed 25'),
    row('10号文', 'gp-intention-30d', '2026-03-17', '2026-02-14', '15 Feb, off: mk Sat 14'),
  ]);
});

describe('the start day is the civil day of the event in UTC+8', () => {
  holds([
    min(
      '民法典201',
      'works-bid-prep-min',
      '2026-03-27T23:59:59.999+08:00',
      '2026-04-16',
      '2026-04-17',
      'still the 27th',
    ),
    min(
      '民法典201',
      'works-bid-prep-min',
      '2026-03-27T16:00:00Z',
      '2026-04-17',
      '2026-04-18',
      '00:00 of the 28th: 28+20 = Fri 17',
    ),
    min('民法典201', 'works-bid-prep-min', '2026-03-27T15:59:59Z', '2026-04-16', '2026-04-17', '23:59:59 of the 27th'),
  ]);
});

// Each number that was read in November 2026, and was RECALLED before or had no row.
describe('complaints about works run from the day the complaint was received (11号令 9, 11, 21; 条例 61)', () => {
  // Received on Thu 5 March: it counts as accepted on that day, whenever it was reviewed.
  holds([
    row('11号令11', 'wcomp-review', '2026-03-05', '2026-03-10', '6, 9, 10'),
    row('11号令11', 'wcomp-review', '2026-04-30', '2026-05-08', 'off 1–5, 6, 7, 8'),
    ...['wcomp-decide', 'works-complaint-decide'].map((id) =>
      row(
        '11号令11、21, 条例61',
        id,
        '2026-03-05',
        '2026-04-17',
        '6 (1), 9–13 (6), 16–20 (11), 23–27 (16), 30–3 (21), off 4–6, 7–10 (25), 13–17',
      ),
    ),
    row('11号令9', 'wcomp-file', '2026-04-20', '2026-04-30', '20 + 10 = Thu 30'),
    row('11号令9', 'wcomp-file', '2026-04-22', '2026-05-06', '22 + 10 = Sat 2 May, off until the 5th'),
  ]);
});

describe('publication of notices (10号令 11)', () => {
  holds([
    row('10号令11', 'ann-media-verify', '2026-04-30', '2026-05-08', 'off 1–5, 6, 7, 8'),
    row('10号令11', 'ann-media-other', '2026-05-08', '2026-05-09', 'mk Sat 9'),
    min('10号令11', 'ann-trace', '2015-03-31', '2025-03-31', '2025-04-01', '10 years: Mon 31 March 2025'),
    min('10号令11', 'ann-trace', '2016-05-01', '2026-05-06', '2026-05-06', '10 years: 1 May 2026, off to 5'),
  ]);
});

describe('competitive consultation (财库〔2014〕214号)', () => {
  holds([
    min('214号10', 'cons-doc-prep', '2026-03-16', '2026-03-26', '2026-03-27', '16 + 10 = Thu 26'),
    min('214号10', 'cons-doc-prep', '2026-04-22', '2026-05-06', '2026-05-06', '22 + 10 = Sat 2 May, off until the 5th'),
    min('214号10', 'cons-doc-sale', '2026-03-16', '2026-03-23', '2026-03-24', '17, 18, 19, 20, 23'),
    row('214号10', 'cons-clarify', '2026-04-20T09:00:00+08:00', '2026-04-15T09:00:00+08:00', '5 × 24 h'),
    row('214号28', 'cons-report-deliver', '2026-04-30', '2026-05-07', 'off 1–5, 6, 7'),
    row('214号28', 'cons-award-decide', '2026-04-01', '2026-04-09', '2, 3, off 4–6, 7, 8, 9'),
    row('214号29', 'cons-announce', '2026-05-07', '2026-05-09', '8, mk Sat 9'),
    row('214号30', 'cons-contract', '2026-04-20', '2026-05-20', '20 April + 30 = Wed 20 May'),
    row('214号30', 'cons-contract', '2026-04-10', '2026-05-11', '10 April + 30 = Sun 10 May'),
    row('214号31', 'cons-bond-refund', '2026-04-29', '2026-05-09', '30, off 1–5, 6, 7, 8, mk Sat 9'),
  ]);
});

describe('goods, surveys and designs in works (27号令, 2号令)', () => {
  holds([
    ...(['goods27', 'design2'] as const).flatMap((of) => [
      min('27号令30, 2号令19', `${of}-prep`, '2026-03-27', '2026-04-16', '2026-04-17', '27 March + 20 = Thu 16'),
      min('27号令14, 2号令12', `${of}-sale`, '2026-03-18', '2026-03-23', '2026-03-24', '18 + 5 = Mon 23'),
      min('27号令14, 2号令12', `${of}-sale`, '2026-03-16', '2026-03-23', '2026-03-23', '16 + 5 = Sat 21'),
    ]),
    row('2号令47', 'design2-report', '2026-04-13', '2026-04-28', '13 + 15 = Tue 28'),
    row('2号令47', 'design2-report', '2026-04-20', '2026-05-06', '20 + 15 = 5 May, off until then'),
    row('2号令41', 'design2-publicity', '2026-04-20', '2026-04-23', '20 + 3 = Thu 23'),
    row('2号令42', 'design2-contract', '2026-04-20', '2026-05-20', '20 April + 30 = Wed 20 May'),
    row('2号令44', 'design2-refund', '2026-04-20', '2026-04-27', '20 + 5 = Sat 25'),
    row('12号令49', 'works-contract-in-validity', '2026-04-23', '2026-05-25', '23 April + 30 = Sat 23 May'),
  ]);
});

describe('land (国土部39号令; 国土资发〔2010〕34号, not read)', () => {
  holds([
    min('39号令8', 'land-notice-min', '2026-03-27', '2026-04-16', '2026-04-17', '27 March + 20 = Thu 16'),
    min('39号令18', 'land-listing-min', '2026-04-13', '2026-04-23', '2026-04-24', '13 + 10 = Thu 23'),
    min('39号令18', 'land-listing-min', '2026-04-22', '2026-05-06', '2026-05-06', '22 + 10 = Sat 2 May, off to 5'),
    row(
      '39号令11',
      'land-application-deadline',
      '2026-04-24T10:00:00+08:00',
      '2026-04-22T10:00:00+08:00',
      'two days before the end of the listing',
    ),
    row('39号令21', 'land-bond-refund', '2026-04-30', '2026-05-11', 'off 1–5, 6, 7, 8, mk Sat 9, 11'),
    row('39号令22', 'land-result-publish', '2026-04-30', '2026-05-18', '6–8 (3), mk Sat 9, 11–15 (9), 18'),
    row('34号文', 'land-contract', '2026-04-20', '2026-05-07', '21–24 (4), 27–30 (8), off 1–5, 6, 7'),
  ]);
});

describe('experts, agencies and the notice of award (198号 21, 22; 财库〔2018〕2号 18; 87令 69)', () => {
  holds([
    ...['gp-expert-rate', 'gp-expert-rate-back', 'gp-agent-rate'].map((id) =>
      row('198号21、22, 2号文18', id, '2026-04-29', '2026-05-09', '30, off 1–5, 6, 7, 8, mk Sat 9'),
    ),
    row('87令69', 'gp-award-notice-same-time', '2026-05-02T10:00:00+08:00', '2026-05-02', 'same day: nothing elapses'),
    row('198号14', 'gp-expert-draw-window', '2026-05-08T09:00:00+08:00', '2026-05-06T09:00:00+08:00', '7, then Wed 6'),
  ]);
});
