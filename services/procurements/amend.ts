import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import { noticeOf } from '../../db/notices.ts';
import { notFound } from '../../db/procurements.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import type { DecisionPayloads } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput } from '../../domain/issues.ts';
import type { NoticeKind } from '../../domain/notices/data.ts';
import { callKindOf } from '../../domain/procedures/entry.ts';
import { checkAmendment, earliestDeadlineAfterAmendment } from '../../domain/law/amendment.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { soon, wholeMinute } from '../../domain/postponed.ts';
import { assertAffectsNothing, recordSaidToAffectNothing } from '../documents/affects.ts';
import { assertDocument } from '../documents/named.ts';
import { publishNotice } from '../notices/publish.ts';
import { amendSchemes } from '../evaluation/scheme.ts';
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
  confirmed: ReadonlySet<string> = new Set(),
): Promise<Decision<'amend'>> {
  await Promise.all(
    amendment.documentIds.map((id, index) =>
      assertDocument(tx.q, procurementId, id, 'amendment', `documentIds.${index}`),
    ),
  );
  const c = await actOn(tx, procurementId);
  refuseAfterDeadline(c);
  c.assertStage('amend', 0);
  const { bidDeadline: before } = c.procurement;
  if (before === null) throw new Error(`${procurementId} takes bids without a deadline`);
  const after = amendment.bidDeadline ?? before;
  refuseUnlawfulDeadline(c, amendment.affectsBids, before, after);
  const { textZh, affectsBids, documentIds, corrects = null, schemes = [] } = amendment;
  if (corrects !== null) await assertAmended(c, corrects);
  if (!affectsBids) assertAffectsNothing(c, 'textZh', textZh, documentIds.length);
  if (schemes.length > 0) await amendSchemes(c, actor, { schemes, affectsBids }, confirmed);
  const bidDeadline = after > tx.now ? after : null;
  const changed = { textZh, affectsBids, documentIds, bidDeadlineBefore: before, bidDeadline };
  publishNotice(c, actor, 'amendment', { lotNo: 0, corrects }, { because: 'documents', ...changed });
  if (after !== before) {
    c.change({ bidDeadline: after });
    planBidding(c);
  }
  const decision = c.decide('amend', actor, 0, amendment);
  recordSaidToAffectNothing(c, actor, `decision/${decision.id}`, amendment);
  await saveCases(tx, [c]);
  return decision;
}

/** An amendment puts right what the tender began with, what amended it, or an answer to a question. */
async function assertAmended(c: TenderCase, noticeId: string): Promise<void> {
  const { kind, procurementId } = await noticeOf(c.tx.q, noticeId);
  if (procurementId !== c.id) throw notFound('notice', noticeId);
  const amended: readonly NoticeKind[] = [callKindOf(c.definition), 'amendment', 'clarification'];
  if (amended.includes(kind)) return;
  throw badInput([
    {
      field: 'corrects',
      rule: 'amended',
      messageZh: `该公告不以澄清、修改公告更正（POST /api/notices/${noticeId}/corrections）`,
      messageEn: `That notice is not put right by an amendment (POST /api/notices/${noticeId}/corrections)`,
    },
  ]);
}

/** Bids that were due are received and others were refused: the requirements can no longer change. */
function refuseAfterDeadline(c: TenderCase): void {
  const { bidDeadline } = c.procurement;
  if (bidDeadline === null || c.milestone(0, 'bid-deadline')?.state !== 'done') return;
  const { id, law, article } = getRule(c.rules.amendment);
  const { bidding, documents } = c.definition.words;
  throw new DomainError('unlawful', {
    messageZh: `${bidding}截止时间 ${instantZh(bidDeadline)} 已过，不得再澄清、修改${documents}（${law}第${article}条）`,
    messageEn: `The bid deadline ${instantEn(bidDeadline)} has passed: the documents can be amended no more (${law} art. ${article})`,
    details: {
      rule: id,
      law,
      article,
      latestLawful: formatInstant(bidDeadline),
      given: formatInstant(c.tx.now),
    },
  });
}

/**
 * A deadline never moves earlier, nor into the past, and must move later where an amendment of substance leaves too little time. What is
 * named as lawful is so in both respects, and still when it is sent.
 */
function refuseUnlawfulDeadline(c: TenderCase, affectsBids: boolean, before: number, after: number): void {
  const { now, calendar } = c.tx;
  const passed = before <= now;
  const owed = affectsBids ? earliestDeadlineAfterAmendment(c.definition, now, calendar) : before;
  const earliest = Math.max(passed ? soon(now) : before, wholeMinute(owed) === owed ? owed : soon(owed));
  if (after < before) {
    throw new DomainError('unlawful', {
      messageZh: `${c.definition.words.bidding}截止时间只能顺延，不得提前：原为 ${instantZh(before)}，所给为 ${instantZh(after)}`,
      messageEn: `A bid deadline may be put off, never brought forward: it is ${instantEn(before)}, given ${instantEn(after)}`,
      details: { field: 'bidDeadline', given: formatInstant(after), earliestLawful: formatInstant(earliest) },
    });
  }
  // While its clock is suspended, the former deadline may have passed: what is set instead is still to come.
  if (after !== before && after <= now) {
    throw new DomainError('unlawful', {
      messageZh: `${c.definition.words.bidding}截止时间不得早于公布之时：现为 ${instantZh(now)}，所给为 ${instantZh(after)}`,
      messageEn: `A bid deadline that is published is still to come: it is ${instantEn(now)}, given ${instantEn(after)}`,
      details: { field: 'bidDeadline', given: formatInstant(after), earliestLawful: formatInstant(earliest) },
    });
  }
  if (!affectsBids) return;
  const amended = { amendedAt: now, bidDeadline: after };
  const violations = checkAmendment(c.definition, amended, calendar).map((each) => ({
    ...each,
    field: 'bidDeadline',
    earliestLawful: formatInstant(earliest),
  }));
  const [first] = violations;
  if (!first) return;
  throw new DomainError('unlawful', {
    messageZh: first.messageZh,
    messageEn: first.messageEn,
    details: { violations },
  });
}
