import { catalogueView } from '../catalogue/in-force.ts';
import type { Queries } from '../../db/access/database.ts';
import type { Draft } from '../../db/procurements.ts';
import { siblingsOf, type Viewer } from '../splitting/siblings.ts';
import { civilDayOf, formatDay } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import { nothingSetUp, type CatalogueView } from '../../domain/law/catalogue.ts';
import { checkMoney } from '../../domain/law/check-money.ts';
import { blocks, check, type Violation } from '../../domain/law/check.ts';
import type { Procedure } from '../../domain/law/facts.ts';
import { findProcedure, procedureOf } from '../../domain/procedures/index.ts';
import { plan, type Plan } from '../../domain/law/plan.ts';
import type { StatedScheme } from '../../domain/evaluation/scheme/statement.ts';
import { checkSchemes } from '../evaluation/scheme.ts';
import { checkEvaluationMethod } from '../../domain/evaluation/report.ts';
import { checkCeiling } from '../../domain/evaluation/check-ceiling.ts';
import { checkInvitees } from '../../domain/procedures/entry.ts';
import type { Invitee } from '../../domain/procedures/invitees.ts';
import { checkMethod } from '../../domain/procedures/choice/check-method.ts';
import type { MethodFacts } from '../../domain/procedures/choice/open-duty.ts';
import { lawfulProcedures, type MethodAnswer } from '../../domain/procedures/choice/lawful.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { checkSplitting, type Sibling } from '../../domain/procedures/choice/splitting.ts';
import { breachOf, severityOf } from '../../domain/law/violation.ts';
import type { DepositRates } from '../../domain/deposits/interest.ts';
import { checkRates } from '../../domain/deposits/rates.ts';
import { checkDocumentsPrice } from '../../domain/documents/price.ts';
import { missingParticulars } from '../../domain/notices/contents.ts';
import { factsOf } from './facts.ts';

export interface CheckedDraft {
  readonly plan: Plan;
  readonly violations: Violation[];
  /** Which procedures are lawful; null where its amounts are invalid. */
  readonly methods: MethodAnswer | null;
}

/** What the choice of a procedure is judged by, besides the draft itself. */
export interface MethodContext {
  /** The catalogue and the figures in force at the notice. */
  readonly view: CatalogueView;
  /** Other procurements of the same project or item, as far as the viewer may see them. */
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
  // Invalid amounts are reported by the check of money.
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
  /** Default: nothing is configured, and there is no other procurement. */
  readonly context?: MethodContext;
}

/** Faults of the procedure, the catalogue code and `mandatory`, and signs of splitting. */
function judgeMethod(
  draft: JudgedDraft,
  procedure: Procedure,
  { confirmed, context }: Judging,
): { methods: MethodAnswer | null; violations: Violation[] } {
  const facts = methodFactsOf(draft);
  if (facts === null) return { methods: null, violations: [] };
  const view = context?.view ?? nothingSetUp(formatDay(civilDayOf(draft.noticeAt)));
  const ground = draft.methodGround ?? null;
  const split = { ...facts, procedure, retenderOf: draft.retenderOf ?? null };
  return {
    methods: lawfulProcedures(facts, view),
    violations: [
      ...checkMethod({ ...facts, procedure, ground }, view, confirmed),
      ...checkSplitting(split, context?.siblings ?? [], view.threshold?.openFen ?? null),
    ],
  };
}

/**
 * Why a draft under a procedure that is not run is refused: the law forbids it here, or it is lawful and has no
 * timeline yet; and why one of a procedure without invitations names invited suppliers.
 * @throws DomainError `unlawful` with every violation and the lawful choices, `procedure-not-supported`
 */
