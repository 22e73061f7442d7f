import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { peopleOf } from '../../db/accounts/membership-requests.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import {
  decideCorrection,
  insertCorrection,
  pendingCorrection,
  type Correction,
} from '../../db/parties/corrections.ts';
import { organisationByCreditCode, organisationById, updateName, type Organisation } from '../../db/organisations.ts';
import { notFound } from '../../db/procurements.ts';
import { badInput } from '../../domain/issues.ts';
import { assertAnother, assertOwnDecision } from '../accounts/own-people.ts';
import { codeTaken } from './create.ts';

export interface WantedNames {
  /** As it is where it is not given. */
  readonly name?: string | undefined;
  readonly creditCode?: string | undefined;
  readonly reasonZh: string;
}

/**
 * Corrects the name or the code of an organisation: at once where it has never had people, or where one of them requests
 * it; else when one of them has confirmed it, since whoever changes a code alone could take another's place. What is
 * published, and the receipts of bids, keep what they said.
 * @throws DomainError `bad-input` where nothing is changed, `already-exists` for a code that is taken, `not-found`
 */
export async function requestCorrection(
  tx: Tx,
  actor: Actor,
  organisationId: string,
  { reasonZh, ...wanted }: WantedNames,
): Promise<Correction> {
  const organisation = await organisationById(tx.q, organisationId);
  const { name = organisation.name, creditCode = organisation.creditCode } = wanted;
  if (name === organisation.name && creditCode === organisation.creditCode) throw unchanged();
  await assertFree(tx, organisation, creditCode);
  const earlier = await pendingCorrection(tx.q, organisationId);
  // A newer request takes the place of one that nobody has confirmed.
  if (earlier) await decideCorrection(tx, earlier.id, { ...earlier, state: 'refused', decidedAt: tx.now });
  const correction: Correction = {
    ...{ id: newId(), organisationId, name, creditCode, reasonZh },
    ...{ formerName: organisation.name, formerCode: organisation.creditCode },
    ...{ requestedBy: actor, requestedAt: tx.now, state: 'pending', decidedAt: null },
  };
  await insertCorrection(tx, correction);
  const people = await peopleOf(tx.q, organisationId);
  const isOwn = people.some((person) => person.disabledAt === null && person.accountId === actor.accountId);
  if (organisation.firstPersonAt === null || isOwn) return takeEffect(tx, actor, correction, organisation);
  recordAudit(tx, actor, {
    action: 'organisation.request-correction',
    procurementId: null,
    subject: `organisation/${organisationId}`,
    detail: { correctionId: correction.id, name, creditCode, reasonZh },
  });
  const informed = people.map(({ accountId }) => accountId);
  await notify(tx, informed, 'organisation.correction-requested', { organisationId, name, creditCode, reasonZh });
  return correction;
}

/**
 * One of the organisation's own people confirms a correction; it takes effect.
 * @throws DomainError `not-found` also for those whom it does not concern, `forbidden`, `already-exists`
 */
export async function confirmCorrection(tx: Tx, actor: Actor, organisationId: string, id: string): Promise<Correction> {
  const correction = await pendingOf(tx, actor, organisationId, id);
  assertAnother(actor, correction.requestedBy.accountId);
  const organisation = await organisationById(tx.q, organisationId);
  await assertFree(tx, organisation, correction.creditCode);
  return takeEffect(tx, actor, correction, organisation);
}

/**
 * One of the organisation's own people refuses a correction.
 * @throws DomainError `not-found`, `forbidden`
 */
export async function refuseCorrection(tx: Tx, actor: Actor, organisationId: string, id: string): Promise<Correction> {
  const correction = await pendingOf(tx, actor, organisationId, id);
  const refused: Correction = { ...correction, state: 'refused', decidedAt: tx.now };
  await decideCorrection(tx, id, refused);
  recordAudit(tx, actor, {
    action: 'organisation.refuse-correction',
    procurementId: null,
    subject: `organisation/${organisationId}`,
    detail: { correctionId: id },
  });
  return refused;
}

async function takeEffect(
  tx: Tx,
  actor: Actor,
  correction: Correction,
  { id, name, creditCode }: Organisation,
): Promise<Correction> {
  const done: Correction = {
    ...correction,
    ...{ formerName: name, formerCode: creditCode, state: 'done', decidedAt: tx.now },
  };
  await decideCorrection(tx, done.id, done);
  await updateName(tx, id, done);
  const after = { name: done.name, creditCode: done.creditCode };
  recordAudit(tx, actor, {
    action: 'organisation.correct',
    procurementId: null,
    subject: `organisation/${id}`,
    detail: { correctionId: done.id, before: { name, creditCode }, after, reasonZh: done.reasonZh },
  });
  const people = (await peopleOf(tx.q, id)).map(({ accountId }) => accountId);
  await notify(tx, people, 'organisation.corrected', { organisationId: id, ...after, former: { name, creditCode } });
  return done;
}

async function pendingOf(tx: Tx, actor: Actor, organisationId: string, id: string): Promise<Correction> {
  const missing = () => notFound('correction', id);
  const pending = await pendingCorrection(tx.q, organisationId);
  if (pending?.id !== id) throw missing();
  await assertOwnDecision(tx, actor, pending, missing);
  return pending;
}

async function assertFree(tx: Tx, { id }: Organisation, creditCode: string): Promise<void> {
  const holder = await organisationByCreditCode(tx.q, creditCode);
  if (holder && holder.id !== id) throw codeTaken(creditCode);
}

const unchanged = () =>
  badInput([
    {
      field: 'name',
      rule: 'differs',
      messageZh: '名称和统一社会信用代码与已登记的相同，没有要更正的内容',
      messageEn: 'Name and credit code are as registered: there is nothing to correct',
    },
  ]);
