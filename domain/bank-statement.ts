import { parseInstant } from './civil-time.ts';
import { DomainError } from './errors.ts';

// What banks write in their statements (对账单), told apart without guessing.

/** Fen of an amount in yuan, as `1,234.50`; null where it is none, or no money came in. */
export function fenOfYuan(text: string): number | null {
  const plain = text
    .normalize('NFKC')
    .trim()
    .replace(/^[¥￥]/, '')
    .replace(/,(?=\d{3}(?:\D|$))/g, '');
  const [, yuan, fen = ''] = /^\+?(\d{1,13})(?:\.(\d{1,2})0*)?$/.exec(plain) ?? [];
  if (yuan === undefined) return null;
  const amount = Number(yuan) * 100 + Number(fen.padEnd(2, '0'));
  return amount > 0 ? amount : null;
}

/** An instant (epoch ms) as banks write it, in the time of China; null where it is none, or has no time of the day. */
export function bankInstant(text: string): number | null {
  const plain = text.normalize('NFKC').trim();
  const offset = /(?:Z|[+-]\d{2}:\d{2})$/.test(plain);
  const [, year, month, day, hour, minute, second = '00'] =
    /^(\d{4})[-/.年]?(\d{2})[-/.月]?(\d{2})日?[T ]*(\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.\d+)?$/.exec(plain) ?? [];
  try {
    if (offset) return parseInstant(plain);
    return year === undefined ? null : parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
