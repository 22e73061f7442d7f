import { and, asc, eq, isNull } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { bidderWindowEnd, type Interval } from '../domain/openings/window.ts';
import { DomainError } from '../domain/errors.ts';
import type { Custodian } from '../domain/bids/sealing.ts';
import { recordAudit, UNATTENDED, type Actor } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { enqueue } from './outbox.ts';
import { outagesWithin } from '../services/outages/within.ts';
import { stageConflict, type Procurement } from './procurements.ts';
import { preparedInsert } from './access/statements.ts';
import { openingCustodians, openingFaults, openingPauses, openings } from './schema/sqlite.ts';
import { findMilestone, pausesOf, type OpeningPause } from './timeline.ts';

export type Opening = typeof openings.$inferSelect;
export type OpeningCustodian = typeof openingCustodians.$inferSelect;
export type OpeningFault = typeof openingFaults.$inferSelect;

const insertOpening = preparedInsert(openings);

/** The record of an opening (开标记录); it never changes. */
export async function recordOpening(tx: Tx, opening: Opening): Promise<void> {
  await insertOpening(tx.q, opening);
}

export async function openingsOf(q: Queries, procurementId: string): Promise<Opening[]> {
  return q.select().from(openings).where(eq(openings.procurementId, procurementId)).orderBy(asc(openings.lotNo));
}

/** When the opening of sealed bids began: at the close; null before it. */
export async function openingBeganAt(q: Queries, procurementId: string): Promise<number | null> {
  return (await findMilestone(q, { procurementId, lotNo: 0 }, 'bid-deadline'))?.actualAt ?? null;
}

/** What a custodian did, or failed to do; what is on the record already is not put there again. */
export async function noteCustodian(
  tx: Tx,
  procurementId: string,
  custodian: Custodian,
  did: Pick<OpeningCustodian, 'state' | 'reason'>,
): Promise<void> {
  const before = (await custodiansOf(tx.q, procurementId)).find((each) => each.custodian === custodian);
  if (before?.state === did.state && before.reason === did.reason) return;
  // A share that was given is given: what is asked a second time, after a worker was lost, takes nothing back.
  if (before?.state === 'released') return;
  const { state, reason } = did;
  await tx.q
    .insert(openingCustodians)
    .values({ procurementId, custodian, state, reason, at: tx.now })
    .onConflictDoUpdate({
      target: [openingCustodians.procurementId, openingCustodians.custodian],
      set: { state, reason, at: tx.now },
    });
  recordAudit(tx, UNATTENDED, {
    action: `custodian.${state}`,
    procurementId,
    subject: `custodian/${custodian}`,
    detail: reason === null ? {} : { reason },
  });
}

export async function custodiansOf(q: Queries, procurementId: string): Promise<OpeningCustodian[]> {
  return q
    .select()
    .from(openingCustodians)
    .where(eq(openingCustodians.procurementId, procurementId))
    .orderBy(asc(openingCustodians.custodian));
}

export const isPaused = (pauses: readonly OpeningPause[]): boolean => pauses.some(({ until }) => until === null);

/**
 * Pauses an opening: nothing is unsealed and nothing is published until it is resumed. Before the deadline it can be
 * ordered ahead; bids close on time all the same.
 * @throws DomainError `opening-paused` when it is paused already, `stage-conflict` where bids are not sealed to custodians
 */
export async function pauseOpening(
  tx: Tx,
  actor: Actor,
  tender: Procurement,
  reasonZh: string,
): Promise<{ pause: OpeningPause; messageId: string }> {
  assertSealed(tender);
  if (isPaused(await pausesOf(tx.q, tender.id))) {
    throw new DomainError('opening-paused', {
      messageZh: '开标已经暂停',
      messageEn: 'The opening is paused already',
      details: { procurementId: tender.id },
    });
  }
  const pause = { id: newId(), procurementId: tender.id, reasonZh, pausedBy: actor, from: tx.now, until: null };
  await tx.q.insert(openingPauses).values(pause);
  recordAudit(tx, actor, {
    action: 'opening.pause',
    procurementId: tender.id,
    subject: `procurement/${tender.id}`,
    detail: { reasonZh },
  });
  return { pause, messageId: await tellOpening(tx, tender.id) };
}

