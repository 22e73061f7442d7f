import { createHash } from 'node:crypto';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { createTarPacker, type TarHeader } from 'modern-tar';
import canonicalize from 'canonicalize';
import { beforeAll, describe, expect, it } from 'vitest';
import { CUSTODIANS, type BidManifest, type Custodian, type SealingTerms } from '../../domain/bids/sealing.ts';
import {
  checkSeal,
  joinIdentity,
  openPayload,
  openResealed,
  openShare,
  readSeal,
  resealShare,
  SealError,
} from '../../sealing/open.ts';
import { checkFigures } from '../../sealing/format.ts';
import { sealBid, type Part } from '../../sealing/seal.ts';

const PROCUREMENT = '0197a1b2-0000-7000-8000-000000000001';
const BIDDER = '91420100MA4K00000Q';
const FIGURES = { priceFen: 123_456_700, periodDays: 180, quality: '合格' };
const LIMITS = { maxBytes: 10_000_000, maxParts: 20 };
const EXPECTED = { procurementId: PROCUREMENT, lotNo: 1, bidder: BIDDER };

const keys = new Map<Custodian, string>();
let terms: SealingTerms;
let termsOfTwoLocks: SealingTerms;

beforeAll(async () => {
  for (const custodian of CUSTODIANS) keys.set(custodian, await generateX25519Identity());
  const custodians = await Promise.all(
    [...keys].map(async ([custodian, key]) => ({ custodian, recipient: await identityToRecipient(key) })),
  );
  terms = { format: 'KB-SEAL-1', suite: 'age-x25519', custodians, bidderWindowMinutes: null };
  termsOfTwoLocks = { ...terms, bidderWindowMinutes: 60 };
});

const part = (path: string, content: string): Part => {
  const bytes = Buffer.from(content);
  return { path, mediaType: 'application/pdf', size: bytes.length, open: () => new Blob([bytes]).stream() };
};
const PARTS = [
  part('商务标/报价.pdf', '报价'.repeat(1_000)),
  part('technical.pdf', 'x'.repeat(70_000)),
  part('empty.txt', ''),
];

const bytesOf = async (stream: ReadableStream<Uint8Array>) => Buffer.from(await new Response(stream).arrayBuffer());
async function* inChunks(bytes: Uint8Array, size = 4_097) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function sealed(over: Partial<Parameters<typeof sealBid>[0]> = {}) {
  const bid = await sealBid({ terms, ...EXPECTED, figures: FIGURES, parts: PARTS, ...over });
  const bytes = await bytesOf(bid.stream);
  expect(bytes.length).toBe(bid.size);
  return { bytes, bidderShare: bid.bidderShare };
}

async function opened(
  bytes: Uint8Array,
  from: readonly Custodian[] = ['centre', 'supervisor'],
  { bidderShare = null as string | null, expected = EXPECTED, limits = LIMITS } = {},
): Promise<{ manifest: BidManifest; files: Record<string, Buffer> }> {
  const { seal, payload } = await readSeal(inChunks(bytes));
  const shares = new Map<Custodian, Uint8Array>();
  for (const share of seal.shares.filter(({ custodian }) => from.includes(custodian))) {
    shares.set(share.custodian, await openShare(share, [keys.get(share.custodian) as string], seal.procurementId));
  }
  const identity = await joinIdentity(seal, shares, bidderShare);
  const files: Record<string, Buffer> = {};
  const manifest = await openPayload(payload, identity, expected, limits, async ({ path }, body) => {
    files[path] = await bytesOf(body);
  });
  return { manifest, files };
}

const faultOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => 'nothing was wrong',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SealError);
  expect((error as SealError).messageZh).toMatch(/[一-龥]/);
  return (error as SealError).code;
};

