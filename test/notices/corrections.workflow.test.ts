import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { story } from '../setup/tenders/story.ts';
import { at } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

describe('a publicity that is corrected', () => {
  let time: SkippedTime;
  beforeEach(async () => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
  });
  afterEach(() => time.close());

  // @rule works-candidate-publicity-min
  it('ends when the corrected one has stood for its whole period, also once it seemed to be over (条例54)', async () => {
    const tender = await story(time, 'tendering');
    await tender.until('2026-03-31T09:00+08:00');
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-21T09:00+08:00');
    await tender.report(bids, '2026-04-20T17:00+08:00');
    const noticeId = String((await tender.notices()).find(({ kind }) => kind === 'candidates')?.id);
    const correct = (period: string) =>
      tender.decide('correct', {
        noticeId,
        changes: [{ field: 'candidates[0].period', after: period }],
        textZh: null,
        reasonZh: '工期录入有误',
      });

    // To Friday the 24th; corrected on the 23rd, to Sunday the 26th, and so to Monday the 27th.
    await tender.until('2026-04-23T10:00+08:00');
    await correct('170 日历天');
    await tender.until('2026-04-25T00:05+08:00');
    expect((await tender.lot()).stage).toBe('publicity');
    await tender.until('2026-04-28T00:05+08:00');
    expect((await tender.lot()).stage).toBe('award');

    // Back to its publicity, from Tuesday the 28th: 29, 30 April, 1 May, off until the 5th: Wednesday 6 May.
    await tender.until('2026-04-28T10:00+08:00');
    await correct('175 日历天');
    expect((await tender.lot()).stage).toBe('publicity');
    await tender.until('2026-05-06T23:59+08:00');
    expect((await tender.lot()).stage).toBe('publicity');
    await tender.until('2026-05-07T00:05+08:00');
    expect((await tender.lot()).stage).toBe('award');
    expect(await time.history(`procurement/${tender.id}/lot/1`).query('state')).toMatchObject({
      stage: 'award',
    });
  });
});
