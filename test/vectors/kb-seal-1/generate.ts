// Writes the test vectors of KB-SEAL-1 anew, with other keys: `tsx test/vectors/kb-seal-1/generate.ts`. Those that are committed
// stay as they are; a change of what they hold is a change of the format.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { CUSTODIANS, type Custodian, type SealingTerms } from '../../../domain/bids/sealing.ts';
import type { Seal } from '../../../sealing/format.ts';
import { joinIdentity, openShare, readSeal, type SealFault } from '../../../sealing/open.ts';
import { sealBid } from '../../../sealing/seal.ts';
import { sealIdentity } from '../../../sealing/shares.ts';
import {
  BIDDER,
  bytesOf,
  custodianKeys,
  EXPECTED,
  FIGURES,
  file,
  inChunks,
  opened,
  packed,
  part,
  PROCUREMENT,
  sealedAround,
  termsOf,
  type Entry,
} from '../../setup/tenders/sealing.ts';
import { follow } from '../../setup/servers/stock-tools.ts';

const folder = import.meta.dirname;
const LIMITS = { maxBytes: 100_000, maxParts: 5 };
const keys = await custodianKeys();
const oneLock = await termsOf(keys);
const twoLocks = await termsOf(keys, 60);
const PARTS = [part('报价.pdf', '报价：1234567.00 元\n'), part('技术标/施工组织设计.pdf', '施工组织设计\n'.repeat(10))];

const hash = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
rmSync(join(folder, 'sealed'), { recursive: true, force: true });
mkdirSync(join(folder, 'sealed'), { recursive: true });
function write(name: string, bytes: Uint8Array): { file: string; sha256: string } {
  const path = `sealed/${name}`;
  writeFileSync(join(folder, path), bytes);
  return { file: path, sha256: hash(bytes) };
}

/** What is opened, and every value on the way there. */
async function fit(name: string, bytes: Uint8Array, terms: 'oneLock' | 'twoLocks', bidderShare: string | null) {
  const { seal } = await readSeal(inChunks(bytes));
  const shares = new Map<Custodian, Uint8Array>();
  for (const share of seal.shares)
    shares.set(share.custodian, await openShare(share, [keys.get(share.custodian) ?? ''], PROCUREMENT));
  const { manifest } = await opened(bytes, keys, { bidderShare });
  return {
    ...write(name, bytes),
    terms,
    bidderShare,
    shares: Object.fromEntries(
      [...shares].map(([custodian, share]) => [custodian, Buffer.from(share).toString('hex')]),
    ),
    identity: await joinIdentity(seal, shares, bidderShare),
    manifest,
  };
}

async function ours(terms: SealingTerms): Promise<{ bytes: Buffer; bidderShare: string | null }> {
  const { stream, bidderShare } = await sealBid({ ...EXPECTED, terms, figures: FIGURES, parts: PARTS });
  return { bytes: await bytesOf(stream), bidderShare };
}

async function byHand(): Promise<Buffer> {
  const place = mkdtempSync(join(tmpdir(), 'kaibiao-vectors-'));
  const tender = { procurementId: PROCUREMENT, lots: [{ no: 1, title: '土建' }], terms: oneLock, bidDeadline: null };
  writeFileSync(join(place, 'tender.json'), JSON.stringify(tender));
  writeFileSync(join(place, '报价.pdf'), '报价\n');
  writeFileSync(join(place, '技术标.pdf'), '技术标\n');
  follow('seal', place);
  const bytes = readFileSync(join(place, 'bid.sealed'));
  rmSync(place, { recursive: true });
  return bytes;
}

const single = await ours(oneLock);
const double = await ours(twoLocks);
const fits = [
  await fit('one-lock.sealed', single.bytes, 'oneLock', null),
  await fit('two-locks.sealed', double.bytes, 'twoLocks', double.bidderShare),
  await fit('stock-tools.sealed', await byHand(), 'oneLock', null),
];

const entryOf = (path: string, body = 'content', size = Buffer.from(body).length) => ({
  ...{ path, mediaType: 'text/plain', size },
  sha256: hash(body),
});
const manifestOf = (parts: object[], over: object = {}): Entry =>
  file(
    'manifest.json',
    canonicalize({ format: 'KB-SEAL-1', ...EXPECTED, priceFen: 1, periodDays: null, quality: null, parts, ...over }) ??
      '',
  );
