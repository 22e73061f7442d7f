import type { Queries, Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import {
  changeMandate,
  mandateById,
  mandatesBetween,
  underWayBetween,
  type Mandate,
  type UnderWay,
} from '../../db/parties/mandates.ts';
import { isInForce } from '../../domain/mandates/mandate.ts';
import { settled } from './accept.ts';
import { sideOf } from './signer.ts';

/** What the agency runs under a mandate, or would run if it were in force. */
export async function underWayOf(q: Queries, { purchaserId, agencyId, projectCodes }: Mandate): Promise<UnderWay[]> {
  const all = await underWayBetween(q, purchaserId, agencyId);
  return all.filter(({ projectCode }) => covers(projectCodes, projectCode));
}

const covers = (projectCodes: readonly string[] | null, projectCode: string | null): boolean =>
  projectCodes === null || (projectCode !== null && projectCodes.includes(projectCode));

/**
 * Ends a mandate early, or takes back or declines an offer. What was done stays; what is under way goes on, by the
 * purchaser itself, unless another mandate covers it.
 * @returns the procurements under way that no other mandate covers
 * @throws DomainError `mandate-settled` for one that is over
 */
export async function endMandate(
  tx: Tx,
  actor: Actor,
  id: string,
  reasonZh: string,
): Promise<{ mandate: Mandate; underWay: UnderWay[] }> {
  const mandate = await mandateById(tx.q, id);
  if (mandate.endedAt !== null) throw settled(mandate, ['已终止', 'it was ended']);
  if (tx.now >= mandate.untilAt) throw settled(mandate, ['期限已届满', 'its period is over']);
  const change = { endedAt: tx.now, endedBy: sideOf(actor), endReasonZh: reasonZh };
  await changeMandate(tx, id, change);
  const others = (await mandatesBetween(tx.q, mandate.purchaserId, mandate.agencyId)).filter(
    (each) => each.id !== id && isInForce(each, tx.now),
  );
  const underWay = (await underWayOf(tx.q, mandate)).filter(({ projectCode }) =>
    others.every((each) => !covers(each.projectCodes, projectCode)),
  );
  recordAudit(tx, actor, {
    action: 'mandate.end',
    procurementId: null,
    subject: `mandate/${id}`,
    detail: { reasonZh, underWay: underWay.map((each) => each.id) },
  });
  return { mandate: { ...mandate, ...change }, underWay };
}
