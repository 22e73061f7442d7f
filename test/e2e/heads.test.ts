import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { openWitness } from '../../cli/witness/folder.ts';
import { serveWitness, witnessApp } from '../../cli/witness/server.ts';
import type { PublicJwk } from '../../proofs/signing.ts';
import { headsAfter, type TreeHeadRow } from '../../db/log.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { isHeadDue } from '../../domain/log/batches.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { startTestService } from '../setup/servers/service.ts';

it('a worker signs heads while nobody acts, one a period of the schedule at most; back after three days it signs one at once, and the log verifies', async () => {
  const port = await freePort();
  const witness = `http://127.0.0.1:${port}`;
  // It does not answer yet, which stops nothing.
  await using service = await startTestService({
    dayMs: 1_500,
    from: '2026-03-02T09:00+08:00',
    env: { KAIBIAO_WITNESSES: witness },
  });
  const jwks = join(service.dataDir, 'jwks.json');
  await writeFile(jwks, await (await fetch(`${service.url}/.well-known/jwks.json`)).text());
  const { keys } = JSON.parse(await readFile(jwks, 'utf8')) as { keys: PublicJwk[] };
  const folder = await openWitness(join(service.dataDir, 'witness'), keys);
  const { server } = await serveWitness(witnessApp(folder), { host: '127.0.0.1', port });
  const heads = (): Promise<TreeHeadRow[]> => headsAfter(service.db.read, 0, 1_000);
  const signedUp = (await heads()).length;
  await service.comes('heads of three more days', async () => (await heads()).length >= signedUp + 3);
  await service.stop();
  const before = await heads();
  for (const [n, { signedAt }] of before.slice(1).entries())
    expect(isHeadDue(signedAt, Number(before[n]?.signedAt))).toBe(true);

  await service.until(service.now() + 3 * DAY_MS);
  expect(await heads()).toEqual(before);
  const back = service.now();
  await service.start();
  await service.comes('a head again', async () => (await heads()).length > before.length);
  expect((await heads())[before.length]?.signedAt).toBeGreaterThanOrEqual(back);

  const file = join(service.dataDir, 'export.jsonl');
  await writeFile(file, await (await fetch(`${service.url}/api/log/export`)).text());
  const { code, stdout } = await kaibiao(['verify', file, '--keys', jwks, '--json'], service.env);
  expect(JSON.parse(stdout)).toMatchObject({ pinned: true, faults: [] });
  expect(code).toBe(0);
  const seen = folder.last()?.size ?? 0;
  await service.comes('the witness is told of more', async () => (folder.last()?.size ?? 0) > seen);
  expect((await heads()).map(({ jws }) => jws)).toContain(folder.last()?.head);
  const verified = await kaibiao(['verify', '--json'], service.env);
  expect([verified.code, (JSON.parse(verified.stdout) as { faults: unknown[] }).faults]).toEqual([0, []]);
  await service.check();
  server.closeAllConnections();
  server.close();
});
