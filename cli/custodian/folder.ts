import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { open, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { packTar, unpackTar } from 'modern-tar';
import { createMemory, type CustodianMemory, type Remembered } from '../../services/custodians/memory.ts';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import type { PublicJwk } from '../../proofs/signing.ts';
import { CommandFailure } from '../settings/failure.ts';
import { dataDir } from '../settings/folders.ts';
import { refuseOpen } from '../settings/secrets.ts';

/** The part of a custodian that is not secret, but must not be changed by others. */
export interface CustodianFacts {
  readonly custodian: Custodian;
  /** Newest first. */
  readonly recipients: readonly string[];
  /** The signing keys of the platform that it trusts. */
  readonly platform: readonly PublicJwk[];
}

/** The cost of each attempt at a passphrase (scrypt, 2 to this): 128 MiB and half a second (docs/operations.md). */
const WORK_FACTOR = 17;
/** 256 random bits cannot be guessed: more work would only slow the start. */
const WORK_FACTOR_OF_RANDOM = 10;

const FACTS = 'custodian.json';
const IDENTITIES = 'identities.age';
const PASSPHRASE = 'passphrase';
const MEMORY = 'memory.jsonl';

/** The default set-up, and a custodian on a machine of its own unless it names another. */
export const custodianDir = (custodian: Custodian, env: NodeJS.ProcessEnv = process.env): string =>
  join(dataDir(env), 'custodians', custodian);

export const isCustodian = (dir: string): boolean => existsSync(join(dir, IDENTITIES));

/** Beside the key if it was generated: it protects the key file only where that alone is stolen. */
export function keptPassphrase(dir: string): string | undefined {
  const file = join(dir, PASSPHRASE);
  return existsSync(file) ? file : undefined;
}

/** @throws CommandFailure `no-custodian`, `secret-file` */
export function readFacts(dir: string): CustodianFacts {
  if (!isCustodian(dir)) {
    throw new CommandFailure('no-custodian', {
      zh: `${dir} 中没有保管人的密钥；先运行 kaibiao custodian init，或用 restore 由备份恢复`,
      en: `there is no custodian's key in ${dir}: create one with kaibiao custodian init, or restore a backup`,
    });
  }
  refuseOpen(join(dir, FACTS));
  return JSON.parse(readFileSync(join(dir, FACTS), 'utf8')) as CustodianFacts;
}

/**
 * Creates a custodian with its first key.
 * @param passphrase null: generated and stored beside the key
 * @throws CommandFailure `custodian-exists`
 */
export async function initCustodian(
  dir: string,
  options: { custodian: Custodian; platform: readonly PublicJwk[]; passphrase: string | null; now: number },
): Promise<CustodianFacts> {
  if (isCustodian(dir)) throw exists(dir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const passphrase = options.passphrase ?? randomPassphrase(dir);
  const identity = await generateX25519Identity();
  const { custodian, platform } = options;
  const text = identitiesText(custodian, [await describeIdentity(identity, options.now)]);
  await writeIdentities(dir, text, passphrase);
  return writeFacts(dir, { custodian, recipients: [await identityToRecipient(identity)], platform });
}

function randomPassphrase(dir: string): string {
  const made = randomBytes(32).toString('base64url');
  writeWhole(join(dir, PASSPHRASE), `${made}\n`);
  return made;
}

const exists = (dir: string) =>
  new CommandFailure('custodian-exists', {
    zh: `${dir} 中已有保管人的密钥，不覆盖`,
    en: `there is a custodian's key in ${dir} already; it is not overwritten`,
  });

/** The identities as text, as age-keygen writes them: newest first. */
async function readIdentitiesText(dir: string, passphrase: string): Promise<string> {
  const file = join(dir, IDENTITIES);
  refuseOpen(file);
  return decrypt(readFileSync(file), passphrase, file).then((plain) => new TextDecoder().decode(plain));
}

/** @throws CommandFailure `wrong-passphrase` */
async function decrypt(encrypted: Uint8Array, passphrase: string, file: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(encrypted);
  } catch {
    throw new CommandFailure('wrong-passphrase', {
      zh: `口令不对，或文件已损坏：${file}`,
      en: `the passphrase is wrong, or the file is damaged: ${file}`,
    });
  }
}

const identitiesOf = (text: string): string[] => text.match(/^AGE-SECRET-KEY-1[0-9A-Z]+$/gm) ?? [];

const describeIdentity = async (identity: string, now: number): Promise<string> =>
  `# created: ${new Date(now).toISOString()}\n# public key: ${await identityToRecipient(identity)}\n${identity}\n`;

const identitiesText = (custodian: Custodian, described: readonly string[]): string =>
  `# kaibiao custodian: ${custodian}\n${described.join('')}`;

async function encrypt(plain: Uint8Array | string, passphrase: string, workFactor: number): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(workFactor);
  return encrypter.encrypt(plain);
}

