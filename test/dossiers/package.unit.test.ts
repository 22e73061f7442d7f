import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { packed } from '../../api/dossiers/package.ts';
import { fileName } from '../../api/dossiers/names.ts';
import { bytesOfText, type Item } from '../../api/dossiers/reading.ts';
import { ROUTES } from '../../api/routes.ts';
import { openPackage } from '../../cli/dossiers/zip.ts';
import { CommandFailure } from '../../cli/settings/failure.ts';
import { archiveOf } from '../../proofs/dossier/archive.ts';
import {
  DOSSIER,
  DOSSIER_FORMAT,
  type DossierFile,
  type DossierLeaf,
  type DossierManifest,
} from '../../proofs/dossier/manifest.ts';
import { verifyDossier, type VerifiedDossier } from '../../proofs/dossier/verify.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import { factHashOf, leafOf } from '../../proofs/leaf.ts';
import { GrowingTree, inclusionProof } from '../../proofs/merkle.ts';
import { RECEIPT } from '../../proofs/receipt.ts';
import { createSigner, newSigningKey, type PublicJwk, type Signer } from '../../proofs/signing.ts';
import { TREE_HEAD } from '../../proofs/tree-head.ts';
import { unsafePath } from '../../sealing/paths.ts';
import { buildTool } from '../../web/builds.mjs';
import { eventually } from '../setup/eventually.ts';
import { testSigner } from '../setup/signer.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TENDER = '01a22601-a3a9-74f2-ba2a-559c6ab28d8e';
const BID = '01a22601-a64d-74c3-80f9-65f439f17419';
const [TENDER_NOTICE, RECORD, AWARD] = [1, 2, 3].map((no) => `01a22601-0000-7000-8000-00000000000${no}`) as [
  string,
  string,
  string,
];
const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const AT = Date.parse('2026-04-08T09:30:00+08:00');
const ASKED = Date.parse('2026-04-10T09:00:00+08:00');

const SEALED = 'a sealed bid';
/** What is in it: what was read out, and its parts. */
const FIGURES = { priceFen: 100_000_000, periodDays: null, quality: '合格' };
const PARTS = [{ path: 'a.txt', mediaType: 'text/plain', size: 4, sha256: sha256('part') }];
const BIDDER = '91360000000000001S';
const OPENED = { format: 'KB-SEAL-1', procurementId: TENDER, lotNo: 1, bidder: BIDDER, ...FIGURES, parts: PARTS };
const bidder = {
  supplier: '甲公司',
  sha256: sha256(SEALED),
  size: SEALED.length,
  receivedAt: '2026-04-08T09:00:00+08:00',
  ...{ state: 'opened', ...FIGURES, sameAs: [] },
};
const ACTOR = { accountId: '01a22601-0000-7000-8000-0000000000a1', organisationId: null, role: 'purchaser' };

const noticeOf = (id: string, kind: string, content: object) => {
  const notice = {
    ...{ id, kind, content, procurementId: TENDER, lotNo: 1, version: 1 },
    titleZh: '公告',
    publishedAt: AT,
  };
  return { ...notice, hash: canonicalHash(notice) };
};