describe('a sealed bid', () => {
  it('is opened by any two custodians, and by all three, part by part as it was sealed', async () => {
    const { bytes } = await sealed();
    for (const from of [
      ['centre', 'purchaser'],
      ['centre', 'supervisor'],
      ['purchaser', 'supervisor'],
      CUSTODIANS,
    ] as const) {
      const { manifest, files } = await opened(bytes, from);
      expect(manifest).toMatchObject({ ...FIGURES, ...EXPECTED });
      expect(Object.keys(files)).toEqual(PARTS.map(({ path }) => path));
      for (const { path, sha256 } of manifest.parts) {
        expect(
          createHash('sha256')
            .update(files[path] as Buffer)
            .digest('hex'),
          path,
        ).toBe(sha256);
      }
    }
  });

  it('is opened by no custodian alone', async () => {
    const { bytes } = await sealed();
    for (const custodian of CUSTODIANS) expect(await faultOf(opened(bytes, [custodian]))).toBe('shares-too-few');
  });

  it('shows before its opening neither price nor names of files', async () => {
    const { bytes } = await sealed();
    for (const secret of [String(FIGURES.priceFen), '报价', 'technical.pdf', BIDDER, 'AGE-SECRET-KEY']) {
      expect(bytes.includes(secret), secret).toBe(false);
    }
  });

  it('of which the bidder keeps a share is opened with that share only (双锁)', async () => {
    const { bytes, bidderShare } = await sealed({ terms: termsOfTwoLocks });
    expect(await faultOf(opened(bytes, CUSTODIANS))).toBe('bidder-share-missing');
    expect(await faultOf(opened(bytes, CUSTODIANS, { bidderShare: 'AAAA' }))).toBe('share-wrong');
    expect((await opened(bytes, CUSTODIANS, { bidderShare })).manifest).toMatchObject(FIGURES);
  });

  it('of which any one byte was changed is not opened as if nothing were', async () => {
    const { bytes } = await sealed({ parts: [part('a.pdf', 'content')] });
    const { seal } = await readSeal(inChunks(bytes));
    const start = bytes.indexOf('age-encryption.org');
    for (let at = start; at < bytes.length - 1_024; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      const outcome = await opened(changed).then(
        ({ manifest }) => manifest,
        (error: unknown) => error,
      );
      // What lies behind the payload up to the next block is nobody's; the head says nothing of it.
      if (outcome instanceof SealError) continue;
      expect(outcome, `byte ${at}`).toMatchObject({ ...FIGURES, parts: [{ path: 'a.pdf', size: 7 }] });
      expect(at, 'padding only').toBeGreaterThan(start + 200 + seal.recipient.length);
    }
  });
});

describe('a custodian', () => {
  it('releases its share only to a one-time recipient', async () => {
    const { bytes } = await sealed();
    const { seal } = await readSeal(inChunks(bytes));
    const share = await openShare(
      seal.shares[0] as (typeof seal.shares)[number],
      [keys.get('centre') as string],
      PROCUREMENT,
    );
    const once = await generateX25519Identity();
    const given = await resealShare(share, await identityToRecipient(once));
    expect(await openResealed(given, once)).toEqual(share);
    expect(await faultOf(openResealed(given, await generateX25519Identity()))).toBe('share-unopened');
  });

  it('is named where its share is another than was committed to, or does not open', async () => {
    const [one, other] = [
      await readSeal(inChunks((await sealed()).bytes)),
      await readSeal(inChunks((await sealed()).bytes)),
    ];
    const [mine, theirs] = [one.seal.shares[2], other.seal.shares[2]] as [
      (typeof one.seal.shares)[number],
      (typeof one.seal.shares)[number],
    ];
    const key = [keys.get('supervisor') as string];
    await expect(openShare({ ...mine, sealed: theirs.sealed }, key, PROCUREMENT)).rejects.toThrow(/supervisor/);
    expect(await faultOf(openShare({ ...mine, sealed: theirs.sealed }, key, PROCUREMENT))).toBe('share-wrong');
    expect(await faultOf(openShare(mine, [await generateX25519Identity()], PROCUREMENT))).toBe('share-unopened');
  });

  it('cannot be played off against another: shares that do not agree open nothing when all three are there', async () => {
    const [one, other] = [(await sealed()).bytes, (await sealed()).bytes];
    const { seal } = await readSeal(inChunks(one));
    const { seal: seal2 } = await readSeal(inChunks(other));
    const mixed = { ...seal, shares: [seal.shares[0], seal.shares[1], seal2.shares[2]] as typeof seal.shares };
    const shares = new Map<Custodian, Uint8Array>();
    for (const share of mixed.shares)
      shares.set(share.custodian, await openShare(share, [keys.get(share.custodian) as string], seal.procurementId));
    expect(await faultOf(joinIdentity(mixed, shares, null))).toBe('shares-disagree');
    shares.delete('purchaser');
    expect(await faultOf(joinIdentity(mixed, shares, null))).toMatch(/identity-wrong|shares-disagree/);
  });
});