async function writeIdentities(dir: string, text: string, passphrase: string): Promise<void> {
  const workFactor = keptPassphrase(dir) === undefined ? WORK_FACTOR : WORK_FACTOR_OF_RANDOM;
  writeWhole(join(dir, IDENTITIES), await encrypt(text, passphrase, workFactor));
}

function writeFacts(dir: string, facts: CustodianFacts): CustodianFacts {
  writeWhole(join(dir, FACTS), `${JSON.stringify(facts, null, 2)}\n`);
  return facts;
}

/** All or nothing, even if the machine crashes. */
function writeWhole(file: string, content: Uint8Array | string): void {
  const made = `${file}.new`;
  const handle = openSync(made, 'w', 0o600);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(made, file);
  syncFolder(dirname(file));
}

function syncFolder(dir: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(dir, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Adds a key; what is sealed to earlier keys can still be opened. @returns the new recipient */
export async function rotateKey(dir: string, passphrase: string, now: number): Promise<string> {
  const facts = readFacts(dir);
  const text = await readIdentitiesText(dir, passphrase);
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const [title, ...rest] = text.split('\n');
  await writeIdentities(dir, `${title}\n${await describeIdentity(identity, now)}${rest.join('\n')}`, passphrase);
  writeFacts(dir, { ...facts, recipients: [recipient, ...facts.recipients] });
  return recipient;
}

/** Adds keys of the platform. @returns the new ones */
export function trustKeys(dir: string, keys: readonly PublicJwk[]): PublicJwk[] {
  const facts = readFacts(dir);
  const added = keys.filter(({ kid }) => !facts.platform.some((known) => known.kid === kid));
  if (added.length > 0) writeFacts(dir, { ...facts, platform: [...added, ...facts.platform] });
  return added;
}

/** A custodian with its keys in memory. */
export interface OpenCustodian extends CustodianFacts {
  readonly identities: readonly string[];
  readonly memory: CustodianMemory;
  readonly close: () => Promise<void>;
}

/** @throws CommandFailure `no-custodian`, `secret-file`, `wrong-passphrase`, `bad-memory` */
export async function openCustodian(dir: string, passphrase: string): Promise<OpenCustodian> {
  const facts = readFacts(dir);
  const identities = identitiesOf(await readIdentitiesText(dir, passphrase));
  const { memory, close } = await openMemory(dir);
  return { ...facts, identities, memory, close };
}

/** The memory of what it has seen, one entry a line; an entry is on the disk before it has any effect. */
export async function openMemory(dir: string): Promise<{ memory: CustodianMemory; close: () => Promise<void> }> {
  const file = join(dir, MEMORY);
  const { entries, wholeBytes, bytes } = readEntries(file);
  const handle = await open(file, 'a', 0o600);
  refuseOpen(file);
  // A line cut off by a crash of the machine: it has had no effect.
  if (wholeBytes < bytes) await truncate(file, wholeBytes);
  let last: Promise<void> = Promise.resolve();
  const memory = createMemory(entries, (entry) => {
    last = last.then(async () => {
      await handle.appendFile(`${JSON.stringify(entry)}\n`);
      await handle.datasync();
    });
    return last;
  });
  return {
    memory,
    close: async () => {
      await last.catch(() => undefined);
      await handle.close();
    },
  };
}

/** The memory, read-only. */
export const readMemory = (dir: string): CustodianMemory =>
  createMemory(readEntries(join(dir, MEMORY)).entries, () => Promise.reject(new Error('for looking only')));

function readEntries(file: string): { entries: Remembered[]; wholeBytes: number; bytes: number } {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  try {
    return { entries: lines.map((line) => JSON.parse(line) as Remembered), wholeBytes, bytes: bytes.length };
  } catch {
    throw new CommandFailure('bad-memory', {
      zh: `保管人的记录已损坏：${file}；请由 kaibiao custodian backup 的备份恢复`,
      en: `the record of what the custodian has seen is damaged: ${file}; restore it from a backup (kaibiao custodian backup)`,
    });
  }
}

/** The keys, the trusted keys and the memory, as one age file with its own passphrase around a tar. */
export async function backUpCustodian(
  dir: string,
  file: string,
  passphrases: { readonly key: string; readonly backup: string },
): Promise<void> {
  const facts = readFacts(dir);
  const text = await readIdentitiesText(dir, passphrases.key);
  const memory = existsSync(join(dir, MEMORY)) ? readFileSync(join(dir, MEMORY)) : Buffer.alloc(0);
  const entry = (name: string, body: string | Uint8Array) => {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    return { header: { name, size: bytes.length, mode: 0o600 }, body: bytes };
  };
  const tar = await packTar([
    entry('identities.txt', text),
    entry(FACTS, JSON.stringify(facts, null, 2)),
    entry(MEMORY, memory),
  ]);
  if (existsSync(file)) {
    throw new CommandFailure('file-exists', {
      zh: `${file} 已存在，不覆盖`,
      en: `${file} exists already; not overwritten`,
    });
  }
  writeWhole(file, await encrypt(tar, passphrases.backup, WORK_FACTOR));
}

/**
 * Restores a custodian. Entries of the memory since the backup are kept, if they are still there.
 * @param options `backup`, `key`: passphrases; a `key` of null is generated and stored beside the key
 * @throws CommandFailure `custodian-exists` where that would lose a key, `wrong-passphrase`, `not-a-backup`
 */
export async function restoreCustodian(
  dir: string,
  file: string,
  options: { readonly custodian: Custodian; readonly backup: string; readonly key: string | null },
): Promise<CustodianFacts> {
  const entries = await unpackTar(await decrypt(readFileSync(file), options.backup, file)).catch(() => []);
  const body = (name: string) => entries.find(({ header }) => header.name === name)?.data;
  const [text, facts, memory] = [body('identities.txt'), body(FACTS), body(MEMORY)].map(
    (bytes) => bytes && new TextDecoder().decode(bytes),
  );
  const restored = facts === undefined ? null : (JSON.parse(facts) as CustodianFacts);
  if (text === undefined || restored === null || !CUSTODIANS.includes(restored.custodian)) {
    throw new CommandFailure('not-a-backup', {
      zh: `不是保管人的备份：${file}`,
      en: `not the backup of a custodian: ${file}`,
    });
  }
  if (restored.custodian !== options.custodian) {
    throw new CommandFailure('other-custodian', {
      zh: `这是 ${restored.custodian} 的备份，不是 ${options.custodian} 的`,
      en: `this is the backup of ${restored.custodian}, not of ${options.custodian}`,
    });
  }
  if (isCustodian(dir) && readFacts(dir).recipients.some((each) => !restored.recipients.includes(each))) {
    throw exists(dir);
  }
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  await writeIdentities(dir, text, options.key ?? randomPassphrase(dir));
  if (!existsSync(join(dir, MEMORY))) writeWhole(join(dir, MEMORY), memory ?? '');
  return writeFacts(dir, restored);
}
