import type { Queries } from '../../db/access/database.ts';
import { bidById } from '../../db/bids.ts';
import { depositsOf, lotsOwingAlone, type DepositAccount } from '../../db/deposits.ts';
import { lotOf } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { RefundGroup } from '../../domain/deposits/refund-duty.ts';
import { DomainError } from '../../domain/errors.ts';
import type { TenderCase } from '../tender/case.ts';

/**
 * The deposits of a group that are neither given back nor kept; lot 0: of a whole procurement that was terminated, but
 * for lots that were terminated before it.
 */
export async function heldDeposits(q: Queries, place: TenderPlace, group: RefundGroup): Promise<DepositAccount[]> {
  const { procurementId, lotNo } = place;
  const held = await anyHeld(q, place);
  if (held.length === 0) return held;
  if (lotNo === 0) {
    const alone = await lotsOwingAlone(q, procurementId);
    return held.filter((each) => !alone.has(each.lotNo));
  }
  const { winnerBidId } = await lotOf(q, procurementId, lotNo);
  const winner = winnerBidId === null ? undefined : (await bidById(q, winnerBidId)).supplierId;
  return held.filter(({ supplierId }) => (supplierId === winner) === (group === 'deposits-winner'));
}

async function anyHeld(q: Queries, { procurementId, lotNo }: TenderPlace): Promise<DepositAccount[]> {
  const accounts = await depositsOf(q, { procurementId, ...(lotNo === 0 ? {} : { lotNo }) });
  return accounts.filter(({ leftFen }) => leftFen > 0);
}

/** @throws DomainError `deposits-held` while deposits of the group are neither given back nor kept */
export async function assertDepositsReturned(c: TenderCase, lotNo: number, group: RefundGroup): Promise<void> {
  const held = await heldDeposits(c.tx.q, { procurementId: c.id, lotNo }, group);
  if (held.length === 0) return;
  const { openedAt, stage } = c.procurement;
  // While its siblings take bids, how many have paid for a lot that was terminated is as confidential as who bids.
  if (openedAt === null && stage !== 'terminated') {
    throw new DomainError('deposits-held', {
      messageZh: `${c.definition.words.deposit}尚未全部退还，开标前由交易中心退还`,
      messageEn: 'Not all deposits are refunded; before the opening the centre refunds them',
      details: { field: 'key', given: group },
    });
  }
  throw new DomainError('deposits-held', {
    messageZh: `尚有 ${held.length} 笔${c.definition.words.deposit}未退还，请逐笔登记退还后办结`,
    messageEn: `${held.length} deposit(s) are not refunded yet; record each refund first`,
    details: { depositIds: held.map(({ id }) => id) },
  });
}

/** 终止评审的标段: the law sets no number of days for the deposits of a failed lot; they are owed all the same. */
export async function planRefundsOfFailedLot(c: TenderCase, lotNo: number): Promise<void> {
  if ((await anyHeld(c.tx.q, { procurementId: c.id, lotNo })).length === 0) return;
  c.timeline.planAt(lotNo, 'deposits-losers', null, [], {
    ifNobodyActs: {
      zh: '法律未规定日数，应当及时退还；未退还的逐笔列示',
      en: 'The law sets no number of days; they are due at once, and each unrefunded one is listed',
    },
  });
}
