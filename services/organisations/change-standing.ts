import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { rolesHeld } from '../../db/accounts/memberships.ts';
import {
  organisationById,
  updateStanding,
  withSuperiors,
  type Organisation,
  type Standing,
} from '../../db/organisations.ts';
import { assertWithinDuties } from '../../domain/organisations/duties.ts';
import { DomainError } from '../../domain/errors.ts';

/**
 * Records what an organisation is, may do, and belongs to. A conflict with higher law is recorded too, and reported
 * (separation.ts); a contradiction is refused.
 * @throws DomainError `bad-input` for a circle of reporting lines or for removing a duty that its people still have,
 *   `not-found`
 */
export async function changeStanding(tx: Tx, actor: Actor, id: string, standing: Standing): Promise<Organisation> {
  const before = await organisationById(tx.q, id);
  const { duties, reportsTo } = standing;
  if (reportsTo !== null) await assertNoCircle(tx, before, reportsTo);
  const held = duties === null ? [] : ((await rolesHeld(tx.q, [id])).get(id) ?? []);
  assertWithinDuties({ ...before, duties }, held, 'duties');
  await updateStanding(tx, id, standing);
  const { identity: was, duties: could, reportsTo: under } = before;
  recordAudit(tx, actor, {
    action: 'organisation.change-standing',
    procurementId: null,
    subject: `organisation/${id}`,
    detail: { before: { identity: was, duties: could, reportsTo: under }, after: standing },
  });
  return { ...before, ...standing };
}

async function assertNoCircle(tx: Tx, { id, name }: Organisation, reportsTo: string): Promise<void> {
  await organisationById(tx.q, reportsTo);
  const superiors = await withSuperiors(tx.q, reportsTo);
  if (superiors.every((superior) => superior.id !== id)) return;
  throw new DomainError('bad-input', {
    messageZh: `隶属关系成环：“${name}”不能直接或间接隶属于自己`,
    messageEn: `The reporting line runs in a circle: “${name}” cannot belong to itself`,
    details: { field: 'reportsTo', given: reportsTo },
  });
}
