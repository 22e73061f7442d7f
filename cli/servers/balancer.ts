import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './processes.ts';

export interface BalancerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where the API processes answer, all on the loopback address. */
  readonly ports: readonly number[];
  /** How long a request may take in all (ms), uploads included. */
  readonly requestTimeoutMs: number;
  /** Whether whoever calls may say what protocol it was called by: only a proxy of our own in front may. */
  readonly believesCaller: boolean;
  readonly log: Log;
}

export interface Balancer {
  readonly url: string;
  /** The ports of the API processes that are well. */
  healthy(): readonly number[];
  /** Takes no more requests, and waits for those under way, within bounds. */
  stop(graceMs?: number): Promise<void>;
}

/** How often each API process is asked whether it is well (ms), and how long it may take to say so. */
const ASK_EVERY_MS = 500;
const ANSWER_WITHIN_MS = 2_000;

interface Upstream {
  readonly port: number;
  healthy: boolean;
}

/** What concerns one connection and not the next (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** One address in front of several API processes: each in turn, those that are down left out. */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const { host, port, ports, requestTimeoutMs, believesCaller, log } = options;
  const upstreams: Upstream[] = ports.map((each) => ({ port: each, healthy: true }));
  const stopping = new AbortController();
  let turn = 0;

  /** Those that are well, the next in turn first; where none is, all of them, since one may have just come back. */
  const inTurn = (): Upstream[] => {
    const well = upstreams.filter(({ healthy }) => healthy);
    const every = well.length > 0 ? well : upstreams;
    turn = (turn + 1) % every.length;
    return [...every.slice(turn), ...every.slice(0, turn)];
  };
  const mark = (upstream: Upstream, healthy: boolean): void => {
    if (upstream.healthy === healthy) return;
    upstream.healthy = healthy;
    const { port: of } = upstream;
    log(
      healthy ? `接口 ${of} 已恢复 / API ${of} is back` : `接口 ${of} 无应答，停止分配 / API ${of} is away, left out`,
    );
  };

  const server = createServer({ requestTimeout: requestTimeoutMs, headersTimeout: 30_000 }, (req, res) => {
    // A connection that is kept alive must not keep a server that is closing alive.
    res.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    pass(req, res, inTurn());
  });

  function pass(req: IncomingMessage, res: ServerResponse, [upstream, ...others]: readonly Upstream[]): void {
    if (!upstream) {
      refuse(res);
      return;
    }
    const sent = request({
      host: '127.0.0.1',
      port: upstream.port,
      method: req.method,
      path: req.url,
      headers: forwarded(req, believesCaller),
      // A connection for each request: one kept open may be gone when it is used, and what was sent over it lost.
      agent: false,
    });
    let connected = false;
    let gone = false;
    sent.once('socket', (socket) => {
      socket.once('connect', () => {
        connected = true;
        if (gone) sent.destroy();
        else req.pipe(sent);
      });
    });
    let answered: IncomingMessage | undefined;
    sent.once('response', (answer) => {
      answered = answer;
      res.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer));
      answer.pipe(res);
      answer.once('error', () => res.destroy());
    });
    sent.once('error', () => {
      if (gone) return;
      if (!connected) {
        // Nothing of the request has been read: another may have it.
        mark(upstream, false);
        pass(req, res, others);
      } else if (!answered) refuse(res);
      // One that refuses a file early hangs up on the rest of it: its answer stands.
      else if (!answered.complete) res.destroy();
    });
    res.once('close', () => {
      gone = true;
      if (!res.writableFinished) sent.destroy();
    });
  }

  async function watch(upstream: Upstream): Promise<void> {
    while (!stopping.signal.aborted) {
      mark(upstream, await isWell(upstream.port));
      await sleep(ASK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  const watching = Promise.all(upstreams.map(watch));
  const bound = server.address() as AddressInfo;
  const shown = bound.family === 'IPv6' ? `[${host}]` : host;
  return {
    url: `http://${shown}:${bound.port}`,
    healthy: () => upstreams.filter(({ healthy }) => healthy).map(({ port: of }) => of),
    stop: async (graceMs = 10_000) => {
      stopping.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const patience = new AbortController();
      await Promise.race([closed, sleep(graceMs, undefined, { signal: patience.signal })]);
      patience.abort();
      server.closeAllConnections();
      await closed;
      await watching;
    },
  };
}

async function isWell(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/health', agent: false, timeout: ANSWER_WITHIN_MS });
    asked.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.once('close', () => resolve(false));
    asked.end();
  });
}

/** The caller's own address comes last, where an API that trusts one proxy looks for it; what it claims stays before. */
function forwarded(req: IncomingMessage, believesCaller: boolean): Record<string, string | string[]> {
  const headers = endToEnd(req);
  const claimed = [headers['x-forwarded-for'] ?? []].flat();
  headers['x-forwarded-for'] = [...claimed, req.socket.remoteAddress ?? 'unknown'].join(', ');
  if (!believesCaller || headers['x-forwarded-proto'] === undefined) headers['x-forwarded-proto'] = 'http';
  delete headers.forwarded;
  return headers;
}

function endToEnd({ headers }: IncomingMessage): Record<string, string | string[]> {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name) && !named.has(name)) kept[name] = value;
  }
  return kept;
}

/** As the API itself refuses: the caller may send the same request again, with the same Idempotency-Key. */
function refuse(res: ServerResponse): void {
  const messageZh = '接口暂不可用，请以同一 Idempotency-Key 稍后重试';
  const messageEn = 'no API process answers just now; send the same again, with the same Idempotency-Key';
  res.writeHead(503, {
    'content-type': 'application/problem+json; charset=utf-8',
    'retry-after': '1',
    'cache-control': 'no-store',
  });
  res.end(
    JSON.stringify({
      type: 'urn:kaibiao:problem:unavailable',
      title: 'Service Unavailable',
      status: 503,
      code: 'unavailable',
      detail: `${messageZh} / ${messageEn}`,
      messageZh,
      messageEn,
    }),
  );
}