/** The files of a small dossier, whose log has three entries of others between its own. */
async function filesOf(signer: Signer): Promise<Map<string, string>> {
  const opened = { opened: '2026-04-08T09:30:00+08:00', bidders: [{ ...bidder, reasonZh: null, reasonEn: null }] };
  const notices = [
    noticeOf(TENDER_NOTICE, 'tender', {}),
    noticeOf(RECORD, 'opening-record', opened),
    noticeOf(AWARD, 'award', { winner: '甲公司', priceFen: FIGURES.priceFen, rank: 1 }),
  ];
  const details: [action: string, of: DossierLeaf['of'], detail: Record<string, unknown>][] = [
    ['document.upload', undefined, { sha256: sha256('招标文件') }],
    ['notice.publish', 'notice', { hash: notices[0]?.hash }],
    ['bid.submit', 'bid', { sha256: sha256(SEALED) }],
    ['bid.unseal', undefined, { hash: canonicalHash(OPENED) }],
    ['notice.publish', 'notice', { hash: notices[1]?.hash }],
    ['notice.publish', 'notice', { hash: notices[2]?.hash }],
  ];
  const tree = new GrowingTree();
  const nodes = new Map<string, string>();
  const grow = (leaf: string) =>
    tree.append(leaf).forEach(({ level, index, hash }) => nodes.set(`${level}/${index}`, hash));
  let previousHash = '0'.repeat(64);
  const entries = details.map(([action, of, detail], index) => {
    const audit = {
      ...{ seq: index + 1, at: AT + index, actor: ACTOR, action, procurementId: TENDER, detail },
      ...{ subject: action.startsWith('bid.') ? `bid/${BID}` : `x/${index}`, previousHash },
    };
    const entry = canonicalHash(audit);
    previousHash = entry;
    const fact = factHashOf(detail);
    grow(sha256(`other ${index}`));
    grow(leafOf(entry, fact));
    return { entry, fact, of, audit, index: 2 * index + 1 };
  });
  const size = tree.size;
  const proofOf = (index: number) =>
    inclusionProof(index, size, async ({ level, index: at }) => nodes.get(`${level}/${at}`) ?? '');
  const head = { size, root: tree.root(), at: AT + 86_400_000 };
  const jws = await signer.sign(TREE_HEAD, head);
  const bidEntry = entries[2] as (typeof entries)[number];
  const statement = {
    ...{ procurementId: TENDER, lotNo: 1, bidId: BID, version: 1, bidder: BIDDER },
    ...{ sha256: sha256(SEALED), size: SEALED.length, receivedAt: AT - 1_800_000, deadline: AT, headBy: AT },
    entry: bidEntry.entry,
  };
  const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  return new Map([
    ['tender.json', JSON.stringify({ id: TENDER, title: '某项目' })],
    ...notices.flatMap((notice): [string, string][] => [
      [`notices/${notice.id}.json`, JSON.stringify(notice)],
      [`notices/${notice.id}.html`, `<!doctype html>${notice.hash}`],
    ]),
    ['documents.json', JSON.stringify({ items: [{ id: '1', sha256: sha256('招标文件') }] })],
    ['documents/1/招标文件.pdf', '招标文件'],
    [
      'opening.json',
      JSON.stringify({
        items: [
          { lotNo: 1, opened: true, actualAt: opened.opened, entries: [{ bidId: BID, ...bidder, reason: null }] },
        ],
      }),
    ],
    [`bids/1/${BID}/sealed.bid`, SEALED],
    [
      `bids/1/${BID}/receipt.json`,
      JSON.stringify({
        signed: await signer.sign(RECEIPT, statement),
        proof: { head: jws, index: bidEntry.index, inclusion: await proofOf(bidEntry.index) },
      }),
    ],
    [`bids/1/${BID}/parts.json`, JSON.stringify({ items: PARTS })],
    [`bids/1/${BID}/parts/1-a.txt`, 'part'],
    ['deposits.json', JSON.stringify({ items: [] })],
    [
      'lots/1/report.json',
      JSON.stringify({
        receivedAt: '2026-04-08T09:00:00+08:00',
        candidates: [{ bidId: BID, supplier: '甲公司', priceFen: FIGURES.priceFen, rank: 1 }],
      }),
    ],
    [
      'grievances.json',
      JSON.stringify({ items: [{ id: '1', attachments: [{ documentId: '2', sha256: sha256('evidence') }] }] }),
    ],
    ['grievances/1/2-evidence.pdf', 'evidence'],
    [
      'log/leaves.jsonl',
      lines(
        await Promise.all(
          entries.map(async ({ entry, fact, of, audit, index }) => ({
            ...{ entry, fact, of, audit },
            place: { index, inclusion: await proofOf(index) },
          })),
        ),
      ),
    ],
    [
      'audit.jsonl',
      lines(
        entries.map(({ entry, audit: { at, action, subject, detail } }) => ({
          ...{ hash: entry, procurementId: TENDER, action, subject, detail },
          actor: { ...ACTOR, name: '张三' },
          at: new Date(at).toISOString(),
        })),
      ),
    ],
    ['log/keys.json', JSON.stringify({ keys: [signer.publicJwk] })],
    ['log/head.json', JSON.stringify({ ...head, jws })],
    ['index.html', '<!doctype html><title>目录</title>'],
  ]);
}

const what = { zh: '文件', en: 'a file' };
const itemOf = ([name, text]: readonly [string, string]): Item => ({ name, what, bytes: bytesOfText([text]) });

interface Making {
  readonly signer: Signer;
  /** What the manifest lists, where it is not what there is. */
  readonly listed?: (files: readonly DossierFile[]) => readonly DossierFile[];
  /** What comes after the manifest was signed. */
  readonly late?: readonly (readonly [string, string])[];
  /** What the manifest says otherwise. */
  readonly about?: Partial<DossierManifest>;
}

