import { v7 as newId } from 'uuid';
import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { recordEvent } from '../../db/events.ts';
import { bidById } from '../../db/bids.ts';
import { bidUnknown } from '../../domain/bids/refusals.ts';
import { insertFault, type OpeningFault } from '../../db/openings/openings.ts';
import { wake } from '../../db/engine/outbox.ts';
import type { Procurement } from '../../db/procurements.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { openingSubject } from '../../domain/subjects.ts';
import { bidderWindowOf } from './window.ts';

/**
 * Records a fault on another side than the bidder's (电子招标投标办法 31), while it can still count: the window of all bidders
 * is extended, or the affected bid is returned.
 * @throws DomainError `bid-unknown` for one that does not stand, `share-late` after the window
 */
export async function recordFault(
  tx: Tx,
  actor: Actor,
  tender: Procurement,
  fault: Pick<OpeningFault, 'bidId' | 'minutes' | 'reasonZh'>,
): Promise<OpeningFault> {
  const { bidId } = fault;
  if (bidId !== null) {
    const bid = await bidById(tx.q, bidId);
    if (bid.procurementId !== tender.id || bid.state !== 'standing') throw bidUnknown(bidId);
  }
  const until = (await bidderWindowOf(tx.q, tender, tx.now))?.until ?? null;
  if (until !== null && tx.now >= until) {
    throw new DomainError('share-late', {
      messageZh: '解密时限已经届满，不能再登记',
      messageEn: 'The window is over: nothing can be recorded any more',
      details: { until: formatInstant(until) },
    });
  }
  const row = { ...fault, id: newId(), procurementId: tender.id, recordedBy: actor, at: tx.now };
  await insertFault(tx, row);
  recordAudit(tx, actor, {
    action: 'opening.fault',
    procurementId: tender.id,
    subject: bidId === null ? `procurement/${tender.id}` : `bid/${bidId}`,
    detail: { minutes: fault.minutes, reasonZh: fault.reasonZh },
    confidential: bidId !== null,
  });
  recordEvent(tx, {
    kind: 'opening.fault-recorded',
    procurementId: tender.id,
    lotNo: 0,
    subject: openingSubject(tender.id),
    detail: { faultId: row.id, minutes: row.minutes },
    confidential: bidId !== null,
  });
  wake(tx, openingSubject(tender.id));
  return row;
}
