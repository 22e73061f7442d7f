import { DEFAULT_SETTINGS, type ApiSettings } from '../../api/http/settings.ts';
import { listOf } from '../../api/http/sign-in/certificate.ts';
import type { IdentityKind } from '../../domain/accounts/sign-in.ts';
import { editDistance } from '../../domain/law/rulebook.ts';
import { ROLES, type Role } from '../../domain/roles.ts';
import { badSetting } from './failure.ts';
import { addressTold, isPlainAddress, whole } from './values.ts';

/** A shorter one could be found by trying. */
const LEAST_PROXY_SECRET = 32;

/** `public` has nobody who signs in. */
const MEMBER_ROLES = ROLES.filter((role) => role !== 'public');
const WAYS = ['oidc', 'certificate'] as const satisfies readonly IdentityKind[];

/** All settings of how people sign in. */
export function signInSettings(
  env: NodeJS.ProcessEnv,
): Pick<ApiSettings, 'secondFactor' | 'oidc' | 'certificates' | 'verifiedMinutes'> {
  const [oidc, certificates] = [oidcSetting(env), certificateSetting(env)];
  const provenBy = new Set(listed(env, 'KAIBIAO_TWO_FACTORS_BY', WAYS));
  const absent = [...provenBy].find((way) => (way === 'oidc' ? oidc : certificates) === null);
  if (absent) {
    throw badSetting(
      `KAIBIAO_TWO_FACTORS_BY 含 ${absent}，而本平台未开通这一登录方式`,
      `KAIBIAO_TWO_FACTORS_BY has ${absent}, and this installation does not offer it`,
    );
  }
  const verifiedMinutes = whole(env, 'KAIBIAO_VERIFIED_MINUTES', DEFAULT_SETTINGS.verifiedMinutes, 1);
  return { secondFactor: { roles: secondFactorRoles(env), provenBy }, oidc, certificates, verifiedMinutes };
}

/** Roles whose people must have a second factor: `all`, or roles with commas between. */
export function secondFactorRoles(env: NodeJS.ProcessEnv): ReadonlySet<Role> {
  const given = listed(env, 'KAIBIAO_SECOND_FACTOR', ['all', ...MEMBER_ROLES]);
  return new Set(given.flatMap((name) => (name === 'all' ? MEMBER_ROLES : [name])));
}

/** Words with commas between; a misspelt one would ask for nothing. */
function listed<T extends string>(env: NodeJS.ProcessEnv, name: string, allowed: readonly T[]): T[] {
  const given = (env[name] ?? '').split(',').map((word) => word.trim().toLowerCase());
  return given
    .filter((word) => word !== '')
    .map((word) => {
      const known = allowed.find((each) => each === word);
      if (known !== undefined) return known;
      const [nearest] = allowed
        .map((each) => ({ each, slips: editDistance(word.slice(0, 80), each) }))
        .sort((a, b) => a.slips - b.slips);
      throw badSetting(
        `${name} 中没有 ${word}，最接近的是 ${nearest?.each ?? ''}；可用：${allowed.join('、')}`,
        `${name} knows no ${word}, the nearest is ${nearest?.each ?? ''}; allowed: ${allowed.join(', ')}`,
      );
    });
}

function oidcSetting(env: NodeJS.ProcessEnv): ApiSettings['oidc'] {
  const { KAIBIAO_OIDC_ISSUER: issuer, KAIBIAO_OIDC_CLIENT_ID: clientId } = env;
  const { KAIBIAO_OIDC_CLIENT_SECRET: clientSecret, KAIBIAO_OIDC_NAME: name } = env;
  if (!issuer && !clientId && !clientSecret) return null;
  if (!issuer || !clientId || !clientSecret) {
    throw badSetting(
      'KAIBIAO_OIDC_ISSUER、KAIBIAO_OIDC_CLIENT_ID、KAIBIAO_OIDC_CLIENT_SECRET 须同时设置',
      'KAIBIAO_OIDC_ISSUER, KAIBIAO_OIDC_CLIENT_ID and KAIBIAO_OIDC_CLIENT_SECRET go together: set all or none',
    );
  }
  if (!isProvider(issuer)) {
    throw badSetting(
      `KAIBIAO_OIDC_ISSUER 应为 https:// 地址（本机可用 http://），不含用户名和密码：${addressTold(issuer)}`,
      `KAIBIAO_OIDC_ISSUER must be an https:// address (http:// on this machine), without user and password: ${addressTold(issuer)}`,
    );
  }
  return { issuer, clientId, clientSecret, name: name?.trim() || null };
}

/** What it says is believed: nobody on the way may change it. */
function isProvider(issuer: string): boolean {
  if (!isPlainAddress(issuer)) return false;
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

function certificateSetting(env: NodeJS.ProcessEnv): ApiSettings['certificates'] {
  const { KAIBIAO_CERTIFICATE_SECRET: secret } = env;
  const proxies = (env.KAIBIAO_CERTIFICATE_PROXIES ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (!secret && proxies.length === 0) return null;
  if (secret && secret.length < LEAST_PROXY_SECRET) {
    throw badSetting(
      `KAIBIAO_CERTIFICATE_SECRET 至少 ${LEAST_PROXY_SECRET} 个字符`,
      `KAIBIAO_CERTIFICATE_SECRET needs at least ${LEAST_PROXY_SECRET} characters`,
    );
  }
  for (const proxy of proxies) {
    try {
      listOf([proxy]);
    } catch {
      throw badSetting(
        `KAIBIAO_CERTIFICATE_PROXIES 应为 IP 地址或网段，如 10.0.0.5、10.0.0.0/24：${proxy}`,
        `KAIBIAO_CERTIFICATE_PROXIES must be addresses or networks, such as 10.0.0.5 or 10.0.0.0/24: ${proxy}`,
      );
    }
  }
  return { secret: secret || null, proxies };
}
