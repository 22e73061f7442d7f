import { expect, it } from 'vitest';
import { readBankFile } from '../../imports/bank/file.ts';
import { amountOfCell, bankInstant, fenOfYuan, hasLostDigits, timeOfCells } from '../../imports/bank/statement.ts';
import { parseInstant } from '../../domain/civil-time.ts';

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
  ['4,00,0', null],
  ['1234,567', null],
  ['1234.5,000', null],
  ['2万元', 2_000_000],
  ['贰万元整', 2_000_000],
  ['20000美元', null],
  ['3\u200b0', null],
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
  ['2026-3-30 8:15', '2026-03-30T08:15:00+08:00'],
  ['2026年3月5日 8:15:00', '2026-03-05T08:15:00+08:00'],
  ['2026-03-30T00:15:00Z', '2026-03-30T08:15:00+08:00'],
  ['2026-03-30', null],
  ['2026-02-30 08:15:00', null],
  ['30.03.2026 08:15', null],
])('an instant as a bank writes it: %s', (text, instant) => {
  expect(bankInstant(text)).toBe(instant === null ? null : parseInstant(instant));
});

it.each([
  [20_000, 2_000_000],
  [0.1 + 0.2, 30],
  [1_234.5, 123_450],
  [1.234, null],
  [-5, null],
  ['20,000.00', 2_000_000],
])('an amount as a workbook keeps it: %s', (cell, fen) => {
  expect(fenOfYuan(amountOfCell(cell))).toBe(fen);
});

it.each([
  [[46_111.34375], false, '2026-03-30T08:15:00+08:00'],
  [[44_649.34375], true, '2026-03-30T08:15:00+08:00'],
  [[46_111, 0.34375], false, '2026-03-30T08:15:00+08:00'],
  [[46_111, 0], false, '2026-03-30T00:00:00+08:00'],
  [[20_260_330, 81_500], false, '2026-03-30T08:15:00+08:00'],
  [[20_260_330_081_500], false, '2026-03-30T08:15:00+08:00'],
  [['2026-03-30', 0.34375], false, '2026-03-30T08:15:00+08:00'],
  // A day is no instant, nor is a time of no day, nor one that would round to the next.
  [[46_111], false, null],
  [[0.34375], false, null],
  [[46_111, 0.999999], false, null],
  [[1e300], false, null],
])('an instant as a workbook keeps it: %j, from 1904: %s', (cells, since1904, instant) => {
  expect(bankInstant(timeOfCells(cells, since1904))).toBe(instant === null ? null : parseInstant(instant));
});

it('a number of more than 15 digits has lost some', () => {
  expect([999_999_999_999_999, 6_222_000_011_112_222, '6222000011112222'].map(hasLostDigits)).toEqual([
    false,
    true,
    false,
  ]);
});

it('an amount is in the unit of its heading; one in another currency is not recorded as yuan', async () => {
  const columns = { transaction: '流水号', amount: '金额（万元）', time: '时间', text: '摘要' };
  const rows = ['流水号,时间,币种,金额（万元）,摘要', '1,2026-03-30 08:15,人民币,2,甲', '2,2026-03-30 08:15,USD,2,乙'];
  async function* bytes(text: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }
  const read = await readBankFile(bytes(rows.join('\n')), columns, 'utf-8');
  expect(read.lines.map(({ payment, wrong }) => payment?.amountFen ?? wrong?.zh)).toEqual([
    2_000_000,
    '币种为「USD」，只登记人民币收款',
  ]);
  const dollars = rows.join('\n').replace('（万元）', '（美元）').replace('人民币', '');
  const refused = await readBankFile(bytes(dollars), { ...columns, amount: '金额（美元）' }, 'utf-8');
  expect(refused.lines.map(({ payment }) => payment)).toEqual([undefined, undefined]);
});

it('a row that cannot be read names its column and what the column has', async () => {
  const columns = { transaction: '流水号', amount: '贷方发生额', time: '交易时间', text: '摘要' };
  const rows = [
    '流水号,交易时间,贷方发生额,摘要',
    '1,2026-03-30 08:15,面议,甲',
    '2,上午,2.00,乙',
    ',2026-03-30 08:15,2.00,丙',
  ];
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(rows.join('\n'));
  }
  const { lines } = await readBankFile(bytes(), columns, 'utf-8');
  expect(lines.map(({ line, wrong }) => [line, wrong?.zh])).toEqual([
    [2, '「贷方发生额」列应为一笔收款金额（元）；收到的是「面议」'],
    [3, expect.stringContaining('「交易时间」列的到账时间「上午」不明确') as string],
    [4, '「流水号」列没有流水号'],
  ]);
});
