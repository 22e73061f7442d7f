import { depositsOf } from '../../../db/deposits.ts';
import type { DepositRates } from '../../../domain/deposits/interest.ts';
import { giveReference } from '../../../services/deposits/give-reference.ts';
import { recordPayment } from '../../../services/deposits/record-payments.ts';
import { refundDeposit } from '../../../services/deposits/refund.ts';
import { interestDue } from '../../../services/deposits/settle.ts';
import { Broken } from '../invariants/judge.ts';
import type { World } from '../world.ts';
import { bidderOf } from './bidding.ts';
import type { Story } from './story.ts';

/** Made up for the simulation. */
const RATES: DepositRates = {
  dayCount: 360,
  deposit: [{ from: '2020-01-01', until: null, ratePpm: 1_000, source: '模拟' }],
  loan: [{ from: '2020-01-01', until: null, ratePpm: 43_500, source: '模拟' }],
};

/** A bidder pays its deposit, by its reference; the bank reports a payment now and then twice. */
export async function pays(world: World, story: Story): Promise<void> {
  const { people, random } = world;
  const lots = (story.seen?.lots ?? []).filter(({ bidBondFen }) => bidBondFen !== null);
  if (lots.length === 0) return;
  const { no: lotNo, bidBondFen } = random.of(lots);
  const supplier = bidderOf(world, story);
  const supplierId = people.suppliers[supplier]?.id ?? '';
  const amountFen = bidBondFen ?? 0;
  const by = people.supplies(supplier);
  const given = await world.act(story, 'deposit reference', 'accepted', (tx) =>
    giveReference(tx, by, { procurementId: story.id, lotNo, supplierId }),
  );
  if (!given.accepted) return;
  const payment = {
    ...{
      externalId: `bank-${random.bits()}-${random.bits()}`,
      amountFen,
      text: given.value,
      form: 'transfer' as const,
    },
    ...{ payer: null, payerAccount: null, fromBaseAccount: null, issuer: null, validUntil: null },
    arrivedAt: world.civilNow,
  };
  for (let times = random.percent(20) ? 2 : 1; times > 0; times -= 1) {
    const told = await world.act(
      story,
      'deposit payment',
      'accepted',
      (tx) => recordPayment(tx, people.as(people.centre, 'centre'), 'callback', payment),
      (outcome) => {
        if (outcome === 'matched') story.paidFen += amountFen;
      },
    );
    if (times === 1 && told.accepted && told.value === 'unmatched')
      throw new Broken('no deposit is lost', `${story.name}: a payment with its reference is unmatched`);
  }
}

/** What is owed back is given back, sooner or later, and once. */
export async function refunds(world: World, story: Story): Promise<void> {
  const { db, people, random } = world;
  const accounts = await depositsOf(db.read, { procurementId: story.id });
  const left = accounts.filter(({ leftFen }) => leftFen > 0);
  if (accounts.length === 0) return;
  const deposit = left.length > 0 ? random.of(left) : random.of(accounts);
  const tooMuch = left.length === 0 || (!story.leadsOn && random.percent(10));
  const amountFen = deposit.leftFen + (tooMuch ? 1 : 0);
  const actor = random.percent(50) ? people.as(people.centre, 'centre') : people.runs(story);
  const bankReference = `R${random.bits()}`;
  const isOpened = story.seen?.procurement.openedAt !== null;
  await world.act(
    story,
    'deposit refund',
    tooMuch ? 'refused' : isOpened ? 'accepted' : 'either',
    async (tx) => {
      const refund = { amountFen, at: tx.now, bankReference };
      const interestFen = await interestDue(tx.q, tx.calendar, deposit.id, refund, RATES);
      return refundDeposit(tx, actor, deposit.id, { ...refund, interestFen }, RATES);
    },
    () => {
      story.refundedFen += amountFen;
    },
  );
}

/** Whether a lot has deposits that somebody still holds. */
export const holdsDeposits = ({ paidFen, refundedFen }: Story): boolean => paidFen > refundedFen;

/** @throws Broken */
export async function assertDepositsKept({ db, stories }: World): Promise<void> {
  for (const { id, name, paidFen, refundedFen } of stories) {
    const accounts = await depositsOf(db.read, { procurementId: id });
    const paid = accounts.reduce((sum, { amountFen }) => sum + amountFen, 0);
    const left = accounts.reduce((sum, { leftFen }) => sum + leftFen, 0);
    if (paid !== paidFen || left !== paidFen - refundedFen)
      throw new Broken(
        'no deposit is lost',
        `${name}: ${paid} fen came in and ${left} are left, not ${paidFen} and ${paidFen - refundedFen}`,
      );
  }
}
