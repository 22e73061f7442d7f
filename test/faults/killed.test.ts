import { describe, expect, inject, it } from 'vitest';
import { startTestService, type TestService } from '../setup/servers/service.ts';
import { SEED, strike, type Blow } from './blows.ts';
import { MOMENTS, Tender, type Disturb, type Moment } from './story.ts';

const PARTS: readonly Blow[] = ['worker', 'api', 'temporal', 'custodians'];
const BLOWS = inject('dialect') === 'postgres' ? [...PARTS, 'postgres' as const, 'connections' as const] : PARTS;

describe.concurrent(
  'a part that is killed with SIGKILL, or cut off, at every stage of a works and a goods tender',
  () => {
    it.each(BLOWS)(`%s: both end as they would have (seed ${SEED})`, async (blow) => {
      await using town = await startTestService({ from: '2025-02-10T09:00:00+08:00' });
      const tenders = [await Tender.draft(town, 'tendering', 12, 40), await Tender.draft(town, 'government', 12, 40)];
      const struck: Moment[] = [];
      let cut = 0;
      const disturb = together(town, tenders.length, async (moments) => {
        cut += await strike(town, blow, moments.join());
        struck.push(...moments);
      });
      await town.sideBySide(tenders.map((tender) => () => tender.live(disturb())));
      expect(struck.toSorted()).toEqual([...MOMENTS, ...MOMENTS].toSorted());
      if (blow === 'connections') expect(cut).toBeGreaterThan(0);
      await town.check();
      for (const tender of tenders) await tender.assertEnded();
    });
  },
);

/** Lets several lives wait for each other before each of their moments, so that one blow falls in all of them. */
function together(
  town: TestService,
  lives: number,
  strike: (moments: readonly Moment[]) => Promise<void>,
): () => Disturb {
  const meetings: { moments: Moment[]; gathered: () => void; all: Promise<void>; blow?: Promise<void> }[] = [];
  return () => {
    let nth = 0;
    return async (moment) => {
      const meeting = (meetings[nth++] ??= meetingOf());
      meeting.moments.push(moment);
      if (meeting.moments.length === lives) meeting.gathered();
      await town.whileWaiting(meeting.all);
      return () => (meeting.blow ??= strike(meeting.moments));
    };
  };
}

function meetingOf(): { moments: Moment[]; gathered: () => void; all: Promise<void> } {
  let gathered = (): void => undefined;
  const all = new Promise<void>((resolve) => (gathered = resolve));
  return { moments: [], gathered, all };
}
