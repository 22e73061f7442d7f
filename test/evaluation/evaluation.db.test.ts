import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sheetText, verifySheetFile } from '../../cli/evaluation/verify-sheet.ts';
import { auditAfter } from '../../db/audit.ts';
import { latestDecision } from '../../db/decisions.ts';
import { schemesOf } from '../../db/evaluation/schemes.ts';
import { actsOf, sheetsOf } from '../../db/evaluation/sheets.ts';
import { lotOf } from '../../db/procurements.ts';
import { evaluate } from '../../domain/evaluation/scoring/evaluate.ts';
import { verifySheet } from '../../proofs/sheet.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import { replaceMember } from '../../services/committees/replace.ts';
import { answerFinding, move, voteForLeader } from '../../services/evaluation/deliberate.ts';
import { answerCommittee, askBidder } from '../../services/evaluation/requests.ts';
import { scoreSheetOf } from '../../services/evaluation/score-sheet.ts';
import { closeSigning, deliverEvaluated, reportToPrint, signReport } from '../../services/evaluation/sign.ts';
import { evaluationPrinter } from '../../web/evaluation/report.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { testSigner } from '../setup/signer.ts';
import { answer, CENTRE } from '../setup/tenders/committees.ts';
import {
  agree,
  by,
  callsNow,
  clear,
  electLeader,
  entriesOf,
  evaluating,
  evaluationNow,
  mark,
  seated,
  sign,
  worksScheme,
  type Evaluated,
} from '../setup/tenders/evaluations.ts';
import { everyRow } from '../setup/tenders/lived-in.ts';
import { decide, fileOf, handClock, people, refusalOf, reportOn, type People } from '../setup/tenders/tender.ts';
import { candidateTold } from '../setup/tenders/particulars.ts';

const SCHEME = worksScheme({ abnormalLow: [{ of: 'mean', percent: '50' }] });
/** 元: the mean of all five is 3 000 000, of which 1 200 000 is below half; two are equal. */
const PRICES = [3_400_000, 3_550_000, 3_550_000, 3_300_000, 1_200_000].map((yuan) => yuan * 100);

let db: TestDatabase;
let clock: ReturnType<typeof handClock>;
let who: People;
let of: Evaluated;

