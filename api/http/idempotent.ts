import { createHmac } from 'node:crypto';
import type { Request } from 'express';
import type { Database, Subject, Tx } from '../../db/access/database.ts';
import { keepAnswer, keptAnswer, type KeptAnswer } from '../../db/idempotency.ts';
import { DomainError } from '../../domain/errors.ts';
import { hashBytes, hashOfBytes } from './bytes.ts';
import type { Answer, Route } from './route.ts';

export const KEY_HEADER = 'Idempotency-Key';
/** Visible ASCII. */
export const KEY_PATTERN = /^[\x21-\x7e]{1,200}$/;
export const REPLAYED_HEADER = 'Idempotency-Replayed';

/** The stored part of an answer. */
interface Kept {
  readonly body?: unknown;
  readonly headers?: Answer['headers'];
  readonly decisionId?: string;
}

interface KeyedRequest {
  readonly key: string;
  readonly accountId: string;
  /** Of everything that was requested; of an upload only once its bytes are here. */
  readonly fingerprint: () => Promise<string>;
}

/**
 * The key of a POST.
 * @throws DomainError `idempotency-key-missing`
 */
export function keyedRequest(
  request: Request,
  spec: Route,
  by: { accountId: string | undefined; acting: string; sessionKey: string; maxFileBytes: number },
): KeyedRequest | null {
  if (spec.method !== 'post' || spec.withoutKey || by.accountId === undefined) return null;
  const key = request.get(KEY_HEADER) ?? '';
  if (!KEY_PATTERN.test(key)) {
    throw new DomainError('idempotency-key-missing', {
      messageZh: `缺少请求头 ${KEY_HEADER}（1–200 个可见 ASCII 字符），它使同一请求发送两次只执行一次`,
      messageEn: `The header ${KEY_HEADER} is missing (1–200 visible ASCII characters): it makes a request sent twice act once`,
      details: { field: KEY_HEADER },
    });
  }
  const { accountId, sessionKey } = by;
  const about = [request.method, request.originalUrl, by.acting, `if-match:${request.get('if-match') ?? ''}`];
  if (!spec.upload) {
    const fingerprint = fingerprintOf(sessionKey, [...about, JSON.stringify(request.body ?? null)]);
    return { key, accountId, fingerprint: () => Promise.resolve(fingerprint) };
  }
  // The bytes decide, however they come: in chunks, or with their length or hash declared.
  hashBytes(request);
  const fingerprint = async (): Promise<string> =>
    fingerprintOf(sessionKey, [
      ...about,
      `content-type:${request.get('content-type') ?? ''}`,
      await hashOfBytes(request, by.maxFileBytes),
    ]);
  return { key, accountId, fingerprint };
}

/** Keyed: a body may hold a password, and whoever reads the database must not try guesses at it quickly. */
const fingerprintOf = (sessionKey: string, parts: readonly string[]): string =>
  createHmac('sha256', sessionKey).update(parts.join('\n')).digest('hex');

/**
 * Runs requests with an Idempotency-Key. The answer is stored in the transaction of the change, so that a killed
 * process leaves both or neither; of two changes under one key the second is rolled back, and gets the answer of the
 * first. A request that changed nothing stores no key.
 */
export class Idempotency {
  private readonly db: Database;
  /** Keys whose request this process is working on. */
  private readonly underWay = new Set<string>();

  constructor(db: Database) {
    this.db = db;
  }

  /** @throws DomainError `request-in-progress`, `idempotency-conflict`, and whatever `work` throws */
  async run(keyed: KeyedRequest | null, work: () => Promise<Answer>): Promise<Answer> {
    if (!keyed) return work();
    const name = `${keyed.accountId}\n${keyed.key}`;
    if (this.underWay.has(name)) throw inProgress();
    this.underWay.add(name);
    try {
      return (await this.earlier(keyed)) ?? (await work());
    } catch (error) {
      if (!(error instanceof DomainError) || error.code.startsWith('database-')) throw error;
      // What another process has done meanwhile under this key gets the answer stored then.
      const earlier = await this.earlier(keyed);
      if (earlier) return earlier;
      throw error;
    } finally {
      this.underWay.delete(name);
    }
  }

  /** @throws DomainError `idempotency-conflict` when the key came with another request */
  private async earlier(keyed: KeyedRequest): Promise<Answer | null> {
    const answer = await keptAnswer(this.db.read, keyed);
    if (!answer) return null;
    if (answer.fingerprint === (await keyed.fingerprint())) return replay(answer);
    throw new DomainError('idempotency-conflict', {
      messageZh: '该 Idempotency-Key 已用于另一请求',
      messageEn: 'This Idempotency-Key was used for another request',
      details: { field: KEY_HEADER },
    });
  }

  /**
   * One transaction for the change and its answer.
   * @throws DomainError `request-in-progress` where the key has an answer, which `run` then returns
   */
  async commit(
    keyed: KeyedRequest | null,
    spec: Pick<Route, 'shownOnce'>,
    work: (tx: Tx) => Promise<Answer>,
    subject: Subject | undefined,
  ): Promise<Answer> {
    const fingerprint = await keyed?.fingerprint();
    return this.db.transaction(async (tx) => {
      const answer = await work(tx);
      if (!keyed || fingerprint === undefined) return answer;
      const response: Kept = {
        ...(answer.body === undefined ? {} : { body: spec.shownOnce ? spec.shownOnce(answer.body) : answer.body }),
        ...(answer.headers ? { headers: answer.headers } : {}),
        ...(answer.decisionId ? { decisionId: answer.decisionId } : {}),
      };
      const kept = keepAnswer(tx, {
        key: keyed.key,
        accountId: keyed.accountId,
        fingerprint,
        status: answer.status,
        response,
      });
      // Not awaited here, so that it is sent with the commit; where the key has an answer, the change is rolled back.
      tx.write(kept.then((isFirst) => (isFirst ? undefined : Promise.reject(inProgress()))));
      return answer;
    }, subject);
  }
}

function replay({ status, response }: KeptAnswer): Answer {
  const kept = response as Kept;
  return { status, ...kept, headers: { ...kept.headers, [REPLAYED_HEADER]: 'true' } };
}

function inProgress(): DomainError {
  return new DomainError('request-in-progress', {
    messageZh: '同一 Idempotency-Key 的请求正在处理，请稍后重试',
    messageEn: 'The request with this Idempotency-Key is under way; try again shortly',
    details: { retryAfterSeconds: 1 },
  });
}
