import { expect, it } from 'vitest';
import { startTestApi } from '../setup/api.ts';
import { handClock } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

// An amendment that bears on the bids leaves fifteen days (招标投标法实施条例 21); one of 25 March 12:21 to 9 April 12:21.
it('the lawful deadline that a refused amendment names is lawful in every respect; one on a rest day is warned of', async () => {
  const clock = handClock('2026-03-01');
  await using api = await startTestApi({ database: { machineClock: clock.read } });
  const purchaser = await api.member('purchaser');
  const id = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  const amend = (bidDeadline: string | null, affectsBids = true) =>
    purchaser.call('POST', `/api/procurements/${id}/amendments`, {
      json: { textZh: '工程量清单有改动', affectsBids, bidDeadline },
    });

  clock.set('2026-03-25T12:21:56.160+08:00');
  // Earlier than it is and too early for the amendment: one value is lawful for both.
  const earlier = await amend('2026-03-31T09:30:00+08:00');
  const short = await amend(null);
  expect([earlier.status, short.status]).toEqual([422, 422]);
  expect(short.get('details.violations.0') ?? short.get('violations.0')).toMatchObject({
    ...{ rule: 'works-clarify-tender-docs', article: '21', field: 'bidDeadline' },
    earliestLawful: '2026-04-09T12:23:00+08:00',
  });
  expect(earlier.get('details.earliestLawful')).toBe('2026-04-09T12:23:00+08:00');
  // It is sent again a minute later, and is lawful still.
  clock.step(60_000);
  const moved = await amend('2026-04-09T12:23:00+08:00');
  expect([moved.status, moved.get('warnings')]).toEqual([200, undefined]);

  const restDay = await amend('2026-10-02T09:30:00+08:00', false);
  expect(restDay.status).toBe(200);
  expect(restDay.get('warnings')).toMatchObject([
    {
      ...{ rule: 'rest-day', severity: 'warn', field: 'bidDeadline', given: '2026-10-02T09:30:00+08:00' },
      messageZh: expect.stringContaining('国庆节') as string,
    },
  ]);
  const decision = await purchaser.call('GET', `/api/decisions/${String(restDay.get('id'))}`);
  expect(decision.get('warnings')).toEqual(restDay.get('warnings'));
});
