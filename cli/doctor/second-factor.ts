import { secondFactorRoles } from '../settings/sign-in.ts';
import { fail, ok, okay, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';

/** Whether those who manage accounts need more than a password. */
export function checkSecondFactor(env: NodeJS.ProcessEnv): Verdict {
  try {
    const roles = secondFactorRoles(env);
    if (roles.has('administrator'))
      return ok(`须有第二因素：${[...roles].join('、')}`, `a second factor is needed: ${[...roles].join(', ')}`);
  } catch (error) {
    return fail(reasonZh(error), reasonOf(error), '对照 .env.example 改正', 'correct it by .env.example');
  }
  return (env.NODE_ENV === 'production' ? warn : okay)(
    '系统管理员只凭密码登录',
    'administrators sign in by a password alone',
    '设 KAIBIAO_SECOND_FACTOR=all，或者至少 administrator',
    'set KAIBIAO_SECOND_FACTOR=all, or administrator at least',
  );
}
