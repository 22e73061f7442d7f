import { setTimeout as sleep } from 'node:timers/promises';
import type { Express, Request } from 'express';
import { listOrganisations } from '../../db/organisations.ts';
import { notFound } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';
import { roomFor } from '../../domain/bids/uploads.ts';
import type { Metrics } from './metrics.ts';
import type { OfBidders } from './of-bidders.ts';
import type { ApiDeps } from './services.ts';

/** /health: the process is alive. /ready: it can work. /metrics: for Prometheus, on this machine. */
export function mountProbes(app: Express, deps: ApiDeps, metrics: Metrics, { addresses }: OfBidders): void {
  const commits = probeCommits(deps.db);
  app.get('/health', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });

  app.get('/ready', async (_request, response) => {
    const [database, temporal, disk] = await Promise.all([
      isFine(() => Promise.all([listOrganisations(deps.db.read, { limit: 1 }), commits().catch(unlessInDoubt)])),
      isFine(async () => {
        if (!(await deps.temporalReady())) throw new Error('Temporal does not answer');
      }),
      isFine(async () => {
        // Before the first file is refused.
        const { needs } = roomFor(deps.settings, null);
        if ((await deps.db.uploads.free()) < needs + deps.settings.maxFileBytes) throw new Error('the disk is full');
      }),
    ]);
    // After the commit, which would find that it has jumped.
    const clock = await isFine(async () => {
      if (await deps.db.clockAlarm()) throw new Error('the clock has jumped');
    });
    const ready = database && temporal && disk && clock;
    response
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: ready ? 'ready' : 'not-ready', database, temporal, disk, clock });
  });

  app.get('/metrics', async (request, response) => {
    if (!deps.settings.publicMetrics && !isLocal(request)) throw notFound('resource', request.path);
    const text = await metrics.registry.metrics();
    response.type(metrics.registry.contentType).send(isLocal(request) ? text : withoutBidders(text, addresses));
  });
}

/**
 * Numbers of bids; of transactions, each bid being one; of deposits to be given back before the opening; and what a process
 * spends, which each bid adds to.
 */
const COUNTS_BIDS =
  /^(# \w+ )?(kaibiao_(bids?|transactions?|commit)_|kaibiao_overdue_(deposit_refunds|duties)|process_(?!start_time)|nodejs_(?!version))/;

/** Everybody signs in, and before a deadline most of them are bidders. */
const SIGN_IN = '/api/session';

/** A caller on another machine, who cannot read the database, must not see from the numbers how many have bid. */
function withoutBidders(metrics: string, addresses: OfBidders['addresses']): string {
  const isAbout = (line: string): boolean => {
    const [, route] = /[{,]route="([^"]*)"/.exec(line) ?? [];
    if (route === undefined) return COUNTS_BIDS.test(line);
    // What is below one of theirs is reached through it.
    return [...addresses, SIGN_IN].some((address) => route === address || route.startsWith(`${address}/`));
  };
  return metrics
    .split('\n')
    .filter((line) => !isAbout(line))
    .join('\n');
}

/** How long a commit may take until the probe fails, and for how long one counts (ms). */
const COMMIT_WITHIN_MS = 3_000;
const COMMIT_COUNTS_MS = 1_000;

/** Whether transactions are committed: one at a time, however many ask. It rejects while one is held up. */
function probeCommits(db: ApiDeps['db']): () => Promise<void> {
  let last: { readonly beganMs: number; readonly done: Promise<void>; settled: boolean } | null = null;
  return async () => {
    if (!last || (last.settled && performance.now() - last.beganMs > COMMIT_COUNTS_MS)) {
      const done = db.transaction(async () => undefined, 'single-rows');
      const began = { beganMs: performance.now(), done, settled: false };
      const settled = (): void => void (began.settled = true);
      done.then(settled, settled);
      last = began;
    }
    const { done, beganMs } = last;
    const late = new AbortController();
    const tooLong = sleep(Math.max(0, beganMs + COMMIT_WITHIN_MS - performance.now()), undefined, late);
    try {
      await Promise.race([
        done,
        tooLong.then(() => {
          throw new Error('a commit is held up');
        }),
      ]);
    } finally {
      late.abort();
    }
  };
}

function unlessInDoubt(error: unknown): void {
  if (!(error instanceof DomainError) || error.code !== 'clock-jumped') throw error;
}

async function isFine(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}

/** A request forwarded by a proxy on this machine does not come from this machine. */
function isLocal(request: Request): boolean {
  const address = request.socket.remoteAddress ?? '';
  const loopback = address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
  return loopback && request.get('x-forwarded-for') === undefined && request.get('forwarded') === undefined;
}
