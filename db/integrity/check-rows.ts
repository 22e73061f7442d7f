import { and, asc, gt, isNotNull } from 'drizzle-orm';
import { GENESIS } from '../audit.ts';
import type { Queries } from '../access/statements.ts';
import { audit } from '../schema/sqlite.ts';
import type { CheckedRows, RowFault, RowPlace } from './fault.ts';
import { changesAfter, INSTALLATION, installationChange, RowsDigest, type RowChange } from './row-changes.ts';
import type { RowLog } from './row-log.ts';

const PAGE = 1_000;

const nameOf = ({ table, key }: RowPlace): string => `${table}\n${key}`;

function placeOf(name: string): RowPlace {
  const end = name.indexOf('\n');
  return { table: name.slice(0, end), key: name.slice(end + 1) };
}

/** Every row as the trail names it last. */
export interface NamedRows {
  /** By their places; null: it was removed. */
  readonly hashes: Map<string, string | null>;
  readonly faults: RowFault[];
}

const fault = (row: RowPlace, zh: string, en: string): RowFault => ({
  subject: `${row.table}/${row.key}`,
  zh,
  en,
  row,
});
const ofEntry = (seq: number, zh: string, en: string): RowFault => ({
  ...fault({ table: 'row_changes', key: String(seq) }, zh, en),
});

/** Follows each row through the trail: each change continues from the one before, and each entry has its changes. */
async function followTrail(q: Queries): Promise<NamedRows> {
  const hashes = new Map<string, string | null>();
  const faults: RowFault[] = [];
  const expected = entriesWithRows(q);
  let due = (await expected.next()).value;
  const end = async ({ seq, digest }: { seq: number; digest: RowsDigest }): Promise<void> => {
    for (; due && due.seq < seq; due = (await expected.next()).value) {
      faults.push(ofEntry(due.seq, '审计记录所列的各行变动缺失', 'the changes that the entry names are missing'));
    }
    if (due?.seq !== seq) faults.push(ofEntry(seq, '没有审计记录列出这些变动', 'no entry names these changes'));
    else {
      if (due.rows !== digest.value())
        faults.push(ofEntry(seq, '各行的变动不是审计记录所列的', 'are not the changes that the entry names'));
      due = (await expected.next()).value;
    }
  };
  let entry = { seq: 0, no: 0, digest: new RowsDigest() };
  for (let place = { seq: 0, no: 0 }; ;) {
    const page = await changesAfter(q, place, PAGE);
    for (const { seq, no, ...change } of page) {
      if (entry.seq !== seq) {
        if (entry.seq > 0) await end(entry);
        entry = { seq, no: 0, digest: new RowsDigest() };
      }
      entry.no += 1;
      if (no !== entry.no) faults.push(ofEntry(seq, '各行的变动编号不连续', 'are not numbered in a row'));
      entry.digest.add(change);
      follow(hashes, faults, seq, change);
      place = { seq, no };
    }
    if (page.length < PAGE) break;
  }
  if (entry.seq > 0) await end(entry);
  for (; due; due = (await expected.next()).value) {
    faults.push(ofEntry(due.seq, '审计记录所列的各行变动缺失', 'the changes that the entry names are missing'));
  }
  return { hashes, faults };
}

function follow(hashes: NamedRows['hashes'], faults: RowFault[], seq: number, change: RowChange): void {
  const name = nameOf(change);
  if ((hashes.get(name) ?? null) !== change.was) {
    faults.push(
      fault(
        change,
        `第 ${seq} 条审计记录之前，曾被本系统之外改动`,
        `was changed by something else before entry ${seq} of the trail wrote it`,
      ),
    );
  }
  hashes.set(name, change.hash);
}

async function* entriesWithRows(q: Queries): AsyncGenerator<{ seq: number; rows: string }, undefined> {
  for (let seq = 0; ;) {
    const page = await q
      .select({ seq: audit.seq, rows: audit.rows })
      .from(audit)
      .where(and(gt(audit.seq, seq), isNotNull(audit.rows)))
      .orderBy(asc(audit.seq))
      .limit(PAGE);
    for (const each of page) {
      yield { seq: each.seq, rows: each.rows ?? GENESIS };
      ({ seq } = each);
    }
    if (page.length < PAGE) return undefined;
  }
}

/** A database whose rows were compared with the trail. */
export interface ComparedRows extends CheckedRows {
  /** Rows that are as the trail names them last. */
  readonly intact: ReadonlyMap<string, string>;
}

/** So that others get a turn while millions of rows are read. */
const ROWS_A_TURN = 1_000;

/** Holds every row to the entry of the trail that wrote it last; needs no key, and changes nothing. */
export async function compareRows(q: Queries, log: Pick<RowLog, 'rows'>): Promise<ComparedRows> {
  const { hashes, faults } = await followTrail(q);
  const intact = new Map<string, string>();
  // The first entry of a trail names the installation's row too.
  if (hashes.size === 0) hashes.set(nameOf(INSTALLATION), (await installationChange(q))?.hash ?? null);
  let rows = 0;
  for await (const found of log.rows()) {
    rows += 1;
    if (rows % ROWS_A_TURN === 0) await new Promise(setImmediate);
    const name = nameOf(found);
    const named = hashes.get(name);
    hashes.delete(name);
    if (named === found.hash) intact.set(name, found.hash);
    else if (named === undefined || named === null)
      faults.push(fault(found, '没有审计记录写过此行', 'no entry of the trail wrote it'));
    else faults.push(fault(found, '内容被改动', 'was changed'));
  }
  for (const [name, named] of hashes) {
    if (named !== null)
      faults.push(fault(placeOf(name), '审计记录写过此行，但已不存在', 'is missing: an entry of the trail wrote it'));
  }
  return { rows, faults, intact };
}

/**
 * What a change of the schema made of rows that were as the trail named them; what was not so before stays unlike it,
 * and remains a fault.
 */
export async function changesSince(before: ComparedRows, log: Pick<RowLog, 'rows'>): Promise<RowChange[]> {
  const wrong = new Set(before.faults.map(({ row }) => nameOf(row)));
  const left = new Map(before.intact);
  const changes: RowChange[] = [];
  for await (const { table, key, hash } of log.rows()) {
    const name = nameOf({ table, key });
    if (wrong.has(name)) continue;
    const was = left.get(name) ?? null;
    left.delete(name);
    if (was !== hash) changes.push({ table, key, was, hash });
  }
  for (const [name, was] of left) if (!wrong.has(name)) changes.push({ ...placeOf(name), was, hash: null });
  return changes;
}