async function made(
  files: ReadonlyMap<string, string>,
  { signer, listed = (all) => all, late = [], about = {} }: Making,
): Promise<Buffer> {
  const head = JSON.parse(files.get('log/head.json') ?? headText) as { size: number; root: string; at: number };
  const items = async function* () {
    for (const file of files) yield itemOf(file);
  };
  const closing = async function* (contents: { files: readonly DossierFile[] }) {
    const manifest: DossierManifest = {
      ...{ format: DOSSIER_FORMAT, drill: false, complete: true, state: { zh: '已完成', en: 'complete' }, leftOut: [] },
      tender: { id: TENDER, title: '某项目', stage: 'concluded' },
      asked: { at: '2026-04-10T09:00:00+08:00', role: 'auditor', person: null, organisation: null },
      head: { size: head.size, root: head.root, at: head.at },
      files: listed(contents.files),
      ...about,
    };
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    yield itemOf(['manifest.json', text]);
    yield itemOf([
      'manifest.jws',
      `${await signer.sign(DOSSIER, { procurementId: TENDER, at: ASKED, manifest: sha256(text) })}\n`,
    ]);
    for (const file of late) yield itemOf(file);
  };
  const chunks: Buffer[] = [];
  for await (const chunk of packed(items(), closing)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function verified(bytes: Uint8Array, keys: readonly PublicJwk[] | null): Promise<VerifiedDossier> {
  const file = join(folder, 'a.zip');
  writeFileSync(file, bytes);
  const pack = await openPackage(file);
  try {
    return await verifyDossier(pack, keys);
  } finally {
    pack.close();
  }
}
const subjects = ({ faults }: VerifiedDossier): string[] => [...new Set(faults.map(({ subject }) => subject))];

const signer = await testSigner();
const KEYS = [signer.publicJwk];
let files: Map<string, string>;
let whole: Buffer;
/** Of a package without its head. */
let headText = '';
beforeAll(async () => {
  files = await filesOf(signer);
  headText = files.get('log/head.json') ?? '';
  whole = await made(files, { signer });
});

/** Where the bytes of a file begin in the package. */
function placeOf(bytes: Buffer, name: string): number {
  for (let at = bytes.indexOf('PK\u0003\u0004'); at >= 0; at = bytes.indexOf('PK\u0003\u0004', at + 4)) {
    const length = bytes.readUInt16LE(at + 26);
    if (bytes.subarray(at + 30, at + 30 + length).toString() === name)
      return at + 30 + length + bytes.readUInt16LE(at + 28);
  }
  throw new Error(`${name} is not in the package`);
}

describe('a package as it was handed out', () => {
  it('has no fault, with keys from elsewhere and with its own; what it proves is counted', async () => {
    expect(await verified(whole, KEYS)).toMatchObject({
      ...{ faults: [], pinned: true, notices: 3, receipts: 1, entries: 6, proven: 6 },
    });
    expect(await verified(whole, null)).toMatchObject({ faults: [], pinned: false });
    expect((await made(files, { signer })).equals(whole)).toBe(true);
  });

  it('one byte changed in any of its files is found, by the name of the file', async () => {
    const names = [...files.keys(), 'manifest.json', 'manifest.jws'];
    for (const name of names) {
      const changed = Buffer.from(whole);
      const at = placeOf(changed, name) + 2;
      changed[at] = (changed[at] ?? 0) ^ 1;
      for (const keys of [KEYS, null]) expect(subjects(await verified(changed, keys)), name).toContain(name);
    }
    expect(names).toHaveLength(25);
  });

  it('a file that was removed, and one that was added, is named', async () => {
    for (const name of files.keys()) {
      const rest = new Map([...files].filter(([each]) => each !== name));
      const text = files.get(name) ?? '';
      const gone = { name, sha256: sha256(text), size: Buffer.byteLength(text), what };
      const bytes = await made(rest, { signer, listed: (all) => [...all, gone] });
      expect(subjects(await verified(bytes, KEYS)), name).toContain(name);
    }
    const added = await made(files, { signer, late: [['tender/other.json', '{}']] });
    expect(await verified(added, KEYS)).toMatchObject({
      faults: [{ subject: 'tender/other.json', zh: '清单中没有此文件', en: 'is not in the manifest' }],
    });
  });
});

it('ends with its reader: what it reads is closed, and one that breaks off is no package', async () => {
  let closed = 0;
  const endless = async function* () {
    try {
      for (;;) yield Buffer.alloc(64 * 1024);
    } finally {
      closed += 1;
    }
  };
  const items = async function* (): AsyncGenerator<Item> {
    try {
      yield { name: 'a', what, bytes: endless() };
    } finally {
      closed += 1;
    }
  };
  const stream = packed(items(), items);
  await once(stream, 'readable');
  stream.destroy();
  await eventually('both are closed', async () => closed === 2);
  const broken = packed(
    (async function* (): AsyncGenerator<Item> {
      yield itemOf(['a', 'text']);
      throw new Error('the database is gone');
    })(),
    items,
  );
  await expect(broken.toArray()).rejects.toThrow('the database is gone');
  const half = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half');
    throw new Error('the disk is gone');
  };
  const cut = packed(
    (async function* (): AsyncGenerator<Item> {
      yield { name: 'a', what, bytes: half() };
    })(),
    items,
  );
  await expect(cut.toArray()).rejects.toThrow('the disk is gone');
});

describe('a package that somebody made up and signed with a key of their own', () => {
  const forged = async (change: (all: Map<string, string>) => void): Promise<VerifiedDossier> => {
    const own = await createSigner(await newSigningKey());
    const all = new Map(files);
    change(all);
    return verified(await made(all, { signer: own }), KEYS);
  };

  it('is not signed for who has the key from elsewhere', async () => {
    expect(subjects(await forged(() => undefined))).toEqual(['manifest.jws']);
    const own = await createSigner(await newSigningKey());
    const others = await made(await filesOf(own), { signer: own });
    expect(subjects(await verified(others, KEYS))).toEqual(
      expect.arrayContaining(['manifest.jws', 'log/keys.json', 'log/head.json']),
    );
    // Nothing but a key from elsewhere tells it from one of the platform.
    expect((await verified(others, null)).faults).toEqual([]);
  });

  const replaced = (name: string, from: string, to: string) => (all: Map<string, string>) => {
    const text = all.get(name) ?? '';
    expect(text).toContain(from);
    all.set(name, text.replaceAll(from, to));
  };
  it.each<[string, string, (all: Map<string, string>) => void]>([
    [
      'another text of a notice',
      `notices/${TENDER_NOTICE}.json`,
      replaced(`notices/${TENDER_NOTICE}.json`, '公告', '公示'),
    ],
    ['a notice less', 'notices/', (all) => void all.delete(`notices/${TENDER_NOTICE}.json`)],
    ['another bid', `bids/1/${BID}/sealed.bid`, replaced(`bids/1/${BID}/sealed.bid`, 'bid', 'bud')],
    ['another bid, for its receipt', `bids/1/${BID}/receipt.json`, replaced(`bids/1/${BID}/sealed.bid`, 'bid', 'bud')],
    ['another bidder in the record', 'opening.json', replaced('opening.json', '甲公司', '乙公司')],
    [
      'a part that nobody handed in',
      `bids/1/${BID}/parts/1-a.txt`,
      replaced(`bids/1/${BID}/parts/1-a.txt`, 'part', 'pert'),
    ],
    ['another document', 'documents/1/招标文件.pdf', replaced('documents/1/招标文件.pdf', '招标', '投标')],
    ['other evidence', 'grievances/1/2-evidence.pdf', replaced('grievances/1/2-evidence.pdf', 'ev', 'iv')],
    ['another act in the trail', 'audit.jsonl', replaced('audit.jsonl', 'bid.submit', 'bid.refuse')],
    ['another time in the trail', 'audit.jsonl', replaced('audit.jsonl', '2026-04-08', '2026-04-07')],
    ['another entry', 'log/leaves.jsonl', replaced('log/leaves.jsonl', 'bid.submit', 'bid.refuse')],
    ['another place in the log', 'log/leaves.jsonl', replaced('log/leaves.jsonl', '"index":3', '"index":2')],
    ['nonsense', 'opening.json', (all) => void all.set('opening.json', '[')],
  ])('%s is found', async (_what, subject, change) => {
    expect(subjects(await forged(change))).toContain(subject);
  });

  const without = (name: string) => (all: Map<string, string>) => void all.delete(name);
  const noPlaces = (which: (line: number) => boolean) => (all: Map<string, string>) => {
    const lines = (all.get('log/leaves.jsonl') ?? '').trim().split('\n');
    const changed = lines.map((line, index) => (which(index) ? line.replace(/"place":.*$/, '"place":null}') : line));
    all.set('log/leaves.jsonl', `${changed.join('\n')}\n`);
  };
  const trail = (change: (lines: string[]) => string[]) => (all: Map<string, string>) => {
    const lines = (all.get('audit.jsonl') ?? '').trim().split('\n');
    all.set('audit.jsonl', `${change(lines).join('\n')}\n`);
  };
  const both =
    (...changes: ((all: Map<string, string>) => void)[]) =>
    (all: Map<string, string>) =>
      changes.forEach((change) => change(all));
  // By the platform itself, or by who has its key: the log has the hash of what each file must agree with.
  it.each<[string, string, (all: Map<string, string>) => void]>([
    ['another price that was read out', 'opening.json', replaced('opening.json', '100000000', '1')],
    ['another price than was sealed', `bids/1/${BID}/parts.json`, replaced('opening.json', '100000000', '1')],
    ['a lot that was not opened', 'opening.json', replaced('opening.json', '"opened":true', '"opened":false')],
    ['no record', 'opening.json', (all) => void all.set('opening.json', '{"items":[]}')],
    ['another instant of the opening', 'opening.json', replaced('opening.json', 'T09:30', 'T09:31')],
    [
      'another page of a notice',
      `notices/${AWARD}.html`,
      (all) => void all.set(`notices/${AWARD}.html`, '<h1>乙</h1>'),
    ],
    ['no page of a notice', `notices/${AWARD}.html`, without(`notices/${AWARD}.html`)],
    ['something beside the notices', 'notices/award.json', (all) => void all.set('notices/award.json', '{}')],
    ['something beside the bids', 'bids/award.json', (all) => void all.set('bids/award.json', '{}')],
    ['an entry less in the trail', 'audit.jsonl', trail((lines) => lines.slice(0, -1))],
    ['an entry less between others', 'audit.jsonl', trail(([first = '', , ...rest]) => [first, ...rest])],
    ['an entry twice in the trail', 'audit.jsonl', trail((lines) => [...lines, ...lines])],
    ['somebody else in the trail', 'audit.jsonl', replaced('audit.jsonl', '"role":"purchaser"', '"role":"agency"')],
    ['no trail', 'audit.jsonl', without('audit.jsonl')],
    ['no opening', 'opening.json', without('opening.json')],
    ['no sealed file', `bids/1/${BID}/sealed.bid`, without(`bids/1/${BID}/sealed.bid`)],
    ['no receipt', `bids/1/${BID}/receipt.json`, without(`bids/1/${BID}/receipt.json`)],
    ['no part of a bid', `bids/1/${BID}/parts/1-`, without(`bids/1/${BID}/parts/1-a.txt`)],
    ['no document', 'documents/1/', without('documents/1/招标文件.pdf')],
    ['nothing proven', 'log/leaves.jsonl', noPlaces(() => true)],
    ['an entry that is not proven before others', 'log/leaves.jsonl', noPlaces((line) => line === 2)],
    [
      'another document, and its list',
      'documents.json',
      both(
        replaced('documents/1/招标文件.pdf', '招标', '投标'),
        replaced('documents.json', sha256('招标文件'), sha256('投标文件')),
      ),
    ],
    [
      'another part, and its list',
      `bids/1/${BID}/parts.json`,
      both(
        replaced(`bids/1/${BID}/parts/1-a.txt`, 'part', 'pert'),
        replaced(`bids/1/${BID}/parts.json`, sha256('part'), sha256('pert')),
      ),
    ],
    ['another winner', 'lots/1/report.json', replaced('lots/1/report.json', '甲公司', '乙公司')],
    ['another price of the winner', 'lots/1/report.json', replaced('lots/1/report.json', '100000000', '1')],
    ['another tender', 'manifest.json', replaced('tender.json', '某项目', '别的项目')],
  ])('%s is found, whoever signed it', async (_what, subject, change) => {
    const all = new Map(files);
    change(all);
    expect(subjects(await verified(await made(all, { signer }), KEYS))).toContain(subject);
  });

  it('what is not there is named by the manifest, and a drill is not taken for a real tender', async () => {
    const name = `bids/1/${BID}/receipt.json`;
    const leftOut = [{ what, because: what, until: null, name }];
    const rest = new Map([...files].filter(([each]) => each !== name));
    expect(await verified(await made(rest, { signer, about: { leftOut } }), KEYS)).toMatchObject({ faults: [] });
    const drill = await made(files, { signer, about: { drill: true } });
    expect(subjects(await verified(drill, KEYS))).toEqual(['manifest.json']);
  });

  it('its list for an archive is that of its files, and keeps each lot as long as the timeline says', async () => {
    const retention = (until: string | null) => [
      { lotNo: 1, until, rule: 'gp-archive', law: '政府采购法', article: '42', confirmed: true },
    ];
    const about = {
      ...{ tender: { id: TENDER, title: '某项目', stage: 'concluded' }, complete: true },
      ...{ creator: '采购人', agency: null, retention: retention('2041-04-13T23:59:59.999+08:00') },
    };
    const timeline = { items: [{ lotNo: 1, key: 'archive-until', dueAt: '2041-04-13T23:59:59.999+08:00' }] };
    const kept = new Map([...files, ['timeline.json', JSON.stringify(timeline)]]);
    const listed = [...kept].map(([name, text]) => ({ name, sha256: sha256(text) }));
    const archive = archiveOf(about, listed);
    expect(archive.profile).toMatchObject({ name: 'DA/T 103', confirmed: false });
    expect(archive.classes.flatMap((each) => each.files.map(({ name }) => name)).sort()).toEqual(
      listed
        .map(({ name }) => name)
        .filter((name) => name !== 'index.html')
        .sort(),
    );
    const withArchive = async (changed: object) =>
      subjects(
        await verified(await made(new Map([...kept, ['archive.json', JSON.stringify(changed)]]), { signer }), KEYS),
      );
    expect(await withArchive(archive)).toEqual([]);
    expect(await withArchive({ ...archive, classes: archive.classes.slice(1) })).toEqual(['archive.json']);
    expect(await withArchive({ ...archive, complete: false })).toEqual(['archive.json']);
    expect(await withArchive({ ...archive, retention: retention('2031-04-13T23:59:59.999+08:00') })).toEqual([
      'archive.json',
    ]);
    expect(await withArchive({ ...archive, profile: { ...archive.profile, confirmed: true } })).toEqual([
      'archive.json',
    ]);
  });

  it('values of another form are a fault, and break nothing', async () => {
    for (const name of [
      'log/leaves.jsonl',
      'audit.jsonl',
      'opening.json',
      `bids/1/${BID}/receipt.json`,
      'documents.json',
    ])
      for (const text of [
        'null',
        '7',
        '{"items":7}',
        '{"entry":7,"place":[]}',
        `{"items":[[null]]}`,
        '['.repeat(200_000),
      ])
        expect(subjects(await forged((all) => void all.set(name, text))).length, name).toBeGreaterThan(0);
  });
});

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
const none = async function* (): AsyncGenerator<Item> {};

/** A zip file, and of its first file what can be changed. */
interface ZipParts {
  before: Buffer;
  local: Buffer;
  localExtra: Buffer;
  content: Buffer;
  descriptor: Buffer;
  /** The other files. */
  rest: Buffer;
  central: Buffer;
  extra: Buffer;
  comment: Buffer;
  /** Of the other files. */
  restOfDirectory: Buffer;
  end: Buffer;
  ending: Buffer;
}

const field = (id: number, text: string): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(text.length, 2);
  return Buffer.concat([head, Buffer.from(text)]);
};

