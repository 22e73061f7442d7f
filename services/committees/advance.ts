import { UNATTENDED } from '../../db/audit.ts';
import type { Database, Queries, Tx } from '../../db/access/database.ts';
import {
  callsOf,
  changeDraw,
  committeesDue,
  drawById,
  drawsEvaluating,
  drawsIn,
  latestDraw,
  partsOf,
  type Draw,
} from '../../db/committees/draws.ts';
import { pagesOf } from '../../db/access/statements.ts';
import { actsAmong } from '../../db/evaluation/sheets.ts';
import { recordEvent } from '../../db/events.ts';
import { lotOf } from '../../db/procurements.ts';
import { readStandingRows } from '../../db/tender/cases.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import { isOver, UNSETTLED_DRAWS } from '../../domain/committees/state.ts';
import { realAt } from '../../domain/clock.ts';
import { FINAL_LOT_STAGES, type LotStage } from '../../domain/stages.ts';
import { committeeSubject } from '../../domain/subjects.ts';
import type { Signer } from '../../proofs/signing.ts';
import { unansweredIn } from '../../domain/evaluation/requested.ts';
import { lapseRequests } from '../evaluation/requests.ts';
import { loadCase, saveCases } from '../tender/case.ts';
import type { Turn } from '../tender/turn.ts';
import { lapseCalls } from './calls.ts';
import { note } from './events.ts';
import { openPlanned, standingPlan, type planOf } from './plan.ts';
import { closeCommitments, commitmentsClosed, drawNow } from './settle.ts';

/**
 * Does what is due by now for the committee of a lot, and returns what comes next: a draw is opened as it was planned; commitments are closed, parts that were
 * withheld are left out, calls lapse and the next are made; a committee that is not complete when its evaluation begins is
 * recorded as overdue, and its supervisor is informed.
 */
export async function advanceCommittee(db: Database, signer: Signer | undefined, place: TenderPlace): Promise<Turn> {
  for (;;) {
    const draw = await latestDraw(db.read, place);
    if (!draw || isOver(draw.state)) {
      const turn = await awaitDraw(db, place);
      if (turn === 'again') continue;
      return turn;
    }
    const needed = await isNeeded(db.read, place);
    if (draw.state === 'formed') {
      const until = needed ? await nextLapse(db.read, draw) : null;
      if (until === null) return { then: 'ended', stage: draw.state };
      if (until > db.now()) return { then: 'wait', stage: draw.state, until, wakeAtMs: realAt(db.clock, until) };
      await db.transaction((tx) => lapseRequests(tx, draw), { procurementId: draw.procurementId });
      continue;
    }
    const until = await nextInstant(db.read, draw, needed);
    if (until !== null && until > db.now()) {
      return { then: 'wait', stage: draw.state, until, wakeAtMs: realAt(db.clock, until) };
    }
    if (until === null) return { then: 'wait', stage: draw.state, until: null, wakeAtMs: null };
    if (draw.state === 'committing' && needed) {
      if (!signer) throw new Error('this worker cannot sign');
      await closeCommitments(db, signer, draw.id);
      continue;
    }
    await db.transaction((tx) => actOn(tx, draw.id, needed), { procurementId: draw.procurementId });
  }
}

/** Whether a lot still needs its committee: until its report, and while it looks again at that. */
async function isNeeded(q: Queries, { procurementId, lotNo }: TenderPlace): Promise<boolean> {
  const { stage } = await lotOf(q, procurementId, lotNo);
  if (FINAL_LOT_STAGES.includes(stage)) return false;
  if (BEFORE_REPORT.includes(stage)) return true;
  const recheck = await findMilestone(q, { procurementId, lotNo }, 'recheck');
  return recheck?.state === 'planned';
}

const BEFORE_REPORT: readonly LotStage[] = ['pending', 'opening', 'evaluation'];

