import { readFile, stat } from 'node:fs/promises';
import type { PublicJwk } from '../proofs/signing.ts';
import { CommandFailure } from './settings/failure.ts';
import { shownLine } from './shown.ts';

// A file that somebody hands over to be checked: it may be anything, and is read no farther than one of its kind is long.

/** Of keys, and of a receipt with its proof: these have some kilobytes. */
export const MOST_SMALL_BYTES = 1024 * 1024;

/** @throws CommandFailure `file` (exit code 2) where it cannot be read, or is no JSON */
export async function foreignJson(file: string, mostBytes = MOST_SMALL_BYTES): Promise<unknown> {
  try {
    if ((await stat(file)).size > mostBytes) throw new SyntaxError('too long');
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw unfit(file, '不是所需的 JSON', 'is not the JSON that is wanted');
    throw unreadable(file, error);
  }
}

/** The keys of a file that its reader trusts; null: none is given. @throws CommandFailure `file` */
export const pinnedKeys = async (keys: string | undefined): Promise<PublicJwk[] | null> =>
  keys === undefined ? null : keysOf(await foreignJson(keys), keys);

/** @throws CommandFailure `file` */
export function keysOf(json: unknown, file: string): PublicJwk[] {
  const { keys } = (json ?? {}) as { keys?: unknown };
  if (Array.isArray(keys) && keys.length > 0) return keys as PublicJwk[];
  throw unfit(
    file,
    '没有公钥；请用 --keys 指定 /.well-known/jwks.json 的副本',
    'contains no keys; give a copy of /.well-known/jwks.json with --keys',
  );
}

export const unfit = (file: string, zh: string, en: string): CommandFailure =>
  new CommandFailure('file', { zh: shownLine(`${file}：${zh}`), en: shownLine(`${file}: ${en}`) }, { exitCode: 2 });

export function unreadable(file: string, error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
  return unfit(file, `无法读取（${code}）`, `cannot be read (${code})`);
}
