import type * as z from 'zod';
import { authorise } from '../../api/http/access.ts';
import type { Route } from '../../api/http/route.ts';
import { openingStatus, type openingStatusSchema } from '../../api/openings/views.ts';
import { timelineItems } from '../../api/procurements/timeline.ts';
import { procurementView } from '../../api/procurements/views.ts';
import { planView, type planSchema } from '../../api/law/views.ts';
import type { Database } from '../../db/access/database.ts';
import { latestDraw } from '../../db/committees/draws.ts';
import { schemeOf } from '../../db/evaluation/schemes.ts';
import { correctingNotices, listNotices, type CorrectingNotice, type Notice } from '../../db/notices.ts';
import { procurementById } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';
import { plan } from '../../domain/law/plan.ts';
import { documentsOfNotice, type PublicDocument } from '../../services/board/documents.ts';
import { factsOf } from '../../services/procurements/facts.ts';
import { pastSuspensionsOf, suspendedIn } from '../../services/tender/suspended.ts';
import { routeAt } from '../acts/find-route.ts';
import type { Milestone } from '../parts/timeline.tsx';
import type { Procurement } from './console-page.tsx';

// What the public may read of a tender: each part by the route that gives it to the public, or not at all.

type Reading = Pick<Database, 'read' | 'now' | 'calendar'>;

export interface PublicTender {
  readonly tender: Procurement;
  readonly milestones: readonly Milestone[];
  /** Steps to come that are not counted yet: from today's dates. */
  readonly projected: z.infer<typeof planSchema>['milestones'];
  /** Latest first. */
  readonly notices: readonly Notice[];
  readonly correcting: readonly CorrectingNotice[];
  /** Null: the public may not see anything of it yet. */
  readonly opening: z.infer<typeof openingStatusSchema> | null;
  readonly documents: readonly PublicDocument[];
  /** By lot: what of its evaluation everybody may read. */
  readonly readable: ReadonlyMap<number, { readonly scheme: boolean; readonly draw: boolean }>;
}

const NOBODY = { role: 'public', organisationId: null } as const;
/** Of one tender; one with more of them is read on the board. */
const MOST_NOTICES = 200;

const specOf = (path: string): Route => {
  const found = routeAt('get', path);
  if (!found) throw new Error(`no route answers GET ${path}`);
  return found.spec;
};
const PLACE = '/procurements/0/';
const [TENDER, OPENING] = [specOf(PLACE.slice(0, -1)), specOf(`${PLACE}opening`)];
const [SCHEME, DRAW] = [specOf(`${PLACE}lots/1/scheme`), specOf(`${PLACE}lots/1/committee/draw`)];

/** @throws DomainError `not-found` for one that the public may not know of */
export async function publicTender(db: Reading, id: string): Promise<PublicTender> {
  await authorise(db, TENDER, { id }, NOBODY);
  const q = db.read;
  const procurement = await procurementById(q, id);
  const [suspended, past, milestones, notices, correcting, opening] = await Promise.all([
    suspendedIn(q, procurement, db.now()),
    pastSuspensionsOf(q, procurement, db.now()),
    timelineItems(db, procurement),
    listNotices(q, { procurementId: id, seenBy: '', limit: MOST_NOTICES }),
    correctingNotices(q, [id]),
    isOpen(db, OPENING, { id }).then((open) => (open ? openingStatus(db, procurement) : null)),
  ]);
  const documents: PublicDocument[] = [];
  for (const notice of notices) {
    if (notice.kind !== 'award' && notice.kind !== 'contract') continue;
    documents.push(...(await documentsOfNotice(q, notice)));
  }
  const readable = new Map(
    await Promise.all(
      procurement.lots.map(async ({ no }) => {
        const place = { procurementId: id, lotNo: no };
        const params = { id, no: String(no) };
        return [
          no,
          {
            scheme: (await schemeOf(q, place)) !== undefined && (await isOpen(db, SCHEME, params)),
            draw: (await latestDraw(q, place)) !== undefined && (await isOpen(db, DRAW, params)),
          },
        ] as const;
      }),
    ),
  );
  const goesOn = ['bidding', 'opening', 'evaluation'].includes(procurement.stage);
  return {
    tender: await procurementView(q, procurement, false, suspended, past),
    ...{ milestones, notices, correcting, opening, readable },
    projected: goesOn ? await projectedOf(db, procurement, milestones) : [],
    documents: [...new Map(documents.map((each) => [each.id, each])).values()],
  };
}

/** Whether everybody may read what a route gives. */
async function isOpen(db: Reading, spec: Route, params: Parameters<typeof authorise>[2]): Promise<boolean> {
  try {
    await authorise(db, spec, params, NOBODY);
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

async function projectedOf(
  db: Reading,
  procurement: Awaited<ReturnType<typeof procurementById>>,
  milestones: readonly Milestone[],
): Promise<PublicTender['projected']> {
  try {
    const known = new Set(milestones.map(({ key }) => key));
    const { milestones: planned } = planView(plan(factsOf(procurement), await db.calendar()));
    return planned.filter(
      ({ key, state, at }) => state === 'projected' && !known.has(key) && Date.parse(at) > db.now(),
    );
  } catch (error) {
    // Past the calendar nothing is guessed.
    if (error instanceof DomainError) return [];
    throw error;
  }
}
