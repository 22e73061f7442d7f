import { expect, it } from 'vitest';
import { identifierOf, LINE_PATTERN, PROSE_PATTERN, seenOf, unseenIn } from '../../domain/text.ts';
import { code, identifier, line, prose } from '../../api/http/schemas.ts';
import { particularsSchema } from '../../api/procurements/particulars.ts';
import { FIELDS_OF_NOTHING, MARKS_ON_NOTHING } from '../setup/unseen.ts';

it.each(FIELDS_OF_NOTHING)('%j is seen by nobody', (text) => {
  expect(seenOf(text)).toBe('');
  expect(line(100).safeParse(text).success).toBe(false);
  expect(prose(100).safeParse(`甲${text}乙`).success).toBe(text.trim() === '');
  expect(new RegExp(LINE_PATTERN, 'u').test(`甲${text}乙`)).toBe(text.trim() === '');
});

it.each(MARKS_ON_NOTHING)('%j stands on a character, and is nothing without one', (text) => {
  expect(seenOf(text)).toBe('');
  for (const schema of [line(100), prose(100), identifier(100)]) expect(schema.safeParse(text).success).toBe(false);
  expect([LINE_PATTERN, PROSE_PATTERN].map((pattern) => new RegExp(pattern, 'u').test(text))).toEqual([false, false]);
  expect([line(100).parse(`甲${text}乙`), seenOf(`甲${text}`)]).toEqual([`甲${text}乙`, `甲${text}`]);
});

it('what people write is kept: rare characters, quotes, full width, lines', () => {
  for (const text of ['𠮷野家（分公司）“一期”', 'Ｇ１－甲', '100％、①㎡', 'Ünïted №1', '😀']) {
    expect([unseenIn(text, false), line(100).parse(text)]).toEqual([null, text]);
  }
  expect(prose(100).parse('一\r\n\t二')).toBe('一\r\n\t二');
  expect(new RegExp(PROSE_PATTERN, 'u').test('一\r\n\t二')).toBe(true);
  expect(unseenIn('一\n二', false)).toBe('U+000A');
  expect(line(100).safeParse('甲\u202e乙').error?.issues[0]).toMatchObject({
    params: { messageZh: expect.stringContaining('U+202E') as string },
  });
});

it('an identifier in full width is the same one', () => {
  expect([identifierOf('Ｇ１'), identifier(10).parse(' Ｇ１ '), code.parse('Ａ０２０１')]).toEqual([
    'G1',
    'G1',
    'A0201',
  ]);
  expect(identifierOf('Ｇ\u2000１\u3000－甲')).toBe('G 1 -甲');
  expect(particularsSchema.parse({ projectNumber: ' Ｇ１' })).toEqual({ projectNumber: 'G1' });
  // Another form of a digit is another number.
  expect(['G①', '10²'].map(identifierOf)).toEqual(['G①', '10²']);
});
