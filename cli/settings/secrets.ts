import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { committeeKeyFile } from '../../db/files/committee-safe.ts';
import { createSigner, newSigningKey, type Signer } from '../../proofs/signing.ts';
import { badSetting, CommandFailure } from './failure.ts';

/** Settings that are secrets. Each may be in a file of its own, named by `<name>_FILE`. */
export const SECRETS = [
  'KAIBIAO_SESSION_KEY',
  'KAIBIAO_BANK_SECRET',
  'KAIBIAO_OIDC_CLIENT_SECRET',
  'KAIBIAO_CERTIFICATE_SECRET',
  'KAIBIAO_MAIL_URL',
  'KAIBIAO_SMS_SECRET',
  'KAIBIAO_WEBHOOK_SECRET',
  'KAIBIAO_S3_ACCESS_KEY_ID',
  'KAIBIAO_S3_SECRET_ACCESS_KEY',
  'KAIBIAO_SIGNING_KEY',
  'KAIBIAO_COMMITTEE_KEY',
  'KAIBIAO_PAYLOAD_KEYS',
  'TEMPORAL_API_KEY',
  'DATABASE_URL',
  'KAIBIAO_MIGRATION_URL',
] as const;

/** Read and write by others, write by the group; the group may read, since secrets are mounted so. */
const OPEN = 0o026;

/** @throws CommandFailure `secret-file` where others on the machine can read or change a file with secrets */
export function refuseOpen(file: string): void {
  if (process.platform === 'win32' || (statSync(file).mode & OPEN) === 0) return;
  throw new CommandFailure(
    'secret-file',
    {
      zh: `其他用户可读取或改写含密钥的文件 ${file}，拒绝使用；请运行：chmod 600 ${file}`,
      en: `others can read or change ${file}, which holds secrets; it is not used: chmod 600 ${file}`,
    },
    { exitCode: 2 },
  );
}

/**
 * Reads settings that are in a file, and secrets that are in files of their own, into the environment, for this
 * process and its children. The environment takes precedence over the file.
 * @throws CommandFailure `secret-file`, `bad-setting`
 */
export function readSettingFiles(env: NodeJS.ProcessEnv, settingsFile: string): void {
  if (existsSync(settingsFile)) {
    const settings = parseEnv(readFileSync(settingsFile, 'utf8'));
    if (SECRETS.some((name) => settings[name])) refuseOpen(settingsFile);
    for (const [name, value] of Object.entries(settings)) env[name] ??= value;
  }
  const { TEMPORAL_TLS_KEY: tlsKey } = env;
  if (tlsKey && existsSync(tlsKey)) refuseOpen(tlsKey);
  for (const name of SECRETS) {
    const variable = `${name}_FILE`;
    const file = env[variable];
    if (!file) continue;
    if (env[name]) {
      throw badSetting(`${name} 与 ${variable} 不能同时设置`, `set ${name} or ${variable}, not both`);
    }
    env[name] = readSecret(variable, file);
    delete env[variable];
  }
}

function readSecret(variable: string, file: string): string {
  let text: string;
  try {
    refuseOpen(file);
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw badSetting(
      `无法读取 ${variable} 所指文件 ${file}（${reason}）`,
      `cannot read the file ${file} named by ${variable} (${reason})`,
    );
  }
  if (text !== '') return text;
  throw badSetting(`${variable} 所指文件 ${file} 是空的`, `the file ${file} named by ${variable} is empty`);
}

/** Values that are printed in examples, and that people try first. */
const WELL_KNOWN = /^(password|passwd|postgres|kaibiao|temporal|admin|root|secret|change-?me|test|example|1234\w*)$/i;
/** Private Ed25519 keys published in specifications (RFC 8032, RFC 8037). */
const PRINTED: ReadonlySet<string> = new Set(['nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A']);
/** Fewer different characters (of a written key) than a random key ever has. */
const LEAST_DIFFERENT = 12;

