import { formatInstant } from '../../domain/civil-time.ts';
import { canonicalHash } from '../hash.ts';
import { verifyReceipt, type ReceiptProof } from '../receipt.ts';
import { NotSigned, type PublicJwk } from '../signing.ts';
import type { CheckedLog } from './log.ts';
import {
  DOCUMENTS,
  GRIEVANCES,
  NOTICE,
  OPENING,
  PARTS,
  RECEIPT_FILE,
  type DossierFile,
  type DossierManifest,
} from './manifest.ts';
import { type Faults, isRecord, jsonOf, type DossierPackage } from './package.ts';

interface Context {
  readonly log: CheckedLog;
  readonly keys: readonly PublicJwk[];
  readonly manifest: DossierManifest;
}

type Row = Readonly<Record<string, unknown>>;

/** That the files of a dossier agree with the log and with each other. */
export async function checkContents(
  pack: DossierPackage,
  context: Context,
  faults: Faults,
): Promise<{ readonly notices: number; readonly receipts: number }> {
  const notices = await checkNotices(pack, context, faults);
  const receipts = await checkReceipts(pack, context, faults);
  await checkOpening(pack, context, notices, faults);
  await checkLists(pack, context.manifest, faults);
  return { notices: notices.length, receipts };
}

/** A notice is what was published: its hash is in the log, and each that the log has is there. */
async function checkNotices(pack: DossierPackage, { log, manifest }: Context, faults: Faults): Promise<Row[]> {
  const notices: Row[] = [];
  const found = new Set<string>();
  for (const name of pack.names.filter((each) => NOTICE.test(each))) {
    const notice = await jsonOf(pack, name, faults);
    if (!isRecord(notice)) continue;
    const { hash, ...content } = notice;
    if (canonicalHash(content) !== hash) faults.add(name, '公告内容被改动', 'the notice was changed');
    if (!log.notices.has(String(hash))) faults.add(name, '日志中没有此公告', 'the log does not have this notice');
    if (notice.procurementId !== manifest.tender.id) faults.add(name, '不属于本项目', 'is about another tender');
    found.add(String(hash));
    notices.push(notice);
  }
  for (const hash of log.notices) {
    if (!found.has(hash))
      faults.add('notices/', `缺少日志中的公告 ${hash}`, `the notice ${hash}, which the log has, is missing`);
  }
  return notices;
}

/** A receipt is signed, is in the log, and is of the sealed file beside it. */
async function checkReceipts(pack: DossierPackage, { log, keys, manifest }: Context, faults: Faults): Promise<number> {
  const sealed = new Map(manifest.files.map((file) => [file.name, file]));
  let count = 0;
  for (const name of pack.names.filter((each) => RECEIPT_FILE.test(each))) {
    const receipt = await jsonOf(pack, name, faults);
    if (!isRecord(receipt)) continue;
    count += 1;
    const file = sealed.get(name.replace(/receipt\.json$/, 'sealed.bid')) ?? null;
    const proof = (receipt.proof ?? null) as ReceiptProof | null;
    try {
      const { statement, faults: wrong } = await verifyReceipt({ signed: String(receipt.signed), proof }, file, keys);
      for (const { zh, en } of wrong) faults.add(name, zh, en);
      const { procurementId, bidId, entry } = statement;
      if (procurementId !== manifest.tender.id || bidId !== RECEIPT_FILE.exec(name)?.[1])
        faults.add(name, '不是此投标文件的回执', 'is the receipt of another bid');
      if (!log.hashes.has(entry)) faults.add(name, '其条目不在日志中', 'names an entry that the log does not have');
    } catch (error) {
      if (!(error instanceof NotSigned)) throw error;
      faults.add(name, `签名无效（${error.message}）`, `is not signed (${error.message})`);
    }
  }
  return count;
}

/** Each bid of the record is in the log and in the package, and the record is what its notice announced. */
async function checkOpening(
  pack: DossierPackage,
  { log, manifest }: Context,
  notices: readonly Row[],
  faults: Faults,
): Promise<void> {
  if (!pack.has(OPENING)) return;
  const opening = await jsonOf(pack, OPENING, faults);
  const records = isRecord(opening) && Array.isArray(opening.items) ? opening.items.filter(isRecord) : [];
  const files = new Map(manifest.files.map((file) => [file.name, file]));
  const announced = notices.filter(({ kind }) => kind === 'opening-record');
  for (const { lotNo, opened, entries } of records) {
    if (opened !== true || !Array.isArray(entries)) continue;
    for (const entry of entries.filter(isRecord))
      checkBid(entry, files.get(`bids/${String(lotNo)}/${String(entry.bidId)}/sealed.bid`), log, faults);
    // Later versions of the notice add who was present and who signed; what was opened stays as it was.
    const first = announced.find((each) => each.lotNo === lotNo && each.version === 1);
    const bidders = isRecord(first?.content) ? first.content.bidders : undefined;
    if (Array.isArray(bidders) && lineUp(bidders) !== lineUp(entries))
      faults.add(
        OPENING,
        `第 ${String(lotNo)} 标段与开标记录公告不符`,
        `lot ${String(lotNo)} does not match its notice`,
      );
  }
}

const lineUp = (bids: readonly unknown[]): string =>
  bids
    .filter(isRecord)
    .map(({ supplier, sha256, size, receivedAt }) => [supplier, sha256, size, instantOf(receivedAt)].join('\n'))
    .sort()
    .join('\n\n');

const instantOf = (value: unknown): string => {
  const at = Date.parse(String(value));
  return Number.isNaN(at) ? String(value) : formatInstant(at);
};

function checkBid(entry: Row, file: DossierFile | undefined, log: CheckedLog, faults: Faults): void {
  const { bidId, sha256, size } = entry;
  if (!log.bids.has(String(sha256)))
    faults.add(OPENING, `日志中没有投标文件 ${String(bidId)}`, `the log does not have the bid ${String(bidId)}`);
  if (file !== undefined && (file.sha256 !== sha256 || file.size !== size))
    faults.add(file.name, '与开标记录不符', 'is not what the record of the opening names');
}

/** What is in a folder is what the list beside it names. */
async function checkLists(pack: DossierPackage, manifest: DossierManifest, faults: Faults): Promise<void> {
  const inFolder = (folder: string): DossierFile[] => manifest.files.filter(({ name }) => name.startsWith(folder));
  const lists: [list: string, folder: string][] = [
    [DOCUMENTS, 'documents/'],
    [GRIEVANCES, 'grievances/'],
    ...pack.names
      .filter((name) => PARTS.test(name))
      .map((name): [string, string] => [name, name.replace(/\.json$/, '/')]),
  ];
  for (const [list, folder] of lists) {
    if (!pack.has(list)) continue;
    const named = hashesIn(await jsonOf(pack, list, faults));
    for (const { name, sha256 } of inFolder(folder)) {
      if (!named.has(sha256)) faults.add(name, `${list} 中没有此文件`, `is not in ${list}`);
    }
  }
}

/** Every SHA-256 that a list names, however deep. */
function hashesIn(value: unknown): Set<string> {
  const found = new Set<string>();
  const walk = (each: unknown): void => {
    if (Array.isArray(each)) each.forEach(walk);
    else if (isRecord(each)) {
      if (typeof each.sha256 === 'string') found.add(each.sha256);
      Object.values(each).forEach(walk);
    }
  };
  walk(value);
  return found;
}
