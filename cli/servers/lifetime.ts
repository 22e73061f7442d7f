/**
 * Resolves at the first SIGINT or SIGTERM, or when the parent process has ended. The channel to the parent no longer
 * keeps this process alive then; it stays open, since a process on a shared port ends when it is closed.
 */
export async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    if (process.channel) process.once('disconnect', () => resolve());
  });
  process.channel?.unref();
}

/** Ends this process with code 1 if it has not ended by itself after this time (ms): it must not hang. */
export function endWithin(ms: number, onOverdue: () => void): void {
  setTimeout(() => {
    onOverdue();
    process.exit(1);
  }, ms).unref();
}
