import { expect, it } from 'vitest';
import { checkDocumentsPrice } from '../../domain/documents/price.ts';

const found = (
  regime: 'tendering' | 'government',
  price?: number,
  procedure: 'open-tender' | 'inquiry' = 'open-tender',
) =>
  checkDocumentsPrice({ regime, procedure }, price === undefined ? {} : { documentsPriceFen: price }).map(
    ({ rule, law, article, severity }) => [rule, `${law} ${article}`, severity],
  );

it('a price for documents that nobody prints or posts is warned of (条例 16, 87令 24)', () => {
  expect(found('tendering', 1)).toEqual([['works-doc-price', '招标投标法实施条例 16(2)', 'warn']]);
  expect(found('government', 1)).toEqual([['gp-doc-price', '财政部令87号 24', 'warn']]);
  for (const regime of ['tendering', 'government'] as const) {
    expect([found(regime), found(regime, 0)]).toEqual([[], []]);
  }
  // 财政部令74号 says nothing of it.
  expect(found('government', 1, 'inquiry')).toEqual([]);
});
