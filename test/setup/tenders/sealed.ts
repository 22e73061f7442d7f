import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ApplicationFailure } from '@temporalio/common';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { type ReleaseAnswer } from '../../../services/custodians/custodian.ts';
import { createMemory, type CustodianMemory } from '../../../services/custodians/memory.ts';
import { UNATTENDED } from '../../../db/audit.ts';
import type { Bid } from '../../../db/bids.ts';
import { submitBid } from '../../../services/bids/submit.ts';
import type { Database } from '../../../db/access/database.ts';
import { procurementById } from '../../../db/procurements.ts';
import { CUSTODIANS, type BidFigures, type Custodian } from '../../../domain/bids/sealing.ts';
import { resealShare, sealIdentity } from '../../../sealing/shares.ts';
import { paddingOf, TAR_END, tarHeader } from '../../../sealing/tar.ts';
import { sealBid, type Part } from '../../../sealing/seal.ts';
import { custodianTaskQueue } from '../../../workflows/messages.ts';
import { testSigner } from '../signer.ts';
import type { People } from './tender.ts';
import type { SkippedTime } from '../time-skipping.ts';
import { CUSTODIAN_REFUSED, custodianActivities, type CustodianActivities } from '../../../activities/custodian.ts';
import { registerKey } from '../../../services/custodians/register-key.ts';

/** Three custodians with keys in force: what is announced from now on is sealed to them. */
export async function custodiansWithKeys(db: Database): Promise<ReadonlyMap<Custodian, string>> {
  const identities = new Map<Custodian, string>();
  for (const custodian of CUSTODIANS) {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    identities.set(custodian, identity);
    await db.transaction((tx) => registerKey(tx, UNATTENDED, { custodian, recipient }));
  }
  return identities;
}

/**
 * How a custodian of a test behaves: as it should, or not. `away`: it takes what it is asked and never answers; a queue that
 * nobody takes from would stop the server whose clock skips (test/e2e has such a one).
 */
export type Manner = 'honest' | 'refusing' | 'disbelieving' | 'with-wrong-shares' | 'away';

export const newMemory = (): CustodianMemory => createMemory([], async () => undefined);

/** The custodian as it is; its clock is the one that skips. */
async function activitiesOf(
  time: SkippedTime,
  custodian: Custodian,
  identity: string,
  manner: Manner,
  memory: CustodianMemory,
): Promise<CustodianActivities> {
  const own = custodianActivities({
    custodian,
    identities: [identity],
    clock: { now: () => time.db.now(), untilMs: (instant) => instant - time.db.now() },
    memory,
    keys: [(await testSigner()).publicJwk],
    log: { info: () => undefined, warn: () => undefined },
  });
  if (manner === 'honest') return own;
  if (manner === 'away') {
    const knownHead = () => {
      throw ApplicationFailure.create({ message: 'away', nextRetryDelay: AWAY_MS });
    };
    return { ...own, knownHead };
  }
  if (manner === 'refusing') {
    const releaseShares = () => {
      throw ApplicationFailure.nonRetryable('拒绝交出份额 / refused', CUSTODIAN_REFUSED);
    };
    return { ...own, releaseShares };
  }
  if (manner === 'disbelieving') {
    const noteDeadline = () => {
      throw ApplicationFailure.nonRetryable('不予相信 / not believed', CUSTODIAN_REFUSED);
    };
    return { ...own, noteDeadline };
  }
  return {
    ...own,
    releaseShares: async (request) => {
      const shares: ReleaseAnswer['shares'][number][] = [];
      for (const { bidId } of request.shares) {
        shares.push({ bidId, sealed: await resealShare(new Uint8Array(75).fill(7), request.recipient), fault: null });
      }
      return { shares };
    },
  };
}

/** For so long nothing is heard of one that is away (ms). */
export const AWAY_MS = 12 * 3_600_000;

/** A custodian at work on the server whose clock skips. */
export const atWork = (
  time: SkippedTime,
  identities: ReadonlyMap<Custodian, string>,
  custodian: Custodian,
  manner: Manner = 'honest',
  memory: CustodianMemory = newMemory(),
): Promise<{ stop(): Promise<void> }> =>
  activitiesOf(time, custodian, String(identities.get(custodian)), manner, memory).then((activities) =>
    time.work(custodianTaskQueue('kaibiao', custodian), activities),
  );

