import { DomainError } from '../../../domain/errors.ts';
import type { SignedIn } from '../auth.ts';
import type { Route } from '../route.ts';

/**
 * What a person may do who is not signed in completely. Without the code of their second factor: prove it, read whose session it
 * is, sign out. Before they have set up the one that their role must have: that, too. With a one-time password: change it.
 * @throws DomainError `second-factor-required`, `password-change-required`
 */
export function assertSignedInCompletely(
  spec: Pick<Route, 'beforeSecondFactor' | 'beforePasswordChange'>,
  who: Pick<SignedIn, 'account' | 'secondFactor'> | null,
): void {
  if (!who) return;
  const { account, secondFactor } = who;
  if (secondFactor === 'to-prove' && spec.beforeSecondFactor !== 'to-prove') {
    throw secondFactorRequired(secondFactor, {
      zh: '请先输入第二因素的验证码（POST /api/session/second-factor/proof）',
      en: 'Prove the second factor first (POST /api/session/second-factor/proof)',
    });
  }
  if (account.mustChangePassword && !spec.beforePasswordChange) {
    throw new DomainError('password-change-required', {
      messageZh: '请先修改一次性密码（POST /api/session/password）',
      messageEn: 'Change the one-time password first (POST /api/session/password)',
    });
  }
  if (secondFactor === 'to-set-up' && spec.beforeSecondFactor === undefined) {
    throw secondFactorRequired(secondFactor, {
      zh: '您的角色须有第二因素，请先设置（POST /api/session/second-factor）',
      en: 'Your role must have a second factor: set it up first (POST /api/session/second-factor)',
    });
  }
}

/**
 * What weighs most is done by who is there now, and not by whoever finds a browser that was left open. A program's token is not left
 * open anywhere, and nobody sits beside it (docs/adr/0071).
 * @throws DomainError `verification-required`
 */
export function assertVerified(
  spec: Pick<Route, 'fresh'>,
  who: Pick<SignedIn, 'byCookie' | 'verifiedAt'> | null,
  { realNowMs, minutes }: { readonly realNowMs: number; readonly minutes: number },
): void {
  if (!spec.fresh || !who?.byCookie || realNowMs - who.verifiedAt < minutes * 60_000) return;
  throw new DomainError('verification-required', {
    messageZh: `这一事项须由您本人确认：距上次输入密码或验证码已超过 ${minutes} 分钟，请再输入一次（POST /api/session/verification）`,
    messageEn: `This act needs your own confirmation: your password or a code was last given more than ${minutes} min ago. Give it again (POST /api/session/verification)`,
    details: { minutes },
  });
}

const secondFactorRequired = (state: string, { zh, en }: { zh: string; en: string }): DomainError =>
  new DomainError('second-factor-required', { messageZh: zh, messageEn: en, details: { reason: state } });
