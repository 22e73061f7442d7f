import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type RequestHandler, type Response } from 'express';
import * as z from 'zod';
import type { Actor } from '../../db/audit.ts';
import type { Subject, Tx } from '../../db/access/database.ts';
import { notFound } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';
import { aboutOf, type About } from './about.ts';
import { fileArrives, hasBody } from './bounds/arrival.ts';
import {
  actingAs,
  assertPasswordChanged,
  assertRole,
  assertSameOrigin,
  authorise,
  callerOf,
  type Acting,
  type Located,
} from './access.ts';
import type { Caller, SignedIn } from './auth.ts';
import { assertMandated } from '../../services/mandates/assert.ts';
import { catchUp, isAnythingDue } from '../../services/tender/advance.ts';
import { decisionAnswer } from '../decisions/views.ts';
import { keyedRequest, REPLAYED_HEADER, type Idempotency } from './idempotent.ts';
import { badInput, type Issue } from '../../domain/issues.ts';
import { issuesOf, PROBLEM_TYPE, problemOf } from './problems.ts';
import { concernsBidders } from './of-bidders.ts';
import { cut, partOf, type Part } from './bounds/range.ts';
import { assertUtf8Address, keepRawBody } from './raw-body.ts';
import type { Answer, RouteContext, RouteLevel, Route } from './route.ts';
import type { Services } from './services.ts';
import { MAX_JSON_BYTES } from './settings.ts';

const parseJson = express.json({
  limit: MAX_JSON_BYTES,
  strict: true,
  type: ['json', '+json'],
  verify: keepRawBody,
});

export interface Gate {
  readonly services: Services;
  readonly idempotency: Idempotency;
  /** Counts the request against its sender, or their address; refuses above the limit. */
  readonly limit: (
    request: Request,
    response: Response,
    key: string,
    spec: Pick<Route, 'method' | 'path'>,
  ) => Promise<void>;
  readonly requestId: (request: Request) => string;
}

type Commit = (work: (tx: Tx) => Promise<Answer>, subject: Subject | undefined) => Promise<Answer>;
type AnyRouteContext = RouteContext<RouteLevel, Record<string, unknown>, Record<string, unknown>, unknown>;

/**
 * What every route does, in this order: who, rate limit, acting as, Idempotency-Key, place, permission, validation;
 * then the handler; then the answer.
 */
export function serve(spec: Route, gate: Gate): RequestHandler {
  const { services } = gate;
  return async (request, response) => {
    if (spec.always) response.set(spec.always);
    const requestId = gate.requestId(request);
    assertUtf8Address(request.originalUrl);
    const caller = callerOf(request, requestId);
    const who = await services.auth.whoIs(caller);
    await gate.limit(request, response, who?.account.id ?? caller.address ?? '', spec);
    assertSameOrigin(request, services.settings.publicUrl, who?.byCookie ?? false);
    const acting = actingAs(request, spec, who);
    assertRole(spec, acting, who);
    assertPasswordChanged(spec, who);
    if (spec.body) await readJson(spec, request, response);
    else if (spec.upload) fileArrives(request);
    const keyed = keyedRequest(request, spec, {
      accountId: who?.account.id,
      acting: `${acting.organisationId ?? ''}:${acting.role}`,
      sessionKey: services.settings.sessionKey,
      maxFileBytes: services.settings.maxFileBytes,
    });
    const commit: Commit = (work, subject) => gate.idempotency.commit(keyed, spec, work, subject);
    const answer = await gate.idempotency.run(keyed, async () =>
      spec.handle(
        await ask(spec, services, { request, response }, { caller, who, acting, commit, about: aboutOf(response) }),
      ),
    );
    if (answer.decisionId !== undefined) aboutOf(response).decisionId = answer.decisionId;
    await send(response, await completed(spec, services, answer));
  };
}

async function ask(
  spec: Route,
  services: Services,
  { request, response }: { request: Request; response: Response },
  by: { caller: Caller; who: SignedIn | null; acting: Acting; commit: Commit; about: About },
): Promise<AnyRouteContext> {
  const { caller, who, acting, about } = by;
  const params = spec.params?.safeParse(request.params);
  // A malformed id names nothing.
  if (params && !params.success) throw notFound('resource', request.path);
  const located = await authoriseNow(services.db, spec, params?.data ?? {}, acting);
  const { procurement: subject } = located;
  if (subject && !concernsBidders(spec)) about.procurementId = subject.id;
  const { mandated } = located;
  const commit: AnyRouteContext['commit'] = (work) =>
    by.commit(
      async (tx) => {
        // A mandate that was ended in the meantime: the act is judged at the instant of its transaction.
        if (subject && mandated)
          await assertMandated(tx.q, { ...subject, agencyId: mandated.agencyId }, mandated.act, tx.now);
        return work(tx);
      },
      spec.whileInDoubt ? 'clock-in-doubt' : subject && { procurementId: subject.id },
    );
  const { query, body } = validate(spec, request);
  const actor: Actor = {
    accountId: who?.account.id ?? null,
    organisationId: acting.organisationId,
    role: acting.role,
    address: caller.address,
    requestId: caller.requestId,
  };
  return {
    ...located,
    services,
    request,
    response,
    caller,
    who,
    role: acting.role,
    organisationId: acting.organisationId,
    actor,
    params: params?.data ?? {},
    query,
    body,
    person: () => present(who),
    organisation: () => present(acting.organisationId),
    commit,
    decide: async (kind, act) => {
      try {
        const answer = await commit(async (tx) => decisionAnswer(tx.q, await act(tx)));
        if (answer.headers?.[REPLAYED_HEADER] === undefined) services.metrics.decision(kind, 'accepted');
        return answer;
      } catch (error) {
        if (error instanceof DomainError) services.metrics.decision(kind, 'refused');
        throw error;
      }
    },
  };
}

