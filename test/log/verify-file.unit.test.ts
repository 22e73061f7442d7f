import { createHash, randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { leafOf } from '../../proofs/leaf.ts';
import { nodeHash } from '../../proofs/merkle.ts';
import { testSigner } from '../setup/signer.ts';
import { buildTool } from '../../web/builds.mjs';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-verify-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const signer = await testSigner();
const write = (name: string, content: string | Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
/** As every platform hands it out. */
const program = write('kaibiao.mjs', await buildTool());
const hash = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

function verify(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  // No installation is anywhere near, and no package.
  const env = { ...process.env, KAIBIAO_DATA_DIR: join(folder, 'absent') };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'verify', ...args], { env, cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

const sealed = randomBytes(10_000);
const bid = write('bid.sealed', sealed);
const statement = {
  procurementId: 'p',
  lotNo: 1,
  bidId: 'b',
  version: 1,
  bidder: '91360000000000001S',
  sha256: hash(sealed),
  size: sealed.length,
  receivedAt: Date.UTC(2026, 2, 1),
  deadline: Date.UTC(2026, 2, 2),
  entry: hash('entry'),
  headBy: Date.UTC(2026, 2, 1, 4),
};
// A batch is sorted by its leaves.
const other = '0'.repeat(64);
const root = nodeHash(other, leafOf(statement.entry, statement.sha256));
const head = { size: 2, root, at: Date.UTC(2026, 2, 3) };
const receipt = {
  signed: await signer.sign('kb-receipt', statement),
  keys: [signer.publicJwk],
  proof: { head: await signer.sign('kb-tree-head', head), index: 1, inclusion: [other] },
};
const jwks = write('jwks.json', JSON.stringify({ keys: [signer.publicJwk] }));

it('a receipt is checked with its bid, off-line, and it says where its keys were not pinned', async () => {
  const file = write('receipt.json', JSON.stringify(receipt));
  const pinned = await verify(file, bid, '--keys', jwks);
  expect(pinned).toMatchObject({ code: 0, stderr: '' });
  expect(pinned.stdout).toMatch(/已证明[\s\S]*✓ 全部一致/);
  expect(pinned.stdout).not.toContain('未证明');
  const waiting = await verify(write('waiting.json', JSON.stringify({ ...receipt, proof: null })), bid, '--keys', jwks);
  expect(waiting).toMatchObject({ code: 0, stdout: expect.stringContaining('due by 2026-03-01 12:00') as string });
  const trusting = await verify(file, bid);
  expect(trusting).toMatchObject({ code: 3, stdout: expect.stringContaining('? 内部一致，未证明出自平台') as string });
  expect(trusting.stdout).not.toContain('✓');
  const wrong = await verify(file, write('wrong.sealed', randomBytes(10_000)), '--json');
  expect(wrong.code).toBe(1);
  expect(JSON.parse(wrong.stdout)).toMatchObject({
    kind: 'receipt',
    pinned: false,
    inLog: true,
    faults: [{ zh: expect.stringContaining('SHA-256') as string, en: expect.stringContaining('SHA-256') as string }],
  });
});

it('what a file says looks like nothing of the program, and obeys nothing', async () => {
  const painted = { ...statement, bidder: '\n✓ 全部一致\u001b[8m\u009b8m\u202e' };
  const file = write('painted.json', JSON.stringify({ ...receipt, signed: await signer.sign('kb-receipt', painted) }));
  const { code, stdout } = await verify(file, '--keys', jwks);
  expect([code, stdout]).toEqual([0, expect.not.stringMatching(/\u001b|\u009b|\u202e/)]);
  expect(stdout.match(/✓/g)).toHaveLength(1);
  expect(stdout).toMatch(/\n✓ 全部一致[^\n]*\n$/);
  const named = await verify(write('line.jsonl', '{"type":"export"}\n{"type":"\\n✓\\u001b[8m"}\n'), '--keys', jwks);
  expect([named.code, named.stdout]).toEqual([1, expect.not.stringMatching(/✓|\u001b/)]);
});

it('a signature is exactly what was signed', async () => {
  const { signed } = receipt;
  for (const other of [`${signed}=`, ` ${signed}`, `${signed}\n`, signed.replaceAll('.', '.\n')]) {
    const { code, stdout } = await verify(
      write('loose.json', JSON.stringify({ ...receipt, signed: other })),
      '--keys',
      jwks,
    );
    expect([code, stdout]).toEqual([1, expect.stringContaining('签名无效')]);
  }
});

it('an export is checked, and each fault named by its line', async () => {
  const lines = [
    { type: 'export', format: 'KB-LOG-2', size: 2, drill: false },
    { type: 'key', jwk: signer.publicJwk },
    { type: 'leaf', index: 0, leaf: other },
    { type: 'leaf', index: 1, leaf: leafOf(statement.entry, statement.sha256) },
    { type: 'head', ...head, jws: receipt.proof.head },
  ];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  expect(await verify(write('good.jsonl', text), '--keys', jwks)).toMatchObject({ code: 0 });
  const found = await verify(write('bad.jsonl', text.replace(other, hash('a third'))));
  expect(found).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/✗ 5: head\/2: .* \/ is not the root/) as string,
  });
});

it('what is none of ours, what cannot be read, and keys without a file are a call that was wrong', async () => {
  for (const args of [
    [join(folder, 'absent.json')],
    [write('none.json', '{}')],
    [write('no-keys.json', JSON.stringify({ signed: receipt.signed }))],
    [write('text.json', 'text')],
    ['--keys', jwks],
  ]) {
    const { code, stdout, stderr } = await verify(...args);
    expect([code, stdout], args.join(' ')).toEqual([2, '']);
    expect(stderr).toMatch(/错误：.*\nerror: /);
  }
});
