import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { procurements } from '../../db/schema/sqlite.ts';
import type { Role } from '../../domain/roles.ts';
import { adapted, block, blocks, missingPrograms, shell } from '../setup/documented.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { startTestService, type Json, type TestService } from '../setup/servers/service.ts';

// What the pages print is typed into a shell as it stands, one reader after the other, before a `serve` of its own.

const missing = missingPrograms([
  ...['curl', 'jq', 'age', 'age-keygen', 'tar', 'python3', 'sha256sum', 'openssl', 'base64'],
]);
if (missing.length > 0) console.warn(`the steps of the documents are not run: ${missing.join(', ')} missing`);
beforeEach(({ skip }) => skip(missing.length > 0, `not on this machine: ${missing.join(', ')}`));

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-documents-'));
const BANK_SECRET = randomBytes(32).toString('base64');
/** Of the examples. */
const BIDDER = '91420100MA4K00000Q';
const PASSPHRASE = 'typed by the people of the supervisor';

let service: TestService;
let reader: ReturnType<typeof shell>;

beforeAll(async () => {
  if (missing.length > 0) return;
  service = await startTestService({
    from: '2026-11-02T06:00+08:00',
    as: 'process',
    env: { KAIBIAO_BANK_SECRET: BANK_SECRET },
  });
  reader = shell({ folder, env: service.env });
  await member('zhang.san', 'a password of Zhang San', 'purchaser', '12420100MA4K00000X');
  reader.variables.set('SUPPLIER', await member('bidder', 'a password of the bidder', 'supplier', BIDDER));
  writeFileSync(join(folder, 'tender.pdf'), 'the tender documents');
  writeFileSync(join(folder, 'kb.py'), block('docs/sealing.md', 'python'));
  for (const name of ['商务标', '技术标', '报价']) writeFileSync(join(folder, `${name}.pdf`), randomBytes(300_000));
});
afterAll(async () => {
  await service?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Somebody who has accepted the link to the account. */
async function member(username: string, password: string, role: Role, creditCode: string): Promise<string> {
  const { administrator } = service.persons;
  const { id } = await administrator.ask('POST', '/organisations', 201, { name: `${username}的单位`, creditCode });
  const memberships = [{ organisationId: id, role }];
  const opened = await administrator.ask('POST', '/accounts', 201, { username, name: username, memberships });
  const call = async (path: string, token: string | null, body: object): Promise<Json> => {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}`, 'idempotency-key': username };
    const headers = { 'content-type': 'application/json', ...authorization };
    const answer = await fetch(`${service.url}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json().catch(() => ({}))) as Json;
  };
  const { token } = opened.invitation as { token: string };
  await call('/invitations/accept', null, { token, newPassword: password });
  return String((await call('/session', null, { username, password })).token);
}

