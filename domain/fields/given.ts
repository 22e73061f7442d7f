import type { Bilingual } from '../law/timeline.ts';
import { seenOf } from '../text.ts';

/** A value that may be repeated in an answer: no list, no object. */
export type GivenValue = string | number | boolean | null;

const MOST_CHARACTERS = 60;

/** The value as it may be repeated; undefined for a list, an object, or nothing. */
export function repeatable(value: unknown): GivenValue | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'string' ? shortened(value) : undefined;
}

function shortened(text: string): string {
  const characters = [...seenOf(text.slice(0, 10 * MOST_CHARACTERS)).replace(/\s+/g, ' ')];
  return characters.length > MOST_CHARACTERS
    ? `${characters.slice(0, MOST_CHARACTERS).join('')}…`
    : characters.join('');
}

/** What came, in words: a text, a number, a list… */
export function saidGiven(value: unknown): Bilingual {
  if (value === null) return { zh: '空值（null）', en: 'null' };
  if (Array.isArray(value)) return { zh: `列表（${value.length} 项）`, en: `a list of ${value.length}` };
  switch (typeof value) {
    case 'string': {
      const text = shortened(value);
      return text === '' ? { zh: '空白文字', en: 'a blank text' } : { zh: `文字「${text}」`, en: `the text "${text}"` };
    }
    case 'number':
      return { zh: `数字 ${value}`, en: `the number ${value}` };
    case 'boolean':
      return { zh: `${value}（${value ? '是' : '否'}）`, en: String(value) };
    case 'object':
      return { zh: '对象', en: 'an object' };
    default:
      return { zh: '没有值', en: 'nothing' };
  }
}
