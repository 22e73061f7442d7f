import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type Server } from 'node:http';
import { duplexPair } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { membershipsOfAccount, type NamedMembership } from '../db/accounts/memberships.ts';
import { calendarOwner } from '../services/accounts/calendar-address.ts';
import { assertFormToken, formToken } from '../services/accounts/form-token.ts';
import { ACTING_AS, assertSameOrigin, callerOf } from './http/access.ts';
import { partIn } from './http/bounds/range.ts';
import { insideHeaders } from './inside.ts';
import { KEY_HEADER } from './http/idempotent.ts';
import type { Problem } from './http/problems.ts';
import type { Gate } from './http/serve.ts';
import type { Asked, PublicPage, Told, Visit } from './visit.ts';
import { CERTIFICATE_HEADER, PROXY_SECRET_HEADER, VERIFIED_HEADER } from './http/sign-in/certificate.ts';

// Pages ask the API in process, as the person who visits them: the same checks, refusals and records (docs/adr/0065).

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
      const visit = visitOf(inside, gate, request, response);
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

function visitOf(server: Server, { services, requestId }: Gate, request: Request, response: Response): Visit {
  const onceRead = <T>(read: () => Promise<T>): (() => Promise<T>) => {
    let known: Promise<T> | undefined;
    return () => (known ??= read());
  };
  /** Before the code of a second factor is proved, pages know nobody: what they read beside the API is not told either. */
  const who = onceRead(async () => {
    const found = await services.auth.whoIs(callerOf(request, requestId(request)));
    return found?.secondFactor === 'to-prove' ? null : found;
  });
  const acting = onceRead(async () => {
    const memberships = (await who())?.memberships ?? [];
    const named = cookieOf(request, ACTING_COOKIE);
    return (
      memberships.find((each) => membershipName(each) === named) ??
      (memberships.length === 1 ? memberships[0] : null) ??
      null
    );
  });
  const session = async (): Promise<string> => (await who())?.sessionId ?? '';
  const { sessionKey } = services.settings;
  return {
    who,
    acting,
    calendarOwner: async (token) => {
      const { read } = services.db;
      const account = await calendarOwner(read, sessionKey, token);
      return account && { accountId: account.id, memberships: await membershipsOfAccount(read, account.id) };
    },
    formToken: async () => formToken(sessionKey, await session()),
    assertForm: async (token) => assertFormToken(sessionKey, await session(), token),
    ask: async (asked) => {
      const membership = await acting();
      const told = await ask(server, request, asked, membership && membershipName(membership));
      // What begins or ends a session does so for the browser.
      const cookies = told.headers['set-cookie'];
      if (cookies !== undefined) response.append('Set-Cookie', cookies);
      return told;
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
const HANDED_ON = [
  ...['cookie', 'user-agent', 'origin', 'sec-fetch-site', 'accept-language', 'x-forwarded-for'],
  // A certificate, as the proxy has verified it.
  ...[CERTIFICATE_HEADER, VERIFIED_HEADER, PROXY_SECRET_HEADER].map((name) => name.toLowerCase()),
];

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
