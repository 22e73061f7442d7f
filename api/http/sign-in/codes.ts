import type { Database } from '../../../db/access/database.ts';
import type { Actor } from '../../../db/audit.ts';
import { DomainError } from '../../../domain/errors.ts';
import { proveCode } from '../../../services/accounts/second-factor/codes.ts';

/**
 * That a person has the device, or a recovery code.
 * @throws DomainError `unauthenticated` for a wrong code, `code-locked`
 */
export async function assertCode(
  db: Database,
  actor: Actor,
  accountId: string,
  typed: string,
  at: { readonly realNowMs: number; readonly lockMs: number },
): Promise<void> {
  const proof = await db.transaction((tx) => proveCode(tx, actor, accountId, typed, at), 'clock-in-doubt');
  switch (proof.result) {
    case 'right':
      return;
    case 'locked':
      throw codesLocked(proof.until - at.realNowMs);
    case 'none':
      throw new DomainError('unauthenticated', {
        messageZh: '尚未设置第二因素，没有验证码可验',
        messageEn: 'There is no second factor yet, and no code to check',
      });
    case 'wrong':
      throw new DomainError('unauthenticated', {
        messageZh: '验证码不正确：输入设备当前显示的六位数字（每个只能用一次），或者一个未用过的恢复码',
        messageEn:
          'The code is wrong: type the six digits that the device shows now (each is good once), or a recovery code that was not used',
      });
  }
}

function codesLocked(forMs: number): DomainError {
  const minutes = Math.ceil(forMs / 60_000);
  return new DomainError('code-locked', {
    messageZh: `连续输错验证码，请 ${minutes} 分钟后再试；已通过验证的会话不受影响`,
    messageEn: `Too many wrong codes: try again in ${minutes} min; sessions that have proved a code are not affected`,
    details: { retryAfterSeconds: Math.ceil(forMs / 1000) },
  });
}
