import { civilDayOf, formatDay, formatInstant } from '../domain/civil-time.ts';
import { DomainError } from '../domain/errors.ts';
import type { Calendar } from '../domain/law/calendar.ts';
import { nothingSetUp, type CatalogueView } from '../domain/law/catalogue.ts';
import { checkMoney } from '../domain/law/check-money.ts';
import { blocks, check, type Violation } from '../domain/law/check.ts';
import { assertSupported, type Procedure } from '../domain/law/facts.ts';
import {
  milestoneOf,
  plan,
  type MilestoneKey,
  type Plan,
  type PlannedMilestone,
  type ProcurementFacts,
} from '../domain/law/plan.ts';
import { checkMethod, lawfulProcedures, type MethodAnswer, type MethodFacts } from '../domain/law/procedures.ts';
import { getRule } from '../domain/law/rulebook.ts';
import { checkSplitting, type Sibling } from '../domain/law/splitting.ts';
import { breachOf } from '../domain/law/violation.ts';
import { missingParticulars } from '../domain/notices/contents.ts';
import { recordAudit, type Actor } from './audit.ts';
import { catalogueView } from './catalogue.ts';
import type { Queries, Tx } from './access/database.ts';
import { tenderDocumentsOf } from './documents.ts';
import { enqueue } from './outbox.ts';
import { advanceProcurement, procurementById, stageConflict, type Draft, type Procurement } from './procurements.ts';
import { siblingsOf, type Viewer } from './splitting.ts';
import { findMilestone, planAsDrawn } from './timeline.ts';
import { assertCustodians } from '../services/custodians/sealing-terms.ts';

/** What the law asks about: a draft's or a tender's facts in the domain's form. */
export function factsOf(
  tender: Omit<Draft, 'title' | 'contentZh' | 'particulars' | 'purchaserId' | 'agencyId'>,
): ProcurementFacts {
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
    depositForms: given(tender.depositForms ?? null),
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
  /** Which procedures are lawful; null where its amounts are none. */
  readonly methods: MethodAnswer | null;
}

/** What the choice of a procedure is judged by, besides the draft itself. */
export interface MethodContext {
  /** The catalogue and the figures in force at the notice. */
  readonly view: CatalogueView;
  /** Others of the same project or item, as far as the one who asks may see them. */
  readonly siblings: readonly Sibling[];
}

export async function methodContext(
  q: Queries,
  draft: Draft & { readonly id?: string },
  viewer: Viewer,
): Promise<MethodContext> {
  const { regime, kind, catalogueCode = null, noticeAt } = draft;
  return {
    view: await catalogueView(q, { regime, kind, catalogueCode, noticeAt }),
    siblings: await siblingsOf(q, draft, viewer),
  };
}

type JudgedDraft = Parameters<typeof factsOf>[0];

function methodFactsOf(draft: JudgedDraft): MethodFacts | null {
  const { regime, kind, mandatory, budgetFen, fiscalFundsFen, investmentFen, catalogueCode } = draft;
  const contractsFen = draft.lots.map((lot) => lot.budgetFen);
  // What is no sum of money is told of by the check of money.
  if (![budgetFen, ...contractsFen].every((fen) => Number.isSafeInteger(fen) && fen >= 0)) return null;
  return {
    regime,
    kind,
    mandatory,
    amountFen: budgetFen,
    contractsFen,
    ...(typeof fiscalFundsFen === 'number' ? { fiscalFundsFen } : {}),
    ...(typeof investmentFen === 'number' ? { investmentFen } : {}),
    ...(typeof catalogueCode === 'string' ? { catalogueCode } : {}),
  };
}

interface Judging {
  readonly confirmed?: ReadonlySet<string>;
  /** Default: nothing is set up, and there is no other procurement. */
  readonly context?: MethodContext;
}

/** What is wrong with the procedure, the catalogue code and `mandatory`, and what looks like splitting. */
function judgeMethod(
  draft: JudgedDraft,
  procedure: Procedure,
  { confirmed, context }: Judging,
): { methods: MethodAnswer | null; violations: Violation[] } {
  const facts = methodFactsOf(draft);
  if (facts === null) return { methods: null, violations: [] };
  const view = context?.view ?? nothingSetUp(formatDay(civilDayOf(draft.noticeAt)));
  const split = { ...facts, procedure, retenderOf: draft.retenderOf ?? null };
  return {
    methods: lawfulProcedures(facts, view),
    violations: [
      ...checkMethod({ ...facts, procedure }, view, confirmed),
      ...checkSplitting(split, context?.siblings ?? [], view.threshold?.openFen ?? null),
    ],
  };
}

