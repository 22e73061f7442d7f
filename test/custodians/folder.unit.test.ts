import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter, identityToRecipient } from 'age-encryption';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { judgeCustodians, type FoundCustodian } from '../../cli/doctor/custodians.ts';
import { custodianClock } from '../../cli/custodian/clock.ts';
import { keysOutside } from '../../cli/commands/backup.ts';
import {
  backUpCustodian,
  custodianDir,
  initCustodian,
  keptPassphrase,
  openCustodian,
  readFacts,
  restoreCustodian,
  rotateKey,
  trustKeys,
} from '../../cli/custodian/folder.ts';
import { CUSTODIANS } from '../../domain/bids/sealing.ts';
import { createSigner, newSigningKey } from '../../proofs/signing.ts';

const root = mkdtempSync(join(tmpdir(), 'kaibiao-custodian-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const { publicJwk } = await createSigner(await newSigningKey());
let dir: string;
let count = 0;
beforeEach(() => {
  count += 1;
  dir = join(root, String(count));
});

const init = () => initCustodian(dir, { custodian: 'centre', platform: [publicJwk], passphrase: null, now: 0 });
const passphrase = (of = dir) => readFileSync(keptPassphrase(of) ?? '', 'utf8').trim();
const refusal = (code: string) => expect.objectContaining({ code }) as Error;
const seen = { kind: 'deadline', at: 1, procurementId: 'a', version: 1, bidDeadline: 2, size: 3, root: 'r' } as const;

describe('the folder of a custodian', () => {
  it('holds the key for its owner alone, encrypted by age itself', async () => {
    const { recipients } = await init();
    for (const name of ['identities.age', 'custodian.json', 'passphrase']) {
      expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600);
    }
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase());
    const text = await decrypter.decrypt(readFileSync(join(dir, 'identities.age')), 'text');
    const [identity = ''] = text.match(/^AGE-SECRET-KEY-1.+$/m) ?? [];
    expect(await identityToRecipient(identity)).toBe(recipients[0]);
    await expect(init()).rejects.toEqual(refusal('custodian-exists'));
    await expect(openCustodian(dir, 'another')).rejects.toEqual(refusal('wrong-passphrase'));
    chmodSync(join(dir, 'identities.age'), 0o640);
    await (await openCustodian(dir, passphrase())).close();
    chmodSync(join(dir, 'identities.age'), 0o604);
    await expect(openCustodian(dir, passphrase())).rejects.toEqual(refusal('secret-file'));
  });

  it('is named by a backup of the data, which does not contain it', async () => {
    const env = { KAIBIAO_DATA_DIR: dir, KAIBIAO_BANK_SECRET: 'secret' };
    const options = { custodian: 'centre', platform: [publicJwk], passphrase: null, now: 0 } as const;
    await initCustodian(custodianDir('centre', env), options);
    const outside = new Map(keysOutside(env).map(({ key, en }) => [key, en]));
    expect(outside.get('custodian/centre')).toContain('kaibiao custodian backup FILE --as centre');
    for (const custodian of ['purchaser', 'supervisor']) {
      expect(outside.get(`custodian/${custodian}`)).toContain('its operators');
    }
    expect([...outside.keys()].slice(3)).toEqual([
      join(dir, 'signing.key'),
      join(dir, 'committee.key'),
      join(dir, 'session.key'),
      'KAIBIAO_BANK_SECRET',
    ]);
    expect(JSON.stringify([...outside])).not.toContain('secret');
  });

  it('remembers what it has seen over a restart, and drops a line that was cut off', async () => {
    await init();
    const first = await openCustodian(dir, passphrase());
    await first.memory.add(seen);
    await first.close();
    appendFileSync(join(dir, 'memory.jsonl'), '{"kind":"deadline","procurementId":"b","ver');
    const second = await openCustodian(dir, passphrase());
    expect([second.memory.head, second.memory.procurements]).toEqual([{ size: 3, root: 'r' }, 1]);
    await second.memory.add({ ...seen, procurementId: 'c', size: 5 });
    await second.close();
    const third = await openCustodian(dir, passphrase());
    expect([third.memory.head?.size, third.memory.procurements]).toEqual([5, 2]);
    await third.close();
    writeFileSync(join(dir, 'memory.jsonl'), 'nonsense\n');
    await expect(openCustodian(dir, passphrase())).rejects.toEqual(refusal('bad-memory'));
  });

  it('keeps the keys of before a rotation, the newest first', async () => {
    const { recipients: before } = await init();
    const newest = await rotateKey(dir, passphrase(), 1);
    const opened = await openCustodian(dir, passphrase());
    await opened.close();
    expect(opened.recipients).toEqual([newest, ...before]);
    expect(await Promise.all(opened.identities.map(identityToRecipient))).toEqual([newest, ...before]);
  });

  it('is restored with its memory, and over nothing but itself', async () => {
    await init();
    const first = await openCustodian(dir, passphrase());
    await first.memory.add(seen);
    await first.close();
    const file = join(root, `${count}.age`);
    await backUpCustodian(dir, file, { key: passphrase(), backup: 'backup' });
    await expect(backUpCustodian(dir, file, { key: passphrase(), backup: 'x' })).rejects.toEqual(
      refusal('file-exists'),
    );
    const options = { custodian: 'centre', backup: 'backup', key: null } as const;
    const elsewhere = `${dir}-restored`;
    await expect(restoreCustodian(elsewhere, file, { ...options, backup: 'x' })).rejects.toEqual(
      refusal('wrong-passphrase'),
    );
    const other = restoreCustodian(elsewhere, file, { ...options, custodian: 'purchaser' });
    await expect(other).rejects.toEqual(refusal('other-custodian'));
    await restoreCustodian(elsewhere, file, options);
    const restored = await openCustodian(elsewhere, passphrase(elsewhere));
    expect([restored.recipients, restored.memory.head?.size]).toEqual([readFacts(dir).recipients, 3]);
    await restored.memory.add({ ...seen, size: 9 });
    await restored.close();
    // Once more: what was seen since stays.
    await restoreCustodian(elsewhere, file, options);
    const again = await openCustodian(elsewhere, passphrase(elsewhere));
    expect(again.memory.head?.size).toBe(9);
    await again.close();
    await rotateKey(elsewhere, passphrase(elsewhere), 2);
    await expect(restoreCustodian(elsewhere, file, options)).rejects.toEqual(refusal('custodian-exists'));
  });

  it('believes a new key of the platform beside the one of before', async () => {
    await init();
    const { publicJwk: newer } = await createSigner(await newSigningKey());
    expect(trustKeys(dir, [publicJwk, newer])).toEqual([newer]);
    expect(readFacts(dir).platform).toEqual([newer, publicJwk]);
  });
});

