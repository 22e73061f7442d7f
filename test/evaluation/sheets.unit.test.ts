import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { checkBeforeSigning, openFindings } from '../../domain/evaluation/sheets/before-signing.ts';
import { majorityOf, signingOf, type Signature } from '../../domain/evaluation/sheets/decisions.ts';
import { itemsOf, judgeMarks, type Entry, type MarkSheet, type Member } from '../../domain/evaluation/sheets/marks.ts';
import { shownTo } from '../../domain/evaluation/sheets/secrecy.ts';
import { talliesOf, type BidTally } from '../../domain/evaluation/sheets/totals.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';
import type { Procedure } from '../../domain/procedures/procedure.ts';
import { judged, measured, priced, scheme } from './golden/scenario.ts';

const SCHEME = scheme({
  qualification: [{ key: 'qualified', nameZh: '资格', ground: 3 }],
  conformity: [{ key: 'responds', nameZh: '实质性响应', ground: 6 }],
  criteria: [
    judged('10', { key: 'plan', nameZh: '方案' }),
    judged('10', { key: 'service', nameZh: '服务' }),
    measured('50', { by: 'each', unit: '份', points: '10' }),
    priced('30'),
  ],
});

const member = (memberId: string, change: Partial<Member> = {}): Member => ({
  memberId,
  replaced: false,
  signed: false,
  ...change,
});
const FIVE = ['m1', 'm2', 'm3', 'm4', 'm5'].map((id) => member(id));
const sheet = (memberId: string, bidId: string, entries: readonly Entry[]): MarkSheet => ({ memberId, bidId, entries });
const technical = (memberId: string, bidId: string, plan: string, service: string, data = '3'): MarkSheet =>
  sheet(memberId, bidId, [
    { item: 'plan', points: plan },
    { item: 'service', points: service },
    { item: 'data', value: data },
  ]);

