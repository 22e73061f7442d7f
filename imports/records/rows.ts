import type { SheetRow } from '../xlsx/workbook.ts';
import type { FileRecord } from './record.ts';

/** A row of a table, or why it could not be read. */
export type Row = SheetRow | { readonly line: number; readonly fault: { readonly zh: string; readonly en: string } };

export type IsHeader = (cells: readonly string[]) => boolean;

/** Above a header tables have a title, who made them and when. */
const MAX_ROWS_ABOVE = 20;

const namesOf = ({ cells }: SheetRow): string[] => cells.map((cell) => String(cell).trim());

/**
 * Rows from the header on. Where no row is recognised as one, the first is taken for it.
 * @param skipped takes those above it
 */
async function* fromHeader(rows: AsyncIterable<Row>, isHeader: IsHeader, skipped: string[][]): AsyncGenerator<Row> {
  let above: Row[] | null = [];
  for await (const row of rows) {
    if (above === null) {
      yield row;
      continue;
    }
    if ('fault' in row || !isHeader(namesOf(row))) {
      above.push(row);
      if (above.length <= MAX_ROWS_ABOVE) continue;
      yield* above;
    } else {
      // What cannot be read is reported even above the header.
      yield* above.filter((each) => 'fault' in each);
      for (const each of above) if (!('fault' in each)) skipped.push(namesOf(each));
      yield row;
    }
    above = null;
  }
  yield* above ?? [];
}

/** Rows under their header; empty cells are left out, and empty rows skipped. */
export async function* underHeader(rows: AsyncIterable<Row>, isHeader?: IsHeader): AsyncGenerator<FileRecord> {
  let header: readonly string[] | undefined;
  const above: string[][] = [];
  for await (const row of isHeader ? fromHeader(rows, isHeader, above) : rows) {
    if ('fault' in row) {
      yield row;
      continue;
    }
    const { line, cells, since1904 } = row;
    if (cells.every((cell) => String(cell).trim() === '')) continue;
    if (header === undefined) {
      header = namesOf(row);
      continue;
    }
    const beyond = cells.findIndex((cell, index) => index >= (header ?? []).length && String(cell).trim() !== '');
    if (beyond >= 0) {
      yield {
        line,
        fault: {
          zh: `第 ${beyond + 1} 列没有表头，可能有未加引号的逗号`,
          en: `column ${beyond + 1} has no heading; perhaps a comma that is not quoted`,
        },
      };
      continue;
    }
    const named = header.map((name, index) => [name, cells[index] ?? ''] as const);
    yield {
      line,
      given: Object.fromEntries(named.filter(([name, cell]) => name !== '' && cell !== '')),
      ...(since1904 ? { since1904 } : {}),
      ...(above.length > 0 ? { above } : {}),
    };
  }
}
