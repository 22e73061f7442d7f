import { MAX_RECORD_CHARS, utf8 } from '../file-fault.ts';
import type { FileRecord } from './record.ts';

const TOO_LONG = {
  zh: `一行超过 ${MAX_RECORD_CHARS} 个字符`,
  en: `a line of more than ${MAX_RECORD_CHARS} characters`,
};

function recordOf(text: string, line: number): FileRecord {
  try {
    return { line, given: JSON.parse(text) as unknown };
  } catch (error) {
    const why = (error as Error).message;
    return { line, fault: { zh: `不是有效的 JSON：${why}`, en: `not valid JSON: ${why}` } };
  }
}

/** JSON lines, one at a time; empty lines are skipped, and the rest of a line that is too long is not stored. */
export async function* jsonLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<FileRecord> {
  let line = 1;
  let held = '';
  let tooLong = false;
  function* complete(): Generator<FileRecord> {
    if (tooLong) yield { line, fault: TOO_LONG };
    else if (held.trim() !== '') yield recordOf(held, line);
    held = '';
    tooLong = false;
  }
  for await (const text of utf8(bytes)) {
    const pieces = text.split('\n');
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) {
        yield* complete();
        line += 1;
      }
      tooLong ||= held.length + piece.length > MAX_RECORD_CHARS;
      held = tooLong ? '' : held + piece;
    }
  }
  yield* complete();
}
