import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { Database, Subject, Tx } from '../../db/access/database.ts';
import { claimKey, releaseKey, storeAnswer, type StoredAnswer } from '../../db/idempotency.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Answer, Route } from './route.ts';

export const KEY_HEADER = 'Idempotency-Key';
export const REPLAYED_HEADER = 'Idempotency-Replayed';

/** What is kept of an answer. */
interface Kept {
  readonly body?: unknown;
  readonly headers?: Answer['headers'];
  readonly decisionId?: string;
}

interface KeyedRequest {
  readonly key: string;
  readonly accountId: string;
  readonly fingerprint: string;
}

/**
 * The key of a POST.
 * @throws DomainError `idempotency-key-missing`
 */
export function keyedRequest(
  request: Request,
  spec: Route,
  by: { accountId: string | undefined; acting: string },
): KeyedRequest | null {
  if (spec.method !== 'post' || spec.withoutKey || by.accountId === undefined) return null;
  const key = request.get(KEY_HEADER) ?? '';
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new DomainError('idempotency-key-missing', {
      messageZh: `缺少请求头 ${KEY_HEADER}（1–200 个可见 ASCII 字符），它使同一请求发送两次只执行一次`,
      messageEn: `The header ${KEY_HEADER} is missing (1–200 visible ASCII characters): it makes a request sent twice act once`,
      details: { field: KEY_HEADER },
    });
  }
  const hash = createHash('sha256').update([request.method, request.originalUrl, by.acting].join('\n'));
  if (spec.upload) {
    for (const name of ['content-length', 'content-type', 'content-digest', 'digest', 'content-sha256']) {
      hash.update(`\n${name}:${request.get(name) ?? ''}`);
    }
  } else {
    hash.update(`\n${JSON.stringify(request.body ?? null)}`);
  }
  return { key, accountId: by.accountId, fingerprint: hash.digest('hex') };
}

/**
 * Runs requests with an Idempotency-Key. The key is claimed and its answer kept in the very transaction of the change,
 * so that a process killed between the two leaves neither a change without its answer nor a key that nobody releases;
 * a request that changed nothing keeps no key.
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
      return await work();
    } catch (error) {
      // What can no longer be done because it was done before is answered as it was then.
      if (!(error instanceof DomainError) || error.code.startsWith('database-')) throw error;
      const earlier = await this.db.transaction(async (tx) => {
        const claimed = await claimKey(tx, keyed);
        if (claimed === 'claimed') await releaseKey(tx, keyed);
        return claimed;
      }, 'single-rows');
      if (earlier === 'claimed' || earlier === 'in-progress') throw error;
      return replay(earlier);
    } finally {
      this.underWay.delete(name);
    }
  }

  /** One transaction for the claim, the change and the answer. */
  async commit(
    keyed: KeyedRequest | null,
    spec: Pick<Route, 'toldOnce'>,
    work: (tx: Tx) => Promise<Answer>,
    subject: Subject | undefined,
  ): Promise<Answer> {
    return this.db.transaction(async (tx) => {
      if (!keyed) return work(tx);
      const claimed = await claimKey(tx, keyed);
      if (claimed === 'in-progress') throw inProgress();
      if (claimed !== 'claimed') return replay(claimed);
      const answer = await work(tx);
      const kept: Kept = {
        ...(answer.body === undefined ? {} : { body: spec.toldOnce ? spec.toldOnce(answer.body) : answer.body }),
        ...(answer.headers ? { headers: answer.headers } : {}),
        ...(answer.decisionId ? { decisionId: answer.decisionId } : {}),
      };
      await storeAnswer(tx, keyed, { status: answer.status, response: kept });
      return answer;
    }, subject);
  }
}

function replay({ status, response }: StoredAnswer): Answer {
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
