import { describe, expect, inject, it } from 'vitest';
import { startTestService, type TestService } from '../setup/servers/service.ts';
import { LONG, SEED, strike, type Blow } from './blows.ts';
import { MOMENTS, Tender, type Disturb, type Moment } from './story.ts';

const PARTS = ['worker', 'api', 'temporal', 'custodians'] as const satisfies readonly Blow[];
const BLOWS = inject('dialect') === 'postgres' ? [...PARTS, 'postgres' as const, 'connections' as const] : PARTS;

/** What is killed at the nth moment. In `npm test` one part after the other; in a long round each part at every moment. */
const ROUNDS: readonly { readonly what: string; readonly blowAt: (nth: number) => Blow }[] = LONG
  ? BLOWS.map((blow) => ({ what: blow, blowAt: () => blow }))
  : [{ what: PARTS.join(', '), blowAt: (nth) => PARTS[(nth + SEED) % PARTS.length] ?? 'worker' }];

describe.concurrent(
  'a part that is killed with SIGKILL, or cut off, at every stage of a works and a goods tender',
  () => {
    it.each(ROUNDS)(`$what: both end as they would have (seed ${SEED})`, async ({ what, blowAt }) => {
      await using town = await startTestService({ from: '2025-02-10T09:00:00+08:00' });
      const tenders = [await Tender.draft(town, 'tendering', 12, 40), await Tender.draft(town, 'government', 12, 40)];
      const struck: Moment[] = [];
      let cut = 0;
      const disturb = together(town, tenders.length, async (moments, nth) => {
        cut += await strike(town, blowAt(nth), moments.join());
        struck.push(...moments);
      });
      await town.sideBySide(tenders.map((tender) => () => tender.live(disturb())));
      expect(struck.toSorted()).toEqual([...MOMENTS, ...MOMENTS].toSorted());
      if (what === 'connections') expect(cut).toBeGreaterThan(0);
      await town.check();
      for (const tender of tenders) await tender.assertEnded();
    });
  },
);

/** Lets several lives wait for each other before each of their moments, so that one blow falls in all of them. */
function together(
  town: TestService,
  lives: number,
  strikeNth: (moments: readonly Moment[], nth: number) => Promise<void>,
): () => Disturb {
  const meetings: { moments: Moment[]; gathered: () => void; all: Promise<void>; blow?: Promise<void> }[] = [];
  return () => {
    let next = 0;
    return async (moment) => {
      const nth = next++;
      const meeting = (meetings[nth] ??= meetingOf());
      meeting.moments.push(moment);
      if (meeting.moments.length === lives) meeting.gathered();
      await town.whileWaiting(meeting.all);
      return () => (meeting.blow ??= strikeNth(meeting.moments, nth));
    };
  };
}

function meetingOf(): { moments: Moment[]; gathered: () => void; all: Promise<void> } {
  let gathered = (): void => undefined;
  const all = new Promise<void>((resolve) => (gathered = resolve));
  return { moments: [], gathered, all };
}
