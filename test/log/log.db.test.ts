import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter, recordAudit, UNATTENDED } from '../../db/audit.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { headsAfter, logSize, placeOf } from '../../db/log.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { stepOf } from '../../domain/log/batches.ts';
import { fillBatch } from '../../services/log/padding.ts';
import { consistencyProof, inclusionProof } from '../../services/log/proofs.ts';
import { openDatabase } from '../../db/access/open.ts';
import { signingKeysOf } from '../../db/signing-keys.ts';
import { deadlineHash, NotProven, verifyDeadline } from '../../proofs/deadline.ts';
import { factHashOf, leafOfEntry, NO_FACT } from '../../proofs/leaf.ts';
import { GrowingTree, verifyConsistency, verifyInclusion } from '../../proofs/merkle.ts';
import { createSigner, newSigningKey } from '../../proofs/signing.ts';
import { verifyTreeHead } from '../../proofs/tree-head.ts';
import { dialect, rawDatabase, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { testSigner } from '../setup/signer.ts';
import {
  at,
  bid,
  decide,
  handClock,
  obtainDocuments,
  people,
  publishedTender,
  type People,
} from '../setup/tenders/tender.ts';
import { deadlineProof } from '../../services/custodians/deadline-proof.ts';
import { signDueHead, signHead } from '../../services/log/sign-head.ts';

const signer = await testSigner();
const keys = [signer.publicJwk];
const clock = handClock('2026-02-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-02-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
});
afterEach(() => db.close());

const note = (count: number) =>
  db.transaction(async (tx) => {
    for (let n = 0; n < count; n += 1)
      recordAudit(tx, UNATTENDED, { action: 'test.note', procurementId: null, subject: `note/${n}` });
  });

/** The leaves of the trail, each batch of them sorted, reckoned without what is kept. */
async function leavesOfTrail(size: number): Promise<string[]> {
  const leaves = (await auditAfter(db.read, 0, size)).map(leafOfEntry);
  const ends = [0, ...(await headsAfter(db.read, 0, 100)).map((head) => head.size)];
  return ends.slice(1).flatMap((end, n) => leaves.slice(ends[n], end).sort());
}

async function rootOfTrail(size: number): Promise<string> {
  const tree = new GrowingTree();
  for (const leaf of await leavesOfTrail(size)) tree.append(leaf);
  expect(tree.size).toBe(size);
  return tree.root();
}

