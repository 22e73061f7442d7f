import { ADMINISTRATOR } from './people.ts';
import { acceptClock } from '../../../services/clock/accept.ts';
import { Broken } from '../invariants/judge.ts';
import type { World } from '../world.ts';

/** What a person may be wrong by who accepts the clock (ms). */
const WATCH_MS = 30_000;

/** Accepts the clock after a jump, by a watch that is right. */
export async function acceptsClock(world: World): Promise<void> {
  const { clocks } = world;
  const isClose = Math.abs(clocks.ahead.database) <= WATCH_MS;
  // Where nothing was to be decided meanwhile, nobody knows of a jump.
  const expected = !clocks.isInDoubt ? 'either' : isClose ? 'accepted' : 'refused';
  const outcome = await world.act(
    null,
    'accept the clock',
    expected,
    (tx) => acceptClock(tx, ADMINISTRATOR, { at: clocks.now, reason: '已与授时中心核对' }),
    undefined,
    'clock-in-doubt',
  );
  if (outcome.accepted || outcome.refusal.code !== 'clock-not-in-doubt') return;
  if (clocks.mustBeDoubted) throw new Broken('nothing is decided by a clock that has jumped', 'nobody is told of it');
  // It has been read, and goes evenly.
  clocks.accepted();
}