/** Until somebody opens a draw the platform opens the one that was planned, and records that there is no committee in time. */
async function awaitDraw(db: Database, place: TenderPlace): Promise<Turn | 'again'> {
  const of = { q: db.read, committees: db.committees, calendar: await db.calendar() };
  const next = await nextWithoutDraw(of, place);
  if (next === null) return { then: 'ended', stage: 'none' };
  const { at, version } = next;
  if (at !== null && at <= db.now()) {
    if (version !== null) await openPlanned(db, place, version);
    else await db.transaction((tx) => recordNone(tx, place), { procurementId: place.procurementId });
    return 'again';
  }
  return { then: 'wait', stage: 'planned', until: at, wakeAtMs: at === null ? null : realAt(db.clock, at) };
}

interface WithoutDraw {
  /** Null: people act first, since the clock of the deadline is suspended. */
  readonly at: number | null;
  /** Of the plan that is due then; null: the committee is. */
  readonly version: number | null;
}

/** What the platform does next for a committee without a draw; null: nothing, or nothing any more. */
async function nextWithoutDraw(of: Parameters<typeof planOf>[0], place: TenderPlace): Promise<WithoutDraw | null> {
  const { procurementId, lotNo } = place;
  const rows = await readStandingRows(of.q, procurementId);
  const lot = rows?.lots.find(({ no }) => no === lotNo);
  if (!rows || !lot || !BEFORE_REPORT.includes(lot.stage)) return null;
  if (!['launched', 'bidding', 'opening', 'evaluation'].includes(rows.procurement.stage)) return null;
  const planned = rows.milestones.find((row) => row.lotNo === lotNo && row.key === 'committee');
  if (planned?.state !== 'planned') return null;
  const isSuspended = rows.suspensions.some(
    (row) => row.lotNo === 0 && row.milestone === 'bid-deadline' && row.until === null,
  );
  if (isSuspended && lot.stage === 'pending') return { at: null, version: null };
  const stated = await standingPlan(of, place);
  if (stated) return { at: stated.drawAt, version: stated.plan.version };
  const opening = rows.milestones.find((row) => row.lotNo === 0 && row.key === 'opening');
  if (planned.overdue || planned.dueAt === null) return null;
  return { at: Math.max(planned.dueAt, opening?.dueAt ?? 0) + 1, version: null };
}

/** No draw led to a committee in time: on record, for the supervisors. */
async function recordNone(tx: Tx, place: TenderPlace): Promise<void> {
  const { procurementId, lotNo } = place;
  const draw = await latestDraw(tx.q, place);
  if (draw && !isOver(draw.state)) return;
  const c = await loadCase(tx, procurementId);
  const planned = c.milestone(lotNo, 'committee');
  if (planned?.state !== 'planned' || planned.overdue) return;
  c.timeline.markOverdue(lotNo, 'committee');
  await saveCases(tx, [c]);
  recordEvent(tx, {
    ...{ kind: 'committee.short', procurementId, lotNo, subject: committeeSubject(procurementId, lotNo) },
    detail: { evaluationAt: planned.dueAt },
  });
}

const NOW = 0;

/** When the platform acts next by itself; null: it waits for people. A period includes its last instant. */
async function nextInstant(q: Queries, draw: Draw, needed: boolean): Promise<number | null> {
  if (!needed) return NOW;
  const { terms, state } = draw;
  if (state === 'committing') {
    const parts = await partsOf(q, draw.id);
    return commitmentsClosed(draw, parts, NOW) ? NOW : terms.commitUntil + 1;
  }
  if (state === 'revealing') return terms.revealUntil + 1;
  const answers = (await callsOf(q, draw.id)).flatMap((call) =>
    call.state === 'invited' ? [call.answerUntil + 1] : [],
  );
  const instants = draw.shortAt === null ? [...answers, terms.evaluationAt + 1] : answers;
  return instants.length === 0 ? null : Math.min(...instants);
}

/** When the time of a request to a bidder is over; null: none waits for an answer. */
const nextLapse = async (q: Queries, { id }: Draw): Promise<number | null> =>
  lapseAmong(await actsAmong(q, [id], OF_REQUESTS));

