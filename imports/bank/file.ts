import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { unitOfColumn, unitUnknown } from '../../domain/amount-units.ts';
import { inUnitOf } from '../../domain/amounts.ts';
import type { Payment } from '../../domain/deposits/payment.ts';
import { DomainError } from '../../domain/errors.ts';
import { halfWidthOf, identifierOf, seenOf } from '../../domain/text.ts';
import { amountOfCell, bankInstant, fenOfYuan, hasLostDigits, textOfCell, timeOfCells } from './statement.ts';
import { FileFault } from '../file-fault.ts';
import { xlsxRows, type SheetRow, type WorkbookLimits } from '../xlsx/workbook.ts';

const MAX_BYTES = 8 * 1024 * 1024;

/** The columns of a bank's file, by their names. */
export interface BankColumns {
  readonly transaction: string;
  readonly amount: string;
  /** One column, or a date and a time joined by `+`. */
  readonly time: string;
  readonly text: string;
  readonly payer?: string | undefined;
  readonly account?: string | undefined;
}

export interface BankLine {
  /** In the file, from 1; empty lines of a CSV are not counted. */
  readonly line: number;
  readonly transactionId: string | null;
  /** What is wrong with the row; undefined if it can be recorded. */
  readonly wrong?: { readonly zh: string; readonly en: string };
  readonly payment?: Payment;
}

/** Statements of accounts in several currencies name it in a column of its own. */
const CURRENCY_COLUMN = /币[种别]|货币|currency|^ccy$/i;
const YUAN = /^(?:|(?:CNY|RMB)?人民币元?(?:\((?:CNY|RMB)\))?|(?:CNY|RMB)(?:\(人民币元?\))?|156|01)$/i;
/** Statements with one column for both directions say in another which it is. */
const DIRECTION_COLUMN =
  /^(?:交易)?(?:借贷|收付|收支|借\/贷|收\/付|收\/支|往来)(?:标[志识记]|方向|类型|别)?$|^(?:交易|资金)?方向$|^(?:d\/?c|dr\/?cr|debit\/credit|credit\/debit)(?:flag|mark|indicator)?$/i;
const INCOMING = /^(?:贷方?|收入?|收款|入账?|转入|来账|c|cr|credit|\+)$/i;

/** Above the column names a bank writes the account holder and the dates. */
const MAX_ROWS_ABOVE = 20;
/** Limit of an unpacked workbook. A CSV is bounded by its own size. */
const LIMITS: WorkbookLimits = { bytes: 64 * 1024 * 1024, rows: 50_000, columns: 256 };

/**
 * Reads a bank statement: CSV, or a workbook.
 * @throws FileFault where it is neither, or a column is missing; DomainError `file-too-large`, `file-empty`
 */
