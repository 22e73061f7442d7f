import { formatMinute } from './civil-time.ts';
import type { RecheckGround } from './decisions.ts';
import type { MilestoneKey } from './law/milestones.ts';
import type { RuleId } from './law/rulebook.ts';
import type { Bilingual } from './law/timeline.ts';
import type { Procedure } from './procedures/procedure.ts';

/** A clock of a tender that does not run now (暂停): since when, why, by which rule, and what happens next. */
export interface Suspended {
  /** 0: the procurement as a whole. */
  readonly lotNo: number;
  /** Whose clock it is. */
  readonly milestone: MilestoneKey;
  readonly by: 'objection' | 'query' | 'supervisor' | 'recheck';
  /** Civil epoch ms. */
  readonly since: number;
  readonly rule: RuleId;
  readonly why: Bilingual;
  readonly next: Bilingual;
  /** By when the purchaser must reply; null where a supervisor ordered it, or the committee looks again. */
  readonly replyDueAt: number | null;
}

/** An interval in which a grievance suspends a clock (civil epoch ms). */
export interface GrievanceInterval {
  readonly lotNo: number;
  readonly milestone: MilestoneKey;
  readonly from: number;
  /** Null: it has no reply yet. */
  readonly until: number | null;
  readonly target: 'documents' | 'result';
  readonly replyDueAt: number;
}

/** A suspension that has ended: how long, why, by whom (no name, only in what role), and where its clock then stood. */
export interface EndedSuspension extends Pick<Suspended, 'lotNo' | 'milestone' | 'by' | 'since' | 'rule' | 'why'> {
  readonly until: number;
  /** The end of its clock before and after; null where it had none, or another event put an end to it. */
  readonly dueBefore: number | null;
  readonly dueAfter: number | null;
  /** By how much it moved (ms); null where that is not recorded. */
  readonly movedMs: number | null;
}

/** How the end of a clock moved when it ran again. */
export interface ResumedClock {
  readonly lotNo: number;
  readonly milestone: MilestoneKey;
  readonly at: number;
  readonly before: number | null;
  readonly after: number | null;
}

/** An interval in which the committee of a lot looks again (civil epoch ms). */
export interface RecheckInterval {
  readonly lotNo: number;
  readonly milestone: MilestoneKey;
  readonly from: number;
  readonly until: number | null;
  readonly ground: RecheckGround;
  readonly dueAt: number;
}

type Defined = Pick<Procedure, 'grievances' | 'rules' | 'words' | 'recheck'>;

/**
 * The clocks that do not run now, by place. Overlapping grievances are one suspension, from the first of them; the reply
 * that is due first is named, and how many there are is not: that would tell how many take an interest.
 */
export function suspendedBy(definition: Defined, intervals: readonly GrievanceInterval[], now: number): Suspended[] {
  const places = new Map<string, GrievanceInterval[]>();
  for (const each of intervals) {
    const place = `${each.lotNo}/${each.milestone}`;
    places.set(place, [...(places.get(place) ?? []), each]);
  }
  return [...places.values()].flatMap((rows) => {
    const open = rows.filter(({ until }) => until === null).sort((a, b) => a.replyDueAt - b.replyDueAt);
    const [first] = open;
    if (!first) return [];
    const since = rows
      .toSorted((a, b) => b.from - a.from)
      .reduce((start, { from, until }) => (until === null || until >= start ? Math.min(start, from) : start), now);
    return [{ ...reasonOf(definition, first, now), lotNo: first.lotNo, milestone: first.milestone, since }];
  });
}

/** Those that have ended, oldest first; overlapping grievances are one suspension, to the end of the last. */
export function endedSuspensions(
  definition: Defined,
  intervals: readonly GrievanceInterval[],
  resumed: readonly ResumedClock[],
): EndedSuspension[] {
  const together: { first: GrievanceInterval; until: number | null }[] = [];
  for (const each of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = together.find(
      ({ first, until }) =>
        first.lotNo === each.lotNo && first.milestone === each.milestone && (until === null || until >= each.from),
    );
    if (!last) together.push({ first: each, until: each.until });
    else last.until = last.until === null || each.until === null ? null : Math.max(last.until, each.until);
  }
  return together.flatMap(({ first: { lotNo, milestone, from, target }, until }) => {
    if (until === null) return [];
    const moved = resumed.find((each) => each.lotNo === lotNo && each.milestone === milestone && each.at === until);
    const { before = null, after = null } = moved ?? {};
    const { grievances } = definition;
    const { zh, en } = subjectOf(definition, target);
    return [
      {
        ...{ lotNo, milestone, since: from, until, by: grievances.kind, rule: grievances[target].suspension },
        ...{ why: { zh, en }, dueBefore: before, dueAfter: after },
        movedMs: before === null || after === null ? null : after - before,
      },
    ];
  });
}

function subjectOf(
  { grievances, words }: Pick<Defined, 'grievances' | 'words'>,
  target: 'documents' | 'result',
): Bilingual {
  const against = target === 'documents' ? words.documents : `${words.award}结果`;
  const subject = target === 'documents' ? 'the documents' : 'the result';
  return {
    zh: `对${against}的${words.grievance}`,
    en: `${grievances.kind === 'objection' ? 'An objection to' : 'A query about'} ${subject}`,
  };
}