/** @throws DomainError `stage-conflict` when it is not paused */
export async function resumeOpening(
  tx: Tx,
  actor: Actor,
  tender: Procurement,
): Promise<{ pause: OpeningPause; messageId: string }> {
  const [pause] = await tx.q
    .update(openingPauses)
    .set({ until: tx.now })
    .where(and(eq(openingPauses.procurementId, tender.id), isNull(openingPauses.until)))
    .returning();
  if (!pause) {
    throw new DomainError('stage-conflict', {
      messageZh: '开标没有暂停',
      messageEn: 'The opening is not paused',
      details: { field: 'state' },
    });
  }
  recordAudit(tx, actor, {
    action: 'opening.resume',
    procurementId: tender.id,
    subject: `procurement/${tender.id}`,
    detail: { pausedAt: pause.from },
  });
  return { pause, messageId: await tellOpening(tx, tender.id) };
}

function assertSealed(tender: Procurement): void {
  if (tender.sealing === null) throw stageConflict('procurement', tender.stage, ['opening']);
}

/** Puts on the record what went wrong on another side than the bidder's, while it can still count. */
export async function recordFault(
  tx: Tx,
  actor: Actor,
  tender: Procurement,
  fault: Pick<OpeningFault, 'bidId' | 'minutes' | 'reasonZh'>,
): Promise<{ fault: OpeningFault; messageId: string }> {
  const row = { ...fault, id: newId(), procurementId: tender.id, recordedBy: actor, at: tx.now };
  await tx.q.insert(openingFaults).values(row);
  recordAudit(tx, actor, {
    action: 'opening.fault',
    procurementId: tender.id,
    subject: fault.bidId === null ? `procurement/${tender.id}` : `bid/${fault.bidId}`,
    detail: { minutes: fault.minutes, reasonZh: fault.reasonZh },
    sealed: fault.bidId !== null,
  });
  return { fault: row, messageId: await tellOpening(tx, tender.id) };
}

export async function faultsOf(q: Queries, procurementId: string): Promise<OpeningFault[]> {
  return q
    .select()
    .from(openingFaults)
    .where(eq(openingFaults.procurementId, procurementId))
    .orderBy(asc(openingFaults.at), asc(openingFaults.id));
}

/** 解密时限: until when bidders release the shares that they kept. */
export interface BidderWindow {
  readonly from: number;
  /** Null while it is paused, or no API serves. */
  readonly until: number | null;
  /** The outage in which the window would have ended: who meant to come in its last minutes could not. */
  readonly hindrance: Interval | null;
}

/**
 * Null where bidders keep no shares, or bids are not closed yet.
 * @param now civil epoch ms
 */
export async function bidderWindowOf(q: Queries, tender: Procurement, now: number): Promise<BidderWindow | null> {
  const minutes = tender.sealing?.bidderWindowMinutes ?? null;
  const beganAt = await openingBeganAt(q, tender.id);
  if (minutes === null || beganAt === null) return null;
  const faults = await faultsOf(q, tender.id);
  const lostMinutes = faults.filter(({ bidId }) => bidId === null).map((fault) => fault.minutes);
  const standstills: Interval[] = await pausesOf(q, tender.id);
  const ends = (): number | null => bidderWindowEnd({ beganAt, minutes, lostMinutes, pauses: standstills });
  let hindrance: Interval | null = null;
  for (const outage of await outagesWithin(q, beganAt, now, now)) {
    const end = ends();
    const overEnd = end !== null && outage.from < end && (outage.until === null || outage.until >= end);
    if (overEnd) hindrance ??= outage;
    standstills.push(outage);
  }
  return { from: beganAt, until: ends(), hindrance };
}

/** What of an opening is told of outages: from this long before the deadline (ms), until its record is out. */
const TOLD_BEFORE_MS = 3_600_000;

/** The outages that bidders may have met with: in the last hour before the deadline, and until the opening was over. */
export async function outagesOf(q: Queries, tender: Procurement, now: number): Promise<Interval[]> {
  if (tender.sealing === null || tender.bidDeadline === null || now < tender.bidDeadline) return [];
  return outagesWithin(q, tender.bidDeadline - TOLD_BEFORE_MS, tender.openedAt ?? now, now);
}

/** Wakes the opening's workflow, which asks the database what has changed. */
export function tellOpening(tx: Tx, procurementId: string): Promise<string> {
  return enqueue(tx, 'opening-changed', `${procurementId}/${newId()}`);
}
