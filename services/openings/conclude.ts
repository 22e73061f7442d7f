import { stopLot, tooFewBidders } from '../../activities/stopping.ts';
import { UNATTENDED } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { faultsOf, objectionsOf, openingBeganAt } from '../../db/openings.ts';
import { advanceLot, advanceProcurement, procurementById } from '../../db/procurements.ts';
import { pausesOf } from '../../db/timeline.ts';
import { bidsInOpening } from '../../db/unsealings.ts';
import { checkBidderCount } from '../../domain/law/limits.ts';
import { isPaused } from '../../domain/openings/window.ts';
import { recordCustodians } from './custodians.ts';
import { outagesOf } from './outages.ts';
import { recordOutcomes, type KnownOfOpening } from './outcomes.ts';
import { recordOpenings } from './record.ts';

/**
 * 唱标与公布: makes and publishes the record of every lot, and lets those be evaluated that may; with all that is known of
 * the opening and not on the record yet. `done` also where the opening is over, `bids-left` where some have no outcome.
 */
export async function concludeOpening(
  tx: Tx,
  procurementId: string,
  known: KnownOfOpening,
): Promise<'done' | 'paused' | 'bids-left'> {
  const tender = await procurementById(tx.q, procurementId);
  if (tender.stage !== 'opening') return 'done';
  const pauses = await pausesOf(tx.q, procurementId);
  if (isPaused(pauses)) return 'paused';
  const bids = await recordOutcomes(tx, await bidsInOpening(tx.q, procurementId), known.outcomes);
  const custodians = await recordCustodians(tx, procurementId, known.notes);
  if (bids.some(({ unsealing }) => unsealing === null)) return 'bids-left';

  const lots = tender.lots
    .filter(({ stage }) => stage === 'opening')
    .map(({ no }) => ({ lotNo: no, bids: bids.filter(({ lotNo }) => lotNo === no) }));
  const instants = {
    legalAt: tender.bidDeadline ?? tx.now,
    actualAt: (await openingBeganAt(tx.q, procurementId)) ?? tx.now,
  };
  await recordOpenings(tx, UNATTENDED, tender, lots, instants, {
    custodians,
    pauses,
    outages: await outagesOf(tx.q, tender, tx.now),
    faults: await faultsOf(tx.q, procurementId),
    objections: await objectionsOf(tx.q, procurementId),
  });
  for (const { lotNo, bids: own } of lots) {
    // How many have bid was judged at the deadline (招标投标法实施条例 44, 财政部令87号 41), and the others go on whatever
    // became of some (电子招标投标办法 31); where none was opened there is nothing to evaluate.
    const opened = own.filter(({ unsealing }) => unsealing?.state === 'opened');
    const [none] = opened.length > 0 ? [] : checkBidderCount(tender.regime, 0);
    if (none) await stopLot(tx, UNATTENDED, tender, lotNo, tooFewBidders(tender, none));
    else await advanceLot(tx, procurementId, lotNo, 'evaluation');
  }
  await advanceProcurement(tx, procurementId, 'evaluation', { openedAt: tx.now });
  return 'done';
}
