import { hashOf, recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Bid } from '../../db/bids.ts';
import { openingStateOf } from '../../db/openings/openings.ts';
import { bidsInOpening, insertUnsealings, type BidInOpening, type Unsealing } from '../../db/openings/unsealings.ts';
import type { UnsealedBid } from '../../domain/openings/outcomes.ts';
import { recordCustodians, type CustodianNote } from './custodians.ts';

/** By the ids of their bids. */
type Outcomes = ReadonlyMap<string, UnsealedBid>;

/** Results of an opening that may not be recorded yet. */
export interface KnownOfOpening {
  readonly notes: readonly CustodianNote[];
  readonly outcomes: Outcomes;
}

/**
 * Records the outcomes of bids; an existing outcome is kept.
 * @returns the bids with their recorded outcomes
 */
export async function recordOutcomes(
  tx: Tx,
  bids: readonly BidInOpening[],
  outcomes: Outcomes,
): Promise<BidInOpening[]> {
  const recorded = bids.map((bid) => {
    const outcome = outcomes.get(bid.id);
    return bid.unsealing || !outcome ? bid : { ...bid, unsealing: unsealingOf(tx, bid, outcome) };
  });
  await insertUnsealings(
    tx,
    recorded.flatMap((bid, index) => (bid === bids[index] || !bid.unsealing ? [] : [bid.unsealing])),
  );
  return recorded;
}

function unsealingOf(tx: Tx, bid: Bid, outcome: UnsealedBid): Unsealing {
  const { state, custodians } = outcome;
  const manifest = outcome.state === 'opened' ? outcome.manifest : null;
  const reason = outcome.state === 'opened' ? null : outcome.reason;
  recordAudit(tx, UNATTENDED, {
    action: 'bid.unseal',
    procurementId: bid.procurementId,
    subject: `bid/${bid.id}`,
    detail: {
      lotNo: bid.lotNo,
      state,
      custodians,
      ...(manifest ? { hash: hashOf(manifest) } : {}),
      ...(reason ? { reasonZh: reason.zh, reasonEn: reason.en } : {}),
    },
    confidential: true,
  });
  return {
    ...{ bidId: bid.id, procurementId: bid.procurementId, lotNo: bid.lotNo },
    ...{ state, manifest, reasonZh: reason?.zh ?? null, reasonEn: reason?.en ?? null },
    custodians: [...custodians],
    at: tx.now,
  };
}

/**
 * Records results in the middle of an opening, so that a restart repeats only what is left.
 * @returns `paused`: nothing was recorded
 */
export async function checkpoint(tx: Tx, procurementId: string, known: KnownOfOpening): Promise<'done' | 'paused'> {
  const opening = await openingStateOf(tx.q, procurementId);
  if (opening?.stage !== 'opening') return 'done';
  if (opening.isPaused) return 'paused';
  await recordCustodians(tx, procurementId, known.notes);
  await recordOutcomes(tx, await bidsInOpening(tx.q, procurementId), known.outcomes);
  return 'done';
}
