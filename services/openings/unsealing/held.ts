import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { Database } from '../../../db/access/database.ts';
import type { BidInOpening } from '../../../db/openings/unsealings.ts';
import type { Custodian, SealingTerms } from '../../../domain/bids/sealing.ts';
import type { RuleId } from '../../../domain/law/rulebook.ts';
import type { UnsealedBid } from '../../../domain/openings/outcomes.ts';
import type { DeadlineProof } from '../../../proofs/deadline.ts';
import type { Signer } from '../../../proofs/signing.ts';
import { SealError } from '../../../sealing/fault.ts';
import { commitmentTo, openResealed } from '../../../sealing/shares.ts';
import { readHead, type Head } from './heads.ts';
import { deadlineProof } from '../../custodians/deadline-proof.ts';

/** An opening in the memory of the one process that unseals it: read once, and the key is nowhere else. */
export class HeldOpening {
  /** By custodian, for each bid; shares that do not fit are left out. */
  readonly shares = new Map<string, Map<Custodian, Uint8Array>>();
  /** For each bid: the custodians who report, or whose answer shows, that its share does not match its commitment. */
  readonly unfit = new Map<string, Set<Custodian>>();
  /** By bid: results that are not recorded yet. */
  readonly outcomes = new Map<string, UnsealedBid>();
  /** Bids whose outcomes are recorded. */
  readonly recorded = new Set<string>();
  readonly #heads = new Map<string, Promise<Head>>();
  readonly #proofs = new Map<number, Promise<DeadlineProof>>();

  private constructor(
    private readonly db: Database,
    readonly procurementId: string,
    readonly terms: SealingTerms,
    /** The rule on bids that cannot be opened, where the procedure has one. */
    readonly notDecrypted: RuleId | undefined,
    /** Those without an outcome at the beginning. */
    readonly bids: readonly BidInOpening[],
    private readonly identity: string,
    /** Of the one-time key. */
    readonly recipient: string,
  ) {}

  static async begin(
    db: Database,
    procurementId: string,
    terms: SealingTerms,
    notDecrypted: RuleId | undefined,
    bids: readonly BidInOpening[],
  ): Promise<HeldOpening> {
    const identity = await generateX25519Identity();
    return new HeldOpening(db, procurementId, terms, notDecrypted, bids, identity, await identityToRecipient(identity));
  }

  /** Those still without an outcome. */
  left(): BidInOpening[] {
    return this.bids.filter(({ id }) => !this.outcomes.has(id) && !this.recorded.has(id));
  }

  headOf(bid: BidInOpening): Promise<Head> {
    return once(this.#heads, bid.id, () => readHead(this.db.blobs, this.terms, bid));
  }

  /** For a custodian that has seen so much of the log: the bids are closed, so that their deadline changes no more. */
  deadlineProof(signer: Signer, knownSize: number): Promise<DeadlineProof> {
    return once(this.#proofs, knownSize, () => deadlineProof(this.db, signer, this.procurementId, knownSize));
  }

  /**
   * Opens the share of a bid that a custodian released, and keeps it if it matches the commitment in the bidder's seal.
   */
  async takeShare(bid: BidInOpening, custodian: Custodian, sealed: string | null): Promise<boolean> {
    const share = sealed === null ? null : await this.#fitting(bid, custodian, sealed);
    if (share)
      this.shares.set(bid.id, (this.shares.get(bid.id) ?? new Map<Custodian, Uint8Array>()).set(custodian, share));
    else this.unfit.set(bid.id, (this.unfit.get(bid.id) ?? new Set<Custodian>()).add(custodian));
    return share !== null;
  }

  async #fitting(bid: BidInOpening, custodian: Custodian, sealed: string): Promise<Uint8Array | null> {
    const { seal } = await this.headOf(bid);
    const commitment = seal?.shares.find((each) => each.custodian === custodian)?.commitment;
    try {
      const share = await openResealed(sealed, this.identity);
      return commitmentTo(share, custodian, this.procurementId) === commitment ? share : null;
    } catch (error) {
      if (error instanceof SealError) return null;
      throw error;
    }
  }
}

/** A failed request is retried by the next call. */
function once<K, V>(known: Map<K, Promise<V>>, key: K, load: () => Promise<V>): Promise<V> {
  const before = known.get(key);
  if (before) return before;
  const pending = load();
  known.set(key, pending);
  pending.catch(() => known.delete(key));
  return pending;
}