export async function assertProcedure(
  q: Queries,
  draft: Draft,
  viewer: Viewer,
  confirmed: ReadonlySet<string>,
): Promise<void> {
  const { procedure } = draft;
  const definition = findProcedure(draft);
  if (definition) {
    if (definition.entry.by === 'invitation') return;
    const named = checkInvitees(definition, { ...draft, invitees: draft.invitees ?? [] });
    if (blocks(named)) throw unlawful(named, { zh: '未保存', en: 'nothing was saved' });
    return;
  }
  const context = await methodContext(q, draft, viewer);
  const { violations } = judgeMethod(draft, procedure, { confirmed, context });
  violations.push(...checkMoney(factsOf(draft), confirmed));
  if (blocks(violations)) throw unlawful(violations, { zh: '未保存', en: 'nothing was saved' });
  procedureOf({ regime: draft.regime, procedure });
}

export function unlawful(violations: readonly Violation[], left: { zh: string; en: string }): DomainError {
  const count = violations.filter(({ severity }) => severity === 'block').length;
  return new DomainError('unlawful', {
    messageZh: `有 ${count} 处不合法，${left.zh}`,
    messageEn: `${count} violations; ${left.en}`,
    details: { violations },
  });
}

/**
 * The whole legal timeline of a draft, which procedures are lawful for it, and all its faults: in its dates, its money,
 * its procedure, and what its notices would lack.
 * @param options `documents`: its tender documents; absent for a draft that is not saved, which has none yet;
 *   `invitees`: who is invited, default nobody; `rates`: of interest on deposits, absent: not asked; `schemes`: of its lots, default none
 */
export function checkDraft(
  draft: JudgedDraft & Pick<Draft, 'particulars' | 'purchaserId' | 'agencyId'>,
  calendar: Calendar,
  options: {
    readonly now: number;
    readonly documents?: readonly unknown[];
    readonly invitees?: readonly Invitee[];
    readonly rates?: DepositRates | null;
    readonly schemes?: readonly StatedScheme[];
  } & Judging,
): CheckedDraft {
  const drawn = plan(factsOf(draft), calendar);
  const { methods, violations: ofMethod } = judgeMethod(draft, draft.procedure, options);
  const { documents, confirmed, invitees = [], rates, schemes = [] } = options;
  const definition = procedureOf(draft);
  const particulars = { particulars: draft.particulars ?? {}, ...(documents === undefined ? {} : { documents }) };
  const violations = [
    ...check(drawn, { ...options, calendar }),
    ...ofMethod,
    ...checkInvitees(definition, { ...draft, invitees }, confirmed),
    ...missingParticulars(draft, particulars, confirmed),
    ...checkEvaluationMethod(
      definition,
      draft.particulars?.evaluationMethod ?? null,
      draft.lots.map(({ no }) => no).filter((no) => !schemes.some(({ lotNo }) => lotNo === no)),
      confirmed,
    ),
    ...checkCeiling(definition, draft, confirmed),
    ...checkDocumentsPrice(draft, particulars.particulars),
    ...checkSchemes(draft, schemes, confirmed),
    ...(rates === undefined ? [] : checkRates(definition, draft, rates)),
  ];
  const { words, rules } = definition;
  // Where they are announced with the result, its notice would lack them.
  if (documents?.length === 0 && rules.documents && !violations.some(({ field }) => field === 'documents')) {
    const rule = getRule(rules.documents);
    violations.push(
      breachOf(rule, severityOf(rule, confirmed), {
        field: 'documents',
        given: null,
        messageZh: `${words.documents}尚未上传，不能按公告的时间发出`,
        messageEn: 'No tender documents are uploaded that could be issued when the notice says',
      }),
    );
  }
  const { bidValiditySet } = rules;
  if (bidValiditySet && draft.bidValidityDays === null) {
    const rule = getRule(bidValiditySet);
    violations.push(
      breachOf(rule, severityOf(rule, confirmed), {
        field: 'bidValidityDays',
        given: null,
        messageZh: `${words.documents}应当载明${words.bidding}有效期`,
        messageEn: 'The tender documents must state how long bids are valid',
      }),
    );
  }
  return { plan: drawn, violations, methods };
}
