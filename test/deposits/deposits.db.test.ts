import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bid } from '../../db/bids.ts';
import type { Actor } from '../../db/audit.ts';
import { depositsOf, type DepositAccount } from '../../db/deposits.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { insertUnsealings } from '../../db/openings/unsealings.ts';
import { latestNotice } from '../../db/notices.ts';
import { lotOf, type Draft, type Procurement } from '../../db/procurements.ts';
import { depositReferences, deposits } from '../../db/schema/sqlite.ts';
import type { Queries } from '../../db/access/statements.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import type { DepositRates } from '../../domain/deposits/interest.ts';
import type { BankAccount } from '../../domain/deposits/terms.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { forfeitDeposit } from '../../services/deposits/forfeit.ts';
import { addDocument } from '../../services/documents/add.ts';
import { giveReference } from '../../services/deposits/give-reference.ts';
import { recordPayment } from '../../services/deposits/record-payments.ts';
import { refundDeposit } from '../../services/deposits/refund.ts';
import type { Refund } from '../../domain/deposits/settlement.ts';
import type { DomainError } from '../../domain/errors.ts';
import type { Settled } from '../../services/deposits/settle.ts';
import { depositStandings } from '../../services/deposits/standings.ts';
import { dialect, rawDatabase, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  at,
  bid,
  decide,
  fileOf,
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
      { deposit: { held: false, amountFen: bondOf(of) - 1, requiredFen: bondOf(of) } },
      { deposit: { held: true } },
      { deposit: { held: false, amountFen: 0 } },
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

/** Works, up to the award of 8 May: the first of three has won, and a fourth paid and never bid. */
async function awarded(): Promise<{ of: Procurement; bids: Bid[] }> {
  const of = await tender('tendering');
  for (const index of [0, 1, 2]) await pay(of, index, at('2026-04-17T10:00+08:00'));
  // Paid and never bid: its money goes back with the losers'.
  await pay(of, 3, at('2026-04-17T11:00+08:00'));
  const bids = await opened(of, 3);
  clock.set('2026-04-21T09:00+08:00');
  await report(of, bids, at('2026-04-20T17:00+08:00'));
  clock.set('2026-05-08T00:00+08:00');
  await advance(db, of.id, 1);
  await decide(db, who.asPurchaser, {
    ...{ procurementId: of.id, lotNo: 1 },
    kind: 'award',
    payload: { bidId: String(bids[0]?.id), ground: null, reasonZh: null },
  });
  return { of, bids };
}

/** The same, up to the contract that was signed on 12 May. */
async function contracted(): Promise<{ of: Procurement; bids: Bid[] }> {
  const lot = await awarded();
  clock.set('2026-05-12T10:00+08:00');
  await signs(lot.of);
  return lot;
}

const signs = (of: Procurement) =>
  decide(db, who.asPurchaser, {
    ...{ procurementId: of.id, lotNo: 1 },
    kind: 'contract',
    payload: { amountFen: 380_000_000, signedAt: at('2026-05-12T09:00+08:00'), documentId: null },
  });

const forfeit = async (
  of: Procurement,
  index: number,
  ground: Parameters<typeof forfeitDeposit>[3]['ground'],
  amountFen?: number,
  clauseZh?: string,
): Promise<Settled> => {
  const { id, leftFen } = await accountOf(of, index);
  const kept = { amountFen: amountFen ?? leftFen, ground, reasonZh: '依法不予退还', clauseZh };
  return db.transaction((tx) => forfeitDeposit(tx, who.asPurchaser, id, kept));
};

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
});

