import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import { recordEvent } from '../../db/events.ts';
import { insertOutage, moveSign, openingsUnderWay } from '../../db/outages.ts';
import { wake } from '../../db/engine/outbox.ts';
import { isOutage } from '../../domain/outages.ts';
import { openingSubject } from '../../domain/subjects.ts';

/**
 * Records that an API serves, and the preceding outage if there was one. Current openings are woken, since bidders get
 * the lost time back.
 */
export async function noteServing(tx: Tx): Promise<void> {
  const from = await moveSign(tx);
  if (from === null || !isOutage(tx.clock, from, tx.now)) return;
  const outage = { id: newId(), from, until: tx.now };
  const subject = `outage/${outage.id}`;
  await insertOutage(tx, outage);
  recordAudit(tx, UNATTENDED, {
    action: 'platform.outage',
    procurementId: null,
    subject,
    detail: { from, until: outage.until },
  });
  for (const procurementId of await openingsUnderWay(tx.q)) {
    const detail = { from, until: outage.until };
    recordEvent(tx, { kind: 'outage.recorded', procurementId, lotNo: 0, subject, detail });
    wake(tx, openingSubject(procurementId));
  }
}
