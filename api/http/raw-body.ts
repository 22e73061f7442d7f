import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { DomainError } from '../../domain/errors.ts';
import { badInput } from '../../domain/issues.ts';

const bodies = new WeakMap<IncomingMessage, Buffer>();

/** No request nests deeper; what is read recursively must not exhaust the stack. */
const MOST_NESTED = 64;

/**
 * Keeps a JSON body as received, for a signature over its bytes.
 * @throws DomainError `malformed-request` where it is not UTF-8, `bad-input` where it nests too deep
 */
export function keepRawBody(request: IncomingMessage, _response: unknown, bytes: Buffer): void {
  if (!isUtf8(bytes)) throw notUtf8('请求正文', 'The body');
  if (nestsDeeper(bytes, MOST_NESTED)) {
    throw badInput([
      {
        field: '',
        rule: `maximum ${MOST_NESTED}`,
        messageZh: `JSON 嵌套超过 ${MOST_NESTED} 层`,
        messageEn: `The JSON nests more than ${MOST_NESTED} levels`,
      },
    ]);
  }
  bodies.set(request, bytes);
}

export const rawBodyOf = (request: IncomingMessage): Buffer => bodies.get(request) ?? Buffer.alloc(0);

/** @throws DomainError `malformed-request` where the address is not ASCII, or its escapes are not UTF-8 */
export function assertUtf8Address(url: string): void {
  const query = url.slice(url.indexOf('?') + 1);
  if (/[^\x21-\x7e]/.test(url)) throw notUtf8('地址', 'The address');
  if (!url.includes('?')) return;
  try {
    // What is no escape is taken as it is, as the parser of the query does.
    decodeURIComponent(query.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    throw notUtf8('查询参数', 'The query');
  }
}

const notUtf8 = (zh: string, en: string): DomainError =>
  new DomainError('malformed-request', {
    messageZh: `${zh}不是 UTF-8 编码`,
    messageEn: `${en} is not UTF-8`,
  });

const [QUOTE, ESCAPE, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [...Buffer.from('"\\[]{}')] as [
  ...[number, number, number, number, number, number],
];

function nestsDeeper(bytes: Buffer, most: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (quoted) {
      if (byte === ESCAPE) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OPEN_LIST || byte === OPEN) {
      depth += 1;
      if (depth > most) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE) depth -= 1;
  }
  return false;
}
