import { formatInstant } from '../domain/civil-time.ts';
import { canonicalHash } from './hash.ts';
import { factHashOf, leafOf } from './leaf.ts';
import { GrowingTree } from './merkle.ts';
import { NotSigned, type PublicJwk } from './signing.ts';
import { verifyTreeHead } from './tree-head.ts';

/** Format of the response of `GET /api/log/export`: JSON lines (docs/api.md). */
export const EXPORT_FORMAT = 'KB-LOG-2';

/**
 * Lines of an export. A leaf is followed by its subject, and a batch of leaves, which are sorted, by the head over them, so
 * that a reader needs to keep nothing but the edge of the tree and one batch.
 */
export type ExportLine =
  | { readonly type: 'export'; readonly format: typeof EXPORT_FORMAT; readonly size: number; readonly drill: boolean }
  | { readonly type: 'key'; readonly jwk: PublicJwk }
  | {
      readonly type: 'leaf';
      readonly index: number;
      readonly leaf: string;
      /** Hash of the audit entry, and of its subject; omitted for what is confidential or private, or may be so. */
      readonly entry?: string;
      readonly fact?: string;
      /** A bid by its hash only, once it is opened. */
      readonly of?: 'notice' | 'deadline' | 'bid';
      /** For monitors; `previousHash` is missing after an entry that is still confidential. */
      readonly audit?: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'notice'; readonly index: number; readonly notice: Readonly<Record<string, unknown>> }
  | { readonly type: 'opening'; readonly index: number; readonly opening: ExportedOpening }
  | { readonly type: 'head'; readonly size: number; readonly root: string; readonly at: number; readonly jws: string };

export interface ExportedOpening {
  readonly procurementId: string;
  readonly lotNo: number;
  readonly opened: boolean;
  readonly bidders: number;
  readonly entries: readonly {
    readonly supplier: string;
    readonly sha256: string;
    readonly size: number;
    readonly receivedAt: number;
  }[];
}

export interface ExportFault {
  /** Counts from 1. */
  readonly line: number;
  readonly subject: string;
  readonly zh: string;
  readonly en: string;
}

export interface VerifiedExport {
  readonly leaves: number;
  readonly entries: number;
  readonly notices: number;
  readonly openings: number;
  readonly heads: number;
  /** Whether the caller supplied the keys; otherwise those of the file were trusted. */
  readonly pinned: boolean;
  /** The last head: it covers everything before it. */
  readonly head: { readonly size: number; readonly root: string } | null;
  readonly faults: readonly ExportFault[];
}

/** So that a file with many errors does not fill the memory. */
const MOST_FAULTS = 1_000;

/**
 * Verifies an export off-line, line by line: leaves and entries, their chain, each head over all leaves before it,
 * notices and opening records.
 * @param pinned trusted keys from elsewhere; null: those of the file are trusted
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  pinned: readonly PublicJwk[] | null,
): Promise<VerifiedExport> {
  const reader = new ExportReader(pinned);
  for await (const line of lines) await reader.read(line);
  return reader.end();
}

type Leaf = Extract<ExportLine, { type: 'leaf' }>;

/** An entry of the trail, with its hash and the line that it is in. */
interface GivenEntry {
  readonly line: number;
  readonly hash: string | undefined;
  readonly entry: Readonly<Record<string, unknown>>;
}

class ExportReader {
  readonly #pinned: readonly PublicJwk[] | null;
  readonly #keys: PublicJwk[] = [];
  readonly #faults: ExportFault[] = [];
  readonly #tree = new GrowingTree();
  readonly #bids = new Set<string>();
  readonly #count = { entries: 0, notices: 0, openings: 0, heads: 0 };
  #line = 0;
  #announced: number | null = null;
  #leaf: Leaf | null = null;
  /** Of the batch under way, in the order of the tree. */
  #entries: GivenEntry[] = [];
  #opened: { readonly line: number; readonly subject: string; readonly sha256: string }[] = [];
  /** The last entry of the trail that is given, of the batches before. */
  #before: GivenEntry | null = null;
  /** The leaf refers to a notice, which must follow. */
  #noticeDue = false;
  #notice: Readonly<Record<string, unknown>> | null = null;
  #head: { size: number; root: string } | null = null;

  constructor(pinned: readonly PublicJwk[] | null) {
    this.#pinned = pinned;
  }

