import { formatInstant, parseDate, startOfDay } from '../civil-time.ts';
import { yuan, type CatalogueView, type TradingLevel } from './catalogue.ts';
import { PROCEDURES, type Kind, type Procedure, type TenderRegime } from './facts.ts';
import { amountFenOf, amountOf } from './limits.ts';
import { citeEn, citeZh } from './rule.ts';
import { getRule, type RuleId } from './rulebook.ts';
import { breachOf, severityOf, type Severity, type Violation } from './violation.ts';

/** What decides which procedures are lawful. Money is fen. */
export interface MethodFacts {
  readonly regime: TenderRegime;
  readonly kind: Kind;
  /** Estimate or budget of the whole. */
  readonly amountFen: number;
  /** Of each contract (单项合同, a lot); default: the whole is one. */
  readonly contractsFen?: readonly number[];
  /** 依法必须招标, as the purchaser says. */
  readonly mandatory?: boolean;
  /** 预算资金 in the project, and the project's whole investment (投资额): 16号令 2(一). */
  readonly fiscalFundsFen?: number;
  readonly investmentFen?: number;
  readonly catalogueCode?: string;
}

/**
 * `lawful`: nobody need show anything; `needs-ground`: only in the cases of the grounds, which a person must choose from;
 * `unlawful`: never here; `unknown`: a figure decides that this installation has not been given.
 */
export type ProcedureVerdict = 'lawful' | 'needs-ground' | 'unlawful' | 'unknown';

interface Reason {
  readonly reasonZh: string;
  readonly reasonEn: string;
}

export interface ProcedureAnswer extends Reason {
  readonly procedure: Procedure;
  readonly verdict: ProcedureVerdict;
  /** What the verdict stands on; the first weighs most. */
  readonly rules: readonly RuleId[];
  /** Rules whose cases a person must choose from; those that must be met together are joined by `approval`. */
  readonly grounds: readonly RuleId[];
  /** Whom to ask first, by this rule. */
  readonly approval: RuleId | null;
}

/** Whether the law itself asks for an open tender (招标 in tendering, 公开招标 in government procurement). */
export interface OpenDuty extends Reason {
  readonly verdict: 'yes' | 'no' | 'unknown';
  readonly rules: readonly RuleId[];
  /** The figure it was held against (fen); null where none is set. */
  readonly thresholdFen: number | null;
}

export interface MethodAnswer {
  /** Where the catalogue sends it; null where no entry says. */
  readonly level: TradingLevel | null;
  readonly mustTradeOnPlatform: boolean | null;
  readonly openDuty: OpenDuty;
  /** All of them, in the order of `PROCEDURES`. */
  readonly procedures: readonly ProcedureAnswer[];
}

/** The estimate of one contract from which works, and the goods and services of works, must be tendered. */
export const WORKS_THRESHOLD = {
  works: 'works-mandatory-construction',
  goods: 'works-mandatory-goods',
  services: 'works-mandatory-services',
} as const satisfies Record<Kind, RuleId>;

const PERCENT = 100n;

/** 16号令 2(一): fiscal funds of at least so much, and of at least such a share; undefined where it cannot be told. */
function stateFunded({ fiscalFundsFen, investmentFen }: MethodFacts): boolean | undefined {
  if (fiscalFundsFen === undefined) return undefined;
  if (fiscalFundsFen < amountFenOf('works-state-fund-amount')) return false;
  if (investmentFen === undefined) return undefined;
  return BigInt(fiscalFundsFen) * PERCENT >= BigInt(investmentFen) * BigInt(amountOf('works-state-fund-share'));
}

/**
 * Whether a project must be tendered (16号令 5): one contract at or above the figure of its kind, or all together, since
 * what can be procured together counts together; 以上 includes the figure itself. A project is presumed within 16号令
 * 2–4 unless its funds say otherwise.
 */
