import { civilDayOf, endOfDay } from '../civil-time.ts';
import { REGIME_RULES } from './limits.ts';
import { CLOSING_HOUR, DEADLINE_HOUR, ifOverdue, type Bilingual, type Timeline, type Use } from './timeline.ts';
import { getRule } from './rulebook.ts';

const RULES = REGIME_RULES.tendering;

const NOT_MANDATORY: Bilingual = {
  zh: '该规定适用于依法必须进行招标的项目，本项目仅供参照',
  en: 'it binds projects that must be tendered by law; for this one it is advice',
};

/** The award may not come before the publicity of the candidates has ended, whenever that was set to end. */
function afterPublicity(
  publicityEnd: number,
  advisory: Bilingual | undefined,
  basis: Use | undefined,
): Use | undefined {
  if (basis === undefined) return undefined;
  const { id, law, article, status } = getRule(RULES.publicity);
  return {
    due: basis.due,
    applied: {
      id,
      law,
      article,
      status,
      from: basis.applied.from,
      effect: 'earliest',
      compare: 'instant',
      earliest: publicityEnd,
      ...(advisory === undefined ? {} : { advisory }),
      provisional: basis.due.provisional,
    },
  };
}

/** End of the bid validity (投标有效期), which runs from the bid deadline (12号令 40). */
export function bidValidityEnd(bidDeadline: number, days: number): number {
  return endOfDay(civilDayOf(bidDeadline) + days);
}

/** An open tender under 招标投标法, from notice to archive, in the order of the statute. */
export function layOutTendering(timeline: Timeline): void {
  const { facts } = timeline;
  const advisory = facts.mandatory === false ? NOT_MANDATORY : undefined;

  if (facts.intentionAt !== undefined) timeline.add('intention', { otherwise: facts.intentionAt });
  const notice = timeline.add('notice', { otherwise: facts.noticeAt });
  const documentsFrom = timeline.add('documents-from', { otherwise: notice });

  const documents = timeline.use(RULES.documents, documentsFrom, {
    effect: 'earliest',
    compare: 'day',
    arguableRoll: true,
  });
  const documentsUntil = timeline.add('documents-until', {
    uses: [documents],
    otherwise: timeline.officeHour(documents?.applied.earliest ?? documentsFrom, CLOSING_HOUR),
    proposed: true,
  });

  const preparation = timeline.use(RULES.bidPreparation, documentsFrom, { effect: 'earliest', advisory });
  const deadlineFrom = Math.max(preparation?.applied.earliest ?? documentsFrom, documentsUntil);
  const deadline =
    timeline.given('bid-deadline')?.at ??
    timeline.given('opening')?.at ??
    timeline.officeHour(deadlineFrom, DEADLINE_HOUR);

  timeline.add('objection-documents-end', {
    uses: [timeline.use(RULES.objectionDocuments, deadline, { effect: 'ends' })],
    otherwise: timeline.use(RULES.objectionDocuments, deadline, { effect: 'ends' })?.due.due ?? deadline,
    ifNobodyActs: {
      zh: '此后对招标文件的异议不再受理；未提异议的，不得就招标文件投诉（条例60）',
      en: 'Objections to the tender documents lapse, and with them the complaint (条例 art. 60)',
    },
  });
  timeline.add('amendment-latest', {
    uses: [timeline.use(RULES.amendment, deadline, { effect: 'latest' })],
    otherwise: 'latest',
    ifNobodyActs: {
      zh: '此后的澄清、修改可能影响投标文件编制的，应当顺延投标截止时间（条例21）',
      en: 'Later amendments that affect the bids must move the deadline (条例 art. 21)',
    },
  });
  timeline.add('bid-deadline', {
    uses: [preparation],
    otherwise: deadline,
    proposed: true,
    ifNobodyActs: {
      zh: '逾期送达的投标文件应当拒收（条例36）；投标人不足法定家数的，不得开标，重新招标（条例44）',
      en: 'Later bids must be refused (条例 art. 36); with too few bidders there is no opening (条例 art. 44)',
    },
  });
  const opening = timeline.add('opening', {
    uses: [timeline.use(RULES.opening, deadline, { effect: 'exact' })],
    otherwise: 'earliest',
    proposed: true,
  });

  // No article limits the evaluation but the bid validity: projected to the day of the opening.
  const report = timeline.add('evaluation-report', { otherwise: endOfDay(civilDayOf(opening)) });
  const publicityStart = timeline.add('publicity-start', {
    uses: [timeline.use(RULES.publicityStart, report, { effect: 'latest', advisory })],
    otherwise: 'latest',
    ifNobodyActs: ifOverdue(RULES.publicityStart),
  });
  const publicity = timeline.use(RULES.publicity, publicityStart, { effect: 'earliest', compare: 'day', advisory });
  const publicityEnd = timeline.add('publicity-end', {
    uses: [publicity],
    otherwise: publicity?.due.due ?? publicityStart,
    ifNobodyActs: {
      zh: '公示期内未提出异议的，不得就评标结果投诉（条例60）；招标人应当确定排名第一的中标候选人为中标人（条例55）',
      en: 'Without an objection there is no complaint about the result (条例 art. 60); the first-ranked candidate is to be awarded (条例 art. 55)',
    },
  });
  const award = timeline.add('award', {
    uses: [afterPublicity(publicityEnd, advisory, publicity)],
    otherwise: timeline.given('publicity-end') === undefined ? publicityEnd + 1 : publicityEnd,
  });
  const awardNotice = timeline.add('award-notice', {
    uses: [timeline.use(RULES.awardNotice, award, { effect: 'latest' })],
    otherwise: award,
    ifNobodyActs: ifOverdue(RULES.awardNotice),
  });
  timeline.add('written-report', {
    // Two texts count the same duty from two events; the earlier end is kept, both are named.
    uses: [
      timeline.use(RULES.writtenReport, award, { effect: 'latest', advisory }),
      timeline.use(RULES.writtenReportAlso, awardNotice, { effect: 'latest', advisory }),
    ],
    otherwise: 'latest',
    ifNobodyActs: ifOverdue(RULES.writtenReport),
  });
  const contract = timeline.add('contract', {
    uses: [timeline.use(RULES.contract, awardNotice, { effect: 'latest' })],
    otherwise: 'latest',
    ifNobodyActs: ifOverdue(RULES.contract),
  });
  for (const key of ['deposits-losers', 'deposits-winner'] as const) {
    timeline.add(key, {
      uses: [timeline.use(RULES.depositsWinner, contract, { effect: 'latest' })],
      otherwise: 'latest',
      ifNobodyActs: ifOverdue(RULES.depositsWinner),
    });
  }
  timeline.add('archive-until', {
    uses: [timeline.use(RULES.archive, contract, { effect: 'earliest', compare: 'day' })],
    otherwise: timeline.use(RULES.archive, contract, { effect: 'ends' })?.due.due ?? contract,
  });
}
