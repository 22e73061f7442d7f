import type { Database } from '../../../db/access/database.ts';
import { faultsOf, openingStateOf } from '../../../db/openings/openings.ts';
import { bidderSharesOf, bidsInOpening } from '../../../db/openings/unsealings.ts';
import type { Custodian } from '../../../domain/bids/sealing.ts';
import { procedureOf } from '../../../domain/procedures/index.ts';
import type { Signer } from '../../../proofs/signing.ts';
import type { ReleaseAnswer, ReleaseRequest } from '../../custodians/custodian.ts';
import type { Turn } from '../../tender/turn.ts';
import { closeBidderWindow } from '../close-window.ts';
import { concludeOpening } from '../conclude.ts';
import type { CustodianNote } from '../custodians.ts';
import { checkpoint } from '../outcomes.ts';
import { HeldOpening } from './held.ts';
import { unsealBid, type FromBidders } from './judge.ts';
import { createUnsealingPool } from './pool.ts';

/** Bids per request to a custodian, so that the message stays far below two megabytes. */
const PAGE = 300;
/** Outcomes are recorded in the middle of an opening when the first has waited so long (ms), or there are so many. */
const CHECKPOINT_MS = 1_000;
const MOST_UNRECORDED = 100;
/** How often to check whether the opening was paused, or is over (ms). */
const CHECK_MS = 1_000;

/** An opening whose key this process does not have: another process began it, or this one before a restart. */
export class OpeningUnknown extends Error {}

export type Begun =
  | { readonly state: 'over' }
  | { readonly state: 'paused' }
  | {
      readonly state: 'begun';
      readonly taskQueue: string;
      /** Of the one-time key, which stays in the memory of the process that has begun. */
      readonly recipient: string;
      /** Of bids to request from custodians; 0: every outcome is known. */
      readonly pages: number;
      /** Whether bidders keep a share, and have a window to release it. */
      readonly bidderWindow: boolean;
      /** How long to wait for two custodians before everybody is notified which are missing (real ms). */
      readonly custodiansMissedMs?: number;
    };

/** An opening by the recipient of its one-time key; the procurement is for log lines. */
interface ByKey {
  readonly procurementId: string;
  readonly recipient: string;
}

export type UnsealingDesk = ReturnType<typeof createUnsealingDesk>;