describe('what a member enters', () => {
  const state = {
    members: [...FIVE, member('old', { replaced: true }), member('done', { signed: true })],
    bidIds: ['a', 'b'],
  };
  const found = (
    of: MarkSheet,
    part: 'review' | 'technical' = 'technical',
    definition: Procedure = GOVERNMENT_OPEN_TENDER,
  ) => judgeMarks(definition, SCHEME, state, part, of).map(({ rule, article, severity }) => [rule, article, severity]);
  const good = technical('m1', 'a', '8.5', '0');

  it('is accepted where each item of the part has a mark in its range', () => {
    expect(found(good)).toEqual([]);
    expect(found(technical('m1', 'a', '10', '10', '0'))).toEqual([]);
  });

  it('is refused out of range (87令64(二); 条例49)', () => {
    for (const mark of ['10.01', '-0.5', '31/3', '优', '']) {
      expect(found(technical('m1', 'a', mark, '5')), mark).toEqual([['gp-rereview-range', '64(1)(二)', 'block']]);
    }
    expect(found(technical('m1', 'a', '11', '5'), 'technical', TENDERING_OPEN_TENDER)).toEqual([
      ['works-unlisted-criteria', '49(1)', 'block'],
    ]);
  });

  it('says up to what, where the points are a fraction', () => {
    const thirds = scheme({ criteria: [judged('100/3', { key: 'plan', nameZh: '方案' }), priced('30')] });
    const [violation] = judgeMarks(
      GOVERNMENT_OPEN_TENDER,
      thirds,
      state,
      'technical',
      sheet('m1', 'a', [{ item: 'plan', points: '34' }]),
    );
    expect(violation).toMatchObject({ limit: 33.3333, given: '34' });
  });

  it('is refused with an item missing (87令55), kept while its member goes on', () => {
    const one = sheet('m1', 'a', [{ item: 'plan', points: '8' }]);
    expect(found(one)).toEqual([
      ['gp-independent-scoring', '55(4)', 'block'],
      ['gp-independent-scoring', '55(4)', 'block'],
    ]);
    expect(judgeMarks(GOVERNMENT_OPEN_TENDER, SCHEME, state, 'technical', one, false)).toEqual([]);
  });

  it.each([
    ['of what the documents do not state (87令52)', { item: 'colour', points: '1' }],
    ['twice for one item', { item: 'plan', points: '1' }],
    ['for the price, which is computed', { item: 'price', points: '30' }],
  ] as const)('is refused %s', (_name, entry) => {
    expect(found(sheet('m1', 'a', [...good.entries, entry]))).toEqual([['gp-eval-per-docs', '52', 'block']]);
  });

  it('is refused of points for an objective item: the points follow from the finding', () => {
    const points = sheet(
      'm1',
      'a',
      good.entries.map((entry) => (entry.item === 'data' ? { item: 'data', points: '50' } : entry)),
    );
    expect(found(points)).toEqual([['gp-eval-per-docs', '52', 'block']]);
  });

  it('is refused of who was replaced (87令49), who has signed (87令64), who is no member, and for a bid that is not judged', () => {
    expect(found({ ...good, memberId: 'old' })).toEqual([['gp-replaced-member-void', '49(1)', 'block']]);
    expect(found({ ...good, memberId: 'done' })).toEqual([['gp-rereview-after-sign', '64(2)', 'block']]);
    expect(found({ ...good, memberId: 'x' })).toEqual([['gp-committee-duties', '46', 'block']]);
    expect(found({ ...good, bidId: 'z' })).toEqual([['gp-eval-per-docs', '52', 'block']]);
    expect(found({ ...good, memberId: 'old' }, 'technical', TENDERING_OPEN_TENDER)[0]?.[0]).toBe(
      'works-replaced-member-void',
    );
  });

  it('rejects with a ground of the article and a reason (87令63, 条例51)', () => {
    const review = (entry: Omit<Extract<Entry, { passes: boolean }>, 'item' | 'passes'>) =>
      found(sheet('m1', 'a', [{ item: 'responds', passes: false, ...entry }]), 'review');
    expect(review({ ground: 6, reasonZh: '缺★项' })).toEqual([]);
    expect(review({ ground: 7, reasonZh: '缺★项' })).toEqual([['gp-invalid-grounds', '63', 'block']]);
    expect(review({ reasonZh: '缺★项' })).toEqual([['gp-invalid-grounds', '63', 'block']]);
    expect(review({ ground: 6, reasonZh: '  ' })).toEqual([['gp-invalid-grounds', '63', 'block']]);
  });

  it('has the qualification among its items where the committee examines it (条例20), not where the purchaser does (87令44)', () => {
    const keys = (definition: Procedure) => itemsOf(definition, SCHEME, 'review').map(({ item }) => item.key);
    expect(keys(TENDERING_OPEN_TENDER)).toEqual(['qualified', 'responds']);
    expect(keys(GOVERNMENT_OPEN_TENDER)).toEqual(['responds']);
    expect(keys(GOVERNMENT_INQUIRY)).toEqual(['qualified', 'responds']);
  });
});