describe('the clock of a custodian', () => {
  it('is this machine’s, and in a drill the civil one that the file gives at each query', () => {
    expect(Math.abs(custodianClock({}).now() - Date.now())).toBeLessThan(1_000);
    const file = join(root, 'clock.json');
    const clock = (civilStartMs: number) =>
      JSON.stringify({ mode: 'drill', civilStartMs, realStartMs: Date.now(), msPerDay: 1_000 });
    writeFileSync(file, clock(0));
    const drill = custodianClock({ KAIBIAO_DRILL_CLOCK_FILE: file });
    expect(drill.now()).toBeLessThan(1e12);
    writeFileSync(file, clock(2e12));
    expect(drill.now()).toBeGreaterThanOrEqual(2e12);
    const production = { KAIBIAO_DRILL_CLOCK_FILE: file, NODE_ENV: 'production' };
    expect(() => custodianClock(production)).toThrow(refusal('drill-in-production'));
  });
});

describe('what the doctor says of the custodians', () => {
  const all = (change: Partial<FoundCustodian> = {}): FoundCustodian[] =>
    CUSTODIANS.map((custodian) => ({ custodian, registered: true, here: false, workers: 1, ...change }));
  const judged = (found: FoundCustodian[], production = true, sealing: 'required' | 'optional' = 'required') =>
    judgeCustodians(found, { production, sealing, refused: [] });

  it('warns of those that are missing, away, or all on this machine', () => {
    expect(judged(all()).ok).toBe('ok');
    expect(judged(all({ registered: false }))).toMatchObject({
      ok: 'warn',
      detailEn: expect.stringContaining('no key') as string,
    });
    expect(judged(all({ registered: false }), true, 'optional').ok).toBe('ok');
    expect(judged(all().map((each, index) => (index === 0 ? { ...each, workers: 0 } : each)))).toMatchObject({
      ok: 'warn',
      detailEn: 'not running: centre',
    });
    // Two missing: an opening waits.
    expect(judged(all({ workers: 0 })).ok).toBe('fail');
    expect(judged(all({ here: true }))).toMatchObject({
      ok: 'warn',
      detailEn: expect.stringContaining('early') as string,
    });
    expect(judged(all({ here: true }), false).ok).toBe('ok');
    expect(judged(all({ workers: null })).ok).toBe('ok');
  });

  it('fails while one refuses to believe a deadline, and names the tender', () => {
    const options = { production: false, sealing: 'required', refused: ['0198c0de'] } as const;
    expect(judgeCustodians(all({ registered: false, workers: 0 }), options)).toMatchObject({
      ok: 'fail',
      detailEn: 'a custodian rejects the bid deadline of 0198c0de',
    });
  });
});
