import type { Tx } from '../../db/access/database.ts';
import { partsOf } from '../../db/openings/unsealings.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { bidUnknown } from '../../domain/bids/refusals.ts';
import { isPricePart } from '../../domain/evaluation/price-part.ts';
import { note } from '../committees/events.ts';
import { evaluationFor, refusedBy, unnamed, violation } from './proceedings.ts';

/**
 * A member reads an opened bid of its own lot; each time is on record. What holds the price is not shown before the technical marks are
 * signed, where the documents say so.
 * @param part the file; absent: the list of them
 * @throws DomainError `unlawful`, `stage-conflict`, `bid-unknown`
 */
export async function readBid(
  tx: Tx,
  place: TenderPlace,
  accountId: string,
  bidId: string,
  part?: number,
): Promise<void> {
  const { draw, proceedings, seat } = await evaluationFor(tx, place, accountId, 'incomplete');
  if (!proceedings.bidIds.includes(bidId)) throw bidUnknown(bidId);
  const file = part === undefined ? undefined : (await partsOf(tx.q, bidId)).find(({ no }) => no === part);
  if (file && isPricePart(file.path) && !proceedings.shown(seat.memberId).prices) {
    const { sheets } = proceedings.of.definition.evaluation.scheme;
    throw refusedBy([
      violation(sheets.perDocuments, {
        field: 'file',
        given: file.path,
        messageZh: '按评标办法，全体成员签署技术评分之前不显示报价部分',
        messageEn: 'By the scheme nobody sees the price part before all have signed the technical marks',
      }),
    ]);
  }
  note(tx, draw, {
    ...{ actor: unnamed(seat), action: 'evaluation.read-bid' },
    detail: { by: seat.memberId, bidId, ...(part === undefined ? {} : { part }) },
  });
}
