import { randomBytes, randomUUID } from 'node:crypto';
import { checkDigitOf } from '../../domain/organisations/credit-code.ts';
import type { Role } from '../../domain/roles.ts';

/** A response of the API. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** How long one request may take (ms). */
const TIMEOUT_MS = 30_000;

/** A person with a browser or a program of their own: everything uses the public HTTP API. */
export class Person {
  constructor(
    readonly name: string,
    private readonly url: string,
    private token: string | null,
    /** 统一社会信用代码 of the organisation that the person acts for. */
    readonly creditCode = '',
    /** What the person signs in with; null for one who does not. */
    readonly credentials: Credentials | null = null,
  ) {}

  /** The person's own password, which confirms what cannot be undone. */
  get password(): string {
    return this.credentials?.password ?? '';
  }

  /** Sessions are in no backup: after a restore everybody signs in again. */
  async signInAgain(): Promise<void> {
    const { token } = await new Person(this.name, this.url, null).ask('POST', '/session', 200, this.credentials);
    this.token = String(token);
  }

  /** @throws Error on an unexpected answer: the message contains the problem from the response */
  async ask(method: string, path: string, wanted: number, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.send(method, path, body);
    if (answer.status === wanted) return answer.body;
    const told = (answer.body.detail as string | undefined) ?? JSON.stringify(answer.body);
    throw new Error(`${this.name}: ${method} ${path} → ${answer.status}, not ${wanted}: ${told}`);
  }

  /** A refusal that the story expects, with its code. */
  async refused(method: string, path: string, code: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.send(method, path, body);
    if (answer.body.code === code) return answer.body;
    throw new Error(
      `${this.name}: ${method} ${path} → ${answer.status} ${String(answer.body.code)}, not refused as ${code}`,
    );
  }

  /** The same person at another address of the same installation. */
  at(url: string): Person {
    return new Person(this.name, url, this.token, this.creditCode, this.credentials);
  }

  /** The same person, with a password of their own. */
  whose(credentials: Credentials): Person {
    return new Person(this.name, this.url, this.token, this.creditCode, credentials);
  }

  /** The same person, known to act for an organisation. */
  of(creditCode: string): Person {
    return new Person(this.name, this.url, this.token, creditCode, this.credentials);
  }

  /** One request, whatever the answer. A POST repeated with the same key acts once. */
  async send(method: string, path: string, body?: unknown, key: string = randomUUID()): Promise<Answer> {
    const file = body instanceof Uint8Array;
    const request = () =>
      fetch(`${this.url}/api${path}`, {
        method,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
          ...(method === 'POST' && path !== '/session' ? { 'idempotency-key': key } : {}),
          ...(body === undefined ? {} : { 'content-type': file ? 'application/octet-stream' : 'application/json' }),
        },
        ...(body === undefined ? {} : { body: file ? body : JSON.stringify(body) }),
      });
    // A server closes idle connections: where that crosses a request that acts once, it is sent once more.
    const actsOnce = method === 'GET' || method === 'POST';
    const response = await request().catch((error: unknown) => {
      if (!actsOnce || !isReset(error)) throw error;
      return request();
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      body: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  }
}

const isReset = (error: unknown): boolean =>
  error instanceof TypeError && (error.cause as { code?: string } | undefined)?.code === 'ECONNRESET';

export async function signIn(url: string, name: string, username: string, password: string): Promise<Person> {
  const person = new Person(name, url, null, '', { username, password });
  await person.signInAgain();
  return person;
}

/** Changes the one-time password, which everybody must do first. */
export async function firstSignIn(url: string, name: string, username: string, oneTime: string): Promise<Person> {
  const person = await signIn(url, name, username, oneTime);
  const newPassword = randomBytes(18).toString('base64url');
  await person.ask('POST', '/session/password', 200, { currentPassword: oneTime, newPassword });
  return person.whose({ username, password: newPassword });
}

export function madeUpCreditCode(): string {
  const digits = `91360828${randomBytes(5).toString('hex').toUpperCase().slice(0, 9)}`;
  return digits + checkDigitOf(digits);
}

export interface Joined {
  readonly person: Person;
  readonly organisationId: string;
  readonly accountId: string;
}

/** The administrator opens an organisation and an account for it; the person signs in. */
export async function join(
  administrator: Person,
  url: string,
  name: string,
  role: Role,
  username: string,
): Promise<Joined> {
  const creditCode = madeUpCreditCode();
  const { id } = await administrator.ask('POST', '/organisations', 201, { name, creditCode });
  const joined = await joinOrganisation(administrator, url, { organisationId: String(id), name, role, username });
  return { ...joined, person: joined.person.of(creditCode) };
}

/** One more person of an organisation, whom its own people confirm. */
export async function joinOrganisation(
  administrator: Person,
  url: string,
  of: {
    readonly organisationId: string;
    readonly name: string;
    readonly role: Role;
    readonly username: string;
    readonly confirmedBy?: Person;
  },
): Promise<Joined> {
  const { organisationId, name, role, username, confirmedBy } = of;
  const account = await administrator.ask('POST', '/accounts', 201, {
    username,
    name: `${name}经办人`,
    memberships: [{ organisationId, role }],
  });
  const { token } = account.invitation as { token: string };
  const newPassword = randomBytes(18).toString('base64url');
  await new Person(name, url, null).ask('POST', '/invitations/accept', 200, { token, newPassword });
  const membership = `/organisations/${organisationId}/people/${String(account.id)}/${role}`;
  await confirmedBy?.ask('POST', `${membership}/confirm`, 204, { password: confirmedBy.password });
  const person = await signIn(url, name, username, newPassword);
  return { person, organisationId, accountId: String(account.id) };
}

/** What is sent, with the document that it names: the signed report, the contract. */
export async function withFile(
  agency: Person,
  lot: string,
  kind: 'report' | 'contract' | 'acceptance',
  sent: object,
): Promise<Record<string, unknown>> {
  const name = { report: '评标报告.txt', contract: '合同.txt', acceptance: '验收书.txt' }[kind];
  const path = `${lot.replace(/\/lots\/\d+$/, '')}/documents?kind=${kind}&name=${encodeURIComponent(name)}`;
  const { id } = await agency.ask('POST', path, 201, Buffer.from(`${name} ${lot}\n`));
  return { ...sent, documentId: id };
}
