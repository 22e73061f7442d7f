import type { Locker } from '@tus/server';
import type { ClockSetting } from '../../domain/clock.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import type { Blobs } from '../files/blobs.ts';
import type { CheckedRows } from '../integrity/fault.ts';
import type { audit, events, outbox } from '../schema/sqlite.ts';
import type { Queries } from './statements.ts';
import type { UploadBucket, UploadBytes } from '../files/upload-bytes.ts';

export type { Queries };

/**
 * What a transaction is about, so that those about different things may run side by side where the database can: one
 * procurement with all that belongs to it, several of them, or single rows that nothing else is decided by.
 */
export type Subject =
  | { readonly procurementId: string }
  /** A set that is held together. */
  | { readonly procurementIds: readonly string[] }
  | 'single-rows';

/** An audit entry that has no place in the trail yet (db/audit.ts). */
export type UnchainedEntry = Omit<typeof audit.$inferSelect, 'seq' | 'previousHash' | 'hash'>;

/** An event that has no number yet (db/events.ts). */
export type NewEvent = Omit<typeof events.$inferSelect, 'seq'>;

/** What tells one state of a waiting wake from the next: it is removed only if nobody has asked again meanwhile. */
export type Delivered = Pick<typeof outbox.$inferSelect, 'subject' | 'wanted'>;

/** What became of the delivery of a wake. */
export type Delivery = Delivered & {
  /** Null: it was delivered. `notBefore`: when to try again (real epoch ms). */
  readonly failed: { readonly error: string; readonly notBefore: number } | null;
};

/**
 * A transaction, alone on its subject. Its work may await the database and nothing else.
 */
export interface Tx {
  readonly q: Queries;
  /** The civil instant of this transaction (epoch ms), by the writer's clock; never earlier than any given before. */
  readonly now: number;
  /** The holiday calendar in force. */
  readonly calendar: Calendar;
  /** 演练: nothing here is real, and everything published says so. */
  readonly drill: boolean;
  /** What this transaction adds to the audit trail: chained at its end, where the trail is locked for a moment only. */
  readonly trail: UnchainedEntry[];
  /** What happened, to be told of: numbered at its end, like the trail. */
  readonly events: NewEvent[];
  /** Subjects whose workflows are to look again (db/engine/outbox.ts). */
  readonly wakes: string[];
  /** What became of wakes that were to be delivered. */
  readonly deliveries: Delivery[];
  /**
   * Sends a write whose answer the work need not wait for, so that it travels with what comes next. It is waited for
   * before the commit: what goes wrong with it undoes this work.
   */
  write(statement: PromiseLike<unknown>): void;
}

export interface Database {
  /** For reading, outside any transaction; sees what is committed. */
  readonly read: Queries;
  /**
   * Reads several things on one connection, so that those asked for in a row travel together. May be run again where the
   * connection was lost.
   */
  readTogether<T>(work: (q: Queries) => Promise<T>): Promise<T>;
  readonly blobs: Blobs;
  readonly uploads: UploadBytes;
  /** Keeps an upload to one request at a time, of all the processes that are on this database. */
  readonly uploadLocks: Locker;
  readonly clock: ClockSetting;
  /** The holiday calendar in force, asked of the database; what decides a right is `Tx.calendar`. */
  calendar(): Promise<Calendar>;
  /** The civil instant (epoch ms), for display; what decides a right is `Tx.now`. */
  now(): number;
  /**
   * Runs `work` and resolves when it is on the disk. Work that waits at the same time is committed together; work that
   * throws is undone alone. Work may be run again where the database could not keep it, so that it must change nothing
   * else.
   * @param subject what the work is about: a procurement's row is held; without one it runs alone on everything
   * @throws DomainError `database-busy` (locked for too long), `database-full`, `database-unreachable`
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, subject?: Subject): Promise<T>;
  /** Reads every row beside its seal, all as at one instant. */
  checkRows(): Promise<CheckedRows>;
  /** Waits for the work under way and closes the connections. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Folder that holds the blobs and, where there is no `url`, the database file; made when absent. */
  readonly dataDir: string;
  /** `postgres://…`; without it SQLite. */
  readonly url?: string | undefined;
  /** The key that seals rows; default: the file rows.key in `dataDir`, made for an installation whose rows are not sealed. */
  readonly rowsKey?: string | undefined;
  /** Told of each table whose rows are sealed anew, with how many there are. */
  readonly onSealing?: ((table: string, rows: number) => void) | undefined;
  /** The clock of a new installation (default: the machine's own); an existing one keeps its own. */
  readonly clock?: ClockSetting;
  /** The one that imported years are added to; default: the one of this release. */
  readonly calendar?: Calendar;
  /** Where bids lie while they are being uploaded; default: the data folder. */
  readonly uploadBucket?: UploadBucket;
  /** How long to wait for another's lock (ms). */
  readonly busyTimeoutMs?: number;
  /** Stands in for the clock of whoever writes: SQLite's machine, PostgreSQL's server (epoch ms). For tests. */
  readonly machineClock?: () => number;
}

/** Where an installation is: files in the folder, rows in the server that `url` names, else in a file of the folder. */
export type Storage = Pick<DatabaseOptions, 'dataDir' | 'url' | 'rowsKey'>;

/** What an opener is given: everything decided. */
export type OpenOptions = DatabaseOptions & { readonly clock: ClockSetting; readonly calendar: Calendar };

export interface DatabaseCheck {
  /** The file, or the server and the name of the database; never a password. */
  readonly place: string;
  readonly exists: boolean;
  /** `ok`, or what was found. */
  readonly integrity: string;
  readonly mode: 'real' | 'drill' | null;
  /** Beside what this version of the program makes; null where nothing is made yet. */
  readonly schema: 'present' | 'earlier' | 'later' | null;
  /** How far the clock that decides is ahead of this machine's, give or take (ms); null where it is this machine's own. */
  readonly clock: { readonly aheadMs: number; readonly withinMs: number } | null;
}
