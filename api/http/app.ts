import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, {
  type ErrorRequestHandler,
  type Express,
  type IRoute,
  type Request,
  type RequestHandler,
} from 'express';
import helmet from 'helmet';
import { formatInstant, isInstant } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { aboutOf } from './about.ts';
import { limitArrival } from './bounds/arrival.ts';
import { createServices } from '../create-services.ts';
import { keySet } from '../log/key-set.ts';
import { mountDocs } from './docs.ts';
import { Idempotency } from './idempotent.ts';
import { isReadOfPage } from '../inside.ts';
import { createLimit } from './bounds/limits.ts';
import { concernsBidders, ofBidders } from './of-bidders.ts';
import { mountPages } from '../pages.ts';
import { mountProbes } from './probes.ts';
import { isDefect } from './problems.ts';
import { requestLog } from './request-log.ts';
import type { Route } from './route.ts';
import { ROUTES } from '../routes.ts';
import { sendProblem, serve, type Gate } from './serve.ts';
import type { ApiDeps } from './services.ts';
import { traced } from './traced.ts';

export type { ApiDeps } from './services.ts';
export { DEFAULT_SETTINGS, type ApiSettings } from './settings.ts';

/** Where a password is tried. */
const GUESSABLE = [
  '/session',
  '/session/password',
  '/session/verification',
  '/session/second-factor',
  '/session/second-factor/confirm',
  '/session/second-factor/proof',
  '/session/second-factor/recovery-codes',
  '/session/second-factor/remove',
  '/session/oidc/finish',
  '/session/certificate',
  '/session/identities/oidc',
  '/session/identities/certificate',
  '/session/identities/{identityId}/remove',
  '/procurements/{id}/lots/{no}/bids/withdraw',
  '/organisations/{organisationId}/people/{accountId}/{role}/confirm',
  '/organisations/{organisationId}/corrections/{correctionId}/confirm',
  '/invitations/read',
  '/invitations/accept',
  '/setup',
];

/** What anybody may add, without an account. */
const OPEN = ['/registrations'];

export interface Api {
  readonly app: Express;
  /** Starts listening; port 0 takes a free one. */
  listen(port: number, host?: string): Promise<{ readonly url: string; readonly port: number }>;
  /** Accepts no more requests and waits for those in progress, `graceMs` at most. */
  close(graceMs?: number): Promise<void>;
}

/** How often slow headers are looked for (ms). */
const CHECK_CONNECTIONS_MS = 5_000;

/** The HTTP API. It only reads and writes the database, so that it still answers while Temporal is down. */
export async function createApi(deps: ApiDeps): Promise<Api> {
  const { db, settings, log } = deps;
  const services = createServices(deps);
  const limit = createLimit(settings, { guessable: GUESSABLE, open: OPEN });
  const gate: Gate = {
    services,
    idempotency: new Idempotency(db),
    // What a page reads was counted with the page.
    limit: (request, response, key, spec) =>
      isReadOfPage(request) ? Promise.resolve() : limit(request, response, key, spec),
    requestId: ({ id }: Request) => (typeof id === 'string' ? id : ''),
  };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', settings.trustedProxies);
  app.set('query parser', 'simple');
  const pages = [keySet(db), ...(deps.pages ?? [])];
  const bidders = ofBidders(ROUTES, pages);
  app.use(requestLog(log, bidders, settings.acceptedLevel));
  app.use(
    limitArrival(settings.arrival, (request, response, error) => sendProblem(response, error, gate.requestId(request))),
  );
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
      strictTransportSecurity: settings.publicUrl.startsWith('https:'),
    }),
  );
  const drill = db.clock.mode === 'drill';
  if (drill) app.use(markDrill(db));
  mountProbes(app, deps, services.metrics, bidders);
  mountDocs(app, settings, drill);
  mountRoutes(app, ROUTES, gate);
  mountPages(app, pages, gate, {
    wrap: (pattern, handle, bidders) => watched(pattern, handle, gate, bidders),
    refuseOthers: (path, allowed) => refuseOtherMethods(app.route(path), allowed),
  });
  app.use((request: Request) => {
    throw new DomainError('not-found', {
      messageZh: `没有该地址：${request.path}`,
      messageEn: `No such address: ${request.path}`,
      details: { path: request.path },
    });
  });
  app.use(problems(gate));

  const servers = new Set<Server>();
  return {
    app,
    listen: async (port, host = '127.0.0.1') => {
      const { headersMs } = settings.arrival;
      const limits = {
        requestTimeout: settings.uploadTimeoutMs,
        headersTimeout: headersMs,
        connectionsCheckingInterval: Math.min(headersMs, CHECK_CONNECTIONS_MS),
      };
      const server = createServer(limits, (req, res) => {
        // A kept-alive connection must not keep a closing server open.
        res.once('close', () => {
          if (!server.listening) setImmediate(() => server.closeIdleConnections());
        });
        app(req, res);
      });
      server.maxConnections = settings.connections;
      server.setTimeout(settings.arrival.idleMs);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, resolve);
      });
      servers.add(server);
      const { port: bound } = server.address() as AddressInfo;
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound };
    },
    close: async (graceMs = 10_000) => {
      await Promise.all([...servers].map((server) => closeServer(server, graceMs)));
      servers.clear();
    },
  };
}