function tenderDuty(facts: MethodFacts): OpenDuty {
  const rule = WORKS_THRESHOLD[facts.kind];
  const thresholdFen = amountFenOf(rule);
  const largest = Math.max(...(facts.contractsFen?.length ? facts.contractsFen : [facts.amountFen]));
  const total = Math.max(
    facts.amountFen,
    (facts.contractsFen ?? []).reduce((sum, fen) => sum + fen, 0),
  );
  if (total < thresholdFen) {
    return {
      verdict: 'no',
      rules: [rule],
      thresholdFen,
      reasonZh: `估算价 ${yuan(total)}元，未达到必须招标的 ${yuan(thresholdFen)}元`,
      reasonEn: `The estimate of ${yuan(total)} yuan is below the ${yuan(thresholdFen)} yuan from which it must be tendered`,
    };
  }
  const together = largest < thresholdFen;
  const rules: RuleId[] = [together ? 'works-mandatory-aggregation' : rule];
  const reachedZh = together
    ? `各单项合同合计 ${yuan(total)}元，达到必须招标的 ${yuan(thresholdFen)}元`
    : `单项合同估算价 ${yuan(largest)}元，达到必须招标的 ${yuan(thresholdFen)}元`;
  const reachedEn = together
    ? `The contracts together, ${yuan(total)} yuan, reach the ${yuan(thresholdFen)} yuan from which it must be tendered`
    : `A contract of ${yuan(largest)} yuan reaches the ${yuan(thresholdFen)} yuan from which it must be tendered`;
  if (stateFunded(facts) === false) {
    return {
      verdict: 'unknown',
      rules: [...rules, 'works-state-fund-amount', 'works-state-fund-share'],
      thresholdFen,
      reasonZh: `${reachedZh}；预算资金未同时达到 16号令 2(一) 的数额和比例，是否必须招标取决于其第2条(二)、第3条、第4条，须由招标人判断`,
      reasonEn: `${reachedEn}; the fiscal funds do not meet both tests of 16号令 art. 2(一), so that it depends on its art. 2(二), 3 and 4, which the tenderee must judge`,
    };
  }
  return {
    verdict: 'yes',
    rules: stateFunded(facts) ? [...rules, 'works-state-fund-amount', 'works-state-fund-share'] : rules,
    thresholdFen,
    reasonZh: reachedZh,
    reasonEn: reachedEn,
  };
}

const UNSET = {
  zh: '未配置省级规定的数额，无法判断；请由管理办公室导入（kaibiao catalogue import，或 POST /api/catalogue），并注明文号',
  en: 'the figure that the province sets is not configured, so that nobody can tell; have the office import it with its source (kaibiao catalogue import, or POST /api/catalogue)',
};

