import { formatInstant } from '../domain/civil-time.ts';
import { DomainError } from '../domain/errors.ts';
import type { Calendar } from '../domain/law/calendar.ts';
import { check, type Violation } from '../domain/law/check.ts';
import {
  milestoneOf,
  plan,
  type MilestoneKey,
  type Plan,
  type PlannedMilestone,
  type ProcurementFacts,
} from '../domain/law/plan.ts';
import { getRule } from '../domain/law/rulebook.ts';
import { breachOf } from '../domain/law/violation.ts';
import { recordAudit, type Actor } from './audit.ts';
import type { Queries, Tx } from './database.ts';
import { enqueue } from './outbox.ts';
import { advanceProcurement, procurementById, stageConflict, type Draft, type Procurement } from './procurements.ts';
import { findMilestone, planAsDrawn } from './timeline.ts';

/** What the law asks about: a draft's or a tender's facts in the domain's form. */
export function factsOf(tender: Omit<Draft, 'title' | 'contentZh' | 'purchaserId' | 'agencyId'>): ProcurementFacts {
  const given = <T>(value: T | null): T | undefined => value ?? undefined;
  const facts = {
    regime: tender.regime,
    procedure: tender.procedure,
    kind: tender.kind,
    mandatory: tender.mandatory,
    intentionAt: given(tender.intentionAt),
    noticeAt: tender.noticeAt,
    documentsFrom: given(tender.documentsFrom),
    documentsUntil: given(tender.documentsUntil),
    bidDeadline: given(tender.bidDeadline),
    bidValidityDays: given(tender.bidValidityDays),
    budgetFen: tender.budgetFen,
    lots: tender.lots.map(({ no, budgetFen, bidBondFen }) => ({
      no,
      budgetFen,
      ...(bidBondFen === null ? {} : { bidBondFen }),
    })),
  };
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as unknown as ProcurementFacts;
}

export interface CheckedDraft {
  readonly plan: Plan;
  readonly violations: Violation[];
}

/** The whole legal timeline of a draft, and everything that is wrong with it. */
export function checkDraft(
  draft: Parameters<typeof factsOf>[0],
  calendar: Calendar,
  options: { readonly now: number; readonly confirmed?: ReadonlySet<string> },
): CheckedDraft {
  const drawn = plan(factsOf(draft), calendar);
  const violations = check(drawn, { ...options, calendar });
  if (draft.regime === 'tendering' && draft.bidValidityDays === null) {
    violations.push(
      breachOf(getRule('works-bid-validity-set'), 'block', {
        field: 'bidValidityDays',
        given: null,
        messageZh: '招标文件应当载明投标有效期',
        messageEn: 'The tender documents must state how long bids are valid',
      }),
    );
  }
  return { plan: drawn, violations };
}

/**
 * Launches (发起): nothing is launched that the law forbids. Dates that were left open become the earliest lawful ones.
 * @throws DomainError `unlawful` with every violation, `stage-conflict`, `not-found`
 */
export async function launchProcurement(
  tx: Tx,
  actor: Actor,
  id: string,
  options: { readonly confirmed?: ReadonlySet<string> } = {},
): Promise<{ procurement: Procurement; plan: Plan; violations: Violation[]; messageId: string }> {
  const draft = await procurementById(tx.q, id);
  if (draft.stage !== 'draft') throw stageConflict('procurement', draft.stage, ['draft']);
  const checked = checkDraft(draft, tx.calendar, { now: tx.now, ...options });
  const blocking = checked.violations.filter(({ severity }) => severity === 'block');
  if (blocking.length > 0) {
    throw new DomainError('unlawful', {
      messageZh: `有 ${blocking.length} 处不合法，未发起`,
      messageEn: `${blocking.length} thing(s) are unlawful; nothing was launched`,
      details: { violations: checked.violations },
    });
  }
  const at = (key: MilestoneKey) => milestoneOf(checked.plan, key)?.at ?? null;
  await advanceProcurement(tx, id, 'launched', {
    launchedAt: tx.now,
    documentsFrom: at('documents-from'),
    documentsUntil: at('documents-until'),
    bidDeadline: at('bid-deadline'),
    calendarHash: tx.calendar.hash,
  });
  const procurement = await procurementById(tx.q, id);
  await planBidding(tx, procurement);
  recordAudit(tx, actor, {
    action: 'procurement.launch',
    procurementId: id,
    subject: `procurement/${id}`,
    detail: {
      noticeAt: formatInstant(draft.noticeAt),
      rulebook: checked.plan.rulebookVersion,
      calendar: checked.plan.calendarHash,
    },
  });
  const messageId = await enqueue(tx, 'start-procurement', id);
  return { procurement, plan: plan(factsOf(procurement), tx.calendar), violations: checked.violations, messageId };
}

/** Milestones up to the opening that close by time alone. */
const WINDOWS: readonly MilestoneKey[] = [
  'intention',
  'notice-end',
  'documents-from',
  'documents-until',
  'objection-documents-end',
  'amendment-latest',
];
const ACTS: readonly MilestoneKey[] = ['notice', 'bid-deadline', 'opening'];

/** Periods run from the day on which the notice was in fact out. */
export async function actualNotice(q: Queries, procurementId: string): Promise<Pick<ProcurementFacts, 'actual'>> {
  const { state, actualAt } = (await findMilestone(q, { procurementId, lotNo: 0 }, 'notice')) ?? {};
  return state === 'done' && typeof actualAt === 'number' ? { actual: { notice: actualAt } } : {};
}

/** The milestones up to the opening as the tender's dates have them now. */
export async function drawnBidding(
  q: Queries,
  tender: Procurement,
  calendar: Calendar,
): Promise<{ drawn: PlannedMilestone; window: boolean }[]> {
  return plan({ ...factsOf(tender), ...(await actualNotice(q, tender.id)) }, calendar)
    .milestones.map((drawn) => ({ drawn, window: WINDOWS.includes(drawn.key) }))
    .filter(({ drawn, window }) => window || ACTS.includes(drawn.key));
}

/** Writes the timeline up to the opening as the tender's dates have it now; what is done stands. */
export async function planBidding(tx: Tx, tender: Procurement): Promise<void> {
  const whole = { procurementId: tender.id, lotNo: 0 };
  for (const { drawn, window } of await drawnBidding(tx.q, tender, tx.calendar)) {
    await planAsDrawn(tx, whole, drawn, { window });
  }
}