export async function readBankFile(
  source: AsyncIterable<Uint8Array>,
  columns: BankColumns,
  encoding: 'utf-8' | 'gb18030',
): Promise<{ sha256: string; lines: BankLine[] }> {
  const bytes = await whole(source);
  const rows = isWorkbook(bytes) ? await sheetOf(bytes) : csvOf(bytes, encoding);
  const wanted = [columns.transaction, columns.amount, columns.text, ...columns.time.split('+')];
  const head = rows
    .slice(0, MAX_ROWS_ABOVE + 1)
    .findIndex(({ cells }) => wanted.every((name) => cells.some((cell) => textOfCell(cell) === name)));
  const names = (rows[Math.max(head, 0)]?.cells ?? []).map(textOfCell);
  const columnsLike = (form: RegExp): number[] =>
    names.flatMap((name, index) => (name !== columns.amount && form.test(plainOf(name)) ? [index] : []));
  const columnOf = (name: string): number => {
    const at = names.indexOf(name);
    if (at < 0) {
      const found = names.filter((each) => each !== '').slice(0, 20);
      throw new FileFault(
        `文件没有「${name}」一列（首行为：${found.join('、')}）；请用查询参数 transaction、amount、time、text 指明列名`,
        `The file has no column "${name}" (its first row: ${found.join(', ')}); name its columns by transaction, amount, time, text`,
      );
    }
    if (names.indexOf(name, at + 1) >= 0) {
      throw new FileFault(
        `文件有两列「${name}」，不知应读哪一列；请改列名`,
        `The file has two columns "${name}", and it is not known which to read; rename one`,
      );
    }
    return at;
  };
  const at = {
    transaction: columnOf(columns.transaction),
    amount: columnOf(columns.amount),
    time: columns.time.split('+').map(columnOf),
    text: columnOf(columns.text),
    payer: columns.payer === undefined ? null : columnOf(columns.payer),
    account: columns.account === undefined ? null : columnOf(columns.account),
    currencies: columnsLike(CURRENCY_COLUMN),
    directions: columnsLike(DIRECTION_COLUMN),
  };
  const unit = unitOfColumn(
    columns.amount,
    rows.slice(0, Math.max(head, 0)).map(({ cells }) => cells.map(textOfCell)),
  );
  if (unit === undefined) {
    const { zh, en } = unitUnknown(columns.amount);
    throw new FileFault(zh, en);
  }
  const lines = rows.slice(head + 1).map(({ line, cells, since1904 }): BankLine => {
    const raw = (column: number | null): string | number => (column === null ? '' : (cells[column] ?? ''));
    const cell = (column: number | null): string => textOfCell(raw(column));
    const transactionId = identifierOf(seenOf(cell(at.transaction))).slice(0, 100) || null;
    const amountFen = fenOfYuan(inUnitOf(unit, amountOfCell(raw(at.amount))));
    const arrivedAt = bankInstant(timeOfCells(at.time.map(raw), since1904));
    const wrong = (zh: string, en: string): BankLine => ({ line, transactionId, wrong: { zh, en } });
    if (transactionId === null)
      return wrong(
        `「${columns.transaction}」列没有流水号`,
        `No number of a transaction in the column "${columns.transaction}"`,
      );
    if ([at.transaction, at.account].some((column) => hasLostDigits(raw(column)))) {
      return wrong(
        '流水号或账号存为数字，超过 15 位的部分已失真，请按文本导出',
        'Its number or account is kept as a number, of which a spreadsheet has 15 digits; export it as text',
      );
    }
    const currency = at.currencies.map(cell).find((each) => !YUAN.test(plainOf(each)));
    if (currency !== undefined) {
      return wrong(
        `币种为「${currency}」，只登记人民币收款`,
        `Its currency is "${currency}"; payments in yuan only are recorded`,
      );
    }
    const direction = at.directions.map(cell).find((each) => !INCOMING.test(plainOf(each)));
    if (direction !== undefined) {
      return wrong(
        `借贷方向为「${direction}」，只登记收款（贷、收、C）`,
        `Its direction is "${direction}"; incoming payments only (贷, 收, C) are recorded`,
      );
    }
    if (amountFen === null) {
      const found = cell(at.amount).slice(0, 50);
      return wrong(
        `「${columns.amount}」列应为一笔收款金额（元）；收到的是「${found}」`,
        `The column "${columns.amount}" must contain an incoming amount in yuan; received "${found}"`,
      );
    }
    if (arrivedAt === null) {
      const found = at.time.map(cell).join(' ').slice(0, 50);
      return wrong(
        `「${columns.time}」列的到账时间「${found}」不明确，应有日期和时分，如 2026-03-30 08:15:00`,
        `The instant of its arrival in the column "${columns.time}" is not clear: "${found}" must be a date and a time, as 2026-03-30 08:15:00`,
      );
    }
    const payment: Payment = {
      externalId: transactionId,
      amountFen,
      text: seenOf(cell(at.text)).slice(0, 500),
      payer: seenOf(cell(at.payer)).slice(0, 200) || null,
      payerAccount: identifierOf(seenOf(cell(at.account))).slice(0, 100) || null,
      fromBaseAccount: null,
      arrivedAt,
      form: 'transfer',
      issuer: null,
      validUntil: null,
    };
    return { line, transactionId, payment };
  });
  return { sha256: createHash('sha256').update(bytes).digest('hex'), lines };
}

/** Of a name or a short value: half width, without blanks. */
const plainOf = (text: string): string => halfWidthOf(text).replaceAll(/\s/g, '');

const isWorkbook = (bytes: Buffer): boolean => bytes.subarray(0, 4).toString('latin1') === 'PK\x03\x04';
/** XLS, and a workbook with a password. */
const isCompound = (bytes: Buffer): boolean => bytes.subarray(0, 4).toString('hex') === 'd0cf11e0';

function csvOf(bytes: Buffer, encoding: 'utf-8' | 'gb18030'): SheetRow[] {
  if (isCompound(bytes)) {
    throw new FileFault(
      '文件是旧式 XLS 或加密的工作簿，请另存为 XLSX 或 CSV',
      'The file is an XLS, or a workbook under a password; save it as XLSX or CSV',
    );
  }
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    const rows = parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true, trim: true });
    return rows.map((cells, index) => ({ line: index + 1, cells }));
  } catch {
    throw new FileFault(`文件不是 ${encoding} 编码的 CSV`, `The file is not CSV in ${encoding}`);
  }
}

async function sheetOf(bytes: Buffer): Promise<SheetRow[]> {
  const rows: SheetRow[] = [];
  for await (const row of xlsxRows(bytes, LIMITS)) {
    if (row.cells.some((cell) => textOfCell(cell) !== '')) rows.push(row);
  }
  return rows;
}

async function whole(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new DomainError('file-too-large', {
        messageZh: '对账单过大，请按日分次导入',
        messageEn: 'The statement is too large; import it day by day',
        details: { maxBytes: MAX_BYTES },
      });
    }
    chunks.push(chunk);
  }
  if (size === 0) {
    throw new DomainError('file-empty', { messageZh: '文件是空的', messageEn: 'The file is empty' });
  }
  return Buffer.concat(chunks);
}
