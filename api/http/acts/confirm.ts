import type { PreparedAct } from '../../../db/tender/prepared-acts.ts';
import { notASecondPerson } from '../../../domain/prepared-acts/second-person.ts';
import { assertWaits } from '../../../domain/prepared-acts/settled.ts';
import { confirmAct, withPreparer } from '../../../services/prepared-acts/confirm.ts';
import { isConfirming } from '../../../services/prepared-acts/people.ts';
import { askFor, contextOf, type AnyRouteContext, type Commit } from './ask.ts';
import { aboutOf } from '../about.ts';
import { ok, type Answer, type Route } from '../route.ts';
import { warningsIn } from './prepare.ts';
import { preparedActView } from '../../prepared-acts/views.ts';

/** What a confirmation knows of its request. */
type Confirming = Pick<
  AnyRouteContext,
  'services' | 'request' | 'response' | 'caller' | 'who' | 'role' | 'organisationId' | 'actor' | 'commit'
>;

/**
 * 复核: the route of the act does it, with the request as it was prepared, in the transaction of the confirmation: who
 * confirms may do it, its form is right, and the law allows it, all of it as at this instant.
 */
export async function carryOut(spec: Route, confirming: Confirming, prepared: PreparedAct): Promise<Answer> {
  const { services, request, response, caller, who, role, organisationId, actor } = confirming;
  assertWaits(prepared, services.db.now());
  if (actor.accountId === prepared.preparedBy.accountId) throw notASecondPerson('same-account');
  if (!isConfirming(prepared, actor)) throw notASecondPerson('other-organisation');
  const asker = { request, response, caller, who, acting: { role, organisationId }, about: aboutOf(response) };
  const given = { path: prepared.path, params: prepared.params, query: {}, body: prepared.request ?? undefined };
  const asked = await askFor(spec, services, given, asker);
  const commit: Commit = (work) =>
    confirming.commit(async (tx) => {
      let done: Answer = { status: 500 };
      const confirmed = await confirmAct(tx, actor, prepared.id, spec.action, async () => {
        done = await work(tx);
        return done;
      });
      return {
        ...ok(await preparedActView(tx.q, confirmed, { now: tx.now, role, warnings: warningsIn(done) })),
        ...(done.headers?.['Content-Location'] ? { headers: done.headers } : {}),
        ...(done.decisionId === undefined ? {} : { decisionId: done.decisionId }),
      };
    });
  return spec.handle(contextOf(spec, services, asker, asked, { commit, actor: withPreparer(actor, prepared) }));
}