describe('the documents, as printed', () => {
  it('docs/api.md: signs in, drafts, checks and launches', async () => {
    const code = adapted(block('docs/api.md', 'sh launch'), {
      'http://127.0.0.1:8080': service.url,
      '"password":"…"': '"password":"a password of Zhang San"',
    });
    const said = await reader.steps(code, ['API', 'TOKEN', 'ID']);
    expect(said).not.toContain('"severity": "block"');
    expect(said.includes('"milestones"')).toBe(true);
    const [tender] = await service.db.read
      .select()
      .from(procurements)
      .where(eq(procurements.id, String(reader.variables.get('ID'))));
    expect(tender?.stage).toBe('launched');
  });

  it('README.md: the first day in five steps, with the answers that it prints', async () => {
    const reset = await kaibiao(['administrator', '--username', 'administrator', '--json'], service.env);
    const { password } = JSON.parse(reset.stdout) as { password: string };
    const [api, id] = [reader.variables.get('API'), reader.variables.get('ID')];
    const code = adapted(blocks('README.md', 'sh calls'), {
      'http://127.0.0.1:8080/api': `${service.url}/api`,
      'the one-time password that was printed': password,
    });
    const said = await reader.steps(code, ['API', 'ID']);
    for (const line of block('README.md', 'json launched').split('\n')) {
      if (line.startsWith('["')) expect(said.split('\n')).toContain(line);
    }
    expect(said).toContain('"rule": "gp-bid-prep-min"');
    expect(said).toContain('"earliestLawful": "2026-12-15T00:00:00+08:00"');
    expect(said).toContain('"dueAt": "2026-12-15T09:30:00+08:00"');
    for (const [name, value] of Object.entries({ API: api, ID: id })) reader.variables.set(name, String(value));
  });

  it('README.md: a rule, counted', async () => {
    expect(await reader.steps(block('README.md', 'sh law'))).toContain('2026-05-');
  });

  it('docs/sealing.md and docs/api.md: a bid is sealed by our tool and handed in', async () => {
    const id = String(reader.variables.get('ID'));
    await service.comes('the notice is out', async (db) => {
      const [tender] = await db.read.select().from(procurements).where(eq(procurements.id, id));
      return tender?.stage === 'bidding';
    });
    const sealing = { 'https://bids.example': service.url, 'procurements/ID/': `procurements/${id}/` };
    expect(await reader.steps(adapted(block('docs/sealing.md', 'sh tool'), sealing))).toContain('1234567.80');
    await reader.steps(block('docs/api.md', 'sh bid'), ['BID']);
    expect(reader.variables.get('BID')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('docs/sealing.md and docs/api.md: another is sealed by age and tar, uploaded in pieces, and its receipt verified', async () => {
    rmSync(join(folder, 'bid.sealed'));
    await reader.steps('curl -s $API/api/procurements/$ID/sealing > tender.json');
    await reader.steps(block('docs/sealing.md', 'sh seal'));
    const receipt = JSON.parse(await reader.steps(block('docs/api.md', 'sh tus'))) as Json;
    expect(receipt).toMatchObject({ version: 2, lotNo: 1 });
    reader.variables.set('BID', String(receipt.bidId));
    expect(await reader.steps(block('docs/api.md', 'sh receipt'))).toMatch(/✓ .*everything is as it was written/);
    const { signed } = JSON.parse(readFileSync(join(folder, 'receipt.json'), 'utf8')) as { signed: string };
    expect(decodeJwt(signed)).toMatchObject({ bidId: receipt.bidId, bidder: BIDDER });
  });

  it('docs/api.md: a third is uploaded by tus-js-client', async () => {
    await reader.steps(block('docs/sealing.md', 'sh seal').replaceAll('123456780', '123456779'));
    const code = block('docs/api.md', 'js tus');
    const given = `import { readFileSync } from 'node:fs';
      import { createHash } from 'node:crypto';
      const { API, ID: id, SUPPLIER: token } = process.env;
      const file = readFileSync(${JSON.stringify(join(folder, 'bid.sealed'))});
      const sha256 = createHash('sha256').update(file).digest('hex');\n`;
    expect(JSON.parse(await reader.module(given + code))).toMatchObject({ version: 3, lotNo: 1 });
  });

  it('docs/api.md: a citizen checks the export of the log', async () => {
    const said = await reader.steps(block('docs/api.md', 'sh export'));
    expect(said).toMatch(/✓ .*everything is as it was written/);
    expect(said).not.toContain('pin keys');
  });

  it('docs/operations.md: a custodian’s key is backed up, and age opens the backup', async () => {
    const said = await reader.atTerminal(block('docs/operations.md', 'sh backup'), PASSPHRASE);
    expect(said).toContain('identities');
    expect(said).not.toContain(PASSPHRASE);
  });

  it('docs/operations.md: the key ceremony of a custodian on its own machine', async () => {
    mkdirSync(join(folder, 'safe'));
    const code = adapted(block('docs/operations.md', 'sh ceremony'), {
      'https://tender.example.cn': service.url,
      '/media/safe': join(folder, 'safe'),
    });
    reader.variables.set('KAIBIAO_CUSTODIAN_DIR', join(folder, 'own'));
    const said = await reader.atTerminal(code, PASSPHRASE);
    expect(said).toMatch(/recipient, for the office to register: age1/);
    expect(readdirSync(join(folder, 'safe'))).toEqual(['supervisor.age']);
  });

  it('docs/operations.md: the bank notifies a payment', async () => {
    reader.variables.set('KAIBIAO_BANK_SECRET', BANK_SECRET);
    const code = adapted(block('docs/operations.md', 'sh bank'), { 'https://tender.example.cn': service.url });
    expect(JSON.parse(await reader.steps(code))).toMatchObject({ outcome: 'unmatched' });
  });

  it('docs/operations.md: a key for what workflows carry', async () => {
    const key = (await reader.steps(block('docs/operations.md', 'sh payload-key'))).trim();
    expect(key).toMatch(/^k1:[A-Za-z0-9+/]{43}=$/);
  });
});
