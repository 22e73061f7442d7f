import { expect, it } from 'vitest';
import { identifierOf, LINE_PATTERN, PROSE_PATTERN, seenOf, unseenIn } from '../../domain/text.ts';
import { code, identifier, line, prose } from '../../api/http/schemas.ts';
import { FIELDS_OF_NOTHING } from '../setup/unseen.ts';

it.each(FIELDS_OF_NOTHING)('%j is seen by nobody', (text) => {
  expect(seenOf(text)).toBe('');
  expect(line(100).safeParse(text).success).toBe(false);
  expect(prose(100).safeParse(`甲${text}乙`).success).toBe(text.trim() === '');
  expect(new RegExp(LINE_PATTERN, 'u').test(`甲${text}乙`)).toBe(text.trim() === '');
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
});
