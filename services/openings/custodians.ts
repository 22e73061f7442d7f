import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { recordEvent } from '../../db/events.ts';
import { custodiansOf, putCustodians, type OpeningCustodian } from '../../db/openings/openings.ts';
import type { Custodian } from '../../domain/bids/sealing.ts';
import { openingSubject } from '../../domain/subjects.ts';

/** What a custodian did in an opening, or failed to do. */
export interface CustodianNote {
  readonly custodian: Custodian;
  readonly state: 'released' | 'refused' | 'missing';
  /** Why it refused; null otherwise. */
  readonly reason: string | null;
  /** When (civil epoch ms); null: now. */
  readonly at: number | null;
}

/**
 * Records what custodians did; a repeated entry is not recorded again. A released share stays released: a repeated
 * request, after a worker was lost, does not undo it.
 * @param before existing entries, where they were read already
 * @returns all entries after this call
 */
export async function recordCustodians(
  tx: Tx,
  procurementId: string,
  notes: readonly CustodianNote[],
  before?: readonly OpeningCustodian[],
): Promise<OpeningCustodian[]> {
  const rows = new Map((before ?? (await custodiansOf(tx.q, procurementId))).map((row) => [row.custodian, row]));
  const changed = new Set<Custodian>();
  for (const { custodian, state, reason, at } of notes) {
    const before = rows.get(custodian);
    if (before?.state === 'released' || (before?.state === state && before.reason === reason)) continue;
    const row = { procurementId, custodian, state, reason, at: Math.min(at ?? tx.now, tx.now) };
    rows.set(custodian, row);
    changed.add(custodian);
    recordAudit(tx, UNATTENDED, {
      action: `custodian.${state}`,
      procurementId,
      subject: `custodian/${custodian}`,
      detail: { ...(reason === null ? {} : { reason }), ...(row.at === tx.now ? {} : { at: row.at }) },
    });
    // A release is routine; a missing release concerns everybody.
    if (state === 'released') continue;
    recordEvent(tx, {
      kind: `custodian.${state}`,
      procurementId,
      lotNo: 0,
      subject: openingSubject(procurementId),
      detail: { custodian },
    });
  }
  await putCustodians(
    tx,
    [...rows.values()].filter(({ custodian }) => changed.has(custodian)),
  );
  return [...rows.values()].sort((a, b) => (a.custodian < b.custodian ? -1 : 1));
}
