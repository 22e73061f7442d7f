import type { Database, Queries } from '../../db/access/database.ts';
import { entriesBetween, headsAfter, type LogEntry, type TreeHeadRow } from '../../db/log.ts';
import { unknownToPublic } from '../../db/invitees.ts';
import { noticesByIds, type Notice } from '../../db/notices.ts';
import { openingsOfMany, type Opening } from '../../db/openings/openings.ts';
import { secretSince } from '../../db/tender/secrecy.ts';
import { signingKeysOf } from '../../db/signing-keys.ts';
import { inTreeOrder } from '../../proofs/batch.ts';
import { EXPORT_FORMAT, type ExportLine } from '../../proofs/export.ts';
import { factHashOf, leafOfEntry } from '../../proofs/leaf.ts';

/** Entries read in one query. */
const PAGE = 500;

type LeafLine = Extract<ExportLine, { type: 'leaf' }>;

/**
 * The log up to its last signed head, as JSON lines. Later entries are left out, so that nobody sees the log grow while
 * bids arrive.
 * What is about a procurement that the public may not know of yet is a bare leaf.
 * @param watching includes the entries themselves, of batches from before every tender that is not opened yet
 */
export async function* exportLog(db: Database, watching: boolean): AsyncGenerator<ExportLine> {
  const { read } = db;
  const heads = await allHeads(read);
  const size = heads.at(-1)?.size ?? 0;
  yield { type: 'export', format: EXPORT_FORMAT, size, drill: db.clock.mode === 'drill' };
  for (const jwk of await signingKeysOf(read)) yield { type: 'key', jwk };
  const since = watching ? await secretSince(read) : -Infinity;
  let from = 0;
  let before: LogEntry | null = null;
  for (const { size: until, root, signedAt, jws } of heads) {
    const batch = await batchOf(read, { from, until, before, watching: watching && signedAt < since });
    ({ last: before } = batch);
    for (const [place, { line, following }] of inTreeOrder(batch.leaves).entries()) {
      const index = from + place;
      yield { ...line, index };
      for (const each of following) yield { ...each, index };
    }
    yield { type: 'head', size: until, root, at: signedAt, jws };
    from = until;
  }
}

interface Exported {
  readonly leaf: string;
  readonly line: LeafLine;
  /** The notice and the opening that it names; their index is that of the leaf. */
  readonly following: readonly Extract<ExportLine, { type: 'notice' | 'opening' }>[];
}

interface Batch {
  readonly from: number;
  readonly until: number;
  /** The entry before its first. */
  readonly before: LogEntry | null;
  readonly watching: boolean;
}

/** The lines of a batch of leaves, in the order of the trail: that of the tree is known once all are. */
async function batchOf(
  read: Queries,
  { from, until, before, watching }: Batch,
): Promise<{ readonly leaves: readonly Exported[]; readonly last: LogEntry | null }> {
  const leaves: Exported[] = [];
  let last = before;
  for (let seq = from; seq < until; seq += PAGE) {
    const entries = await entriesBetween(read, seq, until, PAGE);
    const about = await publishedWith(read, entries);
    const unknown = await unknownToPublic(read, tendersOf(entries));
    for (const entry of entries) {
      const { row } = entry;
      const confidential = isConfidential(entry, watching) || unknown.has(row.procurementId ?? '');
      const line = leafLine(row, { confidential, watching, follows: last && !isConfidential(last, watching) });
      const notice = about.notices.get(row.subject);
      const announced = row.action === 'notice.publish' && notice && !confidential ? notice : null;
      const opening = announced && about.openings.find((each) => announces(announced, each));
      leaves.push({
        leaf: line.leaf,
        line,
        following: [
          ...(announced ? [{ type: 'notice' as const, index: 0, notice: { ...announced } }] : []),
          ...(opening ? [{ type: 'opening' as const, index: 0, opening }] : []),
        ],
      });
      last = entry;
    }
  }
  return { leaves, last };
}

/** What bidders did beside any one tender is disclosed with the batch. */
export const isConfidential = ({ confidential, ofBidders }: LogEntry, disclosed: boolean): boolean =>
  confidential && !(disclosed && ofBidders);

/** The procurements that the named entries of a page are about. */
const tendersOf = (entries: readonly LogEntry[]): string[] =>
  entries.flatMap(({ row }) => (row.action in SUBJECTS && row.procurementId !== null ? [row.procurementId] : []));

async function allHeads(q: Queries): Promise<TreeHeadRow[]> {
  const heads: TreeHeadRow[] = [];
  for (
    let page = await headsAfter(q, 0, PAGE);
    page.length > 0;
    page = await headsAfter(q, heads.at(-1)?.size ?? 0, PAGE)
  )
    heads.push(...page);
  return heads;
}

const SUBJECTS = {
  'notice.publish': 'notice',
  'deadline.set': 'deadline',
  'bid.submit': 'bid',
  'bid.replace': 'bid',
} as const;

/** @param follows whether the entry before is there and disclosed; null: there is none */
export function leafLine(
  row: LogEntry['row'],
  { confidential, watching, follows }: { confidential: boolean; watching: boolean; follows: boolean | null },
): LeafLine {
  const bare = { type: 'leaf', index: 0, leaf: leafOfEntry(row) } as const;
  const of = row.action in SUBJECTS ? SUBJECTS[row.action as keyof typeof SUBJECTS] : undefined;
  if (confidential || (of === undefined && !watching)) return bare;
  const line = { ...bare, entry: row.hash, fact: factHashOf(row.detail), ...(of ? { of } : {}) };
  if (!watching) return line;
  const { hash: _hash, previousHash, ...entry } = row;
  // The hash of a confidential entry would let anybody verify a guess of its content.
  return { ...line, audit: follows === false ? entry : { ...entry, previousHash } };
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
