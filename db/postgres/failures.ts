import { DomainError } from '../../domain/errors.ts';

// Error codes of PostgreSQL and of the network, and what they mean here.

/** The original error, unwrapped from drizzle's. */
export function causeOf(error: unknown): (Error & { code?: string }) | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.cause instanceof Error ? error.cause : error;
}

const SOCKET_CODES = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'];
/** Messages of pg without a code. */
const LOST = /Connection terminated|connection timeout|timeout expired|is not queryable|Query read timeout/i;

/** All connections are in use, and none was free in time: a retry would only wait longer. */
export const isExhausted = (error: unknown): boolean =>
  causeOf(error)?.message === 'timeout exceeded when trying to connect';

export function isConnectionLost(error: unknown): boolean {
  const cause = causeOf(error);
  if (!cause || isExhausted(error)) return false;
  const { code, message } = cause;
  // 08: connection exceptions; 57P01-57P03: the server is shutting down, has crashed, or is starting; 25P03: it closed
  // an idle session.
  if (code !== undefined && /^08|^57P0[1-3]|^25P03/.test(code)) return true;
  return (code !== undefined && SOCKET_CODES.includes(code)) || (code === undefined && LOST.test(message));
}

/** 40001, 40P01: rolled back because of a conflict with another transaction. */
export const isGivenUp = (error: unknown): boolean => ['40001', '40P01'].includes(causeOf(error)?.code ?? '');
/** 25P02: refused since an earlier statement of the transaction has failed. */
export const isAborted = (error: unknown): boolean => causeOf(error)?.code === '25P02';
/** 23505: another process inserted the same row first; a retry sees it. */
export const isTakenMeanwhile = (error: unknown): boolean => causeOf(error)?.code === '23505';

/** Converts PostgreSQL's own errors into those that the API answers. */
export function readable(error: unknown): unknown {
  const cause = causeOf(error);
  const code = cause?.code ?? '';
  if (isConnectionLost(error) || code === '53300') {
    return new DomainError('database-unreachable', {
      messageZh: '数据库暂时无法连接，未写入任何内容，请稍后重试',
      messageEn: 'The database cannot be reached; nothing was written, try again',
    });
  }
  if (isExhausted(error) || ['55P03', '57014', '40001', '40P01'].includes(code)) {
    return new DomainError('database-busy', {
      messageZh: '数据库正被占用，未写入任何内容，请稍后重试',
      messageEn: 'The database is busy; nothing was written, try again',
      ...(code === '' ? {} : { details: { sqlstate: code } }),
    });
  }
  if (['53100', '53200', '58030'].includes(code)) {
    return new DomainError('database-full', {
      messageZh: '数据库存储空间不足或磁盘故障，未写入任何内容',
      messageEn: 'The database’s disk is full or failing; nothing was written',
      details: { sqlstate: code },
    });
  }
  return error;
}

/** Running the work again might do it twice: the caller has the Idempotency-Key that prevents this. */
export class OutcomeUnknown extends DomainError {}
