import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Queries } from '../access/database.ts';
import { accounts, bids, grievances, organisations, procurements } from '../schema/sqlite.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Every id in a value, whatever it is the id of. */
export const idsIn = (value: unknown): string[] => [...new Set(JSON.stringify(value ?? null).match(UUID))];

/** Names of organisations and people, by their ids. */
export async function namesOf(q: Queries, given: readonly string[]): Promise<Map<string, string>> {
  const ids = [...new Set(given)];
  if (ids.length === 0) return new Map();
  const [bodies, people] = await Promise.all([
    q
      .select({ id: organisations.id, name: organisations.name })
      .from(organisations)
      .where(inArray(organisations.id, ids)),
    q.select({ id: accounts.id, name: accounts.name }).from(accounts).where(inArray(accounts.id, ids)),
  ]);
  return new Map([...bodies, ...people].map(({ id, name }) => [id, name]));
}

/**
 * What else these ids name, for those who supervise: titles of procurements, and whose a bid or a grievance is, once the
 * bids of its tender are opened. Nothing here may tell before that who bids.
 */
export async function subjectsOf(q: Queries, given: readonly string[]): Promise<Map<string, string>> {
  const ids = [...new Set(given)];
  if (ids.length === 0) return new Map();
  const [named, tenders, ofBids, ofGrievances] = await Promise.all([
    namesOf(q, ids),
    q.select({ id: procurements.id, name: procurements.title }).from(procurements).where(inArray(procurements.id, ids)),
    q
      .select({ id: bids.id, name: organisations.name })
      .from(bids)
      .innerJoin(organisations, eq(organisations.id, bids.supplierId))
      .innerJoin(procurements, eq(procurements.id, bids.procurementId))
      .where(and(inArray(bids.id, ids), isNotNull(procurements.openedAt))),
    q
      .select({ id: grievances.id, name: organisations.name })
      .from(grievances)
      .innerJoin(organisations, eq(organisations.id, grievances.filedBy))
      .innerJoin(procurements, eq(procurements.id, grievances.procurementId))
      .where(and(inArray(grievances.id, ids), isNotNull(procurements.openedAt))),
  ]);
  const others = [...tenders, ...ofBids, ...ofGrievances];
  return new Map([...named, ...others.map(({ id, name }) => [id, name] as const)]);
}

/** Who handed bids in, by the ids of the bids: for what is open already. */
export async function biddersOf(
  q: Queries,
  bidIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly supplierId: string; readonly supplier: string }>> {
  if (bidIds.length === 0) return new Map();
  const rows = await q
    .select({ id: bids.id, supplierId: bids.supplierId, supplier: organisations.name })
    .from(bids)
    .innerJoin(organisations, eq(organisations.id, bids.supplierId))
    .where(inArray(bids.id, [...new Set(bidIds)]));
  return new Map(rows.map(({ id, ...bidder }) => [id, bidder]));
}