beforeEach(async () => {
  clock = handClock('2026-03-01T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 5);
  of = await evaluating(db, clock, who, { scheme: SCHEME });
});
afterEach(() => db.close());

const bidIds = () => of.bids.map(({ id }) => id);
const first = () => String(bidIds()[0]);
const rule = async (refused: Promise<unknown>) => {
  const { code, details } = await refusalOf(refused);
  const violations = (details?.['violations'] ?? []) as { rule: string; article: string }[];
  return [code, violations[0]?.rule, violations[0]?.article];
};

/** All enter and sign a part; `points` of a bid by its place. */
async function part(name: 'review' | 'technical' | 'commercial', points: readonly string[] = []): Promise<void> {
  for (const seat of await seated(db, of)) {
    for (const [index, bidId] of bidIds().entries())
      await mark(db, of, seat, bidId, entriesOf(SCHEME, name, points[index] ?? '15'));
    await sign(db, of, seat, name);
  }
}

const clearAll = async (): Promise<void> => {
  for (const seat of await seated(db, of)) if (!seat.cleared) await clear(db, of, seat);
};

describe('a member', () => {
  it('states first, against the names of the bidders, that there is no conflict', async () => {
    const seats = await seated(db, of);
    expect(seats.map(({ memberId }) => memberId)).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((no) => `expert-${no}`),
      'purchaser-1',
    ]);
    const [expert, representative] = [seats[0], seats[6]];
    if (!expert || !representative) throw new Error('nobody sits');
    const entries = entriesOf(SCHEME, 'review', '0');
    expect(await rule(mark(db, of, expert, first(), entries))).toEqual(['unlawful', 'works-bar-interest', '12(1)(三)']);
    expect([await clear(db, of, expert), await clear(db, of, representative)]).toEqual([false, false]);
    await mark(db, of, expert, first(), entries);
    expect(await sheetsOf(db.read, of.draw.id)).toHaveLength(1);
  });

  it('is refused with the article, and nothing is stored: out of range, missing, unknown, of another committee, after signing', async () => {
    await clearAll();
    const [seat] = await seated(db, of);
    if (!seat) throw new Error('nobody sits');
    const before = canonicalHash(await sheetsOf(db.read, of.draw.id));
    const stranger = { ...seat, accountId: who.asSupplier(0).accountId };
    const review = entriesOf(SCHEME, 'review', '0');
    expect(await rule(mark(db, of, stranger, first(), review))).toEqual(['unlawful', 'works-committee-min', '37']);
    expect((await rule(mark(db, of, seat, first(), [{ item: 'smile', points: '1' }])))[1]).toBe(
      'works-unlisted-criteria',
    );
    const [item] = SCHEME.conformity;
    const unreasoned = { item: String(item?.key), passes: false, ground: 7 };
    expect((await rule(mark(db, of, seat, first(), [unreasoned])))[1]).toBe('works-reject-grounds');
    // One that is wrong keeps all that came with it.
    expect((await refusalOf(mark(db, of, seat, first(), [...review, { item: 'smile', points: '1' }]))).code).toBe(
      'unlawful',
    );
    expect((await rule(sign(db, of, seat, 'review')))[1]).toBe('works-non-responsive-12');
    expect((await refusalOf(mark(db, of, seat, first(), entriesOf(SCHEME, 'technical', '10')))).code).toBe(
      'stage-conflict',
    );
    expect(canonicalHash(await sheetsOf(db.read, of.draw.id))).toBe(before);
    expect(await actsOf(db.read, of.draw.id)).toHaveLength(1);
    await part('review');
    const over = mark(db, of, seat, first(), [{ item: 'technical-plan', points: '20.01' }]);
    expect((await rule(over))[1]).toBe('works-unlisted-criteria');
    expect((await rule(mark(db, of, seat, first(), review)))[1]).toBe('works-all-sign');
    expect((await rule(sign(db, of, seat, 'review')))[1]).toBe('works-all-sign');
  });

  it('saving at once with six others for five bids loses nothing', async () => {
    await clearAll();
    const seats = await seated(db, of);
    await Promise.all(
      seats.flatMap((seat) =>
        bidIds().flatMap((bidId) =>
          entriesOf(SCHEME, 'review', '0').map((entry) => mark(db, of, seat, bidId, [entry])),
        ),
      ),
    );
    const sheets = await sheetsOf(db.read, of.draw.id);
    expect(sheets).toHaveLength(35);
    const items = SCHEME.qualification.length + SCHEME.conformity.length;
    expect(sheets.every(({ entries }) => entries.length === items)).toBe(true);
  });

  it('sees nobody else’s marks before all have signed, and no price before the technical part is settled', async () => {
    await clearAll();
    const seats = await seated(db, of);
    const shown = async () => {
      const { proceedings } = await evaluationNow(db, of);
      return proceedings.shown(String(seats[0]?.memberId));
    };
    expect(await shown()).toEqual({ prices: false, names: false, others: false });
    await part('review');
    for (const [n, seat] of seats.entries()) {
      for (const bidId of bidIds())
        await mark(db, of, seat, bidId, entriesOf(SCHEME, 'technical', n === 0 ? '20' : '15'));
      expect((await evaluationNow(db, of)).proceedings.parts[1]?.isIn).toBe(false);
      await sign(db, of, seat, 'technical');
    }
    expect(await shown()).toEqual({ prices: true, names: true, others: false });
    await part('commercial');
    expect(await shown()).toEqual({ prices: true, names: true, others: true });
  });
});

