import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { recordEvent } from '../../db/events.ts';
import { endPause } from '../../db/openings/openings.ts';
import { wake } from '../../db/engine/outbox.ts';
import type { Procurement } from '../../db/procurements.ts';
import type { OpeningPause } from '../../db/tender/timeline.ts';
import { DomainError } from '../../domain/errors.ts';
import { openingSubject } from '../../domain/subjects.ts';
import { openUnsealed } from './open-unsealed.ts';
import { announceResumption } from './announce-pause.ts';

/** Ends the pause of an opening; bids that are not sealed are opened with it. @throws DomainError `stage-conflict` when it is not paused */
export async function resumeOpening(tx: Tx, actor: Actor, tender: Procurement): Promise<OpeningPause> {
  const pause = await endPause(tx, tender.id);
  if (!pause) {
    throw new DomainError('stage-conflict', {
      messageZh: '开标没有暂停',
      messageEn: 'The opening is not paused',
      details: { field: 'state' },
    });
  }
  await announceResumption(tx, pause);
  if (tender.sealing === null) await openUnsealed(tx, tender.id);
  recordAudit(tx, actor, {
    action: 'opening.resume',
    procurementId: tender.id,
    subject: `procurement/${tender.id}`,
    detail: { pausedAt: pause.from },
  });
  recordEvent(tx, {
    kind: 'opening.resumed',
    procurementId: tender.id,
    lotNo: 0,
    subject: openingSubject(tender.id),
    detail: { pauseId: pause.id },
  });
  wake(tx, openingSubject(tender.id));
  return pause;
}
