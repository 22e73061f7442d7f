import { yuan, type CatalogueView, type TradingLevel } from '../../law/catalogue.ts';
import { PROCEDURES, type Procedure } from '../../law/facts.ts';
import { openTenderDuty, tenderDuty, UNSET, type MethodFacts, type OpenDuty, type Reason } from './open-duty.ts';
import type { RuleId } from '../../law/rulebook.ts';

/**
 * `lawful`: no ground is needed; `needs-ground`: only in the cases of the grounds, which a person must choose from;
 * `unlawful`: never here; `unknown`: depends on a figure that is not set in this installation.
 */
export type ProcedureVerdict = 'lawful' | 'needs-ground' | 'unlawful' | 'unknown';

export interface ProcedureAnswer extends Reason {
  readonly procedure: Procedure;
  readonly verdict: ProcedureVerdict;
  /** The basis of the verdict; the strongest first. */
  readonly rules: readonly RuleId[];
  /** Rules whose cases a person must choose from; `approval` is required in addition. */
  readonly grounds: readonly RuleId[];
  /** Whose approval is needed first, by this rule. */
  readonly approval: RuleId | null;
}

export interface MethodAnswer {
  /** Where the catalogue assigns it; null where no entry does. */
  readonly level: TradingLevel | null;
  readonly mustTradeOnPlatform: boolean | null;
  readonly openDuty: OpenDuty;
  /** All of them, in the order of `PROCEDURES`. */
  readonly procedures: readonly ProcedureAnswer[];
}

type Answer = Omit<ProcedureAnswer, 'procedure'>;

const answer = (
  verdict: ProcedureVerdict,
  rules: readonly RuleId[],
  reasonZh: string,
  reasonEn: string,
  more: Partial<Pick<ProcedureAnswer, 'grounds' | 'approval'>> = {},
): Answer => ({ verdict, rules, grounds: [], approval: null, reasonZh, reasonEn, ...more });

const isTender = (procedure: Procedure): boolean => procedure === 'open-tender' || procedure === 'invited-tender';
const ofLandOrAssets = (procedure: Procedure): boolean => procedure === 'listing' || procedure === 'auction';

function answerOfTendering(procedure: Procedure, duty: OpenDuty): Answer {
  if (ofLandOrAssets(procedure) || procedure === 'framework') {
    return answer(
      'unlawful',
      ['works-tender-kinds'],
      '招标只有公开招标和邀请招标，没有该方式',
      'There are open and invited tenders; this procedure is none of them',
    );
  }
  if (procedure === 'open-tender') {
    return answer('lawful', ['works-tender-kinds'], '公开招标', 'An open tender is lawful at any amount');
  }
  if (duty.verdict === 'no') {
    return answer(
      'lawful',
      duty.rules,
      `${duty.reasonZh}，不是依法必须招标的项目`,
      `${duty.reasonEn}: no tender is asked for by law`,
    );
  }
  const ground: RuleId = procedure === 'invited-tender' ? 'works-must-be-open' : 'works-no-tender-grounds';
  return answer(
    'needs-ground',
    [ground, ...duty.rules],
    `${duty.reasonZh}；${procedure === 'invited-tender' ? '须具备可以邀请招标的情形' : '须具备可以不进行招标的情形'}`,
    `${duty.reasonEn}; ${procedure === 'invited-tender' ? 'an invited tender' : 'going without a tender'} needs one of the cases of the law`,
    { grounds: [ground] },
  );
}

const GOVERNMENT_GROUNDS = {
  'invited-tender': 'gp-invited-grounds',
  negotiation: 'neg-grounds',
  consultation: 'cons-eligible',
  inquiry: 'inq-grounds',
  'single-source': 'ss-grounds',
  framework: 'fa-grounds',
} as const satisfies Partial<Record<Procedure, RuleId>>;

const NO_SUCH = answer(
  'unlawful',
  ['gp-procedures'],
  '政府采购没有该方式',
  'Government procurement has no such procedure',
);

/** Works procured by a government body: a tender follows 招标投标法 (条例 7), anything else 政府采购法. */
function answerOfGovernmentWorks(procedure: Procedure, duty: OpenDuty): Answer {
  if (isTender(procedure)) {
    return answer(
      'unlawful',
      ['gp-vs-tender-law-split'],
      '政府采购工程招标适用招标投标法，法律体系应为 tendering',
      'A tender for works goes by 招标投标法: the regime is tendering',
    );
  }
  if (procedure === 'inquiry' || procedure === 'framework') {
    return answer(
      'unlawful',
      [procedure === 'inquiry' ? 'neg-ss-inq-scope' : 'fa-grounds', 'gp-works-untendered'],
      '该方式不用于工程',
      'This procedure is not for works',
    );
  }
  if (duty.verdict !== 'no') {
    return answer(
      'needs-ground',
      ['works-no-tender-grounds', ...duty.rules],
      `${duty.reasonZh}；须具备可以不进行招标的情形`,
      `${duty.reasonEn}; going without a tender needs one of the cases of the law`,
      { grounds: ['works-no-tender-grounds'] },
    );
  }
  return answer(
    procedure === 'consultation' ? 'needs-ground' : 'lawful',
    ['gp-works-untendered'],
    `${duty.reasonZh}，依法不进行招标的，采用竞争性谈判或者单一来源`,
    `${duty.reasonEn}; what need not be tendered is procured by negotiation or from a single source`,
    procedure === 'consultation' ? { grounds: ['cons-eligible'] } : {},
  );
}

