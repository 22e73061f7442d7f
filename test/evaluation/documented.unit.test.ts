import { expect, it } from 'vitest';
import { checkScheme } from '../../domain/evaluation/scheme/check.ts';
import type { Scheme } from '../../domain/evaluation/scheme/scheme.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { block } from '../setup/documented.ts';
import { bid, NOTICE_AT, outcomeOf, WAN } from './golden/scenario.ts';

const documented = (): Scheme => JSON.parse(block('docs/evaluation.md', 'json scheme')) as Scheme;

it('the scheme of docs/evaluation.md is lawful for a purchase of goods', () => {
  const found = checkScheme(GOVERNMENT_OPEN_TENDER, documented(), { kind: 'goods', noticeAt: NOTICE_AT });
  expect(found.map(({ rule, severity }) => [rule, severity])).toEqual([['sme-discount-2022', 'warn']]);
});

it('and scores as the page says', () => {
  const marks = { plan: ['20', '20', '20', '20', '20'] };
  const outcome = outcomeOf({
    definition: GOVERNMENT_OPEN_TENDER,
    kind: 'goods',
    budgetWan: 150,
    scheme: documented(),
    bids: [
      bid('a', 100, { marks, values: { warranty: '36' } }),
      bid('b', 120, { marks, values: { warranty: '35.9' } }),
      bid('c', 120, { marks, values: { warranty: '12' }, claims: [{ key: 'small-firm', granted: true }] }),
    ],
  });
  expect(outcome.pending).toEqual([]);
  // 20 + 40 + 30; 20 + 20 + 30 × 100 ÷ 120; 20 + 0 + 30 × 100 ÷ 108.
  expect(outcome.valid.map(({ bidId, rank, total, evaluatedFen }) => [bidId, rank, total, evaluatedFen])).toEqual([
    ['a', 1, '90', String(100 * WAN)],
    ['b', 2, '65', String(120 * WAN)],
    ['c', 3, '430/9', String(108 * WAN)],
  ]);
});