describe('a signed head', () => {
  it('is over the whole trail, is the same when asked for again, and never changes', async () => {
    await note(3);
    const head = await signHead(db, signer);
    expect(await verifyTreeHead(head.jws, keys)).toEqual({ size: head.size, root: head.root, at: head.signedAt });
    expect(head).toMatchObject({ size: await logSize(db.read), root: await rootOfTrail(head.size) });
    expect(await signHead(db, signer)).toEqual(head);
    const raw = await rawDatabase(db.storage);
    for (const table of ['tree_heads', 'signing_keys']) {
      await expect(raw.behind(`DELETE FROM ${table}`)).rejects.toThrow(/immutable/);
    }
    await expect(raw.behind("UPDATE tree_heads SET root = 'x'")).rejects.toThrow(/immutable/);
    if (dialect === 'sqlite') {
      await expect(raw.behind('INSERT OR REPLACE INTO tree_heads SELECT * FROM tree_heads')).rejects.toThrow(
        /immutable/,
      );
    }
    await raw.close();
  });

  it('comes out alike where the log grew by leaps of any size, and each proof holds', async () => {
    const sizes: number[] = [];
    for (const more of [1, 1, 2, 5, 498, 3, 620]) {
      await note(more);
      const head = await signHead(db, signer);
      expect(head.root).toBe(await rootOfTrail(head.size));
      sizes.push(head.size);
    }
    const heads = await headsAfter(db.read, 0, 100);
    expect(heads.map(({ size }) => size)).toEqual(sizes);
    const last = heads.at(-1);
    const leaves = await leavesOfTrail(last?.size ?? 0);
    for (const earlier of heads) {
      for (const index of [0, Math.floor(earlier.size / 2), earlier.size - 1]) {
        const proof = await inclusionProof(db.read, index, earlier.size);
        const leaf = String(leaves[index]);
        expect(verifyInclusion({ leaf, index, size: earlier.size, proof, root: earlier.root })).toBe(true);
      }
      const proof = await consistencyProof(db.read, earlier.size, last?.size ?? 0);
      const claim = { first: earlier.size, firstRoot: earlier.root, second: last?.size ?? 0, proof };
      expect(verifyConsistency({ ...claim, secondRoot: String(last?.root) })).toBe(true);
    }
  });

  it('is one where several workers sign at once', async () => {
    await note(20);
    const other = await openDatabase({ ...db.storage, machineClock: clock.read });
    try {
      const heads = await Promise.all([db, other, db, other].map((on) => signHead(on, signer)));
      expect(new Set(heads.map(({ jws }) => jws)).size).toBeLessThanOrEqual(2);
      for (const head of await headsAfter(db.read, 0, 10)) expect(head.root).toBe(await rootOfTrail(head.size));
    } finally {
      await other.close();
    }
  });

  it('is due at each instant of the schedule, and else not: no publication and no bid makes one', async () => {
    expect(await signDueHead(db, signer)).not.toBeNull();
    const { id } = await publishedTender(db, clock, who, 'tendering');
    const head = await signDueHead(db, signer);
    expect(await signDueHead(db, signer)).toBeNull();
    await bid(db, who, 0, id);
    expect(await signDueHead(db, signer)).toBeNull();
    clock.step(4 * 3_600_000);
    expect(await signDueHead(db, signer)).toMatchObject({ signedAt: db.now(), size: await logSize(db.read) });
    clock.set('2026-05-01');
    // Nothing came since, which is what the head of that day says.
    const silent = await signDueHead(db, signer);
    expect(silent?.signedAt).toBe(at('2026-05-01T00:00+08:00'));
    expect(silent?.size).toBeGreaterThan(Number(head?.size));
    expect(await signDueHead(db, signer)).toBeNull();
  });

  it('is where the first of two workers said that its batch ends, whatever comes after', async () => {
    const first = await signHead(db, signer);
    await note(3);
    // A worker stopped before it signed.
    const until = first.size + 40;
    await db.transaction(async (tx) => fillBatch(tx, { from: first.size, until, covers: 36 }));
    await note(5);
    await db.transaction(async (tx) => fillBatch(tx, { from: first.size, until: first.size + 64, covers: 3 }));
    const head = await signHead(db, signer);
    expect(head).toMatchObject({ size: until, root: await rootOfTrail(until) });
    const { size } = await signHead(db, signer);
    expect(size % stepOf(db.clock)).toBe(until % stepOf(db.clock));
    expect((await verifyInstallation(db)).faults).toEqual([]);
  });

  it('names a key that is on the list, with those before it', async () => {
    const first = await signHead(db, signer);
    clock.step(1_000);
    const second = await createSigner(await newSigningKey());
    const head = await signHead(db, second);
    expect(head.size).toBeGreaterThan(first.size);
    const published = await signingKeysOf(db.read);
    expect(published.map(({ kid }) => kid)).toEqual([signer.kid, second.kid]);
    expect(await verifyTreeHead(first.jws, published)).toMatchObject({ size: first.size });
    expect(await verifyTreeHead(head.jws, published)).toMatchObject({ size: head.size });
  });
});

describe('what is confidential', () => {
  it('leaves no trace in the size of the log, of any act of a bidder, and none in its own place', async () => {
    const { id } = await publishedTender(db, clock, who, 'tendering');
    const before = await signHead(db, signer);
    for (const index of [0, 1, 2]) await obtainDocuments(db, who, index, id);
    for (let n = 0; n < 5; n += 1) await bid(db, who, n % 3, id);
    const head = await signHead(db, signer);
    await note(1);
    const silent = await signHead(db, signer);
    expect([head.size - before.size, silent.size - head.size]).toEqual([2 * stepOf(db.clock), 2 * stepOf(db.clock)]);
    const entries = (await auditAfter(db.read, before.size, 1_000)).filter(({ seq }) => seq <= head.size);
    expect(entries.every(({ confidential }) => confidential)).toBe(true);
    const covers = entries.filter(({ action }) => action.startsWith('log.'));
    expect(new Set(covers.map(({ detail }) => detail.nonce)).size).toBe(covers.length);
    const leaves = await leavesOfTrail(head.size);
    for (const entry of entries.slice(0, 12)) {
      const place = await placeOf(db.read, entry);
      expect(place).toMatchObject({ head: { size: head.size } });
      expect(leaves[Number(place?.index)]).toBe(leafOfEntry(entry));
    }
  });
});

describe('what a leaf is about', () => {
  it('a notice by its hash, a bid by that of its file, and else nothing', async () => {
    const { id } = await publishedTender(db, clock, who, 'tendering');
    const { sha256 } = await bid(db, who, 0, id);
    const entries = await auditAfter(db.read, 0, 1_000);
    const factOf = (action: string) => factHashOf(entries.find((entry) => entry.action === action)?.detail ?? {});
    expect(factOf('notice.publish')).toMatch(/^[0-9a-f]{64}$/);
    expect(factOf('bid.submit')).toBe(sha256);
    expect(factOf('procurement.launch')).toBe(NO_FACT);
    expect(factHashOf({ hash: 'x', sha256: 7 })).toBe(NO_FACT);
  });
});

