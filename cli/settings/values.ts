import { badSetting } from './failure.ts';

// Readers of settings, separate from their subjects: a process that needs one of them loads no more.

/** Over HTTP, and without a user and a password, which would be told wherever the address is. */
export function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** An address as it is told: what stands before its host may be a password. */
export const addressTold = (text: string): string => text.replace(/\/\/[^/\s]*@/g, '//…@').replace(/^[^/\s]*@/, '…@');

export function oneOf<T extends string>(env: NodeJS.ProcessEnv, name: string, values: readonly [T, ...T[]]): T {
  const text = env[name];
  if (!text) return values[0];
  const value = values.find((each) => each === text);
  if (value !== undefined) return value;
  throw badSetting(`${name} 应为 ${values.join(' 或 ')}：${text}`, `${name} must be ${values.join(' or ')}: ${text}`);
}

/** Log level; pino's own levels. */
export function logLevel(env: NodeJS.ProcessEnv = process.env): string {
  return oneOf(env, 'KAIBIAO_LOG_LEVEL', ['info', 'trace', 'debug', 'warn', 'error', 'fatal', 'silent']);
}

/** What reads the log: a person where it goes to a terminal, else a program. */
export function logFormat(env: NodeJS.ProcessEnv = process.env): 'json' | 'pretty' {
  const format = oneOf(env, 'KAIBIAO_LOG_FORMAT', ['auto', 'json', 'pretty']);
  return format === 'auto' ? (process.stdout.isTTY ? 'pretty' : 'json') : format;
}

export function whole(env: NodeJS.ProcessEnv, name: string, fallback: number, least: number): number {
  const text = env[name];
  if (!text) return fallback;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw badSetting(
    `${name} 应为不小于 ${least} 的整数：${text}`,
    `${name} must be a whole number of at least ${least}: ${text}`,
  );
}
