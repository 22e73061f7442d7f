import { isOfBidders } from '../../domain/roles.ts';
import type { Route } from './route.ts';

/** Whether a request of this route would tell, before the opening, that somebody bids. */
export const concernsBidders = ({ action, ofBidders }: Pick<Route, 'action' | 'ofBidders'>): boolean =>
  ofBidders === true || isOfBidders(action);

/** Pages that bidders use. */
const PAGES = [
  '/seal',
  '/seal/:file',
  '/invitation',
  '/invitation/:file',
  // Who checks a receipt has bid.
  '/verify',
  '/en/verify',
  '/verify/:file',
  '/kaibiao.mjs',
  '/kaibiao.mjs.sha256',
];

export const isPageOfBidders = (path: string): boolean => PAGES.includes(path);

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}|:\w+/g, '[^/]+')}/?$`);

/** What of the numbers and of the log is about bidders. */
export interface OfBidders {
  /** Patterns of the addresses, as the metrics name them. */
  readonly addresses: ReadonlySet<string>;
  /** @param path without its query */
  isAbout(method: string, path: string): boolean;
}

/**
 * An address that has several methods counts as one of bidders in the metrics as soon as one of them is.
 */
export function ofBidders(routes: readonly Route[]): OfBidders {
  const concerned = routes.filter(concernsBidders).map(({ method, path }) => ({
    method: method.toUpperCase(),
    path: `/api${path}`,
    pattern: patternOf(`/api${path}`),
  }));
  const pages = PAGES.map(patternOf);
  return {
    addresses: new Set([...concerned.map(({ path }) => path), ...PAGES]),
    isAbout: (method, path) =>
      pages.some((pattern) => pattern.test(path)) ||
      concerned.some(
        (each) =>
          (method === 'HEAD' && each.method === 'GET' ? true : each.method === method) && each.pattern.test(path),
      ),
  };
}
