import type { Tx } from '../../db/access/database.ts';
import { changeRegistration, registrationById, type Registration } from '../../db/accounts/registrations.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { organisationByCreditCode } from '../../db/organisations.ts';
import { DomainError } from '../../domain/errors.ts';
import { assertWithinDuties } from '../../domain/organisations/duties.ts';
import { createOrganisation } from '../organisations/create.ts';
import { confidentially } from './confidentially.ts';

/**
 * The centre, or the setting of the installation, confirms a registration: its organisation is registered, where it is
 * not yet, and its link opens an account.
 * @throws DomainError `stage-conflict` for one that is decided or has expired, `not-found`, `bad-input` where a known
 *   organisation may not bid
 */
export async function confirmRegistration(tx: Tx, actor: Actor, id: string, realNowMs: number): Promise<Registration> {
  const registration = await pending(tx, id, realNowMs);
  const { name, creditCode } = registration;
  const known = await organisationByCreditCode(tx.q, creditCode);
  if (known) assertWithinDuties(known, ['supplier'], 'role');
  const { id: organisationId } =
    known ??
    (await confidentially(tx, () => createOrganisation(tx, actor, { name, creditCode, duties: ['supplier'] })));
  return decided(tx, actor, registration, { state: 'confirmed', organisationId, reasonZh: null });
}

/** @throws DomainError `stage-conflict`, `not-found` */
export async function refuseRegistration(
  tx: Tx,
  actor: Actor,
  id: string,
  by: { readonly reasonZh: string; readonly realNowMs: number },
): Promise<Registration> {
  const { reasonZh } = by;
  const registration = await pending(tx, id, by.realNowMs);
  return decided(tx, actor, registration, { state: 'refused', organisationId: null, reasonZh });
}

async function pending(tx: Tx, id: string, realNowMs: number): Promise<Registration> {
  const registration = await registrationById(tx.q, id);
  if (registration.state === 'pending' && realNowMs < registration.expiresAt) return registration;
  const state = registration.state === 'pending' ? 'expired' : registration.state;
  throw new DomainError('stage-conflict', {
    messageZh: '该注册已处理或已过期',
    messageEn: `The registration was decided already, or has expired: ${state}`,
    details: { field: 'state', state },
  });
}

async function decided(
  tx: Tx,
  actor: Actor,
  registration: Registration,
  decision: Pick<Registration, 'state' | 'organisationId' | 'reasonZh'>,
): Promise<Registration> {
  const change = { ...decision, decidedBy: actor.accountId, decidedAt: tx.now };
  await changeRegistration(tx, registration.id, change);
  const { id, name, creditCode } = registration;
  recordAudit(tx, actor, {
    action: `registration.${decision.state === 'refused' ? 'refuse' : 'confirm'}`,
    procurementId: null,
    subject: `registration/${id}`,
    detail: { name, creditCode, reasonZh: decision.reasonZh, organisationId: decision.organisationId },
    confidential: true,
  });
  return { ...registration, ...change };
}