/** The guessable secrets, by the names of their settings. */
export function guessable(env: NodeJS.ProcessEnv): string[] {
  const found: string[] = [];
  const monotonous = (text: string) => new Set(text).size < LEAST_DIFFERENT;
  for (const name of [
    'KAIBIAO_SESSION_KEY',
    'KAIBIAO_BANK_SECRET',
    'KAIBIAO_CERTIFICATE_SECRET',
    'KAIBIAO_COMMITTEE_KEY',
    'KAIBIAO_SMS_SECRET',
    'KAIBIAO_WEBHOOK_SECRET',
  ]) {
    if (env[name] && monotonous(env[name])) found.push(name);
  }
  const signing = signingSecret(env.KAIBIAO_SIGNING_KEY ?? '');
  if (signing !== null && (monotonous(signing) || PRINTED.has(signing))) found.push('KAIBIAO_SIGNING_KEY');
  const keys = (env.KAIBIAO_PAYLOAD_KEYS ?? '').split(',').filter((entry) => entry.includes(':'));
  if (keys.some((entry) => monotonous(entry.slice(entry.indexOf(':') + 1)))) found.push('KAIBIAO_PAYLOAD_KEYS');
  if (env.DATABASE_URL && URL.canParse(env.DATABASE_URL)) {
    const { username, password } = new URL(env.DATABASE_URL);
    const written = decodeURIComponent(password);
    if (written !== '' && (written === username || written.length < 8 || WELL_KNOWN.test(written))) {
      found.push('DATABASE_URL');
    }
  }
  return found;
}

const COMMITTEE_KEY_BYTES = 32;

/**
 * The key of the names of committees, where it is given; else it is in the data folder, made when it is first needed. All that
 * serve one installation have the same.
 * @throws CommandFailure `bad-setting`, `secret-file`
 */
export function committeeKey(env: NodeJS.ProcessEnv, dataDir: string): string | undefined {
  const given = env.KAIBIAO_COMMITTEE_KEY;
  if (!given) {
    const file = committeeKeyFile(dataDir);
    if (existsSync(file)) refuseOpen(file);
    return undefined;
  }
  if (Buffer.from(given, 'base64url').length === COMMITTEE_KEY_BYTES) return given;
  throw badSetting(
    'KAIBIAO_COMMITTEE_KEY 应为 32 字节的 base64url',
    'KAIBIAO_COMMITTEE_KEY must be 32 bytes in base64url',
  );
}

/** The key that signs session cookies: stored beside the database, created at the first start. */
export function sessionKey(dataDir: string): string {
  const file = join(dataDir, 'session.key');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  refuseOpen(file);
  return readFileSync(file, 'utf8').trim();
}

/**
 * The key that signs receipts, heads of the log and deadlines: stored beside the database, created at the first start.
 * Several machines that serve one installation must have the same key.
 * @throws CommandFailure `bad-setting`, `secret-file`
 */
export async function readSigner(env: NodeJS.ProcessEnv, dataDir: string): Promise<Signer> {
  const given = env.KAIBIAO_SIGNING_KEY;
  const [name, text] = given
    ? ['KAIBIAO_SIGNING_KEY', given]
    : [join(dataDir, 'signing.key'), await signingKey(dataDir)];
  try {
    return await createSigner(JSON.parse(text) as Parameters<typeof createSigner>[0]);
  } catch {
    // The message does not repeat the input: it may be a key after all.
    throw badSetting(
      `${name} 不是 Ed25519 私钥（JWK：{"kty":"OKP","crv":"Ed25519","x":…,"d":…}）`,
      `${name} is not a private Ed25519 key (a JWK: {"kty":"OKP","crv":"Ed25519","x":…,"d":…})`,
    );
  }
}

async function signingKey(dataDir: string): Promise<string> {
  const file = join(dataDir, 'signing.key');
  if (!existsSync(file)) {
    // An API and a worker that both start for the first time get the same key: a link is created whole or not at all.
    const made = `${file}.${randomUUID()}`;
    writeFileSync(made, JSON.stringify(await newSigningKey()), { flag: 'wx', mode: 0o600 });
    try {
      linkSync(made, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(made);
    }
  }
  refuseOpen(file);
  return readFileSync(file, 'utf8').trim();
}

/** The secret part of a signing key; null if it has none. */
function signingSecret(text: string): string | null {
  try {
    const { d } = JSON.parse(text) as { d?: unknown };
    return typeof d === 'string' ? d : null;
  } catch {
    return null;
  }
}
