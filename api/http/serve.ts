import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { DomainError } from '../../domain/errors.ts';
import { preparedInstead } from './acts/prepare.ts';
import { aboutOf } from './about.ts';
import { answers, askedOf } from './fields/asked.ts';
import { actorOf, askFor, contextOf, type Commit } from './acts/ask.ts';
import { fileArrives, hasBody } from './bounds/arrival.ts';
import { assertCoding, JSON_CODINGS } from './bounds/coding.ts';
import { actingAs, assertRole, assertSameOrigin, callerOf } from './access.ts';
import { keyedRequest, type Idempotency } from './idempotent.ts';
import { PROBLEM_TYPE, problemOf } from './problems.ts';
import { cut, partIn, type Part } from './bounds/range.ts';
import { assertUtf8Address, keepRawBody } from './raw-body.ts';
import type { Answer, Route } from './route.ts';
import type { Services } from './services.ts';
import { assertSignedInCompletely, assertVerified } from './sign-in/gate.ts';
import { MAX_JSON_BYTES } from './settings.ts';

const parseJson = express.json({
  limit: MAX_JSON_BYTES,
  // JSON that is no object is refused by the schema, which says so.
  strict: false,
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

/**
 * What every route does, in this order: who, rate limit, acting as, Idempotency-Key, place, permission, validation, a recent password or code;
 * then the handler, or the act is kept for a second person; then the answer.
 */
export function serve(spec: Route, gate: Gate): RequestHandler {
  const { services } = gate;
  return async (request, response) => {
    if (spec.always) response.set(spec.always);
    answers(response, spec);
    const requestId = gate.requestId(request);
    assertUtf8Address(request.originalUrl);
    const caller = callerOf(request, requestId);
    const who = await services.auth.whoIs(caller);
    await gate.limit(request, response, who?.account.id ?? caller.address ?? '', spec);
    assertSameOrigin(request, services.settings.publicUrl, who?.byCookie ?? false);
    assertSignedInCompletely(spec, who);
    const acting = actingAs(request, spec, who);
    assertRole(spec, acting, who);
    if (spec.body) await readJson(spec, request, response);
    else if (spec.upload) {
      assertCoding(request, []);
      fileArrives(request);
    }
    const keyed = keyedRequest(request, spec, {
      accountId: who?.account.id,
      acting: `${acting.organisationId ?? ''}:${acting.role}`,
      sessionKey: services.settings.sessionKey,
      maxFileBytes: services.settings.maxFileBytes,
    });
    const commit: Commit = (work, subject) => gate.idempotency.commit(keyed, spec, work, subject);
    const asker = { request, response, caller, who, acting, about: aboutOf(response) };
    const answer = await gate.idempotency.run(keyed, async () => {
      const asked = await askFor(spec, services, request, asker);
      // After what is refused anyway: nobody types a password for it. A repeated request has its answer already.
      assertVerified(spec, who, { realNowMs: services.realNow(), minutes: services.settings.verifiedMinutes });
      const prepared = await preparedInstead(spec, services, asker, asked, commit);
      return prepared ?? spec.handle(contextOf(spec, services, asker, asked, { commit, actor: actorOf(asker) }));
    });
    if (answer.decisionId !== undefined) aboutOf(response).decisionId = answer.decisionId;
    await send(response, await completed(spec, services, answer));
  };
}

async function readJson(spec: Route, request: Request, response: Response): Promise<void> {
  if (!hasBody(request)) return;
  assertCoding(request, JSON_CODINGS);
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

async function completed(spec: Route, services: Services, answer: Answer): Promise<Answer> {
  if (!spec.completed || answer.body === undefined || answer.status >= 400) return answer;
  return { ...answer, body: await spec.completed(services, answer.body) };
}

async function send(response: Response, answer: Answer): Promise<void> {
  // A missing file is reported as a failure, not as an answer that breaks off.
  if (answer.file) await once(answer.file.stream, 'readable');
  response.status(answer.status).set({ 'Cache-Control': 'no-store', ...answer.headers });
  if (answer.file) {
    const { stream, name, mediaType, size, sha256 } = answer.file;
    if (sha256 !== undefined) response.set('ETag', `"${sha256}"`);
    const part = partOfFile(response, stream, size);
    response.attachment(name).set({ 'Content-Type': mediaType });
    await pipeline(part ? cut(stream, part) : stream, response);
  } else if (answer.body === undefined) response.end();
  else {
    if (answer.status >= 400) response.type(PROBLEM_TYPE);
    response.json(answer.body);
  }
}

/** @throws DomainError `range-not-satisfiable`; the stream is closed */
function partOfFile(response: Response, stream: Readable, size: number | null): Part | null {
  try {
    return partIn(response, size);
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** Answers an error as a problem; a failure of ours is described in general terms only. */
export function sendProblem(response: Response, error: unknown, requestId: string): void {
  const problem = problemOf(error, requestId, askedOf(response));
  aboutOf(response).code = problem.code;
  const wanted = problem.details?.['retryAfterSeconds'];
  const retryAfter = typeof wanted === 'number' ? wanted : problem.status === 503 ? 1 : undefined;
  response.status(problem.status).set('Cache-Control', 'no-store').type(PROBLEM_TYPE);
  if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
  const { field, allowed } = problem.details ?? {};
  // RFC 9110 12.5.3: what would have been taken.
  if (field === 'Content-Encoding' && Array.isArray(allowed)) response.set('Accept-Encoding', allowed.join(', '));
  if (problem.status === 401) response.set('WWW-Authenticate', 'Bearer realm="kaibiao"');
  if ([408, 413, 507].includes(problem.status) && !response.req.complete) response.set('Connection', 'close');
  response.json(problem);
}
