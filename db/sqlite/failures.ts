import BetterSqlite3 from 'better-sqlite3';
import { DomainError } from '../../domain/errors.ts';

export const isBusy = (error: unknown): boolean =>
  error instanceof BetterSqlite3.SqliteError && error.code.startsWith('SQLITE_BUSY');

/** Converts SQLite's own errors into those that the API answers. */
export function readable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cause = error.cause instanceof BetterSqlite3.SqliteError ? error.cause : error;
  if (!(cause instanceof BetterSqlite3.SqliteError)) return error;
  if (cause.code.startsWith('SQLITE_BUSY') || cause.code.startsWith('SQLITE_LOCKED')) {
    return new DomainError('database-busy', {
      messageZh: '数据库正被占用，未写入任何内容，请稍后重试',
      messageEn: 'The database is locked by another process; nothing was written, try again',
    });
  }
  if (cause.code === 'SQLITE_FULL' || cause.code.startsWith('SQLITE_IOERR')) {
    return new DomainError('database-full', {
      messageZh: '存储空间不足或磁盘故障，未写入任何内容',
      messageEn: 'The disk is full or failing; nothing was written',
      details: { sqlite: cause.code },
    });
  }
  return error;
}
