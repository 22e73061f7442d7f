/** Resolves at the first SIGINT or SIGTERM, or when the process that started this one has ended. */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
    if (process.channel) process.once('disconnect', () => resolve('parent gone'));
  });
}