const localEntry = (name: string, text: string): Buffer => {
  const head = Buffer.alloc(30);
  [0x04034b50, 20].forEach((value, index) => head.writeUInt32LE(value, 4 * index));
  head.writeUInt32LE(crc32(text), 14);
  [18, 22].forEach((at) => head.writeUInt32LE(text.length, at));
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, Buffer.from(name), Buffer.from(text)]);
};

function partsOf(bytes: Buffer): ZipParts {
  const end = bytes.length - 22;
  const directory = bytes.readUInt32LE(end + 16);
  const name = bytes.readUInt16LE(26);
  const [content, size] = [30 + name, bytes.readUInt32LE(directory + 20)];
  const slice = (from: number, length: number): Buffer => Buffer.from(bytes.subarray(from, from + length));
  const nothing = { before: Buffer.alloc(0), localExtra: Buffer.alloc(0), extra: Buffer.alloc(0) };
  return {
    ...{ ...nothing, comment: Buffer.alloc(0), ending: Buffer.alloc(0), local: slice(0, content) },
    ...{ content: slice(content, size), descriptor: slice(content + size, 16) },
    rest: slice(content + size + 16, directory - content - size - 16),
    ...{
      central: slice(directory, 46 + name),
      restOfDirectory: slice(directory + 46 + name, end - directory - 46 - name),
    },
    end: slice(end, 22),
  };
}