function answerOfGovernment(facts: MethodFacts, procedure: Procedure, duty: OpenDuty, view: CatalogueView): Answer {
  if (ofLandOrAssets(procedure)) return NO_SUCH;
  if (facts.kind === 'works') return answerOfGovernmentWorks(procedure, duty);
  if (procedure === 'open-tender') {
    return answer(
      'lawful',
      ['gp-procedures'],
      '公开招标为政府采购的主要方式，不论数额',
      'An open tender is the main procedure, at any amount',
    );
  }
  const ground: RuleId = GOVERNMENT_GROUNDS[procedure as keyof typeof GOVERNMENT_GROUNDS];
  if (procedure === 'inquiry' && facts.kind !== 'goods') {
    return answer('unlawful', [ground, 'neg-ss-inq-scope'], '询价只用于货物', 'An inquiry is for goods only');
  }
  // A framework covers many small orders, whose sum decides nothing here: only 财政部令110号 3 does.
  if (procedure === 'framework') {
    return answer('needs-ground', [ground], '须具备该方式的适用情形', 'It needs one of the cases of the law', {
      grounds: [ground],
    });
  }
  const scoped: RuleId[] =
    procedure === 'negotiation' || procedure === 'single-source' || procedure === 'inquiry' ? ['neg-ss-inq-scope'] : [];
  if (duty.verdict === 'unknown') {
    return answer('unknown', duty.rules, duty.reasonZh, duty.reasonEn, { grounds: [ground] });
  }
  if (duty.verdict === 'yes') {
    return answer(
      'needs-ground',
      ['gp-method-change-approval', ...duty.rules, ...scoped],
      `${duty.reasonZh}；采用其他方式须具备法定情形，并先经设区的市级以上财政部门批准`,
      `${duty.reasonEn}; another procedure needs one of the cases of the law, and first the approval of the finance department of a city with districts or above`,
      { grounds: [ground], approval: 'gp-method-change-approval' },
    );
  }
  const limitFen = view.threshold?.limitFen ?? null;
  const within = view.entry?.centralised === true || (limitFen !== null && facts.amountFen >= limitFen);
  if (within) {
    return answer(
      'needs-ground',
      [ground, ...scoped],
      '须具备该方式的适用情形',
      'It needs one of the cases of the law',
      {
        grounds: [ground],
      },
    );
  }
  if (limitFen === null || view.entry === null) {
    const missingZh =
      limitFen === null
        ? `采购限额标准：${UNSET.zh}`
        : '未注明在册的品目（catalogueCode），无法判断是否在集中采购目录以内';
    const missingEn =
      limitFen === null
        ? `Procurement limit: ${UNSET.en}`
        : 'no item in force is named (catalogueCode), so that nobody can tell whether the centralised catalogue has it';
    return answer('unknown', ['gp-catalogue-provincial', 'gp-scope'], missingZh, missingEn, { grounds: [ground] });
  }
  return answer(
    'lawful',
    ['gp-scope'],
    `集中采购目录以外，且 ${yuan(facts.amountFen)}元未达到采购限额标准 ${yuan(limitFen)}元，不适用政府采购法`,
    `Outside the centralised catalogue, and ${yuan(facts.amountFen)} yuan is below the procurement limit of ${yuan(limitFen)} yuan: 政府采购法 does not apply`,
  );
}

/**
 * Which procedures are lawful for a purchase, why, and on which level it trades. Nothing is guessed: what depends on a
 * figure that is not set in the installation is `unknown`.
 */
export function lawfulProcedures(facts: MethodFacts, view: CatalogueView): MethodAnswer {
  const national = facts.regime === 'tendering' || facts.kind === 'works';
  const openDuty = national ? tenderDuty(facts) : openTenderDuty(facts, view);
  return {
    level: view.entry?.level ?? null,
    mustTradeOnPlatform: view.entry?.mustTradeOnPlatform ?? null,
    openDuty,
    procedures: PROCEDURES.map((procedure) => ({
      procedure,
      ...(facts.regime === 'tendering'
        ? answerOfTendering(procedure, openDuty)
        : answerOfGovernment(facts, procedure, openDuty, view)),
    })),
  };
}
