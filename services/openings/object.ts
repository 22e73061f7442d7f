import { and, asc, eq, isNull } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { formatInstant } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { citeEn, citeZh } from '../../domain/law/rule.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { objectionsUntil } from '../../domain/openings/window.ts';
import { hashOf, recordAudit, type Actor } from '../../db/audit.ts';
import { bidUnknown, hasBid } from '../../db/bids.ts';
import type { Queries, Tx } from '../../db/access/database.ts';
import { firstNotice } from '../../db/notices.ts';
import { openingsOf, type Opening } from '../../db/openings.ts';
import { notFound, type Procurement } from '../../db/procurements.ts';
import { openingObjections, openingSignatures } from '../../db/schema/sqlite.ts';

export type OpeningObjection = typeof openingObjections.$inferSelect;
export type OpeningSignature = typeof openingSignatures.$inferSelect;

/**
 * Files an objection to the opening on the spot (招标投标法实施条例 44), by a bidder of the lot.
 * @throws DomainError `forbidden` for who has no bid in the lot, `grievance-late`
 */
export async function fileObjection(
  tx: Tx,
  actor: Actor,
  tender: Procurement,
  filing: Pick<OpeningObjection, 'lotNo' | 'filedBy' | 'textZh'>,
): Promise<OpeningObjection> {
  const rule = getRule('works-opening-objection');
  if (!(await hasBid(tx.q, tender.id, filing.lotNo, filing.filedBy))) {
    throw new DomainError('forbidden', {
      messageZh: `只有该标段的投标人可以对开标提出异议（${citeZh(rule)}）`,
      messageEn: `Only a bidder of the lot may object to its opening (${citeEn(rule)})`,
      details: { reason: 'role', law: rule.law, article: rule.article },
    });
  }
  const until = await objectionsTakenUntil(tx.q, tender, filing.lotNo);
  if (until !== null && tx.now >= until) {
    throw new DomainError('grievance-late', {
      messageZh: `对开标的异议应当在开标现场提出，已于 ${formatInstant(until)} 截止（${citeZh(rule)}）`,
      messageEn: `An objection to the opening is made on the spot; the time for it ended at ${formatInstant(until)} (${citeEn(rule)})`,
      details: { rule: rule.id, law: rule.law, article: rule.article, until: formatInstant(until) },
    });
  }
  const objection = {
    ...filing,
    id: newId(),
    procurementId: tender.id,
    filedAt: tx.now,
    answerZh: null,
    answeredBy: null,
    answeredAt: null,
  };
  const { answeredBy: _unanswered, ...row } = objection;
  await tx.q.insert(openingObjections).values(row);
  recordAudit(tx, actor, {
    action: 'opening.object',
    procurementId: tender.id,
    subject: `lot/${filing.lotNo}`,
    detail: { objectionId: objection.id },
    sealed: true,
  });
  return objection;
}

/** Until when objections to the opening of a lot are taken; null: its record is not out yet. */
export async function objectionsTakenUntil(q: Queries, tender: Procurement, lotNo: number): Promise<number | null> {
  const record = await firstNotice(q, tender.id, lotNo, 'opening-record');
  return objectionsUntil(record?.publishedAt ?? null, tender.objectionMinutes);
}

/**
 * Answers an objection (当场答复), once.
 * @throws DomainError `not-found`, `grievance-settled`
 */
export async function answerObjection(
  tx: Tx,
  actor: Actor,
  place: { readonly procurementId: string; readonly lotNo: number },
  answer: { readonly id: string; readonly answerZh: string },
): Promise<OpeningObjection> {
  const { procurementId, lotNo } = place;
  const [answered] = await tx.q
    .update(openingObjections)
    .set({ answerZh: answer.answerZh, answeredBy: actor, answeredAt: tx.now })
    .where(
      and(
        eq(openingObjections.id, answer.id),
        eq(openingObjections.procurementId, procurementId),
        eq(openingObjections.lotNo, lotNo),
        isNull(openingObjections.answeredAt),
      ),
    )
    .returning();
  if (!answered) {
    const known = (await objectionsOf(tx.q, procurementId)).some(({ id }) => id === answer.id);
    if (!known) throw notFound('objection', answer.id);
    throw new DomainError('grievance-settled', {
      messageZh: '该异议已经答复',
      messageEn: 'This objection was answered already',
      details: { objectionId: answer.id },
    });
  }
  recordAudit(tx, actor, {
    action: 'opening.answer',
    procurementId,
    subject: `lot/${lotNo}`,
    detail: { objectionId: answer.id },
  });
  return answered;
}

export async function objectionsOf(q: Queries, procurementId: string): Promise<OpeningObjection[]> {
  return q
    .select()
    .from(openingObjections)
    .where(eq(openingObjections.procurementId, procurementId))
    .orderBy(asc(openingObjections.filedAt), asc(openingObjections.id));
}

/** What those present sign: the record of one lot, as it was made. */
export const recordHash = (record: Opening): string => hashOf(record);

/**
 * Signs the record of a lot's opening, for one's organisation, once; a second time changes nothing.
 * @throws DomainError `hash-mismatch` where the record is another than the one that was read, `not-found`
 */
export async function signRecord(
  tx: Tx,
  actor: Actor,
  signing: {
    readonly procurementId: string;
    readonly lotNo: number;
    readonly organisationId: string;
    readonly hash: string;
    /** Only one that has bid in the lot is present as a bidder. */
    readonly asBidder?: boolean;
  },
): Promise<OpeningSignature> {
  const { procurementId, lotNo, organisationId, hash, asBidder = false } = signing;
  if (asBidder && !(await hasBid(tx.q, procurementId, lotNo, organisationId))) throw bidUnknown(null);
  const record = (await openingsOf(tx.q, procurementId)).find((each) => each.lotNo === lotNo);
  if (!record) throw notFound('opening', `${procurementId}/lot/${lotNo}`);
  if (recordHash(record) !== hash) {
    throw new DomainError('hash-mismatch', {
      messageZh: '所签的开标记录与现有记录不符，请重新读取',
      messageEn: 'The record is another than the one that is signed; read it again',
      details: { field: 'recordHash', given: hash, stored: recordHash(record) },
    });
  }
  const place = { procurementId, lotNo, organisationId };
  const kept = (await signaturesOf(tx.q, procurementId)).find(
    (each) => each.lotNo === lotNo && each.organisationId === organisationId,
  );
  if (kept) return kept;
  const signature = { ...place, actor, recordHash: hash, signedAt: tx.now };
  await tx.q.insert(openingSignatures).values(signature);
  recordAudit(tx, actor, {
    action: 'opening.sign',
    procurementId,
    subject: `lot/${lotNo}`,
    detail: { organisationId, hash },
  });
  return signature;
}

export async function signaturesOf(q: Queries, procurementId: string): Promise<OpeningSignature[]> {
  return q
    .select()
    .from(openingSignatures)
    .where(eq(openingSignatures.procurementId, procurementId))
    .orderBy(asc(openingSignatures.signedAt), asc(openingSignatures.organisationId));
}