describe('what the check finds', () => {
  it('of objective items is put right by those concerned; a mark far from the mean may be reasoned by its member alone', async () => {
    await clearAll();
    await part('review');
    const seats = await seated(db, of);
    const [odd, other] = seats;
    if (!odd || !other) throw new Error('nobody sits');
    for (const seat of seats) {
      for (const bidId of bidIds()) await mark(db, of, seat, bidId, entriesOf(SCHEME, 'technical', '16'));
    }
    await mark(db, of, odd, first(), [
      { item: 'technical-plan', points: '4' },
      { item: 'technical-data', value: 'most' },
    ]);
    for (const seat of seats) await sign(db, of, seat, 'technical');
    const open = async () => (await evaluationNow(db, of)).proceedings.parts[1]?.open.map(({ key }) => key) ?? [];
    const [differs, deviates] = [
      `differs:${first()}:technical-data:`,
      `deviation:${first()}:technical-plan:${odd.memberId}`,
    ];
    expect(await open()).toEqual([differs, deviates]);
    const { numbering } = await evaluationNow(db, of);
    const numbered = String(numbering?.bids.find(({ bidId }) => bidId === first())?.blindId);
    // As long as something is open, the members know the bid by its blind id alone.
    expect(
      (
        await rule(
          by(db, of, odd, (tx, place, account) =>
            answerFinding(tx, place, account, { key: deviates, reasonZh: '方案不可行' }),
          ),
        )
      )[0],
    ).toBe('not-found');
    const reason = (seat: typeof odd, found: string) => {
      const key = found.replace(first(), numbered);
      return by(db, of, seat, (tx, place, account) =>
        answerFinding(tx, place, account, { key, reasonZh: '方案不可行' }),
      );
    };
    expect((await rule(reason(odd, differs)))[1]).toBe('works-quantify-same-base');
    expect((await rule(reason(other, deviates)))[0]).toBe('unlawful');
    // Only what was found may still be changed.
    expect((await rule(mark(db, of, other, first(), [{ item: 'technical-plan', points: '5' }])))[1]).toBe(
      'works-all-sign',
    );
    await mark(db, of, odd, first(), [{ item: 'technical-data', value: 'all' }]);
    await reason(odd, deviates);
    expect(await open()).toEqual([]);
    expect((await rule(mark(db, of, odd, first(), [{ item: 'technical-plan', points: '16' }])))[1]).toBe(
      'works-all-sign',
    );
  });
});

