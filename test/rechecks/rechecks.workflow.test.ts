import { afterEach, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import type { Recheck } from '../../domain/decisions.ts';
import { story } from '../setup/tenders/story.ts';
import { at } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

let time: SkippedTime;
afterEach(() => time.close());

const overdue = async (): Promise<unknown[]> =>
  (await auditAfter(time.db.read, 0, 9_999)).flatMap(({ action, detail }) =>
    action === 'duty.overdue' ? [detail['key']] : [],
  );
const referred = (given: Partial<Recheck>): Recheck =>
  ({
    ...{ ground: 'grievance', grievanceId: null, bidIds: [], items: null, reasonZh: '请复核', documentId: null },
    ...{ dueAt: null, ...given },
  }) as Recheck;

it('works: what the committee does not finish in time is on record by itself, and the publicity ends after all is settled', async () => {
  time = await skippedTime(at('2026-03-26T10:00+08:00'));
  const tender = await story(time, 'tendering');
  await tender.until('2026-03-31T09:00+08:00');
  const bids = await tender.bids(1, [0, 1, 2]);
  await tender.until('2026-04-21T09:00+08:00');
  await tender.report(bids, '2026-04-20T17:00+08:00');
  await tender.until('2026-04-22T09:00+08:00');
  const objection = await tender.file('result', 1);
  await tender.decide('recheck', referred({ grievanceId: objection.id, bidIds: [String(bids[0]?.id)] }), { lotNo: 1 });
  // Three days from Wednesday the 22nd end on Saturday the 25th, a rest day: Monday the 27th (条例54, 民法典203).
  expect(await tender.due('recheck')).toBe('2026-04-27T23:59:59.999+08:00');
  await tender.until('2026-04-27T23:00+08:00');
  expect(await overdue()).toEqual([]);
  await tender.until('2026-04-28T00:05+08:00');
  expect(await overdue()).toEqual(['recheck']);
  expect((await tender.milestone('recheck'))?.overdue).toBe(true);
  await tender.until('2026-05-06T09:00+08:00');
  expect((await tender.lot()).stage).toBe('publicity');
  await tender.report(bids, '2026-05-06T08:30+08:00', { findingZh: '复核后维持' });
  await tender.reply(objection);
  await tender.until('2026-06-01T09:00+08:00');
  expect((await tender.lot()).stage).toBe('award');
  expect(await overdue()).toEqual(['recheck']);
});

it('government: nobody is deemed chosen while the committee looks again; then the period begins again (87令68, 条例43)', async () => {
  time = await skippedTime(at('2026-03-16T10:00+08:00'));
  const tender = await story(time, 'government');
  await tender.until('2026-03-18T10:00+08:00');
  const bids = await tender.bids(1, [0, 1, 2]);
  await tender.until('2026-04-09T10:00+08:00');
  await tender.report(bids, '2026-04-08T17:00+08:00');
  // Five working days from Thursday the 9th: the 16th.
  expect(await tender.due('award')).toBe('2026-04-16T23:59:59.999+08:00');
  const [first] = bids;
  const given = { ground: 'objective', bidIds: [String(first?.id)], dueAt: at('2026-04-24T18:00+08:00') } as const;
  await tender.decide('recheck', referred({ ...given, bidIds: [...given.bidIds] }), { lotNo: 1 });
  await tender.until('2026-04-20T10:00+08:00');
  expect(await tender.lot()).toMatchObject({ stage: 'award', deemed: false });
  await tender.report(bids, '2026-04-20T09:00+08:00', { findingZh: '评分一致，维持' });
  // From Monday the 20th: 21, 22, 23, 24, 27.
  expect(await tender.due('award')).toBe('2026-04-27T23:59:59.999+08:00');
  await tender.until('2026-04-28T00:05+08:00');
  expect(await tender.lot()).toMatchObject({ stage: 'contract', deemed: true, winnerBidId: first?.id });
  expect(await overdue()).toEqual([]);
});
