import { DomainError } from '../../domain/errors.ts';
import { SCHEMA } from './connection.ts';
import { causeOf } from './failures.ts';

/** Only a change of the schema, or an administrator, locks a table so that it cannot be read. */
const LOCKED = `SELECT DISTINCT c.relname AS name FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.granted
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND c.relnamespace = pg_catalog.to_regnamespace('${SCHEMA}')`;
const LOOK_AGAIN_MS = 250;

/**
 * The tables that nobody can read at present. Once one read has waited in vain, those of the same table are refused at
 * once: they would take every connection, and keep those of other tables waiting.
 */
export class LockedTables {
  readonly #ask: (text: string) => Promise<{ rows: { name: string }[] }>;
  #names: ReadonlySet<string> = new Set();
  #seenAt = -Infinity;
  #looking: Promise<void> | null = null;

  /** @param ask on another pool than that of the reads */
  constructor(ask: (text: string) => Promise<{ rows: { name: string }[] }>) {
    this.#ask = ask;
  }

  /** @throws DomainError `database-busy` */
  async guard<T>(text: string, send: () => Promise<T>): Promise<T> {
    if (this.#names.size > 0) {
      if (performance.now() - this.#seenAt > LOOK_AGAIN_MS) await this.#look();
      for (const name of this.#names) if (text.includes(`"${name}"`)) throw locked(name);
    }
    try {
      return await send();
    } catch (error) {
      if (causeOf(error)?.code === '55P03') await this.#look();
      throw error;
    }
  }

  #look(): Promise<void> {
    this.#looking ??= this.#ask(LOCKED)
      .then(({ rows }) => {
        this.#names = new Set(rows.map(({ name }) => name));
        this.#seenAt = performance.now();
      })
      // What is asked next fails by itself.
      .catch(() => undefined)
      .finally(() => (this.#looking = null));
    return this.#looking;
  }
}

const locked = (table: string): DomainError =>
  new DomainError('database-busy', {
    messageZh: '数据库正被占用，请稍后重试',
    messageEn: 'The database is busy; try again',
    details: { table },
  });