describe('an evaluation with seven members, one replaced, one dissent and an abnormally low price', () => {
  it('ends with a report that comes from the marks, and a score sheet that proves itself', async () => {
    await clearAll();
    await part('review');
    // Who drops out is replaced; what he marked is kept, and counts for nothing.
    const [left] = await seated(db, of);
    if (!left?.call) throw new Error('no expert sits');
    const gone = left.call;
    await db.transaction((tx) => replaceMember(tx, CENTRE, gone, { departure: 'health', reasonZh: '突发疾病' }));
    expect((await rule(mark(db, of, left, first(), entriesOf(SCHEME, 'technical', '20'))))[1]).toBe(
      'works-replaced-member-void',
    );
    const [, remaining] = await seated(db, of);
    if (!remaining) throw new Error('nobody sits');
    expect((await refusalOf(sign(db, of, remaining, 'technical'))).code).toBe('stage-conflict');
    const [called] = (await callsNow(db, of)).filter(({ state }) => state === 'invited');
    if (!called) throw new Error('nobody was called');
    await answer(db, called, 'confirm');
    await clearAll();
    const newcomer = (await seated(db, of)).find(({ memberId }) => memberId === `expert-${called.no}`);
    if (!newcomer) throw new Error('the new one does not sit');
    for (const bidId of bidIds()) await mark(db, of, newcomer, bidId, entriesOf(SCHEME, 'review', '0'));
    await sign(db, of, newcomer, 'review');
    await part('technical', ['18', '17', '17', '15', '14']);
    await part('commercial');
    expect((await sheetsOf(db.read, of.draw.id)).some(({ memberId }) => memberId === left.memberId)).toBe(true);
    const leader = await electLeader(db, of);

    for (const [index, priceFen] of PRICES.entries())
      await agree(db, of, { on: 'price', bidId: String(bidIds()[index]), priceFen });
    const pending = async () =>
      (await evaluationNow(db, of)).proceedings.outcome?.pending.map(({ what, bidIds: found }) => [what, ...found]);
    const low = String(bidIds()[4]);
    const equal = [bidIds()[1], bidIds()[2]].map(String);
    expect(await pending()).toEqual([['ask-low-price', low]]);
    const found = { on: 'low-price', bidId: low, reasonable: false, reasonZh: '低于成本，未能说明' } as const;
    const decideLow = by(db, of, leader, (tx, place, account) => move(tx, place, account, found));
    expect((await rule(decideLow))[1]).toBe('works-abnormal-low-request');
    await by(db, of, leader, (tx, place, account) =>
      askBidder(tx, place, account, { bidId: low, minutes: 30, about: { on: 'low-price' } }),
    );
    const supplierId = String(of.bids[4]?.supplierId);
    await db.transaction((tx) =>
      answerCommittee(
        tx,
        who.asSupplier(4),
        { ...of.place, bidId: low, supplierId },
        {
          kind: 'explanation',
          textZh: '自有设备，成本较低。',
          confirmed: [],
          name: null,
        },
      ),
    );
    // Nobody signs while something is open.
    const early = by(db, of, leader, (tx, place, account) =>
      signReport(tx, place, account, { as: 'signed', reasonsZh: null }),
    );
    expect((await refusalOf(early)).code).toBe('stage-conflict');
    await agree(db, of, found);
    expect(await pending()).toEqual([]);
    // The second and the third are equal in all that the documents look at: by chance, which anybody repeats from the receipts.
    const chance = byChance(of).filter((bidId) => equal.includes(bidId));
    expect((await evaluationNow(db, of)).proceedings.outcome?.ties).toMatchObject([
      { bidIds: chance, shared: false, drawn: [chance] },
    ]);

    const signAs =
      (n: number, as: 'signed' | 'dissent' | 'refused', reasonsZh: string | null = null) =>
      async () => {
        const seat = (await seated(db, of))[n];
        if (!seat) throw new Error('nobody sits');
        await by(db, of, seat, (tx, place, account) => signReport(tx, place, account, { as, reasonsZh }));
      };
    for (const n of [0, 1, 2, 3]) await signAs(n, 'signed')();
    await signAs(4, 'dissent', '第五家的说明可信。')();
    await signAs(5, 'refused')();
    expect((await rule(signAs(0, 'signed')()))[1]).toBe('works-all-sign');
    const unsigned = reportToPrint(db, of.place, String(leader.accountId));
    expect((await refusalOf(unsigned)).code).toBe('stage-conflict');
    await by(db, of, leader, (tx, place, account) => closeSigning(tx, place, account, 30));
    expect((await refusalOf(reportToPrint(db, of.place, String(leader.accountId)))).code).toBe('stage-conflict');
    clock.set(clock.read() + 30 * 60_000 + 1);
    expect((await rule(signAs(6, 'dissent', '迟到的意见')()))[1]).toBe('works-all-sign');

    const record = await reportToPrint(db, of.place, String(leader.accountId));
    expect(record.signing).toMatchObject({ adopted: true, dissent: [{ reasonsZh: '第五家的说明可信。' }] });
    expect(record.signing.deemed).toHaveLength(2);
    const { html, pdf } = await evaluationPrinter('https://tender.example.cn')(record);
    expect(html).toContain('第五家的说明可信。');
    expect(html).toContain('低于成本，未能说明');
    expect(html).not.toContain('评审专家1');
    expect(pdf?.subarray(0, 5).toString()).toBe('%PDF-');
    expect((await evaluationPrinter('https://tender.example.cn')(record)).pdf?.equals(pdf ?? Buffer.of())).toBe(true);
    const page = { name: '评标报告.html', mediaType: 'text/html', file: await fileOf(db, html) };
    const details = bidIds().map((bidId) => ({ ...candidateTold(), bidId }));
    const deliver = (hash: string) =>
      db.transaction((tx) =>
        deliverEvaluated(tx, of.place, String(leader.accountId), { hash, files: [page], details }, new Set()),
      );
    expect((await refusalOf(deliver('0'))).code).toBe('hash-mismatch');
    // Nobody types another one.
    const typed = decide(db, who.asPurchaser, {
      ...{ ...of.place, kind: 'report' },
      payload: reportOn(of.bids, clock.read(), { committee: [] }),
    });
    expect((await refusalOf(typed)).messageZh).toContain('由评审结果生成');
    const { payload } = await deliver(canonicalHash(record));
    expect(payload).toMatchObject({ made: 'here', committee: [], rejected: [{ bidId: low, ground: 5 }] });
    const order = payload.candidates.map(({ bidId }) => bidId);
    expect(order).toHaveLength(3);
    expect(order.filter((bidId) => equal.includes(bidId))).toEqual(chance);
    for (const [place, bidId] of chance.entries())
      expect(payload.candidates.find((each) => each.bidId === bidId)?.tieZh).toContain(
        `随机抽取确定，为其中第 ${place + 1} 家`,
      );
    expect(html).toContain(String(of.bids[1]?.sha256));
    expect((await lotOf(db.read, of.place.procurementId, 1)).stage).toBe('publicity');
    expect((await latestDecision(db.read, of.place, 'report'))?.payload.documentId).toBe(payload.documentId);
    expect((await refusalOf(deliver(canonicalHash(record)))).code).toBe('stage-conflict');

    // Six of seven bids' marks count for each: who was replaced is struck.
    const reported = (await actsOf(db.read, of.draw.id)).flatMap(({ act }) => (act.kind === 'report' ? [act] : []))[0];
    expect(reported?.input.bids[0]?.marks['technical-plan']).toEqual(Array(7).fill('18'));
    if (!reported) throw new Error('nothing was reported');
    const again = evaluate(reported.input);
    for (const [index, { supplierId: owner }] of of.bids.entries()) {
      const sheet = await scoreSheetOf(db.read, of.place, owner);
      expect(verifySheet(sheet).faults).toEqual([]);
      const isDrawn = chance.includes(String(bidIds()[index]));
      expect(sheet.tie?.among).toEqual(
        isDrawn ? chance.map((bidId) => of.bids.find(({ id }) => id === bidId)?.sha256) : undefined,
      );
      expect(sheet.bid.bidId).toBe(bidIds()[index]);
      expect(sheet.rank).toBe(again.valid.find(({ bidId }) => bidId === bidIds()[index])?.rank ?? null);
      const hashed = (await auditAfter(db.read, 0, 10_000)).find(
        ({ action, subject }) => action === 'evaluation.score-sheet' && subject === `bid/${bidIds()[index]}`,
      );
      expect(hashed?.detail['hash']).toBe(canonicalHash(sheet));
    }
    const [owner] = of.bids;
    if (!owner) throw new Error('nobody bids');
    const sheet = await scoreSheetOf(db.read, of.place, owner.supplierId);
    const signer = await testSigner();
    const signed = await signer.sign('kb-score-sheet', { sha256: canonicalHash(sheet) });
    const handed = { sheet, signed, keys: [signer.publicJwk] };
    const file = join(await mkdtemp(join(tmpdir(), 'sheet-')), 'sheet.json');
    await writeFile(file, JSON.stringify(handed));
    const verified = await verifySheetFile(file, undefined);
    expect(verified).toMatchObject({ faults: [], signed: true, pinned: false, rank: 'stated' });
    // Its own keys prove nothing: whoever changed it may have signed it again.
    expect(sheetText(verified)).not.toContain('✓');
    const keys = join(file, '../jwks.json');
    await writeFile(keys, JSON.stringify({ keys: handed.keys }));
    expect(sheetText(await verifySheetFile(file, keys))).toContain('✓');
    const marks = { ...sheet.bid.marks, 'technical-plan': Array(7).fill('19') };
    await writeFile(file, JSON.stringify({ ...handed, sheet: { ...sheet, bid: { ...sheet.bid, marks } } }));
    expect((await verifySheetFile(file, undefined)).faults).toHaveLength(2);
    // Of no member a name is in any row but those of the pool and of the accounts.
    const { experts: _pool, accounts: _accounts, ...others } = await everyRow(db.read);
    expect(JSON.stringify(others)).not.toContain('评审专家');
    const trail = (await auditAfter(db.read, 0, 10_000)).filter(({ action }) => action.startsWith('evaluation.'));
    const accounts = (await evaluationNow(db, of)).seats.map(({ accountId }) => String(accountId));
    expect(accounts.some((account) => JSON.stringify(trail).includes(account))).toBe(false);
  });
});

