import type { Tx } from '../../db/access/database.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { preparedActById, settlePreparedAct, type PreparedAct } from '../../db/tender/prepared-acts.ts';
import { procurementById, type Procurement } from '../../db/procurements.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { mandateActOf } from '../../domain/mandates/acts.ts';
import type { Action } from '../../domain/roles.ts';
import { assertOtherPerson, notASecondPerson } from '../../domain/prepared-acts/second-person.ts';
import { assertWaits } from '../../domain/prepared-acts/settled.ts';
import { assertActsFor } from '../mandates/assert.ts';
import { peopleAround } from './people.ts';
import { noticeOf, subjectOf } from './prepare.ts';
import { assertAsSeen } from './seen.ts';

/** Who confirms, and who prepared: the actor of the act, so that all that it writes names both. */
export const withPreparer = (actor: Actor, { preparedBy }: PreparedAct): Actor => {
  const { accountId, organisationId, role } = preparedBy;
  return { ...actor, preparedBy: { accountId, organisationId, role } };
};

/**
 * 复核: another person confirms a prepared act, and it is carried out in this transaction, judged as it stands now.
 * @param action what was prepared
 * @param carryOut the act; it throws what it is refused with, and then nothing is confirmed
 * @throws DomainError `prepared-settled`, `second-person`, `version-conflict`, `not-mandated` where its agency no longer is
 */
export async function confirmAct(
  tx: Tx,
  actor: Actor,
  id: string,
  action: Action,
  carryOut: () => Promise<{ readonly decisionId?: string }>,
): Promise<PreparedAct> {
  const prepared = await preparedActById(tx.q, id);
  assertWaits(prepared, tx.now);
  await assertSecondPerson(tx, actor, prepared);
  const procurement = await procurementById(tx.q, prepared.procurementId);
  await assertStillMandated(tx, procurement, prepared, action);
  await assertAsSeen(tx.q, procurement, prepared);
  recordAudit(tx, actor, {
    action: 'act.confirm',
    procurementId: prepared.procurementId,
    subject: subjectOf(prepared),
    detail: {
      ...{ act: prepared.act, lotNo: prepared.lotNo, preparedAt: formatInstant(prepared.preparedAt) },
      preparedBy: prepared.preparedBy.accountId,
    },
  });
  const { decisionId = null } = await carryOut();
  const settlement = { state: 'confirmed' as const, settledBy: actor, settledAt: tx.now, reasonZh: null, decisionId };
  await settlePreparedAct(tx, id, settlement);
  const { accountId } = prepared.preparedBy;
  await notify(tx, accountId === null ? [] : [accountId], 'act.confirmed', noticeOf(prepared, actor));
  return { ...prepared, ...settlement };
}

async function assertSecondPerson(tx: Tx, actor: Actor, prepared: PreparedAct): Promise<void> {
  if (actor.accountId === prepared.preparedBy.accountId) throw notASecondPerson('same-account');
  const { preparer, confirming, preparing } = await peopleAround(tx.q, prepared);
  const confirmer = confirming.find(({ accountId }) => accountId === actor.accountId);
  if (!confirmer) throw notASecondPerson('confirmer-gone');
  if (!preparer) throw notASecondPerson('preparer-gone');
  assertOtherPerson(preparer, confirmer);
  if (preparing.has(confirmer.accountId)) throw notASecondPerson('both-organisations');
}

/** What an agency prepared stands while it is mandated; what it confirms itself, while it may do so alone. */
async function assertStillMandated(
  tx: Tx,
  procurement: Procurement,
  prepared: PreparedAct,
  action: Action,
): Promise<void> {
  const { act, preparedBy, organisationId, confirmingId } = prepared;
  const alone = organisationId === confirmingId ? act : undefined;
  await assertActsFor(tx.q, preparedBy, procurement, mandateActOf(action), tx.now, alone);
}
