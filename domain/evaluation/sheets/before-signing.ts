import { citationOf, type RuleId } from '../../law/rulebook.ts';
import type { Procedure } from '../../procedures/procedure.ts';
import { groundsOf } from '../report.ts';
import {
  add,
  compare,
  equal,
  mean,
  multiply,
  readExact,
  shown,
  subtract,
  sum,
  ZERO,
  type Exact,
  type Fraction,
} from '../scoring/fraction.ts';
import { objectivePoints, comparesBids } from '../scoring/objective.ts';
import type { Scheme, SubjectiveCriterion } from '../scheme/scheme.ts';
import { numberOf } from '../scheme/shape.ts';
import { groundIn, type MarkSheet, type Member } from './marks.ts';
import { enteredIn, sitting, talliesOf, type Entered } from './totals.ts';

// 签署前的核对 (财政部令87号 45(八), 64): what looks wrong in the sheets is put right, or confirmed with a reason, before anybody signs.

export type FindingKind =
  'differs' | 'sum' | 'range' | 'deviation' | 'no-reason' | 'favours' | 'agreed' | 'similar-brands';

export interface SheetFinding {
  /** Names it, so that an answer can. */
  readonly key: string;
  readonly kind: FindingKind;
  readonly rule: RuleId;
  /** `correct`: it can only be put right; `reason`: it may also be confirmed with a reason. */
  readonly must: 'correct' | 'reason';
  readonly bidId: string | null;
  readonly item: string | null;
  readonly memberId: string | null;
  readonly zh: string;
  readonly en: string;
}

export interface Answer {
  readonly key: string;
  readonly reasonZh: string;
}

interface Sheets {
  readonly definition: Procedure;
  readonly scheme: Scheme;
  readonly members: readonly Member[];
  readonly sheets: readonly MarkSheet[];
  readonly bidIds: readonly string[];
}

type Read = Sheets & { readonly entered: Entered };
type Check = (of: Read) => SheetFinding[];

/** What is to be put right or reasoned before the report is signed. Sheets of who was replaced are not looked at. */
export function checkBeforeSigning(of: Sheets): SheetFinding[] {
  const entered = enteredIn(of.sheets);
  const checks: readonly Check[] = [differing, outOfRange, wrongSums, deviating, unreasoned, favouring, alike];
  return checks.flatMap((check) => check({ ...of, entered }));
}

/** Findings without an answer that settles them. */
export const openFindings = (findings: readonly SheetFinding[], answers: readonly Answer[]): readonly SheetFinding[] =>
  findings.filter(
    ({ key, must }) => must === 'correct' || !answers.some((each) => each.key === key && each.reasonZh.trim() !== ''),
  );

type Where = Pick<SheetFinding, 'bidId' | 'item' | 'memberId'>;

function finding(
  kind: FindingKind,
  rule: RuleId,
  must: SheetFinding['must'],
  { bidId, item, memberId }: Where,
  zh: string,
  en: string,
): SheetFinding {
  const cited = citationOf(rule);
  const key = [kind, bidId ?? '', item ?? '', memberId ?? ''].join(':');
  return { key, kind, rule, must, bidId, item, memberId, zh: `${zh}${cited.zh}`, en: `${en}${cited.en}` };
}

const rulesOf = ({ definition }: Sheets) => definition.evaluation.scheme.sheets;

const judgedOf = ({ criteria }: Scheme): SubjectiveCriterion[] =>
  criteria.flatMap((each) => (each.kind === 'subjective' ? [each] : []));

function markOf({ entered }: Read, memberId: string, bidId: string, item: string): Fraction | undefined {
  const entry = entered(memberId, bidId, item);
  return entry && 'points' in entry ? readExact(entry.points) : undefined;
}

const marksOf = (of: Read, bidId: string, item: string): { readonly memberId: string; readonly mark: Fraction }[] =>
  sitting(of.members).flatMap(({ memberId }) => {
    const mark = markOf(of, memberId, bidId, item);
    return mark ? [{ memberId, mark }] : [];
  });

