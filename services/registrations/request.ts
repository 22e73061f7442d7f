import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { countPending, insertRegistration, type Registration } from '../../db/accounts/registrations.ts';
import { namesakesOf, organisationByCreditCode } from '../../db/organisations.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { DomainError } from '../../domain/errors.ts';
import { assertSeen } from '../../domain/issues.ts';
import { addInvitation } from '../accounts/invitation.ts';
import { confirmRegistration } from './decide.ts';

/** Who may register: nobody, everybody once the centre has confirmed it, or everybody at once. */
export type RegistrationMode = 'confirmed' | 'open' | 'closed';

/** How long a registration and its link may be used (real). */
const DAYS = 30;
/** That wait at a time: more are not looked through in time, and fill the database. */
export const MOST_PENDING = 1_000;

/**
 * A supplier registers itself: its organisation and its contact. The answer is the same whether its code is known here or
 * or its name, or not; whose the code is already decides who joins them.
 * @throws DomainError `forbidden` where nobody may, `too-many-requests` while too many wait
 */
export async function requestRegistration(
  tx: Tx,
  actor: Actor,
  given: Pick<Registration, 'name' | 'creditCode' | 'contact' | 'telephone'>,
  by: { readonly token: string; readonly realNowMs: number; readonly mode: RegistrationMode },
): Promise<Registration> {
  if (by.mode === 'closed') throw closed();
  assertSeen('name', given.name);
  if ((await countPending(tx.q, by.realNowMs)) >= MOST_PENDING) throw tooMany();
  const registration: Registration = {
    ...{ id: newId(), ...given, state: 'pending', requestedAt: tx.now },
    expiresAt: by.realNowMs + DAYS * 86_400_000,
    ...{ decidedBy: null, decidedAt: null, reasonZh: null, organisationId: null, accountId: null },
  };
  await insertRegistration(tx, registration);
  await addInvitation(tx, by.token, { registrationId: registration.id, expiresAt: registration.expiresAt });
  recordAudit(tx, actor, {
    action: 'registration.request',
    procurementId: null,
    subject: `registration/${registration.id}`,
    detail: { name: given.name, creditCode: given.creditCode },
    // Who registers now may be about to bid.
    confidential: true,
  });
  // For an organisation whose code, or name, is known here somebody decides in any case.
  const known = await organisationByCreditCode(tx.q, given.creditCode);
  if (by.mode === 'open' && !known && (await namesakesOf(tx.q, [given])).flat().length === 0)
    return confirmRegistration(tx, actor, registration.id, by.realNowMs);
  return registration;
}

const closed = () =>
  new DomainError('forbidden', {
    messageZh: '本平台不开放自行注册，请向交易中心申请登记',
    messageEn: 'Nobody registers by themselves here; apply to the trading centre',
    details: { reason: 'closed' },
  });

const tooMany = () =>
  new DomainError('too-many-requests', {
    messageZh: '待确认的注册过多，请稍后再试，或联系交易中心',
    messageEn: 'Too many registrations wait to be confirmed: try again later, or ask the trading centre',
    details: { retryAfterSeconds: 3600 },
  });
