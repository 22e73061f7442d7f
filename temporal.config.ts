import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { EncryptionCodec, TolerantCodec } from './temporal.codec.ts';
import { custodianTaskQueue, SEARCH_ATTRIBUTES } from './workflows/messages.ts';

/** A value that prints, serialises and interpolates as `[redacted]`; only `reveal()` gives it up. */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}

/** Errors in the settings, in both languages; never repeats a value, since values may be secrets. */
export class ConfigurationError extends Error {
  readonly code = 'configuration';

  constructor(
    readonly messageZh: string,
    readonly messageEn: string,
  ) {
    super(messageEn);
    this.name = 'ConfigurationError';
  }
}

export interface TemporalConfig {
  /** Address of an external server; without it the embedded server is started. */
  address?: string;
  namespace: string;
  taskQueues: {
    main: string;
    custodians: { centre: string; purchaser: string; supervisor: string };
  };
  /** How long the server keeps a workflow that has ended. The facts stay in the database permanently. */
  retentionDays: number;
  worker: {
    maxConcurrentWorkflowTaskExecutions: number;
    maxConcurrentLocalActivityExecutions: number;
    maxConcurrentActivityTaskExecutions: number;
    maxCachedWorkflows: number;
    shutdownGraceTimeMs: number;
    shutdownForceTimeMs: number;
    /** After so long without two custodians an opening notifies everybody which are missing. */
    custodiansMissedMs: number;
  };
  tls?: { caFile?: string; certFile?: string; keyFile?: string; serverName?: string };
  apiKey?: Secret<string>;
  /** The first key encrypts, all decrypt. Empty: payloads are not encrypted. */
  payloadKeys: readonly { id: string; key: Secret<Uint8Array> }[];
}

/** An unset variable and one set to nothing mean the same: the default. */
const optional = z
  .string()
  .trim()
  .transform((value) => (value === '' ? undefined : value))
  .optional();

/** What came; what stands before a host may be a password. */
const told = (given: string): string => given.replace(/[^\s/]*@/g, '…@').slice(0, 60);

/** What a setting must be, in both languages; what came is repeated where it is no secret. */
const expected = (zh: string, en: string, given?: string) => ({
  code: 'custom' as const,
  message: given === undefined ? en : `${en}; received "${told(given)}"`,
  params: { zh: given === undefined ? zh : `${zh}；收到的是「${told(given)}」` },
});

const inChinese = ({ code, message, ...issue }: z.core.$ZodIssue): string => {
  const { zh } = (code === 'custom' && 'params' in issue ? issue.params : {}) as { zh?: string };
  return zh ?? message;
};

const count = (fallback: number, min: number, max: number) =>
  optional.transform((value, context) => {
    if (value === undefined) return fallback;
    const parsed = Number(value);
    if (Number.isInteger(parsed) && parsed >= min && parsed <= max) return parsed;
    context.addIssue(expected(`应为 ${min} 至 ${max} 的整数`, `expected a whole number from ${min} to ${max}`, value));
    return z.NEVER;
  });

