import type { Database } from '../../db/access/database.ts';
import { withMail } from '../../db/notifications/contacts.ts';
import { queueDeliveries } from '../../db/notifications/deliveries.ts';
import { movePlace, placeOf } from '../../db/notifications/readers.ts';
import type { CivilDay } from '../../domain/civil-time.ts';
import { digestDayAt, digestSource } from '../../domain/notifications/digest.ts';

/** People of one transaction. */
const PAGE = 200;

/** The position: the day, and the last account that was reached. */
export interface DigestPage {
  readonly day: CivilDay;
  readonly after: string;
}

/**
 * Queues the digest of the last civil day whose hour has come, for the next people: to each who has chosen mail, whether
 * there is anything to tell or not (ADR 0055). Null: it is queued for everybody.
 */
export async function queueDigest(db: Database, page?: DigestPage): Promise<DigestPage | null> {
  const day = page?.day ?? digestDayAt(db.now());
  const last = await placeOf(db.read, 'digest');
  if (last !== null && last >= day) return null;
  const people = await withMail(db.read, page?.after ?? '', PAGE);
  const after = people.length < PAGE ? null : (people.at(-1)?.id ?? null);
  await db.transaction(async (tx) => {
    await queueDeliveries(
      tx,
      people
        .filter(({ contact }) => contact.channels.includes('mail'))
        .map(({ id: accountId }) => ({
          ...{ accountId, channel: 'mail' as const, kind: 'digest' as const, source: digestSource(day) },
          ...{ procurementId: null, lotNo: 0, detail: {} },
        })),
    );
    if (after === null) await movePlace(tx, 'digest', last, day);
  }, 'single-rows');
  return after === null ? null : { day, after };
}
