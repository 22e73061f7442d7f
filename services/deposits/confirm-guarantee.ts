import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { biddersByReference, depositsOf, type DepositAccount } from '../../db/deposits.ts';
import { procurementRow } from '../../db/procurements.ts';
import { checkOf, guaranteeNumber, isSameGuarantee, saysTheSame } from '../../domain/deposits/same-guarantee.ts';
import { assertArrived, type Payment, type PaymentOutcome } from '../../domain/deposits/payment.ts';
import { referencesIn } from '../../domain/deposits/references.ts';
import { badInput } from '../../domain/issues.ts';
import { storeDeposits, storeMovements } from './store.ts';

/**
 * An issuer reports a guarantee by its signed message, with the bidder's reference: it is confirmed, and what its bidder
 * typed otherwise gives way. Who else submitted the same number is told nothing before the opening, and has none after it.
 * @throws DomainError `bad-input` without issuer or reference, or where its instant is later than now
 */
export async function confirmGuarantee(tx: Tx, actor: Actor, message: Payment): Promise<PaymentOutcome> {
  assertArrived(message, tx.now);
  const { issuer, form, amountFen, validUntil, arrivedAt } = message;
  const [bidder, another] = (await biddersByReference(tx.q, referencesIn(message.text))).values();
  if (issuer === null || !bidder || another) throw incomplete(issuer === null ? 'issuer' : 'text');
  const entry = {
    form,
    amountFen,
    validUntil,
    issuer,
    externalId: guaranteeNumber({ issuer, number: message.externalId }),
  };
  const all = await depositsOf(tx.q, { procurementId: bidder.procurementId });
  const same = all.filter((each) => isSameGuarantee(each, entry) && each.leftFen > 0);
  const own = same.filter(({ lotNo, supplierId }) => lotNo === bidder.lotNo && supplierId === bidder.supplierId);
  const confirmed = own.find((each) => saysTheSame(each, { ...entry, validUntil: validUntil ?? each.validUntil }));
  if (confirmed && checkOf(confirmed.movements) === 'confirmed') return 'duplicate';
  const { openedAt, bidDeadline } = await procurementRow(tx.q, bidder.procurementId);
  const inTime = bidDeadline !== null && tx.now < bidDeadline;
  const [deposit] = confirmed
    ? [confirmed]
    : await storeDeposits(tx, actor, [
        {
          ...{ ...bidder, ...entry, payer: null, payerAccount: null, fromBaseAccount: null },
          ...{ arrivedAt, source: 'callback', recordedAt: tx.now },
        },
      ]);
  if (!deposit) throw new Error('a deposit was not stored');
  const others = openedAt === null ? [] : same.filter(({ supplierId }) => supplierId !== bidder.supplierId);
  await storeMovements(tx, actor, [
    { deposit, movement: { kind: 'confirmed', at: tx.now, reasonZh: '开立人确认' } },
    ...own
      .filter(({ id }) => id !== deposit.id)
      .map((each) => ({ deposit: each, movement: givesWay(tx, each, inTime) })),
    ...others.map((each) => ({
      deposit: each,
      movement: { kind: 'rejected' as const, at: tx.now, reasonZh: '经开立人确认，该保函（保险）属于其他单位' },
    })),
  ]);
  return 'matched';
}

const givesWay = ({ now: at }: Tx, { leftFen }: DepositAccount, inTime: boolean) =>
  inTime
    ? { kind: 'replaced' as const, at, amountFen: leftFen }
    : { kind: 'rejected' as const, at, reasonZh: '与开立人确认的内容不一致' };

const incomplete = (field: 'issuer' | 'text') =>
  badInput([
    {
      field,
      rule: 'guarantee',
      messageZh: field === 'issuer' ? '保函（保险）应注明开立人' : '保函（保险）应注明一个有效的保证金编号',
      messageEn: field === 'issuer' ? 'A guarantee names its issuer' : 'A guarantee quotes one valid reference',
    },
  ]);
