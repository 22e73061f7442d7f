/** The value below which `share` (0 to 1) of the values lie; nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const rounded = (value: number, digits = 0): number => Number(value.toFixed(digits));

/** Calls `one` for 0 … n-1, by this many concurrent callers; each continues when its call has returned. */
export async function byCallers(
  n: number,
  callers: number,
  one: (index: number) => Promise<void>,
): Promise<{ ms: number }> {
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(callers, n) }, async () => {
      for (let index = next++; index < n; index = next++) await one(index);
    }),
  );
  return { ms: performance.now() - startedAt };
}

/** Which of the two goes first in a round: alternating, so that neither always has the quieter or fresher disk. */
export const inTurn = <T>(round: number, pair: readonly [T, T]): readonly [T, T] =>
  round % 2 === 0 ? pair : [pair[1], pair[0]];