  async read(text: string): Promise<void> {
    this.#line += 1;
    if (text.trim() === '') return;
    let line: ExportLine;
    try {
      line = JSON.parse(text) as ExportLine;
      if (typeof line !== 'object' || line === null) throw new TypeError('not an object');
    } catch {
      this.#fault('export', '不是 JSON', 'is not JSON');
      return;
    }
    try {
      await this.#take(line);
    } catch (error) {
      // A line that does not have the format: whatever it breaks is its own fault.
      const reason = error instanceof Error ? error.message : String(error);
      this.#fault(String(line.type), `形式有误（${reason}）`, `is not of the format (${reason})`);
    }
  }

  end(): VerifiedExport {
    this.#noticeMissing();
    this.#line += 1;
    this.#endBatch();
    const { size } = this.#tree;
    if (this.#announced === null) this.#fault('export', '缺少首行', 'lacks its first line');
    else if (this.#announced !== size)
      this.#fault(
        'export',
        `应有 ${this.#announced} 条，实有 ${size} 条`,
        `should have ${this.#announced} leaves and has ${size}`,
      );
    if (size > 0 && this.#head?.size !== size)
      this.#fault('export', '最后的叶子没有签名的树头', 'no signed head covers its last leaves');
    return {
      leaves: size,
      ...this.#count,
      pinned: this.#pinned !== null,
      head: this.#head,
      faults: this.#faults,
    };
  }

  async #take(line: ExportLine): Promise<void> {
    if (line.type !== 'notice') this.#noticeMissing();
    switch (line.type) {
      case 'export':
        if (line.format !== EXPORT_FORMAT || this.#line !== 1)
          this.#fault('export', `不是 ${EXPORT_FORMAT} 格式的首行`, `is not the first line of a ${EXPORT_FORMAT}`);
        this.#announced = line.size;
        return;
      case 'key':
        this.#key(line.jwk);
        return;
      case 'leaf':
        this.#takeLeaf(line);
        return;
      case 'notice':
        this.#takeNotice(line);
        return;
      case 'opening':
        this.#takeOpening(line);
        return;
      case 'head':
        return this.#takeHead(line);
      default:
        this.#fault('export', '未知的行', 'is a line of unknown type');
    }
  }

  #key(jwk: PublicJwk): void {
    const known = this.#pinned === null || this.#pinned.some(({ kid, x }) => kid === jwk.kid && x === jwk.x);
    if (!known) this.#fault(`signing-key/${jwk.kid}`, '不是所指定的公钥', 'is not one of the pinned keys');
    this.#keys.push(jwk);
  }

  #takeLeaf(line: Leaf): void {
    const subject = `leaf/${line.index}`;
    if (line.index !== this.#tree.size)
      this.#fault(subject, `缺少第 ${this.#tree.size} 片叶子`, `leaf ${this.#tree.size} is missing`);
    if ((line.entry === undefined) !== (line.fact === undefined))
      this.#fault(
        subject,
        '条目哈希与事实哈希应同时给出',
        'must give the hash of its entry and of its fact, or neither',
      );
    if (line.entry !== undefined && line.fact !== undefined && leafOf(line.entry, line.fact) !== line.leaf)
      this.#fault(subject, '叶子与条目、事实的哈希不符', 'is not the leaf of its entry and its fact');
    if (line.audit !== undefined) this.#takeEntry(line, line.audit);
    if (this.#tree.size !== this.#head?.size && this.#leaf !== null && this.#leaf.leaf > line.leaf)
      this.#fault(subject, '批内未按叶子排序', 'is not in the order of its batch');
    this.#tree.append(line.leaf);
    this.#leaf = line;
    this.#notice = null;
    this.#noticeDue = line.of === 'notice';
    if (line.of === 'bid' && line.fact !== undefined) this.#bids.add(line.fact);
  }

  #takeEntry(line: Leaf, entry: GivenEntry['entry']): void {
    this.#count.entries += 1;
    const subject = `audit/${String(entry.seq)}`;
    if (factHashOf(entry.detail as Record<string, unknown>) !== line.fact)
      this.#fault(subject, '事实哈希与条目不符', 'does not name the fact of its leaf');
    if (entry.previousHash !== undefined && canonicalHash(entry) !== line.entry)
      this.#fault(subject, '内容被改动', 'was changed');
    this.#entries.push({ line: this.#line, hash: line.entry, entry });
  }

