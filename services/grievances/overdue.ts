import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { Database } from '../../db/access/database.ts';
import { recordEvent } from '../../db/events.ts';
import { changeGrievance, grievanceById, type Grievance } from '../../db/grievances.ts';
import { realAt } from '../../domain/clock.ts';
import type { Turn } from '../tender/turn.ts';

/**
 * What is due in an objection (异议) or a query (质疑): an overdue reply is recorded, and stopped clocks stay stopped until
 * there is a reply.
 */
export async function advanceGrievance(db: Database, grievanceId: string): Promise<Turn> {
  const read = await grievanceById(db.read, grievanceId);
  if (read.state !== 'filed' || db.now() <= read.replyDueAt) return turnOf(db, read);
  const grievance = await db.transaction(
    async (tx) => {
      const current = await grievanceById(tx.q, grievanceId);
      if (current.state !== 'filed' || tx.now <= current.replyDueAt) return current;
      await changeGrievance(tx, grievanceId, { state: 'overdue' });
      recordAudit(tx, UNATTENDED, {
        action: 'grievance.overdue',
        procurementId: current.procurementId,
        subject: `grievance/${grievanceId}`,
        detail: { replyDueAt: current.replyDueAt },
        sealed: true,
      });
      recordEvent(tx, {
        kind: 'grievance.overdue',
        procurementId: current.procurementId,
        lotNo: current.lotNo,
        organisationId: current.filedBy,
        subject: `grievance/${grievanceId}`,
        sealed: true,
      });
      return { ...current, state: 'overdue' as const };
    },
    { procurementId: read.procurementId },
  );
  return turnOf(db, grievance);
}

function turnOf(db: Database, { state, replyDueAt }: Grievance): Turn {
  if (state === 'replied') return { then: 'ended', stage: state };
  const until = state === 'filed' ? replyDueAt + 1 : null;
  return { then: 'wait', stage: state, until, wakeAtMs: until === null ? null : realAt(db.clock, until) };
}
