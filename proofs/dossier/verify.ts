import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { NotSigned, type PublicJwk } from '../signing.ts';
import { verifyTreeHead } from '../tree-head.ts';
import { checkContents } from './contents.ts';
import { Faults, isRecord, jsonOf, type DossierFault, type DossierPackage } from './package.ts';
import { checkLog } from './log.ts';
import {
  DOSSIER_FORMAT,
  HEAD,
  KEYS,
  MANIFEST,
  SIGNATURE,
  verifyDossierStatement,
  type DossierManifest,
} from './manifest.ts';

export interface VerifiedDossier {
  /** Whether the caller supplied the keys; otherwise those of the package were trusted. */
  readonly pinned: boolean;
  /** Null where there is none that can be read. */
  readonly manifest: DossierManifest | null;
  readonly files: number;
  readonly notices: number;
  readonly receipts: number;
  /** Entries of the audit trail, and how many of them the signed head proves. */
  readonly entries: number;
  readonly proven: number;
  readonly head: { readonly size: number; readonly root: string; readonly at: number } | null;
  readonly faults: readonly DossierFault[];
}

/** Longer than any signature is. */
const MOST_OF_LINE = 64 * 1024;

/**
 * Verifies a dossier off-line: its signature, each file by its hash, none missing and none extra; then what the files say of
 * each other: notices, bids, receipts and audit entries are what the log has, which its signed head proves.
 * @param pinned trusted keys from elsewhere; null: those of the package are trusted
 */
export async function verifyDossier(
  pack: DossierPackage,
  pinned: readonly PublicJwk[] | null,
): Promise<VerifiedDossier> {
  const faults = new Faults();
  for (const { subject, zh, en } of pack.faults) faults.add(subject, zh, en);
  const about = { pinned: pinned !== null, files: pack.names.length } as const;
  const nothing = { notices: 0, receipts: 0, entries: 0, proven: 0, head: null };
  const manifest = await manifestOf(pack, faults);
  if (!manifest) return { ...about, ...nothing, manifest, faults: faults.all };
  const keys = pinned ?? (await keysOf(pack, faults));
  await checkSignature(pack, manifest, keys, faults);
  await checkFiles(pack, manifest, faults);
  if (pinned) await checkOwnKeys(pack, pinned, faults);
  const head = await headOf(pack, manifest, keys, faults);
  try {
    const log = await checkLog(
      pack,
      { head, askedAt: Date.parse(manifest.asked.at), tenderId: manifest.tender.id },
      faults,
    );
    const { notices, receipts } = await checkContents(pack, { log, keys, manifest }, faults);
    const { entries, proven } = log;
    return { ...about, manifest, notices, receipts, entries, proven, head, faults: faults.all };
  } catch (error) {
    // Values of another form than any dossier has: whatever they break is a fault of the package.
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    faults.add(
      MANIFEST,
      `包内文件的形式有误（${error.message}）`,
      `files of the package have another form (${error.message})`,
    );
    return { ...about, ...nothing, manifest, head, faults: faults.all };
  }
}

async function manifestOf(pack: DossierPackage, faults: Faults): Promise<DossierManifest | null> {
  const read = await jsonOf(pack, MANIFEST, faults);
  if (read === undefined) return null;
  const isFile = (file: unknown): boolean =>
    areTexts(file, 'name', 'sha256') && isRecord(file) && Number.isSafeInteger(file.size);
  const isWords = (words: unknown): boolean => areTexts(words, 'zh', 'en');
  const isLeftOut = (each: unknown): boolean =>
    isRecord(each) &&
    [each.what, each.because].every(isWords) &&
    (each.until === null || isWords(each.until)) &&
    ['string', 'undefined'].includes(typeof (each.name ?? undefined));
  const formed =
    isRecord(read) &&
    read.format === DOSSIER_FORMAT &&
    typeof read.drill === 'boolean' &&
    areTexts(read.tender, 'id', 'title') &&
    areTexts(read.asked, 'at', 'role') &&
    isRecord(read.asked) &&
    [read.asked.person, read.asked.organisation].every((each) => each === null || typeof each === 'string') &&
    isWords(read.state) &&
    (read.head === null || isRecord(read.head)) &&
    Array.isArray(read.files) &&
    read.files.every(isFile) &&
    Array.isArray(read.leftOut) &&
    read.leftOut.every(isLeftOut);
  if (formed) return read as unknown as DossierManifest;
  faults.add(MANIFEST, `不是 ${DOSSIER_FORMAT} 格式`, `is not of the format ${DOSSIER_FORMAT}`);
  return null;
}

