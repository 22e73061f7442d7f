import { placeOf } from '../people/story.ts';
import type { Seen } from './judge.ts';

/** Every receipt names a stored bid, every bid has its receipt, and each was in time. */
export function* bidsAreKept({ story, now }: Seen): Iterable<string> {
  const stored = new Map(now.bids.map((bid) => [bid.id, bid]));
  for (const { bidId, sha256, size, receivedAt, lotNo, supplier } of story.receipts.values()) {
    const bid = stored.get(bidId);
    if (!bid) yield `the bid ${bidId} of a receipt is not stored`;
    else if (bid.sha256 !== sha256 || bid.size !== size || bid.receivedAt !== receivedAt || bid.lotNo !== lotNo)
      yield `the bid ${bidId} is not what its receipt says`;
    else {
      const stands = story.standing.get(placeOf(lotNo, supplier)) === bidId;
      if (stands !== (bid.state === 'standing'))
        yield `the bid ${bidId} is ${bid.state}, and ${stands ? 'stands' : 'does not stand'} by its bidder’s acts`;
    }
  }
  for (const { id } of now.bids)
    if (!story.receipts.has(id)) yield `the bid ${id} is stored, and nobody has a receipt of it`;
  const closed = now.milestones.find(({ key, lotNo }) => key === 'bid-deadline' && lotNo === 0);
  if (closed?.state !== 'done') return;
  const { bidDeadline } = now.procurement;
  if (closed.actualAt === null || bidDeadline === null) yield 'bidding was closed without an instant';
  else {
    if (closed.actualAt < bidDeadline)
      yield `bidding was closed ${bidDeadline - closed.actualAt} ms before its deadline`;
    for (const { id, receivedAt } of now.bids) {
      if (receivedAt >= bidDeadline)
        yield `the bid ${id} was received ${receivedAt - bidDeadline} ms after the deadline`;
    }
  }
}

/** The record of each lot has every bid that stood at the close, and no other. */
export function* openedIsStored({ story, now }: Seen): Iterable<string> {
  for (const { lotNo, opened, entries, bidders, legalAt, actualAt } of now.openings) {
    const stood = [...story.receipts.values()].filter(
      (each) => each.lotNo === lotNo && story.standing.get(placeOf(lotNo, each.supplier)) === each.bidId,
    );
    if (bidders !== stood.length) yield `lot ${lotNo} was opened with ${bidders} bids, ${stood.length} stood`;
    if (legalAt !== now.procurement.bidDeadline)
      yield `lot ${lotNo} was to be opened at another instant than the deadline`;
    if (actualAt < legalAt) yield `lot ${lotNo} was opened before the deadline`;
    const told = (each: { bidId: string; sha256: string; size: number; receivedAt: number }) =>
      [each.bidId, each.sha256, each.size, each.receivedAt].join(' ');
    const inRecord = entries.map(told).sort().join('\n');
    if (opened && inRecord !== stood.map(told).sort().join('\n')) yield `the record of lot ${lotNo} is not what stood`;
    if (!opened && entries.length > 0) yield `lot ${lotNo} has too few bids, and they were opened`;
  }
  for (const { no, stage } of now.lots) {
    const isPast = !['pending', 'opening', 'terminated'].includes(stage);
    if (isPast && !now.openings.some(({ lotNo }) => lotNo === no)) yield `lot ${no} is at ${stage} without an opening`;
  }
}
