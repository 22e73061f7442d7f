import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bid } from '../../db/bids.ts';
import type { Actor } from '../../db/audit.ts';
import { depositsOf, type DepositAccount } from '../../db/deposits.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { latestNotice } from '../../db/notices.ts';
import { lotOf, type Draft, type Procurement } from '../../db/procurements.ts';
import { depositReferences, deposits } from '../../db/schema/sqlite.ts';
import type { Queries } from '../../db/access/statements.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import type { DepositRates } from '../../domain/deposits/interest.ts';
import type { BankAccount } from '../../domain/deposits/terms.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { forfeitDeposit } from '../../services/deposits/forfeit.ts';
import { giveReference } from '../../services/deposits/give-reference.ts';
import { recordPayment } from '../../services/deposits/record-payments.ts';
import { refundDeposit } from '../../services/deposits/refund.ts';
import type { Settled } from '../../services/deposits/settle.ts';
import { depositStandings } from '../../services/deposits/standings.ts';
import { dialect, rawDatabase, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  at,
  bid,
  decide,
  handClock,
  people,
  publishedTender,
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

const BOND = 500_000_00;
/** Figures made up for the test. */
const RATES: DepositRates = {
  dayCount: 360,
  deposit: [{ from: '2026-01-01', until: null, ratePpm: 1_000, source: '甲' }],
  loan: [{ from: '2026-01-01', until: null, ratePpm: 43_500, source: '丙' }],
};

let db: TestDatabase;
let who: People;
const clock = handClock('2026-01-01');

beforeEach(async () => {
  clock.set('2026-01-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 4);
});
afterEach(() => db.close());

/** A tender that asks for a deposit and says that a bid without it is invalid. */
const tender = (
  regime: 'tendering' | 'government',
  change: Partial<Draft> = {},
  account?: BankAccount,
): Promise<Procurement> => {
  const budgetFen = regime === 'tendering' ? 1_624_699_149 : 383_640_000;
  return publishedTender(
    db,
    clock,
    who,
    regime,
    {
      depositDecides: true,
      lots: [{ no: 1, title: '一标段', budgetFen, bidBondFen: regime === 'tendering' ? 32_000_000 : 7_000_000 }],
      ...change,
    },
    account,
  );
};
const bondOf = (of: Procurement): number => of.lots[0]?.bidBondFen ?? BOND;

let payments = 0;
async function pay(of: Procurement, index: number, arrivedAt: number, amountFen = bondOf(of)): Promise<void> {
  const supplierId = String(who.suppliers[index]?.id);
  if (clock.read() < arrivedAt) clock.set(arrivedAt);
  payments += 1;
  const externalId = `T${payments}`;
  await db.transaction(async (tx) => {
    const text = await giveReference(tx, who.asSupplier(index), { procurementId: of.id, lotNo: 1, supplierId });
    await recordPayment(tx, who.asSupplier(index), 'callback', {
      externalId,
      amountFen,
      text,
      payer: null,
      payerAccount: null,
      fromBaseAccount: null,
      arrivedAt,
      form: 'transfer',
      issuer: null,
      validUntil: null,
    });
  });
}

it.each([
  ['tendering', ['招标投标法实施条例 35', '招标投标法实施条例 57', '招标投标法实施条例 31'], '2026-07-19'],
  ['government', ['财政部令87号 38', '政府采购法实施条例 33', '政府采购法实施条例 33', '财政部令87号 29'], null],
] as const)('%s: the notice says on which terms deposits are taken and given back', async (regime, articles, until) => {
  const account = { holder: '某市公共资源交易中心', bank: '某银行', number: '6222' };
  const of = await tender(regime, {}, account);
  const notice = await latestNotice(db.read, of.id, 0, 'tender');
  const deposit = notice?.content.deposit as { refunds: { law: string; article: string }[]; guaranteeUntil: string };
  expect(deposit).toMatchObject({
    decides: true,
    deadline: formatInstant(of.bidDeadline ?? 0),
    forms: ['transfer', 'guarantee', 'insurance'],
    account,
  });
  expect(deposit.refunds.map(({ law, article }) => `${law} ${article}`)).toEqual(articles);
  expect(deposit.guaranteeUntil?.slice(0, 10) ?? null).toBe(until);
  const budgetFen = 1_000_000;
  const without = await tender(regime, { budgetFen, lots: [{ no: 1, title: '一标段', budgetFen, bidBondFen: null }] });
  expect((await latestNotice(db.read, without.id, 0, 'tender'))?.content).not.toHaveProperty('deposit');
});

const supplierOf = (index: number): string => String(who.suppliers[index]?.id);
const accountsOf = (of: Procurement): Promise<DepositAccount[]> => depositsOf(db.read, { procurementId: of.id });
const accountOf = async (of: Procurement, index: number): Promise<DepositAccount> => {
  const found = (await accountsOf(of)).find(({ supplierId }) => supplierId === supplierOf(index));
  if (!found) throw new Error('it has paid nothing');
  return found;
};
const refund = async (
  of: Procurement,
  index: number,
  interestFen = 0,
  { rates = RATES, actor = who.asPurchaser }: { rates?: DepositRates | null; actor?: Actor } = {},
): Promise<Settled> => {
  const { id, leftFen } = await accountOf(of, index);
  return db.transaction((tx) =>
    refundDeposit(tx, actor, id, { amountFen: leftFen, interestFen, at: tx.now, bankReference: `R${index}` }, rates),
  );
};

async function opened(of: Procurement, bidders: number): Promise<Bid[]> {
  const bids: Bid[] = [];
  for (let index = 0; index < bidders; index += 1) bids.push(await bid(db, who, index, of.id));
  clock.set(of.bidDeadline ?? 0);
  await advance(db, of.id);
  return bids;
}

const report = (
  of: Procurement,
  bids: readonly Bid[],
  evaluationEndedAt: number,
  change: Parameters<typeof reportOn>[2] = {},
) =>
  decide(db, who.asPurchaser, {
    procurementId: of.id,
    lotNo: 1,
    kind: 'report',
    payload: reportOn(bids, evaluationEndedAt, change),
  });

describe('a bid without its deposit', () => {
  it.each([
    ['tendering', 'works-major-deviation', '25'],
    ['government', 'gp-invalid-grounds', '63'],
  ] as const)('is opened, flagged, and no candidate (%s)', async (regime, rule, article) => {
    const of = await tender(regime);
    const deadline = of.bidDeadline ?? 0;
    await pay(of, 0, deadline - 86_400_000);
    await pay(of, 1, deadline - 86_400_000, bondOf(of) - 1);
    await pay(of, 2, deadline - 1);
    const bids = await opened(of, 4);
    expect((await lotOf(db.read, of.id, 1)).stage).toBe('evaluation');
    const [record] = await openingsOf(db.read, of.id);
    expect(record?.entries.map(({ deposit }) => deposit)).toEqual([
      { held: true, amountFen: bondOf(of), form: 'transfer' },
      { held: false, amountFen: bondOf(of) - 1, form: 'transfer' },
      { held: true, amountFen: bondOf(of), form: 'transfer' },
      { held: false, amountFen: 0, form: null },
    ]);
    const notice = await latestNotice(db.read, of.id, 1, 'opening-record');
    expect(notice?.content['bidders']).toMatchObject([
      { deposit: { held: true } },
      { deposit: { held: false } },
      {},
      {},
    ]);
    expect((await depositStandings(db.read, of, 1)).get(supplierOf(1))).toMatchObject({
      held: false,
      amountFen: bondOf(of) - 1,
      form: 'transfer',
    });
    clock.set(deadline + 86_400_000);
    const refused = await report(of, bids, deadline + 3_600_000).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'unlawful',
      details: {
        violations: [
          { rule, article, field: 'candidates', given: bids[1]?.id },
          { rule, article, field: 'others', given: bids[3]?.id },
        ],
      },
    });
    const [first, second, third, fourth] = bids as [Bid, Bid, Bid, Bid];
    // 条例51(六), 12号令25(一); 87令63(一).
    const ground = regime === 'tendering' ? 6 : 1;
    const rejected = [second, fourth].map(({ id: bidId }) => ({ bidId, ground, reasonZh: '未提交保证金' }));
    await report(of, [first, third], deadline + 3_600_000, { rejected });
    // Two valid bids are too few in government procurement alone (政府采购法 36).
    expect((await lotOf(db.read, of.id, 1)).stage).toBe(regime === 'tendering' ? 'publicity' : 'failed');
  });

  it('is as good as any where the documents do not say so', async () => {
    const of = await tender('tendering', { depositDecides: false });
    const bids = await opened(of, 3);
    clock.set((of.bidDeadline ?? 0) + 86_400_000);
    await report(of, bids, (of.bidDeadline ?? 0) + 3_600_000);
    expect((await lotOf(db.read, of.id, 1)).stage).toBe('publicity');
  });
});

