import { AsyncLocalStorage } from 'node:async_hooks';
import { betterAuth } from 'better-auth';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { bearer } from 'better-auth/plugins/bearer';
import { username } from 'better-auth/plugins/username';
import type { Logger } from 'pino';
import { accountByUsername, passwordHashOf, type Account, type Session } from '../../db/accounts/accounts.ts';
import type { Actor } from '../../db/audit.ts';
import { AUTH_MODELS, authAdapter, type SessionReads } from '../../db/accounts/auth-adapter.ts';
import type { Database } from '../../db/access/database.ts';
import type { NamedMembership } from '../../db/accounts/memberships.ts';
import { personOfSession, type SessionPerson } from '../../db/accounts/sessions.ts';
import { MAX_PASSWORD, MIN_PASSWORD } from '../../domain/accounts/password.ts';
import { usernameOf } from '../../domain/accounts/username.ts';
import { DomainError } from '../../domain/errors.ts';
import { recordWrongPassword } from '../../services/accounts/lock-out.ts';
import { assertHardToGuess } from '../../services/accounts/password-strength.ts';
import { sessionWatch } from '../../services/accounts/sessions.ts';
import { badInput } from '../../domain/issues.ts';
import { accountLocked, Devices, Guesses, senderAt, senderWaits } from './bounds/guesses.ts';
import type { ApiSettings } from './settings.ts';

/** Who sent a request, before it is known which membership it acts under. */
export interface SignedIn {
  readonly account: Account;
  readonly memberships: readonly NamedMembership[];
  readonly sessionId: string;
  /**
   * Whether the browser sent the credential automatically (a cookie), so that another site may have caused the request.
   */
  readonly byCookie: boolean;
}

export interface Auth {
  /** @throws DomainError `unauthenticated`, `account-locked`, `too-many-requests`, `one-time-password-spent` */
  signIn(
    caller: Caller,
    attempt: { username: string; password: string },
  ): Promise<{ token: string; cookies: string[] }>;
  signOut(caller: Caller): Promise<{ cookies: string[] }>;
  /** Null: nobody is signed in, or the session has ended. */
  whoIs(caller: Caller): Promise<SignedIn | null>;
  /**
   * That the person of a session is there: an act that cannot be undone is confirmed by their password.
   * @throws DomainError `unauthenticated` where it is wrong, `too-many-requests`
   */
  confirm(caller: Caller, who: SignedIn, password: string): Promise<void>;
  /**
   * The hash of the password that replaces the current one.
   * @throws DomainError `unauthenticated` where the current one is wrong, `too-many-requests`, `bad-input` where both are
   *   the same, or the new one is easy to guess
   */
  replacementHash(caller: Caller, who: SignedIn, password: { current: string; replacement: string }): Promise<string>;
  hash(password: string): Promise<string>;
}

/** The part of a request that the sign-in library sees. */
export interface Caller {
  readonly address: string | null;
  readonly requestId: string;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly userAgent: string | undefined;
}

const ADDRESS_HEADER = 'x-kaibiao-address';

/** How passwords are hashed: by the library, slowly (scrypt); tests that are not about it do it quickly. */
export interface Passwords {
  readonly hash: (password: string) => Promise<string>;
  readonly verify: (attempt: { hash: string; password: string }) => Promise<boolean>;
}

export const SLOW_PASSWORDS: Passwords = { hash: hashPassword, verify: verifyPassword };

