import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { Database } from '../../db/access/database.ts';
import { recordEvent } from '../../db/events.ts';
import { changeGrievance, grievanceById, type Grievance } from '../../db/grievances.ts';
import { realAt, type ClockSetting } from '../../domain/clock.ts';
import type { Turn } from '../tender/turn.ts';

/**
 * What is due in an objection (异议) or a query (质疑): an overdue reply is recorded, and suspended clocks stay suspended until
 * there is a reply.
 */
export async function advanceGrievance(db: Database, grievanceId: string): Promise<Turn> {
  const read = await grievanceById(db.read, grievanceId);
  if (read.state !== 'filed') return turnOf(read, db.clock);
  return db.transaction(
    async (tx) => {
      const current = await grievanceById(tx.q, grievanceId);
      if (current.state !== 'filed' || tx.now <= current.replyDueAt) return turnOf(current, tx.clock);
      await changeGrievance(tx, grievanceId, { state: 'overdue' });
      recordAudit(tx, UNATTENDED, {
        action: 'grievance.overdue',
        procurementId: current.procurementId,
        subject: `grievance/${grievanceId}`,
        detail: { replyDueAt: current.replyDueAt },
        confidential: true,
      });
      recordEvent(tx, {
        kind: 'grievance.overdue',
        procurementId: current.procurementId,
        lotNo: current.lotNo,
        organisationId: current.filedBy,
        subject: `grievance/${grievanceId}`,
        confidential: true,
      });
      return turnOf({ ...current, state: 'overdue' }, tx.clock);
    },
    { procurementId: read.procurementId },
  );
}

function turnOf({ state, replyDueAt }: Grievance, clock: ClockSetting): Turn {
  if (state === 'replied') return { then: 'ended', stage: state };
  const until = state === 'filed' ? replyDueAt + 1 : null;
  return { then: 'wait', stage: state, until, wakeAtMs: until === null ? null : realAt(clock, until) };
}
