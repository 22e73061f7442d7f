import { createReadStream, openSync } from 'node:fs';
import { FileFault } from '../file-fault.ts';
import { xlsxRows } from '../xlsx/workbook.ts';
import { csvRows } from './csv.ts';
import type { Format } from './format.ts';
import { jsonLines } from './json-lines.ts';
import type { FileRecord } from './record.ts';
import { underHeader, type IsHeader } from './rows.ts';

/**
 * The records of a file, one at a time: the next is read on demand. `-` is standard input.
 * @param isHeader of a table: whether a row is its header; by default the first row is
 * @throws FileFault at once where the file cannot be opened; while reading where it has another format than declared
 */
export function recordsOf(file: string, format: Format, isHeader?: IsHeader): AsyncGenerator<FileRecord> {
  if (format === 'xlsx') {
    if (file === '-') throw new FileFault('XLSX 不能从标准输入读取', 'an XLSX cannot be read from standard input');
    return underHeader(xlsxRows(file), isHeader);
  }
  let bytes: AsyncIterable<Uint8Array>;
  try {
    bytes = file === '-' ? process.stdin : createReadStream(file, { fd: openSync(file, 'r') });
  } catch (error) {
    throw new FileFault(`无法读取「${file}」：${String(error)}`, `cannot read "${file}": ${String(error)}`, error);
  }
  return format === 'csv' ? underHeader(csvRows(bytes), isHeader) : jsonLines(bytes);
}
