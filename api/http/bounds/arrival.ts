import type { Request, RequestHandler, Response } from 'express';
import { DomainError } from '../../../domain/errors.ts';

/** How slowly a request may arrive: who sends a byte now and then must not hold a connection. */
export interface ArrivalLimits {
  /** For a connection on which nothing moves, such as a download that nobody reads (ms). */
  readonly idleMs: number;
  /** For the headers (ms). */
  readonly headersMs: number;
  /** For the whole body, but that of a file (ms). */
  readonly bodyMs: number;
  /** A file arrives with at least so many bytes in each interval (ms). */
  readonly fileIntervalMs: number;
  readonly fileBytes: number;
}

const files = new WeakMap<Request, () => void>();

/** Ends requests whose body arrives too slowly, whether anybody reads it or not. */
export function limitArrival(
  limits: ArrivalLimits,
  refuse: (request: Request, response: Response, error: DomainError) => void,
): RequestHandler {
  return (request, response, next) => {
    if (!hasBody(request)) {
      next();
      return;
    }
    const tooSlow = (): void => {
      stop();
      if (request.complete) return;
      // It was answered without its body, or in part.
      if (response.headersSent) request.socket.destroy();
      else refuse(request, response, arrivesTooSlowly());
    };
    const late = setTimeout(tooSlow, limits.bodyMs);
    let pace: NodeJS.Timeout | undefined;
    const stop = (): void => {
      clearTimeout(late);
      clearInterval(pace);
    };
    request.once('close', stop);
    files.set(request, () => {
      clearTimeout(late);
      let before = request.socket.bytesRead;
      pace = setInterval(() => {
        const now = request.socket.bytesRead;
        if (request.complete || now - before < limits.fileBytes) tooSlow();
        before = now;
      }, limits.fileIntervalMs);
    });
    next();
  };
}

/** The body is a file: as long as it goes on, it may take as long as the server allows any request. */
export function fileArrives(request: Request): void {
  files.get(request)?.();
}

export const hasBody = (request: Request): boolean =>
  request.get('transfer-encoding') !== undefined || Number(request.get('content-length') ?? 0) > 0;

const arrivesTooSlowly = (): DomainError =>
  new DomainError('request-timeout', {
    messageZh: '请求正文到达过慢，已中断；断点续传的请从已收到的字节处继续',
    messageEn: 'The body arrived too slowly and was cut off; resume an upload from the bytes that were received',
  });
