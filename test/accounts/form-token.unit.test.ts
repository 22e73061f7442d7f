import { expect, it } from 'vitest';
import { assertFormToken, formToken, isFormToken } from '../../services/accounts/form-token.ts';

const KEY = 'a key for tests, long enough to be taken seriously';
const SESSION = '0198c0de-0000-7000-8000-000000000001';
const OTHER = '0198c0de-0000-7000-8000-000000000002';

it('a form’s token is good for its session alone, as often as the form is sent', () => {
  const token = formToken(KEY, SESSION);
  expect(isFormToken(KEY, SESSION, token)).toBe(true);
  expect(isFormToken(KEY, SESSION, token)).toBe(true);
  expect(isFormToken(KEY, OTHER, token)).toBe(false);
  expect(isFormToken(KEY, '', token)).toBe(false);
  expect(isFormToken('another key for tests, long enough', SESSION, token)).toBe(false);
  // Forms of nobody: to sign in.
  expect(isFormToken(KEY, '', formToken(KEY, ''))).toBe(true);
  expect(isFormToken(KEY, SESSION, formToken(KEY, ''))).toBe(false);
});

it('it differs each time, and tells neither key nor session', () => {
  const tokens = new Set(Array.from({ length: 50 }, () => formToken(KEY, SESSION)));
  expect(tokens.size).toBe(50);
  for (const token of tokens) {
    expect(token).toMatch(/^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/);
    expect(token).not.toContain(SESSION);
  }
});

it('what was altered, cut off or is no text is refused', () => {
  const token = formToken(KEY, SESSION);
  const [nonce = '', proof = ''] = token.split('.');
  const flipped = `${proof.startsWith('A') ? 'B' : 'A'}${proof.slice(1)}`;
  for (const wrong of [
    ...['', '.', nonce, proof, `${nonce}.`, `.${proof}`, `${nonce}.${flipped}`, `${nonce}x.${proof}`],
    ...[`${token}.`, `${token}.x`, `${nonce}.${proof.slice(0, -4)}`, `${nonce}.${proof}AAAA`],
    ...[undefined, null, 7, [token], { token }],
  ]) {
    expect(isFormToken(KEY, SESSION, wrong), JSON.stringify(wrong)).toBe(false);
    expect(() => assertFormToken(KEY, SESSION, wrong)).toThrow(
      expect.objectContaining({ code: 'cross-site' }) as Error,
    );
  }
  expect(() => assertFormToken(KEY, SESSION, token)).not.toThrow();
});
