import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { Command } from 'commander';
import { pino, type Logger } from 'pino';
import { createApi, DEFAULT_SETTINGS, type Api, type ApiSettings } from '../api/app.ts';
import { sessionKey } from '../db/accounts.ts';
import type { Database } from '../db/database.ts';
import { connectionOptions, dataConverter, readTemporalConfig, type TemporalConfig } from '../temporal.config.ts';
import { CommandFailure } from './failure.ts';
import { dataDir } from './folders.ts';
import { openInstallation } from './installation.ts';
import { untilStopped } from './lifetime.ts';
import { outboxFor } from './worker.ts';

export interface ApiPlace {
  readonly host: string;
  readonly port: number;
}

/** Where the API listens: this machine only, unless told otherwise. */
export function apiPlace(env: NodeJS.ProcessEnv = process.env): ApiPlace {
  return { host: env.KAIBIAO_HOST || '127.0.0.1', port: whole(env, 'KAIBIAO_PORT', 8080, 0) };
}

/** Everything an operator may set about the API, read once. */
export function readApiSettings(env: NodeJS.ProcessEnv = process.env): ApiSettings {
  const { host, port } = apiPlace(env);
  const key = env.KAIBIAO_SESSION_KEY || sessionKey(dataDir(env));
  if (key.length < 32) {
    throw new CommandFailure('bad-setting', {
      zh: 'KAIBIAO_SESSION_KEY 至少 32 个字符',
      en: 'KAIBIAO_SESSION_KEY needs at least 32 characters',
    });
  }
  return {
    ...DEFAULT_SETTINGS,
    publicUrl: env.KAIBIAO_PUBLIC_URL || `http://${host}:${port}`,
    sessionKey: key,
    confirmedRules: new Set((env.KAIBIAO_CONFIRMED_RULES ?? '').split(',').filter((id) => id !== '')),
    rateLimit:
      env.KAIBIAO_RATE_LIMIT === 'off'
        ? 'off'
        : {
            perMinute: whole(env, 'KAIBIAO_REQUESTS_PER_MINUTE', 600, 1),
            signInPerMinute: whole(env, 'KAIBIAO_SIGN_INS_PER_MINUTE', 20, 1),
          },
    maxFileBytes: whole(env, 'KAIBIAO_MAX_FILE_BYTES', DEFAULT_SETTINGS.maxFileBytes, 1),
    trustedProxies: whole(env, 'KAIBIAO_TRUSTED_PROXIES', 0, 0),
    publicMetrics: env.KAIBIAO_PUBLIC_METRICS === 'true',
  };
}

function whole(env: NodeJS.ProcessEnv, name: string, fallback: number, least: number): number {
  const text = env[name];
  if (!text) return fallback;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new CommandFailure(
    'bad-setting',
    {
      zh: `${name} 应为不小于 ${least} 的整数：${text}`,
      en: `${name} must be a whole number of at least ${least}: ${text}`,
    },
    { exitCode: 2 },
  );
}

export interface RunningApi {
  readonly api: Api;
  readonly url: string;
  stop(): Promise<void>;
}

/** How long Temporal may take to say that it is there (ms). */
const READY_TIMEOUT_MS = 2_000;

/** Starts to answer HTTP. Temporal may be away: what is decided meanwhile waits in the outbox. */
export async function startApi(options: {
  readonly db: Database;
  readonly config: TemporalConfig;
  readonly address: string | undefined;
  readonly settings: ApiSettings;
  readonly place: ApiPlace;
  readonly log: Logger;
}): Promise<RunningApi> {
  const { db, config, address, settings, place, log } = options;
  const connection = Connection.lazy(connectionOptions(config, address));
  const client = new Client({ connection, namespace: config.namespace, dataConverter: dataConverter(config) });
  const outbox = outboxFor(db, client, config, log);
  const api = await createApi({
    db,
    log,
    settings,
    deliver: (messageId) => outbox.deliver(messageId),
    temporalReady: async () => {
      try {
        await connection.withDeadline(Date.now() + READY_TIMEOUT_MS, () =>
          connection.workflowService.getSystemInfo({}),
        );
        return true;
      } catch {
        return false;
      }
    },
  });
  const { url } = await api.listen(place.port, place.host);
  return {
    api,
    url,
    stop: async () => {
      await api.close();
      await connection.close();
    },
  };
}

export function apiCommand(): Command {
  return new Command('api')
    .description('提供 HTTP 接口，直至收到停止信号 / answer HTTP until told to stop')
    .option('--json', '日志为 JSON（默认即是） / logs are JSON anyway')
    .action(async () => {
      const config = readTemporalConfig();
      const log = pino({ name: 'api', level: process.env.KAIBIAO_LOG_LEVEL ?? 'info' });
      const db = openInstallation();
      const running = await startApi({
        db,
        config,
        address: config.address,
        settings: readApiSettings(),
        place: apiPlace(),
        log,
      });
      log.info({ url: running.url }, 'api ready');
      process.send?.('ready');
      await untilStopped();
      await running.stop();
      await db.close();
      // Keep-alive sockets that clients hold open are no reason to stay.
      await sleep(0);
    });
}
