import type { CorrectedField } from '../decisions.ts';
import { DomainError } from '../errors.ts';
import { badInput, unseenIssue, type Issue } from '../issues.ts';
import { citeEn, citeZh, type Rule } from '../law/rule.ts';
import type { ProcedureWords } from '../procedures/words.ts';
import { identifierOf, looksOf } from '../text.ts';
import { correctableIn } from './correctable.ts';
import type { Change, NoticeKind } from './data.ts';
import { evaluationOf } from './evaluation.ts';
import { noticeName } from './kinds.ts';

type Content = Readonly<Record<string, unknown>>;

/** A notice that is to be corrected. */
export interface Corrected {
  readonly kind: Exclude<NoticeKind, 'correction'>;
  /** As the corrections before this one have left it. */
  readonly content: Content;
  readonly words: ProcedureWords;
  /** The rule by which it is put right, and the one by which documents are amended. */
  readonly rule: Rule;
  readonly amendment: Rule;
  /** Whether bids are still taken. */
  readonly isBidding: boolean;
}

const STEPS = /[^.[\]]+/g;
/** `items[2].name` as `items[].name`. */
const patternOf = (field: string): string => field.replace(/\[(?:0|[1-9]\d{0,3})\]/g, '[]');

/** The value at a path; undefined where there is no such place, null where nothing is stated. */
export function valueAt(content: Content, field: string): unknown {
  const steps = field.match(STEPS) ?? [];
  let at: unknown = content;
  for (const [index, step] of steps.entries()) {
    if (typeof at !== 'object' || at === null) return undefined;
    const next: unknown = Array.isArray(at) ? at[Number(step)] : (at as Record<string, unknown>)[step];
    at = next === undefined && index === steps.length - 1 && !Array.isArray(at) ? null : next;
  }
  return at;
}

/** What a notice states after its corrections, in their order. */
export function afterCorrections(content: Content, changes: readonly Pick<Change, 'field' | 'after'>[]): Content {
  const standing = structuredClone(content) as Record<string, unknown>;
  for (const { field, after } of changes) {
    const steps = field.match(STEPS) ?? [];
    const last = steps.pop();
    const holder = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], standing);
    if (last !== undefined && typeof holder === 'object' && holder !== null) {
      (holder as Record<string, unknown>)[last] = after;
    }
  }
  return standing;
}

/**
 * What a correction changes, each with what was stated before.
 * @throws DomainError `unlawful` for what is not corrected like this, `bad-input`
 */
export function changesOf(notice: Corrected, given: readonly CorrectedField[], textZh: string | null): Change[] {
  const { fields, text } = correctableIn(notice.words)[notice.kind];
  if (textZh !== null && !text) throw notCorrectable(notice, 'textZh', 'textZh');
  const issues: Issue[] = [];
  const changes = given.flatMap(({ field, after: typed }, index): Change[] => {
    const known = fields.find(({ path }) => path === patternOf(field));
    // A number has one spelling, as where it was first given.
    const after = known?.kind === 'identifier' && typeof typed === 'string' ? identifierOf(typed) : typed;
    const before = known && valueAt(notice.content, field);
    if (!known) throw notCorrectable(notice, `changes.${index}.field`, field);
    if (isComputed(notice, field)) throw notCorrectable(notice, `changes.${index}.field`, field);
    const found =
      before === undefined
        ? wrong(`changes.${index}.field`, 'unknown', '公告中没有该项', 'The notice has no such place')
        : wrongValue(known.kind, `changes.${index}.after`, before, after);
    const twice = given.findIndex((each) => each.field === field) !== index;
    if (twice) issues.push(wrong(`changes.${index}.field`, 'unique', '同一事项更正了两次', 'It is corrected twice'));
    if (found) issues.push(found);
    return [{ field, nameZh: nameOf(notice.content, field, known.zh), before: before as Change['before'], after }];
  });
  if (given.length === 0 && textZh === null) {
    issues.push(wrong('changes', 'required', '未说明更正什么', 'It does not say what is corrected'));
  }
  if (issues.length > 0) throw badInput(issues);
  return changes;
}

const wrong = (field: string, rule: string, messageZh: string, messageEn: string): Issue => ({
  field,
  rule,
  messageZh,
  messageEn,
});

const MOST_IN_A_LINE = 2000;

function wrongValue(
  kind: 'line' | 'identifier' | 'prose' | 'fen',
  field: string,
  before: unknown,
  after: CorrectedField['after'],
): Issue | null {
  if ((kind === 'fen') !== (typeof after === 'number')) {
    return kind === 'fen'
      ? wrong(field, 'invalid_type', '应为以分计的金额', 'It is an amount in fen')
      : wrong(field, 'invalid_type', '应为文字', 'It is a text');
  }
  if (before === after) return wrong(field, 'unchanged', '与原公告相同', 'It is what the notice states already');
  if (typeof after === 'number') return null;
  if (kind !== 'prose' && after.length > MOST_IN_A_LINE) {
    return wrong(field, 'too_big', `不得超过 ${MOST_IN_A_LINE} 字`, `At most ${MOST_IN_A_LINE} characters`);
  }
  return unseenIssue(field, after, kind === 'prose');
}