function lapseAmong(acts: Parameters<typeof unansweredIn>[0]): number | null {
  const instants = unansweredIn(acts).map(({ until }) => until + 1);
  return instants.length === 0 ? null : Math.min(...instants);
}

/** What requests and their answers are: marks, votes and reports of a committee are not read for them. */
const OF_REQUESTS = ['ask', 'explanation', 'unanswered'] as const;

/** Committees that wait for the answer of a bidder. */
export async function askingDraws(q: Queries): Promise<{ draw: Draw; at: number }[]> {
  const asking: { draw: Draw; at: number }[] = [];
  for (const draws of pagesOf(await drawsEvaluating(q))) {
    const acts = await actsAmong(
      q,
      draws.map(({ id }) => id),
      OF_REQUESTS,
    );
    for (const draw of draws) {
      const at = lapseAmong(acts.filter(({ drawId }) => drawId === draw.id));
      if (at !== null) asking.push({ draw, at });
    }
  }
  return asking;
}

/** When the platform acts in the draws that are under way (civil epoch ms). */
export async function drawAppointments({
  q,
  committees,
  calendar,
}: Parameters<typeof planOf>[0]): Promise<{ readonly subject: string; readonly at: number }[]> {
  const appointments: { subject: string; at: number }[] = [];
  for (const draw of await drawsIn(q, UNSETTLED_DRAWS)) {
    const { procurementId, lotNo } = draw;
    const at = await nextInstant(q, draw, await isNeeded(q, draw));
    if (at !== null) appointments.push({ subject: committeeSubject(procurementId, lotNo), at });
  }
  for (const { draw, at } of await askingDraws(q)) {
    appointments.push({ subject: committeeSubject(draw.procurementId, draw.lotNo), at });
  }
  for (const place of await awaitedCommittees(q)) {
    const next = await nextWithoutDraw({ q, committees, calendar }, place);
    if (next !== null && next.at !== null)
      appointments.push({ subject: committeeSubject(place.procurementId, place.lotNo), at: next.at });
  }
  return appointments;
}

/** Lots that wait for a draw. */
export async function awaitedCommittees(q: Queries): Promise<TenderPlace[]> {
  const carried = await drawsIn(q, [...UNSETTLED_DRAWS, 'formed']);
  const has = new Set(carried.map(({ procurementId, lotNo }) => committeeSubject(procurementId, lotNo)));
  return (await committeesDue(q)).filter(
    ({ procurementId, lotNo }) => !has.has(committeeSubject(procurementId, lotNo)),
  );
}

/** What is due in one transaction: nothing, where another has done it. */
async function actOn(tx: Tx, drawId: string, needed: boolean): Promise<void> {
  const draw = await drawById(tx.q, drawId);
  if (!needed) {
    if (isOver(draw.state)) return;
    await changeDraw(tx, drawId, { state: 'ended', endedAt: tx.now });
    return note(tx, draw, { actor: UNATTENDED, action: 'draw.end', event: 'draw.ended' });
  }
  if (draw.state === 'revealing' && tx.now > draw.terms.revealUntil) {
    return drawNow(tx, draw, await partsOf(tx.q, drawId));
  }
  if (draw.state !== 'calling') return;
  await lapseCalls(tx, draw);
  if (draw.shortAt === null && tx.now > draw.terms.evaluationAt) await recordShort(tx, await drawById(tx.q, drawId));
}

/** No quorum in time: on record, for the supervisors. */
async function recordShort(tx: Tx, draw: Draw): Promise<void> {
  if (draw.state !== 'calling') return;
  const { id, procurementId, lotNo, terms } = draw;
  await changeDraw(tx, id, { shortAt: tx.now });
  const c = await loadCase(tx, procurementId);
  if (c.milestone(lotNo, 'committee')?.state === 'planned') {
    c.timeline.markOverdue(lotNo, 'committee');
    await saveCases(tx, [c]);
  }
  note(tx, draw, {
    ...{ actor: UNATTENDED, action: 'committee.short', event: 'committee.short' },
    detail: { evaluationAt: terms.evaluationAt },
  });
}
