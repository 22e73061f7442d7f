import { formatInstant, instantEn, instantZh } from '../civil-time.ts';
import type { PriceCorrection } from '../decisions.ts';
import { getRule } from '../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../law/violation.ts';
import type { Procedure } from '../procedures/procedure.ts';
import type { ListedBid, ReportFacts } from './facts.ts';

type Finding = Parameters<typeof breachOf>[2];

// 报价修正: which steps the law has, in which order, and what makes their result bind.

const UNCONFIRMED = {
  invalid: {
    zh: '投标人不确认的，其投标无效，应当否决',
    en: 'where the bidder does not confirm it, the bid is invalid and is rejected',
  },
  'not-binding': {
    zh: '未经确认的，修正后的报价没有约束力',
    en: 'without it the corrected price does not bind the bidder',
  },
} as const;

/** 修正后的报价经投标人确认后产生约束力: who confirmed it is named, and when, between the opening and the end of the evaluation. */
export function checkConfirmation(
  { rule, unconfirmed }: Procedure['evaluation']['correction'],
  { openedAt, evaluationEndedAt }: Pick<ReportFacts, 'openedAt' | 'evaluationEndedAt'>,
  { field, bid: { corrections = [], confirmation } }: ListedBid,
): Violation[] {
  if (corrections.length === 0 || unconfirmed === undefined) return [];
  const { zh, en } = UNCONFIRMED[unconfirmed];
  const breach = (finding: Finding): Violation => breachOf(getRule(rule), severityOf(getRule(rule)), finding);
  if (!confirmation) {
    return [
      breach({
        field: `${field}.confirmation`,
        given: null,
        messageZh: `修正后的报价应当经投标人确认，写明确认人和时间；${zh}`,
        messageEn: `The bidder confirms the corrected price: name who did, and when; ${en}`,
      }),
    ];
  }
  const { at } = confirmation;
  if (at >= openedAt && at <= evaluationEndedAt) return [];
  return [
    breach({
      field: `${field}.confirmation.at`,
      given: formatInstant(at),
      earliestLawful: formatInstant(openedAt),
      latestLawful: formatInstant(evaluationEndedAt),
      messageZh: `对修正后报价的确认应在 ${instantZh(openedAt)} 至 ${instantZh(evaluationEndedAt)} 之间，所给为 ${instantZh(at)}`,
      messageEn: `The corrected price is confirmed between ${instantEn(openedAt)} and ${instantEn(evaluationEndedAt)}; given: ${instantEn(at)}`,
    }),
  ];
}

/** The first step that the law does not have, or not there, or that changes nothing; null: none. */
export function wrongCorrection(
  steps: readonly PriceCorrection['step'][],
  corrections: readonly PriceCorrection[],
  opened: number | null,
): { readonly index: number; readonly messageZh: string; readonly messageEn: string } | null {
  for (const [index, { step, toFen }] of corrections.entries()) {
    const place = steps.indexOf(step);
    if (place < 0) {
      return {
        index,
        messageZh: steps.length === 0 ? '一次报出的价格不得更改，也不作修正' : `报价不得按“${step}”修正`,
        messageEn:
          steps.length === 0
            ? 'An offer that is made once is not changed, nor corrected'
            : `A price is not corrected by "${step}"`,
      };
    }
    const before = corrections[index - 1];
    if (before && steps.indexOf(before.step) >= place) {
      return {
        index,
        messageZh: `报价应当按顺序修正：${steps.join('、')}`,
        messageEn: `Prices are corrected in this order: ${steps.join(', ')}`,
      };
    }
    if (toFen === (before ? before.toFen : opened)) {
      return { index, messageZh: '此项修正没有改变报价', messageEn: 'This correction does not change the price' };
    }
  }
  return null;
}
