import { formatInstant } from '../../domain/civil-time.ts';
import { SEAL_FORMAT } from '../../domain/bids/sealing.ts';
import { canonicalHash } from '../hash.ts';
import type { ReceiptStatement } from '../receipt.ts';
import { checkFolder } from './folders.ts';
import type { CheckedLog } from './log.ts';
import { bidFolder, isLeftOut, OPENING, type DossierFile, type DossierManifest } from './manifest.ts';
import { isRecord, itemsOf, jsonOf, type DossierPackage, type Faults, type Row } from './package.ts';

interface Context {
  readonly log: CheckedLog;
  readonly manifest: DossierManifest;
  readonly notices: readonly Row[];
  /** What was signed about the bids, by their ids. */
  readonly receipts: ReadonlyMap<string, ReceiptStatement>;
}

/** The record is what its notices announced; each bid of it is in the log and in the package, as it was opened. */
export async function checkOpening(pack: DossierPackage, context: Context, faults: Faults): Promise<void> {
  const { log, manifest, notices } = context;
  const opening = pack.has(OPENING) ? await jsonOf(pack, OPENING, faults) : undefined;
  const records = itemsOf(opening);
  const opened = records.filter((record) => record.opened === true && Array.isArray(record.entries));
  for (const notice of notices) {
    // Later versions add who was present and who signed; what was opened stays as it was.
    if (notice.kind !== 'opening-record' || notice.version !== 1 || !isRecord(notice.content)) continue;
    const record = opened.find(({ lotNo }) => lotNo === notice.lotNo);
    if (!record || !isAsAnnounced(record, notice.content))
      faults.add(
        OPENING,
        `第 ${String(notice.lotNo)} 标段与开标记录公告不符`,
        `lot ${String(notice.lotNo)} does not match its notice`,
      );
  }
  const bids = opened.flatMap(({ lotNo, entries }) => itemsOf({ items: entries }).map((entry) => ({ lotNo, entry })));
  const folders = new Map<string, DossierFile[]>(bids.map(({ lotNo, entry }) => [bidFolder(lotNo, entry.bidId), []]));
  for (const file of manifest.files.filter(({ name }) => name.startsWith('bids/'))) {
    const folder = folders.get(`${file.name.split('/').slice(0, 3).join('/')}/`);
    if (folder) folder.push(file);
    else faults.add(file.name, `${OPENING} 中没有此投标文件`, `is of no bid of ${OPENING}`);
  }
  for (const { lotNo, entry } of bids) {
    const files = folders.get(bidFolder(lotNo, entry.bidId)) ?? [];
    await checkBid(pack, { ...context, lotNo, entry, files }, faults);
  }
  const known = new Set(bids.map(({ entry }) => String(entry.bidId)));
  for (const bidId of log.unsealed.keys()) {
    if (!known.has(bidId))
      faults.add(OPENING, `缺少已开启的投标文件 ${bidId}`, `lacks the bid ${bidId}, which was opened`);
  }
}

function isAsAnnounced(record: Row, content: Row): boolean {
  const bidders = itemsOf({ items: content.bidders });
  const isSame =
    canonicalHash(linesOf(bidders.map(announced))) ===
    canonicalHash(linesOf(itemsOf({ items: record.entries }).map(read)));
  return isSame && instantOf(record.actualAt) === instantOf(content.opened);
}

const linesOf = (bids: readonly object[]): string[] => bids.map((bid) => canonicalHash(bid)).sort();

/** As its notice has it. */
const announced = ({ reasonZh, reasonEn, ...bid }: Row): object =>
  figuresOf({ ...bid, reason: typeof reasonZh === 'string' ? { zh: reasonZh, en: reasonEn ?? reasonZh } : null });

const read = (bid: Row): object => figuresOf(bid);

function figuresOf(bid: Row): object {
  const { supplier, sha256, size, receivedAt, state, priceFen, periodDays, quality, reason, sameAs, deposit } = bid;
  const { held, amountFen, form } = isRecord(deposit) ? deposit : {};
  return {
    ...{ supplier: supplier ?? null, sha256: sha256 ?? null, size: size ?? null, receivedAt: instantOf(receivedAt) },
    ...{ state: state ?? null, priceFen: priceFen ?? null, periodDays: periodDays ?? null, quality: quality ?? null },
    ...{ reason: reason ?? null, sameAs: sameAs ?? [] },
    deposit: [held ?? null, amountFen ?? null, form ?? null],
  };
}

const instantOf = (value: unknown): string => {
  const at = Date.parse(String(value));
  return Number.isNaN(at) ? String(value) : formatInstant(at);
};

/** A bid of the record: the log has it, its files are there, and what is in them is what was opened. */
async function checkBid(
  pack: DossierPackage,
  {
    log,
    manifest,
    receipts,
    lotNo,
    entry,
    files,
  }: Context & { readonly lotNo: unknown; readonly entry: Row; readonly files: readonly DossierFile[] },
  faults: Faults,
): Promise<void> {
  const { bidId, sha256, size } = entry;
  const id = String(bidId);
  const folder = bidFolder(lotNo, bidId);
  const [sealed, receipt, list] = [`${folder}sealed.bid`, `${folder}receipt.json`, `${folder}parts.json`];
  if (!log.bids.has(String(sha256)))
    faults.add(OPENING, `日志中没有投标文件 ${id}`, `the log does not have the bid ${id}`);
  const file = files.find(({ name }) => name === sealed);
  if (file !== undefined && (file.sha256 !== sha256 || file.size !== size))
    faults.add(sealed, '与开标记录不符', 'is not what the record of the opening names');
  const statement = receipts.get(id);
  if (statement && (statement.sha256 !== sha256 || statement.receivedAt !== Date.parse(String(entry.receivedAt))))
    faults.add(receipt, '与开标记录不符', 'is not what the record of the opening names');
  for (const name of [sealed, receipt, list]) {
    if (!pack.has(name) && !isLeftOut(manifest, name)) faults.add(name, '缺少', 'is missing');
  }
  const parts = pack.has(list) ? itemsOf(await jsonOf(pack, list, faults)) : [];
  const named = parts.map((part, index) => ({ prefix: `${folder}parts/${index + 1}-`, sha256: part.sha256 }));
  const inParts = files.filter(({ name }) => name.startsWith(`${folder}parts/`));
  checkFolder(manifest, { list, files: inParts, named }, faults);
  const hash = log.unsealed.get(id);
  if (hash === undefined || !statement || !pack.has(list)) return;
  const { priceFen, periodDays, quality } = entry;
  const { procurementId, bidder } = statement;
  const contents = {
    ...{ format: SEAL_FORMAT, procurementId, lotNo, bidder },
    ...{ priceFen, periodDays, quality, parts },
  };
  if (canonicalHash(contents) !== hash)
    faults.add(list, '与日志中开启的内容不符', 'is not what was opened, by the log');
}
