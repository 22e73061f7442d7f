import { hashOf, recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { hasBid } from '../../db/bids.ts';
import { bidUnknown } from '../../domain/bids/refusals.ts';
import { recordEvent } from '../../db/events.ts';
import {
  insertSignature,
  openingsOf,
  signaturesOf,
  type Opening,
  type OpeningSignature,
} from '../../db/openings/openings.ts';
import { notFound } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';
import { openingSubject } from '../../domain/subjects.ts';
import { loadCase, saveCases } from '../tender/case.ts';
import { incidentsOf, publishRecord } from './record.ts';

/** What those present sign: the record of one lot, as it was made. */
export const recordHash = (record: Opening): string => hashOf(record);

/**
 * Signs the record of a lot's opening, for one's organisation, once; a second time changes nothing. A record that is
 * public already is published again, with the signature.
 * @throws DomainError `hash-mismatch` where the record differs from the one that was read, `not-found`
 */
export async function signRecord(
  tx: Tx,
  actor: Actor,
  signing: {
    readonly procurementId: string;
    readonly lotNo: number;
    readonly organisationId: string;
    readonly hash: string;
    /** Only an organisation that has bid in the lot is present as a bidder. */
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
  const kept = (await signaturesOf(tx.q, procurementId)).find(
    (each) => each.lotNo === lotNo && each.organisationId === organisationId,
  );
  if (kept) return kept;
  const signature = { procurementId, lotNo, organisationId, actor, recordHash: hash, signedAt: tx.now };
  await insertSignature(tx, signature);
  recordAudit(tx, actor, {
    action: 'opening.sign',
    procurementId,
    subject: `lot/${lotNo}`,
    detail: { organisationId, hash },
  });
  const subject = openingSubject(procurementId);
  recordEvent(tx, { kind: 'opening.signed', procurementId, lotNo, organisationId, subject });
  const c = await loadCase(tx, procurementId);
  if (c.latestNotice(lotNo, 'opening-record')) {
    publishRecord(c, actor, record, await incidentsOf(tx, c.procurement));
    await saveCases(tx, [c]);
  }
  return signature;
}
