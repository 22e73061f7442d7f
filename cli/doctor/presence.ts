import { presenceSetting } from '../settings/api.ts';
import { fail, ok, okay, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';

/** Whether who evaluates must be checked in by the centre. */
export function checkPresence(env: NodeJS.ProcessEnv): Verdict {
  try {
    if (presenceSetting(env) === 'required')
      return ok('评审成员须由交易中心核验身份并在场', 'members who evaluate are checked in by the centre');
  } catch (error) {
    return fail(reasonZh(error), reasonOf(error), '对照 .env.example 改正', 'correct it by .env.example');
  }
  return (env.NODE_ENV === 'production' ? warn : okay)(
    '评审成员不经核验身份、不在场也可以打分、表决、签署',
    'members mark, vote and sign without having been checked in',
    '设 KAIBIAO_PRESENCE=required',
    'set KAIBIAO_PRESENCE=required',
  );
}
