import { and, asc, eq, gt, inArray, isNotNull, isNull } from 'drizzle-orm';
import { NO_CONTACT, type Contact } from '../../domain/notifications/channels.ts';
import type { Queries, Tx } from '../access/database.ts';
import { accounts, contacts } from '../schema/sqlite.ts';

export type ContactRow = typeof contacts.$inferSelect;

const contactOf = ({ language, channels, mail, sms }: ContactRow): Contact => ({ language, channels, mail, sms });

/** That of a person; without channels where they have set none. */
export async function contactOfAccount(q: Queries, accountId: string): Promise<Contact> {
  const [row] = await q.select().from(contacts).where(eq(contacts.accountId, accountId));
  return row ? contactOf(row) : NO_CONTACT;
}

/** Of those people who have set one. */
export async function contactsOf(q: Queries, accountIds: readonly string[]): Promise<ReadonlyMap<string, Contact>> {
  if (accountIds.length === 0) return new Map();
  const rows = await q
    .select()
    .from(contacts)
    .where(inArray(contacts.accountId, [...accountIds]));
  return new Map(rows.map((row) => [row.accountId, contactOf(row)]));
}

export async function setContact(tx: Tx, accountId: string, contact: Contact): Promise<void> {
  const set = { ...contact, channels: [...contact.channels], changedAt: tx.now };
  await tx.q
    .insert(contacts)
    .values({ accountId, ...set })
    .onConflictDoUpdate({ target: contacts.accountId, set });
}

/** People with an address for mail, in the order of their accounts, who are not disabled. */
export async function withMail(q: Queries, after: string, limit: number): Promise<{ id: string; contact: Contact }[]> {
  const rows = await q
    .select({ contact: contacts })
    .from(contacts)
    .innerJoin(accounts, eq(accounts.id, contacts.accountId))
    .where(and(gt(contacts.accountId, after), isNotNull(contacts.mail), isNull(accounts.disabledAt)))
    .orderBy(asc(contacts.accountId))
    .limit(limit);
  return rows.map(({ contact }) => ({ id: contact.accountId, contact: contactOf(contact) }));
}
