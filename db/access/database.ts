import type { Locker } from '@tus/server';
import type { ClockSetting } from '../../domain/clock.ts';
import type { ClockAlarm } from '../../domain/clock-jump.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import type { Blobs } from '../files/blobs.ts';
import type { CommitteeSafe } from '../files/committee-safe.ts';
import type { CheckedRows } from '../integrity/fault.ts';
import type { SchemaFault } from '../integrity/schema-faults.ts';
import type { audit, events, outbox } from '../schema/sqlite.ts';
import type { Queries } from './statements.ts';
import type { UploadBucket, UploadBytes } from '../files/upload-bytes.ts';

export type { Queries };

/**
 * What a transaction is about, so that those with different subjects may run in parallel where the database can: one
 * procurement with all that belongs to it, several of them, or single rows that no other decision depends on.
 */
export type Subject =
  | { readonly procurementId: string }
  /** Several procurements, held together. */
  | { readonly procurementIds: readonly string[] }
  | 'single-rows'
  /** Everything, as without a subject, but also while the clock is in doubt: at the last instant before. */
  | 'clock-in-doubt';

/** An audit entry without its place in the trail yet (db/audit.ts). */
export type UnchainedEntry = Omit<typeof audit.$inferSelect, 'seq' | 'previousHash' | 'hash'>;

/** An event without its number yet (db/events.ts). */
export type NewEvent = Omit<typeof events.$inferSelect, 'seq'>;

/** A version of a waiting wake: it is removed only if no newer wake was requested meanwhile. */
export type Delivered = Pick<typeof outbox.$inferSelect, 'subject' | 'wanted'>;

/** The result of delivering a wake. */
export type Delivery = Delivered & {
  /** Null: it was delivered. `notBefore`: when to retry (real epoch ms). */
  readonly failed: { readonly error: string; readonly notBefore: number } | null;
};

/**
 * A transaction, alone on its subject. Its work may await the database and nothing else.
 */
export interface Tx {
  readonly q: Queries;
  /**
   * The civil instant of this transaction (epoch ms), by the writer's clock; never earlier than that of a previous one.
   */
  readonly now: number;
  /** The holiday calendar in force. */
  readonly calendar: Calendar;
  /** The setting that `now` comes from. In a drill (演练) nothing is real, and everything published is marked so. */
  readonly clock: ClockSetting;
  /** The writer's clock, whatever civil instant it shows (epoch ms). */
  readonly machineNow: number;
  readonly committees: CommitteeSafe;
  /** The audit entries of this transaction: chained at its end, so that the trail is locked only briefly. */
  readonly trail: UnchainedEntry[];
  /** The events of this transaction: numbered at its end, like the audit entries. */
  readonly events: NewEvent[];
  /** Subjects whose workflows are to be woken (db/engine/outbox.ts). */
  readonly wakes: string[];
  /** Results of deliveries of wakes. */
  readonly deliveries: Delivery[];
  /**
   * Sends a write whose answer the work need not await, so that it is sent along with later statements. It is awaited
   * before the commit: a failure rolls this work back.
   */
  write(statement: PromiseLike<unknown>): void;
}

