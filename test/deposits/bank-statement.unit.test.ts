import { expect, it } from 'vitest';
import { readBankFile } from '../../imports/bank/file.ts';
import { amountOfCell, bankInstant, fenOfYuan, hasLostDigits, timeOfCells } from '../../imports/bank/statement.ts';
import { FileFault } from '../../imports/file-fault.ts';
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
  ['①00', null],
  ['10²', null],
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
  ['2026-03-3⓪ 08:15', null],
  ['２０２６-03-30　08:15', '2026-03-30T08:15:00+08:00'],
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

const ROW = '1,2026-03-30 08:15,2,甲';

/** Fen of each row, or what is wrong with it. */
async function readBank(text: string, amount = '贷方发生额'): Promise<(number | string | undefined)[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }
  const columns = { transaction: '流水号', amount, time: '时间', text: '摘要' };
  const { lines } = await readBankFile(bytes(), columns, 'utf-8');
  return lines.map(({ payment, wrong }) => payment?.amountFen ?? wrong?.zh);
}

it.each([
  ['贷方发生额（万元）', 2_000_000],
  ['贷方发生额【万元】', 2_000_000],
  ['贷方发生额(万)', 2_000_000],
  ['贷方发生额_千元', 200_000],
  ['Credit Amount', 200],
])('an amount is in the unit of its heading: %s', async (heading, fen) => {
  expect(await readBank(`流水号,时间,${heading},摘要\n${ROW}`, heading)).toEqual([fen]);
});

it.each(['贷方发生额（分）', '贷方发生额(角)', '金额（美元）', '贷方发生额（美金）', 'Amount (cents)', 'Amount (USD)'])(
  'a column that may not be in yuan is not read, and named: %s',
  async (heading) => {
    const told = expect.stringContaining(`「${heading}」列的金额单位不能识别`) as string;
    const read = readBank(`流水号,时间,${heading},摘要\n${ROW}`, heading);
    await expect(read).rejects.toMatchObject({ messageZh: told });
  },
);

it('an amount is in the unit, and the currency, that stand above the table', async () => {
  const table = `流水号,时间,贷方发生额,摘要\n${ROW}`;
  expect(await readBank(`某银行明细（单位：万元）\n币种：,人民币\n${table}`)).toEqual([2_000_000]);
  expect(await readBank(`户名：某公共资源交易中心\n查询单位：某管理办公室\n${table}`)).toEqual([200]);
  await expect(readBank(`某银行明细\n币种：,美元\n${table}`)).rejects.toThrow(FileFault);
  await expect(readBank(`某银行明细（单位：分）\n${table}`)).rejects.toThrow(FileFault);
});

it.each(['币种', 'Currency', '币 种', '记账币种', '币种(代码)', '钞汇标志/币种', '交易货币'])(
  'what is not in yuan is not recorded as yuan: %s',
  async (column) => {
    const rows = ['人民币', 'CNY', '', '美元', 'USD'].map((currency) => `${ROW},${currency}`);
    expect(await readBank([`流水号,时间,贷方发生额,摘要,${column}`, ...rows].join('\n'))).toEqual([
      ...[200, 200, 200],
      '币种为「美元」，只登记人民币收款',
      '币种为「USD」，只登记人民币收款',
    ]);
  },
);

it.each(['借贷标志', '收付方向', '借/贷', 'D/C'])('only what came in is recorded: %s', async (column) => {
  const rows = ['贷', '收', 'C', '借', 'D', '1'].map((direction) => `${ROW},${direction}`);
  expect(await readBank([`流水号,时间,贷方发生额,摘要,${column}`, ...rows].join('\n'))).toEqual([
    ...[200, 200, 200],
    ...['借', 'D', '1'].map((each) => `借贷方向为「${each}」，只登记收款（贷、收、C）`),
  ]);
});

it('two columns of one name are not chosen between', async () => {
  const read = readBank(`流水号,时间,贷方发生额,摘要,贷方发生额\n${ROW},3`);
  await expect(read).rejects.toMatchObject({ messageZh: expect.stringContaining('两列「贷方发生额」') as string });
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
