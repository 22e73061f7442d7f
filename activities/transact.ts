import type { Database, Tx } from '../db/access/database.ts';
import { decisionById } from '../db/decisions.ts';
import { grievanceById } from '../db/grievances.ts';

/** The procurement that an activity is about, named by its id, by a decision on it or by a grievance in it. */
type About = { readonly procurementId: string } | { readonly decisionId: string } | { readonly grievanceId: string };

/**
 * Runs an activity as one transaction that holds its procurement.
 * @throws DomainError `not-found`
 */
export async function transact<T>(db: Database, about: About, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction(work, { procurementId: await procurementIdOf(db, about) });
}

async function procurementIdOf({ read }: Database, about: About): Promise<string> {
  if ('procurementId' in about) return about.procurementId;
  const { procurementId } =
    'decisionId' in about ? await decisionById(read, about.decisionId) : await grievanceById(read, about.grievanceId);
  return procurementId;
}
