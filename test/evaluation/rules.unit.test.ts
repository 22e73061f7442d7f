import { describe, expect, it } from 'vitest';
import { lawOf, preferencesOf } from '../../domain/evaluation/scheme/law.ts';
import type { Preference, Scheme } from '../../domain/evaluation/scheme/scheme.ts';
import { judgeMarks } from '../../domain/evaluation/sheets/marks.ts';
import { signingOf } from '../../domain/evaluation/sheets/decisions.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import type { Procedure } from '../../domain/procedures/procedure.ts';
import { TENDERING_INVITED_TENDER } from '../../domain/procedures/tendering-invited-tender.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';
import { bid, judged, NOTICE_AT, outcomeOf, priced, scheme, WAN, type Lot } from './golden/scenario.ts';

// Which rule each step and outcome cites, by procedure.

const IN_2022 = Date.UTC(2022, 5, 1);

describe('preferences', () => {
  const rules = (definition: Procedure, kind: 'goods' | 'works', noticeAt: number) =>
    preferencesOf(definition, { kind, noticeAt }).map(({ rule }) => rule);

  it('go by the rules in force on the day of the notice', () => {
    expect(rules(GOVERNMENT_OPEN_TENDER, 'goods', IN_2022)).toEqual([
      'sme-discount-2021',
      'sme-discount-consortium-2021',
    ]);
    expect(rules(GOVERNMENT_INQUIRY, 'goods', NOTICE_AT)).toEqual([
      'sme-discount-2022',
      'sme-discount-consortium-2022',
      'domestic-preference',
    ]);
    expect(rules(TENDERING_OPEN_TENDER, 'works', NOTICE_AT)).toEqual([
      'sme-discount-works',
      'sme-works-score-bonus',
      'sme-works-consortium-bonus',
    ]);
    expect(rules(TENDERING_OPEN_TENDER, 'goods', NOTICE_AT)).toEqual([]);
    expect(rules(TENDERING_INVITED_TENDER, 'works', NOTICE_AT)).toEqual([]);
  });

  it('each has its rule in a derivation', () => {
    const preferences: Preference[] = [
      { key: 'small-firm', form: 'reduction', percent: '10' },
      { key: 'domestic-product', form: 'reduction', percent: '20', minShare: '80' },
    ];
    const law = lawOf(GOVERNMENT_OPEN_TENDER, scheme({ preferences }), { kind: 'goods', noticeAt: NOTICE_AT });
    expect(law.preferences).toEqual({ 'small-firm': 'sme-discount-2022', 'domestic-product': 'domestic-preference' });
    const bonus = scheme({ preferences: [{ key: 'small-firm', form: 'bonus', percent: '5' }] });
    expect(lawOf(TENDERING_OPEN_TENDER, bonus, { kind: 'works', noticeAt: NOTICE_AT }).preferences).toEqual({
      'small-firm': 'sme-works-score-bonus',
    });
  });

  it('a domestic share counts from 80 % (domestic-package-80), a small one from 30 % (sme-consortium-share)', () => {
    const shares = GOVERNMENT_OPEN_TENDER.evaluation.scheme.preferences.lawful.flatMap(({ key, minShare }) =>
      minShare ? [[key, minShare]] : [],
    );
    expect(Object.fromEntries(shares)).toEqual({
      'small-firm-share': 'sme-consortium-share',
      'domestic-product': 'domestic-package-80',
    });
  });
});

