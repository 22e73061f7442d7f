import { v7 as newId } from 'uuid';
import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Queries, Tx } from '../../db/access/database.ts';
import { hasBid } from '../../db/bids.ts';
import { recordEvent } from '../../db/events.ts';
import { firstNotice } from '../../db/notices.ts';
import { insertObjection, type OpeningObjection } from '../../db/openings/openings.ts';
import type { Procurement } from '../../db/procurements.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import { objectionsUntil } from '../../domain/openings/window.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { openingSubject } from '../../domain/subjects.ts';

/**
 * Files an objection to the opening on the spot (招标投标法实施条例 44, 财政部令87号 42), by a bidder of the lot.
 * @throws DomainError `forbidden` for an organisation without a bid in the lot, `grievance-late`
 */
export async function fileObjection(
  tx: Tx,
  actor: Actor,
  tender: Procurement,
  filing: Pick<OpeningObjection, 'lotNo' | 'filedBy' | 'textZh'>,
): Promise<OpeningObjection> {
  const { publicOpening, rules, words } = procedureOf(tender);
  if (!publicOpening) {
    throw new DomainError('forbidden', {
      messageZh: '该采购方式不公开开启，没有对开启的异议',
      messageEn: 'This procedure has no public opening to object to',
      details: { reason: 'no-public-opening' },
    });
  }
  const { zh, en, details } = citationOf(rules.openingObjection);
  if (!(await hasBid(tx.q, tender.id, filing.lotNo, filing.filedBy))) {
    throw new DomainError('forbidden', {
      messageZh: `只有该标段的${words.bidder}可以对${words.opening}提出异议${zh}`,
      messageEn: `Only a bidder of the lot may object to its opening${en}`,
      details: { reason: 'role', ...details },
    });
  }
  const until = await objectionsTakenUntil(tx.q, tender, filing.lotNo);
  if (until !== null && tx.now >= until) {
    throw new DomainError('grievance-late', {
      messageZh: `对${words.opening}的异议应当在${words.opening}现场提出，已于 ${instantZh(until)} 截止${zh}`,
      messageEn: `An objection to the opening is made on the spot; the time for it ended at ${instantEn(until)}${en}`,
      details: { ...details, until: formatInstant(until) },
    });
  }
  const objection = await insertObjection(tx, {
    ...filing,
    id: newId(),
    procurementId: tender.id,
    filedAt: tx.now,
  });
  recordAudit(tx, actor, {
    action: 'opening.object',
    procurementId: tender.id,
    subject: `lot/${filing.lotNo}`,
    detail: { objectionId: objection.id },
    confidential: true,
  });
  recordEvent(tx, {
    kind: 'opening.objected',
    procurementId: tender.id,
    lotNo: filing.lotNo,
    organisationId: filing.filedBy,
    subject: openingSubject(tender.id),
    detail: { objectionId: objection.id },
    confidential: true,
  });
  return objection;
}

/** The last instant for objections to the opening of a lot; null: its record is not published yet. */
export async function objectionsTakenUntil(q: Queries, tender: Procurement, lotNo: number): Promise<number | null> {
  const record = await firstNotice(q, tender.id, lotNo, 'opening-record');
  return objectionsUntil(record?.publishedAt ?? null, tender.objectionMinutes);
}
