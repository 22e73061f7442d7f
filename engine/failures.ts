/** gRPC codes that are unrelated to the request: the server is unreachable or overloaded. */
const UNREACHABLE: readonly number[] = [
  1 /* cancelled */, 4 /* deadline exceeded */, 8 /* exhausted */, 14 /* unavailable */,
];

/** Whether Temporal was unreachable, by an error of its client or one that such an error wraps. */
export function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.includes(codeOf(error) ?? -1);
}

function codeOf(error: unknown): number | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'number') return code;
  return cause === undefined ? undefined : codeOf(cause);
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
