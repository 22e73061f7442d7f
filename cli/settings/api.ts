import { DEFAULT_SETTINGS, type ApiSettings } from '../../api/http/settings.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import type { Listening } from '../servers/processes.ts';
import { offeredChannels } from './channels.ts';
import { depositSettings } from './deposits.ts';
import { badSetting } from './failure.ts';
import { dataDir } from './folders.ts';
import { secondPerson } from './second-person.ts';
import { sessionKey } from './secrets.ts';
import { signInSettings } from './sign-in.ts';
import { addressTold, isPlainAddress, logFormat, oneOf, whole } from './values.ts';

export { logLevel, whole } from './values.ts';

export interface ApiPlace {
  readonly host: string;
  readonly port: number;
  /** A second port, on the loopback address, for an API that shares the first with others. */
  readonly ownPort?: number;
}

/** Where the API listens: only on this machine by default. */
export function apiPlace(env: NodeJS.ProcessEnv = process.env): ApiPlace {
  return {
    host: env.KAIBIAO_HOST || '127.0.0.1',
    port: whole(env, 'KAIBIAO_PORT', 8080, 0),
    ...(env.KAIBIAO_OWN_PORT ? { ownPort: whole(env, 'KAIBIAO_OWN_PORT', 0, 1) } : {}),
  };
}

/** The ports of a place. */
export const portsOf = ({ host, port, ownPort }: ApiPlace): Listening[] => [
  { host, port, settings: 'KAIBIAO_PORT、KAIBIAO_HOST' },
  ...(ownPort === undefined ? [] : [{ host: '127.0.0.1', port: ownPort, settings: 'KAIBIAO_OWN_PORT' }]),
];

/** All API settings, read once; the first start makes the session key, once the others are known to be right. */
export function readApiSettings(env: NodeJS.ProcessEnv = process.env): ApiSettings {
  const settings = givenApiSettings(env);
  return { ...settings, sessionKey: assertLong(env.KAIBIAO_SESSION_KEY || sessionKey(dataDir(env))) };
}

function assertLong(key: string): string {
  if (key.length >= 32) return key;
  throw badSetting('KAIBIAO_SESSION_KEY 至少 32 个字符', 'KAIBIAO_SESSION_KEY needs at least 32 characters');
}

/** Those that the environment gives: nothing is made. */
export function givenApiSettings(env: NodeJS.ProcessEnv = process.env): Omit<ApiSettings, 'sessionKey'> {
  if (env.KAIBIAO_SESSION_KEY) assertLong(env.KAIBIAO_SESSION_KEY);
  const { bidQuotas: quotas } = DEFAULT_SETTINGS;
  return {
    ...DEFAULT_SETTINGS,
    publicUrl: publicUrlOf(env),
    acceptedLevel: logFormat(env) === 'pretty' ? 'debug' : 'info',
    confirmedRules: confirmedRules(env.KAIBIAO_CONFIRMED_RULES ?? ''),
    rateLimit:
      oneOf(env, 'KAIBIAO_RATE_LIMIT', ['on', 'off']) === 'off'
        ? 'off'
        : {
            perMinute: whole(env, 'KAIBIAO_REQUESTS_PER_MINUTE', 600, 1),
            signInPerMinute: whole(env, 'KAIBIAO_SIGN_INS_PER_MINUTE', 20, 1),
          },
    maxFileBytes: whole(env, 'KAIBIAO_MAX_FILE_BYTES', DEFAULT_SETTINGS.maxFileBytes, 1),
    bidQuotas: {
      supplierBytes: whole(env, 'KAIBIAO_SUPPLIER_QUOTA_BYTES', quotas.supplierBytes, 1),
      procurementBytes: whole(env, 'KAIBIAO_PROCUREMENT_QUOTA_BYTES', quotas.procurementBytes, 1),
      openUploads: whole(env, 'KAIBIAO_OPEN_UPLOADS', quotas.openUploads, 1),
      announcedBytes: whole(env, 'KAIBIAO_ANNOUNCED_BYTES', quotas.announcedBytes, 1),
    },
    diskReserveBytes: whole(env, 'KAIBIAO_DISK_RESERVE_BYTES', DEFAULT_SETTINGS.diskReserveBytes, 0),
    uploadTimeoutMs:
      whole(env, 'KAIBIAO_UPLOAD_TIMEOUT_MINUTES', DEFAULT_SETTINGS.uploadTimeoutMs / 60_000, 1) * 60_000,
    connections: whole(env, 'KAIBIAO_CONNECTIONS', DEFAULT_SETTINGS.connections, 1),
    trustedProxies: whole(env, 'KAIBIAO_TRUSTED_PROXIES', 0, 0),
    ...depositSettings(env),
    sealing: oneOf(env, 'KAIBIAO_SEALING', ['required', 'optional']),
    presence: presenceSetting(env),
    secondPerson: secondPerson(env),
    ...signInSettings(env),
    registration: oneOf(env, 'KAIBIAO_REGISTRATION', ['confirmed', 'open', 'closed']),
    registrationsPerHour: whole(env, 'KAIBIAO_REGISTRATIONS_PER_HOUR', DEFAULT_SETTINGS.registrationsPerHour, 1),
    channels: offeredChannels(env),
    publicMetrics: oneOf(env, 'KAIBIAO_PUBLIC_METRICS', ['false', 'true']) === 'true',
  };
}

/** Whether who evaluates must have been checked in by the centre, and be in. */
export const presenceSetting = (env: NodeJS.ProcessEnv) => oneOf(env, 'KAIBIAO_PRESENCE', ['optional', 'required']);

/** The address under which people reach the site. */
export function publicUrlOf(env: NodeJS.ProcessEnv = process.env): string {
  const { host, port } = apiPlace(env);
  const text = env.KAIBIAO_PUBLIC_URL || `http://${host}:${port}`;
  if (isPlainAddress(text)) return text;
  throw badSetting(
    `KAIBIAO_PUBLIC_URL 应为以 http:// 或 https:// 开头的地址，不含用户名和密码：${addressTold(text)}`,
    `KAIBIAO_PUBLIC_URL must be an address that begins with http:// or https://, without user and password: ${addressTold(text)}`,
  );
}

/** @throws DomainError `unknown-rule`: a misspelt confirmation would confirm nothing */
function confirmedRules(text: string): ReadonlySet<string> {
  const ids = text.split(',').map((id) => id.trim());
  return new Set(ids.filter((id) => id !== '').map((id) => getRule(id).id));
}
