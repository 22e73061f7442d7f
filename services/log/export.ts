import type { Database, Queries } from '../../db/access/database.ts';
import { entriesBetween, headsAfter, indexOf, latestHead, type LogEntry, type TreeHeadRow } from '../../db/log.ts';
import { unknownToPublic } from '../../db/invitees.ts';
import { noticesByIds, type Notice } from '../../db/notices.ts';
import { openingsOfMany, type Opening } from '../../db/openings/openings.ts';
import { signingKeysOf } from '../../db/signing-keys.ts';
import { EXPORT_FORMAT, type ExportLine } from '../../proofs/export.ts';
import { factHashOf, leafOfEntry } from '../../proofs/leaf.ts';

/** Leaves read in one query. */
const PAGE = 500;

/**
 * The log up to its last signed head, as JSON lines. Later entries are left out, so that nobody sees the log grow while
 * bids arrive.
 * What is about a procurement that the public may not know of yet is a bare leaf.
 * @param watching includes the entries themselves, where they are no longer confidential
 */
export async function* exportLog(db: Database, watching: boolean): AsyncGenerator<ExportLine> {
  const { read } = db;
  const last = await latestHead(read);
  const size = last?.size ?? 0;
  yield { type: 'export', format: EXPORT_FORMAT, size, drill: db.clock.mode === 'drill' };
  for (const jwk of await signingKeysOf(read)) yield { type: 'key', jwk };
  const heads = headsInOrder(read, size);
  let head = (await heads.next()).value;
  let before: LogEntry | null = null;
  for (let seq = 0; seq < size; seq += PAGE) {
    const entries = await entriesBetween(read, seq, size, PAGE);
    const about = await publishedWith(read, entries);
    const unknown = watching ? new Set<string>() : await unknownToPublic(read, tendersOf(entries));
    for (const entry of entries) {
      const index = indexOf(entry.row);
      const confidential = unknown.has(entry.row.procurementId ?? '');
      yield leafLine(confidential ? { ...entry, confidential } : entry, before, watching);
      const notice = about.notices.get(entry.row.subject);
      if (entry.row.action === 'notice.publish' && notice && !confidential) {
        yield { type: 'notice', index, notice: { ...notice } };
        const opening = about.openings.find((each) => announces(notice, each));
        if (opening) yield { type: 'opening', index, opening };
      }
      if (head && head.size === entry.row.seq) {
        const { size: leaves, root, signedAt, jws } = head;
        yield { type: 'head', size: leaves, root, at: signedAt, jws };
        head = (await heads.next()).value;
      }
      before = entry;
    }
  }
}

/** The procurements that the named entries of a page are about. */
const tendersOf = (entries: readonly LogEntry[]): string[] =>
  entries.flatMap(({ row }) => (row.action in SUBJECTS && row.procurementId !== null ? [row.procurementId] : []));

async function* headsInOrder(q: Queries, until: number): AsyncGenerator<TreeHeadRow, undefined> {
  for (let size = 0; ;) {
    const page = await headsAfter(q, size, PAGE);
    for (const head of page) if (head.size <= until) yield head;
    const last = page.at(-1);
    if (!last || last.size >= until) return undefined;
    size = last.size;
  }
}

const SUBJECTS = {
  'notice.publish': 'notice',
  'deadline.set': 'deadline',
  'bid.submit': 'bid',
  'bid.replace': 'bid',
} as const;

function leafLine({ row, confidential }: LogEntry, before: LogEntry | null, watching: boolean): ExportLine {
  const bare = { type: 'leaf', index: indexOf(row), leaf: leafOfEntry(row) } as const;
  const of = row.action in SUBJECTS ? SUBJECTS[row.action as keyof typeof SUBJECTS] : undefined;
  if (confidential || (of === undefined && !watching)) return bare;
  const line = { ...bare, entry: row.hash, fact: factHashOf(row.detail), ...(of ? { of } : {}) };
  if (!watching) return line;
  const { hash: _hash, previousHash, ...entry } = row;
  // The hash of a confidential entry would let anybody verify a guess of its content.
  return { ...line, audit: before?.confidential ? entry : { ...entry, previousHash } };
}

async function publishedWith(
  q: Queries,
  entries: readonly LogEntry[],
): Promise<{ notices: Map<string, Notice>; openings: Opening[] }> {
  const named = entries.filter(({ row }) => row.action === 'notice.publish').map(({ row }) => row.subject);
  if (named.length === 0) return { notices: new Map(), openings: [] };
  const rows = await noticesByIds(
    q,
    named.map((subject) => subject.slice('notice/'.length)),
  );
  const procurementIds = rows.filter(({ kind }) => ANNOUNCING.has(kind)).map(({ procurementId }) => procurementId);
  return {
    notices: new Map(rows.map((notice) => [`notice/${notice.id}`, notice])),
    openings: await openingsOfMany(q, [...new Set(procurementIds)]),
  };
}

const ANNOUNCING: ReadonlySet<string> = new Set(['opening-record', 'lot-failed']);

function announces(notice: Notice, opening: Opening): boolean {
  if (notice.procurementId !== opening.procurementId || notice.lotNo !== opening.lotNo) return false;
  return notice.kind === (opening.opened ? 'opening-record' : 'lot-failed') && notice.version === 1;
}
