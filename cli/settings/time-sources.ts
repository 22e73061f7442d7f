import { badSetting } from './failure.ts';
import { addressTold, isPlainAddress, whole } from './values.ts';

const TIMEOUT_MS = 3_000;
/** The Date header has whole seconds. */
const WITHIN_MS = 500;

/** How far the clock may get ahead of others at once (KAIBIAO_CLOCK_JUMP_MS); undefined: the default. */
export const clockJumpOf = (env: NodeJS.ProcessEnv): number | undefined =>
  env.KAIBIAO_CLOCK_JUMP_MS ? whole(env, 'KAIBIAO_CLOCK_JUMP_MS', 0, 100) : undefined;

/** An address whose answers have a Date: a second opinion about the time, which nobody who sets our clock gives. */
export type TimeSource = string;

/** Sources of time (KAIBIAO_TIME_SOURCES); where none is set, the witnesses. */
export function timeSourcesOf(env: NodeJS.ProcessEnv, witnesses: readonly string[]): readonly TimeSource[] {
  const given = (env.KAIBIAO_TIME_SOURCES ?? '').split(',').flatMap((each) => each.trim() || []);
  for (const each of given) {
    if (isPlainAddress(each)) continue;
    throw badSetting(
      `KAIBIAO_TIME_SOURCES 应为以逗号分隔的网址（https://…）：${addressTold(each)}`,
      `KAIBIAO_TIME_SOURCES must be addresses (https://…) with commas between: ${addressTold(each)}`,
    );
  }
  return given.length > 0 ? given : witnesses.map((witness) => `${witness}/head`);
}

/** How far a clock is ahead of a source, and how exactly that is known (ms). @throws where it gives no time */
async function offsetFrom(source: TimeSource, clock: () => number): Promise<{ offsetMs: number; withinMs: number }> {
  const [sentAt, began] = [clock(), performance.now()];
  const response = await fetch(source, { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT_MS) });
  const took = performance.now() - began;
  await response.body?.cancel();
  // What a cache kept has an old Date.
  const shown = Date.parse(response.headers.get('date') ?? '') + 1000 * Number(response.headers.get('age') ?? 0);
  if (Number.isNaN(shown)) throw new Error(`${source} answers without a Date`);
  return { offsetMs: sentAt + took / 2 - (shown + WITHIN_MS), withinMs: WITHIN_MS + took / 2 };
}

/**
 * By how much a clock is ahead of most of the sources that answer, at the least (ms; below 0 where it is not): of several
 * one that is behind itself cannot stop the platform.
 */
export async function aheadOfMost(
  sources: readonly TimeSource[],
  clock: () => number,
): Promise<{ readonly aheadMs: number; readonly offsetMs: number; readonly answered: number }> {
  const asked = await Promise.allSettled(sources.map((source) => offsetFrom(source, clock)));
  const found = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (found.length === 0) return { aheadMs: -Infinity, offsetMs: 0, answered: 0 };
  // More than half of them say at least so much.
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? 0;
  return {
    aheadMs: middle(found.map(({ offsetMs, withinMs }) => offsetMs - withinMs)),
    offsetMs: middle(found.map(({ offsetMs }) => offsetMs)),
    answered: found.length,
  };
}
