import { bidById } from '../../db/bids.ts';
import { paymentsBy, type RecordedPayment } from '../../db/decisions.ts';
import { civilDayOf } from '../../domain/civil-time.ts';
import type { Payment } from '../../domain/contracts/acts.ts';
import { yuan } from '../../domain/law/catalogue.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import { breachOf } from '../../domain/law/violation.ts';
import { plainNumber } from '../../domain/text.ts';
import { unlawful } from '../procurements/check-draft.ts';
import type { TenderCase } from '../tender/case.ts';

/** Whether a payment can be part of the transfer of an earlier one: each says what it came to, to the same supplier on the same day. */
function isSameTransfer(earlier: RecordedPayment, given: Payment, supplierId: string | null): boolean {
  const { payment } = earlier;
  return (
    (given.transferFen ?? null) !== null &&
    given.transferFen === payment.transferFen &&
    civilDayOf(given.paidAt) === civilDayOf(payment.paidAt) &&
    supplierId !== null &&
    earlier.supplierId === supplierId
  );
}

const sumOf = (payments: readonly Payment[]): number =>
  payments.reduce((sum, { amountFen, interestFen }) => sum + amountFen + interestFen, 0);

/**
 * A bank transfer pays once: its voucher stands for several payments of the purchaser only where each states the sum of the transfer, and
 * they do not exceed it together.
 * @throws DomainError `unlawful`
 */
export async function refuseSameVoucher(c: TenderCase, lotNo: number, rule: RuleId, given: Payment): Promise<void> {
  const { winnerBidId } = c.lot(lotNo);
  const supplierId = winnerBidId === null ? null : (await bidById(c.tx.q, winnerBidId)).supplierId;
  const refuse = (field: string, sum: number, limit: number | undefined, zh: string, en: string): never => {
    const violation = breachOf(getRule(rule), 'block', {
      ...{ field, given: sum, ...(limit === undefined ? {} : { limit }) },
      ...{ messageZh: zh, messageEn: en },
    });
    throw unlawful([violation], { zh: '未登记', en: 'nothing was recorded' });
  };
  const same = await paymentsBy(c.tx.q, c.procurement.purchaserId, {
    voucher: given.voucher,
    key: plainNumber(given.voucher),
  });
  const other = same.find((each) => !isSameTransfer(each, given, supplierId));
  if (other) {
    refuse(
      'voucher',
      given.amountFen,
      undefined,
      `支付凭证 ${given.voucher} 已用于一笔 ${yuan(other.payment.amountFen)} 元的付款：一笔转账同时支付多笔款项的，各笔应当写明同一转账总额（transferFen）、同日、付给同一供应商`,
      `The voucher ${given.voucher} stands for a payment of ${yuan(other.payment.amountFen)} yuan already: of one transfer that makes several payments, each states what the transfer came to (transferFen), on the same day and to the same supplier`,
    );
  }
  const transferFen = given.transferFen ?? null;
  const sum = sumOf([...same.map(({ payment }) => payment), given]);
  if (transferFen === null || sum <= transferFen) return;
  refuse(
    'amountFen',
    given.amountFen,
    transferFen - sumOf(same.map(({ payment }) => payment)),
    `该转账共 ${yuan(transferFen)} 元，以其支付的各笔合计 ${yuan(sum)} 元`,
    `The transfer came to ${yuan(transferFen)} yuan, and the payments by it come to ${yuan(sum)} yuan`,
  );
}
