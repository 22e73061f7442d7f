import { createHash } from 'node:crypto';
import type { ReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUnsealingPool, type Job, type UnsealingPool } from '../../services/openings/unsealing/pool.ts';
import { DEFAULT_SETTINGS } from '../../api/http/app.ts';
import { openBlobs, type Blobs } from '../../db/files/blobs.ts';
import type { Custodian, SealingTerms } from '../../domain/bids/sealing.ts';
import { canonicalBytes, MOST_PARTS, type Seal } from '../../sealing/format.ts';
import { readSeal, SealError } from '../../sealing/open.ts';
import { openShare, sealIdentity } from '../../sealing/shares.ts';
import { paddingOf, TAR_END, tarHeader } from '../../sealing/tar.ts';
import { BIDDER, custodianKeys, FIGURES, PROCUREMENT, termsOf, type Keys } from '../setup/tenders/sealing.ts';

// Files that are made to exhaust their opener, before the limits of an installation as it comes: each is refused with its
// reason, by one thread that lives on and opens the good bid after it.

const MB = 1_000_000;
/** What may have been read of a file by the time that its beginning is found wrong: buffers of the disk, messages, age's chunks. */
const SOON = 10 * MB;

let folder: string;
let blobs: Blobs;
let keys: Keys;
let terms: SealingTerms;
let pool: UnsealingPool;
let good: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kaibiao-hostile-'));
  blobs = openBlobs(folder);
  keys = await custodianKeys();
  terms = await termsOf(keys);
  pool = createUnsealingPool(1);
  good = await sealedAs(bidOf([part('投标函.pdf', 'a good bid')]));
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true, force: true });
});

type Bytes = string | Uint8Array;

/** An entry of an archive; it may say of its size what it likes. */
const entry = (path: string, content: Bytes, size?: number): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([tarHeader({ path, size: size ?? bytes.length }), bytes, Buffer.alloc(paddingOf(bytes.length))]);
};
const tar = (...entries: readonly Buffer[]): Buffer => Buffer.concat([...entries, TAR_END]);

interface Part {
  readonly listed: {
    readonly path: string;
    readonly mediaType: string;
    readonly size: number;
    readonly sha256: string;
  };
  readonly entry: Buffer;
}
const part = (path: string, content: Bytes, size?: number): Part => ({
  listed: {
    path,
    mediaType: 'application/octet-stream',
    size: size ?? Buffer.from(content).length,
    sha256: createHash('sha256').update(content).digest('hex'),
  },
  entry: entry(path, content, size),
});
const manifest = (listed: readonly Part['listed'][]): Uint8Array =>
  canonicalBytes({
    ...{ format: 'KB-SEAL-1', procurementId: PROCUREMENT, lotNo: 1, bidder: BIDDER, ...FIGURES },
    parts: listed,
  } as never);
const bidOf = (parts: readonly Part[]): Buffer =>
  tar(entry('manifest.json', manifest(parts.map(({ listed }) => listed))), ...parts.map((each) => each.entry));

/** @param change of what is sealed, once it is encrypted */
async function sealedAs(archive: Uint8Array, change: (payload: Buffer) => Buffer = (same) => same): Promise<Buffer> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const payload = change(Buffer.from(await encrypter.encrypt(Uint8Array.from(archive))));
  const { bidderSecret: _, ...held } = await sealIdentity(identity, terms.custodians, PROCUREMENT, false);
  const { format, suite } = terms;
  const seal: Seal = { format, suite, procurementId: PROCUREMENT, lotNo: 1, recipient, ...held };
  return tar(entry('seal.json', canonicalBytes(seal)), entry('bid.tar.age', payload));
}

/** As the opening does it, with the limits of an installation as it comes. */
async function unsealed(bytes: Buffer) {
  const { sha256, size } = await blobs.store(Readable.from([bytes]), 1e9);
  const file = blobs.open(sha256);
  const { seal, payload } = await readSeal(file, size);
  await payload.cancel();
  const shares: [Custodian, Uint8Array][] = [];
  for (const share of seal.shares.slice(1)) {
    shares.push([share.custodian, await openShare(share, [String(keys.get(share.custodian))], PROCUREMENT)]);
  }
  const job: Job = {
    ...{ terms, procurementId: PROCUREMENT, lotNo: 1, bidder: BIDDER, shares, bidderShare: null },
    limits: { maxBytes: DEFAULT_SETTINGS.maxFileBytes, maxParts: MOST_PARTS },
  };
  let read: ReadStream | undefined;
  const watched: Blobs = { ...blobs, open: (name) => (read = blobs.open(name)) };
  const result = await pool.unseal(sha256, job, watched);
  return { result, bytesRead: read?.bytesRead ?? 0 };
}

const stanza = `-> X25519 ${'A'.repeat(43)}\n${'B'.repeat(43)}\n`;
/** An age header of so many recipients, in the place of the one that there is. */
const withStanzas = (count: number) => (payload: Buffer) => {
  const line = payload.indexOf('\n') + 1;
  return Buffer.concat([payload.subarray(0, line), Buffer.from(stanza.repeat(count)), payload.subarray(line)]);
};
const blanks = Buffer.alloc(32 * MB, ' ');

