import { expect, it } from 'vitest';
import { bankInstant, fenOfYuan } from '../../../api/bank-statement.ts';
import { parseInstant } from '../../../domain/civil-time.ts';

it.each([
  ['20,000.00', 2_000_000],
  ['￥1,234,567.8', 123_456_780],
  ['+0.01', 1],
  ['12', 1_200],
  ['１２．５', 1_250],
  ['-5.00', null],
  ['0.00', null],
  ['1.234', null],
  ['1,23.00', null],
  ['', null],
])('an amount as a bank writes it: %s', (text, fen) => {
  expect(fenOfYuan(text)).toBe(fen);
});

it.each([
  ['2026-03-30 08:15:00', '2026-03-30T08:15:00+08:00'],
  ['20260330 081500', '2026-03-30T08:15:00+08:00'],
  ['20260330081500', '2026-03-30T08:15:00+08:00'],
  ['2026年03月30日 08:15', '2026-03-30T08:15:00+08:00'],
  ['2026/03/30 08:15:59.123', '2026-03-30T08:15:59+08:00'],
  ['2026-03-30T00:15:00Z', '2026-03-30T08:15:00+08:00'],
  ['2026-03-30', null],
  ['2026-02-30 08:15:00', null],
  ['30.03.2026 08:15', null],
])('an instant as a bank writes it: %s', (text, instant) => {
  expect(bankInstant(text)).toBe(instant === null ? null : parseInstant(instant));
});
