import { WorkflowNotFoundError } from '@temporalio/common';
import { afterEach, expect, it } from 'vitest';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import { withdrawBid } from '../../services/bids/withdraw.ts';
import { depositsOf } from '../../db/deposits.ts';
import type { Draft } from '../../db/procurements.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { giveReference } from '../../services/deposits/give-reference.ts';
import { recordPayment } from '../../services/deposits/record-payments.ts';
import { refundDeposit } from '../../services/deposits/refund.ts';
import { calendarSubject, refundSubject } from '../../domain/subjects.ts';
import { wakeSignal } from '../../workflows/messages.ts';
import { exampleYear } from '../setup/example-year.ts';
import { story, type Story } from '../setup/tenders/story.ts';
import { at } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';
import { importYear, recalculationName } from '../../services/calendar/import.ts';

let time: SkippedTime;
afterEach(() => time.close());

/** Two bidders have paid; both withdraw, on Wednesday 1 April unless something else is given. */
async function withdrawn(
  regime: 'tendering' | 'government',
  on: { begin: string; day: string; dates?: Partial<Draft> } = {
    begin: regime === 'tendering' ? '2026-03-26T10:00+08:00' : '2026-03-16T10:00+08:00',
    day: '2026-04-01T09:00+08:00',
  },
): Promise<{ tender: Story; bidIds: string[] }> {
  time = await skippedTime(at(on.begin));
  const budgetFen = regime === 'tendering' ? 1_624_699_149 : 383_640_000;
  const lots = [{ no: 1, title: '一标段', budgetFen, bidBondFen: 7_000_000 }];
  const tender = await story(time, regime, { ...on.dates, lots });
  await tender.until(on.day);
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
  await time.deliver();
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
      // Before the opening the centre alone knows of it.
      { ...tender.who.asPurchaser, role: 'centre' },
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
  'after a withdrawal in time deposits go back (%s, %s): what is not back goes on the record after its last day, confidential',
  async (regime, _article, lastDay) => {
    const { tender, bidIds } = await withdrawn(regime);
    await payBack(tender, 0);
    await tender.until(`${lastDay}T23:00+08:00`);
    expect(await overdueOf(tender)).toEqual([]);
    const next = new Date(Date.parse(`${lastDay}T00:30:00Z`) + 86_400_000).toISOString().slice(0, 10);
    await tender.until(`${next}T00:05+08:00`);
    const [entry, ...more] = await overdueOf(tender);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ confidential: true, actor: { role: 'unattended' } });
    expect(formatInstant(entry?.at ?? 0)).toMatch(new RegExp(`^${next}T00:0`));
    for (const bidId of bidIds) {
      const { status } = await time.client.workflow.getHandle(refundSubject(bidId)).describe();
      expect(status.name).toBe('COMPLETED');
    }
  },
);

it('a calendar that is corrected brings the last day nearer: what is not refunded is recorded as overdue after it', async () => {
  const { tender, bidIds } = await withdrawn('government', {
    begin: '2026-12-28T10:00+08:00',
    day: '2026-12-30T10:00+08:00',
    dates: {
      intentionAt: at('2026-11-20'),
      noticeAt: at('2026-12-29T09:00+08:00'),
      documentsFrom: at('2026-12-30T00:00+08:00'),
      documentsUntil: at('2027-01-08T17:00+08:00'),
      bidDeadline: at('2027-01-20T09:30+08:00'),
    },
  });
  const imports = async (rest: string, correct: boolean): Promise<void> => {
    const year = exampleYear((text) => text.replace('1月1日（周五）至3日（周日）放假，共3天', rest));
    const { version, calendar } = await time.db.transaction((tx) =>
      importYear(tx, UNATTENDED, { year, url: null, correct }),
    );
    await time.deliver();
    await time.client.workflow.getHandle(calendarSubject(recalculationName(version, calendar))).result();
  };
  // Five working days (财政部令87号 38): 31 December, 11, 12, 13 and Thursday 14 January.
  await imports('1月1日（周五）至10日（周日）放假，共10天', false);
  await tender.until('2027-01-04T10:00+08:00');
  // As it should have been: 31 December, 4, 5, 6 and Thursday 7 January.
  await imports('1月1日（周五）至3日（周日）放假，共3天', true);
  await tender.until('2027-01-07T23:00+08:00');
  expect(await overdueOf(tender)).toEqual([]);
  await tender.until('2027-01-08T00:05+08:00');
  expect(await overdueOf(tender)).toHaveLength(2);
  for (const bidId of bidIds) {
    const { events } = await time.history(refundSubject(bidId)).fetchHistory();
    const heard = events?.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []);
    // By the withdrawal, and by each of the two walks.
    expect(heard).toEqual([wakeSignal.name, wakeSignal.name, wakeSignal.name]);
  }
});

it('one that was lost is started from the database, once, and acts on the same day; one that is back needs none', async () => {
  const { tender, bidIds } = await withdrawn('tendering');
  await payBack(tender, 0);
  await time.pass(1_000);
  for (const bidId of bidIds) {
    const handle = time.client.workflow.getHandle(refundSubject(bidId));
    // The workflow of the refunded deposit may have ended already.
    await handle.terminate('lost').catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError) || bidId !== bidIds[0]) throw error;
    });
  }
  const again = async (dryRun = false) => {
    const found = await time.reconcile({ dryRun });
    return found
      .filter(({ workflowId }) => workflowId.startsWith('refund/'))
      .map(({ workflowId, did }) => [workflowId, did]);
  };
  const lost = refundSubject(String(bidIds[1]));
  expect(await again(true)).toEqual([[lost, 'would-start']]);
  expect(await again()).toEqual([[lost, 'started']]);
  expect(await again()).toEqual([[lost, 'nothing']]);
  await tender.until('2026-04-07T23:00+08:00');
  expect(await overdueOf(tender)).toEqual([]);
  await tender.until('2026-04-08T00:05+08:00');
  expect(await overdueOf(tender)).toHaveLength(1);
  expect(await again()).toEqual([]);
});
