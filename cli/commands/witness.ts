import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { PublicJwk } from '../../proofs/signing.ts';
import { untilStopped } from '../servers/lifetime.ts';
import { badSetting } from '../settings/failure.ts';
import { dataDir } from '../settings/folders.ts';
import { logOf } from '../settings/log.ts';
import { openWitness } from '../witness/folder.ts';
import { serveWitness, witnessApp } from '../witness/server.ts';

interface Options {
  readonly dir?: string;
  readonly keys?: string;
  readonly host: string;
  readonly port: string;
  readonly restored?: boolean;
  readonly json?: boolean;
}

/** On a machine of somebody else’s: a court, an auditor, another trading centre. */
export function witnessCommand(): Command {
  return new Command('witness')
    .description(
      '见证公开日志：只接受前后相续的日志头并签名，直至收到停止信号 / witness the public log: accept and sign heads that continue each other, until a stop signal',
    )
    .option(
      '--dir <folder>',
      '存放之处，默认为数据目录下的 witness / where it keeps them; default: witness in the data folder',
    )
    .option(
      '--keys <jwks.json>',
      '平台的公钥（/.well-known/jwks.json），首次启动必须给出 / keys of the platform; needed at the first start',
    )
    .option('--host <address>', '监听地址 / address to listen on', '127.0.0.1')
    .option('--port <number>', '监听端口 / port', '8098')
    .option(
      '--restored',
      '平台从备份恢复：此后接受新的日志 / the platform was restored from a backup: accept a new log from here on',
    )
    .option('--json', '日志为 JSON（不在终端时默认即是） / log in JSON, as it does anyway but at a terminal')
    .action(async ({ dir, keys, host, port, restored, json }: Options) => {
      const folder = await openWitness(
        resolve(dir ?? join(dataDir(), 'witness')),
        keys === undefined ? null : keysIn(keys),
      );
      if (restored) {
        folder.acceptRestored(Date.now());
        console.log('此后接受新的日志 / a new log is accepted from here on');
        return;
      }
      const log = logOf('witness', { json });
      const number = Number(port);
      if (!Number.isInteger(number) || number < 0 || number > 65_535) {
        throw badSetting(`--port 应为端口号：${port}`, `--port must be a port: ${port}`);
      }
      const { server, url } = await serveWitness(witnessApp(folder), { host, port: number });
      log.info({ url, size: folder.last()?.size ?? 0 }, 'witness ready');
      await untilStopped();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    });
}

function keysIn(file: string): PublicJwk[] {
  let keys: unknown;
  try {
    ({ keys } = JSON.parse(readFileSync(file, 'utf8')) as { keys?: unknown });
  } catch {
    keys = null;
  }
  const found = Array.isArray(keys) ? (keys as Partial<PublicJwk>[]) : [];
  if (
    found.length === 0 ||
    !found.every(({ kty, crv, x, kid }) => kty === 'OKP' && crv === 'Ed25519' && !!x && !!kid)
  ) {
    throw badSetting(`--keys 应为公钥集（JWKS，Ed25519）：${file}`, `--keys must be a JWKS with Ed25519 keys: ${file}`);
  }
  return found as PublicJwk[];
}
