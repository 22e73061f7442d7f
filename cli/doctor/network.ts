import type { TemporalConfig } from '../../temporal.config.ts';
import { ok, warn, type Verdict } from './findings.ts';

const isThisMachine = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i.test(host);

/** Unencrypted traffic over a network can be read and changed on the way. */
export function checkTls(config: TemporalConfig): Verdict | undefined {
  if (config.address === undefined) return undefined;
  const host = config.address.replace(/:\d+$/, '');
  if (config.tls !== undefined) return ok('与 Temporal 的连接使用 TLS', 'Temporal is reached by TLS');
  if (isThisMachine(host)) {
    return ok('Temporal 在本机，不经网络', 'Temporal is on this machine: nothing goes over a network');
  }
  return warn(
    `与 ${config.address} 的连接未加密`,
    `the connection to ${config.address} is not encrypted`,
    '设置 TEMPORAL_TLS=true，必要时设置 TEMPORAL_TLS_CA、TEMPORAL_TLS_CERT、TEMPORAL_TLS_KEY',
    'set TEMPORAL_TLS=true, and TEMPORAL_TLS_CA, TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY where the server requires them',
  );
}

export function checkDatabaseTls(env: NodeJS.ProcessEnv): Verdict | undefined {
  const text = env.DATABASE_URL ?? '';
  if (!/^postgres(ql)?:/.test(text) || !URL.canParse(text)) return undefined;
  const { hostname, searchParams } = new URL(text);
  const socket = hostname === '' || searchParams.get('host')?.startsWith('/');
  if (socket || isThisMachine(hostname)) {
    return ok('数据库在本机，不经网络', 'the database is on this machine: nothing goes over a network');
  }
  const mode = searchParams.get('sslmode') ?? 'disable';
  if (mode === 'verify-full') return ok('与数据库的连接使用 TLS', 'the database is reached by TLS');
  return warn(
    `与数据库 ${hostname} 的连接未加密，或不核对其证书（sslmode=${mode}）`,
    `the connection to the database at ${hostname} is not encrypted, or its certificate is not checked (sslmode=${mode})`,
    '在 DATABASE_URL 后加 ?sslmode=verify-full，必要时加 &sslrootcert=证书文件',
    'add ?sslmode=verify-full to DATABASE_URL, and &sslrootcert=FILE where its authority is your own',
  );
}

/** Passwords and bids use this connection. */
export function checkPublicTls(env: NodeJS.ProcessEnv): Verdict {
  const host = env.KAIBIAO_HOST || '127.0.0.1';
  const url = env.KAIBIAO_PUBLIC_URL ?? '';
  if (/^https:/i.test(url)) return ok(`对外地址 ${url} 使用 TLS`, `people reach it by TLS, at ${url}`);
  const named = URL.canParse(url) ? new URL(url).hostname : host;
  if (isThisMachine(host) && isThisMachine(named)) return ok('仅供本机访问', 'reached from this machine only');
  return warn(
    '接口可从网络访问，但对外地址不是 https',
    'the API can be reached over a network, and its public address is not https',
    '在前面放一个带证书的反向代理，并设置 KAIBIAO_PUBLIC_URL=https://…（见 docs/deploy.md）',
    'put a proxy with a certificate in front, and set KAIBIAO_PUBLIC_URL=https://… (docs/deploy.md)',
  );
}