/** Works, up to the contract that was signed on 12 May. */
async function contracted(): Promise<{ of: Procurement; bids: Bid[] }> {
  const of = await tender('tendering');
  for (const index of [0, 1, 2]) await pay(of, index, at('2026-04-17T10:00+08:00'));
  // Paid and never bid: its money goes back with the losers'.
  await pay(of, 3, at('2026-04-17T11:00+08:00'));
  const bids = await opened(of, 3);
  const place = { procurementId: of.id, lotNo: 1 };
  clock.set('2026-04-21T09:00+08:00');
  await report(of, bids, at('2026-04-20T17:00+08:00'));
  clock.set('2026-05-08T00:00+08:00');
  await advance(db, of.id, 1);
  await decide(db, who.asPurchaser, {
    ...place,
    kind: 'award',
    payload: { bidId: String(bids[0]?.id), ground: null, reasonZh: null },
  });
  clock.set('2026-05-12T10:00+08:00');
  await decide(db, who.asPurchaser, {
    ...place,
    kind: 'contract',
    payload: { amountFen: 380_000_000, signedAt: at('2026-05-12T09:00+08:00'), documentId: null },
  });
  return { of, bids };
}

describe('deposits go back after the contract, with interest (招标投标法实施条例 57)', () => {
  it('the duty is done only when every deposit of its group is back', async () => {
    const { of } = await contracted();
    const place = { procurementId: of.id, lotNo: 1 };
    const duty = (key: 'deposits-losers' | 'deposits-winner') =>
      decide(db, who.asPurchaser, { ...place, kind: 'duty', payload: { key, noteZh: null } });
    await expect(duty('deposits-winner')).rejects.toMatchObject({ code: 'deposits-held' });
    clock.set('2026-05-13T10:00+08:00');
    // 320 000 yuan at 0.1 % from 17 April to 13 May, 26 days of 360: 23.111… yuan.
    const short = await refusalOf(refund(of, 0, 2_310));
    expect(short).toMatchObject({
      code: 'unlawful',
      details: { rule: 'works-bond-refund-after-contract', least: 2_311 },
    });
    expect((await refusalOf(refund(of, 0, 2_311, { rates: null }))).code).toBe('rates-missing');
    expect(await findMilestone(db.read, place, 'deposits-winner')).toMatchObject({ state: 'planned' });
    expect(await refund(of, 0, 2_311)).toMatchObject({ leftFen: 0, fulfilled: true });
    expect(await findMilestone(db.read, place, 'deposits-winner')).toMatchObject({ state: 'done', by: 'purchaser' });
    expect(await refund(of, 1, 2_311)).toMatchObject({ leftFen: 0, fulfilled: false });
    expect(await refund(of, 2, 2_311)).toMatchObject({ leftFen: 0, fulfilled: false });
    await expect(duty('deposits-losers')).rejects.toMatchObject({ code: 'deposits-held' });
    expect(await refund(of, 3, 2_311)).toMatchObject({ leftFen: 0, fulfilled: true });
    await expect(duty('deposits-losers')).rejects.toMatchObject({ code: 'stage-conflict' });
    expect(await findMilestone(db.read, place, 'deposits-losers')).toMatchObject({ state: 'done', by: 'purchaser' });
    expect((await accountsOf(of)).map(({ leftFen }) => leftFen)).toEqual([0, 0, 0, 0]);
  });

  it('is kept on the lawful grounds alone, and only from whom they are about', async () => {
    const { of } = await contracted();
    const forfeit = async (index: number, ground: Parameters<typeof forfeitDeposit>[3]['ground']) => {
      const { id, leftFen } = await accountOf(of, index);
      return db.transaction((tx) =>
        forfeitDeposit(tx, who.asPurchaser, id, {
          amountFen: leftFen,
          ground,
          reasonZh: '无正当理由不与招标人订立合同',
        }),
      );
    };
    expect((await refusalOf(forfeit(0, 'as-documents-say'))).code).toBe('unlawful');
    expect((await refusalOf(forfeit(1, 'contract-refused'))).code).toBe('unlawful');
    await forfeit(0, 'contract-refused');
    expect((await accountOf(of, 0)).movements).toMatchObject([{ kind: 'forfeited', ground: 'contract-refused' }]);
  });
});

