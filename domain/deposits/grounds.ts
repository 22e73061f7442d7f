import type { UnsealedState } from '../bids/sealing.ts';
import type { ProcedureWords } from '../procedures/words.ts';

/**
 * Grounds for keeping a deposit; a procedure's definition has the rule of each that it knows. In this order: 投标截止后撤销投标文件;
 * 因投标人原因未解密, 视为撤销; 中标人无正当理由不订立合同; 招标文件载明的不予退还情形.
 */
export const FORFEIT_GROUNDS = [
  'withdrawn-after-deadline',
  'not-decrypted',
  'contract-refused',
  'as-documents-say',
] as const;
export type ForfeitGround = (typeof FORFEIT_GROUNDS)[number];

/** What the platform has recorded of the bidder whose deposit is to be kept, for the lot. */
export interface BidderRecord {
  /** `none`: it never submitted a bid, or withdrew the last one in time. */
  readonly bid: 'none' | 'standing';
  /** The outcome at the opening; null: the lot was not opened. */
  readonly opening: UnsealedState | null;
  readonly won: boolean;
  readonly contractSigned: boolean;
}

/** What the record says against a ground; null: nothing. */
export function contradictionOf(
  ground: ForfeitGround,
  { bid, opening, won, contractSigned }: BidderRecord,
  words: Pick<ProcedureWords, 'bid' | 'bidder' | 'winner' | 'opening'>,
): { readonly zh: string; readonly en: string } | null {
  const record = `${words.opening}记录载明其${words.bid}`;
  if (bid === 'none') {
    return { zh: `该${words.bidder}没有${words.bid}`, en: 'no bid of this bidder stands for the lot' };
  }
  if (opening === null) return { zh: `该标段的${words.bid}没有开启`, en: 'the bids of the lot were not opened' };
  if (opening === 'returned') {
    return {
      zh: `${record}因${words.bidder}之外的原因未解密，视为撤回`,
      en: 'by the record of the opening its bid was not opened through no fault of its bidder, and counts as withdrawn',
    };
  }
  switch (ground) {
    case 'withdrawn-after-deadline':
      if (opening === 'revoked') return null;
      return {
        zh: `${record}未撤销`,
        en: 'by the record of the opening its bid was not revoked',
      };
    case 'not-decrypted':
      if (opening !== 'opened') return null;
      return { zh: `${record}已经开启`, en: 'by the record of the opening its bid was opened' };
    case 'contract-refused':
      if (!won) return { zh: `该${words.bidder}不是${words.winner}`, en: 'this bidder is not the winner' };
      return contractSigned ? { zh: '合同已经签订', en: 'the contract is signed' } : null;
    case 'as-documents-say':
      return null;
  }
}
