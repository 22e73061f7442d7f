import type { Tx } from '../../db/access/database.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { recordEvent } from '../../db/events.ts';
import { openingStateOf } from '../../db/openings/openings.ts';
import { bidsInOpening, type BidInOpening } from '../../db/openings/unsealings.ts';
import { checkBidderCount } from '../../domain/law/limits.ts';
import type { Incidents } from '../../domain/notices/data.ts';
import { openingSubject } from '../../domain/subjects.ts';
import { recordClues, type OpenedLot } from '../clues/record.ts';
import { depositEntries } from '../deposits/standings.ts';
import { failLot, tooFewBidders } from '../lots/fail.ts';
import { loadCase, saveCases, type TenderCase } from '../tender/case.ts';
import { recordCustodians } from './custodians.ts';
import { recordOutcomes, type KnownOfOpening } from './outcomes.ts';
import { incidentsOf, recordOpening } from './record.ts';

/**
 * 唱标与公布: makes and publishes the record of every lot, and starts the evaluation of those that qualify; with everything
 * about the opening that is not recorded yet. `done` also where the opening is over, `bids-left` where some have no
 * outcome.
 */
export async function concludeOpening(
  tx: Tx,
  procurementId: string,
  known: KnownOfOpening,
): Promise<'done' | 'paused' | 'bids-left'> {
  const [c, opening, standing] = await Promise.all([
    loadCase(tx, procurementId),
    openingStateOf(tx.q, procurementId),
    bidsInOpening(tx.q, procurementId),
  ]);
  if (c.procurement.stage !== 'opening') return 'done';
  if (opening?.isPaused) return 'paused';
  const before = await incidentsOf(tx, c.procurement, opening);
  const [bids, custodians] = await Promise.all([
    recordOutcomes(tx, standing, known.outcomes),
    recordCustodians(tx, procurementId, known.notes, before.custodians),
  ]);
  if (bids.some(({ unsealing }) => unsealing === null)) return 'bids-left';

  const instants = {
    legalAt: c.procurement.bidDeadline ?? tx.now,
    actualAt: c.milestone(0, 'bid-deadline')?.actualAt ?? tx.now,
  };
  const opened: OpenedLot[] = [];
  for (const { no, stage } of c.lots) {
    if (stage !== 'opening') continue;
    const own = bids.filter(({ lotNo }) => lotNo === no);
    const depositOf = await depositEntries(tx.q, c.tender, no);
    recordOpening(c, UNATTENDED, { lotNo: no, bids: own }, instants, depositOf, { ...before, custodians });
    await continueLot(c, no, own, before.outages);
    opened.push({ c, lotNo: no, supplierIds: own.map(({ supplierId }) => supplierId) });
  }
  await recordClues(tx, opened);
  c.advance('evaluation', { openedAt: tx.now });
  recordEvent(tx, { kind: 'opening.concluded', procurementId, lotNo: 0, subject: openingSubject(procurementId) });
  await saveCases(tx, [c]);
  return 'done';
}

/**
 * The number of bidders was judged at the deadline (招标投标法实施条例 44, 财政部令87号 41), and the other bids proceed whatever
 * happened to some (电子招标投标办法 31); where none was opened there is nothing to evaluate.
 */
async function continueLot(
  c: TenderCase,
  lotNo: number,
  bids: readonly BidInOpening[],
  outages: Incidents['outages'],
): Promise<void> {
  const opened = bids.filter(({ unsealing }) => unsealing?.state === 'opened');
  const [none] = opened.length > 0 ? [] : checkBidderCount(c.definition, 0);
  if (none) await failLot(c, UNATTENDED, lotNo, tooFewBidders(c, none, outages));
  else c.advanceLot(lotNo, 'evaluation');
}
