import { beforeAll, describe, expect, it } from 'vitest';
import { auditAfter, listAudit } from '../../db/audit.ts';
import { logSize, placeOf } from '../../db/log.ts';
import { verifyExport, type ExportLine, type VerifiedExport } from '../../proofs/export.ts';
import { leafOf } from '../../proofs/leaf.ts';
import { verifyConsistency, verifyInclusion } from '../../proofs/merkle.ts';
import { createSigner, newSigningKey, type PublicJwk } from '../../proofs/signing.ts';
import { verifyTreeHead } from '../../proofs/tree-head.ts';
import { MEMBER_ROLES, startTestApi, type Answered } from '../setup/api.ts';
import { procurements } from '../../db/schema/sqlite.ts';
import { testSigner } from '../setup/signer.ts';
import { advance, bid, decide, handClock, obtainDocuments, people, publishedTender } from '../setup/tenders/tender.ts';
import { signHead } from '../../services/log/sign-head.ts';

const signer = await testSigner();

it('the keys that the platform has signed with are public, those of before too, and no secret is among them', async () => {
  await using api = await startTestApi();
  const first = await signHead(api.db, signer);
  const next = await createSigner(await newSigningKey());
  const second = await signHead(api.db, next);
  const { status, headers, text } = await api.call('GET', '/.well-known/jwks.json');
  expect([status, headers.get('content-type')]).toEqual([200, 'application/jwk-set+json; charset=utf-8']);
  const { keys } = JSON.parse(text) as { keys: PublicJwk[] };
  expect(new Set(keys.map(({ kid }) => kid))).toEqual(new Set([signer.kid, next.kid]));
  expect(text).not.toContain('"d"');
  for (const { jws, size } of [first, second]) expect(await verifyTreeHead(jws, keys)).toMatchObject({ size });
});

const linesOf = ({ text }: Answered): ExportLine[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ExportLine);

async function* written(lines: readonly unknown[]): AsyncGenerator<string> {
  for (const line of lines) yield JSON.stringify(line);
}
const check = (lines: readonly unknown[], keys: readonly PublicJwk[] | null = null): Promise<VerifiedExport> =>
  verifyExport(written(lines), keys);

/**
 * Two tenders: one that is opened, with three bids, and one whose bids are sealed still, or which was terminated.
 */
async function town(second: 'sealed' | 'terminated' = 'sealed') {
  const clock = handClock('2026-02-01');
  const api = await startTestApi({ database: { machineClock: clock.read } });
  const { db } = api;
  const who = await people(db, 4);
  const opened = await publishedTender(db, clock, who, 'government');
  await signHead(db, signer);
  const sealed = await publishedTender(db, clock, who, 'tendering');
  for (const index of [0, 1, 2]) await bid(db, who, index, opened.id);
  await obtainDocuments(db, who, 3, sealed.id);
  const secret = await bid(db, who, 3, sealed.id);
  clock.set(opened.bidDeadline ?? 0);
  await advance(db, opened.id);
  if (second === 'terminated') {
    const decision = { ground: 'force-majeure', reasonZh: '洪水' } as const;
    await decide(db, who.asPurchaser, { procurementId: sealed.id, lotNo: 0, kind: 'terminate', payload: decision });
  }
  const head = await signHead(db, signer);
  return { api, db, who, opened, sealed, secret, head };
}

it('everybody sees the signed heads and has their proofs; of what came after the last one nothing', async () => {
  const { api, db, head } = await town();
  await using _ = api;
  const entries = await auditAfter(db.read, 0, 1_000);
  expect((await api.call('GET', '/api/log/head')).body).toMatchObject({ size: head.size, root: head.root });
  const heads = (await api.call('GET', '/api/log/heads?limit=1')).get('items') as { size: number; root: string }[];
  const first = heads[0] as (typeof heads)[number];
  const consistency = await api.call('GET', `/api/log/consistency?first=${first.size}&second=${head.size}`);
  const proof = consistency.get('proof') as string[];
  const continued = { first: first.size, second: head.size, firstRoot: first.root, secondRoot: head.root };
  expect(verifyConsistency({ ...continued, proof })).toBe(true);
  const notice = entries.find(({ action }) => action === 'notice.publish');
  const index = (notice && (await placeOf(db.read, notice)))?.index;
  const included = await api.call('GET', `/api/log/inclusion?index=${index}&size=${head.size}`);
  const claim = { index: Number(index), size: head.size, root: head.root, proof: included.get('proof') as string[] };
  expect(verifyInclusion({ ...claim, leaf: leafOf(String(notice?.hash), String(notice?.detail.hash)) })).toBe(true);

  await db.transaction(async (tx) => void tx.trail.push({ ...(entries[0] as (typeof entries)[number]), at: tx.now }));
  expect(await logSize(db.read)).toBeGreaterThan(head.size);
  expect((await api.call('GET', '/api/log/head')).get('size')).toBe(head.size);
  for (const query of [
    `inclusion?index=${head.size}&size=${head.size + 1}`,
    `inclusion?index=${head.size}&size=${head.size}`,
    `consistency?first=1&second=${head.size + 1}`,
    'consistency?first=0&second=1',
  ])
    expect((await api.call('GET', `/api/log/${query}`)).status, query).toBe(404);
  expect((await api.call('GET', '/api/log/inclusion?index=-1&size=x')).status).toBe(422);
  expect(linesOf(await api.call('GET', '/api/log/export')).filter(({ type }) => type === 'leaf')).toHaveLength(
    head.size,
  );
});

