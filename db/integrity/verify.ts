import { asc, eq, gt } from 'drizzle-orm';
import { auditAfter, GENESIS, hashOf } from '../audit.ts';
import type { Database } from '../access/database.ts';
import { unlikeTitles } from '../access/search.ts';
import { contradictions, contradictionText } from '../engine/contradictions.ts';
import { asFaults, missingFrom, type Noted } from './acknowledged.ts';
import type { CheckedRows, Fault } from './fault.ts';
import { LogCheck, type WitnessedRoot } from './check-log.ts';
import { noticesAfter } from '../notices.ts';
import { audit, bidParts, bids, documents } from '../schema/sqlite.ts';
import { partsOf } from '../openings/unsealings.ts';

export type { Fault };

export interface Verification {
  /** Rows that were held to the entries that wrote them. */
  readonly rows: number;
  readonly audit: number;
  readonly notices: number;
  readonly bids: number;
  /** Of bids that were opened. */
  readonly parts: number;
  readonly documents: number;
  /** Signed heads of the log. */
  readonly heads: number;
  /** Hash of the last audit entry: published, it proves everything before it. */
  readonly head: string;
  readonly faults: Fault[];
}

/** What is read, as at one instant: the rows, and the files that they name. */
export type Verifiable = Pick<Database, 'read' | 'blobs'> & {
  checkRows(): Promise<CheckedRows>;
  /** What was acknowledged before the database was opened; a copy has none. */
  readonly acknowledged?: Noted | undefined;
  /** Heads of the log that others have seen. */
  readonly witnessed?: readonly WitnessedRoot[] | undefined;
};

/** An installation that was opened only to be read. */
export type OpenToVerify = Verifiable & { close(): Promise<void> };

const PAGE = 500;

/**
 * Reads and checks everything: the audit chain, every row against the entry that wrote it, the log's nodes and signed
 * heads, every notice's hash, and every file against the hash it was stored with. Needs no key and changes nothing.
 */
export async function verifyInstallation(db: Verifiable): Promise<Verification> {
  const faults: Fault[] = [];
  const checked = await db.checkRows();
  for (const fault of checked.faults) faults.push(fault);
  const chain = await verifyAudit(db, faults);
  if (db.acknowledged) faults.push(...asFaults(await missingFrom(db.read, db.acknowledged)));
  await verifyTitles(db, faults);
  await verifyStages(db, faults);
  return {
    rows: checked.rows,
    ...chain,
    notices: await verifyNotices(db, faults),
    bids: await verifyFiles(db, 'bid', faults),
    parts: await verifyParts(db, faults),
    documents: await verifyFiles(db, 'document', faults),
    faults,
  };
}

/** Of rows whose JSON is none. */
const UNREADABLE = { zh: '此条或其后的记录无法读取', en: 'cannot be read, or what follows it cannot' };

const readable = <T>(rows: Promise<T>): Promise<T | null> =>
  rows.catch((error: unknown) => {
    if (error instanceof SyntaxError) return null;
    throw error;
  });

async function verifyAudit(db: Verifiable, faults: Fault[]): Promise<{ audit: number; heads: number; head: string }> {
  let previousHash = GENESIS;
  let seq = 0;
  let previousAt = 0;
  const log = await LogCheck.of(db.read, faults, db.witnessed);
  for (;;) {
    const rows = await readable(auditAfter(db.read, seq, PAGE));
    if (rows === null) faults.push({ subject: `audit/${seq + 1}`, ...UNREADABLE });
    if (rows === null || rows.length === 0) break;
    for (const { hash, ...row } of rows) {
      const subject = `audit/${row.seq}`;
      if (row.seq !== seq + 1) faults.push({ subject, zh: `缺少第 ${seq + 1} 条`, en: `entry ${seq + 1} is missing` });
      if (row.previousHash !== previousHash) {
        faults.push({ subject, zh: '与前一条的哈希不符', en: 'does not continue the entry before' });
      }
      const made = hashOf(row);
      if (made !== hash) faults.push({ subject, zh: '内容被改动', en: 'was changed' });
      if (row.at < previousAt) faults.push({ subject, zh: '时间早于前一条', en: 'is earlier than the entry before' });
      ({ seq, at: previousAt } = row);
      previousHash = hash;
      await log.take({ hash: made, detail: row.detail, action: row.action });
    }
  }
  return { audit: seq, heads: await log.end(), head: previousHash };
}

