import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { ApplicationFailure } from '@temporalio/common';
import type { Database } from '../../../db/access/database.ts';
import { faultsOf, isPaused } from '../../../db/openings.ts';
import { procurementById } from '../../../db/procurements.ts';
import { pausesOf } from '../../../db/timeline.ts';
import {
  bidderSharesOf,
  bidsToUnseal,
  storeUnsealing,
  type BidToUnseal,
  type UnsealedBid,
} from '../../../db/unsealings.ts';
import { citeEn, citeZh } from '../../../domain/law/rule.ts';
import { getRule } from '../../../domain/law/rulebook.ts';
import { CUSTODIANS_NEEDED, type Custodian, type SealingTerms } from '../../../domain/bids/sealing.ts';
import { SealError } from '../../../sealing/fault.ts';
import { MOST_PARTS } from '../../../sealing/format.ts';
import { commitmentTo, openResealed } from '../../../sealing/shares.ts';
import { beat } from '../../../activities/beat.ts';
import type { ReleaseAnswer } from '../../custodians/custodian.ts';
import { withFailures } from '../../../activities/failures.ts';
import { readHead, type Head } from './heads.ts';
import { createUnsealingPool, type UnsealingPool } from './pool.ts';

/** What a worker holds of an opening, in its memory only. */
interface Held {
  readonly procurementId: string;
  readonly identity: string;
  /** By bid; what does not fit is not here. */
  readonly shares: Map<string, Map<Custodian, Uint8Array>>;
  /** By bid: the custodians who say, or whose answer shows, that its share is not what was committed to. */
  readonly unfit: Map<string, Set<Custodian>>;
  readonly heads: Map<string, Head>;
}

interface TakenShares extends ReleaseAnswer {
  readonly procurementId: string;
  readonly recipient: string;
  readonly custodian: Custodian;
}

export interface UnsealingActivities {
  /** Opens what a custodian gave for this opening alone, and keeps what fits. */
  takeShares(taken: TakenShares): Promise<{ fitting: number }>;
  /** 解密: opens every bid whose outcome is not known yet. */
  unseal(asked: { procurementId: string; recipient: string }): Promise<{ outcome: 'done' | 'paused' }>;
}

/** The one worker at which an opening is done: its key is nowhere else. */
export interface UnsealingDesk {
  readonly taskQueue: string;
  /** A one-time key for an opening; answers its recipient. */
  begin(procurementId: string): Promise<string>;
  readonly activities: UnsealingActivities;
  close(): Promise<void>;
}

interface DeskOptions {
  readonly db: Database;
  /** Of this process alone. */
  readonly taskQueue: string;
  /** Bids that are unsealed at once. */
  readonly threads: number;
}

export function createUnsealingDesk({ db, taskQueue, threads }: DeskOptions): UnsealingDesk {
  const openings = new Map<string, Held>();
  const pool = createUnsealingPool(threads);
  const heldOf = (recipient: string): Held => {
    const held = openings.get(recipient);
    if (held) return held;
    throw ApplicationFailure.nonRetryable('this worker has no key of that opening', 'opening-unknown');
  };
  return {
    taskQueue,
    begin: async (procurementId) => {
      for (const [recipient, held] of openings) if (held.procurementId === procurementId) openings.delete(recipient);
      const identity = await generateX25519Identity();
      const recipient = await identityToRecipient(identity);
      openings.set(recipient, { procurementId, identity, shares: new Map(), unfit: new Map(), heads: new Map() });
      return recipient;
    },
    activities: withFailures({
      takeShares: (taken: TakenShares) => takeShares(db, heldOf(taken.recipient), taken),
      unseal: async ({ recipient }: { procurementId: string; recipient: string }) => {
        const held = heldOf(recipient);
        const outcome = await unsealAll(db, pool, threads, held);
        if (outcome === 'done') openings.delete(recipient);
        return { outcome };
      },
    }),
    close: () => pool.close(),
  };
}

async function takeShares(db: Database, held: Held, { custodian, shares }: TakenShares): Promise<{ fitting: number }> {
  let fitting = 0;
  const bids = new Map((await bidsToUnseal(db.read, held.procurementId)).map((bid) => [bid.id, bid]));
  for (const { bidId, sealed } of shares) {
    beat();
    const bid = bids.get(bidId);
    if (!bid) continue;
    const share = sealed === null ? null : await fittingShare(db, held, bid, custodian, sealed);
    if (share) {
      fitting += 1;
      held.shares.set(bidId, (held.shares.get(bidId) ?? new Map<Custodian, Uint8Array>()).set(custodian, share));
    } else held.unfit.set(bidId, (held.unfit.get(bidId) ?? new Set<Custodian>()).add(custodian));
  }
  return { fitting };
}

