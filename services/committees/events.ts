import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Draw } from '../../db/committees/draws.ts';
import { wake } from '../../db/engine/outbox.ts';
import { recordEvent } from '../../db/events.ts';
import { committeeSubject } from '../../domain/subjects.ts';

/** An expert who acts on a call: the trail has the role alone, as every reader of it would else learn the names. */
export const UNNAMED_EXPERT: Actor = {
  accountId: null,
  organisationId: null,
  role: 'expert',
  address: null,
  requestId: null,
};

type Detail = Readonly<Record<string, unknown>>;

/** What happened in a draw or with its committee: an entry of the trail, and an event. Neither ever names anybody. */
export function note(
  tx: Tx,
  { id, procurementId, lotNo }: Pick<Draw, 'id' | 'procurementId' | 'lotNo'>,
  { actor, action, event, detail = {} }: { actor: Actor; action: string; event?: string; detail?: Detail },
): void {
  recordAudit(tx, actor, { action, procurementId, subject: `draw/${id}`, detail: { lotNo, ...detail } });
  if (event === undefined) return;
  recordEvent(tx, {
    kind: event,
    procurementId,
    lotNo,
    subject: committeeSubject(procurementId, lotNo),
    detail: { drawId: id, ...detail },
  });
}

export const wakeCommittee = (tx: Tx, { procurementId, lotNo }: Pick<Draw, 'procurementId' | 'lotNo'>): void =>
  wake(tx, committeeSubject(procurementId, lotNo));
