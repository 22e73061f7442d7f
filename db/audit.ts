import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import {
  and,
  asc,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  max,
  notInArray,
  or,
  sql,
  type SQL,
} from 'drizzle-orm';
import type { Queries, Tx, UnchainedEntry } from './access/database.ts';
import { digestOf, INSTALLATION, insertChanges, installationChange, type RowChange } from './integrity/row-changes.ts';
import { isRemote, pagesOf, prepared, preparedInserts, sent } from './access/statements.ts';
import { audit, procurements, type StoredActor } from './schema/sqlite.ts';
import { SECRET_SINCE } from './tender/secrecy.ts';

/** Who acts; `unattended` is the platform itself, acting because an instant has come. */
export type Actor = StoredActor;
/** Anybody with shell access to the machine. */
export const OPERATOR: Actor = {
  accountId: null,
  organisationId: null,
  role: 'operator',
  address: null,
  requestId: null,
};

export const UNATTENDED: Actor = {
  accountId: null,
  organisationId: null,
  role: 'unattended',
  address: null,
  requestId: null,
};

/** Rows that no act wrote. */
const ROWS_WRITTEN = 'rows.write';
/** An entry of the log that means nothing. */
export const COVER = 'log.padding';
/** An entry that says where a batch of leaves of the log ends (`from`, `until`). */
export const CLOSES_BATCH = 'log.close';
/** Shown to nobody, ever. */
export const MEANINGLESS: readonly string[] = [COVER, CLOSES_BATCH, ROWS_WRITTEN];

export interface AuditEntry {
  /** `subject.verb`, as `bid.submit`. */
  readonly action: string;
  readonly procurementId: string | null;
  /** What was acted on, as `lot/2` or `bid/0197…`. */
  readonly subject: string;
  readonly detail?: Record<string, unknown>;
  /**
   * Shown to nobody until the bids are opened (who obtained documents, who bid); without a procurement, until those of
   * all tenders are that were announced before. Default: what a supplier does is.
   */
  readonly confidential?: boolean;
}

export type AuditRow = typeof audit.$inferSelect;

/** An entry's place and hash, which together identify it. */
export type TrailPlace = Pick<AuditRow, 'seq' | 'hash'>;

/** Adds to the audit trail, in the transaction of the change itself. */
export function recordAudit(tx: Tx, actor: Actor, entry: AuditEntry): void {
  tx.trail.push({
    at: tx.now,
    actor,
    action: entry.action,
    procurementId: entry.procurementId,
    subject: entry.subject,
    detail: entry.detail ?? {},
    confidential: entry.confidential ?? actor.role === 'supplier',
    rows: null,
  });
}

const lastEntry = prepared((q) =>
  q.select({ seq: audit.seq, at: audit.at, hash: audit.hash }).from(audit).orderBy(desc(audit.seq)).limit(1).prepare(),
);
const insertSome = preparedInserts(audit);

/** The end of the trail, held by a transaction that adds to it. */
export async function lastOfTrail(q: Queries): Promise<Pick<AuditRow, 'seq' | 'at' | 'hash'> | undefined> {
  return (await lastEntry(q).execute())[0];
}

/**
 * Chains entries to the last one. Transactions about different procurements may end in another order than they began,
 * and an entry is never earlier than its predecessor.
 */
export function chained(
  entries: readonly UnchainedEntry[],
  last: Pick<AuditRow, 'seq' | 'at' | 'hash'> | undefined,
): AuditRow[] {
  const rows: AuditRow[] = [];
  let before = last;
  for (const entry of entries) {
    const row = {
      ...entry,
      seq: (before?.seq ?? 0) + 1,
      at: Math.max(entry.at, before?.at ?? 0),
      previousHash: before?.hash ?? GENESIS,
    };
    before = { ...row, hash: hashOf(row) };
    rows.push({ ...row, hash: before.hash });
  }
  return rows;
}

/** Adds chained entries: sent at once, in their order. */
export function insertEntries(q: Queries, rows: readonly AuditRow[]): Promise<unknown>[] {
  if (!isRemote(q) || rows.length === 1) return insertSome(q, rows);
  return pagesOf(rows).map((page) => sent(q.insert(audit).values(page)));
}

/**
 * The entries of a transaction, the last of which has the hash of the rows that it wrote. Rows that no act wrote get an
 * entry of their own, which nobody is shown.
 */
export function namingRows(
  entries: readonly UnchainedEntry[],
  changes: readonly RowChange[],
  at: number,
): readonly UnchainedEntry[] {
  const last = entries.at(-1) ?? {
    at,
    actor: UNATTENDED,
    action: ROWS_WRITTEN,
    procurementId: null,
    subject: 'installation',
    detail: {},
    confidential: true,
    rows: null,
  };
  return changes.length === 0 ? entries : [...entries.slice(0, -1), { ...last, rows: digestOf(changes) }];
}

/** Chains entries to the trail, with the rows that their transaction wrote; the caller holds it. Returns them. */
export async function appendToTrail(
  q: Queries,
  entries: readonly UnchainedEntry[],
  changes: readonly RowChange[],
  at: number,
): Promise<readonly AuditRow[]> {
  if (entries.length === 0 && changes.length === 0) return [];
  const last = await lastOfTrail(q);
  const all = last === undefined ? [...(await firstChanges(q, changes)), ...changes] : changes;
  const rows = chained(namingRows(entries, all, at), last);
  await Promise.all([...insertEntries(q, rows), ...insertChanges(q, rows.at(-1)?.seq ?? 0, all)]);
  return rows;
}

