import type { BidManifest } from '../bids/sealing.ts';
import { yuan } from '../law/catalogue.ts';
import type { Particulars } from '../notices/particulars.ts';
import type { Procedure } from '../procedures/procedure.ts';
import { limitOf, type PriceLimits } from './price-limits.ts';

/** What the platform has recorded of a bid that is to be rejected. */
export interface BidOnRecord {
  /** Null: not known. */
  readonly priceFen: BidManifest['priceFen'] | null;
  /** Absent: not known. */
  readonly deposit?: 'not-asked' | 'held' | 'lacking' | undefined;
}

/**
 * What the record says against a ground of rejection; null: nothing. Who is not qualified, what is not signed, and what
 * the content of a bid is, only the committee knows: also whether one bid states two prices (条例 51(四)).
 */
export function contradictionOf(
  ground: number,
  { evaluation: { rejection, overPrice }, words }: Procedure,
  { priceFen, deposit }: BidOnRecord,
  { limits, consortium }: { readonly limits: PriceLimits; readonly consortium?: Particulars['consortium'] },
): { readonly zh: string; readonly en: string; readonly limit?: number } | null {
  switch (ground) {
    case rejection.onlyOverPrice: {
      const limit = limitOf(overPrice.budget, limits);
      if (priceFen === null || limit === null || priceFen > limit) return null;
      return {
        zh: `报价 ${yuan(priceFen)} 元未超过 ${yuan(limit)} 元`,
        en: `The price of ${yuan(priceFen)} yuan is not above ${yuan(limit)} yuan`,
        limit,
      };
    }
    case rejection.deposit:
      if (deposit === 'not-asked') {
        return { zh: `${words.documents}没有要求提交${words.deposit}`, en: 'The documents ask for no deposit' };
      }
      if (deposit !== 'held') return null;
      return {
        zh: `平台记录载明其${words.deposit}已按时足额提交；保函无效的，先由交易中心登记核验结果`,
        en: 'By the record its deposit is held; where a guarantee is invalid, the centre records that first',
      };
    case rejection.consortium:
      if (consortium !== 'refused') return null;
      return {
        zh: `${words.documents}不接受联合体，不适用关于联合体协议的情形`,
        en: 'The documents take no consortia: the ground of their agreement does not apply',
      };
    default:
      return null;
  }
}
