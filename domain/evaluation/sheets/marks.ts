import { getRule, type RuleId } from '../../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../../law/violation.ts';
import type { Procedure } from '../../procedures/procedure.ts';
import { groundsOf } from '../report.ts';
import { compare, readExact, shown, ZERO, type Exact } from '../scoring/fraction.ts';
import { valueFault } from '../scoring/objective.ts';
import type { Criterion, Part, ReviewItem, Scheme } from '../scheme/scheme.ts';
import { numberOf } from '../scheme/shape.ts';

// 评分表: what one member enters of one bid. Nobody enters points of an objective item or of the price: they are computed.

/** Of a review item: it passes, or is rejected on a ground of the article, with a reason. */
export interface ReviewEntry {
  readonly item: string;
  readonly passes: boolean;
  readonly ground?: number | undefined;
  readonly reasonZh?: string | undefined;
}

/** Of a subjective criterion. */
export interface PointsEntry {
  readonly item: string;
  readonly points: Exact;
  readonly reasonZh?: string | undefined;
}

/** Of an objective criterion: the answer or the number that is found in the bid. */
export interface ValueEntry {
  readonly item: string;
  readonly value: string;
  readonly reasonZh?: string | undefined;
}

export type Entry = ReviewEntry | PointsEntry | ValueEntry;

export interface MarkSheet {
  readonly memberId: string;
  readonly bidId: string;
  readonly entries: readonly Entry[];
  /** Of a sheet on paper: what its member added up to. */
  readonly statedTotal?: Exact | undefined;
}

export interface Member {
  readonly memberId: string;
  /** Who was replaced: no mark and no vote counts any more. */
  readonly replaced: boolean;
  readonly signed: boolean;
}

/** What the committee of a lot has before it. */
export interface SheetState {
  readonly members: readonly Member[];
  /** The bids that are judged in this part. */
  readonly bidIds: readonly string[];
}

/** What is entered together: the review, or the criteria of a part. */
export type SheetPart = 'review' | Exclude<Part, 'price'>;

export type SheetItem =
  { readonly as: 'review'; readonly item: ReviewItem } | { readonly as: 'criterion'; readonly item: Criterion };

/** A qualification that the purchaser examines is none of the committee's. */
export const reviewItemsOf = ({ evaluation }: Pick<Procedure, 'evaluation'>, scheme: Scheme): readonly ReviewItem[] => [
  ...(evaluation.scheme.qualificationBy.who === 'committee' ? scheme.qualification : []),
  ...scheme.conformity,
];

/** The items of a part. */
export const itemsOf = (
  definition: Pick<Procedure, 'evaluation'>,
  scheme: Scheme,
  part: SheetPart,
): readonly SheetItem[] =>
  part === 'review'
    ? reviewItemsOf(definition, scheme).map((item) => ({ as: 'review', item }))
    : scheme.criteria.filter((each) => each.part === part).map((item) => ({ as: 'criterion', item }));

type Finding = Parameters<typeof breachOf>[2];

const refusal = (id: RuleId, finding: Finding): Violation => breachOf(getRule(id), severityOf(getRule(id)), finding);

/**
 * Why a sheet is not accepted; empty: it is, and may be stored.
 * @param complete `false`: it is kept while its member goes on, and items may be missing
 */
export function judgeMarks(
  definition: Procedure,
  scheme: Scheme,
  state: SheetState,
  part: SheetPart,
  sheet: MarkSheet,
  complete = true,
): Violation[] {
  const rules = definition.evaluation.scheme.sheets;
  const { committee, bid } = definition.words;
  const member = state.members.find(({ memberId }) => memberId === sheet.memberId);
  const whole = (id: RuleId, field: string, given: string, messageZh: string, messageEn: string): Violation[] => [
    refusal(id, { field, given, messageZh, messageEn }),
  ];
  const { memberId, bidId } = sheet;
  if (!member)
    return whole(rules.notMember, 'memberId', memberId, `不是本${committee}的成员`, 'Not a member of this committee');
  if (member.replaced) {
    return whole(
      rules.replaced,
      'memberId',
      memberId,
      '该成员已被更换，其意见无效',
      'The member was replaced: what it enters is void',
    );
  }
  if (member.signed) {
    return whole(
      rules.afterSigning,
      'memberId',
      memberId,
      '签署之后不得再评分或者修改',
      'Nothing is entered or changed after signing',
    );
  }
  if (!state.bidIds.includes(bidId)) {
    return whole(
      rules.perDocuments,
      'bidId',
      bidId,
      `该${bid}不在评审之列`,
      'The bid is not among those that are judged',
    );
  }
  const due = itemsOf(definition, scheme, part);
  const found = sheet.entries.flatMap((entry, index) =>
    judgeEntry(definition, due, entry, `entries[${index}]`, sheet.entries.slice(0, index)),
  );
  const missing = due.filter(({ item }) => !sheet.entries.some((entry) => entry.item === item.key));
  if (!complete) return found;
  return [
    ...found,
    ...missing.map(({ item }) =>
      refusal(rules.independent, {
        field: `entries.${item.key}`,
        given: null,
        messageZh: `“${item.nameZh}”没有评审意见`,
        messageEn: `Nothing is entered for "${item.nameZh}"`,
      }),
    ),
  ];
}

