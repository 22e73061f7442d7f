import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { custodianDir, keptPassphrase, readFacts, rotateKey } from '../../cli/custodian/folder.ts';
import { prepareLocalCustodians } from '../../cli/custodian/local.ts';
import { readPassphrase } from '../../cli/settings/passphrase.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { keysInForce } from '../../db/custodians.ts';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { registerKey } from '../../services/custodians/register-key.ts';
import { retireKey } from '../../services/custodians/retire-key.ts';

let db: TestDatabase;
let env: NodeJS.ProcessEnv;
let said: string[];

beforeEach(async () => {
  db = await temporaryDatabase();
  env = { KAIBIAO_DATA_DIR: db.dataDir, KAIBIAO_SIGNING_KEY: '', DATABASE_URL: 'postgres://a:secret@b/c' };
  said = [];
});
afterEach(() => db.close());

const prepare = () => prepareLocalCustodians(env, db, (line) => said.push(line));
const inForce = async (custodian: Custodian) => (await keysInForce(db.read)).find((key) => key.custodian === custodian);
const newestHere = (custodian: Custodian) => readFacts(custodianDir(custodian, env)).recipients[0];

it('three are made at the first start and registered; a later start changes nothing', async () => {
  const made = await prepare();
  expect(made?.command).toEqual(['custodian', ...CUSTODIANS.flatMap((custodian) => ['--as', custodian])]);
  // The platform's secrets are not theirs.
  expect([made?.env.DATABASE_URL, made?.env.KAIBIAO_SIGNING_KEY]).toEqual(['', '']);
  const keys = await keysInForce(db.read);
  expect(keys.map(({ recipient }) => recipient)).toEqual(CUSTODIANS.map(newestHere));
  expect((await prepare())?.command).toEqual(made?.command);
  expect(await keysInForce(db.read)).toEqual(keys);
  expect(said).toEqual([]);
  expect(await prepareLocalCustodians({ ...env, KAIBIAO_LOCAL_CUSTODIANS: 'off' }, db, () => undefined)).toBeNull();
});

it('a custodian whose registered key is elsewhere is not run here', async () => {
  const elsewhere = await identityToRecipient(await generateX25519Identity());
  await db.transaction((tx) => registerKey(tx, UNATTENDED, { custodian: 'supervisor', recipient: elsewhere }));
  expect((await prepare())?.command).toEqual(['custodian', '--as', 'centre', '--as', 'purchaser']);
  expect((await inForce('supervisor'))?.recipient).toBe(elsewhere);
});

it('after a rotation here the newest is registered; a key that the office retired is not put back', async () => {
  await prepare();
  const dir = custodianDir('centre', env);
  const passphrase = await readPassphrase({ file: keptPassphrase(dir), named: '', question: { zh: '', en: '' } });
  const newest = await rotateKey(dir, passphrase, 1);
  await prepare();
  expect((await inForce('centre'))?.recipient).toBe(newest);
  const retired = (await inForce('centre'))?.id ?? '';
  await db.transaction((tx) => retireKey(tx, UNATTENDED, retired));
  expect((await prepare())?.command).toContain('centre');
  expect(await inForce('centre')).toBeUndefined();
  expect(said.join()).toContain('custodian rotate --as centre');
});

it('lost keys are generated again only where the office has retired the former ones', async () => {
  await prepare();
  rmSync(join(custodianDir('purchaser', env)), { recursive: true });
  expect((await prepare())?.command).not.toContain('purchaser');
  const lost = (await inForce('purchaser'))?.id ?? '';
  await db.transaction((tx) => retireKey(tx, UNATTENDED, lost));
  expect((await prepare())?.command).toContain('purchaser');
  expect((await inForce('purchaser'))?.recipient).toBe(newestHere('purchaser'));
});
