import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Bid } from '../../db/bids.ts';
import { eventsAfter, type EventRow } from '../../db/events.ts';
import { withdrawBid } from '../../services/bids/withdraw.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { answerQuestion } from '../../services/questions/answer.ts';
import { askQuestion } from '../../services/questions/ask.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  at,
  bid,
  decide,
  handClock,
  obtainDocuments,
  people,
  publishedTender,
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

// What happened, from which notifications, feeds and pages are made: written with the act itself, or not at all.

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let id: string;
beforeEach(async () => {
  clock.set('2026-02-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 4);
  ({ id } = await publishedTender(db, clock, who, 'tendering'));
});
afterEach(() => db.close());

let seen = 0;
beforeEach(() => {
  seen = 0;
});
/** Those since this was asked last. */
async function news(): Promise<EventRow[]> {
  const rows = await eventsAfter(db.read, seen, 999);
  seen = rows.at(-1)?.seq ?? seen;
  return rows;
}
const summaryOf = (rows: readonly EventRow[]) =>
  rows.map(({ kind, lotNo, detail }) => {
    const { stage, kind: notice } = detail as { stage?: string; kind?: string };
    return [kind, lotNo, stage ?? notice].filter((each) => each !== undefined).join(' ');
  });
const lot = () => ({ procurementId: id, lotNo: 1 });

it('each act of a works tender leaves what happened to which tender, lot and party, in order', async () => {
  expect(summaryOf(await news())).toEqual([
    'document.uploaded 0 tender-documents',
    'procurement.stage 0 launched',
    'procurement.stage 0 bidding',
    'notice.published 0 tender',
    'deadline.moved 0',
  ]);

  clock.set('2026-03-31T10:00+08:00');
  await obtainDocuments(db, who, 0, id);
  const question = await db.transaction((tx) =>
    askQuestion(tx, who.asSupplier(1), {
      procurementId: id,
      organisationId: String(who.suppliers[1]?.id),
      textZh: '工期？',
    }),
  );
  const beforeBids = await news();
  expect(summaryOf(beforeBids)).toEqual(['document.obtained 0', 'question.asked 0']);
  // Who is interested in a tender is nobody’s business before it is opened (招标投标法 22).
  expect(beforeBids.map(({ organisationId, confidential }) => [organisationId, confidential])).toEqual([
    [who.suppliers[0]?.id, true],
    [who.suppliers[1]?.id, true],
  ]);
  await db.transaction((tx) =>
    answerQuestion(tx, who.asPurchaser, {
      ...{ procurementId: id, questionId: question.id, answerZh: '180天。', affectsBids: false },
    }),
  );
  const answered = await news();
  expect(summaryOf(answered)).toEqual(
    expect.arrayContaining(['question.answered 0', 'notice.published 0 clarification']),
  );
  expect(answered.every(({ organisationId }) => organisationId === null || organisationId === question.askedBy)).toBe(
    true,
  );

  await decide(db, who.asPurchaser, {
    procurementId: id,
    lotNo: 0,
    kind: 'amend',
    payload: {
      textZh: '延期开标。',
      affectsBids: false,
      bidDeadline: at('2026-04-22T09:00+08:00'),
      documentIds: [],
    },
  });
  const amended = await news();
  expect(summaryOf(amended)).toEqual(expect.arrayContaining(['deadline.moved 0', 'notice.published 0 amendment']));
  expect(amended.find(({ kind }) => kind === 'deadline.moved')?.detail).toMatchObject({
    bidDeadline: at('2026-04-22T09:00+08:00'),
  });

  const bids: Bid[] = [];
  for (const index of [0, 1, 2, 3]) bids.push(await bid(db, who, index, id));
  await db.transaction((tx) =>
    withdrawBid(tx, who.asSupplier(3), { ...lot(), supplierId: String(who.suppliers[3]?.id) }),
  );
  const bidding = await news();
  expect(summaryOf(bidding)).toEqual([...bids.map(() => 'bid.submitted 1'), 'bid.withdrawn 1']);
  expect(bidding.every(({ confidential }) => confidential)).toBe(true);

  clock.set('2026-04-22T09:00+08:00');
  await advance(db, id);
  expect(summaryOf(await news())).toEqual([
    'lot.stage 1 evaluation',
    'procurement.stage 0 evaluation',
    'notice.published 1 opening-record',
  ]);

  clock.set('2026-04-23T09:00+08:00');
  const report = reportOn(bids.slice(0, 3), at('2026-04-22T17:00+08:00'));
  await decide(db, who.asPurchaser, { ...lot(), kind: 'report', payload: report });
  expect(summaryOf(await news())).toEqual(
    expect.arrayContaining(['lot.stage 1 publicity', 'notice.published 1 candidates']),
  );

  const objection = await db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(1), {
      ...lot(),
      target: 'result',
      organisationId: String(who.suppliers[1]?.id),
      textZh: '异议',
    }),
  );
  const filed = await news();
  expect(summaryOf(filed)).toEqual(['grievance.filed 1', 'notice.published 1 suspension']);
  expect(filed[0]).toMatchObject({ subject: `grievance/${objection.id}`, organisationId: who.suppliers[1]?.id });
  await decide(db, who.asPurchaser, {
    ...lot(),
    kind: 'reply',
    grievanceId: objection.id,
    payload: { outcome: 'rejected', effect: 'none', textZh: '不成立' },
  });
  expect(summaryOf(await news())).toEqual(
    expect.arrayContaining(['grievance.replied 1', 'notice.published 1 grievance-reply']),
  );

  clock.set('2026-05-08T09:00+08:00');
  await advance(db, id, 1);
  expect(summaryOf(await news())).toEqual(['lot.stage 1 award']);
  const choice = { bidId: String(bids[0]?.id), ground: null, reasonZh: null };
  await decide(db, who.asPurchaser, { ...lot(), kind: 'award', payload: choice });
  expect(summaryOf(await news())).toEqual(expect.arrayContaining(['lot.stage 1 contract', 'notice.published 1 award']));
});

it('an act that is refused leaves none, and its number is another’s', async () => {
  await news();
  clock.set('2026-03-31T10:00+08:00');
  const question = { procurementId: id, organisationId: String(who.suppliers[1]?.id), textZh: '工期？' };
  await expect(
    db.transaction(async (tx) => {
      await askQuestion(tx, who.asSupplier(1), question);
      throw new Error('afterwards');
    }),
  ).rejects.toThrow('afterwards');
  const choice = { bidId: '0'.repeat(36), ground: null, reasonZh: null };
  await refusalOf(decide(db, who.asPurchaser, { ...lot(), kind: 'award', payload: choice }));
  expect(await news()).toEqual([]);
  const before = seen;
  await db.transaction((tx) => askQuestion(tx, who.asSupplier(1), question));
  expect((await news()).map(({ seq }) => seq)).toEqual([before + 1]);
});
