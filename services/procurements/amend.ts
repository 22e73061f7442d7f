import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import { documentById } from '../../db/documents.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import type { DecisionPayloads } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { checkAmendment } from '../../domain/law/amendment.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { callKindOf } from '../../domain/procedures/entry.ts';
import { publishNotice } from '../notices/publish.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { planBidding } from './bidding.ts';

/**
 * 澄清或修改: publishes an amendment and moves the deadline where the law or the purchaser requires it.
 * @throws DomainError `unlawful`, `stage-conflict`, `not-found`
 */
export async function amendDocuments(
  tx: Tx,
  actor: Actor,
  procurementId: string,
  amendment: DecisionPayloads['amend'],
): Promise<Decision<'amend'>> {
  await Promise.all(amendment.documentIds.map((id) => documentById(tx.q, procurementId, id)));
  const c = await actOn(tx, procurementId);
  refuseAfterDeadline(c);
  c.assertStage('amend', 0);
  const { bidDeadline: before } = c.procurement;
  if (before === null) throw new Error(`${procurementId} takes bids without a deadline`);
  const after = amendment.bidDeadlineAt ?? before;
  refuseUnlawfulDeadline(c, amendment.affectsBids, before, after);
  const original = c.latestNotice(0, callKindOf(c.definition));
  publishNotice(c, actor, {
    lotNo: 0,
    kind: 'amendment',
    titleZh: `${c.procurement.title}澄清（更正）公告`,
    content: {
      textZh: amendment.textZh,
      affectsBids: amendment.affectsBids,
      documentIds: amendment.documentIds,
      bidDeadlineBefore: formatInstant(before),
      bidDeadline: formatInstant(after),
    },
    legalAt: tx.now,
    ...(original ? { corrects: original.id } : {}),
  });
  if (after !== before) {
    c.change({ bidDeadline: after });
    planBidding(c);
  }
  const decision = c.decide('amend', actor, 0, amendment);
  await saveCases(tx, [c]);
  return decision;
}

/** Bids that were due are received and others were refused: the requirements can no longer change. */
function refuseAfterDeadline(c: TenderCase): void {
  const { bidDeadline } = c.procurement;
  if (bidDeadline === null || c.milestone(0, 'bid-deadline')?.state !== 'done') return;
  const { id, law, article } = getRule(c.rules.amendment);
  throw new DomainError('unlawful', {
    messageZh: `投标截止时间 ${formatInstant(bidDeadline)} 已过，不得再澄清、修改招标文件（${law}第${article}条）`,
    messageEn: `The bid deadline ${formatInstant(bidDeadline)} has passed: the documents can be amended no more (${law} art. ${article})`,
    details: {
      rule: id,
      law,
      article,
      latestLawful: formatInstant(bidDeadline),
      given: formatInstant(c.tx.now),
    },
  });
}

/** A deadline never moves earlier, and must move later where an amendment of substance leaves too little time. */
function refuseUnlawfulDeadline(c: TenderCase, affectsBids: boolean, before: number, after: number): void {
  if (after < before) {
    throw new DomainError('unlawful', {
      messageZh: `投标截止时间只能顺延，不得提前：原为 ${formatInstant(before)}，所给为 ${formatInstant(after)}`,
      messageEn: `A bid deadline may be put off, never brought forward: it is ${formatInstant(before)}, given ${formatInstant(after)}`,
      details: { field: 'bidDeadlineAt', given: formatInstant(after), earliestLawful: formatInstant(before) },
    });
  }
  if (!affectsBids) return;
  const amended = { amendedAt: c.tx.now, bidDeadline: after };
  const violations = checkAmendment(c.definition, amended, c.tx.calendar);
  const [first] = violations;
  if (!first) return;
  throw new DomainError('unlawful', {
    messageZh: first.messageZh,
    messageEn: first.messageEn,
    details: { violations },
  });
}
