import { UNATTENDED } from '../../db/audit.ts';
import type { StandingBid } from '../../db/bids.ts';
import { standingBidsOf, withOpenUploads } from '../../db/cases.ts';
import type { Tx } from '../../db/access/database.ts';
import { withdrawUnfinished } from '../../db/uploads.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { checkBidderCount } from '../../domain/law/limits.ts';
import { depositEntries } from '../deposits/standings.ts';
import { stopLot, tooFewBidders } from '../lots/stop.ts';
import { publishNotice } from '../notices/publish.ts';
import type { TenderCase } from '../tender/case.ts';

/**
 * 投标截止与开标: closes tenders whose deadline has come, opens each lot that has enough bidders, stops each that has not.
 * All that fall due at one instant are closed by the same statements.
 */
export async function closeTenders(tx: Tx, cases: readonly TenderCase[]): Promise<void> {
  const ids = cases.map(({ id }) => id);
  const [bids, unfinished] = await Promise.all([standingBidsOf(tx.q, ids), withOpenUploads(tx.q, ids)]);
  for (const id of unfinished) await withdrawUnfinished(tx, id);
  const bidsOf = new Map<string, StandingBid[]>();
  for (const bid of bids) {
    const place = `${bid.procurementId}/${bid.lotNo}`;
    bidsOf.set(place, [...(bidsOf.get(place) ?? []), bid]);
  }
  for (const c of cases) {
    for (const { no } of c.lots) await closeLot(c, no, bidsOf.get(`${c.id}/${no}`) ?? []);
    for (const key of ['bid-deadline', 'opening'] as const) c.timeline.complete(0, key, { by: 'unattended' });
    // Sealed to custodians: the opening has begun, and nobody reads anything before it has ended.
    if (c.lots.some(({ stage }) => stage === 'opening')) c.advance('opening');
    else c.advance('evaluation', { openedAt: tx.now });
  }
}

async function closeLot(c: TenderCase, lotNo: number, bids: readonly StandingBid[]): Promise<void> {
  const { tx, tender } = c;
  const [tooFew] = checkBidderCount(tender.regime, bids.length);
  if (tender.sealing !== null && !tooFew) {
    c.advanceLot(lotNo, 'opening');
    return;
  }
  const depositOf = tooFew ? () => ({}) : await depositEntries(tx.q, tender, lotNo);
  const record = {
    procurementId: c.id,
    lotNo,
    legalAt: tender.bidDeadline ?? tx.now,
    actualAt: tx.now,
    bidders: bids.length,
    opened: !tooFew,
    // Fewer than the law asks: not opened, so that the bids stay sealed (招标投标法实施条例 44, 财政部令87号 41).
    entries: tooFew
      ? []
      : bids.map(({ id, supplierId, supplier, sha256, size, receivedAt }) => ({
          bidId: id,
          supplierId,
          supplier,
          sha256,
          size,
          receivedAt,
          ...depositOf(supplierId),
        })),
  };
  c.openings.push(record);
  if (tooFew) {
    await stopLot(c, UNATTENDED, lotNo, tooFewBidders(c, tooFew));
    return;
  }
  c.advanceLot(lotNo, 'evaluation');
  publishNotice(c, UNATTENDED, {
    lotNo,
    kind: 'opening-record',
    titleZh: `${tender.title}第${lotNo}标段开标记录`,
    content: {
      opened: formatInstant(tx.now),
      bidders: bids.map(({ supplierId, supplier, sha256, size, receivedAt }) => ({
        supplier,
        sha256,
        size,
        receivedAt: formatInstant(receivedAt),
        ...depositOf(supplierId),
      })),
    },
    legalAt: record.legalAt,
  });
}