/**
 * Why a draft by another procedure than those that are run is refused: the law forbids it here, or it is lawful and has
 * no timeline yet.
 * @throws DomainError `unlawful` with every violation and the lawful choices, `procedure-not-supported`
 */
export async function assertProcedure(
  q: Queries,
  draft: Draft,
  procedure: Procedure,
  viewer: Viewer,
  confirmed: ReadonlySet<string>,
): Promise<void> {
  if (procedure === 'open-tender') return;
  const context = await methodContext(q, draft, viewer);
  const { violations } = judgeMethod(draft, procedure, { confirmed, context });
  violations.push(...checkMoney({ ...factsOf(draft), procedure }, confirmed));
  if (blocks(violations)) throw unlawful(violations, { zh: '未保存', en: 'nothing was saved' });
  assertSupported({ regime: draft.regime, procedure });
}

function unlawful(violations: readonly Violation[], left: { zh: string; en: string }): DomainError {
  const count = violations.filter(({ severity }) => severity === 'block').length;
  return new DomainError('unlawful', {
    messageZh: `有 ${count} 处不合法，${left.zh}`,
    messageEn: `${count} thing(s) are unlawful; ${left.en}`,
    details: { violations },
  });
}

/**
 * The whole legal timeline of a draft, which procedures are lawful for it, and everything that is wrong with it: its
 * dates, its money, its procedure, and what its notices would lack.
 * @param options `documents`: its tender documents; absent for a draft that is not saved, which has none yet
 */
export function checkDraft(
  draft: JudgedDraft & Pick<Draft, 'particulars' | 'agencyId'>,
  calendar: Calendar,
  options: { readonly now: number; readonly documents?: readonly unknown[] } & Judging,
): CheckedDraft {
  const drawn = plan(factsOf(draft), calendar);
  const { methods, violations: ofMethod } = judgeMethod(draft, draft.procedure, options);
  const { documents, confirmed } = options;
  const particulars = { particulars: draft.particulars ?? {}, ...(documents === undefined ? {} : { documents }) };
  const violations = [
    ...check(drawn, { ...options, calendar }),
    ...ofMethod,
    ...missingParticulars(draft, particulars, confirmed),
  ];
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
  return { plan: drawn, violations, methods };
}

/**
 * Launches (发起): nothing is launched that the law forbids. Dates that were left open become the earliest lawful ones.
 * @throws DomainError `unlawful` with every violation, `custodians-missing`, `stage-conflict`, `not-found`
 */
export async function launchProcurement(
  tx: Tx,
  actor: Actor,
  id: string,
  options: { readonly confirmed?: ReadonlySet<string>; readonly sealing?: 'required' | 'optional' } = {},
): Promise<{ procurement: Procurement; plan: Plan; violations: Violation[]; messageId: string }> {
  const draft = await procurementById(tx.q, id);
  if (draft.stage !== 'draft') throw stageConflict('procurement', draft.stage, ['draft']);
  const context = await methodContext(tx.q, draft, actor);
  const documents = await tenderDocumentsOf(tx.q, id);
  const checked = checkDraft(draft, tx.calendar, { now: tx.now, context, documents, ...options });
  if (blocks(checked.violations)) throw unlawful(checked.violations, { zh: '未发起', en: 'nothing was launched' });
  if (options.sealing === 'required') await assertCustodians(tx.q);
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
      ...sourcesOf(context.view),
    },
  });
  const messageId = await enqueue(tx, 'start-procurement', id);
  return { procurement, plan: plan(factsOf(procurement), tx.calendar), violations: checked.violations, messageId };
}

/** The documents (文号) that the choice of the procedure was judged by. */
function sourcesOf({ entry, threshold }: CatalogueView): Record<string, string> {
  return {
    ...(entry === null ? {} : { catalogue: entry.source }),
    ...(threshold === null ? {} : { thresholds: threshold.source }),
  };
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
