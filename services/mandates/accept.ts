import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { changeMandate, mandateById, partyOf, type Mandate } from '../../db/parties/mandates.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { assertParties } from '../organisations/parties.ts';
import { assertSigner, otherSide, sideOf } from './signer.ts';

/**
 * Accepts an offered mandate, for the party that did not offer it.
 * @throws DomainError `mandate-settled` for one that is accepted, over or the person's own offer; `forbidden` for a person of both parties
 */
export async function acceptMandate(tx: Tx, actor: Actor, id: string): Promise<Mandate> {
  const mandate = await mandateById(tx.q, id);
  const side = sideOf(actor);
  if (mandate.offeredBy === side) throw settled(mandate, ['须由对方接受', 'only the other party accepts it']);
  if (mandate.endedAt !== null) throw settled(mandate, ['已终止', 'it was ended']);
  if (mandate.acceptedAt !== null) throw settled(mandate, ['已接受', 'it was accepted already']);
  if (tx.now >= mandate.untilAt) throw settled(mandate, ['期限已届满', 'its period is over']);
  await assertParties(tx.q, mandate);
  await assertSigner(tx.q, actor, mandate, side);
  const change = { acceptedAt: tx.now };
  await changeMandate(tx, id, change);
  recordAudit(tx, actor, {
    action: 'mandate.accept',
    procurementId: null,
    subject: `mandate/${id}`,
    detail: { offeredBy: partyOf(mandate, otherSide(side)), untilAt: formatInstant(mandate.untilAt) },
  });
  return { ...mandate, ...change };
}

export function settled(
  { id, untilAt, acceptedAt, endedAt }: Mandate,
  [zh, en]: readonly [string, string],
): DomainError {
  return new DomainError('mandate-settled', {
    messageZh: `不能办理该委托：${zh}`,
    messageEn: `This cannot be done with the mandate: ${en}`,
    details: {
      mandateId: id,
      untilAt: formatInstant(untilAt),
      acceptedAt: acceptedAt === null ? null : formatInstant(acceptedAt),
      endedAt: endedAt === null ? null : formatInstant(endedAt),
    },
  });
}
