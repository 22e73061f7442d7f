import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';

// Pages that post forms put a token into each, beside the check of where the request comes from: a page of another site can send
// a form, and cannot read one.

const NONCE_BYTES = 16;

/**
 * A token for a form of this session; it differs each time, so that what is compressed with it tells nothing of it.
 * @param sessionKey the key of the installation's cookies
 * @param sessionId of the person's session; forms of nobody (sign-in) have the empty one
 */
export function formToken(sessionKey: string, sessionId: string): string {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  return `${nonce}.${proofOf(sessionKey, sessionId, nonce).toString('base64url')}`;
}

export function isFormToken(sessionKey: string, sessionId: string, given: unknown): boolean {
  if (typeof given !== 'string') return false;
  const [nonce, proof, more] = given.split('.');
  if (!nonce || !proof || more !== undefined) return false;
  const [sent, wanted] = [Buffer.from(proof, 'base64url'), proofOf(sessionKey, sessionId, nonce)];
  return sent.length === wanted.length && timingSafeEqual(sent, wanted);
}

/** @throws DomainError `cross-site` for a form that was not made for this session */
export function assertFormToken(sessionKey: string, sessionId: string, given: unknown): void {
  if (isFormToken(sessionKey, sessionId, given)) return;
  throw new DomainError('cross-site', {
    messageZh: '表单已失效（可能已重新登录），请返回页面刷新后再提交',
    messageEn:
      'The form is no longer valid (you may have signed in again): go back, reload the page and submit it again',
  });
}

function proofOf(sessionKey: string, sessionId: string, nonce: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', sessionKey, '', 'kaibiao form token', 32));
  return createHmac('sha256', key).update(`${sessionId}\n${nonce}`).digest();
}
