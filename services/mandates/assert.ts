import type { Queries } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { mandatesBetween, type Mandate } from '../../db/parties/mandates.ts';
import { mandateFor, type MandatedAct } from '../../domain/mandates/mandate.ts';
import type { MandateAct } from '../../domain/mandates/acts.ts';
import type { PreparableAct } from '../../domain/prepared-acts/acts.ts';
import { procedureOf, type ProcedureKey } from '../../domain/procedures/index.ts';

/** What decides whether an agency may act for its purchaser. */
export interface Represented extends ProcedureKey {
  readonly purchaserId: string;
  readonly agencyId: string | null;
  readonly projectCode?: string | null;
}

/**
 * That the agency of a procurement has a mandate for an act at `now` (civil epoch ms).
 * @param act null: that any mandate covers the procurement
 * @param alone that it does so without the purchaser's confirmation
 * @throws DomainError `not-mandated`
 */
export async function assertMandated(
  q: Queries,
  tender: Represented & { readonly agencyId: string },
  act: MandatedAct['act'],
  now: number,
  alone?: PreparableAct,
): Promise<Mandate> {
  const { purchaserId, agencyId, projectCode = null } = tender;
  const mandates = await mandatesBetween(q, purchaserId, agencyId);
  return mandateFor(mandates, { projectCode, act, alone }, now, procedureOf(tender).rules.agencyMandate);
}

/** The same, of a person's act: those of the purchaser need none. */
export async function assertActsFor(
  q: Queries,
  { role }: Pick<Actor, 'role'>,
  tender: Represented,
  act: MandateAct | null,
  now: number,
  alone?: PreparableAct,
): Promise<void> {
  const { agencyId } = tender;
  if (role === 'agency' && agencyId !== null) await assertMandated(q, { ...tender, agencyId }, act, now, alone);
}