describe('the deadline in the log', () => {
  const refused = (promise: Promise<unknown>) => expect(promise).rejects.toThrow(NotProven);
  const proven = async (procurementId: string, known: { size: number; root: string } | null = null) =>
    verifyDeadline(await deadlineProof(db, signer, procurementId, known?.size ?? 0), keys, known);

  it('is shown to be the one in force, in a log that continues what was seen', async () => {
    const { id, bidDeadline } = await publishedTender(db, clock, who, 'government');
    const first = await proven(id);
    expect(first).toMatchObject({ procurementId: id, version: 1, bidDeadline });
    await note(40);
    const other = await publishedTender(db, clock, who, 'tendering');
    const second = await proven(other.id, first.head);
    expect(second).toMatchObject({ procurementId: other.id, version: 1, bidDeadline: other.bidDeadline });
    expect(second.head.size).toBeGreaterThan(first.head.size);
    // A head that was signed already serves both.
    expect((await proven(id, second.head)).head).toEqual(second.head);
  });

  it('is not believed from another log, under another key, forged, or without its place', async () => {
    const { id } = await publishedTender(db, clock, who, 'tendering');
    const { head } = await proven(id);
    const proof = await deadlineProof(db, signer, id, head.size);
    const rewritten = { size: head.size, root: head.root.replace(/^./, (c) => (c === '0' ? '1' : '0')) };
    await refused(verifyDeadline(proof, keys, rewritten));
    await refused(verifyDeadline(proof, keys, { ...head, size: head.size + 1 }));
    await refused(verifyDeadline(proof, [(await createSigner(await newSigningKey())).publicJwk], null));
    await refused(verifyDeadline({ ...proof, inclusion: proof.inclusion.slice(1) }, keys, null));
    const claims = JSON.parse(Buffer.from(proof.statement.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    const earlier = await signer.sign('kb-deadline', { ...claims, bidDeadline: at('2026-04-01') });
    // Signed, but never written down.
    await refused(verifyDeadline({ ...proof, statement: earlier }, keys, null));
    await refused(verifyDeadline({ ...proof, statement: proof.head }, keys, null));
    await note(1);
    await signHead(db, signer);
    await expect(deadlineProof(db, signer, 'unknown', 0)).rejects.toMatchObject({ code: 'not-found' });
  });

  const versions = async (procurementId: string) =>
    (await auditAfter(db.read, 0, 1_000))
      .filter((entry) => entry.action === 'deadline.set' && entry.procurementId === procurementId)
      .map(({ detail }) => {
        const { version, bidDeadline, hash } = detail as { version: number; bidDeadline: number | null; hash: string };
        expect(hash).toBe(deadlineHash({ procurementId, version, bidDeadline }));
        return [version, bidDeadline];
      });

  it('follows an amendment that moves it', async () => {
    const { id, bidDeadline } = await publishedTender(db, clock, who, 'tendering');
    const moved = at('2026-05-06T09:00+08:00');
    await decide(db, who.asPurchaser, {
      procurementId: id,
      lotNo: 0,
      kind: 'amend',
      payload: { textZh: '延期', affectsBids: false, documentIds: [], bidDeadline: moved },
    });
    expect(await versions(id)).toEqual([
      [1, bidDeadline],
      [2, moved],
    ]);
  });

  it('is none while an objection suspends the clock, even if an amendment is made meanwhile, and is set again by its answer', async () => {
    const { id, bidDeadline } = await publishedTender(db, clock, who, 'tendering');
    for (const index of [0, 1]) await obtainDocuments(db, who, index, id);
    const file = (index: number) =>
      db.transaction((tx) =>
        fileGrievance(tx, who.asSupplier(index), {
          procurementId: id,
          lotNo: 0,
          target: 'documents',
          organisationId: String(who.suppliers[index]?.id),
          textZh: '参数有倾向性',
        }),
      );
    clock.set('2026-04-01T09:00+08:00');
    const grievances = [await file(0), await file(1)];
    expect(await versions(id)).toEqual([
      [1, bidDeadline],
      [2, null],
    ]);
    expect(await proven(id)).toMatchObject({ version: 2, bidDeadline: null });
    clock.set('2026-04-03T09:00+08:00');
    for (const { id: grievanceId } of grievances) {
      expect(await versions(id)).toHaveLength(2);
      await decide(db, who.asPurchaser, {
        procurementId: id,
        lotNo: 0,
        grievanceId,
        kind: 'reply',
        payload: { outcome: 'rejected', effect: 'none', textZh: '不成立' },
      });
    }
    expect(await versions(id)).toEqual([
      [1, bidDeadline],
      [2, null],
      [3, at('2026-04-22T09:00+08:00')],
    ]);
  });

  it('is none once the tender is terminated', async () => {
    const { id } = await publishedTender(db, clock, who, 'tendering');
    await decide(db, who.asPurchaser, {
      procurementId: id,
      lotNo: 0,
      kind: 'terminate',
      payload: { ground: 'force-majeure', reasonZh: '洪水' },
    });
    expect((await versions(id)).at(-1)).toEqual([2, null]);
  });
});