describe('at its upload', () => {
  it.each([
    ['wrong-procurement', { procurementId: 'another' }],
    ['wrong-lot', { lotNo: 2 }],
  ] as const)('%s is refused', async (fault, over) => {
    const { seal } = await readSeal(inChunks((await sealed()).bytes));
    expect(() => checkSeal(seal, { terms, procurementId: PROCUREMENT, lotNo: 1 })).not.toThrow();
    expect(
      await faultOf(
        Promise.resolve().then(() => checkSeal(seal, { terms, procurementId: PROCUREMENT, lotNo: 1, ...over })),
      ),
    ).toBe(fault);
  });

  it('what is sealed to other keys, or without the second lock that is asked for, is refused', async () => {
    const { seal } = await readSeal(inChunks((await sealed()).bytes));
    const stranger = await identityToRecipient(await generateX25519Identity());
    const others = { ...terms, custodians: terms.custodians.map((each) => ({ ...each, recipient: stranger })) };
    const check = (terms: SealingTerms) =>
      faultOf(Promise.resolve().then(() => checkSeal(seal, { terms, procurementId: PROCUREMENT, lotNo: 1 })));
    expect(await check(others)).toBe('wrong-custodians');
    expect(await check(termsOfTwoLocks)).toBe('bidder-share-missing');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('sealed? no')],
    ['a PDF', Buffer.from('%PDF-1.7\n'.repeat(500))],
    ['zeros', Buffer.alloc(10_240)],
  ])('%s is no seal', async (_, bytes) => {
    expect(await faultOf(readSeal(inChunks(bytes)))).toBe('not-a-seal');
  });

  it('a failing disk is reported as that, not as a fault of the bid', async () => {
    const { bytes } = await sealed();
    async function* failing() {
      yield bytes.subarray(0, 700);
      throw new Error('EIO');
    }
    await expect(readSeal(failing())).rejects.toThrow('EIO');
  });

  it('a suite that is not known yet is named', async () => {
    const head = canonicalize({ format: 'KB-SEAL-1', suite: 'sm2-sm3-sm4' }) ?? '';
    const bytes = await archive([{ header: { name: 'seal.json', size: head.length }, body: head }]);
    expect(await faultOf(readSeal(inChunks(bytes)))).toBe('suite-unknown');
  });
});

interface Hostile {
  readonly header: TarHeader;
  readonly body: string;
}

async function archive(entries: readonly Hostile[]): Promise<Buffer> {
  const { readable, controller } = createTarPacker();
  const written = bytesOf(readable);
  for (const { header, body } of entries) {
    const writer = controller.add(header).getWriter();
    if (body !== '') await writer.write(Buffer.from(body));
    await writer.close();
  }
  controller.finalize();
  return written;
}

const shaOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** What a stranger seals by tools of its own: any archive whatever. */
async function hostile(manifest: object, entries: readonly Hostile[]): Promise<string> {
  const { Encrypter } = await import('age-encryption');
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  const text = canonicalize(manifest) ?? '';
  const inside = await archive([
    { header: { name: 'manifest.json', size: Buffer.byteLength(text) }, body: text },
    ...entries,
  ]);
  const payload = new Blob([Buffer.from(await encrypter.encrypt(inside))]).stream();
  let taken = 0;
  return faultOf(
    openPayload(payload, identity, EXPECTED, { maxBytes: 1_000, maxParts: 3 }, async (_part, body) => {
      taken += (await bytesOf(body)).length;
      expect(taken).toBeLessThanOrEqual(1_000);
    }),
  );
}

