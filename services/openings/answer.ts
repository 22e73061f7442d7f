import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { latestNotice, publishNotice } from '../../db/notices.ts';
import { objectionsOf, openingsOf, putAnswer, type OpeningObjection } from '../../db/openings.ts';
import { notFound, type Procurement } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';
import { happeningsOf, noticeOf } from './record.ts';

/**
 * Answers an objection (当场答复), once. A record that is out already is published again, with the answer in it.
 * @throws DomainError `not-found`, `grievance-settled`
 */
export async function answerObjection(
  tx: Tx,
  actor: Actor,
  tender: Procurement,
  { lotNo, id, answerZh }: { readonly lotNo: number; readonly id: string; readonly answerZh: string },
): Promise<OpeningObjection> {
  const place = { procurementId: tender.id, lotNo };
  const answered = await putAnswer(tx, { ...place, id }, { answerZh, answeredBy: actor });
  if (!answered) {
    const known = (await objectionsOf(tx.q, tender.id)).some((each) => each.id === id);
    if (!known) throw notFound('objection', id);
    throw new DomainError('grievance-settled', {
      messageZh: '该异议已经答复',
      messageEn: 'This objection was answered already',
      details: { objectionId: id },
    });
  }
  recordAudit(tx, actor, {
    action: 'opening.answer',
    procurementId: tender.id,
    subject: `lot/${lotNo}`,
    detail: { objectionId: id },
  });
  const published = await latestNotice(tx.q, tender.id, lotNo, 'opening-record');
  const record = (await openingsOf(tx.q, tender.id)).find((each) => each.lotNo === lotNo);
  if (published && record) {
    const notice = noticeOf(tender, record, await happeningsOf(tx, tender));
    await publishNotice(tx, actor, { ...notice, corrects: published.id });
  }
  return answered;
}
