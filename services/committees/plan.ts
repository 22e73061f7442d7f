import { recordAudit, UNATTENDED, type Actor } from '../../db/audit.ts';
import type { Database, Tx } from '../../db/access/database.ts';
import { insertPlan, latestDraw, latestPlan, settlePlan, type DrawPlan } from '../../db/committees/draws.ts';
import { recordEvent } from '../../db/events.ts';
import { readStandingRows } from '../../db/tender/cases.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { MINUTE_MS } from '../../domain/civil-time.ts';
import { drawBegins } from '../../domain/committees/plan.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput } from '../../domain/issues.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { committeeSubject } from '../../domain/subjects.ts';
import { planCommittee } from '../procurements/bidding.ts';
import { loadCase, saveCases } from '../tender/case.ts';
import { wakeCommittee } from './events.ts';
import { judgeDraw, openDraw, type DrawRequest } from './open.ts';
import { openRequest, sealRequest } from './sealed.ts';

/** A draw that the platform opens by itself. */
export interface GivenPlan {
  readonly request: Omit<DrawRequest, 'evaluationAt'>;
  /** The evaluation begins so long after the opening. */
  readonly evaluationMinutes: number;
  /** The draw begins so long before the evaluation; null: as the law says. */
  readonly leadMinutes: number | null;
}

type Sealed = Pick<GivenPlan, 'request' | 'evaluationMinutes'>;

/** A plan by the opening as it is set now (civil epoch ms). */
export interface StatedPlan extends Sealed {
  readonly plan: DrawPlan;
  readonly evaluationAt: number;
  readonly drawAt: number;
}

/**
 * States how the committee of a lot is to be drawn, and when: judged as a draw at that instant would be, and kept secret, as it
 * names the purchaser's representatives. Both instants move with the opening.
 * @throws DomainError `unlawful`, `bad-input`, `stage-conflict`, `not-found`
 */
export async function planDraw(tx: Tx, actor: Actor, place: TenderPlace, given: GivenPlan): Promise<StatedPlan> {
  const { procurementId, lotNo } = place;
  const { request, evaluationMinutes, leadMinutes } = given;
  const c = await loadCase(tx, procurementId);
  const openingAt = c.milestone(0, 'opening')?.dueAt;
  if (openingAt === undefined || openingAt === null)
    throw new Error(`${procurementId} was launched without an opening`);
  const evaluationAt = openingAt + evaluationMinutes * MINUTE_MS;
  const begins = drawBegins(c.definition, { evaluationAt, leadMinutes }, tx.calendar);
  if (begins === null) throw leadMissing();
  const drawAt = Math.max(begins, tx.now);
  const { warnings } = await judgeDraw(c, place, { ...request, evaluationAt }, drawAt);
  const before = await latestPlan(tx.q, place);
  const plan: DrawPlan = {
    ...{ ...place, version: (before?.version ?? 0) + 1, leadMinutes, statedBy: actor, statedAt: tx.now },
    sealed: sealRequest(tx.committees, place, { request, evaluationMinutes } satisfies Sealed),
    ...{ settledAt: null, failure: null },
  };
  await insertPlan(tx, plan);
  planCommittee(c, lotNo, evaluationAt);
  await saveCases(tx, [c]);
  noteOf(tx, place, {
    ...{ actor, action: 'draw.plan' },
    detail: { version: plan.version, drawAt, evaluationAt, warnings: warnings.map(({ rule }) => rule) },
  });
  wakeCommittee(tx, place);
  return { plan, request, evaluationMinutes, evaluationAt, drawAt };
}

const leadMissing = (): DomainError =>
  badInput([
    {
      field: 'leadMinutes',
      rule: 'no-window',
      messageZh: '法律没有规定抽取的最早时间：请填写评审前多少分钟开始抽取',
      messageEn: 'The law sets no window for the draw: state how many minutes before the evaluation it begins',
    },
  ]);

/** The last plan of a lot, whether or not it was carried out; null where there is none. */
export async function planOf(
  { q, committees, calendar }: Pick<Tx, 'q' | 'committees' | 'calendar'>,
  place: TenderPlace,
): Promise<StatedPlan | null> {
  const plan = await latestPlan(q, place);
  if (!plan) return null;
  const rows = await readStandingRows(q, place.procurementId);
  const openingAt = rows?.milestones.find(({ lotNo, key }) => lotNo === 0 && key === 'opening')?.dueAt;
  if (!rows || openingAt === undefined || openingAt === null) return null;
  const { request, evaluationMinutes } = openRequest<Sealed>(committees, plan);
  const evaluationAt = openingAt + evaluationMinutes * MINUTE_MS;
  const { leadMinutes } = plan;
  const drawAt = drawBegins(procedureOf(rows.procurement), { evaluationAt, leadMinutes }, calendar) ?? evaluationAt;
  return { plan, request, evaluationMinutes, evaluationAt, drawAt };
}

/**
 * Opens a draw as it was planned, once; where it cannot be, that and why is on record, and people are notified.
 * @param version of the plan that is due
 */
export async function openPlanned(db: Database, place: TenderPlace, version: number): Promise<void> {
  const { procurementId } = place;
  const settle = async (tx: Tx, failure: DrawPlan['failure']) =>
    settlePlan(tx, { ...place, version }, { settledAt: tx.now, failure });
  const isDue = async (tx: Tx): Promise<StatedPlan | null> => {
    const stated = await planOf(tx, place);
    const isNext = stated?.plan.version === version && stated.plan.settledAt === null && stated.drawAt <= tx.now;
    return isNext ? stated : null;
  };
  try {
    await db.transaction(
      async (tx) => {
        const stated = await isDue(tx);
        if (stated === null) return;
        const { request, evaluationAt } = stated;
        await openDraw(tx, UNATTENDED, place, { ...request, evaluationAt });
        await settle(tx, null);
      },
      { procurementId },
    );
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, messageZh, messageEn } = error;
    await db.transaction(
      async (tx) => {
        if ((await isDue(tx)) === null) return;
        await settle(tx, { code, messageZh, messageEn });
        noteOf(tx, place, {
          actor: UNATTENDED,
          action: 'draw.not-opened',
          event: 'draw.failed',
          detail: { version, code },
        });
      },
      { procurementId },
    );
  }
}

/** The plan of a lot that nobody has carried out, or replaced by a draw; null where there is none. */
export async function standingPlan(of: Parameters<typeof planOf>[0], place: TenderPlace): Promise<StatedPlan | null> {
  const stated = await planOf(of, place);
  if (stated === null || stated.plan.settledAt !== null) return null;
  const draw = await latestDraw(of.q, place);
  return draw && draw.openedAt >= stated.plan.statedAt ? null : stated;
}

/** Of a lot, before there is a draw. */
function noteOf(
  tx: Tx,
  { procurementId, lotNo }: TenderPlace,
  { actor, action, event, detail }: { actor: Actor; action: string; event?: string; detail: Record<string, unknown> },
): void {
  const subject = committeeSubject(procurementId, lotNo);
  recordAudit(tx, actor, { action, procurementId, subject, detail: { lotNo, ...detail } });
  if (event !== undefined) recordEvent(tx, { kind: event, procurementId, lotNo, subject, detail });
}
