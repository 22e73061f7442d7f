import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { verifySheetFile } from '../../cli/evaluation/verify-sheet.ts';
import { CommandFailure } from '../../cli/settings/failure.ts';
import { evaluate } from '../../domain/evaluation/scoring/evaluate.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';
import type { SubmittedBid, TieTerms } from '../../domain/evaluation/scoring/tie-order.ts';
import { sheetHash, sheetOf, verifySheet, type ScoreSheet } from '../../proofs/sheet.ts';
import { orderedBids, type OrderedBids } from '../../proofs/tie-order.ts';
import { bid, inputOf, judged, measured, priced, scheme, WAN, type Lot } from './golden/scenario.ts';

const LOT: Lot = {
  definition: GOVERNMENT_OPEN_TENDER,
  kind: 'goods',
  budgetWan: 200,
  scheme: scheme({
    criteria: [
      judged('50'),
      measured('20', { by: 'proportional', unit: '小时', better: 'higher', best: 'bids' }),
      priced('30'),
    ],
    preferences: [{ key: 'small-firm', form: 'reduction', percent: '10' }],
    abnormalLow: [{ of: 'ceiling', percent: '45' }],
  }),
  bids: [
    bid('a', 100, { marks: { quality: ['45', '40', '44', '41', '45'] }, values: { data: '20' } }),
    bid('b', 110, {
      marks: { quality: ['38', '40', '42', '41', '39'] },
      values: { data: '60' },
      claims: [{ key: 'small-firm', granted: true }],
    }),
    bid('c', 120, { marks: { quality: ['30', '31', '30', '30', '30'] }, values: { data: '30' } }),
    bid('d', 201, { marks: { quality: ['50', '50', '50', '50', '50'] }, values: { data: '90' } }),
    bid('e', 80, { lowPrice: { asked: true, reasonable: false, reasonZh: '未说明' } }),
  ],
};

const fileOf = (bidId: string): string => createHash('sha256').update(bidId).digest('hex');
const orderOf = ({ bids }: Lot): OrderedBids =>
  orderedBids(
    { procurementId: 'p1', lotNo: 1 },
    bids.map(({ bidId }) => ({ bidId, file: fileOf(bidId), content: fileOf(`${bidId} content`) })),
  );

function sheetFor(bidId: string, lot: Lot = LOT): ScoreSheet {
  const input = inputOf(lot);
  const order = orderOf(lot);
  const drawn = order.bids.map((each) => each.bidId);
  const sheet = sheetOf(order, { ...input, drawn }, evaluate({ ...input, drawn }), bidId, (rule) => {
    const { zh, en } = citationOf(rule);
    return { zh, en };
  });
  if (!sheet) throw new Error('no such bid');
  return JSON.parse(JSON.stringify(sheet)) as ScoreSheet;
}

const faultsOf = (sheet: ScoreSheet): string[] => verifySheet(sheet).faults.map(({ en }) => en);