describe('the sheets of all', () => {
  const tally = (
    members: readonly Member[],
    sheets: readonly MarkSheet[],
    definition: Procedure = TENDERING_OPEN_TENDER,
  ) => talliesOf(definition, SCHEME, members, sheets, ['a'])[0] as BidTally;

  test('a member who was replaced never counts, whatever it entered (87令49, 条例48)', () => {
    const mark = fc.integer({ min: 0, max: 10 }).map(String);
    fc.assert(
      fc.property(mark, mark, mark, fc.boolean(), (plan, service, data, passes) => {
        const old = member('m0', { replaced: true });
        const sheets = FIVE.map(({ memberId }) => technical(memberId, 'a', '8', '7'));
        const review = FIVE.map(({ memberId }) => sheet(memberId, 'a', [{ item: 'qualified', passes: true }]));
        const struck = [
          technical('m0', 'a', plan, service, data),
          sheet('m0', 'a', [{ item: 'qualified', passes, ground: 3, reasonZh: '否' }]),
        ];
        const without = tally(FIVE, [...sheets, ...review]);
        expect(tally([...FIVE, old], [...struck, ...sheets, ...review])).toEqual(without);
        expect(checkOf([...FIVE, old], [...struck, ...sheets])).toEqual(checkOf(FIVE, sheets));
      }),
    );
  });

  it('an objective item has a value where all found the same, however it is written', () => {
    const of = (data: string[]) =>
      tally(
        FIVE,
        data.map((value, index) => technical(`m${index + 1}`, 'a', '8', '7', value)),
      );
    expect(of(['3', '3.0', '3', '6/2', '3']).facts.values).toEqual({ data: '3' });
    const differing = of(['3', '3', '4', '3', '3']);
    expect(differing.facts.values).toEqual({});
    expect(differing.differs).toMatchObject([{ item: 'data' }]);
  });

  it('a bid fails an item where more than half of the members say so, on the ground that most of them name', () => {
    const of = (passes: (boolean | null)[]) =>
      tally(
        FIVE,
        passes.flatMap((each, index) =>
          each === null
            ? []
            : sheet(`m${index + 1}`, 'a', [
                { item: 'qualified', passes: true },
                {
                  item: 'responds',
                  passes: each,
                  ...(each ? {} : { ground: index === 0 ? 4 : 6, reasonZh: `理由${index}` }),
                },
              ]),
        ),
      );
    expect(of([false, false, false, true, true]).facts.failed).toEqual([
      { part: 'conformity', item: 'responds', ground: 6, reasonZh: '理由0；理由1；理由2' },
    ]);
    expect(of([false, false, true, true, true]).facts.failed).toEqual([]);
    // Half of those who voted is not half of the committee.
    expect(of([false, false, null, null, null])).toMatchObject({
      undecided: ['qualified', 'responds'],
      facts: { failed: [] },
    });
  });
});

const checkOf = (
  members: readonly Member[],
  sheets: readonly MarkSheet[],
  definition: Procedure = GOVERNMENT_OPEN_TENDER,
) => checkBeforeSigning({ definition, scheme: SCHEME, members, sheets, bidIds: ['a', 'b'] });