function reasonOf(
  { grievances, words }: Defined,
  { target, milestone, replyDueAt }: GrievanceInterval,
  now: number,
): Omit<Suspended, 'lotNo' | 'milestone' | 'since'> {
  const { zh, en } = subjectOf({ grievances, words }, target);
  const due = formatMinute(replyDueAt);
  const isLate = now > replyDueAt;
  const after = afterReply(milestone, words);
  return {
    by: grievances.kind,
    rule: grievances[target].suspension,
    replyDueAt,
    why: {
      zh: `${zh}尚未答复`,
      en: `${en} has no reply yet`,
    },
    next: {
      zh: `${isLate ? `答复期限已于 ${due} 届满，已作逾期记录，答复前仍暂停` : `${words.purchaser}最迟于 ${due} 答复`}；${after.zh}`,
      en: `${isLate ? `The reply was due by ${due} and is on the record as overdue; until it comes the clock stays suspended` : `The purchaser replies by ${due}`}; ${after.en}`,
    },
  };
}

/** What the reply leads to, and what is lawful until then. */
function afterReply(milestone: MilestoneKey, words: Procedure['words']): Bilingual {
  switch (milestone) {
    case 'bid-deadline':
      return {
        zh: `全部答复后恢复，${words.bidding}截止时间按暂停的时间顺延至工作日的原定时刻并公告；此前可以递交、撤回${words.bid}，不${words.opening}`,
        en: 'after the last reply the clock resumes: the deadline is postponed by the suspended time, to its hour on a workday, and published; until then bids may be submitted and withdrawn, and nothing is opened',
      };
    case 'publicity-end':
      return {
        zh: `全部答复后公示期继续，截止时间顺延并公告；此前不确定${words.winner}`,
        en: 'after the last reply the publicity continues, and its later end is published; until then nothing is awarded',
      };
    default:
      return {
        zh: '答复后期限继续计算并顺延；此前不得签订合同',
        en: 'after the last reply the period continues, with the lost time added; until then no contract is signed',
      };
  }
}

const recheckRule = ({ recheck }: Defined, ground: RecheckGround): RuleId =>
  recheck.grounds[ground]?.rule ?? recheck.only;

const recheckZh = ({ words }: Defined): Bilingual => ({
  zh: `${words.committee}正在复核${words.evaluation}结果`,
  en: 'The committee looks at its result again',
});

/** 复核: while the committee looks again. */
export const recheckSuspension = (
  definition: Defined,
  { lotNo, milestone, from, ground, dueAt }: RecheckInterval,
): Suspended => ({
  ...{ lotNo, milestone, by: 'recheck', since: from, replyDueAt: null },
  rule: recheckRule(definition, ground),
  why: recheckZh(definition),
  next: {
    zh: `最迟于 ${formatMinute(dueAt)} 完成；维持的，期限继续计算并顺延；改变的，重新公示或者另行确定；此前不确定${definition.words.winner}、不签订合同`,
    en: `It ends by ${formatMinute(dueAt)}: kept, the clock resumes with the lost time added; changed, the result is published or decided again; until then nothing is awarded or signed`,
  },
});

/** Those that have ended. */
export const endedRechecks = (
  definition: Defined,
  intervals: readonly RecheckInterval[],
  resumed: readonly ResumedClock[],
): EndedSuspension[] =>
  intervals.flatMap(({ lotNo, milestone, from, until, ground }) => {
    if (until === null) return [];
    const moved = resumed.find((each) => each.lotNo === lotNo && each.milestone === milestone && each.at === until);
    const { before = null, after = null } = moved ?? {};
    return [
      {
        ...{ lotNo, milestone, since: from, until, by: 'recheck' as const, rule: recheckRule(definition, ground) },
        ...{ why: recheckZh(definition), dueBefore: before, dueAfter: after },
        movedMs: before === null || after === null ? null : after - before,
      },
    ];
  });

/** A supervisor's order (责令暂停) about the opening. */
export const orderedPause = (
  { rules, words }: Defined,
  pause: { readonly from: number; readonly reasonZh: string },
): Suspended => ({
  lotNo: 0,
  milestone: 'opening',
  by: 'supervisor',
  since: pause.from,
  rule: rules.openingPause,
  replyDueAt: null,
  why: {
    zh: `监督部门已暂停${words.opening}：${pause.reasonZh}`,
    en: `A supervisor has paused the opening: ${pause.reasonZh}`,
  },
  next: {
    zh: `监督部门恢复后继续${words.opening}；${words.bidding}截止时间不变，此前不解密、不公布`,
    en: 'it continues once the supervisor resumes it; the bid deadline stays as it is, and until then nothing is unsealed or published',
  },
});

/** One that has ended. @param lostMs of the time that bidders have to release their shares, which is given back */
export const endedPause = (
  { rules, words }: Defined,
  pause: { readonly from: number; readonly until: number; readonly reasonZh: string },
  lostMs: number,
): EndedSuspension => ({
  ...{ lotNo: 0, milestone: 'opening', by: 'supervisor', since: pause.from, until: pause.until },
  rule: rules.openingPause,
  why: {
    zh: `监督部门暂停${words.opening}：${pause.reasonZh}`,
    en: `A supervisor paused the opening: ${pause.reasonZh}`,
  },
  dueBefore: null,
  dueAfter: null,
  movedMs: lostMs,
});

/** The milestones that stand still with the clock of one: itself, and those that are counted from it. */
export function suspendedWith({ milestones }: Pick<Procedure, 'milestones'>, key: MilestoneKey): Set<MilestoneKey> {
  const follows = milestones.filter(({ counts: [count] = [], otherwise }) =>
    count ? count.from === key : typeof otherwise === 'object' && 'at' in otherwise && otherwise.at === key,
  );
  return new Set([key, ...follows.map((each) => each.key)]);
}
