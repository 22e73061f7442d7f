import { presentVersion, schemaState } from '../access/migrations.ts';
import { migrateAll, type UpgradableWithRows } from '../access/upgrade.ts';
import { compareRows } from '../integrity/check-rows.ts';
import type { CheckedRows } from '../integrity/fault.ts';
import type { RowLog } from '../integrity/row-log.ts';
import type { Queries } from '../access/statements.ts';

/**
 * What a whole database is held for. `source`: read, while nobody writes; `target`: written, by nobody else, in one
 * transaction that also creates its schema; `snapshot`: read as at one instant, while others write.
 */
export type HeldFor = 'source' | 'target' | 'snapshot';

/** A whole database on one connection, for copying. */
export interface Held {
  readonly q: Queries;
  /** The file, or the server and the name of the database; never a password. */
  readonly place: string;
  /** Holds every row to the entry of the trail that wrote it last. */
  checkRows(): Promise<CheckedRows>;
  /** Commits everything written, at once. */
  keep(): Promise<void>;
  /** Rolls back what was not committed, releases the locks, and closes. */
  release(): Promise<void>;
  /** The database's own error with a readable message; any other error as it is. */
  readable(error: unknown): unknown;
}

/** Common to both dialects of a held database. */
interface Holding extends Pick<Held, 'q' | 'place' | 'release' | 'readable'> {
  readonly rowLog: RowLog;
  readonly commit: () => Promise<void>;
}

export function heldWith({ rowLog, commit, ...rest }: Holding): Held {
  return {
    ...rest,
    checkRows: () => compareRows(rest.q, rowLog),
    // Rows that were copied came with the trail that names them.
    keep: commit,
  };
}

export type CopyRefusalCode =
  | 'no-installation'
  | 'same-place'
  | 'source-in-use'
  | 'target-in-use'
  | 'target-not-empty'
  | 'schema-version'
  | 'clock-differs'
  | 'not-storable'
  | 'copy-differs'
  | 'backup-not-found'
  | 'backup-format'
  | 'backup-damaged';

/** Why nothing was copied: in both languages, never with a password. */
export class CopyRefusal extends Error {
  override readonly name = 'CopyRefusal';

  constructor(
    readonly code: CopyRefusalCode,
    readonly messageZh: string,
    readonly messageEn: string,
  ) {
    super(messageEn);
  }
}

export function inUse(heldFor: HeldFor, place: string): CopyRefusal {
  return heldFor === 'target'
    ? new CopyRefusal(
        'target-in-use',
        `目标正被其他进程使用，未复制任何内容：${place}`,
        `another process uses the target; nothing was copied: ${place}`,
      )
    : new CopyRefusal(
        'source-in-use',
        `源数据库正被其他进程使用，未复制任何内容；请先停止使用它的全部进程：${place}`,
        `another process uses the source; nothing was copied: stop everything that uses it first: ${place}`,
      );
}

export function notEmpty(place: string): CopyRefusal {
  return new CopyRefusal(
    'target-not-empty',
    `目标不是空的，未写入任何内容：${place}`,
    `the target is not empty; nothing was written: ${place}`,
  );
}

/**
 * Creates the schema of an empty target.
 * @throws CopyRefusal `target-not-empty`, `no-installation`, `schema-version`: rows are copied between databases of the
 *   present version only
 */
export async function settleSchema(
  db: UpgradableWithRows & { isEmpty(): Promise<boolean> },
  heldFor: HeldFor,
  place: string,
): Promise<void> {
  const version = await db.version();
  if (heldFor === 'target' && version === null) {
    if (!(await db.isEmpty())) throw notEmpty(place);
    await migrateAll(db);
    await db.rowLog.watch();
    await db.grant();
    return;
  }
  const state = schemaState(version, presentVersion(db.dialect));
  if (state === 'present') return;
  if (state === null) throw noInstallation(place);
  throw state === 'later'
    ? new CopyRefusal(
        'schema-version',
        `数据库由更新的版本建立，请用该版本操作：${place}`,
        `the database was made by a later version of this program; use that one: ${place}`,
      )
    : new CopyRefusal(
        'schema-version',
        heldFor === 'target'
          ? `目标数据库由较早的版本建立，请换用空的数据库：${place}`
          : `数据库的结构早于本版本，请先对它运行 kaibiao migrate：${place}`,
        heldFor === 'target'
          ? `the target was made by an earlier version; use an empty one: ${place}`
          : `the database is of an earlier version; run kaibiao migrate on it first: ${place}`,
      );
}

export function noInstallation(place: string): CopyRefusal {
  return new CopyRefusal('no-installation', `没有数据库：${place}`, `there is no database: ${place}`);
}