describe('a deposit is kept on a lawful ground alone, and on none that the record contradicts', () => {
  it('of a winner that loses the award because it refuses is kept with that (条例74), and of no other', async () => {
    const { of } = await awarded();
    const file = await fileOf(db, '拒签函');
    const document = {
      procurementId: of.id,
      kind: 'evidence',
      name: '函.pdf',
      mediaType: 'application/pdf',
      file,
    } as const;
    const { id: documentId } = await db.transaction((tx) => addDocument(tx, who.asPurchaser, document));
    const replace = (ground: 'declined' | 'force-majeure') =>
      decide(db, who.asPurchaser, {
        ...{ procurementId: of.id, lotNo: 1, kind: 'replace-winner' },
        payload: { ground, reasonZh: '书面拒绝签订合同', documentId, then: 'next' },
      });
    await replace('declined');
    expect(await accountOf(of, 0)).toMatchObject({
      leftFen: 0,
      movements: [
        { kind: 'forfeited', ground: 'contract-refused', amountFen: bondOf(of), reasonZh: '书面拒绝签订合同' },
      ],
    });
    await replace('force-majeure');
    expect(await accountOf(of, 1)).toMatchObject({ leftFen: bondOf(of), movements: [] });
  });

  it('the contract is refused by the winner alone (招标投标法实施条例 74), and not once it is signed', async () => {
    const { of } = await awarded();
    expect((await refusalOf(forfeit(of, 0, 'as-documents-say'))).code).toBe('unlawful');
    expect(await refusalOf(forfeit(of, 1, 'contract-refused'))).toMatchObject({
      code: 'unlawful',
      messageZh: expect.stringMatching(/该投标人不是中标人（招标投标法实施条例第74条）/) as unknown,
      details: { field: 'ground', lawful: [] },
    });
    await forfeit(of, 0, 'contract-refused');
    expect((await accountOf(of, 0)).movements).toMatchObject([{ kind: 'forfeited', ground: 'contract-refused' }]);
    // 取消其中标资格: whose deposit is kept because it refused does not sign after all.
    clock.set('2026-05-12T10:00+08:00');
    expect(await refusalOf(signs(of))).toMatchObject({ code: 'unlawful', details: { rule: 'works-winner-refuses' } });
  });

  it('who has signed the contract has not refused it', async () => {
    const { of } = await contracted();
    expect(await refusalOf(forfeit(of, 0, 'contract-refused'))).toMatchObject({
      code: 'unlawful',
      messageEn: expect.stringContaining('the contract is signed') as unknown,
    });
  });

  it('whose bid the record shows opened has neither failed to decrypt it nor revoked it (20号令 31, 招标投标法 29)', async () => {
    const of = await tender('tendering');
    for (const index of [0, 1, 2, 3]) await pay(of, index, at('2026-04-17T10:00+08:00'));
    const bids = await opened(of, 3);
    // The first did not release its share; what the third sent was lost by the platform.
    const outcomes = ['revoked', 'opened', 'returned'] as const;
    await db.transaction((tx) =>
      insertUnsealings(
        tx,
        bids.map(({ id: bidId, procurementId, lotNo }, index) => ({
          ...{ bidId, procurementId, lotNo, state: outcomes[index] ?? 'opened', manifest: null },
          ...{ reasonZh: null, reasonEn: null, custodians: [], at: tx.now },
        })),
      ),
    );
    for (const ground of ['not-decrypted', 'withdrawn-after-deadline'] as const) {
      for (const [index, record] of [
        [1, /开标记录载明其投标文件(已经开启|未撤销)/],
        [2, /因投标人之外的原因未解密，视为撤回/],
        [3, /该投标人没有投标文件/],
      ] as const) {
        const refused = await refusalOf(forfeit(of, index, ground));
        expect(refused).toMatchObject({ code: 'unlawful', details: { field: 'ground', given: ground, lawful: [] } });
        expect(refused.messageZh).toMatch(record);
      }
      expect(await forfeit(of, 0, ground, 1)).toMatchObject({ fulfilled: false });
    }
  });

  it('what the documents say (财政部令87号 20) is about a bid: not about who never bid, or a lot that was not opened', async () => {
    const of = await tender('government');
    for (const index of [0, 1]) await pay(of, index, at('2026-04-07T10:00+08:00'));
    await opened(of, 1);
    expect((await lotOf(db.read, of.id, 1)).stage).toBe('failed');
    const [unopened, never] = [
      await refusalOf(forfeit(of, 0, 'as-documents-say')),
      await refusalOf(forfeit(of, 1, 'as-documents-say')),
    ];
    expect(unopened).toMatchObject({ code: 'unlawful', details: { law: '财政部令87号', article: '20' } });
    expect(unopened.messageZh).toContain('没有开启');
    expect(never.messageZh).toContain('没有投标文件');
  });

  it.each([
    ['government', 'as-documents-say', '财政部令87号', '29'],
    ['tendering', 'not-decrypted', '招标投标法实施条例', '31'],
  ] as const)(
    '%s: once the tender is terminated all goes back, whatever the ground',
    async (regime, ground, law, article) => {
      const of = await tender(regime);
      for (const index of [0, 1, 2]) await pay(of, index, of.noticeAt);
      const [revoked] = await opened(of, 3);
      await db.transaction((tx) =>
        insertUnsealings(tx, [
          {
            ...{ bidId: String(revoked?.id), procurementId: of.id, lotNo: 1, state: 'revoked', manifest: null },
            ...{ reasonZh: null, reasonEn: null, custodians: [], at: tx.now },
          },
        ]),
      );
      await terminate(of);
      for (const each of [ground, 'withdrawn-after-deadline'] as const) {
        expect(await refusalOf(forfeit(of, 0, each))).toMatchObject({
          code: 'unlawful',
          messageZh: expect.stringContaining('已经终止') as unknown,
          details: { field: 'ground', given: each, law, article },
        });
      }
    },
  );

  it('once the contract is signed, by the documents only with the clause that says so (政府采购法实施条例 33)', async () => {
    const of = await tender('government');
    for (const index of [0, 1, 2]) await pay(of, index, of.noticeAt);
    const bids = await opened(of, 3);
    await advance(db, of.id, 1);
    clock.set('2026-04-09T10:00+08:00');
    await report(of, bids, at('2026-04-08T17:00+08:00'));
    await decide(db, who.asPurchaser, {
      ...{ procurementId: of.id, lotNo: 1, kind: 'award' },
      payload: { bidId: String(bids[0]?.id), ground: null, reasonZh: null },
    });
    clock.set('2026-04-20T10:00+08:00');
    await decide(db, who.asPurchaser, {
      ...{ procurementId: of.id, lotNo: 1, kind: 'contract' },
      payload: { amountFen: 380_000_000, signedAt: at('2026-04-20T09:00+08:00'), documentId: null },
    });
    for (const index of [0, 1]) {
      for (const clause of [undefined, '\u200b']) {
        expect(await refusalOf(forfeit(of, index, 'as-documents-say', 1, clause))).toMatchObject({
          code: 'unlawful',
          details: { field: 'clauseZh', law: '政府采购法实施条例', article: '33' },
        });
      }
      await forfeit(of, index, 'as-documents-say', 1, '投标人须知 15.4');
      expect((await accountOf(of, index)).movements).toMatchObject([
        { kind: 'forfeited', ground: 'as-documents-say', reasonZh: '投标人须知 15.4：依法不予退还' },
      ]);
    }
  });
});

