import { UNATTENDED } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { recordEvent } from '../../db/events.ts';
import { standingBidsOf } from '../../db/tender/cases.ts';
import { openingSubject } from '../../domain/subjects.ts';
import { recordClues, type OpenedLot } from '../clues/record.ts';
import { depositEntries } from '../deposits/standings.ts';
import { loadCase, saveCases } from '../tender/case.ts';
import { incidentsOf, recordOpening } from './record.ts';

/** Opens what a pause has kept closed since the deadline, where no custodian is needed; nothing before the deadline. */
export async function openUnsealed(tx: Tx, procurementId: string): Promise<void> {
  const c = await loadCase(tx, procurementId);
  if (c.procurement.stage !== 'opening') return;
  const incidents = await incidentsOf(tx, c.procurement);
  const bids = await standingBidsOf(tx.q, [procurementId]);
  const instants = { legalAt: c.procurement.bidDeadline ?? tx.now, actualAt: tx.now };
  const opened: OpenedLot[] = [];
  for (const { no: lotNo, stage } of c.lots) {
    if (stage !== 'opening') continue;
    const own = bids.filter((bid) => bid.lotNo === lotNo);
    const depositOf = await depositEntries(tx.q, c.tender, lotNo);
    recordOpening(c, UNATTENDED, { lotNo, bids: own }, instants, depositOf, incidents);
    c.advanceLot(lotNo, 'evaluation');
    opened.push({ c, lotNo, supplierIds: own.map(({ supplierId }) => supplierId) });
  }
  await recordClues(tx, opened);
  c.advance('evaluation', { openedAt: tx.now });
  recordEvent(tx, { kind: 'opening.concluded', procurementId, lotNo: 0, subject: openingSubject(procurementId) });
  await saveCases(tx, [c]);
}
