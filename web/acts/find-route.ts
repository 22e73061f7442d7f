import type { Route } from '../../api/http/route.ts';
import { ROUTES } from '../../api/routes.ts';

interface Found {
  readonly spec: Route;
  readonly params: Readonly<Record<string, string>>;
}

const patterns = ROUTES.map((spec) => ({
  spec,
  pattern: new RegExp(`^${spec.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** The route of an address under /api; one without parameters goes first. */
export function routeAt(method: string, path: string): Found | undefined {
  const found = patterns
    .filter(({ spec, pattern }) => spec.method === method && pattern.test(path))
    .sort((a, b) => (a.spec.path.split('{').length < b.spec.path.split('{').length ? -1 : 1))[0];
  return found && { spec: found.spec, params: { ...found.pattern.exec(path)?.groups } };
}
