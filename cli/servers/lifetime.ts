/**
 * Resolves at the first SIGINT or SIGTERM, or when the process that started this one has ended. The channel to that
 * process is then let go, since it would keep this one alive.
 */
export async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    if (process.channel) process.once('disconnect', () => resolve());
  });
  if (process.connected) process.disconnect();
}

/** Ends this process, with code 1, if it has not ended of itself after so long (ms): one that hangs must not stay. */
export function endWithin(ms: number, onOverdue: () => void): void {
  setTimeout(() => {
    onOverdue();
    process.exit(1);
  }, ms).unref();
}
