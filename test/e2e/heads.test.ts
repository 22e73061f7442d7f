import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { headsAfter, type TreeHeadRow } from '../../db/log.ts';
import { civilDayOf, DAY_MS } from '../../domain/civil-time.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { startTestService } from '../setup/servers/service.ts';

it('a worker signs a head on civil days on which nobody acts; back after three days it signs one at once, and the log verifies', async () => {
  await using service = await startTestService({ dayMs: 1_500, from: '2026-03-02T09:00+08:00' });
  const heads = (): Promise<TreeHeadRow[]> => headsAfter(service.db.read, 0, 1_000);
  const signedUp = (await heads()).length;
  await service.comes('heads of three more days', async () => (await heads()).length >= signedUp + 3);
  await service.stop();
  const before = await heads();
  const days = before.map(({ signedAt }) => civilDayOf(signedAt));
  expect(new Set(days).size).toBe(days.length);

  await service.until(service.now() + 3 * DAY_MS);
  expect(await heads()).toEqual(before);
  const back = service.now();
  await service.start();
  await service.comes('a head again', async () => (await heads()).length > before.length);
  expect((await heads())[before.length]?.signedAt).toBeGreaterThanOrEqual(back);

  const [exported, keys] = ['/api/log/export', '/.well-known/jwks.json'].map((path) => fetch(service.url + path));
  const [file, jwks] = [join(service.dataDir, 'export.jsonl'), join(service.dataDir, 'jwks.json')];
  await writeFile(file, await ((await exported) as Response).text());
  await writeFile(jwks, await ((await keys) as Response).text());
  const { code, stdout } = await kaibiao(['verify', file, '--keys', jwks, '--json'], service.env);
  expect(JSON.parse(stdout)).toMatchObject({ pinned: true, faults: [] });
  expect(code).toBe(0);
  await service.check();
});