const manifestWith = (parts: object[], over: object = {}) => ({
  format: 'KB-SEAL-1',
  ...EXPECTED,
  ...FIGURES,
  parts,
  ...over,
});
const file = (path: string, body = 'content') => ({
  path,
  mediaType: 'text/plain',
  size: body.length,
  sha256: shaOf(body),
});
const entry = (name: string, body = 'content', over: Partial<TarHeader> = {}): Hostile => ({
  header: { name, size: body.length, ...over },
  body,
});

describe('a hostile bid', () => {
  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    'a/../../b',
    'C:\\x',
    'a\\b',
    'a//b',
    './a',
    'a/.',
    'nul\u0000byte',
    'line\nbreak',
    'e\u0301.pdf',
    'dot.',
    '\u3164.pdf',
    '\u{1d159}',
    'a/\u{16fe4}',
    '报价\u034f.pdf',
    '\u20e3',
    'a/\u2003',
    '\uffff.pdf',
  ])('with the path %j leaves no file', async (path) => {
    expect(await hostile(manifestWith([file(path)]), [entry(path)])).toBe('path-unsafe');
  });

  it.each([
    '',
    '\u200b',
    '合格\u00ad',
    '\u3164',
    '\u2800',
    '合\u{e0041}格',
    '\u{1d159}',
    '\ufeff合格',
    '\u20e3',
    ' \u3000',
  ])('with the quality %j is no bid', async (quality) => {
    expect(await hostile(manifestWith([file('a')], { quality }), [entry('a')])).toBe('manifest-invalid');
    expect(() => checkFigures({ ...FIGURES, quality, bidder: EXPECTED.bidder, lotNo: 1 })).toThrow('quality');
  });

  it.each([
    ['two files of one name', [file('A.pdf'), file('a.PDF')], [entry('A.pdf'), entry('a.PDF')], 'path-repeated'],
    ['a bomb that says so', [{ ...file('a'), size: 50_000_000 }], [entry('a')], 'too-large'],
    ['a bomb that says not', [{ ...file('a'), size: 5 }], [entry('a', 'x'.repeat(100_000))], 'part-size'],
    ['too many files', ['a', 'b', 'c', 'd'].map((path) => file(path)), [], 'too-many-parts'],
    ['a link', [file('a', '')], [entry('a', '', { type: 'symlink', linkname: '/etc/passwd' })], 'entry-not-a-file'],
    ['a device', [file('a', '')], [entry('a', '', { type: 'character-device' })], 'entry-not-a-file'],
    ['another content than it says', [file('a', 'CONTENT')], [entry('a')], 'part-hash'],
    ['a file less than it says', [file('a')], [], 'part-missing'],
    ['a file more than it says', [file('a')], [entry('a'), entry('b')], 'part-unlisted'],
  ] as const)('with %s is refused', async (_, parts, entries, fault) => {
    expect(await hostile(manifestWith([...parts]), entries)).toBe(fault);
  });

  it.each([
    ['another tender', { procurementId: 'another' }, 'wrong-procurement'],
    ['another lot', { lotNo: 2 }, 'wrong-lot'],
    ['another bidder: a copy of what somebody else has sealed', { bidder: 'somebody' }, 'wrong-bidder'],
    ['a price that is no amount', { priceFen: -1 }, 'manifest-invalid'],
    ['more than the format has', { extra: true }, 'manifest-invalid'],
  ])('for %s is refused', async (_, over, fault) => {
    expect(await hostile(manifestWith([file('a')], over), [entry('a')])).toBe(fault);
  });

  it('cut off, or with something behind its end, is refused', async () => {
    const { bytes } = await sealed();
    expect(await faultOf(opened(bytes.subarray(0, bytes.length - 60_000)))).toBe('truncated');
    const head = await readSeal(inChunks(bytes));
    await head.payload.cancel();
    const behind = await archive([entry('more')]);
    const end = bytes.length - 1_024;
    expect(await faultOf(opened(Buffer.concat([bytes.subarray(0, end), behind])))).toBe('trailing-bytes');
  });
});
