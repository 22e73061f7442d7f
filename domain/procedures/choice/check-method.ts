import { choiceZh, KINDS, PROCEDURES } from '../../fields/choices.ts';
import { formatInstant, parseDate, startOfDay } from '../../civil-time.ts';
import type { CatalogueView } from '../../law/catalogue.ts';
import type { Procedure } from '../../law/facts.ts';
import type { MethodGround } from '../invitees.ts';
import { findProcedure } from '../index.ts';
import type { MethodFacts, OpenDuty } from './open-duty.ts';
import { lawfulProcedures, type ProcedureAnswer } from './lawful.ts';
import { citeEn, citeZh } from '../../law/rule.ts';
import { getRule, type RuleId } from '../../law/rulebook.ts';
import { breachOf, severityOf, type Severity, type Violation } from '../../law/violation.ts';

type Finding = Parameters<typeof breachOf>[2];

/**
 * What is unlawful about the choice of procedure, the catalogue code, and `mandatory`; empty where nothing is. An open
 * tender of goods and services needs no figure (政府采购法 26), unless it says that none was required.
 * @param facts with the case of the law that the purchaser chose the procedure by; null: none is named
 */
export function checkMethod(
  facts: MethodFacts & { readonly procedure: Procedure; readonly ground?: MethodGround | null },
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
  const { ground = null } = facts;
  if (ground !== null) checkGround(facts, ground, chosen, breach);
  if (chosen.verdict !== 'lawful' && !(chosen.verdict === 'needs-ground' && ground !== null)) {
    const choices = methods.procedures.filter(({ verdict }) => verdict === 'lawful').map(({ procedure }) => procedure);
    const cases = [...(chosen.approval ? [chosen.approval] : []), ...chosen.grounds].map((id) => getRule(id));
    const casesZh = cases.length > 0 ? `；依据：${cases.map(citeZh).join('、')}` : '';
    const casesEn = cases.length > 0 ? `; see ${cases.map(citeEn).join(', ')}` : '';
    const choicesZh =
      choices.length > 0 ? `；可直接采用：${choices.map((each) => choiceZh(PROCEDURES, each)).join('、')}` : '';
    const choicesEn = choices.length > 0 ? `; lawful as it stands: ${choices.join(', ')}` : '';
    for (const [index, id] of chosen.rules.entries()) {
      // The first rule gives the verdict; of the others, only a missing figure is reported as well.
      if (index > 0 && id !== 'hubei-gp-thresholds') continue;
      breach(id, {
        field: chosen.verdict === 'needs-ground' && findProcedure(facts) ? 'methodGround' : 'procedure',
        given: facts.procedure,
        lawfulChoices: choices,
        messageZh: `采购方式“${choiceZh(PROCEDURES, facts.procedure)}”：${chosen.reasonZh}${casesZh}${choicesZh}`,
        messageEn: `Procedure ${facts.procedure}: ${chosen.reasonEn}${casesEn}${choicesEn}`,
      });
    }
  }
  return violations;
}

/** A case that its rule does not have, and an approval that the case or the amount needs. */
function checkGround(
  facts: MethodFacts & { readonly procedure: Procedure },
  { case: given, approvalNumber }: MethodGround,
  chosen: ProcedureAnswer,
  breach: Breach,
): void {
  const entry = findProcedure(facts)?.entry;
  const [id = entry?.by === 'invitation' ? entry.grounds : undefined] = chosen.grounds;
  if (id === undefined) {
    const [basis] = chosen.rules;
    if (basis === undefined || chosen.verdict === 'unlawful') return;
    breach(basis, {
      field: 'methodGround',
      given,
      messageZh: `采购方式“${choiceZh(PROCEDURES, facts.procedure)}”不须具备法定情形，不填该项`,
      messageEn: `Procedure ${facts.procedure} needs no case of the law: leave methodGround out`,
    });
    return;
  }
  // A rule without a list has one case.
  const { items = [getRule(id).nameZh] } = getRule(id);
  if (given > items.length) {
    breach(id, {
      field: 'methodGround.case',
      given,
      limit: items.length,
      lawfulChoices: items,
      messageZh: `没有第 ${given} 种情形；法定情形为：${items.map((text, index) => `${index + 1}. ${text}`).join('；')}`,
      messageEn: `There is no case ${given}; the law has ${items.length}`,
    });
    return;
  }
  const caseNeedsApproval = entry?.by === 'invitation' && entry.approvedCases?.includes(given) === true;
  const approval = chosen.approval ?? (caseNeedsApproval ? id : null);
  if (approval === null || approvalNumber !== null) return;
  breach(approval, {
    field: 'methodGround.approvalNumber',
    given: null,
    messageZh: `采购方式“${choiceZh(PROCEDURES, facts.procedure)}”的第 ${given} 种情形须先经批准（认定），未填写批准文号`,
    messageEn: `Case ${given} of procedure ${facts.procedure} needs an approval first; its number is not given`,
  });
}

type Breach = (id: RuleId, finding: Finding, severity?: Severity) => void;

const CODE_RULE = { tendering: 'plat-scope', government: 'gp-catalogue-provincial' } as const;

/** A code that is not in force at the notice, or that belongs to another regime or kind. */
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
        messageZh: `品目 ${entry.code} ${entry.nameZh} ${entry.kind === null ? '不分项目类别' : `属于${choiceZh(KINDS, entry.kind)}`}，不是${choiceZh(KINDS, kind)}（${entry.source}）`,
        messageEn: `Item ${entry.code} ${entry.nameZh} is ${String(entry.kind)}, not ${kind} (${entry.source})`,
      },
      'block',
    );
  }
}

/** `mandatory: false` where the law requires the tender, or where it cannot be decided because a figure is not set. */
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
  // With a figure, only 16号令 2–4 are left, which the tenderee judges: a warning, not a refusal.
  breach(first, finding, duty.verdict === 'unknown' && duty.thresholdFen !== null ? 'warn' : undefined);
  if (duty.thresholdFen === null && others.includes('hubei-gp-thresholds')) breach('hubei-gp-thresholds', finding);
}
