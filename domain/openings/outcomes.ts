import type { BidManifest, Custodian, UnsealedState } from '../bids/sealing.ts';
import { citationOf, type RuleId } from '../law/rulebook.ts';

/** For people, in both languages. */
export interface Reason {
  readonly zh: string;
  readonly en: string;
}

/** The outcome of a sealed bid at its opening. */
export type UnsealedBid = {
  /** The custodians whose shares were present. */
  readonly custodians: readonly Custodian[];
} & (
  | { readonly state: 'opened'; readonly manifest: BidManifest }
  | { readonly state: Exclude<UnsealedState, 'opened'>; readonly reason: Reason }
);

/** The rule on bids that are not opened, where the procedure has one (电子招标投标办法 31). */
type NotDecrypted = RuleId | undefined;

/** 双锁: the bidder has not released its share within its window. */
export function notReleased(
  rule: NotDecrypted,
  faultZh: string | null,
  custodians: readonly Custodian[] = [],
): UnsealedBid {
  const { zh, en } = citationOf(rule);
  return faultZh === null
    ? {
        state: 'revoked',
        custodians,
        reason: {
          zh: `投标人未在解密时限内解密，视为撤销其投标文件${zh}`,
          en: `its bidder did not release its share within the window: the bid counts as revoked${en}`,
        },
      }
    : {
        state: 'returned',
        custodians,
        reason: {
          zh: `因投标人之外的原因未解密（${faultZh}），视为撤回其投标文件${zh}`,
          en: `not opened through no fault of its bidder (${faultZh}): the bid counts as withdrawn${en}`,
        },
      };
}

/** The custodians are at fault. */
export function notEnoughShares(rule: NotDecrypted): Reason {
  const { zh, en } = citationOf(rule);
  return {
    zh: `保管人交出的有效份额不足，因投标人之外的原因未解密，视为撤回其投标文件${zh}`,
    en: `too few custodians released a valid share; not opened through no fault of its bidder: the bid counts as withdrawn${en}`,
  };
}

/** The fault is in the sealed file itself. */
export const SHARES_UNFIT: Reason = {
  zh: '投标文件中封装给保管人的份额与其承诺不符，无法解密',
  en: 'the shares sealed in the bid are not what it commits to: it cannot be opened',
};

export function notAsReceipted(rule: NotDecrypted): Reason {
  const { zh, en } = citationOf(rule);
  return {
    zh: `平台保存的投标文件与回执不符，因投标人之外的原因未解密，视为撤回其投标文件${zh}`,
    en: `the stored file does not match its receipt; through no fault of its bidder: the bid counts as withdrawn${en}`,
  };
}
