import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { Database, Queries, Tx } from '../../db/access/database.ts';
import { callsOf, changeDraw, drawById, drawsIn, latestDraw, partsOf, type Draw } from '../../db/committees/draws.ts';
import { lotOf } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import { isOver, UNSETTLED_DRAWS } from '../../domain/committees/state.ts';
import { realAt } from '../../domain/clock.ts';
import { FINAL_LOT_STAGES } from '../../domain/stages.ts';
import { committeeSubject } from '../../domain/subjects.ts';
import type { Signer } from '../../proofs/signing.ts';
import type { Turn } from '../tender/turn.ts';
import { lapseCalls } from './calls.ts';
import { note } from './events.ts';
import { closeCommitments, commitmentsClosed, drawNow } from './settle.ts';

/**
 * Does what is due by now in the draw of a lot's committee, and returns what comes next: commitments are closed, parts that were
 * withheld are left out, calls lapse and the next are made; a committee that is not complete when its evaluation begins is
 * recorded as overdue, and its supervisor is informed.
 */
export async function advanceCommittee(db: Database, signer: Signer | undefined, place: TenderPlace): Promise<Turn> {
  for (;;) {
    const draw = await latestDraw(db.read, place);
    if (!draw || isOver(draw.state) || draw.state === 'formed') return { then: 'ended', stage: draw?.state ?? 'void' };
    const needed = await isNeeded(db.read, place);
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
  if (['pending', 'opening', 'evaluation'].includes(stage)) return true;
  const recheck = await findMilestone(q, { procurementId, lotNo }, 'recheck');
  return recheck?.state === 'planned';
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

/** When the platform acts in the draws that are under way (civil epoch ms). */
export async function drawAppointments(q: Queries): Promise<{ readonly subject: string; readonly at: number }[]> {
  const appointments: { subject: string; at: number }[] = [];
  for (const draw of await drawsIn(q, UNSETTLED_DRAWS)) {
    const { procurementId, lotNo } = draw;
    const at = await nextInstant(q, draw, await isNeeded(q, draw));
    if (at !== null) appointments.push({ subject: committeeSubject(procurementId, lotNo), at });
  }
  return appointments;
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
  recordAudit(tx, UNATTENDED, {
    action: 'duty.overdue',
    procurementId,
    subject: `lot/${lotNo}`,
    detail: { key: 'committee', dueAt: terms.evaluationAt },
  });
  note(tx, draw, {
    ...{ actor: UNATTENDED, action: 'committee.short', event: 'committee.short' },
    detail: { evaluationAt: terms.evaluationAt },
  });
}