function judgeEntry(
  definition: Procedure,
  due: readonly SheetItem[],
  entry: Entry,
  field: string,
  before: readonly Entry[],
): Violation[] {
  const rules = definition.evaluation.scheme.sheets;
  const of = due.find(({ item }) => item.key === entry.item);
  const no = (
    id: RuleId,
    given: string | number | null,
    messageZh: string,
    messageEn: string,
    limit?: number,
  ): Violation[] => [refusal(id, { field, given, messageZh, messageEn, ...(limit === undefined ? {} : { limit }) })];
  if (!of) {
    return no(
      rules.perDocuments,
      entry.item,
      `文件没有规定“${entry.item}”，不得作为评审依据`,
      `"${entry.item}" is not in the documents and is not judged`,
    );
  }
  if (before.some(({ item }) => item === entry.item)) {
    return no(rules.perDocuments, entry.item, `“${of.item.nameZh}”有两个意见`, `"${of.item.nameZh}" is entered twice`);
  }
  if (of.as === 'review') return judgeReview(definition, entry, no);
  const { item } = of;
  if (item.kind === 'price') {
    return no(
      rules.perDocuments,
      item.key,
      '价格分由系统按公式计算，不由成员评分',
      'The points of the price are computed',
    );
  }
  if (item.kind === 'objective') {
    const value = 'value' in entry ? entry.value : '';
    if (valueFault(item, value) === null) return [];
    return no(
      rules.perDocuments,
      value,
      `“${item.nameZh}”应当填写文件列明的结果或者数值`,
      `"${item.nameZh}" has one of the documents' answers, or a number`,
    );
  }
  const points = 'points' in entry ? readExact(entry.points) : undefined;
  const given = 'points' in entry ? entry.points : null;
  const most = numberOf(item.points);
  if (points && compare(points, ZERO) >= 0 && compare(points, most) <= 0) return [];
  return no(
    rules.range,
    given,
    `“${item.nameZh}”的评分应在 0 至 ${item.points} 之间`,
    `The mark for "${item.nameZh}" is from 0 to ${item.points}`,
    Number(shown(most, 4)),
  );
}

function judgeReview(
  definition: Procedure,
  entry: Entry,
  no: (id: RuleId, given: string | number | null, zh: string, en: string, limit?: number) => Violation[],
): Violation[] {
  const rules = definition.evaluation.scheme.sheets;
  if (!('passes' in entry)) {
    return no(
      rules.perDocuments,
      entry.item,
      '此项只有通过、不通过，不评分',
      'This item passes or not: it has no points',
    );
  }
  if (entry.passes) return [];
  const grounds = groundsOf(definition);
  const { rule } = definition.evaluation.rejection;
  const { ground, reasonZh = '' } = entry;
  if (!groundIn(grounds, ground)) {
    return no(
      rule,
      ground ?? null,
      `不通过的，应当写明法定情形的序号（1 至 ${grounds.length}）`,
      `What does not pass names the item of the article, 1 to ${grounds.length}`,
      grounds.length,
    );
  }
  if (reasonZh.trim() !== '') return [];
  return no(rule, null, '不通过的，应当写明理由', 'What does not pass has a reason');
}

/** Whether it is one of the items of the article, numbered from 1. */
export const groundIn = (grounds: readonly string[], ground: number | undefined): ground is number =>
  ground !== undefined && Number.isInteger(ground) && ground >= 1 && ground <= grounds.length;
