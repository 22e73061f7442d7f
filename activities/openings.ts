import type { Signer } from '../proofs/signing.ts';
import { UNATTENDED } from '../db/audit.ts';
import { standingBids } from '../db/bids.ts';
import type { Database, Tx } from '../db/access/database.ts';
import { depositEntries } from '../db/deposits.ts';
import { deadlineProof } from '../db/log.ts';
import { publishRecord } from '../services/openings/record.ts';
import { bidderWindowOf, faultsOf, isPaused, noteCustodian, openingBeganAt, recordOpening } from '../db/openings.ts';
import { advanceLot, advanceProcurement, procurementById, type Procurement } from '../db/procurements.ts';
import type { OpeningEntry } from '../db/schema/sqlite.ts';
import { pausesOf } from '../db/timeline.ts';
import { bidderSharesOf, bidsToUnseal, storeUnsealing, unsealingsOf, type Unsealing } from '../db/unsealings.ts';
import { formatInstant } from '../domain/civil-time.ts';
import { checkBidderCount } from '../domain/law/limits.ts';
import { sameAs, type Interval, type OpenedBid } from '../domain/openings/window.ts';
import type { Custodian } from '../domain/bids/sealing.ts';
import type { Acted } from './acted.ts';
import type { ReleaseRequest } from '../services/custodians/custodian.ts';
import { readHead } from '../services/openings/unsealing/heads.ts';
import { stopLot, tooFewBidders } from './stopping.ts';
import { transact } from './transact.ts';
import { notReleased, type UnsealingDesk } from '../services/openings/unsealing/desk.ts';

interface Subject {
  readonly procurementId: string;
}

interface OpeningDeps {
  readonly db: Database;
  /** Signs the deadline that custodians are shown. */
  readonly signer?: Signer;
  /** Of this worker; without one openings are begun by others. */
  readonly desk?: UnsealingDesk;
}

/** Bids that a custodian is asked about in one message, which stays far below two megabytes. */
const PAGE = 300;

type Begun =
  | { readonly state: 'over' }
  | { readonly state: 'paused' }
  | { readonly state: 'begun'; readonly taskQueue: string; readonly recipient: string; readonly pages: number };

export const openingActivities = ({ db, signer, desk }: OpeningDeps) => ({
  /** Begins an opening at this worker: its one-time key stays in its memory. */
  beginOpening: async ({ procurementId }: Subject): Promise<Begun> => {
    const { stage } = await procurementById(db.read, procurementId);
    if (stage !== 'opening') return { state: 'over' };
    if (isPaused(await pausesOf(db.read, procurementId))) return { state: 'paused' };
    if (!desk) throw new Error('this worker unseals nothing');
    const bids = await bidsToUnseal(db.read, procurementId);
    return {
      state: 'begun',
      taskQueue: desk.taskQueue,
      recipient: await desk.begin(procurementId),
      pages: Math.ceil(bids.length / PAGE),
    };
  },

  /** What a custodian is asked for: the shares that bids have sealed to it, and the proof that it may give them up. */
  releaseRequest: async (asked: {
    procurementId: string;
    custodian: Custodian;
    recipient: string;
    page: number;
    /** Of the log that the custodian has seen. */
    knownSize: number;
  }): Promise<ReleaseRequest> => {
    const { procurementId, custodian, recipient, page, knownSize } = asked;
    if (!signer) throw new Error('this worker cannot sign');
    const bids = (await bidsToUnseal(db.read, procurementId)).slice(page * PAGE, (page + 1) * PAGE);
    const shares: ReleaseRequest['shares'][number][] = [];
    for (const bid of bids) {
      const { seal } = await readHead(db, bid);
      const share = seal?.shares.find((each) => each.custodian === custodian);
      if (share) shares.push({ bidId: bid.id, share });
    }
    return { procurementId, deadline: await deadlineProof(db, signer, procurementId, knownSize), recipient, shares };
  },

  noteCustodian: (did: {
    procurementId: string;
    custodian: Custodian;
    state: 'released' | 'refused' | 'missing';
    reason: string | null;
  }): Promise<void> =>
    transact(db, did, (tx) =>
      noteCustodian(tx, did.procurementId, did.custodian, { state: did.state, reason: did.reason }),
    ),

  /** 双锁: done as soon as every bidder has released its share; at the end of the window those that have not are decided. */
  closeBidderWindow: async ({ procurementId }: Subject): Promise<Acted<object>> => {
    const tender = await procurementById(db.read, procurementId);
    if ((tender.sealing?.bidderWindowMinutes ?? null) === null) return { outcome: 'done' };
    // What is no seal at all has no share to wait for.
    const broken = new Set<string>();
    for (const bid of await bidsToUnseal(db.read, procurementId)) {
      if ((await readHead(db, bid)).fault) broken.add(bid.id);
    }
    return transact(db, { procurementId }, async (tx) => {
      const now = await procurementById(tx.q, procurementId);
      if (now.stage !== 'opening') return { outcome: 'done' };
      const released = await bidderSharesOf(tx.q, procurementId);
      const left = (await bidsToUnseal(tx.q, procurementId)).filter(({ id }) => !released.has(id) && !broken.has(id));
      if (left.length === 0) return { outcome: 'done' };
      const window = await bidderWindowOf(tx.q, now, tx.now);
      const until = window?.until ?? null;
      if (until === null || tx.now < until) return { outcome: 'not-yet', at: until };
      const faults = await faultsOf(tx.q, procurementId);
      const outage = window?.hindrance ? outageZh(window.hindrance) : null;
      for (const bid of left) {
        const fault = faults.find(({ bidId }) => bidId === bid.id);
        await storeUnsealing(tx, bid, notReleased(fault?.reasonZh ?? outage));
      }
      return { outcome: 'done' };
    });
  },

  /** 唱标与公布: makes and publishes the record of every lot, and lets those evaluate that may. */
  concludeOpening: ({ procurementId }: Subject): Promise<{ outcome: 'done' | 'paused' | 'bids-left' }> =>
    transact(db, { procurementId }, async (tx) => {
      const tender = await procurementById(tx.q, procurementId);
      if (tender.stage !== 'opening') return { outcome: 'done' };
      if (isPaused(await pausesOf(tx.q, procurementId))) return { outcome: 'paused' };
      if ((await bidsToUnseal(tx.q, procurementId)).length > 0) return { outcome: 'bids-left' };
      const unsealed = await unsealingsOf(tx.q, procurementId);
      for (const { no, stage } of tender.lots) if (stage === 'opening') await concludeLot(tx, tender, no, unsealed);
      await advanceProcurement(tx, procurementId, 'evaluation', { openedAt: tx.now });
      return { outcome: 'done' };
    }),
});