/** 演练: every answer is marked as a drill, and says what its clock shows once it is sent. */
const markDrill =
  (db: ApiDeps['db']): RequestHandler =>
  (_request, response, next) => {
    response.set('X-Kaibiao-Drill', 'true');
    const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => typeof response;
    response.writeHead = (...head: unknown[]) => {
      const now = db.now();
      // A clock that has run beyond all years has no date to show.
      if (isInstant(now)) response.setHeader('X-Kaibiao-Civil-Time', formatInstant(now));
      return writeHead(...head);
    };
    next();
  };

function mountRoutes(app: Express, routes: readonly Route[], gate: Gate): void {
  for (const [path, specs] of byPath(routes)) {
    const pattern = `/api${path.replace(/\{(\w+)\}/g, ':$1')}`;
    const route = app.route(pattern);
    for (const spec of specs)
      route[spec.method](watched(`/api${path}`, serve(spec, gate), gate, concernsBidders(spec)));
    refuseOtherMethods(
      route,
      specs.map(({ method }) => method.toUpperCase()),
    );
  }
}

/** A path of its own comes before those with a parameter in its place, for every method: `check` is the id of nothing. */
function byPath(routes: readonly Route[]): [string, Route[]][] {
  const paths = new Map<string, Route[]>();
  for (const spec of routes) paths.set(spec.path, [...(paths.get(spec.path) ?? []), spec]);
  const order = (path: string): string => path.replace(/\{\w+\}/g, '\uffff');
  return [...paths].sort(([a], [b]) => (order(a) < order(b) ? -1 : 1));
}

/** Counted by the pattern of its path, and traced; what bidders do is not traced, nor what a page reads: each span would show that somebody bids. */
function watched(pattern: string, handle: RequestHandler, gate: Gate, bidders = false): RequestHandler {
  const { services, requestId } = gate;
  const handler = bidders
    ? handle
    : traced(pattern, handle, { trustedProxies: services.settings.trustedProxies, requestId });
  return (request, response, next) => {
    if (isReadOfPage(request)) return handle(request, response, next);
    const began = process.hrtime.bigint();
    response.once('close', () => {
      const seconds = Number(process.hrtime.bigint() - began) / 1e9;
      services.metrics.observe(request.method, pattern, response.statusCode, seconds);
    });
    return handler(request, response, next);
  };
}

/** `app.all` would be a handler for each of Express's 35 methods. */
function refuseOtherMethods(route: IRoute, allowed: readonly string[]): void {
  route.all((request, response) => {
    const allow = [...new Set([...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])])].join(', ');
    response.set('Allow', allow);
    throw new DomainError('method-not-allowed', {
      messageZh: `该地址不支持 ${request.method}，可用：${allow}`,
      messageEn: `${request.method} is not allowed here; allowed: ${allow}`,
      details: { allowed },
    });
  });
}

function problems({ requestId }: Gate): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (isDefect(error)) request.log.error({ err: error, ...aboutOf(response) }, 'a request failed');
    // Part of the response is sent already: the connection is closed.
    if (response.headersSent) response.destroy();
    else sendProblem(response, error, requestId(request));
  };
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  } finally {
    clearTimeout(late);
  }
}
