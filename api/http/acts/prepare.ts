import * as z from 'zod';
import type { Database, Subject, Tx } from '../../../db/access/database.ts';
import { DomainError } from '../../../domain/errors.ts';
import { preparableActOf, type PreparableAct } from '../../../domain/prepared-acts/acts.ts';
import { assertMandated } from '../../../services/mandates/assert.ts';
import { prepareAct } from '../../../services/prepared-acts/prepare.ts';
import { actorOf, contextOf, type Asked, type Asker, type Commit } from './ask.ts';
import type { Answer, Route } from '../route.ts';
import type { Services } from '../services.ts';
import { violationSchema } from '../../law/views.ts';
import { preparedActView } from '../../prepared-acts/views.ts';

/**
 * 经办: where an act needs a second person, its request is judged in full, in a transaction that is rolled back, and is
 * kept. Null: the act is done at once, by its own handler.
 */
export async function preparedInstead(
  spec: Route,
  services: Services,
  asker: Asker,
  asked: Asked,
  commit: Commit,
): Promise<Answer | null> {
  const act = spec.method === 'post' ? preparableActOf(spec.action) : undefined;
  const { procurement } = asked.located;
  if (act === undefined || !procurement) return null;
  const confirmingId = await confirmingFor(services, act, asked, asker);
  if (confirmingId === null) return null;
  const actor = actorOf(asker);
  const rehearsal = contextOf(spec, services, asker, asked, {
    commit: (work, subject) => rehearse(services.db, work, subject),
    ...{ actor, isPreparation: true },
  });
  const warnings = warningsIn(await spec.handle(rehearsal));
  const { request } = asker;
  const given: unknown = spec.body ? (request.body ?? (spec.bodyOptional ? {} : null)) : null;
  const keeping = contextOf(spec, services, asker, asked, { commit, actor, isPreparation: true });
  return keeping.commit(async (tx) => {
    const prepared = await prepareAct(tx, actor, {
      ...{ act, confirmingId, procurementId: procurement.id, request: given },
      ...{ path: pathOf(spec, asked.params), params: textsOf(asked.params) },
    });
    return {
      status: 202,
      body: await preparedActView(tx.q, prepared, { now: tx.now, role: asker.acting.role, warnings }),
      headers: { Location: `/api/prepared-acts/${prepared.id}` },
    };
  });
}

/** Whose people confirm it; null: nobody has to. */
async function confirmingFor(
  { db, settings }: Services,
  act: PreparableAct,
  { located: { procurement, mandated } }: Asked,
  { acting }: Asker,
): Promise<string | null> {
  if (procurement && mandated) {
    const { agencyId } = mandated;
    try {
      await assertMandated(db.read, { ...procurement, agencyId }, mandated.act, db.now(), act);
    } catch (error) {
      if (error instanceof DomainError && error.details?.['reason'] === 'alone') return procurement.purchaserId;
      throw error;
    }
  }
  return settings.secondPerson.has(act) ? acting.organisationId : null;
}

class Rehearsed extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('rehearsed');
    this.answer = answer;
  }
}

/** Does everything, and keeps nothing of it. */
async function rehearse(
  db: Database,
  work: (tx: Tx) => Promise<Answer>,
  subject: Subject | undefined,
): Promise<Answer> {
  try {
    return await db.transaction(async (tx): Promise<Answer> => {
      throw new Rehearsed(await work(tx));
    }, subject);
  } catch (error) {
    if (error instanceof Rehearsed) return error.answer;
    throw error;
  }
}

const withWarnings = z.object({ warnings: z.array(violationSchema) });

/** What the act would be warned of. */
export function warningsIn({ body }: Answer): z.infer<typeof violationSchema>[] {
  const found = withWarnings.safeParse(body);
  return found.success ? found.data.warnings : [];
}

const textsOf = (params: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));

const pathOf = ({ path }: Route, params: Readonly<Record<string, unknown>>): string =>
  `/api${path.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name]))}`;
