import type { Database } from '../../../db/access/database.ts';
import type { Account, Session } from '../../../db/accounts/accounts.ts';
import type { SessionReads } from '../../../db/accounts/auth-adapter.ts';
import { personOfSession, type SessionPerson } from '../../../db/accounts/sessions.ts';

/** The library reads a session and then its account: both are read at once, with the person's memberships. */
export class SoughtPerson implements SessionReads {
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
