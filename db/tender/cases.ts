import { and, asc, eq, getTableColumns, inArray, sql, type Column, type SQL } from 'drizzle-orm';
import type { Queries } from '../access/database.ts';
import { indexNotices } from '../access/search.ts';
import { isRemote, prepared, preparedInserts } from '../access/statements.ts';
import type { StandingBid } from '../bids.ts';
import {
  bids,
  deadlines,
  decisions,
  lots,
  milestones,
  notices,
  openings,
  organisations,
  procurements,
  suspensions,
} from '../schema/sqlite.ts';
import type { NoticeKind, Parties } from '../../domain/notices/data.ts';

type Values<T extends { $inferSelect: unknown }> = T['$inferSelect'];
export type CaseProcurement = Values<typeof procurements>;
export type CaseLot = Values<typeof lots>;
export type CaseMilestone = Values<typeof milestones>;
export type CaseSuspension = Values<typeof suspensions>;

/** Which notices a procurement has published, without their contents. */
export interface NoticeHead {
  readonly id: string;
  readonly procurementId: string;
  readonly lotNo: number;
  readonly kind: NoticeKind;
  readonly version: number;
}

/** All rows that an act on a tender is judged by. */
export interface CaseRows {
  readonly procurement: CaseProcurement;
  /** The names of its purchaser and its agency now. */
  readonly parties: Parties;
  readonly lots: CaseLot[];
  readonly milestones: CaseMilestone[];
  readonly suspensions: CaseSuspension[];
  readonly notices: NoticeHead[];
  /** The version of the bid deadline that custodians believe; null before the notice. */
  readonly deadline: { readonly version: number; readonly bidDeadline: number | null } | null;
}

const noticeHead = {
  id: notices.id,
  procurementId: notices.procurementId,
  lotNo: notices.lotNo,
  kind: notices.kind,
  version: notices.version,
};

const nameOf = (organisationId: Column) => sql`(select o.name from ${organisations} o where o.id = ${organisationId})`;
const parties = {
  purchaser: nameOf(procurements.purchaserId) as SQL<string>,
  agency: nameOf(procurements.agencyId) as SQL<string | null>,
};

const id = sql.placeholder('id');
const one = {
  // The parties, the lots and the last of the procurement's deadlines.
  tender: prepared((q) =>
    q
      .select({ procurement: procurements, lot: lots, deadline: deadlines, parties })
      .from(procurements)
      .leftJoin(lots, eq(lots.procurementId, procurements.id))
      .leftJoin(
        deadlines,
        and(
          eq(deadlines.procurementId, procurements.id),
          eq(deadlines.version, sql`(select max(d.version) from deadlines d where d.procurement_id = ${id})`),
        ),
      )
      .where(eq(procurements.id, id))
      .orderBy(asc(lots.no))
      .prepare(),
  ),
  milestones: prepared((q) => q.select().from(milestones).where(eq(milestones.procurementId, id)).prepare()),
  suspensions: prepared((q) =>
    q.select().from(suspensions).where(eq(suspensions.procurementId, id)).orderBy(asc(suspensions.from)).prepare(),
  ),
  notices: prepared((q) => q.select(noticeHead).from(notices).where(eq(notices.procurementId, id)).prepare()),
};

/** What the order of acts needs of a milestone: not what explains it, which is most of the row. */
const orderedMilestone = {
  lotNo: milestones.lotNo,
  key: milestones.key,
  dueAt: milestones.dueAt,
  state: milestones.state,
  overdue: milestones.overdue,
};
const selectOrdered = prepared((q) =>
  q.select(orderedMilestone).from(milestones).where(eq(milestones.procurementId, id)).prepare(),
);

/** The rows of one tender, read together; undefined where there is none. */
export async function readCase(q: Queries, procurementId: string): Promise<CaseRows | undefined> {
  const of = { id: procurementId };
  const [tender, milestoneRows, noticeRows] = await Promise.all([
    readTender(q, procurementId),
    one.milestones(q).execute(of),
    one.notices(q).execute(of),
  ]);
  return tender && { ...tender, milestones: milestoneRows, notices: noticeRows };
}

/** The rows of it that determine what comes next. */
export type StandingRows = Omit<CaseRows, 'notices' | 'milestones'> & {
  readonly milestones: Pick<CaseMilestone, keyof typeof orderedMilestone>[];
};

