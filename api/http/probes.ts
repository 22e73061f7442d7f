import type { Express, Request } from 'express';
import { listOrganisations } from '../../db/organisations.ts';
import { notFound } from '../../db/procurements.ts';
import type { Metrics } from './metrics.ts';
import type { OfBidders } from './of-bidders.ts';
import type { ApiDeps } from './services.ts';

/** /health: the process is alive. /ready: it can work. /metrics: for Prometheus, on this machine. */
export function mountProbes(app: Express, deps: ApiDeps, metrics: Metrics, { addresses }: OfBidders): void {
  app.get('/health', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });

  app.get('/ready', async (_request, response) => {
    const [database, temporal] = await Promise.all([
      isFine(() => listOrganisations(deps.db.read, { limit: 1 })),
      isFine(async () => {
        if (!(await deps.temporalReady())) throw new Error('Temporal does not answer');
      }),
    ]);
    const ready = database && temporal;
    response
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: ready ? 'ready' : 'not-ready', database, temporal });
  });

  app.get('/metrics', async (request, response) => {
    if (!deps.settings.publicMetrics && !isLocal(request)) throw notFound('resource', request.path);
    const text = await metrics.registry.metrics();
    response.type(metrics.registry.contentType).send(isLocal(request) ? text : withoutBidders(text, addresses));
  });
}

/** Numbers of bids, and of transactions, each bid being one. */
const COUNTS_BIDS = /^(# \w+ )?kaibiao_(bids?|transactions?|commit)_/;

/** A caller on another machine, who cannot read the database, must not see from the numbers how many have bid. */
function withoutBidders(metrics: string, addresses: OfBidders['addresses']): string {
  const isAbout = (line: string): boolean => {
    const [, route] = /[{,]route="([^"]*)"/.exec(line) ?? [];
    if (route === undefined) return COUNTS_BIDS.test(line);
    // What is below one of theirs is reached through it.
    return [...addresses].some((address) => route === address || route.startsWith(`${address}/`));
  };
  return metrics
    .split('\n')
    .filter((line) => !isAbout(line))
    .join('\n');
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
