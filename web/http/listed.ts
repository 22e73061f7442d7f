import type { Problem } from '../../api/http/problems.ts';
import type { PageContext } from './page.ts';

/** A page of a list of the API. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** Cursor of the next page. */
  readonly next: string | null;
  readonly problem: Problem | null;
  readonly status: number;
}

/** An address with those of the values that are not empty. */
export function addressWith(
  path: string,
  values: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== '' && value !== null && value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

export async function listed<T>(
  { ask }: Pick<PageContext, 'ask'>,
  path: string,
  values: Readonly<Record<string, string | number | null | undefined>> = {},
): Promise<Listed<T>> {
  const { body, problem, status } = await ask({ method: 'get', path: addressWith(path, values) });
  const { items = [], next = null } = (problem ? {} : (body ?? {})) as { items?: T[]; next?: string | null };
  return { items, next, problem, status };
}

/** What was typed into some fields of a query, at most so long. */
export const typedIn = <Name extends string>(
  { query }: Pick<PageContext, 'query'>,
  names: readonly Name[],
): Readonly<Record<Name, string>> =>
  Object.fromEntries(names.map((name) => [name, query(name).trim().slice(0, 200)])) as Record<Name, string>;