/**
 * A request that the stage refuses is judged again after everything due by now is done: the engine may be late or down,
 * and a right does not wait for it.
 */
async function authoriseNow(
  db: Services['db'],
  spec: Route,
  params: Readonly<Record<string, unknown>>,
  acting: Acting,
): Promise<Located> {
  try {
    return await authorise(db, spec, params, acting);
  } catch (error) {
    const refused = error instanceof DomainError && error.details?.['reason'] === 'stage';
    if (!refused || spec.method === 'get' || spec.at === 'anywhere') throw error;
    const procurementId = spec.procurementOf ? await spec.procurementOf(db.read, params) : String(params['id']);
    if (!(await isAnythingDue(db, procurementId))) throw error;
    await catchUp(db, procurementId);
    return authorise(db, spec, params, acting);
  }
}

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined)
    throw new Error('a route reads an actor or a subject that its definition does not declare');
  return value;
}

async function readJson(spec: Route, request: Request, response: Response): Promise<void> {
  if (!hasBody(request)) return;
  if (!request.is(['json', '+json'])) {
    throw new DomainError('media-type-unsupported', {
      messageZh: '请求正文应为 application/json',
      messageEn: 'The body must be application/json',
      details: { path: spec.path },
    });
  }
  await new Promise<void>((resolve, reject) => {
    parseJson(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('the body could not be read'));
    });
  });
}

/** Without it every message says that nothing came (`received undefined`). */
const SAYS_WHAT_CAME = { reportInput: true } as const;

/** Everything that is wrong with the query and the body, at once. */
function validate(spec: Route, request: Request): { query: Record<string, unknown>; body: unknown } {
  const issues: Issue[] = [];
  const query = (spec.query ?? z.strictObject({})).safeParse(request.query, SAYS_WHAT_CAME);
  if (!query.success) issues.push(...issuesOf(query.error));
  let body: unknown;
  if (spec.body) {
    const given: unknown = request.body;
    const parsed = spec.body.safeParse(given === undefined && spec.bodyOptional ? {} : given, SAYS_WHAT_CAME);
    if (parsed.success) body = parsed.data;
    else issues.push(...issuesOf(parsed.error));
  }
  if (issues.length > 0) throw badInput(issues);
  return { query: query.data ?? {}, body };
}

async function completed(spec: Route, services: Services, answer: Answer): Promise<Answer> {
  if (!spec.completed || answer.body === undefined || answer.status >= 400) return answer;
  return { ...answer, body: await spec.completed(services, answer.body) };
}

async function send(response: Response, answer: Answer): Promise<void> {
  // A missing file is reported as a failure, not as an answer that breaks off.
  if (answer.file) await once(answer.file.stream, 'readable');
  response.status(answer.status).set({ 'Cache-Control': 'no-store', ...answer.headers });
  if (answer.file) {
    const { stream, name, mediaType, size } = answer.file;
    const part = partIn(response, answer.file);
    response.attachment(name).set({ 'Content-Type': mediaType });
    if (size !== null) response.set({ 'Accept-Ranges': 'bytes', 'Content-Length': String(size) });
    if (part) {
      const { from, to } = part;
      response
        .status(206)
        .set({ 'Content-Range': `bytes ${from}-${to}/${size}`, 'Content-Length': String(to + 1 - from) });
    }
    await pipeline(part ? cut(stream, part) : stream, response);
  } else if (answer.body === undefined) response.end();
  else {
    if (answer.status >= 400) response.type(PROBLEM_TYPE);
    response.json(answer.body);
  }
}

/** @throws DomainError `range-not-satisfiable` */
function partIn(response: Response, { stream, size }: NonNullable<Answer['file']>): Part | null {
  try {
    return partOf(response.req, size);
  } catch (error) {
    stream.destroy();
    response.set('Content-Range', `bytes */${size}`);
    throw error;
  }
}

/** Answers an error as a problem; a failure of ours is described in general terms only. */
export function sendProblem(response: Response, error: unknown, requestId: string): void {
  const problem = problemOf(error, requestId);
  const wanted = problem.details?.['retryAfterSeconds'];
  const retryAfter = typeof wanted === 'number' ? wanted : problem.status === 503 ? 1 : undefined;
  response.status(problem.status).set('Cache-Control', 'no-store').type(PROBLEM_TYPE);
  if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
  if (problem.status === 401) response.set('WWW-Authenticate', 'Bearer realm="kaibiao"');
  if ([408, 413, 507].includes(problem.status) && !response.req.complete) response.set('Connection', 'close');
  response.json(problem);
}
