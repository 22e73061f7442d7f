import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { packed } from '../../api/dossiers/package.ts';
import { fileName } from '../../api/dossiers/names.ts';
import { bytesOfText, type Item } from '../../api/dossiers/reading.ts';
import { ROUTES } from '../../api/routes.ts';
import { openPackage } from '../../cli/dossiers/zip.ts';
import { CommandFailure } from '../../cli/settings/failure.ts';
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
const [TENDER_NOTICE, RECORD] = ['01a22601-0000-7000-8000-000000000001', '01a22601-0000-7000-8000-000000000002'];
const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const AT = Date.parse('2026-04-08T09:30:00+08:00');

const SEALED = 'a sealed bid';
const bidder = {
  supplier: '甲公司',
  sha256: sha256(SEALED),
  size: SEALED.length,
  receivedAt: '2026-04-08T09:00:00+08:00',
};

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
  const notices = [noticeOf(TENDER_NOTICE, 'tender', {}), noticeOf(RECORD, 'opening-record', { bidders: [bidder] })];
  const details: [action: string, of: DossierLeaf['of'], detail: Record<string, unknown>][] = [
    ['notice.publish', 'notice', { hash: notices[0]?.hash }],
    ['bid.submit', 'bid', { sha256: sha256(SEALED) }],
    ['notice.publish', 'notice', { hash: notices[1]?.hash }],
  ];
  const tree = new GrowingTree();
  const nodes = new Map<string, string>();
  const grow = (leaf: string) =>
    tree.append(leaf).forEach(({ level, index, hash }) => nodes.set(`${level}/${index}`, hash));
  let previousHash = '0'.repeat(64);
  const entries = details.map(([action, of, detail], index) => {
    const audit = {
      ...{ seq: index + 1, at: AT + index, action, procurementId: TENDER, subject: `x/${index}`, detail },
      previousHash,
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
  const head = { size, root: tree.root(), at: AT + 10 };
  const jws = await signer.sign(TREE_HEAD, head);
  const bidEntry = entries[1] as (typeof entries)[number];
  const statement = {
    ...{ procurementId: TENDER, lotNo: 1, bidId: BID, version: 1, bidder: '91360000000000001S' },
    ...{ sha256: sha256(SEALED), size: SEALED.length, receivedAt: AT - 1_800_000, deadline: AT, headBy: AT },
    entry: bidEntry.entry,
  };
  const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  return new Map([
    ['tender.json', '{"title":"某项目"}'],
    ...notices.map((notice): [string, string] => [`notices/${notice.id}.json`, JSON.stringify(notice)]),
    [`notices/${TENDER_NOTICE}.html`, '<!doctype html>'],
    ['documents.json', JSON.stringify({ items: [{ sha256: sha256('招标文件') }] })],
    ['documents/1/招标文件.pdf', '招标文件'],
    ['opening.json', JSON.stringify({ items: [{ lotNo: 1, opened: true, entries: [{ bidId: BID, ...bidder }] }] })],
    [`bids/1/${BID}/sealed.bid`, SEALED],
    [
      `bids/1/${BID}/receipt.json`,
      JSON.stringify({
        signed: await signer.sign(RECEIPT, statement),
        proof: { head: jws, index: bidEntry.index, inclusion: await proofOf(bidEntry.index) },
      }),
    ],
    [`bids/1/${BID}/parts.json`, JSON.stringify({ items: [{ path: 'a.txt', sha256: sha256('part') }] })],
    [`bids/1/${BID}/parts/1-a.txt`, 'part'],
    ['grievances.json', JSON.stringify({ items: [{ attachments: [{ sha256: sha256('evidence') }] }] })],
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
          ...{ hash: entry, action, subject, detail },
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
}

async function made(
  files: ReadonlyMap<string, string>,
  { signer, listed = (all) => all, late = [] }: Making,
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
    };
    const text = JSON.stringify(manifest, null, 2);
    yield itemOf(['manifest.json', text]);
    yield itemOf([
      'manifest.jws',
      await signer.sign(DOSSIER, { procurementId: TENDER, at: AT, manifest: sha256(text) }),
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
      ...{ faults: [], pinned: true, notices: 2, receipts: 1, entries: 3, proven: 3 },
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
    expect(names).toHaveLength(20);
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
    expect((await verified(added, KEYS)).faults).toEqual([
      { subject: 'tender/other.json', zh: '清单中没有此文件', en: 'is not in the manifest' },
    ]);
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
    const many = await zipOf([
      ...Array.from({ length: 3_000 }, (_, no) => `documents/${no}/document.pdf`),
      'manifest.json',
    ]);
    expect((await verified(many, null)).faults).toMatchObject([{ subject: 'manifest.json' }]);
  });

  it('with bytes that no hash covers, with files over each other, or cut, is refused', async () => {
    expect(await refusal(Buffer.concat([whole, Buffer.from('x')]))).toMatch(/不是完整的 zip|不属于任何文件/);
    const end = whole.length - 22;
    const central = whole.readUInt32LE(end + 16);
    const hidden = Buffer.concat([whole.subarray(0, central), Buffer.from('hidden'), whole.subarray(central)]);
    hidden.writeUInt32LE(central + 6, end + 6 + 16);
    expect(await refusal(hidden)).toContain('有 6 字节不属于任何文件');
    const lapped = await zipOf(['a', 'b', 'manifest.json'], { text: 'y'.repeat(999) });
    const second = lapped.indexOf('PK\u0001\u0002', lapped.indexOf('PK\u0001\u0002') + 4);
    lapped.writeUInt32LE(0, second + 42);
    expect(await refusal(lapped)).toContain('有两个名称');
    expect(await refusal(whole.subarray(0, -100))).toContain('不是完整的 zip');
    expect(await refusal(Buffer.from('not a zip'))).toContain('不是完整的 zip');
    expect(
      await refusal(
        renamed(whole, 'x', 'x').fill('ZZZZ', placeOf(whole, 'tender.json') - 11, placeOf(whole, 'tender.json')),
      ),
    ).toContain('有两个名称');
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
    // Of a draft.
    '/procurements/{id}/check',
    // A bidder's own.
    '/procurements/{id}/lots/{no}/deposit',
    '/procurements/{id}/lots/{no}/deposit/{depositId}/document',
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

  it('needs neither an installation nor a key, says what its own key proves, and ends with 0, 1 or 2', async () => {
    writeFileSync(join(folder, 'whole.zip'), whole);
    const pinned = await run('whole.zip', '--keys', 'jwks.json');
    expect([pinned.code, pinned.stderr]).toEqual([0, '']);
    expect(pinned.stdout).toMatch(/^某项目（.*）\n已完成 \/ complete\n/);
    expect(pinned.stdout).toContain('✓ 全部一致');
    expect(pinned.stdout).not.toContain('公钥取自档案本身');
    expect((await run('whole.zip')).stdout).toContain('公钥取自档案本身：只说明档案内部一致，不能证明出自平台');
    const changed = Buffer.from(whole);
    changed[placeOf(changed, 'tender.json')] = 0x5b;
    writeFileSync(join(folder, 'changed.zip'), changed);
    const found = await run('changed.zip', '--keys', 'jwks.json', '--json');
    expect([found.code, JSON.parse(found.stdout)]).toMatchObject([
      1,
      { pinned: true, faults: [{ subject: 'tender.json' }] },
    ]);
    const missing = await run('absent.zip');
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('absent.zip：无法读取（ENOENT）')]);
  });
});
