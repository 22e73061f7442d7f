import { isOfBidders } from '../../domain/roles.ts';
import type { PublicPage } from '../visit.ts';
import type { Route } from './route.ts';

/** Whether a request of this route would tell, before the opening, that somebody bids. */
export const concernsBidders = ({ action, ofBidders }: Pick<Route, 'action' | 'ofBidders'>): boolean =>
  ofBidders === true || isOfBidders(action);

/** What of the numbers and of the log is about bidders. */
export interface OfBidders {
  /** Patterns of the addresses, as the metrics name them. */
  readonly addresses: ReadonlySet<string>;
  /** @param url as the request has it */
  isAbout(method: string, url: string): boolean;
}

/**
 * Below them every address is of a person; one that nothing answers may name a tender all the same, or be the mistyped address of
 * a calendar, which is a secret.
 */
const OF_A_PERSON = /^\/+(?:en\/+)?(?:console|calendars)(?:\/|$)/i;

/** As Express finds a route: letters of either case, and a stroke at the end. */
const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replaceAll('.', '\\.')
      .replace(/\*\w+/g, '.+')
      .replace(/\{\w+\}|:\w+/g, '[^/]+')}/?$`,
    'i',
  );

/** @param url as a request has it: a path, or an address with its host */
const pathOf = (url: string): string => /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? '';

/**
 * An address that has several methods counts as one of bidders in the metrics as soon as one of them is.
 * @param pages all of them: those that are not the same for everybody are of bidders
 */
export function ofBidders(routes: readonly Route[], pages: readonly PublicPage[]): OfBidders {
  const concerned = routes.filter(concernsBidders).map(({ method, path }) => ({
    method: method.toUpperCase(),
    path: `/api${path}`,
    pattern: patternOf(`/api${path}`),
  }));
  const theirs = [...new Set(pages.flatMap(({ path, sameForAll }) => (sameForAll ? [] : [path])))];
  const pagePatterns = theirs.map(patternOf);
  return {
    addresses: new Set([...concerned.map(({ path }) => path), ...theirs]),
    isAbout: (method, url) => {
      const path = pathOf(url);
      return (
        OF_A_PERSON.test(path) ||
        pagePatterns.some((pattern) => pattern.test(path)) ||
        concerned.some(
          (each) =>
            (method === 'HEAD' && each.method === 'GET' ? true : each.method === method) && each.pattern.test(path),
        )
      );
    },
  };
}