const WATCHERS = ['office', 'supervisor', 'discipline', 'auditor'];

it('an export checks off-line, for the public and with the entries for those who watch', async () => {
  const { api, opened } = await town('terminated');
  await using _ = api;
  const answer = await api.call('GET', '/api/log/export');
  expect(answer.headers.get('content-type')).toBe('application/jsonl');
  // It grows while it is sent: no part of it can be asked for (RFC 9110 14.3).
  expect(answer.headers.get('accept-ranges')).toBe('none');
  const checked = await check(linesOf(answer), [signer.publicJwk]);
  expect(checked).toMatchObject({ pinned: true, entries: 0, openings: 1, heads: 2, faults: [] });
  for (const role of MEMBER_ROLES) {
    const member = await api.member(role);
    const lines = linesOf(await member.call('GET', '/api/log/export'));
    const { faults, entries } = await check(lines);
    expect(faults, role).toEqual([]);
    const watches = WATCHERS.includes(role);
    expect(entries > 0, role).toBe(watches);
    // Confidential until the opening, and disclosed after it.
    const bids = lines.filter((line) => line.type === 'leaf' && line.of === 'bid');
    expect(bids, role).toHaveLength(3);
    if (watches)
      expect(bids.every((line) => line.type === 'leaf' && line.audit?.procurementId === opened.id)).toBe(true);
  }
});

it('while a tender is not opened, those who watch export what the public does, and see no session of a supplier', async () => {
  const { api, db } = await town();
  await using _ = api;
  const supplier = await api.member('supplier');
  await supplier.call('DELETE', '/api/session');
  await signHead(db, signer);
  // What is under the first head was written before that tender was announced.
  const later = (lines: ExportLine[]) => lines.slice(lines.findIndex(({ type }) => type === 'head'));
  const all = later(linesOf(await api.call('GET', '/api/log/export')));
  for (const role of WATCHERS) {
    const member = await api.member(role as (typeof MEMBER_ROLES)[number]);
    expect(later(linesOf(await member.call('GET', '/api/log/export'))), role).toEqual(all);
  }
  // Sessions of the others are shown; those of suppliers once nothing that was announced before them is sealed.
  const auditor = await api.member('auditor');
  const shown = async () => (await listAudit(db.read, { limit: 1_000 })).map(({ actor }) => actor.accountId);
  expect(await shown()).toContain(auditor.accountId);
  expect((await shown()).includes(supplier.accountId)).toBe(false);
  await db.transaction((tx) => tx.q.update(procurements).set({ openedAt: tx.now }));
  expect(await shown()).toContain(supplier.accountId);
  const lines = linesOf(await auditor.call('GET', '/api/log/export'));
  expect((await check(lines, [signer.publicJwk])).faults).toEqual([]);
  const acts = lines.flatMap((line) => (line.type === 'leaf' && line.audit ? [String(line.audit.action)] : []));
  expect(acts).toEqual(expect.arrayContaining(['session.begin', 'session.end', 'bid.submit']));
  expect(acts.filter((action) => action.startsWith('log.'))).toEqual([]);
});

it('nothing in it discloses who has bid before the opening, or what a confidential entry is', async () => {
  const { api, db, who, opened, secret } = await town();
  await using _ = api;
  const entries = await auditAfter(db.read, 0, 1_000);
  const hidden = entries.filter((entry) => entry.confidential && entry.procurementId !== opened.id);
  expect(hidden.map(({ action }) => action)).toEqual(expect.arrayContaining(['document.obtain', 'bid.submit']));
  for (const role of ['public', ...MEMBER_ROLES] as const) {
    const by = role === 'public' ? api : await api.member(role);
    const answers = [];
    for (const path of ['export', 'head', 'heads']) answers.push(await by.call('GET', `/api/log/${path}`));
    const text = answers.map((answer) => answer.text).join('\n');
    for (const told of [secret.id, secret.sha256, `account-${String(who.suppliers[3]?.creditCode)}`])
      expect(text, role).not.toContain(told);
    // With the hash of an entry its leaf would show whether it has a fact, and confirm a guess.
    for (const { hash } of hidden) expect(text).not.toContain(hash);
    const leaves = linesOf(answers[0] as Answered).filter((line) => line.type === 'leaf');
    for (const each of hidden) {
      const { index } = (await placeOf(db.read, each)) ?? {};
      expect(Object.keys(leaves[Number(index)] ?? {}), role).toEqual(['type', 'index', 'leaf']);
    }
  }
});