/** 终止: the whole tender, after its notice. */
const terminate = (of: Procurement) =>
  decide(db, who.asPurchaser, {
    ...{ procurementId: of.id, lotNo: 0, kind: 'terminate' },
    payload: { ground: 'task-cancelled', reasonZh: '采购任务取消' },
  });

/** Records a refund as the purchaser types it. */
const refunds = async (
  of: Procurement,
  index: number,
  change: Partial<Refund>,
  depositId?: string,
): Promise<Settled> => {
  const account = await accountOf(of, index);
  return db.transaction((tx) =>
    refundDeposit(
      tx,
      who.asPurchaser,
      depositId ?? account.id,
      { amountFen: account.leftFen, interestFen: 0, at: tx.now, bankReference: `N${index}`, ...change },
      RATES,
    ),
  );
};

describe('the books of refunds', () => {
  it('interest is what the deposit earned: not more, not nothing in forty parts, none on an overpayment (招标投标法实施条例 57)', async () => {
    const { of } = await contracted();
    clock.set('2026-05-13T10:00+08:00');
    // 320 000 yuan at 0.1 % for 26 days of 360: 23.11 yuan; a bank that counts the day of the refund too: 24.00 yuan.
    for (const interestFen of [2_401, 99_999, Number.MAX_SAFE_INTEGER]) {
      expect(await refusalOf(refunds(of, 0, { interestFen }))).toMatchObject({
        code: 'unlawful',
        messageZh: expect.stringContaining('利息最多 24 元') as unknown,
        details: { field: 'interestFen', least: 2_311, most: 2_400, rule: 'works-bond-refund-after-contract' },
      });
    }
    expect(await refusalOf(refunds(of, 0, { amountFen: 1, interestFen: 99_999 }))).toMatchObject({
      details: { least: 0, most: 0 },
    });
    // Each fortieth by itself earns 57.8 fen: together they earn what the whole does.
    let paid = 0;
    for (let part = 0; part < 40; part += 1) {
      const amountFen = 800_000;
      const least = await refunds(of, 0, { amountFen, interestFen: 0, bankReference: `P${part}` }).then(
        () => 0,
        (error: DomainError) => Number(error.details?.['least']),
      );
      if (least > 0) await refunds(of, 0, { amountFen, interestFen: least, bankReference: `P${part}` });
      paid += least;
    }
    expect(paid).toBe(2_311);
    expect((await accountOf(of, 0)).leftFen).toBe(0);
  });

  it('a bank’s number is one payment: it is in the books once, whoever records it', async () => {
    const { of } = await contracted();
    clock.set('2026-05-13T10:00+08:00');
    const part = { amountFen: 16_000_000, interestFen: 1_156 };
    expect(
      await refusalOf(refunds(of, 0, { ...part, bankReference: (await accountOf(of, 0)).externalId })),
    ).toMatchObject({ code: 'already-exists', details: { field: 'bankReference' } });
    // Nor is another bidder's payment a refund of this one.
    expect(
      await refusalOf(refunds(of, 0, { ...part, bankReference: (await accountOf(of, 1)).externalId })),
    ).toMatchObject({ code: 'already-exists', messageZh: expect.stringContaining('收款的流水号') as unknown });
    await refunds(of, 0, { ...part, bankReference: 'Nb-1' });
    for (const [index, bankReference] of [
      [0, 'Nb-1'],
      [1, 'Nb-1'],
      [1, 'NB1'],
      [1, ' nb 1 '],
      [1, 'Ｎb－１'],
    ] as const) {
      expect(await refusalOf(refunds(of, index, { ...part, bankReference }))).toMatchObject({ code: 'already-exists' });
    }
    const centre = { ...who.asPurchaser, role: 'centre', organisationId: 'another' } as const;
    const { id } = await accountOf(of, 2);
    const refused = db.transaction((tx) =>
      refundDeposit(tx, centre, id, { ...part, at: tx.now, bankReference: 'Nb1' }, RATES),
    );
    expect((await refusalOf(refused)).code).toBe('already-exists');
    expect(await refunds(of, 0, { ...part, bankReference: 'Nb2', interestFen: 1_155 })).toMatchObject({ leftFen: 0 });
  });

  it('while a bid is judged its deposit goes back as a whole or not at all; what was paid too much goes back at once', async () => {
    const of = await tender('tendering');
    await pay(of, 0, at('2026-04-17T10:00+08:00'), 32_000_000 + 5_000_000);
    await pay(of, 1, at('2026-04-17T10:00+08:00'), 12_000_000);
    await pay(of, 1, at('2026-04-17T11:00+08:00'), 20_000_000);
    await pay(of, 2, at('2026-04-17T10:00+08:00'));
    await opened(of, 3);
    clock.set('2026-04-21T10:00+08:00');
    // 招标投标法实施条例 26: a deposit is valid as long as the bids.
    for (const amountFen of [5_000_001, 36_999_999]) {
      expect(await refusalOf(refunds(of, 0, { amountFen }))).toMatchObject({
        code: 'unlawful',
        details: { field: 'amountFen', article: '26', lawful: { most: 5_000_000, whole: 37_000_000 } },
      });
    }
    // The overpayment bears no interest, whatever day it goes back.
    expect(await refunds(of, 0, { amountFen: 5_000_000 })).toMatchObject({ leftFen: 32_000_000 });
    expect((await refusalOf(refunds(of, 1, { amountFen: 1 }))).code).toBe('unlawful');
    expect((await refusalOf(refunds(of, 2, { amountFen: 31_999_999 }))).code).toBe('unlawful');
    // 320 000 yuan at 0.1 % for 4 days of 360: 3.56 yuan.
    expect(await refunds(of, 2, { interestFen: 356 })).toMatchObject({ leftFen: 0 });
  });

  it('an overpayment is not kept (招标投标法实施条例 74: 投标保证金不予退还)', async () => {
    const of = await tender('tendering');
    await pay(of, 0, at('2026-04-17T10:00+08:00'), 37_000_000);
    const [bid] = await opened(of, 3);
    await db.transaction((tx) =>
      insertUnsealings(tx, [
        {
          ...{ bidId: String(bid?.id), procurementId: of.id, lotNo: 1, state: 'revoked', manifest: null },
          ...{ reasonZh: null, reasonEn: null, custodians: [], at: tx.now },
        },
      ]),
    );
    expect(await refusalOf(forfeit(of, 0, 'not-decrypted'))).toMatchObject({
      code: 'bad-input',
      details: { field: 'amountFen', limit: 32_000_000 },
    });
    await forfeit(of, 0, 'not-decrypted', 32_000_000);
    expect(await refunds(of, 0, {})).toMatchObject({ leftFen: 0 });
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

it('a terminated government tender: back in five working days with what it earned (财政部令87号 29), later with the fee too (38)', async () => {
  const of = await tender('government');
  await pay(of, 0, of.noticeAt);
  await pay(of, 1, of.noticeAt);
  clock.set('2026-03-20T10:00+08:00');
  await terminate(of);
  // Friday the 20th; 23, 24, 25, 26, 27 March.
  expect(await findMilestone(db.read, { procurementId: of.id, lotNo: 0 }, 'deposits-losers')).toMatchObject({
    dueAt: at('2026-03-28T00:00+08:00') - 1,
  });
  // No bid was opened: the centre gives it back, and to the purchaser it is none.
  const centre = { actor: { ...who.asPurchaser, role: 'centre' as const } };
  clock.set('2026-03-23T10:00+08:00');
  // 70 000 yuan × 0.1 % × 6 days (17 to 22 March) / 360 = 1.166… yuan.
  expect(await refusalOf(refund(of, 1, 116, centre))).toMatchObject({
    code: 'unlawful',
    messageZh: expect.stringMatching(/（6 天）.*（财政部令87号第29条）$/) as unknown,
    details: { rule: 'gp-termination-refund', least: 117 },
  });
  expect(await refusalOf(refund(of, 1, 117, { ...centre, rates: null }))).toMatchObject({
    code: 'rates-missing',
    details: { rule: 'gp-termination-refund' },
  });
  expect(await refund(of, 1, 117, centre)).toMatchObject({ leftFen: 0, fulfilled: false });
  clock.set('2026-03-30T10:00+08:00');
  expect((await refusalOf(refund(of, 0, 3_298))).code).toBe('not-found');
  // 70 000 yuan × 0.1 % × 13 days / 360 = 2.53 yuan, and × 4.35 % × 1.2 × 3 days (28, 29, 30 March) / 360 = 30.45 yuan.
  expect(await refusalOf(refund(of, 0, 3_297, centre))).toMatchObject({
    messageZh: expect.stringMatching(/（13 天；3 天）.*（财政部令87号第29条；财政部令87号第38条）$/) as unknown,
    details: { rule: 'gp-termination-refund', least: 3_298 },
  });
  expect(await refund(of, 0, 3_298, centre)).toMatchObject({ leftFen: 0, fulfilled: true });
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
