/** How often npm is looked for that has started us (ms). */
const LOOK_FOR_NPM_MS = 500;

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP (the terminal is closed), or when the parent process has ended. The
 * channel to the parent no longer keeps this process alive then; it stays open, since a process on a shared port ends
 * when it is closed.
 */
export async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    if (process.channel) process.once('disconnect', () => resolve());
    // npm that is killed forwards nothing.
    else if (process.env.npm_lifecycle_event !== undefined) {
      const npm = process.ppid;
      setInterval(() => process.ppid !== npm && resolve(), LOOK_FOR_NPM_MS).unref();
    }
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