describe('a byte that was changed is found, with its line and its subject', () => {
  /** A number becomes the next, a text another of the same length. */
  const other = (value: unknown): unknown =>
    typeof value === 'number' ? value + 1 : String(value).replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const changes: [what: string, type: string, path: string, subject: RegExp][] = [
    ['how many leaves there are', 'export', 'size', /export/],
    ['the format', 'export', 'format', /export/],
    ['a key', 'key', 'jwk.x', /head/],
    ['the name of a key', 'key', 'jwk.kid', /head/],
    ['a leaf', 'leaf', 'leaf', /leaf/],
    ['the place of a leaf', 'leaf', 'index', /leaf/],
    ['the entry of a leaf', 'leaf', 'entry', /leaf/],
    ['the fact of a leaf', 'leaf', 'fact', /leaf/],
    ['what an entry says', 'leaf', 'audit.action', /audit/],
    ['when it was', 'leaf', 'audit.at', /audit/],
    ['who it was', 'leaf', 'audit.actor.role', /audit/],
    ['the chain', 'leaf', 'audit.previousHash', /audit/],
    ['a notice', 'notice', 'notice.titleZh', /notice/],
    ['what a notice says', 'notice', 'notice.content.title', /notice/],
    ['the hash of a notice', 'notice', 'notice.hash', /notice/],
    ['the place of a notice', 'notice', 'index', /notice/],
    ['the size of a bid in an opening record', 'opening', 'opening.entries.0.size', /opening/],
    ['the bid itself', 'opening', 'opening.entries.0.sha256', /opening/],
    ['its bidder', 'opening', 'opening.entries.0.supplier', /opening/],
    ['the number of bidders', 'opening', 'opening.bidders', /opening/],
    ['the lot of an opening record', 'opening', 'opening.lotNo', /opening/],
    ['the root of a head', 'head', 'root', /head/],
    ['the size of a head', 'head', 'size', /head/],
    ['the instant of a head', 'head', 'at', /head/],
    ['what was signed', 'head', 'jws', /head/],
  ];
  let lines: ExportLine[];
  beforeAll(async () => {
    const { api } = await town('terminated');
    await using _ = api;
    const auditor = await api.member('auditor');
    lines = linesOf(await auditor.call('GET', '/api/log/export'));
    expect((await check(lines)).faults).toEqual([]);
  });

  it.each(changes)('%s', async (_what, type, path, subject) => {
    // A line with every field that its type can have.
    const at = lines.findIndex(
      (line) => line.type === type && (line.type !== 'leaf' || line.audit?.action === 'notice.publish'),
    );
    const changed = structuredClone(lines);
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const holder = keys.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], changed[at]);
    const values = holder as Record<string, unknown>;
    // The last character of a signature may say less than a byte.
    values[last] = last === 'jws' ? String(values[last]).replace('.', '.e') : other(values[last]);
    const { faults } = await check(changed);
    expect(faults[0]).toMatchObject({
      line: type === 'key' || type === 'export' ? (expect.any(Number) as number) : at + 1,
      subject: expect.stringMatching(subject) as string,
      zh: expect.stringMatching(/[\u4e00-\u9fff]/) as string,
    });
  });

  it('a line that is gone, of any type, is missed', async () => {
    for (const type of ['export', 'key', 'leaf', 'notice', 'head'] as const) {
      const at = lines.findLastIndex((line) => line.type === type);
      const { faults } = await check(lines.filter((_, index) => index !== at));
      expect(faults, type).not.toEqual([]);
    }
  });

  it('nonsense is a fault, not a crash, and other keys than those pinned are not believed', async () => {
    for (const nonsense of [null, 7, {}, { type: 'leaf' }, { type: 'head' }, { type: 'opening' }, { type: 'notice' }]) {
      expect((await check([lines[0], nonsense, ...lines.slice(1)])).faults).not.toEqual([]);
    }
    const other = await createSigner(await newSigningKey());
    const { faults } = await check(lines, [other.publicJwk]);
    expect(faults.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([`signing-key/${signer.kid}`, expect.stringMatching(/^head/) as string]),
    );
  });
});
