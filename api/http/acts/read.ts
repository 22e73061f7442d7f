import type { Actor } from '../../../db/audit.ts';
import type { Acting } from '../access.ts';
import type { SignedIn } from '../auth.ts';
import type { Answer, Route } from '../route.ts';
import type { Services } from '../services.ts';
import { askFor, contextOf, type Asker } from './ask.ts';

/** Who reads, whatever the connection. */
export interface Reader {
  readonly who: SignedIn | null;
  readonly acting: Acting;
  readonly actor: Actor;
}

/**
 * What a route answers to a reader, asked for from within: judged as a request of its own is, and nothing is written.
 * @throws DomainError what such a request is refused with
 */
export async function readAs(
  spec: Route,
  services: Services,
  { who, acting, actor }: Reader,
  given: { readonly params: Readonly<Record<string, unknown>>; readonly query?: Readonly<Record<string, unknown>> },
): Promise<Answer> {
  const asked = await askFor(
    spec,
    services,
    { path: spec.path, params: given.params, query: given.query ?? {}, body: undefined },
    { who, acting, about: {} },
  );
  // No connection of its own: what is read here depends on none.
  const asker = { who, acting, about: {} } as Asker;
  const commit = (): never => {
    throw new Error(`${spec.path} writes, and was asked for from within`);
  };
  return spec.handle(contextOf(spec, services, asker, asked, { commit, actor }));
}
