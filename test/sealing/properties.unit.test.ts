import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CUSTODIANS, type SealingTerms } from '../../domain/bids/sealing.ts';
import { ByteReader } from '../../sealing/bytes.ts';
import { checkSeal, readSeal, SealError } from '../../sealing/open.ts';
import { unsafePath } from '../../sealing/paths.ts';
import { sealBid } from '../../sealing/seal.ts';
import { TarReader } from '../../sealing/tar.ts';
import {
  bytesOf,
  custodianKeys,
  EXPECTED,
  inChunks,
  opened,
  part,
  termsOf,
  type Keys,
} from '../setup/tenders/sealing.ts';

let keys: Keys;
let terms: SealingTerms;
let twoLocks: SealingTerms;
beforeAll(async () => {
  keys = await custodianKeys();
  terms = await termsOf(keys);
  twoLocks = await termsOf(keys, 60);
});

const letter = fc.constantFrom(...'abcXYZ019-_标书技术商务é𠮷');
const name = fc.string({ unit: letter, minLength: 1, maxLength: 30 });
const path = fc
  .array(name, { minLength: 1, maxLength: 4 })
  .map((names) => names.join('/').normalize('NFC'))
  .filter((each) => unsafePath(each) === null);
const content = fc.oneof(
  fc.uint8Array({ maxLength: 1_000 }),
  fc.nat(200_000).map((size) => new Uint8Array(size).fill(7)),
);
const parts = fc
  .uniqueArray(fc.record({ path, content }), {
    minLength: 1,
    maxLength: 5,
    selector: (each) => each.path.split('/')[0]?.toLowerCase(),
  })
  .map((all) => all.filter(({ path }) => path.toLowerCase() !== 'manifest.json'))
  .filter((all) => all.length > 0);
const figures = fc.record({
  priceFen: fc.maxSafeNat(),
  periodDays: fc.option(fc.integer({ min: 1, max: 36_500 })),
  quality: fc.option(fc.constantFrom('合格', '鲁班奖', 'as the documents ask')),
});
const two = fc.constantFrom(...CUSTODIANS.map((left) => CUSTODIANS.filter((each) => each !== left)), CUSTODIANS);

describe('any sealed content', () => {
  it('is what is opened, by any two custodians or all, with one lock or two, however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(parts, figures, two, fc.boolean(), async (files, figures, from, doubly) => {
        const bid = await sealBid({
          ...{ ...EXPECTED, figures, terms: doubly ? twoLocks : terms },
          parts: files.map(({ path, content }) => part(path, content)),
        });
        const bytes = await bytesOf(bid.stream);
        expect(bytes.length).toBe(bid.size);
        const { manifest, files: back } = await opened(bytes, keys, { from, bidderShare: bid.bidderShare });
        expect(manifest).toEqual(bid.manifest);
        expect(manifest).toMatchObject({ ...EXPECTED, ...figures });
        expect([...back.keys()]).toEqual(files.map(({ path }) => path));
        for (const { path, content } of files) expect(back.get(path)?.equals(content), path).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('is not opened as if nothing were where one bit of the file was turned, wherever', async () => {
    for (const each of [terms, twoLocks]) {
      const bid = await sealBid({
        ...EXPECTED,
        terms: each,
        figures: { priceFen: 1, periodDays: null, quality: null },
        parts: [part('标书.pdf', 'x'.repeat(2_000))],
      });
      const bytes = await bytesOf(bid.stream);
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
          const turned = Buffer.from(bytes);
          turned[at] = (turned[at] ?? 0) ^ (1 << bit);
          const attempt = async (): Promise<void> => {
            const { seal, payload } = await readSeal(inChunks(turned));
            await payload.cancel();
            checkSeal(seal, { ...EXPECTED, terms: each });
            await opened(turned, keys, { from: CUSTODIANS, bidderShare: bid.bidderShare });
          };
          await expect(attempt(), `bit ${bit} of byte ${at}`).rejects.toBeInstanceOf(SealError);
        }),
        { numRuns: 150 },
      );
    }
  });

  it('is refused wherever it is cut off', async () => {
    const bid = await sealBid({
      ...EXPECTED,
      terms,
      figures: { priceFen: 1, periodDays: null, quality: null },
      parts: [part('a', 'content')],
    });
    const bytes = await bytesOf(bid.stream);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (size) => {
        await expect(opened(bytes.subarray(0, size), keys)).rejects.toBeInstanceOf(SealError);
      }),
      { numRuns: 60 },
    );
  });
});

describe('any bytes read as an archive', () => {
  const read = async (bytes: Uint8Array): Promise<number> => {
    const archive = new TarReader(new ByteReader(inChunks(bytes, 700)));
    let entries = 0;
    while ((await archive.next()) !== null) {
      while ((await archive.body()) !== null);
      entries++;
    }
    return entries;
  };

  it('is read or refused, and never anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (bytes) => {
        await expect(read(bytes)).rejects.toBeInstanceOf(SealError);
      }),
    );
  });
});