export async function readStandingRows(q: Queries, procurementId: string): Promise<StandingRows | undefined> {
  const [tender, milestoneRows] = await Promise.all([
    readTender(q, procurementId),
    selectOrdered(q).execute({ id: procurementId }),
  ]);
  return tender && { ...tender, milestones: milestoneRows };
}

async function readTender(
  q: Queries,
  procurementId: string,
): Promise<Omit<CaseRows, 'notices' | 'milestones'> | undefined> {
  const of = { id: procurementId };
  const [tender, suspensionRows] = await Promise.all([one.tender(q).execute(of), one.suspensions(q).execute(of)]);
  const [first] = tender;
  if (!first) return undefined;
  return {
    procurement: first.procurement,
    parties: first.parties,
    lots: tender.flatMap(({ lot }) => lot ?? []),
    suspensions: suspensionRows,
    deadline: first.deadline,
  };
}

/** The rows of many tenders, in one statement per table. */
export async function readCases(q: Queries, ids: readonly string[]): Promise<CaseRows[]> {
  const [only] = ids;
  if (only !== undefined && ids.length === 1) {
    const found = await readCase(q, only);
    return found ? [found] : [];
  }
  const list = [...ids];
  const [found, lotRows, milestoneRows, suspensionRows, noticeRows, deadlineRows] = await Promise.all([
    q
      .select({ procurement: getTableColumns(procurements), parties })
      .from(procurements)
      .where(inArray(procurements.id, list))
      .orderBy(asc(procurements.id)),
    q.select().from(lots).where(inArray(lots.procurementId, list)).orderBy(asc(lots.no)),
    q.select().from(milestones).where(inArray(milestones.procurementId, list)),
    q.select().from(suspensions).where(inArray(suspensions.procurementId, list)).orderBy(asc(suspensions.from)),
    q.select(noticeHead).from(notices).where(inArray(notices.procurementId, list)),
    q.select().from(deadlines).where(inArray(deadlines.procurementId, list)),
  ]);
  const by = {
    lots: grouped(lotRows),
    milestones: grouped(milestoneRows),
    suspensions: grouped(suspensionRows),
    notices: grouped(noticeRows),
    deadlines: grouped(deadlineRows),
  };
  return found.map(({ procurement, parties: named }) => ({
    procurement,
    parties: named,
    lots: by.lots(procurement.id),
    milestones: by.milestones(procurement.id),
    suspensions: by.suspensions(procurement.id),
    notices: by.notices(procurement.id),
    deadline: latest(by.deadlines(procurement.id)),
  }));
}

function latest(rows: readonly Values<typeof deadlines>[]): CaseRows['deadline'] {
  return rows.reduce<Values<typeof deadlines> | null>(
    (last, row) => (last === null || row.version > last.version ? row : last),
    null,
  );
}

function grouped<T extends { readonly procurementId: string }>(rows: readonly T[]): (id: string) => T[] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.procurementId);
    if (group) group.push(row);
    else groups.set(row.procurementId, [row]);
  }
  return (procurementId) => groups.get(procurementId) ?? [];
}

export type ProcurementChange = Partial<Omit<CaseProcurement, 'id' | 'version'>>;
export type LotChange = Partial<Omit<CaseLot, 'procurementId' | 'no'>>;

/** What acts have changed in one transaction, in one tender or many. */
export interface CaseChanges {
  readonly procurements: readonly { readonly id: string; readonly set: ProcurementChange }[];
  readonly lots: readonly { readonly procurementId: string; readonly no: number; readonly set: LotChange }[];
  /** Whole rows, new or changed. */
  readonly milestones: readonly CaseMilestone[];
  readonly newSuspensions: readonly CaseSuspension[];
  readonly endedSuspensions: readonly { readonly id: string; readonly until: number }[];
  readonly notices: readonly Values<typeof notices>[];
  readonly deadlines: readonly Values<typeof deadlines>[];
  readonly openings: readonly (typeof openings.$inferInsert)[];
  readonly decisions: readonly Values<typeof decisions>[];
}

/** Rows of one statement: their values stay below the parameter limit of either database. */
const ROWS = 500;

