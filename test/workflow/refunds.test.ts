import { afterEach, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { withdrawBid } from '../../db/bids.ts';
import { refundDeposit } from '../../db/deposit-refunds.ts';
import { depositsOf, giveReference, recordPayment } from '../../db/deposits.ts';
import { waitingMessages } from '../../db/outbox.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { refundWorkflowId } from '../../workflows/messages.ts';
import { story, type Story } from '../setup/story.ts';
import { at } from '../setup/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

let time: SkippedTime;
afterEach(() => time.close());

/** Two bidders have paid; both withdraw on Wednesday 1 April. */
async function withdrawn(regime: 'tendering' | 'government'): Promise<{ tender: Story; bidIds: string[] }> {
  time = await skippedTime(at(regime === 'tendering' ? '2026-03-26T10:00+08:00' : '2026-03-16T10:00+08:00'));
  const budgetFen = regime === 'tendering' ? 1_624_699_149 : 383_640_000;
  const tender = await story(time, regime, { lots: [{ no: 1, title: '一标段', budgetFen, bidBondFen: 7_000_000 }] });
  await tender.until('2026-04-01T09:00+08:00');
  const bids = await tender.bids(1, [0, 1]);
  for (const index of [0, 1]) {
    const actor = tender.who.asSupplier(index);
    const place = { procurementId: tender.id, lotNo: 1, supplierId: String(tender.who.suppliers[index]?.id) };
    await time.db.transaction(async (tx) => {
      await recordPayment(tx, actor, 'callback', {
        externalId: `T${index}`,
        amountFen: 7_000_000,
        text: await giveReference(tx, actor, place),
        payer: null,
        payerAccount: null,
        fromBaseAccount: null,
        arrivedAt: tx.now,
        form: 'transfer',
        issuer: null,
        validUntil: null,
      });
    });
    await time.db.transaction((tx) => withdrawBid(tx, actor, place));
  }
  for (const { id, kind } of await waitingMessages(time.db.read, Date.now(), 10)) {
    if (kind === 'start-refund') await time.deliver(id);
  }
  return { tender, bidIds: bids.map(({ id }) => id) };
}

const overdueOf = async (tender: Story) => {
  const entries = await auditAfter(time.db.read, 0, 1_000);
  return entries.filter(({ action, procurementId }) => action === 'deposit.overdue' && procurementId === tender.id);
};

async function payBack(tender: Story, index: number): Promise<void> {
  const supplierId = String(tender.who.suppliers[index]?.id);
  const [account] = await depositsOf(time.db.read, { procurementId: tender.id, supplierId });
  await time.db.transaction((tx) =>
    refundDeposit(
      tx,
      tender.who.asPurchaser,
      String(account?.id),
      { amountFen: 7_000_000, interestFen: 0, at: tx.now, bankReference: `R${index}` },
      null,
    ),
  );
}

it.each([
  // Five days from 1 April: the 6th, which is a holiday (清明), hence the 7th (民法典 203).
  ['tendering', '招标投标法实施条例 35', '2026-04-07'],
  // Five working days: 2, 3, 7, 8, 9 April; the 4th to the 6th are 清明.
  ['government', '财政部令87号 38', '2026-04-09'],
] as const)(
  'after a withdrawal in time deposits go back (%s, %s): what is not back goes on the record after its last day, sealed',
  async (regime, _article, lastDay) => {
    const { tender, bidIds } = await withdrawn(regime);
    await payBack(tender, 0);
    await tender.until(`${lastDay}T23:00+08:00`);
    expect(await overdueOf(tender)).toEqual([]);
    const next = new Date(Date.parse(`${lastDay}T00:30:00Z`) + 86_400_000).toISOString().slice(0, 10);
    await tender.until(`${next}T00:05+08:00`);
    const [entry, ...more] = await overdueOf(tender);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ sealed: true, actor: { role: 'unattended' } });
    expect(formatInstant(entry?.at ?? 0)).toMatch(new RegExp(`^${next}T00:0`));
    for (const bidId of bidIds) {
      const { status } = await time.client.workflow.getHandle(refundWorkflowId(bidId)).describe();
      expect(status.name).toBe('COMPLETED');
    }
  },
);
