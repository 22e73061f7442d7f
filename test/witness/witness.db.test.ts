import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../db/access/open.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { signHead } from '../../services/log/sign-head.ts';
import { verifyCosignature } from '../../proofs/witness.ts';
import { openWitness, type WitnessFolder } from '../../cli/witness/folder.ts';
import { headAt, refuseUnwitnessed, tellWitness, witnessesOf } from '../../cli/witness/client.ts';
import { serveWitness, witnessApp } from '../../cli/witness/server.ts';
import { createSigner, newSigningKey } from '../../proofs/signing.ts';
import { dialect, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { quickPlace } from '../setup/quick-place.ts';
import { testSigner } from '../setup/signer.ts';

let db: TestDatabase;
let dir: string;
let folder: WitnessFolder;
let served: Awaited<ReturnType<typeof serveWitness>>;

const serve = async () => {
  const { publicJwk } = await testSigner();
  folder = await openWitness(join(dir, 'witness'), [publicJwk]);
  served = await serveWitness(
    witnessApp(folder, () => 7),
    { host: '127.0.0.1', port: 0 },
  );
};
const stop = () => new Promise((closed) => served.server.close(closed));

beforeEach(async () => {
  db = await temporaryDatabase();
  dir = mkdtempSync(join(quickPlace(), 'kaibiao-witness-'));
  await serve();
});
afterEach(async () => {
  await stop();
  await db.close();
  rmSync(dir, { recursive: true, force: true });
});

let made = 0;
const grow = async (on: Pick<TestDatabase, 'transaction'> = db) => {
  made += 1;
  const organisation = { name: `第${made}家`, creditCode: `9136000000000${String(made).padStart(4, '0')}X` };
  await on.transaction((tx) => createOrganisation(tx, UNATTENDED, organisation));
};
const told: string[] = [];
const log = { warn: (_about: unknown, text?: string) => void told.push(text ?? '') } as never;
const refused = (on: Pick<TestDatabase, 'read'> = db, witness = served.url) =>
  refuseUnwitnessed(on, [witness], log).then(
    () => null,
    (error: unknown) => (error as { messageEn: string }).messageEn,
  );

it('is told heads that continue each other, signs them with its own clock, and has the last after a restart', async () => {
  const signer = await testSigner();
  expect(await tellWitness(db, served.url)).toBe('same');
  await grow();
  const first = await signHead(db, signer);
  expect(await tellWitness(db, served.url)).toBe('told');
  expect(await tellWitness(db, served.url)).toBe('same');
  await grow();
  await grow();
  const second = await signHead(db, signer);
  expect(await tellWitness(db, served.url)).toBe('told');
  await stop();
  await serve();
  const has = await headAt(served.url);
  expect(has).toMatchObject({ size: second.size, root: second.root, head: second.jws });
  expect(second.size).toBeGreaterThan(first.size);
  expect(await verifyCosignature(has?.cosignature ?? '', [folder.signer.publicJwk])).toEqual({
    size: second.size,
    root: second.root,
    at: 7,
  });
  expect(await refused()).toBeNull();
});

it('refuses what it is not asked rightly: no proof, another log, another key, a head of before', async () => {
  const signer = await testSigner();
  await grow();
  await grow();
  await signHead(db, signer);
  await tellWitness(db, served.url);
  const add = async (body: unknown) => {
    const response = await fetch(`${served.url}/add-head`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return [response.status, ((await response.json()) as { code?: string }).code];
  };
  const size = folder.last()?.size ?? 0;
  const headOf = (claims: object, by = signer) => by.sign('kb-tree-head', { at: 1, ...claims });
  const root = 'a'.repeat(64);
  expect(await add({ old: size, proof: [], head: await headOf({ size: size + 1, root }) })).toEqual([
    422,
    'not-continued',
  ]);
  expect(await add({ old: size, proof: [], head: await headOf({ size, root }) })).toEqual([422, 'not-continued']);
  expect(await add({ old: size - 1, proof: [], head: await headOf({ size: size + 1, root }) })).toEqual([
    409,
    'another-head',
  ]);
  const other = await createSigner(await newSigningKey());
  expect(await add({ old: size, proof: [], head: await headOf({ size: size + 1, root }, other) })).toEqual([
    403,
    'not-signed',
  ]);
  expect(await add({ old: size, proof: ['x'], head: 'x' })).toEqual([400, 'malformed-request']);
  expect(folder.last()?.size).toBe(size);
});

it('a start on an earlier state, or on another log, is refused, and verify names the witness', async () => {
  const signer = await testSigner();
  await grow();
  await signHead(db, signer);
  await tellWitness(db, served.url);
  const storage = { ...db.storage, dataDir: join(dir, 'earlier') };
  // As it was then, signed heads and all; on a server, another database.
  const earlier = await temporaryDatabase();
  await grow(earlier);
  await signHead(earlier, signer);
  if (dialect === 'sqlite') cpSync(db.dataDir, storage.dataDir, { recursive: true });
  await grow();
  await signHead(db, signer);
  expect(await tellWitness(db, served.url)).toBe('told');
  const witnessed = [{ witness: served.url, ...(await headAt(served.url)) }] as never;
  if (dialect === 'sqlite') {
    const opened = await openDatabase(storage);
    expect(await refused(opened)).toMatch(/has seen more of the log/);
    expect(await tellWitness(opened, served.url)).toBe('ahead');
    const { faults } = await verifyInstallation({ ...opened, witnessed });
    expect(faults.map(({ subject }) => subject)).toEqual([`witness/${served.url}`]);
    await opened.close();
  }
  await grow(earlier);
  await signHead(earlier, signer);
  expect(await refused(earlier)).toMatch(/another log/);
  const { faults } = await verifyInstallation({ ...earlier, witnessed });
  expect(faults.map(({ subject }) => subject)).toContain(`witness/${served.url}`);
  await earlier.close();
  // Its own people take a log anew.
  folder.acceptRestored(1);
  expect(await headAt(served.url)).toBeNull();
  expect(await refused()).toBeNull();
  expect(await tellWitness(db, served.url)).toBe('told');
});

it('one that does not answer, or answers nonsense, stops nothing and is reported', async () => {
  told.length = 0;
  await grow();
  expect(await refused(db, 'http://127.0.0.1:1')).toBeNull();
  expect(told).toEqual(['a witness of the log does not answer']);
  await expect(tellWitness(db, 'http://127.0.0.1:1')).rejects.toThrow();
  expect(witnessesOf({ KAIBIAO_WITNESSES: ' https://a.example/w/ , http://b.example' })).toEqual([
    'https://a.example/w',
    'http://b.example',
  ]);
  for (const bad of ['a.example', 'ftp://a.example', 'https://u:p@a.example', 'https://a.example/?x=1']) {
    expect(() => witnessesOf({ KAIBIAO_WITNESSES: bad }), bad).toThrow(/KAIBIAO_WITNESSES/);
  }
});

it('its first start needs the keys of the platform', async () => {
  await expect(openWitness(join(dir, 'other'), null)).rejects.toThrow(/--keys/);
});