/** Worked out as docs/evaluation.md says, of bids that were handed in without a seal. */
function byChance({ place: { procurementId, lotNo }, bids }: Evaluated): string[] {
  const listed = bids
    .map(({ sha256 }) => sha256)
    .sort()
    .map((file) => `{"content":null,"file":"${file}"}`);
  const terms = `{"bids":[${listed.join()}],"format":"KB-TIE-ORDER-1","lotNo":${lotNo},"procurementId":"${procurementId}"}`;
  const seed = createHash('sha256').update(terms).digest();
  const key = (file: string) => createHmac('sha256', seed).update(Buffer.from(file, 'hex')).digest('hex');
  return bids.toSorted((a, b) => (key(a.sha256) < key(b.sha256) ? -1 : 1)).map(({ id }) => id);
}

describe('a scheme', () => {
  it('is pinned with the tender, and what led it is an expert where the law says so', async () => {
    const [stated] = await schemesOf(db.read, of.place.procurementId);
    expect(stated?.hash).toBe(canonicalHash(SCHEME));
    await clearAll();
    const seats = await seated(db, of);
    const representative = seats[6];
    if (!representative) throw new Error('nobody sits');
    // Works do not forbid it; the government's does (财政部令87号 45), which composition.unit.test.ts has.
    await by(db, of, representative, (tx, place, account) => voteForLeader(tx, place, account, 'purchaser-1'));
    expect((await evaluationNow(db, of)).proceedings.leader).toBeNull();
  });
});