/** A procurement that has concluded while one of its lots is still running, and similar contradictions. */
async function verifyStages(db: Verifiable, faults: Fault[]): Promise<void> {
  for (const found of await contradictions(db.read)) {
    faults.push({ subject: `procurement/${found.procurementId}`, ...contradictionText(found) });
  }
}

/** The titles by which notices and tenders are searched are derived from them. */
async function verifyTitles(db: Verifiable, faults: Fault[]): Promise<void> {
  for await (const { table, id } of unlikeTitles(db.read)) {
    faults.push({
      subject: `${table}/${id}`,
      zh: '检索用的标题与原文不符',
      en: 'is not what the title is searched by',
    });
  }
}

async function verifyNotices(db: Verifiable, faults: Fault[]): Promise<number> {
  let count = 0;
  let after = '';
  const recorded = await hashesInAudit(db);
  for (;;) {
    const rows = await readable(noticesAfter(db.read, after, PAGE));
    if (rows === null) faults.push({ subject: `notice/${after}`, ...UNREADABLE });
    if (rows === null || rows.length === 0) break;
    for (const { hash, ...row } of rows) {
      count += 1;
      after = row.id;
      const subject = `notice/${row.id}`;
      const made = hashOf(row);
      if (made !== hash) faults.push({ subject, zh: '公告内容被改动', en: 'the notice was changed' });
      if (recorded.get(subject) !== hash) {
        faults.push({ subject, zh: '与审计记录中的哈希不符', en: 'is not the notice that the audit trail names' });
      }
      recorded.delete(subject);
    }
  }
  for (const subject of recorded.keys()) {
    faults.push({ subject, zh: '审计记录中有此公告，但已不存在', en: 'the audit trail names it, but it is missing' });
  }
  return count;
}

async function hashesInAudit(db: Verifiable): Promise<Map<string, string>> {
  const rows = await db.read
    .select({ subject: audit.subject, detail: audit.detail })
    .from(audit)
    .where(eq(audit.action, 'notice.publish'));
  return new Map(rows.map(({ subject, detail }) => [subject, String(detail.hash)]));
}

async function verifyFiles(db: Verifiable, what: 'bid' | 'document', faults: Fault[]): Promise<number> {
  const table = what === 'bid' ? bids : documents;
  let count = 0;
  let after = '';
  for (;;) {
    const rows = await db.read
      .select({ id: table.id, sha256: table.sha256, size: table.size })
      .from(table)
      .where(gt(table.id, after))
      .orderBy(asc(table.id))
      .limit(PAGE);
    if (rows.length === 0) return count;
    for (const row of rows) {
      count += 1;
      after = row.id;
      const found = await db.blobs.inspect(row.sha256);
      const subject = `${what}/${row.id}`;
      if (found === null) faults.push({ subject, zh: '文件缺失', en: 'the file is missing' });
      else if (found.sha256 !== row.sha256 || found.size !== row.size) {
        faults.push({ subject, zh: '文件与回执的哈希不符', en: 'the file is not the one that was receipted' });
      }
    }
  }
}

/** Parts of the bids that were opened; an empty part has no file. */
async function verifyParts(db: Verifiable, faults: Fault[]): Promise<number> {
  let count = 0;
  let after = '';
  for (;;) {
    const rows = await db.read
      .select()
      .from(bidParts)
      .where(gt(bidParts.bidId, after))
      .orderBy(asc(bidParts.bidId), asc(bidParts.no))
      .limit(PAGE);
    const last = rows.at(-1)?.bidId;
    if (last === undefined) return count;
    // A bid whose parts do not all fit into the page is read entirely.
    const bidsOfPage = [...new Set(rows.map(({ bidId }) => bidId))];
    for (const bidId of bidsOfPage) {
      for (const part of await partsOf(db.read, bidId)) {
        count += 1;
        if (part.size === 0) continue;
        const found = await db.blobs.inspect(part.sha256);
        const subject = `bid/${bidId}/part/${part.no}`;
        if (found === null) faults.push({ subject, zh: '文件缺失', en: 'the file is missing' });
        else if (found.sha256 !== part.sha256 || found.size !== part.size) {
          faults.push({ subject, zh: '文件与清单的哈希不符', en: 'the file is not the one of the manifest' });
        }
      }
    }
    after = last;
  }
}
