import type { Database } from '../../db/access/database.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { setContact } from '../../db/notifications/contacts.ts';
import { deliveries } from '../../db/schema/sqlite.ts';
import type { Delivery } from '../../db/notifications/deliveries.ts';
import { createAccount } from '../../services/accounts/create.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { readEvents } from '../../services/notifications/read-events.ts';
import { eventNotificationsOf } from '../../db/notifications/inbox.ts';
import type { Contact } from '../../domain/notifications/channels.ts';
import type { Role } from '../../domain/roles.ts';
import { creditCodeFrom } from '../setup/credit-code.ts';

let count = 0;

/** A person of an organisation, of a new one unless it is given; reached by mail unless told otherwise. */
export async function reached(
  db: Database,
  role: Role,
  organisationId?: string,
  contact: Partial<Contact> | null = {},
): Promise<string> {
  count += 1;
  const name = `${role}.${count}`;
  return db.transaction(async (tx) => {
    const of =
      organisationId ??
      (await createOrganisation(tx, UNATTENDED, { name, creditCode: creditCodeFrom(50_000 + count) })).id;
    const { id } = await createAccount(tx, UNATTENDED, {
      ...{ username: name, name, memberships: [{ organisationId: of, role }] },
      ...{ passwordHash: 'salt:hash', oneTimeUntil: null },
    });
    if (contact !== null) {
      const mail = `${name}@example.cn`;
      await setContact(tx, id, { language: 'zh', channels: ['mail'], mail, sms: null, ...contact });
    }
    return id;
  });
}

/** Reads all events there are. */
export async function readAll(db: Database): Promise<void> {
  while ((await readEvents(db)) > 0);
}

/** What a person's inbox has, oldest first. */
export async function inboxOf(db: Database, accountId: string): Promise<string[]> {
  return (await eventNotificationsOf(db.read, accountId, { limit: 999 })).map(({ kind }) => kind).reverse();
}

export async function queued(db: Database): Promise<Delivery[]> {
  return db.read.select().from(deliveries).orderBy(deliveries.id);
}