/** What the first entry names beside the rows of its transaction. */
export async function firstChanges(q: Queries, changes: readonly RowChange[]): Promise<RowChange[]> {
  const installed = await installationChange(q);
  const changed = changes.find(({ table }) => table === INSTALLATION.table);
  return installed ? [changed ? { ...installed, hash: changed.was } : installed] : [];
}

/** Whether the trail has exactly that entry at that place. */
export async function isInTrail(q: Queries, { seq, hash }: TrailPlace): Promise<boolean> {
  const found = await q
    .select({ seq: audit.seq })
    .from(audit)
    .where(and(eq(audit.seq, seq), eq(audit.hash, hash)));
  return found.length > 0;
}

export const GENESIS = '0'.repeat(64);

/** SHA-256 (lower-case hex) over the canonical JSON (RFC 8785) of a value. */
export function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('hex');
}

/** Which entries; instants are civil epoch ms. */
export interface AuditFilter {
  readonly procurementId?: string | undefined;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** Accounts and organisations, one of which acted or prepared it. */
  readonly by?: readonly string[] | undefined;
  readonly role?: string | undefined;
  /** `noun.verb`, or a noun alone. */
  readonly action?: string | undefined;
  /** `noun/id`, or a noun alone. */
  readonly subject?: string | undefined;
}

/**
 * For the supervisors, in the order of the trail or the newest first. Confidential entries are left out until the bids of
 * their tender are opened; those of no tender, until all that were announced before them are.
 */
export async function listAudit(
  q: Queries,
  page: AuditFilter & { order?: 'oldest' | 'newest'; after?: number | undefined; limit: number },
): Promise<AuditRow[]> {
  const newest = page.order === 'newest';
  const rows = await q
    .select({ entry: audit })
    .from(audit)
    .leftJoin(procurements, eq(procurements.id, audit.procurementId))
    .where(
      and(
        ...(await matching(q, page)),
        newest ? lt(audit.seq, page.after ?? Number.MAX_SAFE_INTEGER) : gt(audit.seq, page.after ?? 0),
        isListed(),
      ),
    )
    .orderBy(newest ? desc(audit.seq) : asc(audit.seq))
    .limit(page.limit);
  return rows.map(({ entry }) => entry);
}

/** That an entry may be shown to who supervises; of a query with the procurement that it is about. */
const isListed = (): SQL | undefined =>
  or(
    eq(audit.confidential, false),
    isNotNull(procurements.openedAt),
    and(isNull(audit.procurementId), notInArray(audit.action, [...MEANINGLESS]), lt(audit.at, SECRET_SINCE)),
  );

/** The entry with this hash that was written at this instant, where it may be shown. */
export async function listedEntry(
  q: Queries,
  { hash, at }: Pick<AuditRow, 'hash' | 'at'>,
): Promise<AuditRow | undefined> {
  const [found] = await q
    .select({ entry: audit })
    .from(audit)
    .leftJoin(procurements, eq(procurements.id, audit.procurementId))
    .where(
      and(
        gte(audit.seq, await seqSince(q, at)),
        lt(audit.seq, await seqSince(q, at + 1)),
        eq(audit.hash, hash),
        isListed(),
      ),
    );
  return found?.entry;
}

async function matching(q: Queries, filter: AuditFilter): Promise<(SQL | undefined)[]> {
  const { procurementId, from, until, by, role, action, subject } = filter;
  const part = (name: string) => sql<string>`${audit.actor} ->> ${sql.raw(`'${name}'`)}`;
  const preparer = sql<string>`${audit.actor} -> 'preparedBy' ->> 'accountId'`;
  const parts = [part('accountId'), part('organisationId'), preparer];
  return [
    procurementId === undefined ? undefined : eq(audit.procurementId, procurementId),
    from === undefined ? undefined : gte(audit.seq, await seqSince(q, from)),
    until === undefined ? undefined : lt(audit.seq, await seqSince(q, until)),
    by && or(...(by.length === 0 ? [sql`false`] : parts.map((each) => inArray(each, [...by])))),
    role === undefined ? undefined : eq(part('role'), role),
    action === undefined
      ? undefined
      : action.includes('.')
        ? eq(audit.action, action)
        : like(audit.action, `${action}.%`),
    subject === undefined
      ? undefined
      : subject.includes('/')
        ? eq(audit.subject, subject)
        : or(eq(audit.subject, subject), like(audit.subject, `${subject}/%`)),
  ];
}

/**
 * The number of the first entry at or after an instant. No entry is earlier than the one before it, so that it is found by halving:
 * an index on the instant would be written with every entry, for a list that is seldom read.
 */
async function seqSince(q: Queries, instant: number): Promise<number> {
  const [last] = await q.select({ seq: max(audit.seq) }).from(audit);
  let [low, high] = [1, (last?.seq ?? 0) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [entry] = await q.select({ at: audit.at }).from(audit).where(eq(audit.seq, middle));
    if (entry && entry.at < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The trail itself, confidential entries included, for `verify`. */
export async function auditAfter(q: Queries, seq: number, limit: number): Promise<AuditRow[]> {
  return q.select().from(audit).where(gt(audit.seq, seq)).orderBy(asc(audit.seq)).limit(limit);
}
