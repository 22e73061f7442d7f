import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { commitmentOf } from '../../proofs/draw.ts';
import { testSigner } from '../setup/signer.ts';
import { madeRecord } from './made-draw.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-draw-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
};

function kaibiao(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = join(import.meta.dirname, '../../cli/kaibiao.mjs');
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env, cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

it('kaibiao verify draw repeats a draw from its file alone, and says what is wrong with another', async () => {
  const record = await madeRecord({ named: true });
  const keys = write('jwks.json', { keys: [(await testSigner()).publicJwk] });
  const good = await kaibiao('verify', 'draw', write('draw.json', record), '--keys', keys);
  expect(good).toMatchObject({ code: 0 });
  // With the keys that it brings it agrees with itself only.
  const own = await kaibiao('verify', 'draw', write('draw.json', record));
  expect(own.code).toBe(3);
  expect(own.stdout).not.toContain('✓');
  expect(good.stdout).toContain('重新抽取的结果相同');
  expect(good.stdout).toMatch(/成员 \/ member: A08 专家\d+/);
  const forged = { ...record, orders: record.orders.map((each) => ({ ...each, labels: each.labels.toReversed() })) };
  const bad = await kaibiao('verify', 'draw', write('forged.json', forged), '--json');
  expect(bad.code).toBe(1);
  expect((JSON.parse(bad.stdout) as { faults: { subject: string }[] }).faults.map(({ subject }) => subject)).toContain(
    'orders',
  );
  expect(await kaibiao('verify', 'draw', write('other.json', { format: 'another' }))).toMatchObject({ code: 2 });
});

it('kaibiao draw part makes a part on the machine of its party, and prints the commitment alone', async () => {
  const out = join(folder, 'part');
  const { code, stdout } = await kaibiao('draw', 'part', '--draw', 'a-draw', '--party', 'centre', '--out', out);
  expect(code).toBe(0);
  const part = readFileSync(out, 'utf8').trim();
  expect(stdout.trim()).toBe(commitmentOf('a-draw', 'centre', part));
  expect((await kaibiao('draw', 'part', '--draw', 'a-draw', '--party', 'centre', '--out', out)).code).not.toBe(0);
});
