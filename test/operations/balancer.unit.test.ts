import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startBalancer, type Balancer } from '../../cli/servers/balancer.ts';
import { eventually } from '../setup/eventually.ts';

interface StandIn extends AsyncDisposable {
  readonly port: number;
  /** Stops listening and hangs up on everybody, as a killed process does. */
  die(): Promise<void>;
  revive(): Promise<void>;
}

/** Stands in for an API process; says that it is well, unless told to answer otherwise. */
async function standIn(answer: RequestListener): Promise<StandIn> {
  const make = () =>
    createServer((req, res) => {
      if (req.url === '/health') res.end('well');
      else answer(req, res);
    });
  let server = make();
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const die = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    port,
    die,
    revive: async () => {
      server = make();
      await listen(port);
    },
    [Symbol.asyncDispose]: die,
  };
}

async function balance(ports: readonly number[], believesCaller = false): Promise<Balancer & AsyncDisposable> {
  const balancer = await startBalancer({
    host: '127.0.0.1',
    port: 0,
    ports,
    requestTimeoutMs: 60_000,
    believesCaller,
    log: () => undefined,
  });
  return Object.assign(balancer, { [Symbol.asyncDispose]: () => balancer.stop(1_000) });
}

const named =
  (name: string): RequestListener =>
  (_req, res) =>
    void res.end(name);

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += String(chunk);
  return text;
}

describe('one address in front of several APIs', () => {
  it('asks each in turn', async () => {
    await using one = await standIn(named('one'));
    await using two = await standIn(named('two'));
    await using balancer = await balance([one.port, two.port]);
    const answers = [];
    for (let count = 0; count < 6; count += 1) answers.push(await (await fetch(balancer.url)).text());
    expect(answers.filter((answer) => answer === 'one')).toHaveLength(3);
    expect(answers.filter((answer) => answer === 'two')).toHaveLength(3);
  });

  it('loses no request to one that has died, and asks it again when it is back', async () => {
    await using one = await standIn(named('one'));
    await using two = await standIn(named('two'));
    await using balancer = await balance([one.port, two.port]);
    await two.die();
    for (let count = 0; count < 6; count += 1) {
      const answer = await fetch(`${balancer.url}/api`, { method: 'POST', body: 'a decision' });
      expect([answer.status, await answer.text()]).toEqual([200, 'one']);
    }
    await eventually('the dead one is left out', async () => balancer.healthy().length === 1);
    await two.revive();
    await eventually('it is asked again', async () => balancer.healthy().length === 2);
    const answers = [await (await fetch(balancer.url)).text(), await (await fetch(balancer.url)).text()];
    expect(answers.sort()).toEqual(['one', 'two']);
  });

  it('says that the same may be sent again when the API dies over a request, and when none is left', async () => {
    await using one = await standIn((req) => {
      req.once('data', () => void one.die());
    });
    await using balancer = await balance([one.port]);
    const dying = await fetch(balancer.url, { method: 'POST', body: 'a decision' });
    expect([dying.status, dying.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await dying.json()).toMatchObject({
      code: 'unavailable',
      messageZh: expect.stringContaining('重试') as string,
    });
    expect((await fetch(balancer.url)).status).toBe(503);
  });

  it('passes bodies both ways as they are, and every cookie', async () => {
    await using one = await standIn(async (req, res) => {
      res.writeHead(201, { 'set-cookie': ['a=1', 'b=2'] });
      const chunks = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      res.end(Buffer.concat(chunks));
    });
    await using balancer = await balance([one.port]);
    const file = Buffer.alloc(3_000_000, '封');
    const answer = await fetch(`${balancer.url}/api/bids?lot=1`, { method: 'POST', body: file });
    expect(answer.status).toBe(201);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(Buffer.from(await answer.arrayBuffer()).equals(file)).toBe(true);
  });

  it('tells the API who calls, and lets nobody pass for another', async () => {
    await using one = await standIn((req, res) => void res.end(JSON.stringify(req.headers)));
    await using balancer = await balance([one.port]);
    const forged = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', forwarded: 'for=203.0.113.9' };
    const seen = (await (await fetch(balancer.url, { headers: forged })).json()) as Record<string, string>;
    // An API that trusts one proxy takes the last.
    expect(seen['x-forwarded-for']).toBe('203.0.113.9, 127.0.0.1');
    expect(seen['x-forwarded-proto']).toBe('http');
    expect(seen).not.toHaveProperty('forwarded');
    expect(seen.host).toBe(new URL(balancer.url).host);

    await using behindTls = await balance([one.port], true);
    const told = (await (await fetch(behindTls.url, { headers: forged })).json()) as Record<string, string>;
    expect(told['x-forwarded-proto']).toBe('https');
  });

  it('hands on an answer that comes before the whole of a file was taken', async () => {
    await using one = await standIn((req, res) => {
      res.writeHead(413, { connection: 'close' });
      res.end('too large', () => req.socket.end());
    });
    await using balancer = await balance([one.port]);
    const { port } = new URL(balancer.url);
    const upload = request({ host: '127.0.0.1', port, method: 'POST', agent: false });
    upload.on('error', () => undefined);
    upload.write('the beginning of a file');
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    expect([answer.statusCode, await textOf(answer)]).toEqual([413, 'too large']);
    upload.destroy();
  });

  it('lets a request under way end before it stops, and hangs up on one that never ends', async () => {
    const waiting = new Map<string | undefined, ServerResponse>();
    await using one = await standIn((req, res) => void waiting.set(req.url, res));
    await using balancer = await balance([one.port]);
    const slow = fetch(`${balancer.url}/slow`).then((answer) => answer.text());
    const never = fetch(`${balancer.url}/never`).catch((error: Error) => error.name);
    await eventually('both are under way', async () => waiting.size === 2);
    const stopped = balancer.stop(300);
    waiting.get('/slow')?.end('done');
    expect(await slow).toBe('done');
    await stopped;
    expect(await never).toBe('TypeError');
    await expect(fetch(balancer.url)).rejects.toThrow();
  });
});
