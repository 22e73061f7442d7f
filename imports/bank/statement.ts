import { readAmountFen } from '../../domain/amounts.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { halfWidthOf } from '../../domain/text.ts';
import { dateOfSerial } from '../xlsx/serial-date.ts';

// The formats of banks in their statements (对账单), distinguished without guessing.

/** Fen of an amount in yuan, such as `1,234.50`; null where it is none, or no money was received. */
export function fenOfYuan(text: string | number): number | null {
  const amount = readAmountFen(typeof text === 'number' ? text : halfWidthOf(text).trim().replace(/^\+/, ''));
  return amount !== undefined && amount > 0 ? amount : null;
}

/** `2026-3-8 9:05` with two digits each; only where there are separators. */
const padded = (text: string): string => text.replace(/(?<=[-/.年月 T])(\d)(?=[-/.月日:])/g, '0$1');

/** An instant (epoch ms) in a bank's format, in the time of China; null where it is none, or has no time of day. */
export function bankInstant(text: string): number | null {
  const plain = halfWidthOf(text).trim();
  const offset = /(?:Z|[+-]\d{2}:\d{2})$/.test(plain);
  const [, year, month, day, hour, minute, second = '00'] =
    /^(\d{4})[-/.年]?(\d{2})[-/.月]?(\d{2})日?[T ]*(\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.\d+)?$/.exec(padded(plain)) ?? [];
  try {
    if (offset) return parseInstant(plain);
    return year === undefined ? null : parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

// A value that a workbook stores as a number.

type Cell = string | number;

export const textOfCell = (cell: Cell): string => String(cell).trim();

/** Spreadsheets keep 15 digits of a number: any further digits are invented. */
export const hasLostDigits = (cell: Cell): boolean => typeof cell === 'number' && Math.abs(cell) >= 1e15;

/** A fraction of a fen is reported, not rounded, unless it is a binary rounding error. */
export function amountOfCell(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  const rounded = cell.toFixed(2);
  return Math.abs(Number(rounded) - cell) < 1e-6 ? rounded : String(cell);
}

/** The largest serial date of spreadsheets; a larger number is the digits of a date or a time: 20260330, 81500. */
const LAST_SERIAL = 2_958_465;
const SECONDS_PER_DAY = 86_400;

/** One cell, or one with a date and one with a time of day. */
export const timeOfCells = (cells: readonly Cell[], since1904 = false): string =>
  cells
    .map((cell, index) => {
      if (typeof cell === 'string') return cell;
      // 0.34375 and 81500 mean 08:15.
      if (cell >= 0 && Math.round(cell * SECONDS_PER_DAY) < SECONDS_PER_DAY)
        return dateOfSerial(1 + cell, since1904).slice(11) || '00:00:00';
      if (index > 0 && Number.isInteger(cell)) return String(cell).padStart(6, '0');
      return cell > 0 && cell <= LAST_SERIAL ? dateOfSerial(cell, since1904) : String(cell);
    })
    .join(' ');