describe('the check before signing (87令45(八), 64)', () => {
  /** m1 … m5 for a, then for b: [方案, 服务]. */
  const sheetsOf = (a: [string, string][], b: [string, string][]): MarkSheet[] => [
    ...a.map(([plan, service], index) => technical(`m${index + 1}`, 'a', plan, service)),
    ...b.map(([plan, service], index) => technical(`m${index + 1}`, 'b', plan, service)),
  ];
  const usual = sheetsOf(
    [
      ['8', '8'],
      ['8', '7'],
      ['7', '8'],
      ['8', '8'],
      ['7', '7'],
    ],
    [
      ['7', '7'],
      ['7', '8'],
      ['8', '7'],
      ['7', '7'],
      ['8', '8'],
    ],
  );
  const kinds = (sheets: readonly MarkSheet[], definition?: Procedure) =>
    checkOf(FIVE, sheets, definition).map(({ kind, rule, must, memberId, item, bidId }) => [
      kind,
      rule,
      must,
      memberId,
      item,
      bidId,
    ]);

  it('finds nothing in ordinary sheets', () => {
    expect(kinds(usual)).toEqual([]);
  });

  it('objective items that differ are put right (64(三))', () => {
    const sheets = usual.map((each, index) => (index === 1 ? technical('m2', 'a', '8', '7', '4') : each));
    expect(kinds(sheets)).toEqual([['differs', 'gp-rereview-objective', 'correct', null, 'data', 'a']]);
  });

  it('a sum that is not that of its items (64(一)), on paper', () => {
    const right = usual.map((each, index) => (index === 0 ? { ...each, statedTotal: '46.0' } : each));
    const wrong = usual.map((each, index) => (index === 0 ? { ...each, statedTotal: '47' } : each));
    expect(kinds(right)).toEqual([]);
    expect(kinds(wrong)).toEqual([['sum', 'gp-rereview-sum', 'correct', 'm1', null, 'a']]);
  });

  it('a mark out of its range (64(二)), on paper', () => {
    const sheets = usual.map((each, index) => (index === 0 ? technical('m1', 'a', '10.5', '8') : each));
    expect(kinds(sheets)).toContainEqual(['range', 'gp-rereview-range', 'correct', 'm1', 'plan', 'a']);
  });

  it('a mark that is more than 30 % off the mean (64(四)); exactly 30 % is not', () => {
    // 10, 10, 10, 10, 5: the mean is 9, 5 is 4 off, more than 2.7.
    const far = sheetsOf(
      [
        ['10', '8'],
        ['10', '7'],
        ['10', '8'],
        ['10', '8'],
        ['5', '7'],
      ],
      [
        ['7', '7'],
        ['7', '8'],
        ['8', '7'],
        ['7', '7'],
        ['7', '8'],
      ],
    );
    expect(kinds(far)).toEqual([['deviation', 'gp-rereview-outlier', 'reason', 'm5', 'plan', 'a']]);
    // 5.5, 5.5, 5.5, 5, 3.5: the mean is 5, 3.5 is 1.5 off, which is 30 %.
    const near = sheetsOf(
      [
        ['5.5', '8'],
        ['5.5', '7'],
        ['5.5', '8'],
        ['5', '8'],
        ['3.5', '7'],
      ],
      [
        ['7', '7'],
        ['7', '8'],
        ['8', '7'],
        ['7', '7'],
        ['8', '8'],
      ],
    );
    expect(kinds(near)).toEqual([]);
  });

  it('a rejection without a ground or a reason (63; 条例51)', () => {
    const sheets = [...usual, sheet('m1', 'a', [{ item: 'responds', passes: false, ground: 6 }])];
    expect(kinds(sheets)).toEqual([['no-reason', 'gp-invalid-grounds', 'correct', 'm1', 'responds', 'a']]);
    expect(kinds(sheets, TENDERING_OPEN_TENDER)).toEqual([
      ['no-reason', 'works-reject-grounds', 'correct', 'm1', 'responds', 'a'],
    ]);
  });

  it('a member who always favours one bid that the others do not put first (62(三); 条例49)', () => {
    const sheets = sheetsOf(
      [
        ['9', '9'],
        ['7', '7'],
        ['7', '7'],
        ['7', '7.5'],
        ['7', '7'],
      ],
      [
        ['6', '6'],
        ['8', '8'],
        ['8', '8'],
        ['8', '7.5'],
        ['8', '8'],
      ],
    );
    expect(kinds(sheets)).toEqual([['favours', 'gp-member-ban-3', 'reason', 'm1', null, 'a']]);
    expect(kinds(sheets, TENDERING_OPEN_TENDER)[0]?.[1]).toBe('works-member-ban');
    // The others put the same bid first: nobody is favoured.
    const agreed = sheetsOf(
      [
        ['9', '9'],
        ['8', '8'],
        ['8', '7'],
        ['8', '8'],
        ['8', '8'],
      ],
      [
        ['6', '6'],
        ['7', '7'],
        ['7', '6'],
        ['7', '7'],
        ['7', '7'],
      ],
    );
    expect(kinds(agreed)).toEqual([]);
  });

  it('marks that are all alike (62(四): 协商评分)', () => {
    const same = (plan: string, service: string) => Array.from({ length: 5 }, (): [string, string] => [plan, service]);
    expect(kinds(sheetsOf(same('8', '7'), same('6', '9')))).toEqual([
      ['agreed', 'gp-member-ban-4', 'reason', null, null, null],
    ]);
  });

  it('is settled by a reason, but for what can only be put right', () => {
    const far = sheetsOf(
      [
        ['10', '8'],
        ['10', '7'],
        ['10', '8'],
        ['10', '8'],
        ['5', '7'],
      ],
      [
        ['7', '7'],
        ['7', '8'],
        ['8', '7'],
        ['7', '7'],
        ['7', '8'],
      ],
    );
    const findings = checkOf(
      FIVE,
      far.map((each, index) => (index === 1 ? technical('m2', 'a', '10', '7', '4') : each)),
    );
    const answers = findings.map(({ key }) => ({ key, reasonZh: '方案缺少关键章节' }));
    expect(openFindings(findings, answers).map(({ kind }) => kind)).toEqual(['differs']);
    expect(openFindings(findings, []).map(({ kind }) => kind)).toEqual(['differs', 'deviation']);
    expect(
      openFindings(
        findings,
        answers.map((each) => ({ ...each, reasonZh: ' ' })),
      ),
    ).toHaveLength(2);
  });
});

