import type { Queries } from '../../db/access/database.ts';
import { keysInForce } from '../../db/custodians.ts';
import { CUSTODIANS, SEAL_FORMAT, type Custodian, type SealingTerms } from '../../domain/bids/sealing.ts';
import { DomainError } from '../../domain/errors.ts';

/** How bids of a procurement announced now are sealed; null unless each custodian has a key in force. */
export async function sealingTerms(q: Queries, bidderWindowMinutes: number | null): Promise<SealingTerms | null> {
  const keys = await keysInForce(q);
  if (keys.length < CUSTODIANS.length) return null;
  return {
    format: SEAL_FORMAT,
    suite: 'age-x25519',
    custodians: keys.map(({ custodian, recipient }) => ({ custodian, recipient })),
    bidderWindowMinutes,
  };
}

const NAMES: Readonly<Record<Custodian, { zh: string; en: string }>> = {
  centre: { zh: '交易中心', en: 'the centre' },
  purchaser: { zh: '招标人（采购人）', en: 'the purchaser' },
  supervisor: { zh: '行政监督部门', en: 'the supervisor' },
};

/** @throws DomainError `custodians-missing`, naming the custodians without a key in force */
export async function assertCustodians(q: Queries): Promise<void> {
  const keys = await keysInForce(q);
  const missing = CUSTODIANS.filter((custodian) => !keys.some((key) => key.custodian === custodian));
  if (missing.length === 0) return;
  throw new DomainError('custodians-missing', {
    messageZh: `保管人尚无有效公钥：${missing.map((each) => NAMES[each].zh).join('、')}；投标文件无法密封，不能发起`,
    messageEn: `No key in force of ${missing.map((each) => NAMES[each].en).join(', ')}: bids could not be sealed, so nothing is launched`,
    details: { missing },
  });
}
