import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { insertMandate, type Mandate } from '../../db/parties/mandates.ts';
import { organisationById } from '../../db/organisations.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { badInput } from '../../domain/issues.ts';
import { mandateActsFor } from '../../domain/prepared-acts/acts.ts';
import { assertParties } from '../organisations/parties.ts';
import { assertSigner, sideOf } from './signer.ts';

export type OfferedMandate = Pick<Mandate, 'subjectZh' | 'projectCodes' | 'acts' | 'purchaserConfirms' | 'untilAt'> & {
  /** The other party. */
  readonly withId: string;
};

/**
 * 委托: offers a mandate to the other party, which is in force once that has accepted it.
 * @throws DomainError `bad-input`, `forbidden` for a person of both parties, `not-found`
 */
export async function offerMandate(tx: Tx, actor: Actor, { withId, ...terms }: OfferedMandate): Promise<Mandate> {
  const side = sideOf(actor);
  const parties =
    side === 'purchaser'
      ? { purchaserId: actor.organisationId ?? '', agencyId: withId }
      : { purchaserId: withId, agencyId: actor.organisationId ?? '' };
  await organisationById(tx.q, withId);
  await assertParties(tx.q, parties);
  if (terms.untilAt <= tx.now) {
    throw badInput([
      {
        field: 'untilAt',
        rule: 'future',
        messageZh: `委托期限应晚于现在（${instantZh(tx.now)}）`,
        messageEn: `The mandate must end after now (${instantEn(tx.now)})`,
      },
    ]);
  }
  assertConfirmable(terms);
  await assertSigner(tx.q, actor, parties, side);
  const mandate: Mandate = {
    id: newId(),
    ...parties,
    ...terms,
    ...{ offeredBy: side, offeredAt: tx.now, acceptedAt: null },
    ...{ endedBy: null, endedAt: null, endReasonZh: null },
  };
  await insertMandate(tx, mandate);
  recordAudit(tx, actor, {
    action: 'mandate.offer',
    procurementId: null,
    subject: `mandate/${mandate.id}`,
    detail: { ...parties, ...terms, untilAt: formatInstant(terms.untilAt) },
  });
  return mandate;
}

/** What the purchaser confirms is something that the agency may do. */
function assertConfirmable({ acts, purchaserConfirms }: Pick<OfferedMandate, 'acts' | 'purchaserConfirms'>): void {
  const issues = purchaserConfirms.flatMap((act, index) => {
    const covering = mandateActsFor(act);
    if (covering.some((each) => acts.includes(each))) return [];
    return [
      {
        field: `purchaserConfirms.${index}`,
        rule: 'covered',
        messageZh:
          covering.length === 0
            ? `代理机构不能经办 ${act}`
            : `${act} 须以委托事项 ${covering.join(' 或者 ')} 为前提，acts 中没有`,
        messageEn:
          covering.length === 0
            ? `An agency cannot do ${act}`
            : `${act} needs the act ${covering.join(' or ')}, which acts does not have`,
      },
    ];
  });
  if (issues.length > 0) throw badInput(issues);
}