describe('a score sheet', () => {
  it('recomputes: own marks, price steps and total; the rank is stated where the documents disclose no others', () => {
    const sheet = sheetFor('b');
    const verified = verifySheet(sheet);
    // 110 × 0.9 = 99 is the base: 30. 60 of 60: 20. Marks 200/5 = 40.
    expect(verified).toMatchObject({
      faults: [],
      rank: 'stated',
      score: { evaluatedFen: String(99 * WAN), total: '90' },
    });
    expect(sheet).toMatchObject({ rank: 1, ranked: 3, candidate: true, rejected: null, totals: null });
    expect(sheet.rules['sme-discount-2022']?.zh).toContain('财库〔2022〕19号');
  });

  it('names no other bid, and does not say whose a mark is', () => {
    const sheet = sheetFor('a');
    expect(sheet.bid.marks['quality']).toEqual(['40', '41', '44', '45', '45']);
    expect(JSON.stringify(sheet)).not.toMatch(/"(b|c|d|e)"/);
  });

  it('has the rank recomputed where the documents disclose the totals', () => {
    const disclosed = { ...LOT, scheme: { ...LOT.scheme, disclosure: 'totals' as const } };
    const sheet = sheetFor('c', disclosed);
    expect(sheet.totals).toHaveLength(3);
    expect(verifySheet(sheet)).toMatchObject({ rank: 'recomputed', faults: [] });
    expect(faultsOf({ ...sheet, rank: 2 })).toEqual(['rank 2 does not follow from the totals']);
  });

  it('says why a bid was rejected', () => {
    expect(sheetFor('d')).toMatchObject({
      score: null,
      rank: null,
      rejected: { point: 'price-limit', ground: 4, rule: 'gp-invalid-grounds' },
    });
    expect(sheetFor('e')).toMatchObject({
      score: null,
      rejected: { point: 'abnormal-low', zh: '未说明' },
      low: [{ of: 'ceiling', limit: String(90 * WAN) }],
    });
    expect([faultsOf(sheetFor('d')), faultsOf(sheetFor('e'))]).toEqual([[], []]);
  });

  it.each<[string, (sheet: ScoreSheet) => ScoreSheet]>([
    [
      'another mark',
      (sheet) => ({ ...sheet, bid: { ...sheet.bid, marks: { quality: ['40', '41', '44', '45', '50'] } } }),
    ],
    ['a coefficient on the price', (sheet) => ({ ...sheet, bid: { ...sheet.bid, priceFen: sheet.bid.priceFen + 1 } })],
    ['another total', (sheet) => ({ ...sheet, score: sheet.score && { ...sheet.score, total: '91' } })],
    [
      'a step that was changed',
      (sheet) => ({
        ...sheet,
        score: sheet.score && { ...sheet.score, steps: sheet.score.steps.map((step) => ({ ...step, shown: '0.00' })) },
      }),
    ],
    [
      'a weight that was changed',
      (sheet) => ({
        ...sheet,
        scheme: {
          ...sheet.scheme,
          criteria: sheet.scheme.criteria.map((each) => (each.kind === 'price' ? { ...each, points: '29' } : each)),
        },
      }),
    ],
    [
      'a base that is not the lowest',
      (sheet) => ({ ...sheet, group: { ...sheet.group, prices: sheet.group.prices.slice(1) } }),
    ],
    ['a best value below the own one', (sheet) => ({ ...sheet, group: { ...sheet.group, best: { data: '10' } } })],
    ['a price above the limit that is scored', (sheet) => ({ ...sheet, limits: { ...sheet.limits, ceilingFen: 1 } })],
  ])('shows %s', (_name, change) => {
    const sheet = sheetFor('a');
    expect(faultsOf(sheet)).toEqual([]);
    expect(faultsOf(change(sheet))).not.toEqual([]);
    expect(sheetHash(change(sheet))).not.toBe(sheetHash(sheet));
  });

  it.each<[string, (sheet: ScoreSheet) => ScoreSheet]>([
    ['a rank beyond those that were given', (sheet) => ({ ...sheet, rank: 99 })],
    ['a score without a rank', (sheet) => ({ ...sheet, rank: null, candidate: false })],
    ['neither a score nor a rejection', (sheet) => ({ ...sheet, score: null })],
    ['both', (sheet) => ({ ...sheet, rejected: sheetFor('e').rejected })],
    ['a candidate without a rank', (sheet) => ({ ...sheet, rank: null })],
  ])('is not believed with %s', (_name, change) => {
    expect(faultsOf(change(sheetFor('a')))).not.toEqual([]);
  });

  it('of another form is refused by the command, and is no failure of the program', async () => {
    const sheet = sheetFor('a');
    const folder = await mkdtemp(join(tmpdir(), 'kaibiao-sheet-'));
    const file = join(folder, 'sheet.json');
    const forms = [
      { format: sheet.format, version: 1 },
      { ...sheet, bid: null },
      { ...sheet, scheme: null },
      { ...sheet, group: {} },
      { ...sheet, bid: { ...sheet.bid, marks: { quality: ['x'] } } },
      { ...sheet, version: 2 },
    ];
    for (const given of forms) {
      await writeFile(file, JSON.stringify({ sheet: given }));
      await expect(verifySheetFile(file, undefined)).rejects.toThrow(CommandFailure);
    }
    await rm(folder, { recursive: true });
  });

  test('of every bid of every evaluation verifies', () => {
    const marks = fc.array(fc.integer({ min: 0, max: 50 }).map(String), { minLength: 5, maxLength: 5 });
    const each = fc.tuple(
      fc.integer({ min: 91, max: 210 }),
      marks,
      fc.integer({ min: 1, max: 60 }).map(String),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(each, { minLength: 3, maxLength: 6 }), (of) => {
        const bids = of.map(([wan, quality, data, granted], index) =>
          bid(`b${index}`, wan, { marks: { quality }, values: { data }, claims: [{ key: 'small-firm', granted }] }),
        );
        const lot = { ...LOT, bids, scheme: { ...LOT.scheme, disclosure: 'totals' as const } };
        for (const { bidId } of bids) expect(faultsOf(sheetFor(bidId, lot))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a sheet of a bid that chance has ordered', () => {
  /** Equal in points and price; the documents say nothing more. */
  const equal = (definition: Lot['definition'], kind: Lot['kind']): Lot => ({
    ...{ definition, kind, budgetWan: 200 },
    scheme: scheme({ criteria: [judged('70'), priced('30')], disclosure: 'totals' }),
    bids: ['a', 'b', 'c', 'd'].map((id) => bid(id, 100, { marks: { quality: [id === 'd' ? '60' : '70'] } })),
  });
  const WORKS = equal(TENDERING_OPEN_TENDER, 'works');
  const GOODS = equal(GOVERNMENT_OPEN_TENDER, 'goods');
  const among = ['a', 'b', 'c'].map(fileOf);
  const order = orderOf(GOODS)
    .bids.map(({ bidId }) => bidId)
    .filter((bidId) => bidId !== 'd');

  it('tells among whom, by the hashes of the record, and repeats the order: works have a rank for each (12号令18)', () => {
    for (const [place, bidId] of order.entries()) {
      const sheet = sheetFor(bidId, WORKS);
      expect(faultsOf(sheet)).toEqual([]);
      expect([sheet.rank, sheet.tie?.rank, sheet.tie?.file]).toEqual([place + 1, 1, fileOf(bidId)]);
      expect(sheet.tie?.among).toEqual(order.map(fileOf));
      expect(sheet.rules['works-ranking-12']).toBeDefined();
    }
    expect([sheetFor('d', WORKS).rank, sheetFor('d', WORKS).tie]).toEqual([4, null]);
  });

  it('goods share the rank, and the order says who is chosen first (87令57)', () => {
    for (const bidId of order) {
      const sheet = sheetFor(bidId, GOODS);
      expect(faultsOf(sheet)).toEqual([]);
      expect([sheet.rank, sheet.tie?.rank, sheet.tie?.among]).toEqual([1, 1, order.map(fileOf)]);
      expect(sheet.rules['gp-ranking-tie']?.zh).toContain('第57条');
    }
  });

  it('of one brand it says which goes on (87令31)', () => {
    const branded = {
      ...GOODS,
      bids: [
        ...GOODS.bids.map((each) => ({ ...each, brand: each.bidId === 'd' ? null : '甲牌' })),
        bid('e', 120),
        bid('f', 130),
      ],
    };
    const [goesOn, ...others] = orderOf(branded)
      .bids.map(({ bidId }) => bidId)
      .filter((bidId) => 'abc'.includes(bidId));
    const sheet = sheetFor(String(goesOn), branded);
    expect([sheet.behindItsBrand, sheet.tie, faultsOf(sheet)]).toEqual([false, null, []]);
    for (const bidId of others) {
      const behind = sheetFor(bidId, branded);
      expect([behind.behindItsBrand, behind.brandDraw?.among[0], faultsOf(behind)]).toEqual([
        true,
        fileOf(String(goesOn)),
        [],
      ]);
      expect(faultsOf({ ...behind, behindItsBrand: false })).not.toEqual([]);
    }
    expect(faultsOf({ ...sheet, behindItsBrand: true, rank: null, candidate: false })).toEqual([
      'which bid of the brand goes on does not follow from the random order',
    ]);
  });

  type Tie = NonNullable<ScoreSheet['tie']>;
  const otherBids = (terms: TieTerms, change: (bid: SubmittedBid) => SubmittedBid): TieTerms => ({
    ...terms,
    bids: terms.bids.map(change),
  });
  it.each<[string, (tie: Tie) => Partial<Tie>]>([
    ['another order', (tie) => ({ among: tie.among.toReversed() })],
    ['one who is left out', (tie) => ({ among: tie.among.filter((file) => file !== tie.file) })],
    ['nobody beside it', (tie) => ({ among: [tie.file] })],
    ['somebody who did not bid', (tie) => ({ among: [...tie.among, fileOf('x')] })],
    ['one who has fewer points', (tie) => ({ among: orderOf(WORKS).bids.map(({ file }) => file), terms: tie.terms })],
    ['the rank of another', (tie) => ({ rank: tie.rank + 1 })],
    ['the terms of another lot', ({ terms }) => ({ terms: { ...terms, lotNo: 2 } })],
    ['the terms of another procurement', ({ terms }) => ({ terms: { ...terms, procurementId: 'p2' } })],
    ['terms in another order', ({ terms }) => ({ terms: { ...terms, bids: terms.bids.toReversed() } })],
    ['a hash of another form', ({ terms, among: of }) => ({ terms, among: of.map((file) => file.toUpperCase()) })],
    [
      'contents under which the order is another',
      ({ terms }) => ({ terms: otherBids(terms, (each) => ({ ...each, content: fileOf('other') })) }),
    ],
  ])('is not believed with %s', (_name, change) => {
    const sheet = sheetFor(String(order[0]), WORKS);
    const { tie } = sheet;
    if (!tie) throw new Error('nothing was left to chance');
    expect(faultsOf({ ...sheet, tie: { ...tie, ...change(tie) } })).not.toEqual([]);
  });

  it('is refused by the command where its order was changed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kaibiao-sheet-'));
    const file = join(folder, 'sheet.json');
    const sheet = sheetFor(String(order[0]), WORKS);
    const tie = sheet.tie && { ...sheet.tie, among: sheet.tie.among.toReversed() };
    await writeFile(file, JSON.stringify({ sheet: { ...sheet, tie } }));
    const { faults } = await verifySheetFile(file, undefined);
    expect(faults.map(({ en }) => en)).toContain('the random order is another');
    await rm(folder, { recursive: true });
  });

  it('no bid has another’s points: who is equal has the same', () => {
    expect(among.every((file) => JSON.stringify(sheetFor('a', WORKS)).includes(file))).toBe(true);
    expect(JSON.stringify(sheetFor('d', WORKS))).not.toContain(among[0]);
  });
});

it('is recomputed without the rulebook and without Node: it runs in a browser', () => {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*? from '(\.[^']+)';/gms);
    for (const [, path = ''] of imports) visit(join(dirname(file), path));
  };
  const root = resolve(import.meta.dirname, '../..');
  visit(join(root, 'proofs/sheet.ts'));
  const files = [...seen].map((file) => file.slice(root.length + 1));
  expect(files).toContain('domain/evaluation/scoring/score-bid.ts');
  expect(files.filter((file) => file.startsWith('domain/law/') || file.startsWith('domain/procedures/'))).toEqual([]);
  for (const file of files) expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(/from 'node:/);
});
