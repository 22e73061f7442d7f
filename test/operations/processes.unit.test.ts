import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => vi.restoreAllMocks());

it('gives no two that ask a port that the other was given and does not listen on yet, wherever they begin to look', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const given: number[] = [];
  // Each loading of the module is as one process: it knows nothing of the others.
  for (let process = 0; process < 3; process += 1) {
    vi.resetModules();
    const { freePort } = await import('../../cli/servers/processes.ts');
    for (let port = 0; port < 40; port += 1) given.push(await freePort());
  }
  expect(new Set(given).size).toBe(120);
  expect(given.every((port) => port > 15_000 && port < 30_000)).toBe(true);
});
