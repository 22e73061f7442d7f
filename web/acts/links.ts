/** Pages of their own that are a better way to a route. */
const BETTER: readonly (readonly [method: string, path: RegExp, to: string])[] = [
  ['post', /^\/procurements$/, '/console/launch'],
  ['put', /^\/procurements\/([^/]+)$/, '/console/launch/$1'],
  ['post', /^\/procurements\/([^/]+)\/launch$/, '/console/launch/$1?step=check'],
  ['put', /^\/procurements\/([^/]+)\/lots\/(\d+)\/scheme$/, '/console/launch/$1/scheme/$2'],
  ['post', /^\/procurements\/([^/]+)\/amendments$/, '/console/tenders/$1/amend'],
  [
    'post',
    /^\/procurements\/([^/]+)\/lots\/(\d+)\/committee\/(?:commitment|part|calls\/\d+\/(?:answer|replacement))$/,
    '/console/draws/$1/$2',
  ],
  ['put', /^\/procurements\/([^/]+)\/opening\/attendance$/, '/console/openings/$1'],
  ['post', /^\/deposits\/(?:import|guarantee)$/, '/console/deposits/recording'],
  ['post', /^\/session\/second-factor(?:\/.*)?$/, '/console/account/second-factor'],
  ['post', /^\/session\/identities(?:\/.*)?$/, '/console/account/identities'],
  ['post', /^\/session\/password$/, '/console/account/password'],
  ['post', /^\/calendar$/, '/console/calendar'],
];

/** The same of reads. */
const BETTER_READS: readonly (readonly [path: RegExp, to: string])[] = [
  [/^\/organisations$/, '/console/organisations'],
  [/^\/organisations\/([0-9a-f-]{36})$/, '/console/organisations/$1'],
  [/^\/accounts$/, '/console/accounts'],
  [/^\/accounts\/([^/]+)$/, '/console/accounts/$1'],
  [/^\/registrations$/, '/console/registrations'],
  [/^\/session\/calendar$/, '/console/account/calendar'],
  [/^\/calendar$/, '/console/calendar'],
  [/^\/custodians(?:\/answers)?$/, '/console/custodians'],
  [/^\/audit$/, '/console/audit'],
  [/^\/draws$/, '/console/draws'],
  [/^\/procurements\/([^/]+)\/lots\/(\d+)\/committee$/, '/console/draws/$1/$2'],
  [/^\/openings$/, '/console/openings'],
  [/^\/deposits$/, '/console/deposits/received'],
  [/^\/deposits\/due$/, '/console/deposits/refunds'],
  [/^\/deposits\/unmatched$/, '/console/deposits/recording'],
  [/^\/procurements\/([^/]+)\/deposits$/, '/console/deposits/of/$1'],
  [/^\/oversight\/duties$/, '/console/oversight'],
  [/^\/oversight\/(grievances|suspensions)$/, '/console/oversight/$1'],
];

/** The form of an act as it is generated. @param path under /api @param back where to go from there, of the Chinese page */
export const formHref = (method: string, path: string, back?: string): string =>
  `/console/do/${method}${path}${back === undefined ? '' : `?back=${encodeURIComponent(back)}`}`;

/** The page of an act: its own where it has one. */
export function actHref(method: string, path: string, back?: string): string {
  const better = BETTER.find(([of, pattern]) => of === method && pattern.test(path));
  return better ? path.replace(better[1], better[2]) : formHref(method, path, back);
}

/** The page of a read: its own where it has one. */
export function readHref(path: string, back?: string): string {
  const better = BETTER_READS.find(([pattern]) => pattern.test(path));
  if (better) return path.replace(better[0], better[1]);
  return `/console/read${path}${back === undefined ? '' : `?back=${encodeURIComponent(back)}`}`;
}