describe('what an outcome cites', () => {
  const lot = (definition: Procedure, change: Partial<Scheme>, bids: Lot['bids'], more: Partial<Lot> = {}): Lot => ({
    definition,
    kind: definition === TENDERING_OPEN_TENDER ? 'works' : 'goods',
    scheme: scheme({ criteria: [judged('70'), priced('30')], ...change }),
    bids,
    ...more,
  });
  const others = [bid('x', 100), bid('y', 101), bid('z', 102)];
  const low = (asked: boolean, reasonable: boolean | null) =>
    bid('a', 40, { lowPrice: { asked, reasonable, reasonZh: '未说明' } });
  const price = { method: 'lowest-evaluated', criteria: [] } as const;

  it.each<[Procedure, Partial<Scheme>, string, string]>([
    [GOVERNMENT_OPEN_TENDER, {}, 'gp-abnormal-low', 'gp-abnormal-low-request'],
    [TENDERING_OPEN_TENDER, {}, 'works-abnormal-low', 'works-abnormal-low-request'],
    [
      GOVERNMENT_INQUIRY,
      { method: 'lowest-price', criteria: [] },
      'gp-abnormal-low-explain',
      'gp-abnormal-low-explain',
    ],
  ])('a low price: %#', (definition, change, rule, request) => {
    expect(outcomeOf(lot(definition, change, [low(true, false), ...others])).rejected).toMatchObject([
      { bidId: 'a', rule },
    ]);
    expect(outcomeOf(lot(definition, change, [low(true, null), ...others])).pending).toMatchObject([
      { what: 'decide-low-price', rule },
    ]);
    expect(outcomeOf(lot(definition, change, [low(false, null), ...others])).pending).toMatchObject([
      { what: 'ask-low-price', rule: request },
    ]);
  });

  it('another bid of its brand: 87令31, in government procurement only', () => {
    const brand = [bid('a', 100, { brand: '甲牌' }), bid('b', 99, { brand: '甲牌' }), ...others];
    expect(outcomeOf(lot(GOVERNMENT_OPEN_TENDER, price, brand)).rejected).toMatchObject([
      { bidId: 'a', rule: 'gp-same-brand' },
    ]);
    expect(outcomeOf(lot(TENDERING_OPEN_TENDER, price, brand)).rejected).toEqual([]);
  });

  it('a correction that is refused: 87令59 makes it invalid; in works 12号令22 lets the committee reject it, and the opened price stands', () => {
    const refused = bid('a', 100, {
      corrections: [{ step: 'words', toFen: 99 * WAN, noteZh: '大写' }],
      confirmed: false,
    });
    expect(outcomeOf(lot(GOVERNMENT_OPEN_TENDER, price, [refused, ...others])).rejected).toMatchObject([
      { rule: 'gp-invalid-unconfirmed-correction', ground: 6 },
    ]);
    expect(outcomeOf(lot(TENDERING_OPEN_TENDER, price, [refused, ...others])).rejected).toEqual([]);
    expect(TENDERING_OPEN_TENDER.evaluation.scheme.unconfirmed.rule).toBe('works-may-reject-no-clarification');
  });

  it('the committee examines the qualification in works (works-postqual-committee), the purchaser in government tenders', () => {
    const by = (definition: Procedure) => definition.evaluation.scheme.qualificationBy;
    expect(by(TENDERING_OPEN_TENDER)).toEqual({ who: 'committee', rule: 'works-postqual-committee' });
    expect(by(GOVERNMENT_OPEN_TENDER)).toEqual({ who: 'purchaser', rule: 'gp-qualified-min' });
  });

  it('works recommend one to three (works-candidates-range)', () => {
    expect(TENDERING_OPEN_TENDER.evaluation.scheme.candidates).toEqual({
      least: 'works-candidates-range',
      most: 'works-candidates-max',
      usual: 3,
    });
  });
});

describe('what a refusal of a sheet cites', () => {
  const SCHEME = scheme({ conformity: [{ key: 'responds', nameZh: '响应', ground: 1 }] });
  const refusals = (
    definition: Procedure,
    member: { replaced: boolean; signed: boolean },
    entries: readonly { item: string; passes: true }[],
  ) =>
    judgeMarks(definition, SCHEME, { members: [{ memberId: 'm', ...member }], bidIds: ['a'] }, 'review', {
      memberId: 'm',
      bidId: 'a',
      entries,
    }).map(({ rule, severity }) => [rule, severity]);
  const sits = { replaced: false, signed: false };

  it.each<[string, Procedure, Record<'missing' | 'unknown' | 'signed' | 'replaced', string>]>([
    [
      'works',
      TENDERING_OPEN_TENDER,
      {
        missing: 'works-non-responsive-12',
        unknown: 'works-unlisted-criteria',
        signed: 'works-all-sign',
        replaced: 'works-replaced-member-void',
      },
    ],
    [
      'a government tender',
      GOVERNMENT_OPEN_TENDER,
      {
        missing: 'gp-independent-scoring',
        unknown: 'gp-eval-per-docs',
        signed: 'gp-rereview-after-sign',
        replaced: 'gp-replaced-member-void',
      },
    ],
    [
      'an inquiry',
      GOVERNMENT_INQUIRY,
      {
        missing: 'gp-review-independent',
        unknown: 'gp-review-independent',
        signed: 'gp-no-rereview',
        replaced: 'gp-review-independent',
      },
    ],
  ])('in %s', (_name, definition, expected) => {
    const all = [{ item: 'responds', passes: true }] as const;
    expect(refusals(definition, sits, all)).toEqual([]);
    expect(refusals(definition, sits, [])).toEqual([[expected.missing, 'block']]);
    expect(refusals(definition, sits, [...all, { item: 'colour', passes: true }])).toEqual([
      [expected.unknown, 'block'],
    ]);
    expect(refusals(definition, { ...sits, signed: true }, all)).toEqual([[expected.signed, 'block']]);
    expect(refusals(definition, { ...sits, replaced: true }, all)).toEqual([[expected.replaced, 'block']]);
  });

  it('silence is agreement, and the majority decides, by the rule of each', () => {
    const rulesOf = ({ evaluation }: Procedure) => [
      evaluation.scheme.sheets.deemed,
      evaluation.scheme.sheets.majority,
      evaluation.scheme.abnormalLow.majority,
    ];
    expect(rulesOf(GOVERNMENT_OPEN_TENDER)).toEqual([
      'gp-majority-dissent',
      'gp-majority-dissent',
      'gp-majority-dissent',
    ]);
    expect(rulesOf(TENDERING_OPEN_TENDER)).toEqual([
      'works-report-signature',
      'works-committee-leader',
      'works-committee-leader',
    ]);
    expect(rulesOf(GOVERNMENT_INQUIRY)).toEqual(['gp-sign-report', 'gp-sign-report', 'gp-sign-report']);
    const refused = { memberId: 'm', as: 'refused', reasonsZh: null } as const;
    expect(signingOf(GOVERNMENT_INQUIRY, [{ memberId: 'm', ...sits }], [refused])).toMatchObject({
      deemed: ['m'],
      adopted: true,
    });
  });
});