describe('what the committee decides', () => {
  const vote = (memberId: string, yes: boolean) => ({ memberId, yes });

  it('by more than half of those who sit (87令61)', () => {
    expect(majorityOf(FIVE, [vote('m1', true), vote('m2', true), vote('m3', true)])).toBe(true);
    expect(majorityOf(FIVE, [vote('m1', true), vote('m2', true)])).toBeNull();
    expect(majorityOf(FIVE, [vote('m1', false), vote('m2', false), vote('m3', false), vote('m4', true)])).toBe(false);
    // A second vote, one of somebody else, and one of who was replaced do not count.
    expect(majorityOf(FIVE, [vote('m1', true), vote('m1', true), vote('m1', true), vote('x', true)])).toBeNull();
    const four = [...FIVE.slice(1), member('m1', { replaced: true })];
    expect(majorityOf(four, [vote('m1', true), vote('m2', true), vote('m3', true)])).toBeNull();
  });

  it('who refuses to sign without reasons agrees (条例53, 87令61); with reasons it is a dissent', () => {
    const signatures: Signature[] = [
      { memberId: 'm1', as: 'signed', reasonsZh: null },
      { memberId: 'm2', as: 'refused', reasonsZh: ' ' },
      { memberId: 'm3', as: 'refused', reasonsZh: '评分标准适用有误' },
      { memberId: 'm4', as: 'dissent', reasonsZh: '第二名工期不实' },
    ];
    const open = signingOf(TENDERING_OPEN_TENDER, FIVE, signatures);
    expect(open).toMatchObject({
      agreed: ['m1'],
      deemed: ['m2'],
      dissent: [
        { memberId: 'm3', reasonsZh: '评分标准适用有误' },
        { memberId: 'm4', reasonsZh: '第二名工期不实' },
      ],
      missing: ['m5'],
      complete: false,
      adopted: null,
      deemedBy: { zh: '（招标投标法实施条例第53条）' },
    });
    const all = signingOf(GOVERNMENT_OPEN_TENDER, FIVE, [
      ...signatures,
      { memberId: 'm5', as: 'signed', reasonsZh: null },
    ]);
    expect(all).toMatchObject({ complete: true, adopted: true, deemedBy: { zh: '（财政部令87号第61条）' } });
  });
});

it('no price is seen before the technical marks are signed, no name behind a blind part, and no other’s marks before all are in', () => {
  const blind = {
    ...SCHEME,
    priceSecret: true,
    criteria: [judged('10', { blind: true }), ...SCHEME.criteria.slice(1)],
  };
  expect(shownTo(blind, { technicalSigned: false, allIn: false })).toEqual({
    prices: false,
    names: false,
    others: false,
  });
  expect(shownTo(blind, { technicalSigned: true, allIn: false })).toEqual({ prices: true, names: true, others: false });
  expect(shownTo(SCHEME, { technicalSigned: false, allIn: true })).toEqual({ prices: true, names: true, others: true });
});
