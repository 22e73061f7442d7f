import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CUSTODIANS, type BidManifest, type Custodian, type SealingTerms } from '../../domain/bids/sealing.ts';
import { canonicalBytes } from '../../sealing/format.ts';
import { checkSeal, joinIdentity, readSeal, SealError } from '../../sealing/open.ts';
import { inChunks, opened } from '../setup/tenders/sealing.ts';

interface Vector {
  readonly file: string;
  readonly sha256: string;
  readonly terms: 'oneLock' | 'twoLocks';
}
interface Vectors {
  readonly keys: Record<Custodian, string>;
  readonly terms: Record<'oneLock' | 'twoLocks', SealingTerms>;
  readonly expected: { readonly procurementId: string; readonly lotNo: number; readonly bidder: string };
  readonly limits: { readonly maxBytes: number; readonly maxParts: number };
  readonly opened: readonly (Vector & {
    readonly bidderShare: string | null;
    readonly shares: Record<Custodian, string>;
    readonly identity: string;
    readonly manifest: BidManifest;
  })[];
  readonly refused: readonly (Vector & {
    readonly what: string;
    readonly at: 'upload' | 'opening';
    readonly code: string;
  })[];
}

const folder = join(import.meta.dirname, '../vectors/kb-seal-1');
const vectors = JSON.parse(readFileSync(join(folder, 'vectors.json'), 'utf8')) as Vectors;
const keys = new Map(CUSTODIANS.map((custodian) => [custodian, vectors.keys[custodian]]));

function bytesOf({ file, sha256 }: Vector): Buffer {
  const bytes = readFileSync(join(folder, file));
  expect(createHash('sha256').update(bytes).digest('hex'), file).toBe(sha256);
  return bytes;
}

async function upload(vector: Vector): Promise<void> {
  const bytes = bytesOf(vector);
  const { seal, payload } = await readSeal(inChunks(bytes), bytes.length);
  await payload.cancel();
  const { procurementId, lotNo } = vectors.expected;
  checkSeal(seal, { terms: vectors.terms[vector.terms], procurementId, lotNo });
}

const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'taken',
    (error: unknown) => (error instanceof SealError ? error.code : error),
  );

describe('the test vectors of KB-SEAL-1', () => {
  it.each(vectors.opened)('$file is taken and opened', async (vector) => {
    await upload(vector);
    const { seal, manifest, files } = await opened(bytesOf(vector), keys, {
      ...{ expected: vectors.expected, limits: vectors.limits, bidderShare: vector.bidderShare },
    });
    expect(manifest).toEqual(vector.manifest);
    expect([...files.keys()]).toEqual(vector.manifest.parts.map(({ path }) => path));
    for (const without of CUSTODIANS) {
      const shares = new Map(
        CUSTODIANS.filter((each) => each !== without).map((each) => [each, Buffer.from(vector.shares[each], 'hex')]),
      );
      expect(await joinIdentity(seal, shares, vector.bidderShare)).toBe(vector.identity);
    }
    expect(JSON.parse(Buffer.from(canonicalBytes(seal)).toString())).toEqual(seal);
  });

  it.each(vectors.refused)('$file, $what, is refused at the $at', async (vector) => {
    if (vector.at === 'upload') {
      expect(await faultOf(upload(vector))).toBe(vector.code);
      return;
    }
    expect(await faultOf(upload(vector)), 'at the upload').toBe('taken');
    const { expected, limits } = vectors;
    expect(await faultOf(opened(bytesOf(vector), keys, { from: CUSTODIANS, expected, limits }))).toBe(vector.code);
  });

  it('are all listed, and every file of them is there', () => {
    const listed = [...vectors.opened, ...vectors.refused].map(({ file }) => file).sort();
    expect(
      readdirSync(join(folder, 'sealed'))
        .map((file) => `sealed/${file}`)
        .sort(),
    ).toEqual(listed);
  });
});