/** 客观评审因素评分不一致. */
function differing(of: Read): SheetFinding[] {
  const { definition, scheme, members, sheets, bidIds } = of;
  return talliesOf(definition, scheme, members, sheets, bidIds).flatMap(({ bidId, differs }) =>
    differs.map(({ item, found }) => {
      const values = [...new Set(found.map(({ value }) => value))];
      return finding(
        'differs',
        rulesOf(of).differs,
        'correct',
        { bidId, item, memberId: null },
        `客观项“${item}”各成员不一致：${values.join('、')}`,
        `The members differ in the objective item "${item}": ${values.join(', ')}`,
      );
    }),
  );
}

/** 分项评分超出评分标准范围: of sheets that were made elsewhere. */
function outOfRange(of: Read): SheetFinding[] {
  return judgedOf(of.scheme).flatMap(({ key, nameZh, points }) =>
    of.bidIds.flatMap((bidId) =>
      marksOf(of, bidId, key)
        .filter(({ mark }) => compare(mark, ZERO) < 0 || compare(mark, numberOf(points)) > 0)
        .map(({ memberId, mark }) =>
          finding(
            'range',
            rulesOf(of).range,
            'correct',
            { bidId, item: key, memberId },
            `“${nameZh}”的评分 ${shown(mark, 2)} 超出 0 至 ${points}`,
            `The mark ${shown(mark, 2)} for "${nameZh}" is not from 0 to ${points}`,
          ),
        ),
    ),
  );
}

/** 分值汇总计算错误: a total that a member wrote is not that of its sheet. */
function wrongSums(of: Read): SheetFinding[] {
  const { scheme, members, bidIds } = of;
  const counted = sitting(members).map(({ memberId }) => memberId);
  return of.sheets.flatMap((sheet) => {
    const { memberId, bidId, statedTotal } = sheet;
    if (statedTotal === undefined || !counted.includes(memberId) || !bidIds.includes(bidId)) return [];
    const total = sumOf(scheme, sheet);
    const stated = readExact(statedTotal);
    if (total === null || (stated && equal(stated, total))) return [];
    return finding(
      'sum',
      rulesOf(of).sum,
      'correct',
      { bidId, item: null, memberId },
      `所写合计 ${statedTotal}，各项相加为 ${shown(total, 4)}`,
      `The stated total is ${statedTotal}; the items add up to ${shown(total, 4)}`,
    );
  });
}

/** Null: an item is compared with other bids, so that its sheet alone has no sum. */
function sumOf({ criteria }: Scheme, { entries }: MarkSheet): Fraction | null {
  let total = ZERO;
  for (const criterion of criteria) {
    const entry = entries.find(({ item }) => item === criterion.key);
    if (!entry || criterion.kind === 'price') continue;
    if (criterion.kind === 'objective' && comparesBids(criterion.formula)) return null;
    const points: Exact | undefined = 'points' in entry ? entry.points : undefined;
    if (points !== undefined) total = add(total, readExact(points) ?? ZERO);
    if (criterion.kind === 'objective' && 'value' in entry) {
      total = add(total, objectivePoints(criterion, entry.value, undefined).points);
    }
  }
  return total;
}

/** 评分畸高、畸低: a hint for the committee, which finds whether it is one. */
function deviating(of: Read): SheetFinding[] {
  const limit = numberOf(of.scheme.deviationLimit);
  return judgedOf(of.scheme).flatMap(({ key, nameZh }) =>
    of.bidIds.flatMap((bidId) => {
      const marks = marksOf(of, bidId, key);
      if (marks.length < 2) return [];
      const average = mean(marks.map(({ mark }) => mark));
      const most = multiply(average, limit);
      return marks
        .filter(({ mark }) => {
          const off = subtract(mark, average);
          return compare(off.n < 0n ? subtract(ZERO, off) : off, most) > 0;
        })
        .map(({ memberId, mark }) =>
          finding(
            'deviation',
            rulesOf(of).deviation,
            'reason',
            { bidId, item: key, memberId },
            `“${nameZh}”的评分 ${shown(mark, 2)} 与平均分 ${shown(average, 2)} 相差超过平均分的 ${shown(multiply(limit, numberOf('100')), 0)}%`,
            `The mark ${shown(mark, 2)} for "${nameZh}" is more than ${shown(multiply(limit, numberOf('100')), 0)} % off the mean of ${shown(average, 2)}`,
          ),
        );
    }),
  );
}