const areTexts = (value: unknown, ...keys: readonly string[]): boolean =>
  isRecord(value) && keys.every((key) => typeof value[key] === 'string');

async function keysOf(pack: DossierPackage, faults: Faults): Promise<PublicJwk[]> {
  const read = await jsonOf(pack, KEYS, faults);
  return isRecord(read) && Array.isArray(read.keys) ? (read.keys as PublicJwk[]) : [];
}

/** Keys in a package beside those that its reader trusts are nobody's. */
async function checkOwnKeys(pack: DossierPackage, pinned: readonly PublicJwk[], faults: Faults): Promise<void> {
  for (const { kid, x } of await keysOf(pack, faults)) {
    if (!pinned.some((key) => key.kid === kid && key.x === x))
      faults.add(KEYS, `公钥 ${kid} 不是所指定的公钥`, `the key ${kid} is not one of the pinned keys`);
  }
}

async function checkSignature(
  pack: DossierPackage,
  manifest: DossierManifest,
  keys: readonly PublicJwk[],
  faults: Faults,
): Promise<void> {
  if (!pack.has(SIGNATURE)) {
    faults.add(SIGNATURE, '缺少', 'is missing');
    return;
  }
  try {
    const { manifest: hash, procurementId, at } = await verifyDossierStatement(await lineOf(pack, SIGNATURE), keys);
    const isOfManifest = procurementId === manifest.tender.id && at === Date.parse(manifest.asked.at);
    if (hash !== (await digestOf(pack, MANIFEST)).sha256 || !isOfManifest)
      faults.add(MANIFEST, '与平台所签的清单不符', 'is not the manifest that the platform signed');
  } catch (error) {
    if (!(error instanceof NotSigned)) throw error;
    faults.add(SIGNATURE, `签名无效（${error.message}）`, `is not signed (${error.message})`);
  }
}

async function checkFiles(pack: DossierPackage, { files }: DossierManifest, faults: Faults): Promise<void> {
  const listed = new Map(files.map((file) => [file.name, file]));
  if (listed.size !== files.length) faults.add(MANIFEST, '有重名的文件', 'names a file twice');
  for (const name of pack.names) {
    const file = listed.get(name);
    if (file === undefined) {
      if (name !== MANIFEST && name !== SIGNATURE) faults.add(name, '清单中没有此文件', 'is not in the manifest');
      continue;
    }
    const found = await digestOf(pack, name);
    if (found.sha256 !== file.sha256 || found.size !== file.size)
      faults.add(name, '内容与清单的哈希不符', 'does not have the hash that the manifest names');
  }
  const present = new Set(pack.names);
  for (const { name } of files) if (!present.has(name)) faults.add(name, '缺少', 'is missing');
  const order = [...files.map(({ name }) => name), MANIFEST, SIGNATURE].filter((name) => present.has(name));
  if (order.some((name, index) => name !== pack.names[index]))
    faults.add(MANIFEST, '文件次序与清单不符', 'names the files in another order');
}

async function headOf(
  pack: DossierPackage,
  manifest: DossierManifest,
  keys: readonly PublicJwk[],
  faults: Faults,
): Promise<VerifiedDossier['head']> {
  if (manifest.head === null) return null;
  const read = await jsonOf(pack, HEAD, faults);
  if (read === undefined) return null;
  try {
    const { size, root, at } = await verifyTreeHead(isRecord(read) ? String(read.jws) : '', keys);
    const named = manifest.head;
    if (size === named.size && root === named.root && at === named.at) return { size, root, at };
    faults.add(HEAD, '不是清单所指的树头', 'is not the head that the manifest names');
  } catch (error) {
    if (!(error instanceof NotSigned)) throw error;
    faults.add(HEAD, `签名无效（${error.message}）`, `is not signed (${error.message})`);
  }
  return null;
}

/** The only line of a file, as it is. @throws NotSigned where there is something else, or it is no signature for its length */
async function lineOf(pack: DossierPackage, name: string): Promise<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  for await (const chunk of pack.read(name)) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MOST_OF_LINE) throw new NotSigned('too long');
  }
  if (!text.endsWith('\n')) throw new NotSigned('not one line');
  return text.slice(0, -1);
}

async function digestOf(pack: DossierPackage, name: string): Promise<{ sha256: string; size: number }> {
  const hash = sha256.create();
  let size = 0;
  for await (const chunk of pack.read(name)) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { sha256: bytesToHex(hash.digest()), size };
}
