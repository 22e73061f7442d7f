import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { startOnSharedPort } from '../../cli/servers/shared-port.ts';

const PROGRAM = join(import.meta.dirname, '../setup/fixtures/on-shared-port.ts');

const started: ChildProcess[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

async function start(port: number): Promise<ChildProcess> {
  const child = startOnSharedPort(PROGRAM, [String(port)], { NODE_OPTIONS: '--import tsx' });
  started.push(child);
  await once(child, 'message');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Which processes answer twenty callers, each with a connection of its own. */
async function answering(port: number): Promise<ReadonlySet<number>> {
  const call = async () => {
    const signal = AbortSignal.timeout(10_000);
    const answer = await fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      body: 'a decision',
      headers: { connection: 'close' },
      signal,
    });
    return Number(await answer.text());
  };
  return new Set(await Promise.all(Array.from({ length: 20 }, call)));
}

it('loses no request to one that hangs or has died, and one that is started again answers like the others', async () => {
  const port = await freePort();
  const [one, other] = [await start(port), await start(port)];
  one.kill('SIGSTOP');
  expect(await answering(port)).toEqual(new Set([other.pid]));
  await kill(one);
  expect(await answering(port)).toEqual(new Set([other.pid]));
  const another = await start(port);
  other.kill('SIGSTOP');
  expect(await answering(port)).toEqual(new Set([another.pid]));
});

it('lets a request under way end before it stops, and takes no more', async () => {
  const port = await freePort();
  const child = await start(port);
  const slow = request({ host: '127.0.0.1', port, method: 'POST', headers: { expect: '100-continue' }, agent: false });
  const answered = once(slow, 'response') as Promise<[IncomingMessage]>;
  slow.flushHeaders();
  await once(slow, 'continue');
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await expect.poll(() => answering(port).catch(() => 'nobody')).toBe('nobody');
  slow.end('a decision');
  const [answer] = await answered;
  expect(await text(answer)).toBe(String(child.pid));
  expect(await ended).toEqual([0, null]);
});