  /** The chain of the audit trail, as far as it is given: the entries of a batch come in another order. */
  #chain(): void {
    const first = this.#head?.size ?? 0;
    for (const given of this.#entries.toSorted((a, b) => Number(a.entry.seq) - Number(b.entry.seq))) {
      const { line, entry } = given;
      const seq = Number(entry.seq);
      const subject = `audit/${String(entry.seq)}`;
      const before = this.#before;
      const follows = before !== null && Number(before.entry.seq) === seq - 1;
      if (!(seq > first && seq <= this.#tree.size) || (before !== null && Number(before.entry.seq) >= seq))
        this.#fault(subject, '序号不在此批之内', 'is not an entry of its batch', line);
      if (before !== null && Number(entry.at) < Number(before.entry.at))
        this.#fault(subject, '时间早于前一条', 'is earlier than the entry before', line);
      if (entry.previousHash === undefined) {
        if (follows || seq === 1) this.#fault(subject, '缺少前一条的哈希', 'lacks the hash of the entry before', line);
      } else if ((follows || seq === 1) && entry.previousHash !== (before?.hash ?? '0'.repeat(64)))
        this.#fault(subject, '与前一条的哈希不符', 'does not continue the entry before', line);
      this.#before = given;
    }
    this.#entries = [];
  }

  /** Bids of the batch of their opening may come after it. */
  #lookForBids(): void {
    for (const { line, subject, sha256 } of this.#opened) {
      if (!this.#bids.has(sha256))
        this.#fault(subject, `日志中没有投标文件 ${sha256}`, `the log has no bid ${sha256}`, line);
    }
    this.#opened = [];
  }

  #takeNotice({ index, notice }: Extract<ExportLine, { type: 'notice' }>): void {
    this.#count.notices += 1;
    this.#noticeDue = false;
    this.#notice = notice;
    const { hash, ...content } = notice;
    const subject = `notice/${String(notice.id)}`;
    if (canonicalHash(content) !== hash) this.#fault(subject, '公告内容被改动', 'the notice was changed');
    if (this.#leaf?.of !== 'notice' || this.#leaf.index !== index || this.#leaf.fact !== hash)
      this.#fault(subject, '不在日志的该位置', 'is not what the log has in its place');
  }

  #noticeMissing(): void {
    if (!this.#noticeDue || !this.#leaf) return;
    this.#noticeDue = false;
    this.#fault(`leaf/${this.#leaf.index}`, '日志中有此公告，但已不存在', 'the log names a notice that is missing');
  }

  /** The record is what the notice before it says, and each of its bids is in the log. */
  #takeOpening({ index, opening }: Extract<ExportLine, { type: 'opening' }>): void {
    this.#count.openings += 1;
    const { procurementId, lotNo, entries } = opening;
    const subject = `opening/${procurementId}/${lotNo}`;
    const notice = this.#notice;
    const place = notice?.procurementId === procurementId && notice.lotNo === lotNo && this.#leaf?.index === index;
    if (!place || notice.kind !== (opening.opened ? 'opening-record' : 'lot-failed')) {
      this.#fault(subject, '没有与之相应的公告', 'has no notice that announces it');
      return;
    }
    if (!opening.opened) {
      if (entries.length > 0) this.#fault(subject, '未开标却有投标', 'was not opened, and has bids');
      return;
    }
    const { bidders } = notice.content as {
      bidders: { supplier: string; sha256: string; size: number; receivedAt: string }[];
    };
    const textOf = (each: (typeof bidders)[number]) =>
      [each.supplier, each.sha256, each.size, each.receivedAt].join('\n');
    const announced = bidders.map(textOf).sort();
    const recorded = entries.map((each) => textOf({ ...each, receivedAt: formatInstant(each.receivedAt) })).sort();
    if (opening.bidders !== entries.length || JSON.stringify(announced) !== JSON.stringify(recorded))
      this.#fault(subject, '与开标记录公告不符', 'does not match its notice');
    for (const { sha256 } of entries) this.#opened.push({ line: this.#line, subject, sha256 });
  }

  async #takeHead(line: Extract<ExportLine, { type: 'head' }>): Promise<void> {
    this.#count.heads += 1;
    const subject = `head/${line.size}`;
    if (line.size !== this.#tree.size)
      this.#fault(subject, `其前有 ${this.#tree.size} 片叶子`, `follows ${this.#tree.size} leaves`);
    else if (line.root !== this.#tree.root())
      this.#fault(subject, '根哈希与叶子不符', 'is not the root over the leaves before it');
    try {
      const { size, root, at } = await verifyTreeHead(line.jws, this.#pinned ?? this.#keys);
      if (size !== line.size || root !== line.root || at !== line.at)
        this.#fault(subject, '与所签内容不符', 'is not what was signed');
    } catch (error) {
      if (!(error instanceof NotSigned)) throw error;
      this.#fault(subject, `签名无效（${error.message}）`, `is not signed (${error.message})`);
    }
    this.#endBatch();
    this.#head = { size: line.size, root: line.root };
  }

  #endBatch(): void {
    this.#chain();
    this.#lookForBids();
  }

  #fault(subject: string, zh: string, en: string, line = this.#line): void {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push({ line, subject, zh, en });
  }
}
