import type { Request, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { DomainError } from '../../../domain/errors.ts';
import type { Gate } from '../serve.ts';
import type { ApiSettings } from '../settings.ts';

/**
 * Requests a minute, by account, or by address for those not signed in.
 * @param guessable paths whose POST tries a password: those that fail are counted by address, with a strict limit
 */
export function createLimit(setting: ApiSettings['rateLimit'], guessable: readonly string[]): Gate['limit'] {
  if (setting === 'off') return async () => {};
  const keys = new WeakMap<Request, string>();
  const limiter = (perMinute: number, skipSuccessfulRequests: boolean) =>
    rateLimit({
      skipSuccessfulRequests,
      windowMs: 60_000,
      limit: perMinute,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      keyGenerator: (request) => keys.get(request) ?? '',
      handler: (_request, response, next) => {
        const seconds = Number(response.getHeader('Retry-After') ?? 60);
        next(
          new DomainError('too-many-requests', {
            messageZh: `请求过于频繁，每分钟最多 ${perMinute} 次；请 ${seconds} 秒后再试`,
            messageEn: `Too many requests: at most ${perMinute} a minute; try again in ${seconds} seconds`,
            details: { retryAfterSeconds: seconds },
          }),
        );
      },
    });
  const general = limiter(setting.perMinute, false);
  // An office behind one address signs in together: only what fails is a guess.
  const strict = limiter(setting.signInPerMinute, true);
  return (request: Request, response: Response, key, spec) => {
    const guess = spec.method === 'post' && guessable.includes(spec.path);
    const address = request.ip === undefined ? '' : ipKeyGenerator(request.ip);
    keys.set(request, guess || key === request.ip ? `address ${address}` : `account ${key}`);
    return new Promise((resolve, reject) => {
      const next = (error?: unknown): void => {
        if (error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error('the limit could not be queried'));
      };
      void (guess ? strict : general)(request, response, next);
    });
  };
}