describe('a bid that is made to exhaust its opener is refused with its reason, and the next is opened', () => {
  it.each<[string, string, 'soon' | 'at its end', () => Promise<Buffer>]>([
    [
      'a part that claims more bytes than any bid may have',
      'too-large',
      'soon',
      () => sealedAs(Buffer.concat([bidOf([part('a', blanks, 8 * 2 ** 30 - 1)]), blanks])),
    ],
    [
      'a part that claims more bytes than there are',
      'truncated',
      'at its end',
      () => sealedAs(bidOf([part('a', Buffer.alloc(3 * MB), 150 * MB)])),
    ],
    [
      'five thousand tiny parts, all of them listed',
      'manifest-invalid',
      'soon',
      () => sealedAs(Buffer.concat([bidOf(Array.from({ length: 5_000 }, (_, n) => part(`${n}`, 'x'))), blanks])),
    ],
    [
      'five thousand tiny parts of which one is listed',
      'part-unlisted',
      'soon',
      () => {
        const parts = Array.from({ length: 5_000 }, (_, n) => part(`${n}`, 'x'));
        const [first] = parts as [Part];
        const entries = parts.map((each) => each.entry);
        return sealedAs(Buffer.concat([tar(entry('manifest.json', manifest([first.listed])), ...entries), blanks]));
      },
    ],
    [
      'a manifest of hundreds of megabytes',
      'manifest-invalid',
      'soon',
      () => sealedAs(tar(entry('manifest.json', blanks, 300 * MB))),
    ],
    [
      'a manifest that is a megabyte of brackets within brackets',
      'manifest-invalid',
      'soon',
      () => {
        const deep = '['.repeat(500_000) + ']'.repeat(500_000);
        return sealedAs(Buffer.concat([tar(entry('manifest.json', deep)), blanks]));
      },
    ],
    [
      'a manifest of objects within objects, as its format has none',
      'manifest-invalid',
      'soon',
      () => {
        const deep = '{"a":'.repeat(150_000) + '1' + '}'.repeat(150_000);
        return sealedAs(Buffer.concat([tar(entry('manifest.json', deep)), blanks]));
      },
    ],
    ['an age file for thousands of recipients', 'payload-unopened', 'soon', () => sealedAs(blanks, withStanzas(5_000))],
    [
      'an age file whose header never ends',
      'payload-unopened',
      'soon',
      () => sealedAs(Buffer.alloc(0), (payload) => Buffer.concat([payload.subarray(0, 22), blanks])),
    ],
    [
      'an age file whose one line of a header never ends',
      'payload-unopened',
      'soon',
      () => sealedAs(Buffer.alloc(0), () => Buffer.concat([Buffer.from('age-encryption.org/v1'), blanks])),
    ],
  ])('%s', async (_, code, when, make) => {
    const bytes = await make();
    const { result, bytesRead } = await unsealed(bytes);
    expect(result).toMatchObject({ fault: { code, zh: expect.stringMatching(/[一-龥]/) as string } });
    if (when === 'soon') {
      expect(bytes.length).toBeGreaterThan(3 * SOON);
      expect(bytesRead).toBeLessThan(SOON);
    }
    expect((await unsealed(good)).result).toMatchObject({ manifest: { bidder: BIDDER } });
  });

  it('what is compressed in a part stays so: nothing is larger inside than outside', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * MB));
    const sha256 = createHash('sha256').update(bomb).digest('hex');
    const bytes = await sealedAs(bidOf([part('bomb.zip', bomb)]));
    expect(bytes.length).toBeLessThan(MB);
    expect((await unsealed(bytes)).result).toMatchObject({ manifest: { parts: [{ sha256, size: bomb.length }] } });
    expect(await blobs.inspect(sha256)).toEqual({ sha256, size: bomb.length });
  });
});

describe('at the intake, which opens nothing, so is a head that is made to exhaust', () => {
  const payload = entry('bid.tar.age', 'x');
  it.each<[string, string, () => Buffer]>([
    ['that claims hundreds of megabytes', 'not-a-seal', () => entry('seal.json', '{}', 300 * MB)],
    ['of brackets within brackets', 'seal-invalid', () => entry('seal.json', '['.repeat(32_768) + ']'.repeat(32_768))],
    ['that is preceded by thousands of others', 'not-a-seal', () => Buffer.concat(Array(5_000).fill(entry('a', 'x')))],
    ['with a name of megabytes', 'not-a-seal', () => longName(4 * MB)],
  ])('%s', async (_, code, head) => {
    let read = 0;
    function* file(): Generator<Uint8Array> {
      for (const piece of [head(), payload, blanks]) {
        for (let at = 0; at < piece.length; at += 65_536) {
          const chunk = piece.subarray(at, at + 65_536);
          read += chunk.length;
          yield chunk;
        }
      }
    }
    const fault = await readSeal(Readable.from(file()), 200 * MB).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(SealError);
    expect((fault as SealError).code).toBe(code);
    expect(read).toBeLessThan(MB);
  });
});

/** A GNU long name, which says that it is so long. */
function longName(length: number): Buffer {
  const header = Buffer.from(tarHeader({ path: '././@LongLink', size: length }));
  header.write('L', 156, 'latin1');
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, Buffer.alloc(length, 'n')]);
}
