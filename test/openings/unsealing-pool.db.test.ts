import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUnsealingPool, type Job } from '../../services/openings/unsealing/pool.ts';
import { openBlobs, type Blobs } from '../../db/files/blobs.ts';
import { CUSTODIANS, type Custodian, type SealingTerms } from '../../domain/bids/sealing.ts';
import { readSeal } from '../../sealing/open.ts';
import { sealBid } from '../../sealing/seal.ts';
import { openShare } from '../../sealing/shares.ts';

const PROCUREMENT = '0198c0de-0000-7000-8000-000000000001';
const BIDDER = '91420100MA4K00000Q';

describe('the pool that unseals bids', () => {
  let folder: string;
  let blobs: Blobs;
  let terms: SealingTerms;
  const keys = new Map<Custodian, string>();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kaibiao-pool-'));
    blobs = openBlobs(folder);
    for (const custodian of CUSTODIANS) keys.set(custodian, await generateX25519Identity());
    const custodians = await Promise.all(
      [...keys].map(async ([custodian, key]) => ({ custodian, recipient: await identityToRecipient(key) })),
    );
    terms = { format: 'KB-SEAL-1', suite: 'age-x25519', custodians, bidderWindowMinutes: null };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const sealed = async (parts: readonly Buffer[]): Promise<{ sha256: string; job: Job }> => {
    const bid = await sealBid({
      terms,
      procurementId: PROCUREMENT,
      lotNo: 1,
      bidder: BIDDER,
      figures: { priceFen: 1, periodDays: null, quality: null },
      parts: parts.map((bytes, n) => ({
        path: `${n}.bin`,
        mediaType: 'application/octet-stream',
        size: bytes.length,
        open: () => new Blob([new Uint8Array(bytes)]).stream(),
      })),
    });
    const { sha256, size } = await blobs.store(bid.stream, 1e9);
    const file = blobs.open(sha256);
    const { seal, payload } = await readSeal(file, size);
    await payload.cancel();
    const shares: [Custodian, Uint8Array][] = [];
    for (const share of seal.shares.slice(1)) {
      shares.push([share.custodian, await openShare(share, [String(keys.get(share.custodian))], PROCUREMENT)]);
    }
    const job = {
      terms,
      procurementId: PROCUREMENT,
      lotNo: 1,
      bidder: BIDDER,
      shares,
      bidderShare: null,
      limits: { maxBytes: size, maxParts: 100 },
    };
    return { sha256, job };
  };
  const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

  it('stores every part of several large bids at once, as it was sealed', async () => {
    const pool = createUnsealingPool(2);
    const contents = [1, 2, 3].map((n) => [randomBytes(3_000_000 + n), Buffer.alloc(0), randomBytes(70_000)]);
    const bids = await Promise.all(contents.map(sealed));
    const results = await Promise.all(bids.map(({ sha256, job }) => pool.unseal(sha256, job, blobs)));
    for (const [n, result] of results.entries()) {
      const parts = contents[n] ?? [];
      expect(result).toMatchObject({ manifest: { parts: parts.map((bytes) => ({ sha256: hashOf(bytes) })) } });
      for (const bytes of parts) {
        if (bytes.length > 0) expect((await blobs.inspect(hashOf(bytes)))?.sha256).toBe(hashOf(bytes));
      }
    }
    await pool.close();
  });

  it('ends one that does not respond, and continues with the next', async () => {
    const { sha256, job } = await sealed([randomBytes(1_000)]);
    // Nobody answers within a ten-thousandth of a second: as of a file that makes its thread hang.
    const impatient = createUnsealingPool(1, 0);
    expect(await impatient.unseal(sha256, job, blobs)).toMatchObject({ fault: { code: 'given-up' } });
    await impatient.close();
    const pool = createUnsealingPool(1);
    const { sha256: garbage } = await blobs.store(Readable.from([randomBytes(5_000)]), 1e9);
    expect(await pool.unseal(garbage, job, blobs)).toMatchObject({ fault: { code: 'not-a-seal' } });
    expect(await pool.unseal(sha256, job, blobs)).toMatchObject({ manifest: { bidder: BIDDER } });
    await pool.close();
  });

  it('what the disk says is thrown, and blames no bidder', async () => {
    const { sha256, job } = await sealed([randomBytes(100_000)]);
    const pool = createUnsealingPool(1);
    const full: Blobs = {
      ...blobs,
      store: async (source) => {
        for await (const _ of source) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        throw new Error('nothing came');
      },
    };
    await expect(pool.unseal(sha256, job, full)).rejects.toThrow('no space left');
    await expect(pool.unseal('0'.repeat(64), job, blobs)).rejects.toThrow('ENOENT');
    expect(await pool.unseal(sha256, job, blobs)).toMatchObject({ manifest: { bidder: BIDDER } });
    await pool.close();
  });
});
