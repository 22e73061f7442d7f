import { and, asc, count, eq, gt, inArray } from 'drizzle-orm';
import type { Queries, Tx } from '../access/database.ts';
import { notFound } from '../procurements.ts';
import { registrations } from '../schema/sqlite.ts';

export type Registration = typeof registrations.$inferSelect;

export async function insertRegistration(tx: Tx, registration: Registration): Promise<void> {
  await tx.q.insert(registrations).values(registration);
}

export async function changeRegistration(
  tx: Tx,
  id: string,
  change: Partial<
    Pick<Registration, 'state' | 'decidedBy' | 'decidedAt' | 'reasonZh' | 'organisationId' | 'accountId'>
  >,
): Promise<void> {
  await tx.q.update(registrations).set(change).where(eq(registrations.id, id));
}

/** @throws DomainError `not-found` */
export async function registrationById(q: Queries, id: string): Promise<Registration> {
  const [row] = await q.select().from(registrations).where(eq(registrations.id, id));
  if (!row) throw notFound('registration', id);
  return row;
}

/** A page of those in a state that have not expired, oldest first. */
export async function listRegistrations(
  q: Queries,
  page: { state: Registration['state']; realNowMs: number; after?: string; limit: number },
): Promise<Registration[]> {
  return q
    .select()
    .from(registrations)
    .where(
      and(
        eq(registrations.state, page.state),
        page.state === 'pending' ? gt(registrations.expiresAt, page.realNowMs) : undefined,
        page.after ? gt(registrations.id, page.after) : undefined,
      ),
    )
    .orderBy(asc(registrations.id))
    .limit(page.limit);
}

/** How many wait to be decided. */
export async function countPending(q: Queries, realNowMs: number): Promise<number> {
  const [row] = await q
    .select({ n: count() })
    .from(registrations)
    .where(and(eq(registrations.state, 'pending'), gt(registrations.expiresAt, realNowMs)));
  return row?.n ?? 0;
}

/** Others that wait with one of these codes. */
export async function othersWith(q: Queries, codes: readonly string[], realNowMs: number): Promise<Registration[]> {
  if (codes.length === 0) return [];
  return q
    .select()
    .from(registrations)
    .where(
      and(
        inArray(registrations.creditCode, [...new Set(codes)]),
        eq(registrations.state, 'pending'),
        gt(registrations.expiresAt, realNowMs),
      ),
    )
    .orderBy(asc(registrations.id));
}
