/**
 * Resolves at the first SIGINT or SIGTERM, or when the process that started this one has ended. The channel to that
 * process no longer keeps this one alive then; it stays open, since a process on a shared port ends when it is closed.
 */
export async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    if (process.channel) process.once('disconnect', () => resolve());
  });
  process.channel?.unref();
}

/** Ends this process, with code 1, if it has not ended of itself after so long (ms): one that hangs must not stay. */
export function endWithin(ms: number, onOverdue: () => void): void {
  setTimeout(() => {
    onOverdue();
    process.exit(1);
  }, ms).unref();
}
