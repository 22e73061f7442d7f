import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { pinoHttp, type HttpLogger } from 'pino-http';
import { aboutOf } from './about.ts';
import { isReadOfPage } from '../inside.ts';
import type { OfBidders } from './of-bidders.ts';
import { isTransient } from '../../domain/errors.ts';

/** Stands for each address that bidders use. */
const OF_A_BIDDER = '(bidders)';

/** Never logged, whatever the code passes to the logger. */
export const REDACTED = [
  'authorization',
  'cookie',
  'password',
  'token',
  '*.authorization',
  '*.cookie',
  '*["set-cookie"]',
  '*.password',
  '*.newPassword',
  '*.currentPassword',
  '*.oneTimePassword',
  '*.token',
  '*.headers.authorization',
  '*.headers.cookie',
  '*.headers["set-cookie"]',
];

/**
 * One line a request, with the ids of what it was about: no header, no body, no query. Of what bidders do it has neither
 * address nor subject: who reads the log must not see who bids, or for what. A refusal has its code.
 * @param accepted the level of a request that is not refused
 */
export function requestLog(
  log: Logger,
  bidders: OfBidders,
  accepted: 'info' | 'debug',
): HttpLogger<IncomingMessage, ServerResponse> {
  const isOfBidder = (request: IncomingMessage): boolean =>
    isReadOfPage(request) || bidders.isAbout(request.method ?? '', request.url ?? '');
  return pinoHttp<IncomingMessage, ServerResponse>({
    logger: log.child({}, { redact: REDACTED, serializers: { err: errorForLog } }),
    genReqId: (request, response) => {
      const given = request.headers['x-request-id'];
      const id = typeof given === 'string' && /^[A-Za-z0-9._-]{8,64}$/.test(given) ? given : randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    // Called when the request arrives, and again when it is answered and its subject is known.
    customProps: (request, response) => {
      const about = { ...refusal(response), ...aboutOf(response) };
      return Object.keys(about).length > 0 ? about : { requestId: request.id };
    },
    wrapSerializers: false,
    serializers: {
      req: (request: IncomingMessage) =>
        isOfBidder(request)
          ? { id: request.id, path: OF_A_BIDDER }
          : {
              id: request.id,
              method: request.method,
              path: request.url?.split('?')[0],
              address: request.socket.remoteAddress,
            },
      res: (response: ServerResponse) => ({ status: response.statusCode }),
      err: errorForLog,
    },
    customLogLevel: (request, response, error) => {
      if (error || response.statusCode >= 500) return 'error';
      // The page has a line, whatever it reads.
      if (isReadOfPage(request)) return 'debug';
      // Called every few seconds, by this process too.
      if (request.url === '/health' && response.statusCode < 400) return 'debug';
      return response.statusCode >= 400 ? 'warn' : accepted;
    },
  });
}

/** Of what is not answered with a problem, as a page that is not there: the words of its status. */
const refusal = ({ statusCode }: ServerResponse): { code?: string } =>
  statusCode < 400 ? {} : { code: (STATUS_CODES[statusCode] ?? String(statusCode)).toLowerCase().replaceAll(' ', '-') };

/** An error without the values of a failed query: they may be a token, or the hash of a password. */
export function errorForLog(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const clean = (text: string): string => text.replace(/\nparams: [\s\S]*?(?=\n {4}at |$)/g, '');
  return {
    type: error.name,
    message: clean(error.message),
    stack: clean(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: errorForLog(error.cause) }),
  };
}

/** What went wrong in the background: a warning where the next try mends it. */
export function logFailure(log: Pick<Logger, 'warn' | 'error'>, error: unknown, message: string): void {
  log[isTransient(error) ? 'warn' : 'error']({ err: errorForLog(error) }, message);
}
