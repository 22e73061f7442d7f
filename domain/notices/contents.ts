import { seenOf } from '../text.ts';
import type { Kind, Procedure, TenderRegime } from '../law/facts.ts';
import { citeEn, citeZh, type Rule } from '../law/rule.ts';
import { boundBy, getRule, pinnedRule, type RuleId } from '../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../law/violation.ts';
import { findProcedure, rulebookOf, tenderOf, type ProcedureKey } from '../procedures/index.ts';
import { evaluationOf, type Evaluated } from './evaluation.ts';
import { NOTICE_KINDS, noticeName, type NoticeKind } from './kinds.ts';
import { CONSTRUCTION, type ContentField } from './lists.ts';
import type { Particulars } from './particulars.ts';

/** The facts of a tender that decide what its notice must contain. */
export interface NoticeSubject extends Pick<ProcedureKey, 'stage' | 'rulebookVersion'> {
  readonly regime: TenderRegime;
  readonly procedure: Procedure;
  readonly kind: Kind;
  /** 依法必须招标: 10号令 5 and 6 apply to such tenders only; for others they advise. */
  readonly mandatory: boolean;
  readonly agencyId: string | null;
}

/** Of a procedure that is not run, the open tender of its regime. */
const definitionOf = (subject: NoticeSubject) => findProcedure(subject) ?? tenderOf(subject.regime);

/** What the law requires in a notice of this kind; nothing where it has no list. */
function contentFields(kind: NoticeKind, subject: NoticeSubject): readonly ContentField[] {
  const { noticeContents, words } = definitionOf(subject);
  return noticeContents[kind]?.(words) ?? [];
}

/** Ids of RECALLED rules that the installation confirms: they block. */
type Confirmed = ReadonlySet<string> | undefined;

/** The missing content of a notice, each with the article that requires it; RECALLED lists warn. */
export function missingContents(
  kind: NoticeKind,
  subject: NoticeSubject,
  content: Readonly<Record<string, unknown>>,
  confirmed?: Confirmed,
): Violation[] {
  return contentFields(kind, subject).flatMap((field) => missing(kind, field, field.key, subject, content, confirmed));
}

/**
 * What a draft lacks for its notices, the later ones (候选人公示, 结果公告) included.
 * @param given `documents`: the number of tender documents; absent: not checked, as for a draft that is not saved
 */
export function missingParticulars(
  subject: NoticeSubject,
  given: { readonly particulars: Particulars; readonly documents?: readonly unknown[] },
  confirmed?: Confirmed,
): Violation[] {
  const asked = ({ given: path }: ContentField): boolean =>
    path?.startsWith('particulars.') === true || (path === 'documents' && given.documents !== undefined);
  return firstOfEach(inLists(subject, asked, given, confirmed));
}

/** What an evaluation report lacks for the notices that follow from it. */
export function missingInReport(
  subject: NoticeSubject,
  report: { readonly candidates: readonly (object & Evaluated)[] },
  confirmed?: Confirmed,
): Violation[] {
  const asked = ({ given: path }: ContentField): boolean => path?.startsWith('candidates[]') === true;
  const candidates = report.candidates.map((each) => ({ ...each, evaluationZh: evaluationOf(each) }));
  return firstOfEach(inLists(subject, asked, { candidates }, confirmed));
}

function inLists(
  subject: NoticeSubject,
  asked: (field: ContentField) => boolean,
  source: object,
  confirmed: Confirmed,
): Violation[] {
  return NOTICE_KINDS.flatMap((kind) =>
    contentFields(kind, subject)
      .filter(asked)
      .flatMap((field) => missing(kind, field, field.given ?? field.key, subject, source, confirmed)),
  );
}

/** What two notices require is reported once, for the stricter one. */
function firstOfEach(violations: readonly Violation[]): Violation[] {
  const byField = new Map<string, Violation>();
  for (const violation of violations) {
    const held = byField.get(violation.field);
    if (!held || (held.severity === 'warn' && violation.severity === 'block')) byField.set(violation.field, violation);
  }
  return [...byField.values()];
}

function missing(
  kind: NoticeKind,
  field: ContentField,
  path: string,
  subject: NoticeSubject,
  source: object,
  confirmed: Confirmed,
): Violation[] {
  if (field.withAgency && subject.agencyId === null) return [];
  const [rule, ...others] = field.rules
    .filter((id) => applies(id, subject))
    .map((id) => ruleFor(id, subject))
    .sort((a, b) => rankOf(a, confirmed) - rankOf(b, confirmed));
  if (!rule) return [];
  const name = noticeName(kind, definitionOf(subject).words);
  const alsoZh = others.map((other) => citeZh(other)).join('、');
  const alsoEn = others.map((other) => citeEn(other)).join(', ');
  return absentIn(source, path).map((where) =>
    breachOf(rule, advises(rule, subject) ? 'warn' : severityOf(rule, confirmed), {
      field: where,
      given: null,
      messageZh: `${name.zh}应当载明${field.zh}，未填写${alsoZh && `；另见${alsoZh}`}`,
      messageEn: `The ${name.en} must state: ${field.en}; it is not given${alsoEn && `; see also ${alsoEn}`}`,
    }),
  );
}

/** A running tender goes by the rulebook of its launch: what blocks since then does not block it. */
const ruleFor = (id: RuleId, subject: NoticeSubject): Rule => getRule(pinnedRule(id, rulebookOf(subject)));

/** A rule for other procedures asks nothing of this one, and 30号令 is for construction. */
const applies = (id: RuleId, subject: NoticeSubject): boolean =>
  getRule(id).appliesTo.includes(definitionOf(subject).scope) &&
  boundBy(id, rulebookOf(subject)) &&
  (id !== CONSTRUCTION || subject.kind === 'works');

/** 10号令 binds tenders that are mandatory. */
const advises = ({ law }: Rule, { mandatory }: NoticeSubject): boolean => law === '10号令' && !mandatory;

const rankOf = (rule: Rule, confirmed: Confirmed): number => (severityOf(rule, confirmed) === 'block' ? 0 : 1);

/** The places of a path without a value: null, a blank text, an empty list. Zero is a value. */
function absentIn(source: unknown, path: string, at = ''): string[] {
  const [, name = '', list, rest = ''] = /^([^.[]+)(\[\])?\.?(.*)$/.exec(path) ?? [];
  const value = (source as Readonly<Record<string, unknown>>)[name];
  const here = at === '' ? name : `${at}.${name}`;
  if (!list && rest !== '') return absentIn(value ?? {}, rest, here);
  if (list) {
    return Array.isArray(value) ? value.flatMap((each, index) => absentIn(each, rest, `${here}[${index}]`)) : [];
  }
  const given =
    typeof value === 'string'
      ? seenOf(value) !== ''
      : Array.isArray(value)
        ? value.length > 0
        : value !== null && value !== undefined;
  return given ? [] : [here];
}