const around = async (...entries: Entry[]): Promise<Buffer> => sealedAround(await packed(entries), oneLock);
const headed = async (change: (seal: Seal) => object): Promise<Buffer> =>
  sealedAround(await packed([manifestOf([entryOf('a')]), file('a', 'content')]), oneLock, change);
const withShare = (seal: Seal, at: number, change: object): Seal => ({
  ...seal,
  shares: seal.shares.map((share, index) => (index === at ? { ...share, ...change } : share)),
});
const turned = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

const stranger = await generateX25519Identity();
const strangers = await identityToRecipient(stranger);
const otherShares = (await sealIdentity(stranger, oneLock.custodians, PROCUREMENT, false)).shares;
const otherPayload = await packed([manifestOf([entryOf('a')]), file('a', 'content')]);
const spaced = Buffer.from(`${JSON.stringify({ format: 'KB-SEAL-1', suite: 'age-x25519' }, null, 1)}\n`);
const payloadAt = single.bytes.indexOf('age-encryption.org');

type Case = [name: string, what: string, code: SealFault, bytes: Buffer, terms?: 'twoLocks'];
const AT_UPLOAD: Case[] = [
  ['text', 'no archive at all', 'not-a-seal', Buffer.from('投标文件\n'.repeat(200))],
  ['age-only', 'an age file that is not in a seal', 'not-a-seal', single.bytes.subarray(payloadAt)],
  ['blanks', 'a head that is not canonical', 'seal-invalid', await packed([file('seal.json', spaced)])],
  ['member', 'a head with a member more', 'seal-invalid', await headed((seal) => ({ ...seal, note: '' }))],
  [
    'two-shares',
    'a head with two shares',
    'seal-invalid',
    await headed((seal) => ({ ...seal, shares: seal.shares.slice(1) })),
  ],
  ['suite', 'a suite that is not known', 'suite-unknown', await headed((seal) => ({ ...seal, suite: 'sm2-sm4-sm3' }))],
  [
    'procurement',
    'another procurement',
    'wrong-procurement',
    await headed((seal) => ({ ...seal, procurementId: 'another' })),
  ],
  ['lot', 'another lot', 'wrong-lot', await headed((seal) => ({ ...seal, lotNo: 2 }))],
  [
    'custodian',
    'a share sealed to a stranger',
    'wrong-custodians',
    await headed((seal) => withShare(seal, 1, { recipient: strangers })),
  ],
  ['no-second-lock', 'the bidder keeps no share where it must', 'bidder-share-missing', single.bytes, 'twoLocks'],
  ['second-lock', 'the bidder keeps a share where it must not', 'bidder-share-unasked', double.bytes],
  ['cut', 'cut off', 'truncated', single.bytes.subarray(0, single.bytes.length - 1_536)],
  ['behind', 'something behind the end', 'trailing-bytes', Buffer.concat([single.bytes, Buffer.alloc(20 * 512, 'x')])],
];
const AT_OPENING: Case[] = [
  [
    'third-entry',
    'a third entry',
    'trailing-bytes',
    Buffer.concat([single.bytes.subarray(0, -1_024), await packed([file('more', 'x')])]),
  ],
  [
    'share-wrong',
    'the share of another bid',
    'share-wrong',
    await headed((seal) => withShare(seal, 2, { sealed: otherShares[2]?.sealed })),
  ],
  [
    'share-unopened',
    'a share that another custodian could open',
    'share-unopened',
    await headed((seal) => withShare(seal, 0, { sealed: seal.shares[1]?.sealed })),
  ],
  [
    'shares-disagree',
    'shares of two keys, each as committed',
    'shares-disagree',
    await headed((seal) => withShare(seal, 2, otherShares[2] ?? {})),
  ],
  [
    'identity-wrong',
    'shares of another key than it says',
    'identity-wrong',
    await headed((seal) => ({ ...seal, recipient: strangers })),
  ],
  [
    'payload-unopened',
    'contents sealed to another key',
    'payload-unopened',
    await headed((seal) => ({ ...seal, recipient: strangers, shares: otherShares })),
  ],
  ['payload-damaged', 'one bit of the contents turned', 'payload-damaged', turned(single.bytes, payloadAt + 400)],
  [
    'garbage',
    'contents that are no archive',
    'archive-malformed',
    await sealedAround(Buffer.alloc(2_048, 'x'), oneLock),
  ],
  ['empty', 'contents without a manifest', 'manifest-missing', await sealedAround(Buffer.alloc(1_024), oneLock)],
  [
    'inner-cut',
    'contents that end too early',
    'truncated',
    await sealedAround(otherPayload.subarray(0, -1_024), oneLock),
  ],
  [
    'manifest-second',
    'the manifest is not the first',
    'manifest-missing',
    await around(file('a', 'content'), manifestOf([entryOf('a')])),
  ],
  [
    'manifest-spaced',
    'a manifest that is not canonical',
    'manifest-invalid',
    await around(file('manifest.json', '{ }')),
  ],
  [
    'price',
    'a price that is no amount',
    'manifest-invalid',
    await around(manifestOf([entryOf('a')], { priceFen: -1 }), file('a', 'content')),
  ],
  [
    'bidder',
    'the bid of another bidder',
    'wrong-bidder',
    await around(manifestOf([entryOf('a')], { bidder: '91420100MA4K000002' }), file('a', 'content')),
  ],
  [
    'inner-lot',
    'a manifest of another lot',
    'wrong-lot',
    await around(manifestOf([entryOf('a')], { lotNo: 2 }), file('a', 'content')),
  ],
  [
    'inner-procurement',
    'a manifest of another procurement',
    'wrong-procurement',
    await around(manifestOf([entryOf('a')], { procurementId: 'another' })),
  ],
  [
    'path-up',
    'a path out of its folder',
    'path-unsafe',
    await around(manifestOf([entryOf('../a')]), file('../a', 'content')),
  ],
  [
    'path-drive',
    'a path with a drive',
    'path-unsafe',
    await around(manifestOf([entryOf('C:/a')]), file('C:/a', 'content')),
  ],
  [
    'path-case',
    'two paths that differ in case',
    'path-repeated',
    await around(manifestOf([entryOf('A'), entryOf('a')]), file('A', 'content'), file('a', 'content')),
  ],
  [
    'link',
    'a link in the place of a file',
    'entry-not-a-file',
    await around(manifestOf([entryOf('a', '')]), file('a', '', { type: 'symlink', linkname: '/etc/passwd' })),
  ],
  ['part-missing', 'a file less than listed', 'part-missing', await around(manifestOf([entryOf('a')]))],
  [
    'part-unlisted',
    'a file more than listed',
    'part-unlisted',
    await around(manifestOf([entryOf('a')]), file('a', 'content'), file('b', '')),
  ],
  [
    'part-size',
    'a file larger than listed',
    'part-size',
    await around(manifestOf([entryOf('a')]), file('a', 'content and more')),
  ],
  ['part-hash', 'a file that is another', 'part-hash', await around(manifestOf([entryOf('a')]), file('a', 'CONTENT'))],
  [
    'too-large',
    'more bytes than are taken',
    'too-large',
    await around(manifestOf([entryOf('a', '', 1e12)]), file('a', '')),
  ],
  [
    'too-many',
    'more files than are taken',
    'too-many-parts',
    await around(manifestOf([...'abcdef'].map((path) => entryOf(path)))),
  ],
];
const refused = [
  ...AT_UPLOAD.map((each) => ['upload', each] as const),
  ...AT_OPENING.map((each) => ['opening', each] as const),
].map(([at, [name, what, code, bytes, terms = 'oneLock']]) => ({
  ...write(`${name}.sealed`, bytes),
  what,
  at,
  code,
  terms,
}));

const vectors = {
  note: 'for testing only: these keys are public',
  keys: Object.fromEntries(CUSTODIANS.map((custodian) => [custodian, keys.get(custodian)])),
  terms: { oneLock, twoLocks },
  expected: { procurementId: PROCUREMENT, lotNo: 1, bidder: BIDDER },
  limits: LIMITS,
  opened: fits,
  refused,
};
writeFileSync(join(folder, 'vectors.json'), `${JSON.stringify(vectors, null, 2)}\n`);
