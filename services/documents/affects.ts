import { recordAudit, type Actor } from '../../db/audit.ts';
import { recordEvent } from '../../db/events.ts';
import { checkAffectsNothing, namedIn } from '../../domain/documents/bears-on-bids.ts';
import { DomainError } from '../../domain/errors.ts';
import type { TenderCase } from '../tender/case.ts';

/**
 * An amendment or an answer that is said not to affect how bids are written does not.
 * @throws DomainError `unlawful` where the platform sees that it does
 */
export function assertAffectsNothing(c: TenderCase, field: string, text: string, documents: number): void {
  const violations = checkAffectsNothing(c.definition, { field, text, documents });
  if (violations.length === 0) return;
  throw new DomainError('unlawful', {
    messageZh: violations.map(({ messageZh }) => messageZh).join('；'),
    messageEn: violations.map(({ messageEn }) => messageEn).join('; '),
    details: { violations },
  });
}

/** Whoever says so answers for it: the trail names them, and where the text names what bids are written by, supervision is notified. */
export function recordSaidToAffectNothing(
  c: TenderCase,
  actor: Actor,
  subject: string,
  { affectsBids, textZh }: { readonly affectsBids: boolean; readonly textZh: string },
): void {
  if (affectsBids) return;
  const named = namedIn(textZh).map((each) => each.subject);
  recordAudit(c.tx, actor, {
    action: 'amendment.said-to-affect-nothing',
    procurementId: c.id,
    subject: `procurement/${c.id}`,
    detail: { by: subject, named },
  });
  if (named.length === 0) return;
  recordEvent(c.tx, {
    kind: 'amendment.said-to-affect-nothing',
    procurementId: c.id,
    lotNo: 0,
    subject,
    detail: { named },
  });
}