/** 评标情况 where nobody commented on a bid: the platform wrote its score. */
function isComputed({ kind, content }: Corrected, field: string): boolean {
  if (kind !== 'candidates' || patternOf(field) !== 'candidates[].evaluationZh') return false;
  const holder = valueAt(content, field.slice(0, field.lastIndexOf('.')));
  if (typeof holder !== 'object' || holder === null) return false;
  const { score, evaluationZh } = holder as { score?: unknown; evaluationZh?: unknown };
  return typeof score === 'number' && evaluationZh === evaluationOf({ score });
}

/** `第 1 中标候选人甲公司：质量`, `第 2 项：单价`. */
function nameOf(content: Content, field: string, zh: string): string {
  const [, list = '', index] = /^([^[.]+)\[(\d+)\]/.exec(field) ?? [];
  if (index === undefined) return zh;
  const supplier = valueAt(content, `${list}[${index}].supplier`);
  return typeof supplier === 'string' ? `${supplier}：${zh}` : `第 ${Number(index) + 1} 项：${zh}`;
}

function notCorrectable(notice: Corrected, field: string, given: string): DomainError {
  const { kind, words, rule, amendment, isBidding } = notice;
  const { fields, byAmendment, text } = correctableIn(words)[kind];
  const name = noticeName(kind, words);
  const by = byAmendment ? amendment : rule;
  const lawful = [...fields.map(({ path }) => path), ...(text ? ['textZh'] : [])];
  const [whyZh, whyEn] = !byAmendment
    ? ['由平台依记录生成，或须以其他行为改变', 'it is of the record, or changed by another act only']
    : isBidding
      ? [
          `应以澄清、修改公告更正（POST …/amendments，corrects 为本公告）`,
          'amend it (POST …/amendments, with this notice as `corrects`)',
        ]
      : [
          `${words.bidding}截止后不得再澄清、修改${words.documents}`,
          'after the bid deadline the documents are amended no more',
        ];
  const listZh = lawful.length > 0 ? `；可以更正：${lawful.join('、')}` : '';
  const listEn = lawful.length > 0 ? `; may be corrected: ${lawful.join(', ')}` : '';
  return new DomainError('unlawful', {
    messageZh: `${name.zh}的「${given}」不得这样更正：${whyZh}${listZh}（${citeZh(by)}）`,
    messageEn: `"${given}" of the ${name.en} is not corrected like this: ${whyEn}${listEn} (${citeEn(by)})`,
    details: { field, given, lawfulChoices: lawful, rule: by.id, law: by.law, article: by.article },
  });
}

/** What a correction leaves as the record has it, whatever its texts say. */
export function unchangedIn({ kind, content }: Pick<Corrected, 'kind' | 'content'>): Content {
  if (kind === 'award') return { winner: content['winner'], priceFen: content['priceFen'] };
  if (kind === 'contract') return { supplier: content['supplier'], amountFen: content['amountFen'] };
  if (kind !== 'candidates' || !Array.isArray(content['candidates'])) return {};
  const candidates = content['candidates'] as readonly Content[];
  return {
    candidates: candidates.map((each) => ({
      rank: each['rank'],
      supplier: each['supplier'],
      priceFen: each['priceFen'],
    })),
  };
}

/**
 * A correction names no bidder that the notice itself does not name: nobody is made the winner by it.
 * @param bidders names of those whose bids were opened
 * @throws DomainError `unlawful`
 */
export function assertNamesNoOther(
  { kind, content, words, rule }: Corrected,
  bidders: readonly string[],
  texts: readonly (readonly [field: string, text: string])[],
): void {
  const told = namesIn(content);
  // The longest first: a name may be part of another.
  const names = bidders.map((name) => ({ name, letters: lettersOf(name) }));
  names.sort((a, b) => b.letters.length - a.letters.length);
  for (const [field, text] of texts) {
    let rest = lettersOf(text);
    for (const { name: other, letters } of names) {
      if (!rest.includes(letters)) continue;
      if (!told.includes(other))
        throw namesOther(
          { kind, words, rule },
          field,
          other,
          bidders.filter((each) => told.includes(each)),
        );
      rest = rest.replaceAll(letters, '\n');
    }
  }
}

/** A name is known in other widths, with blanks and marks between its letters. */
const lettersOf = (text: string): string => looksOf(text).replace(/[^\p{L}\p{N}]/gu, '');

function namesOther(
  { kind, words, rule }: Pick<Corrected, 'kind' | 'words' | 'rule'>,
  field: string,
  other: string,
  own: readonly string[],
): DomainError {
  const name = noticeName(kind, words);
  return new DomainError('unlawful', {
    messageZh: `${name.zh}的更正不得写入该公告未列的${words.bidder}「${other}」：${words.award}结果须依法另行处理（${citeZh(rule)}）`,
    messageEn: `The correction of the ${name.en} may not name ${other}, a bidder that the notice does not: a result is changed by other acts (${citeEn(rule)})`,
    details: { field, given: other, lawfulChoices: own, rule: rule.id, law: rule.law, article: rule.article },
  });
}

/** The bidders that a notice names. */
function namesIn(content: Content): unknown[] {
  const listed = ['candidates', 'bidders'].flatMap((key) => {
    const list = content[key];
    return Array.isArray(list) ? list.map((each: unknown) => (each as { supplier?: unknown }).supplier) : [];
  });
  return [content['winner'], content['supplier'], ...listed];
}
