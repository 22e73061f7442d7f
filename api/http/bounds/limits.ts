import type { Request, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { DomainError } from '../../../domain/errors.ts';
import type { Gate } from '../serve.ts';
import type { ApiSettings } from '../settings.ts';

interface Span {
  readonly ms: number;
  readonly zh: string;
  readonly en: string;
}
const MINUTE: Span = { ms: 60_000, zh: '每分钟', en: 'a minute' };
const HOUR: Span = { ms: 3_600_000, zh: '每小时', en: 'an hour' };

/**
 * Requests a minute, by account, or by address for those not signed in.
 * @param guessable paths whose POST tries a password or a link: those that fail are counted by address, with a strict limit
 * @param open paths whose POST adds something without an account: all are counted by address, over an hour
 */
export function createLimit(
  { rateLimit: setting, registrationsPerHour }: Pick<ApiSettings, 'rateLimit' | 'registrationsPerHour'>,
  { guessable, open }: { readonly guessable: readonly string[]; readonly open: readonly string[] },
): Gate['limit'] {
  if (setting === 'off') return async () => {};
  const keys = new WeakMap<Request, string>();
  const limiter = (limit: number, skipSuccessfulRequests: boolean, span: Span = MINUTE) =>
    rateLimit({
      // Looked for in a stack, for which the maps of the whole program would be read at each start.
      validate: { creationStack: false },
      skipSuccessfulRequests,
      windowMs: span.ms,
      limit,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      keyGenerator: (request) => keys.get(request) ?? '',
      handler: (_request, response, next) => {
        const seconds = Number(response.getHeader('Retry-After') ?? 60);
        next(
          new DomainError('too-many-requests', {
            messageZh: `请求过于频繁，${span.zh}最多 ${limit} 次；请 ${seconds} 秒后再试`,
            messageEn: `Too many requests: at most ${limit} ${span.en}; try again in ${seconds} seconds`,
            details: { retryAfterSeconds: seconds },
          }),
        );
      },
    });
  const general = limiter(setting.perMinute, false);
  // An office behind one address signs in together: only what fails is a guess.
  const strict = limiter(setting.signInPerMinute, true);
  const rare = limiter(registrationsPerHour, false, HOUR);
  return (request: Request, response: Response, key, spec) => {
    const guess = spec.method === 'post' && guessable.includes(spec.path);
    const adds = spec.method === 'post' && open.includes(spec.path);
    const address = request.ip === undefined ? '' : ipKeyGenerator(request.ip);
    keys.set(request, guess || adds || key === request.ip ? `address ${address}` : `account ${key}`);
    return new Promise((resolve, reject) => {
      const next = (error?: unknown): void => {
        if (error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error('the limit could not be queried'));
      };
      void (adds ? rare : guess ? strict : general)(request, response, next);
    });
  };
}