const flag = optional.transform((value, context) => {
  if (value === undefined || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  context.addIssue(expected('应为 true 或 false', 'expected true or false', value));
  return z.NEVER;
});

const formed = (pattern: RegExp, zh: string, en: string) =>
  optional.superRefine((value, context) => {
    if (value !== undefined && !pattern.test(value)) context.addIssue(expected(zh, en, value));
  });

const address = formed(/^(\[[0-9a-f:]+\]|[^\s:/@]+):\d{1,5}$/i, '应为 主机:端口', 'expected host:port');

const namespace = formed(
  /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/,
  '应为字母、数字、点、短横和下划线',
  'expected letters, digits, dots, dashes and underscores',
);

const payloadKeys = optional.transform((value, context) => {
  const keys: { id: string; key: Secret<Uint8Array> }[] = [];
  for (const [index, part] of (value?.split(',') ?? []).entries()) {
    const match = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(part.trim());
    const id = match?.[1];
    const key = match?.[2];
    if (id === undefined || key === undefined) {
      const en = `entry ${index + 1}: expected keyid:base64-of-32-bytes`;
      context.addIssue(expected(`第 ${index + 1} 项应为 编号:32字节的Base64`, en));
    } else if (keys.some((other) => other.id === id)) {
      context.addIssue(expected(`第 ${index + 1} 项的编号重复`, `entry ${index + 1}: this key id is used twice`));
    } else {
      keys.push({ id, key: new Secret<Uint8Array>(Buffer.from(key, 'base64')) });
    }
  }
  return keys;
});

const environment = z.object({
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
  TEMPORAL_TASK_QUEUE: optional,
  TEMPORAL_RETENTION_DAYS: count(90, 1, 3650),
  TEMPORAL_TLS: flag,
  TEMPORAL_TLS_CA: optional,
  TEMPORAL_TLS_CERT: optional,
  TEMPORAL_TLS_KEY: optional,
  TEMPORAL_TLS_SERVER_NAME: optional,
  TEMPORAL_API_KEY: optional,
  KAIBIAO_PAYLOAD_KEYS: payloadKeys,
  KAIBIAO_WORKER_WORKFLOW_TASKS: count(100, 1, 10_000),
  KAIBIAO_WORKER_LOCAL_ACTIVITIES: count(100, 1, 10_000),
  KAIBIAO_WORKER_ACTIVITIES: count(50, 1, 10_000),
  KAIBIAO_WORKER_CACHED_WORKFLOWS: count(2_000, 0, 1_000_000),
  KAIBIAO_SHUTDOWN_GRACE_MS: count(10_000, 0, 3_600_000),
  KAIBIAO_SHUTDOWN_FORCE_MS: count(20_000, 1, 3_600_000),
  KAIBIAO_CUSTODIANS_MISSED_MS: count(120_000, 1_000, 3_600_000),
});

/** Reads everything that concerns Temporal from the environment. Call it once, in `cli`, and pass the result on. */
export function readTemporalConfig(env: NodeJS.ProcessEnv = process.env): TemporalConfig {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const { issues } = parsed.error;
    throw new ConfigurationError(
      `环境变量有误：${issues.map((issue) => `${issue.path.join('.')} ${inChinese(issue)}`).join('；')}`,
      `settings in the environment are wrong: ${issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
    );
  }
  const read = parsed.data;
  if ((read.TEMPORAL_TLS_CERT === undefined) !== (read.TEMPORAL_TLS_KEY === undefined)) {
    throw new ConfigurationError(
      'TEMPORAL_TLS_CERT 与 TEMPORAL_TLS_KEY 须同时设置',
      'TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY go together: set both or neither',
    );
  }
  if (read.KAIBIAO_SHUTDOWN_FORCE_MS < read.KAIBIAO_SHUTDOWN_GRACE_MS) {
    throw new ConfigurationError(
      'KAIBIAO_SHUTDOWN_FORCE_MS 不得短于 KAIBIAO_SHUTDOWN_GRACE_MS',
      'KAIBIAO_SHUTDOWN_FORCE_MS must not be shorter than KAIBIAO_SHUTDOWN_GRACE_MS',
    );
  }
  const main = read.TEMPORAL_TASK_QUEUE ?? 'kaibiao';
  const tls = {
    ...(read.TEMPORAL_TLS_CA !== undefined && { caFile: read.TEMPORAL_TLS_CA }),
    ...(read.TEMPORAL_TLS_CERT !== undefined && { certFile: read.TEMPORAL_TLS_CERT }),
    ...(read.TEMPORAL_TLS_KEY !== undefined && { keyFile: read.TEMPORAL_TLS_KEY }),
    ...(read.TEMPORAL_TLS_SERVER_NAME !== undefined && { serverName: read.TEMPORAL_TLS_SERVER_NAME }),
  };
  // A key sent unencrypted is compromised, so an API key turns TLS on.
  const usesTls = read.TEMPORAL_TLS || read.TEMPORAL_API_KEY !== undefined || Object.keys(tls).length > 0;
  return {
    ...(read.TEMPORAL_ADDRESS !== undefined && { address: read.TEMPORAL_ADDRESS }),
    namespace: read.TEMPORAL_NAMESPACE ?? 'kaibiao',
    taskQueues: {
      main,
      custodians: {
        centre: custodianTaskQueue(main, 'centre'),
        purchaser: custodianTaskQueue(main, 'purchaser'),
        supervisor: custodianTaskQueue(main, 'supervisor'),
      },
    },
    retentionDays: read.TEMPORAL_RETENTION_DAYS,
    worker: {
      maxConcurrentWorkflowTaskExecutions: read.KAIBIAO_WORKER_WORKFLOW_TASKS,
      maxConcurrentLocalActivityExecutions: read.KAIBIAO_WORKER_LOCAL_ACTIVITIES,
      maxConcurrentActivityTaskExecutions: read.KAIBIAO_WORKER_ACTIVITIES,
      maxCachedWorkflows: read.KAIBIAO_WORKER_CACHED_WORKFLOWS,
      shutdownGraceTimeMs: read.KAIBIAO_SHUTDOWN_GRACE_MS,
      shutdownForceTimeMs: read.KAIBIAO_SHUTDOWN_FORCE_MS,
      custodiansMissedMs: read.KAIBIAO_CUSTODIANS_MISSED_MS,
    },
    ...(usesTls && { tls }),
    ...(read.TEMPORAL_API_KEY !== undefined && { apiKey: new Secret(read.TEMPORAL_API_KEY) }),
    payloadKeys: read.KAIBIAO_PAYLOAD_KEYS,
  };
}

export interface TemporalConnectionOptions {
  address: string;
  tls?: {
    serverNameOverride?: string;
    serverRootCACertificate?: Uint8Array;
    clientCertPair?: { crt: Uint8Array; key: Uint8Array };
  };
  apiKey?: string;
}

function readTlsFile(variable: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigurationError(
      `无法读取 ${variable} 所指文件 ${path}（${reason}）`,
      `cannot read the file ${path} named by ${variable} (${reason})`,
    );
  }
}

/** For `Connection.connect` and `NativeConnection.connect` alike. `address` is that of the embedded server. */
export function connectionOptions(config: TemporalConfig, address = config.address): TemporalConnectionOptions {
  const { tls, apiKey } = config;
  return {
    address: address ?? '127.0.0.1:7233',
    ...(tls && {
      tls: {
        ...(tls.serverName !== undefined && { serverNameOverride: tls.serverName }),
        ...(tls.caFile !== undefined && { serverRootCACertificate: readTlsFile('TEMPORAL_TLS_CA', tls.caFile) }),
        ...(tls.certFile !== undefined &&
          tls.keyFile !== undefined && {
            clientCertPair: {
              crt: readTlsFile('TEMPORAL_TLS_CERT', tls.certFile),
              key: readTlsFile('TEMPORAL_TLS_KEY', tls.keyFile),
            },
          }),
      },
    }),
    ...(apiKey && { apiKey: apiKey.reveal() }),
  };
}

/** For `Client` and replay alike. Without a key there is no codec: the embedded default. */
export function dataConverter(config: Pick<TemporalConfig, 'payloadKeys'>): DataConverter {
  const failureConverterPath = failureConverter(config);
  if (failureConverterPath === undefined) return {};
  const keys = config.payloadKeys.map(({ id, key }) => ({ id, key: key.reveal() }));
  return { payloadCodecs: [new EncryptionCodec(keys)], failureConverterPath };
}

/** For a `Worker`, which anybody may send payloads that do not decrypt. */
export function workerDataConverter(config: Pick<TemporalConfig, 'payloadKeys'>): DataConverter {
  const { payloadCodecs = [], ...rest } = dataConverter(config);
  return { ...rest, payloadCodecs: payloadCodecs.map((codec) => new TolerantCodec(codec)) };
}

/** Converts failure texts to payloads; must be in the bundle of the workflows too. Undefined without keys. */
export function failureConverter({ payloadKeys }: Pick<TemporalConfig, 'payloadKeys'>): string | undefined {
  return payloadKeys.length === 0 ? undefined : fileURLToPath(new URL('./temporal.failures.cjs', import.meta.url));
}

/** The filters for lists of workflows. They are readable on the server: no names, no money, no content. */
export const searchAttributes = SEARCH_ATTRIBUTES;

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_DATETIME } = proto.temporal.api.enums.v1.IndexedValueType;
const indexedValueTypes = { KEYWORD: INDEXED_VALUE_TYPE_KEYWORD, DATETIME: INDEXED_VALUE_TYPE_DATETIME } as const;

const grpc = { NOT_FOUND: 5, ALREADY_EXISTS: 6, UNAVAILABLE: 14 } as const;

function hasGrpcCode(error: unknown, ...codes: number[]): boolean {
  return codes.includes((error as { code?: number } | null)?.code ?? -1);
}

/** Calls until `attempt` returns true; a temporary refusal (unknown yet, unavailable yet) is not an answer. */
async function waitUntil(what: { zh: string; en: string }, timeoutMs: number, attempt: () => Promise<boolean>) {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    try {
      if (await attempt()) return;
    } catch (error) {
      if (!hasGrpcCode(error, grpc.NOT_FOUND, grpc.UNAVAILABLE)) throw error;
    }
    if (performance.now() > giveUpAt) {
      const seconds = Math.round(timeoutMs / 1000);
      throw new ConfigurationError(`${what.zh}，已等待 ${seconds} 秒`, `${what.en} after ${seconds} s`);
    }
    await sleep(200);
  }
}

/** Makes sure the search attributes exist. Safe to call at every start and from several processes at once. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const wanted = Object.values(searchAttributes);
  const missing = async () => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return wanted.filter((key) => {
      const existing = customAttributes?.[key.name];
      if (existing !== undefined && existing !== null && existing !== indexedValueTypes[key.type]) {
        throw new ConfigurationError(
          `命名空间 ${namespace} 已有检索属性 ${key.name}，但类型不是 ${key.type}`,
          `namespace ${namespace} has a search attribute ${key.name} of a type other than ${key.type}`,
        );
      }
      return existing === undefined || existing === null;
    });
  };
  const toAdd = await missing();
  if (toAdd.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(toAdd.map((key) => [key.name, indexedValueTypes[key.type]])),
    });
  } catch (error) {
    if (!hasGrpcCode(error, grpc.ALREADY_EXISTS)) throw error;
  }
  await waitUntil(
    {
      zh: `命名空间 ${namespace} 的检索属性尚未生效`,
      en: `search attributes of namespace ${namespace} are not in force`,
    },
    30_000,
    async () => (await missing()).length === 0,
  );
}

/**
 * Makes sure the namespace exists and answers. An existing one keeps its retention, which its administrator decides,
 * unless `adjustRetention` says that the server is our own.
 */
export async function ensureNamespace(
  connection: Connection,
  config: Pick<TemporalConfig, 'namespace' | 'retentionDays' | 'taskQueues'>,
  { adjustRetention = false }: { adjustRetention?: boolean } = {},
): Promise<void> {
  const { namespace, retentionDays } = config;
  const retention = msToTs(retentionDays * 86_400_000);
  try {
    const described = await connection.workflowService.describeNamespace({ namespace });
    const current = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    if (adjustRetention && current !== retentionDays * 86_400) {
      await connection.workflowService.updateNamespace({
        namespace,
        config: { workflowExecutionRetentionTtl: retention },
      });
    }
  } catch (error) {
    if (!hasGrpcCode(error, grpc.NOT_FOUND)) throw error;
    try {
      await connection.workflowService.registerNamespace({
        namespace,
        description: 'Kaibiao 开标',
        workflowExecutionRetentionPeriod: retention,
      });
    } catch (raced) {
      if (!hasGrpcCode(raced, grpc.ALREADY_EXISTS)) throw raced;
    }
  }
  // The frontend knows a new namespace some seconds before the services behind it; a task queue request reaches them.
  await waitUntil(
    { zh: `命名空间 ${namespace} 尚不可用`, en: `namespace ${namespace} does not answer` },
    60_000,
    async () => {
      await connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: config.taskQueues.main } });
      return true;
    },
  );
}
