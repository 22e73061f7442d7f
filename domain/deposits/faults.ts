import { formatInstant } from '../civil-time.ts';
import type { DepositFault, DepositTerms } from './standing.ts';
import { citeEn, citeZh } from '../law/rule.ts';
import { getRule } from '../law/rulebook.ts';

export const DEPOSIT_FAULTS = ['late', 'short', 'validity', 'rejected'] as const satisfies readonly DepositFault[];

/** What is wrong with a deposit, as its bidder is told. */
export function depositFaultText(
  fault: DepositFault,
  regime: 'tendering' | 'government',
  terms: DepositTerms,
): { zh: string; en: string } {
  const deadline = formatInstant(terms.deadline);
  switch (fault) {
    case 'late': {
      const rule = getRule('gp-bid-bond-deadline');
      const [zh, en] = regime === 'government' ? [`（${citeZh(rule)}）`, ` (${citeEn(rule)})`] : ['', ''];
      return {
        zh: `未在投标截止时间 ${deadline} 前到账${zh}`,
        en: `It did not arrive before the bid deadline ${deadline}${en}`,
      };
    }
    case 'short':
      return {
        zh: `到账金额不足 ${terms.requiredFen} 分`,
        en: `What arrived is less than ${terms.requiredFen} fen`,
      };
    case 'validity': {
      const rule = getRule('works-bid-bond-validity');
      const until = terms.validUntil === null ? '' : formatInstant(terms.validUntil);
      return {
        zh: `保函（保险）有效期应当覆盖投标有效期，至 ${until}（${citeZh(rule)}）`,
        en: `A guarantee must hold as long as the bids do, to ${until} (${citeEn(rule)})`,
      };
    }
    case 'rejected':
      return { zh: '保函（保险）经核验无效', en: 'The guarantee was found to be invalid' };
  }
}
