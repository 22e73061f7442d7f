import { AsyncLocalStorage } from 'node:async_hooks';
import { betterAuth } from 'better-auth';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { bearer } from 'better-auth/plugins/bearer';
import { username } from 'better-auth/plugins/username';
import type { Logger } from 'pino';
import { accountByUsername, passwordHashOf, type Account } from '../../db/accounts/accounts.ts';
import type { Actor } from '../../db/audit.ts';
import { AUTH_MODELS, authAdapter } from '../../db/accounts/auth-adapter.ts';
import type { Database } from '../../db/access/database.ts';
import type { NamedMembership } from '../../db/accounts/memberships.ts';
import { MAX_PASSWORD, MIN_PASSWORD } from '../../domain/accounts/password.ts';
import {
  secondFactorState,
  type IdentityKind,
  type SecondFactorState,
  type SignInWay,
} from '../../domain/accounts/sign-in.ts';
import { usernameOf } from '../../domain/accounts/username.ts';
import { DomainError } from '../../domain/errors.ts';
import { recordWrongPassword } from '../../services/accounts/lock-out.ts';
import { assertHardToGuess } from '../../services/accounts/password-strength.ts';
import { sessionWatch, type Beginning } from '../../services/accounts/sessions.ts';
import { verifySession } from '../../services/accounts/verify-session.ts';
import { badInput } from '../../domain/issues.ts';
import { accountLocked, Devices, Guesses, senderAt, senderWaits } from './bounds/guesses.ts';
import type { ApiSettings } from './settings.ts';
import { beginning as beginningPlugin } from './sign-in/begin.ts';
import { assertCode } from './sign-in/codes.ts';
import { oneConfirmation, type Confirmation } from './sign-in/one-confirmation.ts';
import { SoughtPerson } from './sign-in/sought-person.ts';

/** Who sent a request, before it is known which membership it acts under. */
export interface SignedIn {
  readonly account: Account;
  readonly memberships: readonly NamedMembership[];
  readonly sessionId: string;
  readonly signedInBy: SignInWay;
  /** When its person last gave a password or a code (real ms): at the sign-in, or to verify the session. */
  readonly verifiedAt: number;
  /** What the session lacks, or that it lacks nothing. */
  readonly secondFactor: SecondFactorState;
  /**
   * Whether the browser sent the credential automatically (a cookie), so that another site may have caused the request.
   */
  readonly byCookie: boolean;
}

/** A session that has begun. */
export interface Begun {
  readonly token: string;
  readonly cookies: string[];
}

