import { v7 as newId } from 'uuid';
import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { recordEvent } from '../../db/events.ts';
import { insertPause } from '../../db/openings/openings.ts';
import { wake } from '../../db/engine/outbox.ts';
import type { Procurement } from '../../db/procurements.ts';
import { pausesOf, type OpeningPause } from '../../db/tender/timeline.ts';
import { DomainError } from '../../domain/errors.ts';
import { openingSubject } from '../../domain/subjects.ts';
import { isPaused } from '../../domain/openings/window.ts';
import { announcePause } from './announce-pause.ts';

/**
 * Pauses an opening: nothing is opened or published until it is resumed. It can be ordered before the deadline; bids
 * still close on time.
 * @throws DomainError `opening-paused` when it is already paused
 */
export async function pauseOpening(tx: Tx, actor: Actor, tender: Procurement, reasonZh: string): Promise<OpeningPause> {
  if (isPaused(await pausesOf(tx.q, tender.id))) {
    throw new DomainError('opening-paused', {
      messageZh: '开标已经暂停',
      messageEn: 'The opening is paused already',
      details: { procurementId: tender.id },
    });
  }
  const pause = { id: newId(), procurementId: tender.id, reasonZh, pausedBy: actor, from: tx.now, until: null };
  await insertPause(tx, pause);
  await announcePause(tx, pause);
  recordAudit(tx, actor, {
    action: 'opening.pause',
    procurementId: tender.id,
    subject: `procurement/${tender.id}`,
    detail: { reasonZh },
  });
  recordEvent(tx, {
    kind: 'opening.paused',
    procurementId: tender.id,
    lotNo: 0,
    subject: openingSubject(tender.id),
    detail: { pauseId: pause.id },
  });
  wake(tx, openingSubject(tender.id));
  return pause;
}
