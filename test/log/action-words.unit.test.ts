import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { actionText } from '../../web/log/action-words.ts';

/** The actions that services record, as they write them. */
const RECORDED = [
  ...new Set(
    readdirSync('services', { recursive: true })
      .filter((file) => String(file).endsWith('.ts'))
      .flatMap((file) =>
        [...readFileSync(join('services', String(file)), 'utf8').matchAll(/\baction: '([a-z-]+\.[a-z-]+)'/g)].map(
          ([, action = '']) => action,
        ),
      ),
  ),
];

it('every action that is recorded is read in words, in both languages', () => {
  expect(RECORDED.length).toBeGreaterThan(80);
  expect(RECORDED.filter((action) => /[a-z]/.test(actionText(action, 'zh')))).toEqual([]);
  expect(RECORDED.filter((action) => /\p{Script=Han}|[.-]/u.test(actionText(action, 'en')))).toEqual([]);
  expect([actionText('bid.submit', 'zh'), actionText('bid.submit', 'en')]).toEqual([
    '投标（响应）文件：递交',
    'bid: submit',
  ]);
});
