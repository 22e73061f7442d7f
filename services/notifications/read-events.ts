import type { Database } from '../../db/access/database.ts';
import { eventsAfter, type EventRow } from '../../db/events.ts';
import { movePlace, placeOf } from '../../db/notifications/readers.ts';
import { followingFrom } from '../../domain/notifications/events.ts';
import { Audiences } from './audiences.ts';
import { inform, type Informed } from './inform.ts';

/** Events of one transaction. */
const PAGE = 100;

/**
 * Notifies people of the next events. The place in their order moves in the transaction that notifies, so that none is
 * left out and none comes twice, whoever reads and wherever a process dies. Returns how many events were read.
 */
export async function readEvents(db: Database): Promise<number> {
  const from = await placeOf(db.read, 'events');
  const events = await eventsAfter(db.read, from ?? 0, PAGE);
  const last = events.at(-1);
  if (!last) return 0;
  const audiences = new Audiences(db.read, db.now());
  const informed: Informed[] = [];
  for (const event of events) informed.push(...(await informedBy(event, audiences)));
  await db.transaction(async (tx) => {
    if (await movePlace(tx, 'events', from, last.seq)) await inform(tx, informed);
  }, 'single-rows');
  return events.length;
}

async function informedBy(event: EventRow, audiences: Audiences): Promise<Informed[]> {
  const { seq, procurementId, lotNo, organisationId, subject } = event;
  const informed: Informed[] = [];
  for (const { kind, to } of followingFrom(event)) {
    informed.push({
      ...{ kind, procurementId, lotNo, detail: { subject } },
      source: `event/${seq}`,
      accountIds: await audiences.people(to, procurementId, organisationId),
      opened: (await audiences.tender(procurementId)).openedAt !== null,
    });
  }
  return informed;
}