export const partOf = (path: string, text: string): Part => ({
  path,
  mediaType: 'text/plain',
  size: Buffer.byteLength(text),
  open: () => new Blob([text]).stream() as ReadableStream<Uint8Array>,
});

export interface SealedChange {
  readonly figures?: Partial<BidFigures>;
  readonly parts?: readonly Part[];
  /** Of another than who hands it in. */
  readonly bidder?: string;
  readonly lotNo?: number;
}

/** The bytes of a sealed bid, and the share that its bidder keeps. */
export async function sealedBytes(
  db: Database,
  who: People,
  index: number,
  procurementId: string,
  lotNo = 1,
  change: SealedChange = {},
): Promise<{ bytes: Buffer; bidderShare: string | null }> {
  const { sealing } = await procurementById(db.read, procurementId);
  if (!sealing) throw new Error('the tender is not sealed');
  const { stream, bidderShare } = await sealBid({
    terms: sealing,
    procurementId,
    lotNo: change.lotNo ?? lotNo,
    bidder: change.bidder ?? String(who.suppliers[index]?.creditCode),
    figures: { priceFen: 380_000_000 + index, periodDays: 180, quality: '合格', ...change.figures },
    parts: change.parts ?? [partOf('投标函.txt', `letter of ${index}`), partOf('技术/方案.txt', `plan of ${index}`)],
  });
  return {
    bytes: Buffer.from(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer()),
    bidderShare,
  };
}

/** Hands in bytes as a bid, whatever they are. */
export async function handIn(
  db: Database,
  who: People,
  index: number,
  procurementId: string,
  bytes: Uint8Array,
  lotNo = 1,
): Promise<Bid> {
  const file = await db.blobs.store(Readable.from([bytes]), 50_000_000);
  const supplierId = String(who.suppliers[index]?.id);
  return db.transaction((tx) => submitBid(tx, who.asSupplier(index), { procurementId, lotNo, supplierId, file }));
}

export async function sealedBid(
  db: Database,
  who: People,
  index: number,
  procurementId: string,
  lotNo = 1,
  change: SealedChange = {},
): Promise<{ bid: Bid; bidderShare: string | null }> {
  const { bytes, bidderShare } = await sealedBytes(db, who, index, procurementId, lotNo, change);
  return { bid: await handIn(db, who, index, procurementId, bytes, lotNo), bidderShare };
}

/** A seal as an attacker makes one: the archive within is what he likes. */
export async function craftedBytes(
  db: Database,
  who: People,
  index: number,
  procurementId: string,
  craft: { readonly path: string; readonly content: string; readonly claimedSize?: number },
): Promise<Buffer> {
  const { sealing } = await procurementById(db.read, procurementId);
  if (!sealing) throw new Error('the tender is not sealed');
  const content = Buffer.from(craft.content);
  const manifest = Buffer.from(
    JSON.stringify({
      format: 'KB-SEAL-1',
      procurementId,
      lotNo: 1,
      bidder: who.suppliers[index]?.creditCode,
      priceFen: 1,
      periodDays: null,
      quality: null,
      parts: [
        {
          path: craft.path,
          mediaType: 'text/plain',
          size: craft.claimedSize ?? content.length,
          sha256: createHash('sha256').update(content).digest('hex'),
        },
      ],
    }),
  );
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const payload = await encrypter.encrypt(
    tarOf([
      ['manifest.json', manifest],
      [craft.path, content],
    ]),
  );
  const { shares } = await sealIdentity(identity, sealing.custodians, procurementId, false);
  const seal = {
    format: 'KB-SEAL-1',
    suite: 'age-x25519',
    procurementId,
    lotNo: 1,
    recipient,
    shares,
    bidderShare: null,
  };
  return tarOf([
    ['seal.json', Buffer.from(JSON.stringify(seal))],
    ['bid.tar.age', Buffer.from(payload)],
  ]);
}

const tarOf = (entries: readonly (readonly [string, Buffer])[]): Buffer =>
  Buffer.concat([
    ...entries.flatMap(([path, bytes]) => [
      tarHeader({ path, size: bytes.length }),
      bytes,
      Buffer.alloc(paddingOf(bytes.length)),
    ]),
    TAR_END,
  ]);
