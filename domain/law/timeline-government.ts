import { civilDayOf, endOfDay } from '../civil-time.ts';
import { REGIME_RULES } from './limits.ts';
import { CLOSING_HOUR, DEADLINE_HOUR, ifOverdue, type Bilingual, type Timeline } from './timeline.ts';

const RULES = REGIME_RULES.government;

/**
 * 财政部令87号 18 counts the five working days from the notice, 条例 31 from the issue of the documents. Notices in
 * practice begin to issue on the day after the notice and count that day, which satisfies the first count and falls a
 * day short of the second; the first binds, the second advises, and a proposed end satisfies both.
 */
const SECOND_COUNT: Bilingual = {
  zh: '自招标文件开始发出之日起算（开始当日不计）的口径更严，实务多自公告之日起算，仅作提示',
  en: 'the stricter count, from the issue of the documents; practice counts from the notice, so this one only advises',
};

/** An open tender under 政府采购法, from intention to archive, in the order of the statute. */
export function layOutGovernment(timeline: Timeline): void {
  const { facts } = timeline;

  const intention = timeline.use(RULES.intention, timeline.given('notice')?.at ?? facts.noticeAt, { effect: 'latest' });
  timeline.add('intention', { uses: [intention], otherwise: intention?.due.due ?? facts.noticeAt, proposed: true });
  const notice = timeline.add('notice', { otherwise: facts.noticeAt });
  const noticePeriod = timeline.use(RULES.noticePeriod, notice, { effect: 'ends' });
  const noticeEnd = timeline.add('notice-end', {
    uses: [noticePeriod],
    otherwise: noticePeriod?.due.due ?? notice,
  });
  const documentsFrom = timeline.add('documents-from', { otherwise: notice });

  const documents = [
    timeline.use(RULES.documents, notice, { effect: 'earliest', compare: 'day' }),
    timeline.use(RULES.documentsFromIssue, documentsFrom, {
      effect: 'earliest',
      compare: 'day',
      advisory: SECOND_COUNT,
    }),
  ];
  const documentsUntil = timeline.add('documents-until', {
    uses: documents,
    otherwise: timeline.officeHour(
      Math.max(...documents.map((use) => use?.applied.earliest ?? documentsFrom)),
      CLOSING_HOUR,
    ),
    proposed: true,
  });

  // 条例53, 94令11: from obtaining the documents or the end of the notice period, whichever is later for the supplier.
  const query = timeline.use(RULES.objectionDocuments, Math.max(noticeEnd, documentsUntil), { effect: 'ends' });
  timeline.add('objection-documents-end', {
    uses: [query],
    otherwise: query?.due.bounds.latest ?? documentsUntil,
    ifNobodyActs: {
      zh: '逾期质疑不予受理；未质疑不得投诉（94令10、19）',
      en: 'Later queries are not accepted, and without a query there is no complaint (94令 art. 10, 19)',
    },
  });

  const preparation = timeline.use(RULES.bidPreparation, documentsFrom, { effect: 'earliest' });
  const deadlineFrom = Math.max(preparation?.applied.earliest ?? documentsFrom, documentsUntil);
  const deadline =
    timeline.given('bid-deadline')?.at ??
    timeline.given('opening')?.at ??
    timeline.officeHour(deadlineFrom, DEADLINE_HOUR);
  timeline.add('amendment-latest', {
    uses: [timeline.use(RULES.amendment, deadline, { effect: 'latest' })],
    otherwise: 'latest',
    ifNobodyActs: {
      zh: '此后的澄清、修改可能影响投标文件编制的，应当顺延提交投标文件的截止时间（条例31）',
      en: 'Later amendments that affect the bids must move the deadline (条例 art. 31)',
    },
  });
  timeline.add('bid-deadline', {
    uses: [preparation],
    otherwise: deadline,
    proposed: true,
    ifNobodyActs: {
      zh: '逾期送达的投标文件不予接收；投标人不足法定家数的，不得开标（87令41）',
      en: 'Later bids are not taken; with too few bidders there is no opening (87令 art. 41)',
    },
  });
  const opening = timeline.add('opening', {
    uses: [timeline.use(RULES.opening, deadline, { effect: 'exact' })],
    otherwise: 'earliest',
    proposed: true,
  });

  // No article limits the evaluation itself: it is taken to end on the day of the opening.
  const report = timeline.add('evaluation-report', {
    uses: [timeline.use(RULES.reportDelivery, endOfDay(civilDayOf(opening)), { effect: 'latest' })],
    otherwise: 'latest',
  });
  const award = timeline.add('award', {
    uses: [timeline.use(RULES.awardDecision, report, { effect: 'latest' })],
    otherwise: 'latest',
    ifNobodyActs: {
      zh: '采购人逾期未确定中标人又不能说明合法理由的，视同确定排名第一的中标候选人为中标人（87令68）',
      en: 'The first-ranked candidate is deemed to be the winner unless there is a lawful reason (87令 art. 68)',
    },
  });
  const awardNotice = timeline.add('award-notice', {
    uses: [timeline.use(RULES.awardAnnounce, award, { effect: 'latest' })],
    otherwise: 'latest',
    ifNobodyActs: ifOverdue(RULES.awardAnnounce),
  });
  const awardPeriod = timeline.use(RULES.awardNoticePeriod, awardNotice, { effect: 'ends' });
  const awardNoticeEnd = timeline.add('award-notice-end', {
    uses: [awardPeriod],
    otherwise: awardPeriod?.due.due ?? awardNotice,
  });
  const resultQuery = timeline.use(RULES.resultGrievance, awardNoticeEnd, { effect: 'ends' });
  timeline.add('query-result-end', {
    uses: [resultQuery],
    otherwise: resultQuery?.due.bounds.latest ?? awardNoticeEnd,
    ifNobodyActs: {
      zh: '逾期质疑不予受理；未质疑不得投诉（94令10、19）',
      en: 'Later queries are not accepted, and without a query there is no complaint (94令 art. 10, 19)',
    },
  });
  timeline.add('deposits-losers', {
    uses: [timeline.use(RULES.depositsLosers, awardNotice, { effect: 'latest' })],
    otherwise: 'latest',
    ifNobodyActs: ifOverdue(RULES.depositsLosers),
  });
  const contract = timeline.add('contract', {
    uses: [timeline.use(RULES.contract, awardNotice, { effect: 'latest' })],
    otherwise: 'latest',
    ifNobodyActs: ifOverdue(RULES.contract),
  });
  for (const [key, rule] of [
    ['contract-publication', RULES.contractPublication],
    ['contract-filing', RULES.contractFiling],
    ['deposits-winner', RULES.depositsWinner],
  ] as const) {
    timeline.add(key, {
      uses: [timeline.use(rule, contract, { effect: 'latest' })],
      otherwise: 'latest',
      ifNobodyActs: ifOverdue(rule),
    });
  }
  timeline.add('archive-until', {
    uses: [timeline.use(RULES.archive, contract, { effect: 'earliest', compare: 'day' })],
    otherwise: timeline.use(RULES.archive, contract, { effect: 'ends' })?.due.due ?? contract,
    ifNobodyActs: ifOverdue(RULES.archive),
  });
}