export interface Auth {
  /**
   * By the password. Where the person has a second factor, the session can do nothing but prove it, and ends soon.
   * @throws DomainError `unauthenticated`, `account-locked`, `too-many-requests`, `one-time-password-spent`
   */
  signIn(caller: Caller, attempt: { username: string; password: string }): Promise<Begun>;
  /** For a person who was recognised by a provider of identities, or a certificate. */
  signInAs(caller: Caller, account: Account, by: IdentityKind): Promise<Begun>;
  /**
   * By a code as well: a new session takes the place of the present one.
   * @throws DomainError `unauthenticated` where the code is wrong, `code-locked`
   */
  prove(caller: Caller, who: SignedIn, code: string): Promise<Begun>;
  /** A new session in place of the present one, whose person has just proved the second factor by setting it up. */
  renew(caller: Caller, who: SignedIn): Promise<Begun>;
  signOut(caller: Caller): Promise<{ cookies: string[] }>;
  /** Null: nobody is signed in, or the session has ended. */
  whoIs(caller: Caller): Promise<SignedIn | null>;
  /**
   * That the person of a session is there: an act that cannot be undone is confirmed by their password, or by a code of the second
   * factor.
   * @throws DomainError `unauthenticated` where it is wrong, `too-many-requests`, `code-locked`; `bad-input` for neither or both
   */
  confirm(caller: Caller, who: SignedIn, confirmation: Confirmation): Promise<void>;
  /** As `confirm`, and the session is known to be its person's from now on, for a while. */
  verify(caller: Caller, who: SignedIn, confirmation: Confirmation): Promise<void>;
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

/** How long a session may wait for its code (real ms). */
export const TO_PROVE_MS = 10 * 60_000;

/** How passwords are hashed: by the library, slowly (scrypt); tests that are not about it do it quickly. */
export interface Passwords {
  readonly hash: (password: string) => Promise<string>;
  readonly verify: (attempt: { hash: string; password: string }) => Promise<boolean>;
}

export const SLOW_PASSWORDS: Passwords = { hash: hashPassword, verify: verifyPassword };

/** Whom the library is called for. One for all: each costs every promise of its process a little, for good. */
const serving = new AsyncLocalStorage<{
  readonly actor: Actor;
  readonly sought?: SoughtPerson;
  readonly beginning?: Beginning;
}>();

export function createAuth(
  db: Database,
  settings: ApiSettings,
  log: Logger,
  realNow: () => number,
  passwords: Passwords,
): Auth {
  const library = betterAuth({
    baseURL: settings.publicUrl,
    secret: settings.sessionKey,
    database: authAdapter(
      db,
      () => sessionWatch(serving.getStore() ?? { actor: callerAs(NO_CALLER) }, realNow),
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
    plugins: [
      username({ minUsernameLength: 1, maxUsernameLength: 64, usernameValidator: () => true }),
      bearer(),
      beginningPlugin(),
    ],
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
  const codeAt = () => ({ realNowMs: realNow(), lockMs: waitMs });

  /** Of a session that proves nothing beyond how it began: where a code is asked for, it does not wait for long. */
  const columnsOf = (account: Account | undefined, signedInBy: SignInWay): Beginning['columns'] => ({
    ...{ signedInBy, secondFactorAt: null },
    ...(account && account.secondFactorAt !== null ? { expiresAt: new Date(realNow() + TO_PROVE_MS) } : {}),
  });

  /** Another session than the one that the browser had: who put that one there does not get this one (session fixation). */
  const ownOf = async ({ cookie, ...caller }: Caller): Promise<Beginning['replaces']> => {
    if (cookie === undefined) return null;
    const who = await whoIs({ ...caller, authorization: undefined, cookie });
    return who && { id: who.sessionId, accountId: who.account.id };
  };

  const begin = async (caller: Caller, accountId: string, beginning: Beginning): Promise<Begun> => {
    const { headers, response } = await serving.run({ actor: callerAs(caller), beginning }, () =>
      library.api.beginSession({ body: { accountId }, headers: headersOf(caller), returnHeaders: true }),
    );
    return { token: response.token, cookies: headers.getSetCookie() };
  };

  const renew: Auth['renew'] = (caller, { account, sessionId, signedInBy }) =>
    begin(caller, account.id, {
      columns: { signedInBy, secondFactorAt: realNow() },
      byPassword: false,
      replaces: { id: sessionId, accountId: account.id },
    });

  const whoIs: Auth['whoIs'] = async (caller) => {
    if (caller.authorization === undefined && caller.cookie === undefined) return null;
    const sought = new SoughtPerson(db);
    const found = await serving.run({ actor: callerAs(caller), sought }, () =>
      library.api.getSession({ headers: headersOf(caller) }),
    );
    const { person } = sought;
    if (!found || person?.session.id !== found.session.id || person.account.disabledAt !== null) return null;
    const { account, memberships, session } = person;
    const roles = memberships.map(({ role }) => role);
    return {
      ...{ account, memberships, sessionId: session.id, signedInBy: session.signedInBy },
      verifiedAt: session.updatedAt.getTime(),
      secondFactor: secondFactorState(settings.secondFactor, session, { ...account, roles }),
      byCookie: caller.authorization === undefined,
    };
  };

  /**
   * Checks a password on behalf of a session: it waits after its own guesses alone, so that nobody else keeps its person out; they count for
   * the account's lock too, since a session that was taken must not be another way to guess.
   */
  const confirmPassword = (caller: Caller, { account, sessionId }: SignedIn, password: string): Promise<void> =>
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

  const confirm: Auth['confirm'] = async (caller, who, given) => {
    const { password, code } = oneConfirmation(given);
    if (password !== undefined) return confirmPassword(caller, who, password);
    const actor = { ...callerAs(caller), accountId: who.account.id };
    return assertCode(db, actor, who.account.id, code, codeAt());
  };

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
          const columns = columnsOf(account, 'password');
          const beginning = { columns, byPassword: true, replaces: await ownOf(caller) };
          const { headers, response } = await serving.run({ actor, beginning }, () =>
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

    signInAs: async (caller, account, signedInBy) => {
      const isProven = settings.secondFactor.provenBy.has(signedInBy);
      const columns = isProven ? { signedInBy, secondFactorAt: realNow() } : columnsOf(account, signedInBy);
      return begin(caller, account.id, { columns, byPassword: false, replaces: await ownOf(caller) });
    },

    async prove(caller, who, code) {
      const actor = { ...callerAs(caller), accountId: who.account.id };
      await assertCode(db, actor, who.account.id, code, codeAt());
      return renew(caller, who);
    },

    renew,

    async signOut(caller) {
      const { headers } = await serving.run({ actor: callerAs(caller) }, () =>
        library.api.signOut({ headers: headersOf(caller), returnHeaders: true }),
      );
      return { cookies: headers.getSetCookie() };
    },

    whoIs,

    confirm,

    async verify(caller, who, given) {
      await confirm(caller, who, given);
      const actor = { ...callerAs(caller), accountId: who.account.id };
      await db.transaction((tx) => verifySession(tx, actor, who.sessionId, realNow()), 'clock-in-doubt');
    },

    async replacementHash(caller, who, { current, replacement }) {
      await confirmPassword(caller, who, current);
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
