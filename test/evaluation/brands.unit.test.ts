import { describe, expect, it, test } from 'vitest';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';
import { brandKey } from '../../domain/evaluation/scoring/brand.ts';
import { similarBrands } from '../../domain/evaluation/sheets/brands.ts';
import { judged, marked, outcomeOf, priced, scheme } from './golden/scenario.ts';

describe('a brand', () => {
  test.each([
    ['Haier', 'ＨＡＩＥＲ'],
    ['海尔 Haier', '海尔（haier）'],
    ['Hua Wei®', 'huawei'],
    ['H3C', 'H3C™'],
  ])('%s and %s are one: bids of it count once (87令31)', (one, other) => {
    expect(brandKey(one)).toBe(brandKey(other));
    expect(similarBrands(GOVERNMENT_OPEN_TENDER, [one, other])).toEqual([]);
    const outcome = outcomeOf({
      ...{ definition: GOVERNMENT_OPEN_TENDER, kind: 'goods' },
      scheme: scheme({ criteria: [judged('70'), priced('30')] }),
      bids: [
        marked('a', 100, '50', { brand: one }),
        marked('b', 100, '55', { brand: other }),
        marked('c', 100, '60'),
        marked('d', 100, '40'),
      ],
    });
    expect(outcome.valid.find(({ bidId }) => bidId === 'a')?.brandBehind).toBe('b');
  });

  test.each([
    ['海尔', '海尔牌'],
    ['甲', '甲牌'],
    ['海尔', '海尔智家'],
    ['Huawei', 'Huavei'],
    ['Lenovo', 'Lenov'],
  ])('%s and %s may be one: the committee says', (one, other) => {
    const [found, ...others] = similarBrands(GOVERNMENT_OPEN_TENDER, [one, '丙', other]);
    expect(found).toMatchObject({ kind: 'similar-brands', rule: 'gp-same-brand', must: 'reason', memberId: null });
    expect([found?.zh.includes(one), found?.zh.includes(other), others]).toEqual([true, true, []]);
  });

  it('is another where nothing suggests otherwise, and in works nobody asks', () => {
    for (const [one, other] of [
      ['海尔', '海信'],
      ['甲', '乙'],
      ['TCL', 'TCR'],
      ['Huawei', 'Lenovo'],
    ] as const)
      expect(similarBrands(GOVERNMENT_OPEN_TENDER, [one, other])).toEqual([]);
    expect(similarBrands(TENDERING_OPEN_TENDER, ['海尔', '海尔牌'])).toEqual([]);
  });
});
