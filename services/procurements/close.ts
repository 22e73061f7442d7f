import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { StandingBid } from '../../db/bids.ts';
import { standingBidsOf } from '../../db/tender/cases.ts';
import type { Tx } from '../../db/access/database.ts';
import { openPausesOf } from '../../db/tender/suspensions.ts';
import { checkBidderCount } from '../../domain/law/limits.ts';
import { depositEntries } from '../deposits/standings.ts';
import { failLot, tooFewBidders } from '../lots/fail.ts';
import { recordClues, type OpenedLot } from '../clues/record.ts';
import type { Incidents } from '../../domain/notices/data.ts';
import { outagesOfEach } from '../openings/outages.ts';
import { NO_INCIDENTS, recordOpening } from '../openings/record.ts';
import { withdrawUnfinished } from '../uploads/withdraw-unfinished.ts';
import type { TenderCase } from '../tender/case.ts';

/**
 * 投标截止与开标: closes tenders whose deadline has come, opens each lot that has enough bidders, fails each other lot. All
 * that are due at one instant are closed by the same statements.
 */
export async function closeTenders(tx: Tx, cases: readonly TenderCase[]): Promise<void> {
  const ids = cases.map(({ id }) => id);
  const [bids, pauses, outages] = await Promise.all([
    standingBidsOf(tx.q, ids),
    openPausesOf(tx.q, ids),
    outagesOfEach(
      tx.q,
      cases.map(({ procurement }) => procurement),
      tx.now,
    ),
    withdrawUnfinished(
      tx,
      cases.map(({ procurement }) => procurement),
    ),
  ]);
  const bidsOf = new Map<string, StandingBid[]>();
  for (const bid of bids) {
    const place = `${bid.procurementId}/${bid.lotNo}`;
    bidsOf.set(place, [...(bidsOf.get(place) ?? []), bid]);
  }
  const opened: OpenedLot[] = [];
  for (const c of cases) {
    const incidents = { ...NO_INCIDENTS, outages: outages(c.procurement) };
    const isPaused = pauses.some(({ procurementId }) => procurementId === c.id);
    for (const { no, stage } of c.lots) {
      if (stage === 'pending') await closeLot(c, no, bidsOf.get(`${c.id}/${no}`) ?? [], { incidents, isPaused });
    }
    for (const key of ['bid-deadline', 'opening'] as const) c.timeline.complete(0, key, { by: 'unattended' });
    // Sealed to custodians, or paused: the opening starts, and nothing can be read before it ends.
    if (c.lots.some(({ stage }) => stage === 'opening')) c.advance('opening');
    else c.advance('evaluation', { openedAt: tx.now });
    recordAudit(tx, UNATTENDED, {
      action: 'procurement.close',
      procurementId: c.id,
      subject: `procurement/${c.id}`,
      detail: { dueAt: c.procurement.bidDeadline },
    });
    for (const { lotNo, opened: isOpened, entries } of c.openings) {
      if (isOpened) opened.push({ c, lotNo, supplierIds: entries.map(({ supplierId }) => supplierId) });
    }
  }
  await recordClues(tx, opened);
}

async function closeLot(
  c: TenderCase,
  lotNo: number,
  bids: readonly StandingBid[],
  { incidents, isPaused }: { readonly incidents: Incidents; readonly isPaused: boolean },
): Promise<void> {
  const { tx, tender } = c;
  const [tooFew] = checkBidderCount(c.definition, bids.length);
  if ((tender.sealing !== null || isPaused) && !tooFew) {
    c.advanceLot(lotNo, 'opening');
    return;
  }
  const depositOf = tooFew ? () => ({}) : await depositEntries(tx.q, tender, lotNo);
  const instants = { legalAt: tender.bidDeadline ?? tx.now, actualAt: tx.now };
  recordOpening(c, UNATTENDED, { lotNo, bids, tooFew: tooFew !== undefined }, instants, depositOf, incidents);
  if (tooFew) await failLot(c, UNATTENDED, lotNo, tooFewBidders(c, tooFew, incidents.outages));
  else c.advanceLot(lotNo, 'evaluation');
}
