import type { Request, Response } from 'express';
import * as z from 'zod';
import type { Subject, Tx } from '../../../db/access/database.ts';
import type { Actor } from '../../../db/audit.ts';
import { notFound } from '../../../db/procurements.ts';
import { DomainError } from '../../../domain/errors.ts';
import { placesOf } from '../../../domain/fields/field.ts';
import { badInput, type Issue } from '../../../domain/issues.ts';
import { preparableActOf } from '../../../domain/prepared-acts/acts.ts';
import { assertMandated } from '../../../services/mandates/assert.ts';
import { catchUp, isAnythingDue } from '../../../services/tender/advance.ts';
import { decisionAnswer } from '../../decisions/views.ts';
import type { About } from '../about.ts';
import { authorise, unauthenticated, type Acting, type Located } from '../access.ts';
import type { Caller, SignedIn } from '../auth.ts';
import { REPLAYED_HEADER } from '../idempotent.ts';
import { isReadOfPage } from '../../inside.ts';
import { concernsBidders } from '../of-bidders.ts';
import { issuesOf, SAYS_WHAT_CAME } from '../fields/issues.ts';
import type { Answer, Route, RouteContext, RouteLevel } from '../route.ts';
import type { Services } from '../services.ts';

export type AnyRouteContext = RouteContext<RouteLevel, Record<string, unknown>, Record<string, unknown>, unknown>;
export type Commit = (work: (tx: Tx) => Promise<Answer>, subject: Subject | undefined) => Promise<Answer>;

/** Who asks, over which connection. */
export interface Asker {
  readonly request: Request;
  readonly response: Response;
  readonly caller: Caller;
  readonly who: SignedIn | null;
  readonly acting: Acting;
  readonly about: About;
}

/** A request that may be made, valid and typed. */
export interface Asked {
  readonly located: Located;
  readonly params: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly body: unknown;
}

/** The parts of a request, as they came. */
export interface Given {
  readonly path: string;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** @throws DomainError for what may not be asked for, or not so */
export async function askFor(
  spec: Route,
  services: Services,
  given: Given,
  { request, who, acting, about }: Pick<Asker, 'who' | 'acting' | 'about'> & Partial<Pick<Asker, 'request'>>,
): Promise<Asked> {
  const params = spec.params?.safeParse(given.params);
  // A malformed id names nothing.
  if (params && !params.success) throw notFound('resource', given.path);
  const located = await authoriseNow(services.db, spec, params?.data ?? {}, acting).catch((error: unknown) => {
    const byRole = error instanceof DomainError && error.details?.['reason'] === 'role';
    throw who === null && acting.role === 'public' && byRole ? unauthenticated() : error;
  });
  if (located.procurement && !concernsBidders(spec) && !(request && isReadOfPage(request)))
    about.procurementId = located.procurement.id;
  return { located, params: params?.data ?? {}, ...validate(spec, given) };
}

export const actorOf = ({ caller, who, acting }: Asker): Actor => ({
  accountId: who?.account.id ?? null,
  organisationId: acting.organisationId,
  role: acting.role,
  address: caller.address,
  requestId: caller.requestId,
});

/**
 * What the handler of a route receives.
 * @param by `commit`: what its transaction is; `isPreparation`: the act itself is not done, so that an agency needs no leave
 *   to act alone, and nothing is counted as done
 */
export function contextOf(
  spec: Route,
  services: Services,
  asker: Asker,
  { located, params, query, body }: Asked,
  by: { readonly commit: Commit; readonly actor: Actor; readonly isPreparation?: true },
): AnyRouteContext {
  const { procurement: subject, mandated } = located;
  const commit: AnyRouteContext['commit'] = (work) =>
    by.commit(
      async (tx) => {
        if (subject && mandated) {
          // A mandate that was ended in the meantime: the act is judged at the instant of its transaction.
          const alone = by.isPreparation ? undefined : preparableActOf(spec.action);
          await assertMandated(tx.q, { ...subject, agencyId: mandated.agencyId }, mandated.act, tx.now, alone);
        }
        return work(tx);
      },
      spec.whileInDoubt ? 'clock-in-doubt' : subject && { procurementId: subject.id },
    );
  const { request, response, caller, who, acting } = asker;
  return {
    ...located,
    ...{ services, request, response, caller, who, params, query, body, actor: by.actor },
    role: acting.role,
    organisationId: acting.organisationId,
    person: () => present(who),
    organisation: () => present(acting.organisationId),
    commit,
    decide: async (kind, act) => {
      try {
        const answer = await commit(async (tx) => decisionAnswer(tx.q, await act(tx), tx.calendar));
        const isNew = answer.headers?.[REPLAYED_HEADER] === undefined;
        if (isNew && !by.isPreparation) services.metrics.decision(kind, 'accepted');
        return answer;
      } catch (error) {
        if (error instanceof DomainError) services.metrics.decision(kind, 'refused');
        throw error;
      }
    },
  };
}

/**
 * A request that the stage refuses is judged again after everything due by now is done: the engine may be late or down,
 * and a right does not wait for it.
 */
async function authoriseNow(
  db: Services['db'],
  spec: Route,
  params: Readonly<Record<string, unknown>>,
  acting: Acting,
): Promise<Located> {
  try {
    return await authorise(db, spec, params, acting);
  } catch (error) {
    const refused = error instanceof DomainError && error.details?.['reason'] === 'stage';
    if (!refused || spec.method === 'get' || spec.at === 'anywhere') throw error;
    const procurementId = spec.procurementOf ? await spec.procurementOf(db.read, params) : String(params['id']);
    if (!(await isAnythingDue(db, procurementId))) throw error;
    await catchUp(db, procurementId);
    return authorise(db, spec, params, acting);
  }
}

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined)
    throw new Error('a route reads an actor or a subject that its definition does not declare');
  return value;
}

/** Everything that is wrong with the query and the body, at once. */
function validate(spec: Route, given: Given): { query: Record<string, unknown>; body: unknown } {
  const issues: Issue[] = [];
  const places = placesOf(spec.path);
  const asked = spec.query ?? z.strictObject({});
  const query = asked.safeParse(given.query, SAYS_WHAT_CAME);
  if (!query.success) issues.push(...issuesOf(query.error, { schema: asked, places }));
  let body: unknown;
  if (spec.body) {
    const sent = given.body;
    const parsed = spec.body.safeParse(sent === undefined && spec.bodyOptional ? {} : sent, SAYS_WHAT_CAME);
    if (parsed.success) body = parsed.data;
    else issues.push(...issuesOf(parsed.error, { schema: spec.body, places }));
  }
  if (issues.length > 0) throw badInput(issues);
  return { query: query.data ?? {}, body };
}