it('a lot that failed: no rule sets a number of days, and what is not back stays visible', async () => {
  const of = await tender('tendering');
  await pay(of, 0, at('2026-04-17T10:00+08:00'));
  await opened(of, 2);
  const place = { procurementId: of.id, lotNo: 1 };
  expect((await lotOf(db.read, of.id, 1)).stage).toBe('failed');
  expect(await findMilestone(db.read, place, 'deposits-losers')).toMatchObject({ state: 'planned', dueAt: null });
  clock.set('2026-04-21T10:00+08:00');
  expect(await refund(of, 0)).toMatchObject({ leftFen: 0, fulfilled: true });
  expect(await findMilestone(db.read, place, 'deposits-losers')).toMatchObject({ state: 'done', by: 'purchaser' });
});

it('a terminated government tender: back in five working days (财政部令87号 29), later with the fee (38)', async () => {
  const of = await tender('government');
  await pay(of, 0, of.noticeAt);
  clock.set('2026-03-20T10:00+08:00');
  await decide(db, who.asPurchaser, {
    procurementId: of.id,
    lotNo: 0,
    kind: 'terminate',
    payload: { ground: 'task-cancelled', reasonZh: '采购任务取消' },
  });
  // Friday the 20th; 23, 24, 25, 26, 27 March.
  expect(await findMilestone(db.read, { procurementId: of.id, lotNo: 0 }, 'deposits-losers')).toMatchObject({
    dueAt: at('2026-03-28T00:00+08:00') - 1,
  });
  clock.set('2026-03-30T10:00+08:00');
  // No bid was opened: the centre gives it back, and to the purchaser it is none.
  const centre = { actor: { ...who.asPurchaser, role: 'centre' as const } };
  expect((await refusalOf(refund(of, 0, 3_045))).code).toBe('not-found');
  // 70 000 yuan × 4.35 % × 1.2 × 3 days (28, 29, 30 March) / 360 = 30.45 yuan.
  expect(await refusalOf(refund(of, 0, 3_044, centre))).toMatchObject({
    details: { rule: 'gp-bond-late-interest', least: 3_045 },
  });
  expect(await refund(of, 0, 3_045, centre)).toMatchObject({ leftFen: 0, fulfilled: true });
  expect(await findMilestone(db.read, { procurementId: of.id, lotNo: 0 }, 'deposits-losers')).toMatchObject({
    state: 'done',
    by: 'centre',
  });
});

it('records of deposits cannot be changed or removed by anyone', async () => {
  const of = await tender('tendering');
  await pay(of, 0, at('2026-04-17T10:00+08:00') - 86_400_000 * 20);
  for (const attempt of [
    (q: Queries) => q.update(deposits).set({ amountFen: 1 }),
    (q: Queries) => q.delete(deposits),
    (q: Queries) => q.update(depositReferences).set({ lotNo: 2 }),
    (q: Queries) => q.delete(depositReferences),
  ]) {
    const refused: unknown = await db.transaction((tx) => attempt(tx.q)).catch((error: unknown) => error);
    // On PostgreSQL the service may not even try.
    expect(inspect(refused)).toMatch(dialect === 'sqlite' ? /are immutable/ : /permission denied/);
  }
  const owner = await rawDatabase(db.storage);
  for (const statement of [
    'UPDATE deposits SET amount_fen = 1',
    'DELETE FROM deposits',
    'UPDATE deposit_references SET lot_no = 2',
    'DELETE FROM deposit_references',
  ]) {
    await expect(owner.behind(statement)).rejects.toThrow(/are immutable/);
  }
  await owner.close();
  expect(await accountsOf(of)).toMatchObject([{ amountFen: bondOf(of) }]);
});
