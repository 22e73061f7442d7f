import type { SheetRow } from '../xlsx/workbook.ts';
import type { FileRecord } from './record.ts';

/** A row of a table, or why it could not be read. */
export type Row = SheetRow | { readonly line: number; readonly fault: { readonly zh: string; readonly en: string } };

/** Rows under their header, the first row; empty cells are left out, and empty rows skipped. */
export async function* underHeader(rows: AsyncIterable<Row>): AsyncGenerator<FileRecord> {
  let header: readonly string[] | undefined;
  for await (const row of rows) {
    if ('fault' in row) {
      yield row;
      continue;
    }
    const { line, cells, since1904 } = row;
    if (cells.every((cell) => String(cell).trim() === '')) continue;
    if (header === undefined) {
      header = cells.map((cell) => String(cell).trim());
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
    };
  }
}