/** The only process that does an opening: its secrets are nowhere else. */
export function createUnsealingDesk(options: {
  readonly db: Database;
  /** Signs the deadline that custodians are shown. */
  readonly signer: Signer;
  /** Of this process alone. */
  readonly taskQueue: string;
  /** Bids that are unsealed at once. */
  readonly threads: number;
  readonly checkpointMs?: number;
  /** After so long without two custodians everybody is notified which are missing; what a workflow takes when not given. */
  readonly custodiansMissedMs?: number;
}) {
  const { db, signer, taskQueue, threads, checkpointMs = CHECKPOINT_MS, custodiansMissedMs } = options;
  const openings = new Map<string, HeldOpening>();
  const pool = createUnsealingPool(threads);

  const heldOf = ({ recipient }: ByKey): HeldOpening => {
    const held = openings.get(recipient);
    if (!held) throw new OpeningUnknown('this process has no key of that opening');
    return held;
  };

  async function unsealAll(held: HeldOpening, notes: readonly CustodianNote[]): Promise<'done' | 'paused'> {
    const { procurementId } = held;
    const failures: unknown[] = [];
    let state = 'going' as 'going' | 'paused' | 'over';
    let nextCheck = 0;
    const isGoing = async (): Promise<boolean> => {
      if (performance.now() >= nextCheck) {
        nextCheck = performance.now() + CHECK_MS;
        const opening = await openingStateOf(db.read, procurementId);
        if (opening?.stage !== 'opening') state = 'over';
        else if (opening.isPaused) state = 'paused';
      }
      return state === 'going';
    };

    let due: NodeJS.Timeout | undefined;
    let recording: Promise<void> = Promise.resolve();
    const record = (): Promise<void> => {
      clearTimeout(due);
      due = undefined;
      recording = recording
        .then(async () => {
          const outcomes = new Map(held.outcomes);
          if (outcomes.size === 0) return;
          const kept = await db.transaction((tx) => checkpoint(tx, procurementId, { notes, outcomes }), {
            procurementId,
          });
          if (kept === 'paused') {
            state = 'paused';
            return;
          }
          for (const id of outcomes.keys()) {
            held.outcomes.delete(id);
            held.recorded.add(id);
          }
        })
        .catch((error: unknown) => void failures.push(error));
      return recording;
    };

    if (!(await isGoing())) return state === 'paused' ? 'paused' : 'done';
    const fromBidders = await releasedBy(held);
    const bids = held.left().values();
    await Promise.all(
      Array.from({ length: threads }, async () => {
        for (const bid of bids) {
          if (!(await isGoing())) return;
          try {
            held.outcomes.set(bid.id, await unsealBid(db, pool, held, bid, fromBidders));
          } catch (error) {
            // A storage failure: the other bids continue, and this one is retried.
            failures.push(error);
            continue;
          }
          if (held.outcomes.size >= MOST_UNRECORDED) await record();
          else due ??= setTimeout(() => void record(), checkpointMs);
        }
      }),
    );
    clearTimeout(due);
    // Bids opened beside a failed one are not opened again.
    if (failures.length > 0) await record();
    await recording;
    if (failures.length > 0) throw failures[0];
    return state === 'paused' ? 'paused' : 'done';
  }

  async function releasedBy({ procurementId, terms }: HeldOpening): Promise<FromBidders> {
    if (terms.bidderWindowMinutes === null) return { released: new Map(), faults: [] };
    return {
      released: await bidderSharesOf(db.read, procurementId),
      faults: await faultsOf(db.read, procurementId),
    };
  }

  return {
    taskQueue,

    /** Starts an opening in this process; one that was started before starts again. */
    begin: async (procurementId: string): Promise<Begun> => {
      const opening = await openingStateOf(db.read, procurementId);
      if (opening?.stage !== 'opening') return { state: 'over' };
      if (opening.isPaused) return { state: 'paused' };
      const { sealing } = opening;
      if (sealing === null) throw new Error(`the bids of procurement ${procurementId} are not sealed`);
      const { notDecrypted } = procedureOf(opening).rules;
      const bids = (await bidsInOpening(db.read, procurementId)).filter(({ unsealing }) => unsealing === null);
      const held = await HeldOpening.begin(db, procurementId, sealing, notDecrypted, bids);
      for (const [recipient, other] of openings) if (other.procurementId === procurementId) openings.delete(recipient);
      openings.set(held.recipient, held);
      return {
        state: 'begun',
        taskQueue,
        recipient: held.recipient,
        pages: Math.ceil(bids.length / PAGE),
        bidderWindow: sealing.bidderWindowMinutes !== null,
        ...(custodiansMissedMs === undefined ? {} : { custodiansMissedMs }),
      };
    },

    /** The request to a custodian: the shares that bids have sealed to it, and the proof that it may release them. */
    releaseRequest: async (
      request: ByKey & {
        readonly custodian: Custodian;
        readonly page: number;
        /** Of the log that the custodian has seen. */
        readonly knownSize: number;
      },
    ): Promise<ReleaseRequest> => {
      const held = heldOf(request);
      const shares: ReleaseRequest['shares'][number][] = [];
      for (const bid of held.bids.slice(request.page * PAGE, (request.page + 1) * PAGE)) {
        const { seal } = await held.headOf(bid);
        const share = seal?.shares.find(({ custodian }) => custodian === request.custodian);
        if (share) shares.push({ bidId: bid.id, share });
      }
      const { procurementId, recipient } = held;
      return { procurementId, deadline: await held.deadlineProof(signer, request.knownSize), recipient, shares };
    },

    /**
     * Opens what a custodian released for this opening alone, and keeps the shares that fit.
     * @returns how many fit, and when they were received (civil epoch ms)
     */
    takeShares: async (
      taken: ByKey & ReleaseAnswer & { readonly custodian: Custodian },
    ): Promise<{ fitting: number; at: number }> => {
      const held = heldOf(taken);
      const bids = new Map(held.bids.map((bid) => [bid.id, bid]));
      let fitting = 0;
      for (const { bidId, sealed } of taken.shares) {
        const bid = bids.get(bidId);
        if (bid && (await held.takeShare(bid, taken.custodian, sealed))) fitting += 1;
      }
      return { fitting, at: db.now() };
    },

    /** 双锁: ended as soon as every bidder has released its share, or its window is over. */
    closeBidderWindow: async (request: ByKey & { readonly notes: readonly CustodianNote[] }): Promise<Turn> => {
      const held = heldOf(request);
      const { procurementId } = held;
      const broken = new Set<string>();
      for (const bid of held.left()) if ((await held.headOf(bid)).fault) broken.add(bid.id);
      const { decided, waits } = await db.transaction(
        (tx) => closeBidderWindow(tx, procurementId, { broken, notes: request.notes }),
        { procurementId },
      );
      for (const id of decided) held.recorded.add(id);
      if (!waits) return { then: 'ended', stage: 'opening' };
      return { then: 'wait', stage: 'opening', ...waits };
    },

    /** 解密: opens every bid without an outcome; some outcomes may stay in memory until the opening is concluded. */
    unseal: async (request: ByKey & { readonly notes: readonly CustodianNote[] }) => ({
      outcome: await unsealAll(heldOf(request), request.notes),
    }),

    /** 唱标与公布, with what is not recorded yet. */
    concludeOpening: async (request: ByKey & { readonly notes: readonly CustodianNote[] }) => {
      const held = heldOf(request);
      const { procurementId } = held;
      const known = { notes: request.notes, outcomes: new Map(held.outcomes) };
      const outcome = await db.transaction((tx) => concludeOpening(tx, procurementId, known), { procurementId });
      if (outcome === 'done') openings.delete(held.recipient);
      return { outcome };
    },

    close: (): Promise<void> => pool.close(),
  };
}