/** With the lengths and places that its parts have now. */
function zipped(parts: ZipParts): { bytes: Buffer; directory: number; ending: number; behind: number } {
  const { before, local, localExtra, content, descriptor, rest, central, extra, comment, restOfDirectory } = parts;
  const { end, ending } = parts;
  const moved = before.length + localExtra.length;
  local.writeUInt16LE(localExtra.length, 28);
  central.writeUInt16LE(extra.length, 30);
  central.writeUInt16LE(comment.length, 32);
  central.writeUInt32LE(before.length, 42);
  for (let at = 0; at < restOfDirectory.length;) {
    restOfDirectory.writeUInt32LE(restOfDirectory.readUInt32LE(at + 42) + moved, at + 42);
    at += 46 + restOfDirectory.readUInt16LE(at + 28);
  }
  const files = Buffer.concat([before, local, localExtra, content, descriptor, rest]);
  const directory = Buffer.concat([central, extra, comment, restOfDirectory]);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(files.length, 16);
  end.writeUInt16LE(ending.length, 20);
  return {
    bytes: Buffer.concat([files, directory, end, ending]),
    directory: files.length,
    ending: files.length + directory.length,
    behind: local.length + content.length,
  };
}

describe('a package from anybody', () => {
  const refusal = async (bytes: Uint8Array): Promise<string> => {
    try {
      await verified(bytes, null);
    } catch (error) {
      if (error instanceof CommandFailure && error.exitCode === 2) return error.messageZh;
      throw error;
    }
    throw new Error('it was not refused');
  };
  const zipOf = async (names: readonly string[], { compress = false, text = 'x' } = {}): Promise<Buffer> => {
    const zip = new ZipFile();
    for (const name of names) zip.addBuffer(Buffer.from(text), name, { compress });
    zip.end();
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  };
  const renamed = (bytes: Buffer, from: string, to: string): Buffer =>
    Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');

  it.each([
    ['aaa/x', '../x.', '“..”'],
    ['aaa/x', '/tmp/', '相对路径'],
    ['aaa/x', 'C:\\ax', '\\ : *'],
    ['aaa/x', 'a//xx', '相对路径'],
    ['aaa/x', 'aaaa/', '相对路径'],
    ['aaa/x', 'a\u0000a/x', '控制字符'],
    ['aaa/x', 'nul/x', 'Windows'],
    ['aaa/x', 'aa\xff/x', 'UTF-8'],
  ])('whose %s is called %j is refused: it could be written elsewhere', async (from, to, why) => {
    expect(await refusal(renamed(await zipOf([from, 'manifest.json']), from, to))).toContain(why);
  });

  it.each([
    ['a/1', 'a/2', 'a/1'],
    ['a/x', 'b/X', 'a/X'],
    ['manifest.json', 'Banifest.json', 'manifest.json'],
    ['a.b', 'a.b/c', 'a.b/c'],
  ])('with two files of one name is refused: %s, %s', async (first, second, becomes) => {
    const bytes = await zipOf([first, second]);
    expect(await refusal(renamed(bytes, second, becomes))).toContain('与另一个文件相同');
  });

  it('that is compressed is refused before anything is unpacked, as is one that is encrypted', async () => {
    const bomb = await zipOf(['manifest.json'], { compress: true, text: '0'.repeat(50_000_000) });
    expect(bomb.length).toBeLessThan(100_000);
    expect(await refusal(bomb)).toContain('经过压缩');
    const encrypted = await zipOf(['manifest.json']);
    const central = encrypted.indexOf('PK\u0001\u0002');
    encrypted.writeUInt16LE(encrypted.readUInt16LE(central + 8) | 1, central + 8);
    // Twelve bytes more: what the old encryption begins with.
    encrypted.writeUInt32LE(encrypted.readUInt32LE(central + 20) + 12, central + 20);
    expect(await refusal(encrypted)).toContain('已加密');
  });

  it('may have many files: its directory is longer than the small form of a zip file counts', async () => {
    const all = Array.from({ length: 3_000 }, (_, no): [string, string] => [`questions/${no}/question.txt`, 'x']);
    expect(await verified(await made(new Map([...files, ...all]), { signer }), KEYS)).toMatchObject({ faults: [] });
  });

  it('with bytes that no hash covers, with files over each other, or cut, is refused', async () => {
    expect(await refusal(Buffer.concat([whole, Buffer.from('x')]))).toMatch(/不是完整的 zip|不属于任何文件/);
    const end = whole.length - 22;
    const central = whole.readUInt32LE(end + 16);
    const hidden = Buffer.concat([whole.subarray(0, central), Buffer.from('hidden'), whole.subarray(central)]);
    hidden.writeUInt32LE(central + 6, end + 6 + 16);
    expect(await refusal(hidden)).toContain(`第 ${central} 字节起不是平台写出的样子`);
    const lapped = await zipOf(['a', 'b', 'manifest.json'], { text: 'y'.repeat(999) });
    const second = lapped.indexOf('PK\u0001\u0002', lapped.indexOf('PK\u0001\u0002') + 4);
    lapped.writeUInt32LE(0, second + 42);
    expect(await refusal(lapped)).toContain('不是平台写出的样子');
    expect(await refusal(whole.subarray(0, -100))).toContain('不是完整的 zip');
    expect(await refusal(Buffer.from('not a zip'))).toContain('不是完整的 zip');
    expect(
      await refusal(
        renamed(whole, 'x', 'x').fill('ZZZZ', placeOf(whole, 'tender.json') - 11, placeOf(whole, 'tender.json')),
      ),
    ).toContain('不是平台写出的样子');
  });

  // Of the first file: programs differ in which of these they believe, and what they do not show says nothing else either.
  it.each<[string, string, (parts: ZipParts) => void]>([
    ['a file before the first', '第 0 字节', (parts) => (parts.before = localEntry('opening.json', '{"items":[]}'))],
    ['a comment of a file', '目录', (parts) => (parts.comment = Buffer.from('作废'))],
    ['another field in the directory', '目录', (parts) => (parts.extra = field(0x7075, 'opening.json'))],
    ['another field before the content', '第 0 字节', (parts) => (parts.localExtra = field(0xcafe, 'x'.repeat(100)))],
    ['a comment of the whole', '末尾', (parts) => (parts.ending = Buffer.from('作废'))],
    ['a symbolic link', '目录', ({ central }) => central.writeUInt32LE(0o120_777 * 2 ** 16, 38)],
    ['another date', '目录', ({ central }) => central.writeUInt16LE(0x5a21, 14)],
    ['another version', '目录', ({ central }) => central.writeUInt16LE(0x14, 4)],
    ['a name in another code', '目录', ({ central }) => central.writeUInt16LE(8, 8)],
    ['another checksum', '内容之后', ({ central }) => central.writeUInt32LE(7, 16)],
    ['another method before the content', '第 0 字节', ({ local }) => local.writeUInt16LE(8, 8)],
    ['sizes before the content', '第 0 字节', ({ local }) => local.writeUInt32LE(5, 18)],
    ['another descriptor', '内容之后', ({ descriptor }) => descriptor.write('HIDDEN BYTES....', 'latin1')],
  ])('with %s is refused', async (_what, where, change) => {
    const parts = partsOf(whole);
    change(parts);
    const { bytes, directory, ending, behind } = zipped(parts);
    const at = { 目录: directory, 末尾: ending, 内容之后: behind, '第 0 字节': 0 }[where];
    expect(await refusal(bytes)).toContain(`第 ${String(at)} 字节起不是平台写出的样子`);
  });

  it('is the same bytes, and so are its order and its signature', async () => {
    expect(zipped(partsOf(whole)).bytes.equals(whole)).toBe(true);
    const signedAs = async (change: (jws: string) => string) => {
      const text =
        new TextDecoder('latin1').decode(whole.subarray(placeOf(whole, 'manifest.jws'))).split('PK', 1)[0] ?? '';
      const manifest = placeOf(whole, 'manifest.json');
      const size = whole.indexOf('PK\u0007\u0008', manifest) - manifest;
      const jws = change(text);
      const items = async function* () {
        for (const file of files) yield itemOf(file);
        yield { name: 'manifest.json', what, bytes: bytesOf(whole.subarray(manifest, manifest + size)) };
        yield itemOf(['manifest.jws', jws]);
      };
      return verified(Buffer.concat((await packed(items(), none).toArray()) as Buffer[]), KEYS);
    };
    expect(await signedAs((jws) => jws)).toMatchObject({ faults: [] });
    for (const change of [
      (jws: string) => `\ufeff${jws}`,
      (jws: string) => ` ${jws}`,
      (jws: string) => `${jws}\n`,
      (jws: string) => jws.trimEnd(),
      (jws: string) => `${jws.trimEnd()}==\n`,
      (jws: string) => jws.replace('\n', '\r\n'),
      // The last digit has bits that stand for nothing.
      (jws: string) => jws.replace(/.\n$/, (end) => `${DIGITS[DIGITS.indexOf(end[0] ?? '') ^ 1] ?? ''}\n`),
    ])
      expect(subjects(await signedAs(change))).toEqual(['manifest.jws']);
    const turned = new Map([...files].toReversed());
    const listed = (all: readonly DossierFile[]) => all.toReversed();
    expect(subjects(await verified(await made(turned, { signer, listed }), KEYS))).toEqual(['manifest.json']);
  });
});

