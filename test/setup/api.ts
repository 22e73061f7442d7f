import { creditCodeFrom } from './credit-code.ts';
import { pipeline, Readable, Writable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createHash, randomUUID } from 'node:crypto';
import { Agent, request, type IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { pino } from 'pino';
import { expect } from 'vitest';
import { createApi, DEFAULT_SETTINGS, type ApiDeps, type ApiSettings } from '../../api/http/app.ts';
import { SLOW_PASSWORDS, type Passwords } from '../../api/http/auth.ts';
import { databaseMetrics } from '../../api/http/database-metrics.ts';
import { createMetrics } from '../../api/http/metrics.ts';
import { openApiDocument } from '../../api/http/openapi.ts';
import { problemSchema } from '../../api/http/problems.ts';
import { ROUTES } from '../../api/routes.ts';
import { createAccount } from '../../services/accounts/create.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { temporaryStorage, type Storage } from './database.ts';
import type { Database, DatabaseOptions } from '../../db/access/database.ts';
import { openDatabase } from '../../db/access/open.ts';
import { observed } from '../../db/access/observed.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { ROLES, type Role } from '../../domain/roles.ts';
import { unreadable } from './checks/prose.ts';
import { testSigner } from './signer.ts';
import { dossierPages } from '../../web/dossiers/pages.ts';
import { publicPages } from '../../web/pages.ts';
import { receiptPrinter } from '../../web/bids/receipt-pdf.ts';
import { evaluationPrinter } from '../../web/evaluation/report.ts';

export interface TestApi extends AsyncDisposable {
  readonly url: string;
  readonly db: Database;
  readonly dataDir: string;
  readonly storage: Storage;
  /** Everything that was logged, as written. */
  readonly log: () => string;
  /** Opens an organisation with one account in a role, and signs in. */
  member(role: Role, name?: string): Promise<Member>;
  /** Signs in a person by name. */
  signIn(username: string, password: string): Promise<Answered>;
  /** A request without any sign-in. */
  call(method: string, path: string, options?: CallOptions): Promise<Answered>;
}

export interface Member {
  readonly role: Role;
  readonly organisationId: string;
  readonly accountId: string;
  readonly username: string;
  readonly password: string;
  readonly token: string;
  /** A request as this person; POSTs get an Idempotency-Key of their own unless one is given. */
  call(method: string, path: string, options?: CallOptions): Promise<Answered>;
}

export interface CallOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array>;
  readonly headers?: Record<string, string>;
  readonly key?: string | null;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body. */
  readonly body: unknown;
  /** What lies in the body at a path, as `items.0.id`. */
  readonly get: (path: string) => unknown;
}

export const TEST_PASSWORD = 'a-password-for-tests';

/** scrypt takes its time by design: what is hashed quickly here is compared quickly, and nothing else. */
const QUICK = 'quick:';
const quickly = (password: string): string => QUICK + createHash('sha256').update(password).digest('hex');
export const QUICK_PASSWORDS: Passwords = {
  hash: async (password) => quickly(password),
  verify: async ({ hash, password }) =>
    hash.startsWith(QUICK) ? hash === quickly(password) : SLOW_PASSWORDS.verify({ hash, password }),
};

