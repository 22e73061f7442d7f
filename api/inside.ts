import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

// A page asks the API in process (docs/adr/0065). Its requests are marked by what nobody outside knows.

const HEADER = 'x-kaibiao-inside';
const MARK = randomUUID();

export const insideHeaders = (): Readonly<Record<string, string>> => ({ [HEADER]: MARK });

export const isInside = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean => headers[HEADER] === MARK;

/**
 * What a page reads in order to be shown: it is counted, logged and traced by nobody. The page itself is, and its reads would say
 * of which tender it is: that somebody reads it is everybody's right, but that a page of a bidder does tells who bids.
 */
export const isReadOfPage = (request: Pick<IncomingMessage, 'headers' | 'method'>): boolean =>
  request.method === 'GET' && isInside(request);
