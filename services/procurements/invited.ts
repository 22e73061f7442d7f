import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { Queries } from '../../db/access/database.ts';
import { recordEvent } from '../../db/events.ts';
import { inviteesOf, isInvited, markInvited } from '../../db/invitees.ts';
import { notInvited } from '../../domain/procedures/entry.ts';
import { procedureOf, type ProcedureKey } from '../../domain/procedures/index.ts';
import type { TenderCase } from '../tender/case.ts';

/**
 * Only invited suppliers take part in a procurement that begins with invitations.
 * @throws DomainError `not-invited`
 */
export async function assertInvited(
  q: Queries,
  tender: ProcedureKey & { readonly id: string },
  organisationId: string,
): Promise<void> {
  const { entry } = procedureOf(tender);
  if (entry.by === 'notice' || (await isInvited(q, tender.id, organisationId))) return;
  throw notInvited(entry);
}

/** The invitations go out, each supplier's by itself: who else is invited is confidential (招标投标法 22). */
export async function sendInvitations(c: TenderCase): Promise<void> {
  const { tx, id: procurementId } = c;
  if (c.definition.entry.by === 'notice') return;
  const invited = await inviteesOf(tx.q, procurementId);
  await markInvited(tx, procurementId);
  // One entry for all of them: the length of the public log shows the number of entries.
  recordAudit(tx, UNATTENDED, {
    action: 'invitation.send',
    procurementId,
    subject: `procurement/${procurementId}`,
    detail: { invited: invited.map(({ organisationId, source }) => ({ organisationId, source })) },
    confidential: true,
  });
  for (const { organisationId } of invited) {
    recordEvent(tx, {
      kind: 'invitation.sent',
      ...{ procurementId, lotNo: 0, organisationId, subject: `organisation/${organisationId}` },
      confidential: true,
    });
  }
}
