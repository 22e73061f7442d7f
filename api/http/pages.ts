import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type Server } from 'node:http';
import { duplexPair, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { DomainError } from '../../domain/errors.ts';
import type { NamedMembership } from '../../db/accounts/memberships.ts';
import { ACTING_AS, assertSameOrigin, callerOf } from './access.ts';
import type { SignedIn } from './auth.ts';
import { partIn } from './bounds/range.ts';
import { insideHeaders } from './inside.ts';
import { KEY_HEADER } from './idempotent.ts';
import type { Problem } from './problems.ts';
import type { Gate } from './serve.ts';

// Pages ask the API in process, as the person who visits them: the same checks, refusals and records (docs/adr/0065).

/** A page or a file beside the API, counted, limited and traced like its own routes. */
export interface PublicPage {
  /** In Express syntax. */
  readonly path: string;
  /** `post`: a form of a page. */
  readonly method?: 'get' | 'post';
  /** Everybody sees the same. Any other page is one that bidders may use: no log, number or span tells that it was asked for. */
  readonly sameForAll?: true;
  /** Answers; or sets the headers of a file and returns its bytes, of which a part may be wanted. */
  readonly handle: (request: Request, response: Response, visit: Visit) => Promise<Uint8Array | void>;
}

export interface Asked {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Under /api, with the values of its parameters and its query. */
  readonly path: string;
  readonly json?: unknown;
  /** A file, as it arrives. */
  readonly file?: { readonly stream: Readable; readonly mediaType: string };
  /** The Idempotency-Key of a POST: the same for a form that is sent twice. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The JSON of the answer; undefined where it has none. */
  readonly body: unknown;
  /** What was refused, and why; null where nothing was. */
  readonly problem: Problem | null;
  readonly bytes: Buffer;
}

/** One request for a page, and who sent it. */
export interface Visit {
  /** Who is signed in; null: nobody. */
  readonly who: () => Promise<SignedIn | null>;
  /** The membership that the person acts under: the only one, or the one that the cookie of `actingCookie` names. */
  readonly acting: () => Promise<NamedMembership | null>;
  /** Sends a request to the API, as the visitor. */
  readonly ask: (asked: Asked) => Promise<Told>;
  /** For the forms of this session; empty where nobody is signed in. */
  readonly formToken: () => Promise<string>;
  /** That a form comes from a page of this session. @throws DomainError `cross-site` */
  readonly assertForm: (token: unknown) => Promise<void>;
}

export const ACTING_COOKIE = 'kaibiao.acting';

const parseForm = express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 5_000 });

/** @param wrap counts and traces a handler by the pattern of its path */
export function mountPages(
  app: Express,
  pages: readonly PublicPage[],
  gate: Gate,
  by: {
    readonly wrap: (pattern: string, handle: RequestHandler, ofBidders: boolean) => RequestHandler;
    readonly refuseOthers: (path: string, allowed: readonly string[]) => void;
  },
): void {
  const methods = new Map<string, string[]>();
  // It listens nowhere: pages hand it their connections.
  const inside = createServer(app);
  for (const { path, method = 'get', sameForAll = false, handle } of pages) {
    const limited: RequestHandler = async (request, response) => {
      const visit = visitOf(inside, gate, request);
      const who = request.get('cookie') === undefined ? null : await visit.who();
      await gate.limit(request, response, who?.account.id ?? request.ip ?? '', { method, path });
      if (method === 'post') {
        assertSameOrigin(request, gate.services.settings.publicUrl, true);
        if (request.is('multipart/form-data') === false) await formOf(request, response);
      }
      const bytes = await handle(request, response, visit);
      if (bytes === undefined) return;
      const part = partIn(response, bytes.byteLength);
      response.send(Buffer.from(part ? bytes.subarray(part.from, part.to + 1) : bytes));
    };
    app[method](path, by.wrap(path, limited, !sameForAll));
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) by.refuseOthers(path, allowed);
}

const formOf = (request: Request, response: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    parseForm(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('the form could not be read'));
    });
  });

function visitOf(server: Server, { services, requestId }: Gate, request: Request): Visit {
  const onceRead = <T>(read: () => Promise<T>): (() => Promise<T>) => {
    let known: Promise<T> | undefined;
    return () => (known ??= read());
  };
  const who = onceRead(() => services.auth.whoIs(callerOf(request, requestId(request))));
  const acting = onceRead(async () => {
    const memberships = (await who())?.memberships ?? [];
    const named = cookieOf(request, ACTING_COOKIE);
    return (
      memberships.find((each) => membershipName(each) === named) ??
      (memberships.length === 1 ? memberships[0] : null) ??
      null
    );
  });
  const formToken = async (): Promise<string> => {
    const session = (await who())?.sessionId;
    if (session === undefined) return '';
    return createHmac('sha256', services.settings.sessionKey).update(`form ${session}`).digest('base64url');
  };
  return {
    who,
    acting,
    formToken,
    assertForm: async (token) => {
      const wanted = Buffer.from(await formToken());
      const given = Buffer.from(typeof token === 'string' ? token : '');
      if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
      throw new DomainError('cross-site', {
        messageZh: '表单已失效（可能已重新登录），请返回页面刷新后再提交',
        messageEn:
          'The form is no longer valid (you may have signed in again): go back, reload the page and submit it again',
      });
    },
    ask: async (asked) => {
      const membership = await acting();
      return ask(server, request, asked, membership && membershipName(membership));
    },
  };
}

export const membershipName = ({ organisationId, role }: Pick<NamedMembership, 'organisationId' | 'role'>): string =>
  `${organisationId}:${role}`;

function cookieOf(request: Request, name: string): string | undefined {
  for (const pair of (request.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return decodeURIComponent(pair.slice(at + 1).trim());
  }
  return undefined;
}

/** What is said of the visitor's browser, and handed on. */
const HANDED_ON = ['cookie', 'user-agent', 'origin', 'sec-fetch-site', 'accept-language', 'x-forwarded-for'] as const;

/** Within the process: no port, and nothing that another could reach. */
async function ask(server: Server, request: Request, asked: Asked, acting: string | null): Promise<Told> {
  const { method, path, json, file, key } = asked;
  const headers: Record<string, string> = {
    ...insideHeaders(),
    host: request.get('host') ?? 'localhost',
    connection: 'close',
  };
  for (const name of HANDED_ON) {
    const value = request.get(name);
    if (value !== undefined) headers[name] = value;
  }
  if (acting !== null) headers[ACTING_AS.toLowerCase()] = acting;
  if (key !== undefined) headers[KEY_HEADER.toLowerCase()] = key;
  const body = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
  if (file) headers['content-type'] = file.mediaType;
  else if (body) Object.assign(headers, { 'content-type': 'application/json', 'content-length': String(body.length) });
  const [near, far] = duplexPair();
  // Its sender is that of the page.
  server.emit('connection', Object.assign(far, { remoteAddress: request.socket.remoteAddress }));
  const sent = send({
    method: method.toUpperCase(),
    path: `/api${path}`,
    headers: { ...headers, ...asked.headers },
    createConnection: () => near,
  });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  if (file) await Promise.race([pipeline(file.stream, sent).catch(() => undefined), answered]);
  else sent.end(body);
  const [response] = await answered;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const isJson = /json(;|$)/.test(response.headers['content-type'] ?? '');
  const told: unknown = isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined;
  const status = response.statusCode ?? 500;
  return { status, headers: response.headers, body: told, problem: status >= 400 ? (told as Problem) : null, bytes };
}