export function createAuth(
  db: Database,
  settings: ApiSettings,
  log: Logger,
  realNow: () => number,
  passwords: Passwords,
): Auth {
  const serving = new AsyncLocalStorage<{ readonly actor: Actor; readonly sought?: SoughtPerson }>();
  const library = betterAuth({
    baseURL: settings.publicUrl,
    secret: settings.sessionKey,
    database: authAdapter(
      db,
      sessionWatch(() => serving.getStore()?.actor ?? callerAs(NO_CALLER), realNow),
      () => serving.getStore()?.sought,
    ),
    ...AUTH_MODELS,
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: MIN_PASSWORD,
      maxPasswordLength: MAX_PASSWORD,
      password: passwords,
    },
    session: {
      modelName: 'sessions',
      expiresIn: settings.sessionHours * 3600,
      // A session ends at its fixed instant: nothing extends it.
      disableSessionRefresh: true,
    },
    // Nothing is verified by a link today; if it ever is, the link is not what is stored.
    verification: { modelName: 'verifications', storeIdentifier: 'hashed' },
    plugins: [username({ minUsernameLength: 1, maxUsernameLength: 64, usernameValidator: () => true }), bearer()],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error', log: (level, message) => log[level](`sign-in: ${message}`) },
    advanced: {
      cookiePrefix: 'kaibiao',
      useSecureCookies: settings.publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'strict', path: '/' },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
  });

  const turns = new Map<string, Promise<unknown>>();
  /** One attempt per account at a time: attempts sent in parallel must not exceed the limit. */
  const inTurn = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(key) ?? Promise.resolve()).then(work, work);
    turns.set(key, turn);
    try {
      return await turn;
    } finally {
      if (turns.get(key) === turn) turns.delete(key);
    }
  };

  const { lockOut } = settings;
  const waitMs = lockOut.minutes * 60_000;
  const senders = new Guesses({ failures: lockOut.senderFailures, waitMs });
  /** Names without an account are "locked" like existing ones, so that a lock does not show which names exist. */
  const unknownNames = new Guesses({ failures: lockOut.failures, waitMs });
  const devices = new Devices(settings);
  const untilLocked = () => ({ failures: lockOut.failures, lockMs: waitMs, realNowMs: realNow() });

  /**
   * Checks a password on behalf of a session: it waits after its own guesses alone, so that nobody else keeps its person out; they count for
   * the account's lock too, since a session that was taken must not be another way to guess.
   */
  const confirm: Auth['confirm'] = (caller, { account, sessionId }, password) =>
    inTurn(account.username, async () => {
      const key = `session ${sessionId}`;
      const until = senders.until(key, realNow());
      if (until !== null) throw senderWaits(until - realNow());
      const hash = await passwordHashOf(db.read, account.id);
      if (hash !== null && (await passwords.verify({ hash, password }))) {
        senders.forget(key);
        return;
      }
      senders.count(key, realNow());
      await db.transaction(
        (tx) => recordWrongPassword(tx, callerAs(caller), account.id, untilLocked()),
        'clock-in-doubt',
      );
      throw new DomainError('unauthenticated', {
        messageZh: '密码不正确',
        messageEn: 'The password is wrong',
      });
    });

  return {
    signIn: (caller, attempt) =>
      inTurn(usernameOf(attempt.username), async () => {
        const actor = callerAs(caller);
        const account = await accountByUsername(db.read, attempt.username);
        const name = usernameOf(attempt.username);
        const device = account ? devices.known(caller.cookie, account.id) : null;
        const sender = `${device === null ? senderAt(caller.address) : `device ${device}`}\n${name}`;
        const waits = senders.until(sender, realNow());
        if (waits !== null) throw senderWaits(waits - realNow());
        const until = account ? account.lockedUntil : unknownNames.until(name, realNow());
        if (device === null && until !== null && until > realNow()) throw accountLocked(until - realNow());
        try {
          // For a disabled account the library looks up a non-existent one, so that the answer takes equally long.
          const body = { ...attempt, username: account?.disabledAt ? ` ${account.id}` : name };
          const { headers, response } = await serving.run({ actor }, () =>
            library.api.signInUsername({ body, headers: headersOf(caller), returnHeaders: true }),
          );
          senders.forget(sender);
          const mark = account ? [devices.cookie(account.id, device)] : [];
          return { token: response.token, cookies: [...headers.getSetCookie(), ...mark] };
        } catch (error) {
          if (!isRefusal(error)) throw error;
        }
        senders.count(sender, realNow());
        if (!account) unknownNames.count(name, realNow());
        await db.transaction(
          (tx) => recordWrongPassword(tx, actor, account?.id ?? null, device === null ? untilLocked() : null),
          'clock-in-doubt',
        );
        throw new DomainError('unauthenticated', {
          messageZh: '用户名或密码不正确',
          messageEn: 'The user name or the password is wrong',
        });
      }),

    async signOut(caller) {
      const { headers } = await serving.run({ actor: callerAs(caller) }, () =>
        library.api.signOut({ headers: headersOf(caller), returnHeaders: true }),
      );
      return { cookies: headers.getSetCookie() };
    },

    async whoIs(caller) {
      if (caller.authorization === undefined && caller.cookie === undefined) return null;
      const sought = new SoughtPerson(db);
      const found = await serving.run({ actor: callerAs(caller), sought }, () =>
        library.api.getSession({ headers: headersOf(caller) }),
      );
      const { person } = sought;
      if (!found || person?.session.id !== found.session.id || person.account.disabledAt !== null) return null;
      return {
        account: person.account,
        memberships: person.memberships,
        sessionId: found.session.id,
        byCookie: caller.authorization === undefined,
      };
    },

    confirm,

    async replacementHash(caller, who, { current, replacement }) {
      await confirm(caller, who, current);
      if (replacement !== current) {
        await assertHardToGuess(replacement, namesOf(who));
        return passwords.hash(replacement);
      }
      throw badInput([
        {
          field: 'newPassword',
          rule: 'differs',
          messageZh: '新密码不能与原密码相同',
          messageEn: 'The new password must differ from the current one',
        },
      ]);
    },

    hash: passwords.hash,
  };
}

/** The library reads a session and then its account: both are read at once, with the person's memberships. */
class SoughtPerson implements SessionReads {
  readonly #db: Database;
  person: SessionPerson | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  async session(token: string): Promise<Session | null> {
    this.person = await personOfSession(this.#db.read, token);
    return this.person?.session ?? null;
  }

  account(id: string): Account | undefined {
    return this.person?.account.id === id ? this.person.account : undefined;
  }
}

const namesOf = ({ account, memberships }: SignedIn): string[] => [
  account.username,
  account.name,
  ...memberships.map(({ organisation }) => organisation),
];

const NO_CALLER = { address: null, requestId: null };

function callerAs({ address, requestId }: { address: string | null; requestId: string | null }): Actor {
  return { accountId: null, organisationId: null, role: 'account', address, requestId };
}

function headersOf(caller: Caller): Headers {
  const headers = new Headers();
  if (caller.address !== null) headers.set(ADDRESS_HEADER, caller.address);
  if (caller.userAgent !== undefined) headers.set('user-agent', caller.userAgent.slice(0, 300));
  // A token takes precedence: a cookie beside it is ignored.
  if (caller.authorization !== undefined) headers.set('authorization', caller.authorization);
  else if (caller.cookie !== undefined) headers.set('cookie', caller.cookie);
  return headers;
}

/** What the library throws to refuse; everything else is a defect or a storage failure. */
function isRefusal(error: unknown): boolean {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' && status < 500;
}
