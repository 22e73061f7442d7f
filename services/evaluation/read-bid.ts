import type { Tx } from '../../db/access/database.ts';
import { partsOf, unsealingOf, type BidPart } from '../../db/openings/unsealings.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { bidUnknown } from '../../domain/bids/refusals.ts';
import { isPricePart } from '../../domain/evaluation/price-part.ts';
import { isBlindPart, neutralName } from '../../domain/evaluation/sheets/blind.ts';
import { note } from '../committees/events.ts';
import { blindedFor, evaluationFor, namedBid, refusedBy, unnamed, violation } from './proceedings.ts';

export type ShownPart = Pick<BidPart, 'no' | 'path' | 'mediaType' | 'size' | 'sha256'>;

/**
 * A member reads an opened bid of its own lot; each time is on record. What holds the price is not shown before the technical marks are
 * signed, where the documents say so; nor, until then, which bidder a blind part is of: it is shown under its blind id, and the rest under
 * the id of the bid.
 * @param bidId of the bid, or of its blind part
 * @param part the file; absent: all of them
 * @throws DomainError `unlawful`, `stage-conflict`, `bid-unknown`
 */
export async function readBid(
  tx: Tx,
  place: TenderPlace,
  accountId: string,
  bidId: string,
  part?: number,
): Promise<readonly ShownPart[]> {
  const evaluation = await evaluationFor(tx, place, accountId, 'incomplete');
  const { draw, proceedings, seat } = evaluation;
  const named = namedBid(evaluation, bidId);
  if (!proceedings.bidIds.includes(named.bidId)) throw bidUnknown(bidId);
  const isOpened = (await unsealingOf(tx.q, named.bidId))?.state === 'opened';
  const all = isOpened ? await partsOf(tx.q, named.bidId) : [];
  const shown = shownParts(all, named.isBlind, blindedFor(evaluation, seat.memberId) !== null);
  const read = part === undefined ? shown : shown.filter(({ no }) => no === part);
  const price = read.find(({ path }) => isPricePart(path));
  if (part !== undefined && price && !proceedings.shown(seat.memberId).prices) {
    const { sheets } = proceedings.of.definition.evaluation.scheme;
    throw refusedBy([
      violation(sheets.perDocuments, {
        field: 'file',
        given: price.path,
        messageZh: '按评标办法，全体成员签署技术评分之前不显示报价部分',
        messageEn: 'By the scheme nobody sees the price part before all have signed the technical marks',
      }),
    ]);
  }
  note(tx, draw, {
    ...{ actor: unnamed(seat), action: 'evaluation.read-bid' },
    detail: { by: seat.memberId, bidId, ...(part === undefined ? {} : { part }) },
  });
  return read;
}

/** Numbered anew where the bidder of the blind part is not shown: gaps in the one list would tell of the other. */
function shownParts(all: readonly BidPart[], blind: boolean, hidden: boolean): readonly ShownPart[] {
  if (blind) {
    return all
      .filter(({ path }) => isBlindPart(path))
      .map((each, no) => ({ ...each, no, path: neutralName(each.path, no) }));
  }
  return hidden ? all.filter(({ path }) => !isBlindPart(path)).map((each, no) => ({ ...each, no })) : all;
}