export interface Database {
  /** For reading, outside any transaction; sees committed data. */
  readonly read: Queries;
  /**
   * Reads several things on one connection, so that statements issued in a row are sent together. May be run again
   * where the connection was lost.
   */
  readTogether<T>(work: (q: Queries) => Promise<T>): Promise<T>;
  readonly blobs: Blobs;
  readonly committees: CommitteeSafe;
  readonly uploads: UploadBytes;
  /** Allows one request at a time on an upload, across all processes on this database. */
  readonly uploadLocks: Locker;
  /** Whether the service connects as a role that owns nothing; null where there are no roles (SQLite). */
  readonly separate: boolean | null;
  readonly clock: ClockSetting;
  /** The holiday calendar in force, read from the database; a decision about a right uses `Tx.calendar`. */
  calendar(): Promise<Calendar>;
  /** The civil instant (epoch ms), for display; a decision about a right uses `Tx.now`. It follows no jump of the clock. */
  now(): number;
  /** The jump of the clock that nobody has accepted yet: meanwhile nothing is decided (ADR 0034). */
  clockAlarm(): Promise<ClockAlarm | null>;
  /** Raises the alarm: other sources of time say that the clock is ahead by so much (ms). */
  doubtClock(aheadMs: number): Promise<void>;
  /**
   * Runs `work` and resolves when it is on the disk. Work that waits at the same time is committed together; work that
   * throws is rolled back alone. Work may be run again where the database could not commit it, so that it must change
   * nothing else.
   * @param subject what the work is about: a procurement's row is held; without one it runs alone on everything
   * @throws DomainError `database-busy` (locked for too long), `database-full`, `database-unreachable`, `clock-jumped`
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, subject?: Subject): Promise<T>;
  /** Holds every row to the entry of the trail that wrote it last, all as at one instant. */
  checkRows(): Promise<CheckedRows>;
  /** Waits for the work in progress and closes the connections. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Folder that holds the blobs and, where there is no `url`, the database file; created when absent. */
  readonly dataDir: string;
  /** `postgres://…`; without it SQLite. */
  readonly url?: string | undefined;
  /**
   * The same database as the role that owns it, where that is not the role of `url`: the schema is made and changed with
   * it. A service does not have it.
   */
  readonly ownerUrl?: string | undefined;
  /** `two`: refuses a database that the role of `url` owns. */
  readonly roles?: 'one' | 'two';
  /** The clock of a new installation (default: the machine's own); an existing one keeps its clock. */
  readonly clock?: ClockSetting;
  /** The calendar that imported years are added to; default: the one of this release. */
  readonly calendar?: Calendar;
  /** Where unfinished uploads are stored; default: the data folder. */
  readonly uploadBucket?: UploadBucket;
  /** The key of the names of committees (base64url); default: in the data folder. */
  readonly committeeKey?: string | undefined;
  /** How long to wait for another's lock (ms). */
  readonly busyTimeoutMs?: number;
  /** Replaces the clock of the writer: SQLite's machine, PostgreSQL's server (epoch ms). For tests. */
  readonly machineClock?: () => number;
  /** Replaces the monotonic clock of this process (ms). Where only `machineClock` is replaced, no jump is looked for. */
  readonly steadyClock?: () => number;
  /** Names that clock, where other processes have the same. */
  readonly steadyOf?: string;
  /** How far the clock may get ahead of it at once (ms); default: two seconds, and no bound in a drill. */
  readonly clockJumpMs?: number | undefined;
}

/** Where an installation is: files in the folder, rows in the server that `url` names, else in a file of the folder. */
export type Storage = Pick<DatabaseOptions, 'dataDir' | 'url' | 'ownerUrl'>;

/** The input of an opener: every default resolved. */
export type OpenOptions = DatabaseOptions & { readonly clock: ClockSetting; readonly calendar: Calendar };

export interface DatabaseCheck {
  /** The file, or the server and the name of the database; never a password. */
  readonly place: string;
  readonly exists: boolean;
  /** `ok`, or the problem found. */
  readonly integrity: string;
  readonly mode: 'real' | 'drill' | null;
  /** The schema compared with that of this version of the program; null before it is created. */
  readonly schema: 'present' | 'earlier' | 'later' | null;
  /** How a schema of the present version differs from the one that this program makes. */
  readonly altered: readonly SchemaFault[];
  /** Whether every role of the database server may connect: any of them can then hold up the platform. */
  readonly openToAll: boolean;
  /**
   * `separate`: the role that connects owns nothing; `one`: it owns everything; `other`: it is not that of the service,
   * which has one; null where there are no roles (SQLite).
   */
  readonly roles: 'separate' | 'one' | 'other' | null;
  /**
   * How far the clock that decides is ahead of this machine's, approximately (ms); null where it is this machine's own.
   */
  readonly clock: { readonly aheadMs: number; readonly withinMs: number } | null;
}