/** Whether goods or services must be procured by open tender (政府采购法 27). 以上 includes the amount itself. */
function openTenderDuty(facts: MethodFacts, { threshold }: CatalogueView): OpenDuty {
  const openFen = threshold?.openFen ?? null;
  if (openFen === null) {
    return {
      verdict: 'unknown',
      rules: ['gp-open-threshold-provincial', 'hubei-gp-thresholds'],
      thresholdFen: null,
      reasonZh: `公开招标数额标准：${UNSET.zh}`,
      reasonEn: `Open-tender threshold: ${UNSET.en}`,
    };
  }
  const reached = facts.amountFen >= openFen;
  const source = threshold?.source ?? '';
  return {
    verdict: reached ? 'yes' : 'no',
    rules: ['gp-open-threshold-provincial'],
    thresholdFen: openFen,
    reasonZh: `预算 ${yuan(facts.amountFen)}元${reached ? '达到' : '未达到'}公开招标数额标准 ${yuan(openFen)}元（${source}）`,
    reasonEn: `The budget of ${yuan(facts.amountFen)} yuan ${reached ? 'reaches' : 'is below'} the open-tender threshold of ${yuan(openFen)} yuan (${source})`,
  };
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
  consultation: 'cons-grounds',
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

/** Works that a government body procures: a tender goes by 招标投标法 (条例 7), anything else by 政府采购法. */
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
    procedure === 'consultation' ? { grounds: ['cons-grounds'] } : {},
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
  // A framework stands for many small orders, whose sum decides nothing here: 财政部令110号 3 alone does.
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
 * Which procedures are lawful for what is to be bought, why, and on which level it trades. Nothing is guessed: what
 * hangs on a figure that the installation has not been given is `unknown`.
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

type Finding = Parameters<typeof breachOf>[2];

/**
 * What is unlawful about the choice of procedure, the catalogue code, and `mandatory`; empty where nothing is.
 * An open tender of goods and services needs no figure (政府采购法 26), unless it says that none was asked for.
 */
export function checkMethod(
  facts: MethodFacts & { readonly procedure: Procedure },
  view: CatalogueView,
  confirmed?: ReadonlySet<string>,
): Violation[] {
  const methods = lawfulProcedures(facts, view);
  const violations: Violation[] = [];
  const breach = (id: RuleId, finding: Finding, severity?: Severity): void => {
    const rule = getRule(id);
    violations.push(breachOf(rule, severity ?? severityOf(rule, confirmed), finding));
  };
  checkCode(facts, view, breach);
  checkMandatory(facts, methods.openDuty, breach);
  const chosen = methods.procedures.find(({ procedure }) => procedure === facts.procedure) as ProcedureAnswer;
  if (chosen.verdict !== 'lawful') {
    const choices = methods.procedures.filter(({ verdict }) => verdict === 'lawful').map(({ procedure }) => procedure);
    const cases = [...(chosen.approval ? [chosen.approval] : []), ...chosen.grounds].map((id) => getRule(id));
    const casesZh = cases.length > 0 ? `；依据：${cases.map(citeZh).join('、')}` : '';
    const casesEn = cases.length > 0 ? `; see ${cases.map(citeEn).join(', ')}` : '';
    const choicesZh = choices.length > 0 ? `；可直接采用：${choices.join('、')}` : '';
    const choicesEn = choices.length > 0 ? `; lawful as it stands: ${choices.join(', ')}` : '';
    for (const [index, id] of chosen.rules.entries()) {
      // The first rule speaks for the verdict; of the others, only a figure that was not found is told as well.
      if (index > 0 && id !== 'hubei-gp-thresholds') continue;
      breach(id, {
        field: 'procedure',
        given: facts.procedure,
        lawfulChoices: choices,
        messageZh: `采购方式 ${facts.procedure}：${chosen.reasonZh}${casesZh}${choicesZh}`,
        messageEn: `Procedure ${facts.procedure}: ${chosen.reasonEn}${casesEn}${choicesEn}`,
      });
    }
  }
  return violations;
}

type Breach = (id: RuleId, finding: Finding, severity?: Severity) => void;

const CODE_RULE = { tendering: 'plat-scope', government: 'gp-catalogue-provincial' } as const;

/** A code that is not in force at the notice, or that is another regime's or kind's. */
function checkCode({ regime, kind, catalogueCode }: MethodFacts, view: CatalogueView, breach: Breach): void {
  if (catalogueCode === undefined || !view.setUp) return;
  const { entry, instead, day } = view;
  if (entry === null) {
    const nearest = instead?.nearest ?? [];
    const from = instead?.from ?? null;
    const fromZh = from === null ? '' : `，自 ${from} 起生效`;
    const fromEn = from === null ? '' : `; it comes into force on ${from}`;
    breach(
      CODE_RULE[regime],
      {
        field: 'catalogueCode',
        given: catalogueCode,
        ...(from === null ? {} : { earliestLawful: formatInstant(startOfDay(parseDate(from))) }),
        lawfulChoices: nearest.map(({ code }) => code),
        messageZh: `品目 ${catalogueCode} 在公告日 ${day} 不在有效的目录中${fromZh}；相近的有：${nearest.map(({ code, nameZh }) => `${code} ${nameZh}`).join('、')}`,
        messageEn: `The catalogue in force on ${day}, the day of the notice, has no item ${catalogueCode}${fromEn}; the nearest are ${nearest.map(({ code, nameZh }) => `${code} ${nameZh}`).join(', ')}`,
      },
      'block',
    );
  } else if (entry.kind !== kind) {
    breach(
      CODE_RULE[regime],
      {
        field: 'kind',
        given: kind,
        lawfulChoices: entry.kind === null ? [] : [entry.kind],
        messageZh: `品目 ${entry.code} ${entry.nameZh} 属于 ${String(entry.kind)}，不是 ${kind}（${entry.source}）`,
        messageEn: `Item ${entry.code} ${entry.nameZh} is ${String(entry.kind)}, not ${kind} (${entry.source})`,
      },
      'block',
    );
  }
}

/** `mandatory: false` where the law asks for the tender, or where nobody can tell because a figure is not set. */
function checkMandatory({ mandatory, amountFen }: MethodFacts, duty: OpenDuty, breach: Breach): void {
  if (mandatory !== false || duty.verdict === 'no') return;
  const [first, ...others] = duty.rules;
  if (first === undefined) return;
  const finding = {
    field: 'mandatory',
    given: amountFen,
    ...(duty.thresholdFen === null ? {} : { limit: duty.thresholdFen }),
    messageZh: `注明为非依法必须招标（mandatory: false），但${duty.reasonZh}`,
    messageEn: `It is said that no tender is asked for by law (mandatory: false), but: ${duty.reasonEn}`,
  };
  // With a figure, only 16号令 2–4 are left, which the tenderee judges: it is told, not refused.
  breach(first, finding, duty.verdict === 'unknown' && duty.thresholdFen !== null ? 'warn' : undefined);
  if (duty.thresholdFen === null && others.includes('hubei-gp-thresholds')) breach('hubei-gp-thresholds', finding);
}