it('names that people choose stand for one file on every system', () => {
  for (const given of [
    '../../etc/passwd',
    'C:\\a.pdf',
    'a'.repeat(500) + '.pdf',
    '文'.repeat(300),
    '  .',
    'nul',
    'CON.txt',
    'a\u202egpj.exe',
    '',
  ])
    expect([given.slice(0, 20), unsafePath(fileName(given))]).toEqual([given.slice(0, 20), null]);
  expect(fileName('招标文件（第二版）.pdf')).toBe('招标文件（第二版）.pdf');
  expect(fileName('a'.repeat(500) + '.pdf')).toMatch(/^a{100,}\.pdf$/);
});

it('whatever can be read of a procurement is in its dossier, or is one of these', () => {
  const source = ['bids', 'contents', 'trail']
    .map((name) => readFileSync(join(import.meta.dirname, `../../api/dossiers/${name}.ts`), 'utf8'))
    .join('\n')
    .replace(/\$\{OF_BID\}/g, '/procurements/{id}/lots/{no}/bids/{bidId}');
  const ofTender = ROUTES.filter(
    ({ method, path, at }) => method === 'get' && at !== 'anywhere' && path !== '/procurements/{id}/dossier',
  ).map(({ path }) => path);
  const isRead = (path: string): boolean => {
    const last = /^\/procurements\/\{id\}\/([a-z]+)$/.exec(path)?.[1];
    return (
      source.includes(`'${path}'`) ||
      source.includes(`\`${path}\``) ||
      source.includes(`one(dossier, '${String(last)}'`)
    );
  };
  expect(ofTender.filter((path) => !isRead(path)).sort()).toEqual([
    // In the list, in whole.
    '/grievances/{grievanceId}',
    // Of rooms, not of the tender: where it was opened its record says.
    '/procurements/{id}/bookings',
    // Of a draft.
    '/procurements/{id}/check',
    // A bidder's own; in the report.
    '/procurements/{id}/lots/{no}/bids/{bidId}/requests',
    // A bidder's own.
    '/procurements/{id}/lots/{no}/deposit',
    '/procurements/{id}/lots/{no}/deposit/{depositId}/document',
    // A member's own; what came of it is in the report.
    '/procurements/{id}/lots/{no}/evaluation',
    '/procurements/{id}/lots/{no}/evaluation/bids/{bidId}/parts',
    '/procurements/{id}/lots/{no}/evaluation/bids/{bidId}/parts/{file}',
    // A bidder's own.
    '/procurements/{id}/lots/{no}/score-sheet',
    '/procurements/{id}/lots/{no}/uploads',
    '/procurements/{id}/lots/{no}/uploads/{uploadId}',
    '/procurements/{id}/receipts',
  ]);
});

