import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { MAX_RECORD_CHARS, utf8 } from '../file-fault.ts';
import type { Row } from './rows.ts';

/** Rows of a CSV (RFC 4180); a broken row is reported, and the rest is read. `line` is the last line of the row. */
export async function* csvRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  const faults: Row[] = [];
  const parser = parse({
    info: true,
    relax_column_count: true,
    // A quote within a field is part of it; a field whose opening quote is never closed is reported.
    relax_quotes: true,
    skip_records_with_error: true,
    max_record_size: MAX_RECORD_CHARS,
    on_skip: (error) => {
      const line = error instanceof CsvError ? Number(error['lines']) : 0;
      const why = error?.message ?? '';
      faults.push({ line, fault: { zh: `不是有效的 CSV：${why}`, en: `not valid CSV: ${why}` } });
      return undefined;
    },
  });
  const source = Readable.from(utf8(bytes));
  source.once('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      // The parser reads ahead of its consumer.
      while (faults[0] && faults[0].line < info.lines) yield faults.shift() as Row;
      yield { line: info.lines, cells: record };
    }
    yield* faults.splice(0);
  } finally {
    source.destroy();
  }
}