const outageZh = ({ from, until }: Interval): string =>
  `平台自 ${formatInstant(from)} 至 ${until === null ? '今' : formatInstant(until)} 中断，解密时限在此期间届满`;

async function concludeLot(tx: Tx, tender: Procurement, lotNo: number, unsealed: readonly Unsealing[]): Promise<void> {
  const place = { procurementId: tender.id, lotNo };
  const bids = await standingBids(tx.q, tender.id, lotNo);
  const outcomes = new Map(unsealed.map((each) => [each.bidId, each]));
  const compared: OpenedBid[] = bids.map(({ id, supplierId, sha256 }) => ({
    bidId: id,
    supplierId,
    sha256,
    parts: outcomes.get(id)?.manifest?.parts.map((part) => part.sha256) ?? [],
  }));
  const depositOf = await depositEntries(tx.q, tender, lotNo);
  const entries = bids.map(({ id, supplierId, supplier, sha256, size, receivedAt }, index): OpeningEntry => {
    const outcome = outcomes.get(id);
    const own = compared[index];
    if (!outcome || !own) throw new Error(`bid ${id} has no outcome`);
    return {
      bidId: id,
      supplierId,
      supplier,
      sha256,
      size,
      receivedAt,
      unsealed: {
        state: outcome.state,
        priceFen: outcome.manifest?.priceFen ?? null,
        periodDays: outcome.manifest?.periodDays ?? null,
        quality: outcome.manifest?.quality ?? null,
        reasonZh: outcome.reasonZh,
        reasonEn: outcome.reasonEn,
        sameAs: sameAs(own, compared),
      },
      ...depositOf(supplierId),
    };
  });
  const opened = entries.filter(({ unsealed }) => unsealed?.state === 'opened').length;
  const legalAt = tender.bidDeadline ?? tx.now;
  const actualAt = (await openingBeganAt(tx.q, tender.id)) ?? tx.now;
  const record = { ...place, legalAt, actualAt, bidders: bids.length, opened: opened > 0, entries };
  await recordOpening(tx, record);
  await publishRecord(tx, UNATTENDED, tender, record);
  // How many have bid was judged at the deadline (招标投标法实施条例 44, 财政部令87号 41), and the others go on whatever
  // became of some (电子招标投标办法 31); where none was opened there is nothing to evaluate.
  const [none] = opened > 0 ? [] : checkBidderCount(tender.regime, 0);
  if (none) await stopLot(tx, UNATTENDED, tender, lotNo, tooFewBidders(tender, none));
  else await advanceLot(tx, tender.id, lotNo, 'evaluation');
}