describe('node kaibiao.mjs verify dossier', () => {
  let program: string;
  beforeAll(async () => {
    program = join(folder, 'kaibiao.mjs');
    writeFileSync(program, await buildTool());
    writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: KEYS }));
  });
  const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [program, 'verify', 'dossier', ...args], { cwd: folder }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      });
    });

  it('needs neither an installation nor a key, says what its own key proves, and ends with 0, 1, 2 or 3', async () => {
    writeFileSync(join(folder, 'whole.zip'), whole);
    const pinned = await run('whole.zip', '--keys', 'jwks.json');
    expect([pinned.code, pinned.stderr]).toEqual([0, '']);
    expect(pinned.stdout).toMatch(/^某项目（.*）\n已完成 \/ complete\n/);
    expect(pinned.stdout).toContain('✓ 全部一致');
    expect(pinned.stdout).not.toContain('未证明出自平台');
    const unpinned = await run('whole.zip');
    expect([unpinned.code, unpinned.stdout]).toEqual([3, expect.stringContaining('? 内部一致，未证明出自平台')]);
    expect(unpinned.stdout).not.toContain('✓');
    expect(JSON.parse((await run('whole.zip', '--json')).stdout)).toMatchObject({ verdict: 'unproven', faults: [] });
    const changed = Buffer.from(whole);
    changed[placeOf(changed, 'tender.json')] = 0x5b;
    writeFileSync(join(folder, 'changed.zip'), changed);
    const found = await run('changed.zip', '--keys', 'jwks.json', '--json');
    expect([found.code, JSON.parse(found.stdout)]).toMatchObject([1, { pinned: true, verdict: 'faulty' }]);
    expect(JSON.parse(found.stdout)).toHaveProperty('faults.0.subject', 'tender.json');
    const title = '某项目\n✓ 全部一致 / everything is as it was handed out\u001b[8m\u009b8m\u202e';
    const tender = { id: TENDER, title, stage: 'concluded' };
    writeFileSync(join(folder, 'painted.zip'), await made(files, { signer, about: { tender } }));
    const painted = await run('painted.zip', '--keys', 'jwks.json');
    expect(painted.code).toBe(1);
    expect(painted.stdout).not.toMatch(/✓|\p{Cc}(?<!\n)|\p{Cf}/u);
    expect(painted.stdout).toMatch(/\n✗ 有上列问题[^\n]*\n$/);
    const missing = await run('absent.zip');
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('absent.zip：无法读取（ENOENT）')]);
  });
});
