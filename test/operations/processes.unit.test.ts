import { expect, it, vi } from 'vitest';
import { tryPort } from '../../cli/servers/processes.ts';

const [FIRST, BLOCK, BLOCKS] = [15_000, 30, 500];
const portsOf = (block: number) => Array.from({ length: BLOCK - 1 }, (_, index) => FIRST + block * BLOCK + 1 + index);

/** Four blocks beside each other, the first of them, in which nobody listens. */
async function emptyBlocks(): Promise<number> {
  for (let block = BLOCKS / 2; ; block += 1) {
    const ports = Array.from({ length: 4 * BLOCK }, (_, index) => FIRST + block * BLOCK + index);
    const tried = await Promise.all(ports.map((port) => tryPort(port)));
    if (tried.every((each) => 'port' in each)) return block;
  }
}

it('gives no two that ask a port that the other was given and does not listen on yet, wherever they begin to look', async () => {
  const block = await emptyBlocks();
  const given: number[] = [];
  // Each loading of the module is as one process: it knows nothing of the others.
  for (let process = 0; process < 2; process += 1) {
    vi.resetModules();
    const { freePort } = await import('../../cli/servers/processes.ts');
    for (let port = 0; port < 40; port += 1) given.push(await freePort(() => (block + 0.5) / BLOCKS));
  }
  const [one, other] = [given.slice(0, 40), given.slice(40)];
  expect(one).toEqual([...portsOf(block), ...portsOf(block + 1)].slice(0, 40));
  expect(other).toEqual([...portsOf(block + 2), ...portsOf(block + 3)].slice(0, 40));
});