/** An API over a database of its own in a temporary folder, on a free port. */
export async function startTestApi(
  options: {
    settings?: Partial<ApiSettings>;
    database?: Partial<DatabaseOptions>;
    /** A free one by default. */
    port?: number;
    deps?: Partial<Pick<ApiDeps, 'temporalReady' | 'realNow' | 'onDrillClock' | 'passwords' | 'custodiansRunning'>>;
  } = {},
): Promise<TestApi> {
  const { storage, remove } = await temporaryStorage('template');
  const { dataDir } = storage;
  const metrics = createMetrics();
  const opened = await openDatabase({ ...storage, ...options.database });
  const measured = databaseMetrics(metrics.registry, opened);
  const db = observed(opened, measured.watch);
  const lines: string[] = [];
  const log = pino(
    { level: 'trace' },
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    }),
  );
  const settings = {
    ...DEFAULT_SETTINGS,
    publicUrl: 'http://tender.test',
    sessionKey: 'a key for tests, long enough to be taken seriously',
    rateLimit: 'off' as const,
    sealing: 'optional' as const,
    ...options.settings,
  };
  const api = await createApi({
    db,
    log,
    metrics,
    pages: publicPages({ db, publicUrl: settings.publicUrl }),
    temporalReady: async () => true,
    passwords: QUICK_PASSWORDS,
    signer: await testSigner(),
    printReceipt: receiptPrinter(settings.publicUrl),
    printEvaluation: evaluationPrinter(settings.publicUrl),
    dossierPages: dossierPages(settings.publicUrl),
    settings,
    ...options.deps,
  });
  const { url } = await api.listen(options.port ?? 0);

  const agent = new Agent({ keepAlive: true });
  const call = async (method: string, path: string, sent: CallOptions = {}): Promise<Answered> => {
    const response = await send(
      agent,
      `${url}${path}`,
      method,
      sent.json === undefined ? sent.body : JSON.stringify(sent.json),
      {
        ...(sent.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' && sent.key !== null ? { 'idempotency-key': sent.key ?? randomUUID() } : {}),
        ...sent.headers,
      },
    );
    const text = await textOf(response);
    const headers = headersOf(response);
    const status = response.statusCode ?? 0;
    const isJson = /json(;|$)/.test(headers.get('content-type') ?? '');
    const body: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
    assertAsDocumented(method, path, status, body);
    // The document is for who writes a program.
    if (path !== '/openapi.json') expect(unreadable(body), `${method} ${path}: what people read`).toEqual([]);
    const get = (at: string): unknown =>
      at.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], body);
    return { status, headers, text, body, get };
  };

  const signIn = (username: string, password: string): Promise<Answered> =>
    call('POST', '/api/session', { json: { username, password }, key: null });

  let count = 0;
  return {
    url,
    db,
    dataDir,
    storage,
    log: () => lines.join(''),
    call,
    signIn,
    member: async (role, name) => {
      count += 1;
      const number = count;
      const username = `${role}.${number}`;
      const passwordHash = await QUICK_PASSWORDS.hash(TEST_PASSWORD);
      const made = await db.transaction(async (tx) => {
        const { id: organisationId } = await createOrganisation(tx, UNATTENDED, {
          name: name ?? `${role}.${number}`,
          creditCode: creditCodeFrom(number),
        });
        const account = await createAccount(tx, UNATTENDED, {
          username,
          name: username,
          memberships: [{ organisationId, role }],
          passwordHash,
          oneTimeUntil: null,
        });
        return { organisationId, accountId: account.id };
      });
      const token = String((await signIn(username, TEST_PASSWORD)).get('token'));
      return {
        ...made,
        role,
        username,
        password: TEST_PASSWORD,
        token,
        call: (method, path, sent = {}) =>
          call(method, path, { ...sent, headers: { authorization: `Bearer ${token}`, ...sent.headers } }),
      };
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await api.close(1_000);
      measured.close();
      await db.close();
      await remove();
    },
  };
}

/** `fetch` takes several times as long as the request itself, and a walk sends thousands. */
const send = (
  agent: Agent,
  url: string,
  method: string,
  body: CallOptions['body'],
  headers: Record<string, string>,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const whole = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const length = body !== undefined && whole ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const sent = request(url, { agent, method, headers: { ...length, ...headers } });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // A server closes idle connections, maybe just as one is used again: nothing was read of this request.
      if (sent.reusedSocket && error.code === 'ECONNRESET' && whole) resolve(send(agent, url, method, body, headers));
      else reject(error);
    });
    sent.on('response', (response) => {
      // Whoever has answered reads no more.
      response.once('end', () => {
        if (!sent.writableFinished) sent.destroy();
      });
      resolve(response);
    });
    if (whole) sent.end(body);
    else pipeline(Readable.fromWeb(body), sent, () => undefined);
  });

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(String(rawHeaders[at]), String(rawHeaders[at + 1]));
  return headers;
}

/** Whatever a test asks for, the answer must be one that the OpenAPI document has, in the shape it has it. */
function assertAsDocumented(method: string, path: string, status: number, body: unknown): void {
  const asked = path.split('?')[0] ?? '';
  const sent = method.toLowerCase();
  const spec = OF_THEIR_OWN.has(asked)
    ? BY_NAME.get(`${sent} ${asked}`)
    : BY_PATTERN.find(({ route, pattern }) => route.method === sent && pattern.test(asked))?.route;
  if (!spec || status === 500) return;
  const responses = openApiDocument().paths?.[`/api${spec.path}`]?.[spec.method]?.responses ?? {};
  if (!(String(status) in responses)) {
    expect.fail(`${method} ${path} answers ${status}, which is not documented: ${JSON.stringify(body)}`);
  }
  if (method === 'HEAD') return;
  const schema = status >= 400 ? problemSchema : spec.outcomes.find((outcome) => outcome.status === status)?.schema;
  if (!schema) return;
  // What the schema does not know is dropped by parsing, and so is found here.
  const known = schema.parse(body);
  if (!isDeepStrictEqual(body, known)) expect(body, `${method} ${path}`).toEqual(known);
}

/** A path of its own comes before those with a parameter in its place, for every method. */
const OF_THEIR_OWN = new Set(ROUTES.map(({ path }) => `/api${path}`));
const BY_NAME = new Map(ROUTES.map((route) => [`${route.method} /api${route.path}`, route]));
const BY_PATTERN = ROUTES.filter(({ path }) => path.includes('{')).map((route) => ({
  route,
  pattern: new RegExp(`^/api${route.path.replace(/\{\w+\}/g, '[^/]+')}$`),
}));

/** Every role that somebody can have. */
export const MEMBER_ROLES = ROLES.filter((role) => role !== 'public');