/** The share, if it is what the bidder's seal commits to. */
async function fittingShare(
  db: Database,
  held: Held,
  bid: BidToUnseal,
  custodian: Custodian,
  sealed: string,
): Promise<Uint8Array | null> {
  const head = await headOf(db, held, bid);
  const commitment = head.seal?.shares.find((each) => each.custodian === custodian)?.commitment;
  try {
    const share = await openResealed(sealed, held.identity);
    return commitmentTo(share, custodian, held.procurementId) === commitment ? share : null;
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

async function headOf(db: Database, { heads }: Held, bid: BidToUnseal): Promise<Head> {
  const head = heads.get(bid.id) ?? (await readHead(db, bid));
  heads.set(bid.id, head);
  return head;
}

async function unsealAll(db: Database, pool: UnsealingPool, threads: number, held: Held): Promise<'done' | 'paused'> {
  const { procurementId } = held;
  const { sealing } = await procurementById(db.read, procurementId);
  if (sealing === null) throw new Error(`the bids of procurement ${procurementId} are not sealed`);
  const released = await bidderSharesOf(db.read, procurementId);
  const bids = (await bidsToUnseal(db.read, procurementId)).values();
  const failures: unknown[] = [];
  let paused = false;
  await Promise.all(
    Array.from({ length: threads }, async () => {
      for (const bid of bids) {
        if ((paused ||= isPaused(await pausesOf(db.read, procurementId)))) return;
        beat();
        try {
          const outcome = await whileBeating(unsealOne(db, pool, held, bid, sealing, released.get(bid.id) ?? null));
          // Kept at once: after a crash only what is left is done again.
          paused ||= !(await keep(db, bid, outcome));
        } catch (error) {
          // The storage's doing: the others go on, and this one is tried again.
          failures.push(error);
        }
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
  return paused ? 'paused' : 'done';
}

/** Answers false where the opening was paused meanwhile: nothing is known of the bid then. */
async function keep(db: Database, bid: BidToUnseal, outcome: UnsealedBid): Promise<boolean> {
  const { procurementId } = bid;
  return db.transaction(
    async (tx) => {
      if (isPaused(await pausesOf(tx.q, procurementId))) return false;
      const { stage } = await procurementById(tx.q, procurementId);
      if (stage === 'opening') await storeUnsealing(tx, bid, outcome);
      return true;
    },
    { procurementId },
  );
}

async function unsealOne(
  db: Database,
  pool: UnsealingPool,
  held: Held,
  bid: BidToUnseal,
  terms: SealingTerms,
  bidderShare: string | null,
): Promise<UnsealedBid> {
  const custodians = [...(held.shares.get(bid.id)?.keys() ?? [])].sort();
  const head = await headOf(db, held, bid);
  const refused = async (reason: { zh: string; en: string }): Promise<UnsealedBid> =>
    (await isAsReceipted(db, bid))
      ? { state: 'broken', reason, custodians }
      : { state: 'returned', reason: NOT_AS_RECEIPTED, custodians };
  if (head.fault) return refused(head.fault);

  const fault = (await faultsOf(db.read, held.procurementId)).find(({ bidId }) => bidId === bid.id);
  if (terms.bidderWindowMinutes !== null && bidderShare === null)
    return notReleased(fault?.reasonZh ?? null, custodians);

  if (custodians.length < CUSTODIANS_NEEDED) {
    // Of one custodian's word against a bidder's neither is proven; of two, who opened others' shares, the bidder's is not.
    const able = new Set([...held.shares.values()].flatMap((shares) => [...shares.keys()]));
    const against = [...(held.unfit.get(bid.id) ?? [])].filter((custodian) => able.has(custodian));
    if (against.length >= CUSTODIANS_NEEDED) return refused(SHARES_UNFIT);
    return { state: 'returned', reason: NOT_ENOUGH_SHARES, custodians };
  }
  const unsealed = await pool.unseal(
    bid.sha256,
    {
      terms,
      procurementId: bid.procurementId,
      lotNo: bid.lotNo,
      bidder: bid.creditCode,
      shares: [...(held.shares.get(bid.id) ?? [])],
      bidderShare,
      // What is sealed is never larger than its seal.
      limits: { maxBytes: bid.size, maxParts: MOST_PARTS },
    },
    db.blobs,
  );
  if ('manifest' in unsealed) return { state: 'opened', manifest: unsealed.manifest, custodians };
  return refused(unsealed.fault);
}

/** Whether the file on the disk is the one that was taken: where not, its bidder is not to blame. */
async function isAsReceipted(db: Database, { sha256 }: BidToUnseal): Promise<boolean> {
  return (await db.blobs.inspect(sha256))?.sha256 === sha256;
}

const DECRYPT_FAULT = getRule('e-decrypt-fault');

/** 双锁: the bidder has not released its share within its window (电子招标投标办法 31). */
export function notReleased(faultZh: string | null, custodians: readonly Custodian[] = []): UnsealedBid {
  return faultZh === null
    ? {
        state: 'revoked',
        custodians,
        reason: {
          zh: `投标人未在解密时限内解密，视为撤销其投标文件（${citeZh(DECRYPT_FAULT)}）`,
          en: `its bidder has not released its share within the window: the bid counts as revoked (${citeEn(DECRYPT_FAULT)})`,
        },
      }
    : {
        state: 'returned',
        custodians,
        reason: {
          zh: `因投标人之外的原因未解密（${faultZh}），视为撤回其投标文件（${citeZh(DECRYPT_FAULT)}）`,
          en: `not opened through no fault of its bidder (${faultZh}): the bid counts as withdrawn (${citeEn(DECRYPT_FAULT)})`,
        },
      };
}

const NOT_ENOUGH_SHARES = {
  zh: `保管人交出的有效份额不足，因投标人之外的原因未解密，视为撤回其投标文件（${citeZh(DECRYPT_FAULT)}）`,
  en: `too few custodians gave a share that fits; not opened through no fault of its bidder: the bid counts as withdrawn (${citeEn(DECRYPT_FAULT)})`,
};
const SHARES_UNFIT = {
  zh: '投标文件中封装给保管人的份额与其承诺不符，无法解密',
  en: 'the shares sealed in the bid are not what it commits to: it cannot be opened',
};
const NOT_AS_RECEIPTED = {
  zh: `平台保存的投标文件与回执不符，因投标人之外的原因未解密，视为撤回其投标文件（${citeZh(DECRYPT_FAULT)}）`,
  en: `the stored file is not the one that was receipted; through no fault of its bidder: the bid counts as withdrawn (${citeEn(DECRYPT_FAULT)})`,
};

const BEAT_MS = 10_000;

async function whileBeating<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(beat, BEAT_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
