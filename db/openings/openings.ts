import { and, asc, between, desc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { SealingTerms } from '../../domain/bids/sealing.ts';
import type { ProcedureKey } from '../../domain/procedures/index.ts';
import type { ProcurementStage } from '../../domain/stages.ts';
import type { Queries, Tx } from '../access/database.ts';
import { prepared } from '../access/statements.ts';
import type { Actor } from '../audit.ts';
import {
  openingAttendance,
  openingCustodians,
  openingFaults,
  openingObjections,
  openingPauses,
  openings,
  openingSignatures,
  procurements,
} from '../schema/sqlite.ts';
import { findMilestone, type OpeningPause } from '../tender/timeline.ts';

export type Opening = typeof openings.$inferSelect;
export type NewOpening = typeof openings.$inferInsert;
export type OpeningCustodian = typeof openingCustodians.$inferSelect;
export type OpeningFault = typeof openingFaults.$inferSelect;
export type OpeningObjection = typeof openingObjections.$inferSelect;
export type OpeningSignature = typeof openingSignatures.$inferSelect;
export type Attendance = typeof openingAttendance.$inferSelect;

/** The records of lots; they never change. */
export async function insertOpenings(tx: Tx, records: readonly NewOpening[]): Promise<void> {
  if (records.length > 0) await tx.q.insert(openings).values([...records]);
}

export async function openingsOfMany(q: Queries, procurementIds: readonly string[]): Promise<Opening[]> {
  if (procurementIds.length === 0) return [];
  return q
    .select()
    .from(openings)
    .where(inArray(openings.procurementId, [...procurementIds]));
}

export async function openingsOf(q: Queries, procurementId: string): Promise<Opening[]> {
  return q.select().from(openings).where(eq(openings.procurementId, procurementId)).orderBy(asc(openings.lotNo));
}

/** A tender whose opening is due. */
export interface DueOpening {
  readonly procurementId: string;
  readonly title: string;
  readonly purchaserId: string;
  readonly agencyId: string | null;
  readonly stage: ProcurementStage;
  readonly at: number;
}

const OPENED_AT: readonly ProcurementStage[] = ['bidding', 'opening', 'evaluation'];

/** Tenders that are not ended and are opened between two instants (epoch ms), the first first. */
export async function openingsBetween(q: Queries, from: number, until: number, limit: number): Promise<DueOpening[]> {
  const rows = await q
    .select({
      procurementId: procurements.id,
      title: procurements.title,
      purchaserId: procurements.purchaserId,
      agencyId: procurements.agencyId,
      stage: procurements.stage,
      at: procurements.bidDeadline,
    })
    .from(procurements)
    .where(and(inArray(procurements.stage, [...OPENED_AT]), between(procurements.bidDeadline, from, until)))
    .orderBy(asc(procurements.bidDeadline), asc(procurements.id))
    .limit(limit);
  return rows.map((row) => ({ ...row, at: row.at ?? from }));
}

/** The state of an opening, and which kinds of records it has: most openings have none. */
export interface OpeningState extends ProcedureKey {
  readonly stage: ProcurementStage;
  readonly sealing: SealingTerms | null;
  readonly isPaused: boolean;
  readonly pauses: number;
  readonly custodians: number;
  readonly faults: number;
  readonly objections: number;
}

/** Undefined where there is no such procurement. */
export async function openingStateOf(q: Queries, procurementId: string): Promise<OpeningState | undefined> {
  const [row] = await selectState(q).execute({ id: procurementId });
  return row && { ...row, isPaused: row.open > 0 };
}

const selectState = prepared((q) => {
  const count = (table: OfOpening, also?: SQL) =>
    sql<number>`${q.$count(table, and(eq(table.procurementId, procurements.id), also))}`.mapWith(Number);
  return q
    .select({
      stage: procurements.stage,
      regime: procurements.regime,
      procedure: procurements.procedure,
      rulebookVersion: procurements.rulebookVersion,
      sealing: procurements.sealing,
      open: count(openingPauses, isNull(openingPauses.until)),
      pauses: count(openingPauses),
      custodians: count(openingCustodians),
      faults: count(openingFaults),
      objections: count(openingObjections),
    })
    .from(procurements)
    .where(eq(procurements.id, sql.placeholder('id')))
    .prepare();
});

type OfOpening = typeof openingPauses | typeof openingCustodians | typeof openingFaults | typeof openingObjections;

/** When the opening of sealed bids began: at the close; null before it. */
export async function openingBeganAt(q: Queries, procurementId: string): Promise<number | null> {
  return (await findMilestone(q, { procurementId, lotNo: 0 }, 'bid-deadline'))?.actualAt ?? null;
}

export async function custodiansOf(q: Queries, procurementId: string): Promise<OpeningCustodian[]> {
  return q
    .select()
    .from(openingCustodians)
    .where(eq(openingCustodians.procurementId, procurementId))
    .orderBy(asc(openingCustodians.custodian));
}

/** Writes what custodians did, replacing the earlier row of each. */
export async function putCustodians(tx: Tx, rows: readonly OpeningCustodian[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.q
    .insert(openingCustodians)
    .values([...rows])
    .onConflictDoUpdate({
      target: [openingCustodians.procurementId, openingCustodians.custodian],
      set: { state: sql`excluded.state`, reason: sql`excluded.reason`, at: sql`excluded.at` },
    });
}

export async function insertPause(tx: Tx, pause: OpeningPause): Promise<void> {
  await tx.q.insert(openingPauses).values(pause);
}

/** Ends the current pause; undefined where there is none. */
export async function endPause(tx: Tx, procurementId: string): Promise<OpeningPause | undefined> {
  const [pause] = await tx.q
    .update(openingPauses)
    .set({ until: tx.now })
    .where(and(eq(openingPauses.procurementId, procurementId), isNull(openingPauses.until)))
    .returning();
  return pause;
}

export async function insertFault(tx: Tx, fault: OpeningFault): Promise<void> {
  await tx.q.insert(openingFaults).values(fault);
}

export async function faultsOf(q: Queries, procurementId: string): Promise<OpeningFault[]> {
  return q
    .select()
    .from(openingFaults)
    .where(eq(openingFaults.procurementId, procurementId))
    .orderBy(asc(openingFaults.at), asc(openingFaults.id));
}

type NewObjection = Omit<OpeningObjection, 'answerZh' | 'answeredBy' | 'answeredAt'>;

export async function insertObjection(tx: Tx, objection: NewObjection): Promise<OpeningObjection> {
  await tx.q.insert(openingObjections).values(objection);
  return { ...objection, answerZh: null, answeredBy: null, answeredAt: null };
}

/** Writes the answer to an unanswered objection; undefined where there is no such objection. */
export async function putAnswer(
  tx: Tx,
  objection: Pick<OpeningObjection, 'id' | 'procurementId' | 'lotNo'>,
  answer: { readonly answerZh: string; readonly answeredBy: Actor },
): Promise<OpeningObjection | undefined> {
  const [answered] = await tx.q
    .update(openingObjections)
    .set({ ...answer, answeredAt: tx.now })
    .where(
      and(
        eq(openingObjections.id, objection.id),
        eq(openingObjections.procurementId, objection.procurementId),
        eq(openingObjections.lotNo, objection.lotNo),
        isNull(openingObjections.answeredAt),
      ),
    )
    .returning();
  return answered;
}

export async function objectionsOf(q: Queries, procurementId: string): Promise<OpeningObjection[]> {
  return q
    .select()
    .from(openingObjections)
    .where(eq(openingObjections.procurementId, procurementId))
    .orderBy(asc(openingObjections.filedAt), asc(openingObjections.id));
}

export async function insertAttendance(tx: Tx, attendance: Attendance): Promise<void> {
  await tx.q.insert(openingAttendance).values(attendance);
}

/** Who was present, as recorded last; undefined where nobody recorded it. */
export async function attendanceOf(q: Queries, procurementId: string): Promise<Attendance | undefined> {
  const [row] = await q
    .select()
    .from(openingAttendance)
    .where(eq(openingAttendance.procurementId, procurementId))
    .orderBy(desc(openingAttendance.version))
    .limit(1);
  return row;
}

export async function insertSignature(tx: Tx, signature: OpeningSignature): Promise<void> {
  await tx.q.insert(openingSignatures).values(signature);
}

export async function signaturesOf(q: Queries, procurementId: string): Promise<OpeningSignature[]> {
  return q
    .select()
    .from(openingSignatures)
    .where(eq(openingSignatures.procurementId, procurementId))
    .orderBy(asc(openingSignatures.signedAt), asc(openingSignatures.organisationId));
}
