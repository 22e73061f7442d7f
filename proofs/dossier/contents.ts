import { canonicalHash } from '../hash.ts';
import { verifyReceipt, type ReceiptProof, type ReceiptStatement } from '../receipt.ts';
import { NotSigned, type PublicJwk } from '../signing.ts';
import { checkArchive } from './archive.ts';
import { checkFolders } from './folders.ts';
import type { CheckedLog } from './log.ts';
import {
  ALWAYS,
  isLeftOut,
  MANIFEST,
  NOTICE,
  NOTICE_FILE,
  RECEIPT_FILE,
  TENDER,
  type DossierManifest,
} from './manifest.ts';
import { checkOpening } from './opening.ts';
import { type Faults, isRecord, jsonOf, textOf, type DossierPackage, type Row } from './package.ts';
import { checkResults } from './results.ts';

interface Context {
  readonly log: CheckedLog;
  readonly keys: readonly PublicJwk[];
  readonly manifest: DossierManifest;
}

/** That the files of a dossier agree with the log and with each other. */
export async function checkContents(
  pack: DossierPackage,
  context: Context,
  faults: Faults,
): Promise<{ readonly notices: number; readonly receipts: number }> {
  const { manifest } = context;
  for (const name of ALWAYS) {
    if (!pack.has(name) && !isLeftOut(manifest, name)) faults.add(name, '缺少', 'is missing');
  }
  const tender = pack.has(TENDER) ? await jsonOf(pack, TENDER, faults) : undefined;
  if (!isRecord(tender) || tender.id !== manifest.tender.id || tender.title !== manifest.tender.title)
    faults.add(MANIFEST, `项目与 ${TENDER} 不符`, `names another tender than ${TENDER}`);
  const notices = await checkNotices(pack, context, faults);
  const receipts = await checkReceipts(pack, context, faults);
  await checkOpening(pack, { ...context, notices, receipts: receipts.of }, faults);
  await checkFolders(pack, context, faults);
  await checkResults(pack, notices, faults);
  await checkArchive(pack, manifest, faults);
  return { notices: notices.length, receipts: receipts.count };
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
    if (notice.procurementId !== manifest.tender.id || name !== `notices/${String(notice.id)}.json`)
      faults.add(name, '不属于本项目', 'is about another tender');
    const isDrill = isRecord(notice.content) && notice.content.drill === true;
    if (isDrill !== manifest.drill)
      faults.add(MANIFEST, '是否演练与公告不符', 'names a drill, or no drill, unlike its notices');
    await checkPage(pack, name.replace(/json$/, 'html'), String(hash), faults);
    found.add(String(hash));
    notices.push(notice);
  }
  for (const name of pack.names) {
    if (name.startsWith('notices/') && !NOTICE_FILE.test(name)) faults.add(name, '不是公告', 'is no notice');
  }
  for (const hash of log.notices) {
    if (!found.has(hash))
      faults.add('notices/', `缺少日志中的公告 ${hash}`, `the notice ${hash}, which the log has, is missing`);
  }
  return notices;
}

/** The page of a notice, which names the hash of what it shows: to read, the notice itself being what counts. */
async function checkPage(pack: DossierPackage, name: string, hash: string, faults: Faults): Promise<void> {
  if (!pack.has(name)) faults.add(name, '缺少', 'is missing');
  else if ((await textOf(pack, name))?.includes(hash) !== true)
    faults.add(name, '不是同名公告的网页', 'is not the page of the notice beside it');
}

/** A receipt is signed, is in the log, and is of the sealed file beside it. */
async function checkReceipts(
  pack: DossierPackage,
  { log, keys, manifest }: Context,
  faults: Faults,
): Promise<{ readonly count: number; readonly of: ReadonlyMap<string, ReceiptStatement> }> {
  const found = new Map<string, ReceiptStatement>();
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
      found.set(bidId, statement);
      if (!log.hashes.has(entry)) faults.add(name, '其条目不在日志中', 'names an entry that the log does not have');
    } catch (error) {
      if (!(error instanceof NotSigned)) throw error;
      faults.add(name, `签名无效（${error.message}）`, `is not signed (${error.message})`);
    }
  }
  return { count, of: found };
}
