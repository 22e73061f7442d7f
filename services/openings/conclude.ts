import type { Tx } from '../../db/access/database.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { faultsOf, objectionsOf } from '../../db/openings.ts';
import { pausesOf } from '../../db/timeline.ts';
import { bidsInOpening, type BidInOpening } from '../../db/unsealings.ts';
import { checkBidderCount } from '../../domain/law/limits.ts';
import { isPaused } from '../../domain/openings/window.ts';
import { openingSubject } from '../../domain/subjects.ts';
import { recordEvent } from '../../db/events.ts';
import { depositEntries } from '../deposits/standings.ts';
import { stopLot, tooFewBidders } from '../lots/stop.ts';
import { loadCase, saveCases, type TenderCase } from '../tender/case.ts';
import { recordCustodians } from './custodians.ts';
import { outagesOf } from './outages.ts';
import { recordOutcomes, type KnownOfOpening } from './outcomes.ts';
import { recordOpening } from './record.ts';

/**
 * 唱标与公布: makes and publishes the record of every lot, and lets those be evaluated that may; with all that is known of
 * the opening and not on the record yet. `done` also where the opening is over, `bids-left` where some have no outcome.
 */
export async function concludeOpening(
  tx: Tx,
  procurementId: string,
  known: KnownOfOpening,
): Promise<'done' | 'paused' | 'bids-left'> {
  const { q } = tx;
  const [c, pauses, standing, faults, objections] = await Promise.all([
    loadCase(tx, procurementId),
    pausesOf(q, procurementId),
    bidsInOpening(q, procurementId),
    faultsOf(q, procurementId),
    objectionsOf(q, procurementId),
  ]);
  if (c.procurement.stage !== 'opening') return 'done';
  if (isPaused(pauses)) return 'paused';
  const [bids, custodians, outages] = await Promise.all([
    recordOutcomes(tx, standing, known.outcomes),
    recordCustodians(tx, procurementId, known.notes),
    outagesOf(q, c.procurement, tx.now),
  ]);
  if (bids.some(({ unsealing }) => unsealing === null)) return 'bids-left';

  const instants = {
    legalAt: c.procurement.bidDeadline ?? tx.now,
    actualAt: c.milestone(0, 'bid-deadline')?.actualAt ?? tx.now,
  };
  for (const { no, stage } of c.lots) {
    if (stage !== 'opening') continue;
    const own = bids.filter(({ lotNo }) => lotNo === no);
    const depositOf = await depositEntries(q, c.tender, no);
    const happenings = { custodians, pauses, outages, faults, objections };
    recordOpening(c, UNATTENDED, { lotNo: no, bids: own }, instants, depositOf, happenings);
    await goOn(c, no, own);
  }
  c.advance('evaluation', { openedAt: tx.now });
  recordEvent(tx, { kind: 'opening.concluded', procurementId, lotNo: 0, subject: openingSubject(procurementId) });
  await saveCases(tx, [c]);
  return 'done';
}

/**
 * How many have bid was judged at the deadline (招标投标法实施条例 44, 财政部令87号 41), and the others go on whatever became
 * of some (电子招标投标办法 31); where none was opened there is nothing to evaluate.
 */
async function goOn(c: TenderCase, lotNo: number, bids: readonly BidInOpening[]): Promise<void> {
  const opened = bids.filter(({ unsealing }) => unsealing?.state === 'opened');
  const [none] = opened.length > 0 ? [] : checkBidderCount(c.procurement.regime, 0);
  if (none) await stopLot(c, UNATTENDED, lotNo, tooFewBidders(c, none));
  else c.advanceLot(lotNo, 'evaluation');
}