/** Writes the changes in a statement or two per table, however many tenders they belong to; sent together. */
export async function writeCases(q: Queries, changes: CaseChanges): Promise<void> {
  const sent: Promise<unknown>[] = [];
  const send = (statement: Promise<unknown>): void => void sent.push(statement);
  for (const { set, rows } of alike(changes.procurements)) {
    const ids = rows.map((row) => row.id);
    send(
      q
        .update(procurements)
        .set({ ...set, version: sql`${procurements.version} + 1` })
        .where(inArray(procurements.id, ids))
        .execute(),
    );
  }
  for (const { set, rows } of alike(changes.lots)) {
    const [first] = rows;
    if (!first) continue;
    const no = first.no;
    const place = rows.every((row) => row.no === no)
      ? and(eq(lots.no, no), inArray(lots.procurementId, [...new Set(rows.map((row) => row.procurementId))]))
      : sql`(${lots.procurementId}, ${lots.no}) in (${sql.join(
          rows.map((row) => sql`(${row.procurementId}, ${row.no})`),
          sql`, `,
        )})`;
    send(q.update(lots).set(set).where(place).execute());
  }
  if (isRemote(q))
    for (const rows of chunks(changes.milestones))
      send(q.insert(milestones).values(rows).onConflictDoUpdate(AS_GIVEN).execute());
  else for (const statement of putMilestones(q, changes.milestones)) send(statement);
  for (const rows of chunks(changes.newSuspensions)) send(q.insert(suspensions).values(rows).execute());
  for (const { set, rows } of alike(changes.endedSuspensions.map(({ id, until }) => ({ id, set: { until } })))) {
    const ids = rows.map((row) => row.id);
    send(q.update(suspensions).set(set).where(inArray(suspensions.id, ids)).execute());
  }
  for (const rows of chunks(changes.notices)) {
    for (const statement of isRemote(q) ? [q.insert(notices).values(rows).execute()] : putNotices(q, rows))
      send(statement);
    send(
      indexNotices(
        q,
        rows.map((row) => ({ id: row.id, title: row.titleZh })),
      ),
    );
  }
  for (const rows of chunks(changes.deadlines)) send(q.insert(deadlines).values(rows).execute());
  for (const rows of chunks(changes.openings)) send(q.insert(openings).values(rows).execute());
  for (const rows of chunks(changes.decisions)) send(q.insert(decisions).values(rows).execute());
  await Promise.all(sent);
}

const excluded = (column: { readonly name: string }) => sql.raw(`excluded."${column.name}"`);
const GIVEN = {
  fromAt: excluded(milestones.fromAt),
  dueAt: excluded(milestones.dueAt),
  earliest: excluded(milestones.earliest),
  latest: excluded(milestones.latest),
  rules: excluded(milestones.rules),
  trace: excluded(milestones.trace),
  provisional: excluded(milestones.provisional),
  ifNobodyActs: excluded(milestones.ifNobodyActs),
  state: excluded(milestones.state),
  actualAt: excluded(milestones.actualAt),
  by: excluded(milestones.by),
  overdue: excluded(milestones.overdue),
};

const AS_GIVEN = { target: [milestones.procurementId, milestones.lotNo, milestones.key], set: GIVEN };
const putMilestones = preparedInserts(milestones, { most: 24, onConflict: AS_GIVEN });
const putNotices = preparedInserts(notices);

function chunks<T>(rows: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < rows.length; from += ROWS) parts.push(rows.slice(from, from + ROWS));
  return parts;
}

/** Rows with the same changes share a statement. */
function alike<S extends object, R extends { readonly set: S }>(rows: readonly R[]): { set: S; rows: R[] }[] {
  const groups = new Map<string, { set: S; rows: R[] }>();
  for (const row of rows) {
    const name = JSON.stringify(row.set);
    const group = groups.get(name);
    if (group) group.rows.push(row);
    else groups.set(name, { set: row.set, rows: [row] });
  }
  return [...groups.values()];
}

/** The bids that stand in tenders, with their bidders, in the order of receipt. Not to be shown before the opening. */
export async function standingBidsOf(q: Queries, procurementIds: readonly string[]): Promise<StandingBid[]> {
  const rows = await q
    .select({ bid: bids, supplier: organisations.name })
    .from(bids)
    .innerJoin(organisations, eq(organisations.id, bids.supplierId))
    .where(and(inArray(bids.procurementId, [...procurementIds]), eq(bids.state, 'standing')))
    .orderBy(asc(bids.receivedAt), asc(bids.id));
  return rows.map(({ bid, supplier }) => ({ ...bid, supplier }));
}