/** A rejection without a ground of the article, or without a reason. */
function unreasoned(of: Read): SheetFinding[] {
  const { definition, members, sheets, bidIds } = of;
  const counted = sitting(members).map(({ memberId }) => memberId);
  const grounds = groundsOf(definition);
  return sheets.flatMap(({ memberId, bidId, entries }) => {
    if (!counted.includes(memberId) || !bidIds.includes(bidId)) return [];
    return entries.flatMap((entry) => {
      if (!('passes' in entry) || entry.passes) return [];
      if (groundIn(grounds, entry.ground) && (entry.reasonZh ?? '').trim() !== '') return [];
      return finding(
        'no-reason',
        definition.evaluation.rejection.rule,
        'correct',
        { bidId, item: entry.item, memberId },
        `“${entry.item}”不通过，没有法定情形或者理由`,
        `"${entry.item}" does not pass, without a ground of the article or a reason`,
      );
    });
  });
}

/**
 * A member who always favours one bid: its own best in every subjective item, above the mean of the others in every one, while most of the
 * others put another bid before it. Two items and three members at least.
 */
function favouring(of: Read): SheetFinding[] {
  const { scheme, bidIds } = of;
  const items = judgedOf(scheme).map(({ key }) => key);
  const counted = sitting(of.members).map(({ memberId }) => memberId);
  if (items.length < 2 || counted.length < 3) return [];
  const marks = counted.map((memberId) => ({
    memberId,
    bids: bidIds.map((bidId) => items.map((item) => markOf(of, memberId, bidId, item) ?? ZERO)),
  }));
  const totals = marks.map(({ bids }) => bids.map(sum));
  return marks.flatMap(({ memberId, bids }, member) => {
    const others = counted.map((_, index) => index).filter((index) => index !== member);
    const best = bids.findIndex((own, bid) =>
      bids.every((rival, other) => other === bid || items.every((_, item) => above(own[item], rival[item]))),
    );
    const bidId = bidIds[best];
    if (bidId === undefined) return [];
    const markOfOthers = (item: number): Fraction[] => others.map((other) => marks[other]?.bids[best]?.[item] ?? ZERO);
    const always = items.every((_, item) => above(bids[best]?.[item], mean(markOfOthers(item))));
    const against = others.filter((other) => totals[other]?.some((total) => above(total, totals[other]?.[best])));
    if (!always || 2 * against.length <= others.length) return [];
    return finding(
      'favours',
      rulesOf(of).partial,
      'reason',
      { bidId, item: null, memberId },
      '该成员在每一主观项上都给此投标最高分，且都高于其他成员的平均分，而其他成员多数以另一投标为先',
      'In every subjective item the member marks this bid best and above the others’ mean, while most of the others put another first',
    );
  });
}

const above = (a: Fraction | undefined, b: Fraction | undefined): boolean => compare(a ?? ZERO, b ?? ZERO) > 0;

/** 协商评分: every member gave every bid the same marks. Three members, two bids and two items at least. */
function alike(of: Read): SheetFinding[] {
  const items = judgedOf(of.scheme).map(({ key }) => key);
  if (items.length < 2 || of.bidIds.length < 2 || sitting(of.members).length < 3) return [];
  const same = of.bidIds.every((bidId) =>
    items.every((item) => {
      const [first, ...rest] = marksOf(of, bidId, item);
      return first !== undefined && rest.length >= 2 && rest.every(({ mark }) => equal(mark, first.mark));
    }),
  );
  if (!same) return [];
  return [
    finding(
      'agreed',
      rulesOf(of).agreed,
      'reason',
      { bidId: null, item: null, memberId: null },
      '各成员对每一投标、每一主观项的评分完全相同',
      'All members gave every bid the same marks in every subjective item',
    ),
  ];
}
