import type { PageContext } from '../http/page.ts';
import type { FormField } from './form-fields.ts';
import { SEARCHED } from '../parts/party-field.tsx';
import { typedFrom, type Typed } from './form-values.ts';
import { PARTY_KEYS } from './options.ts';

/** What an act changes, and the read that has its present values: a form that begins empty would take them away. */
const STORED: readonly (readonly [act: RegExp, read: string, fields: readonly string[]])[] = [
  [/^put (\/organisations\/[^/]+)\/standing$/, '$1', ['identity', 'duties', 'reportsTo']],
  [/^post (\/organisations\/[^/]+)\/corrections$/, '$1', ['name', 'creditCode']],
];

/** The present values of what an act changes, as they are typed; nothing where it changes none. */
export async function storedValues(
  { ask }: Pick<PageContext, 'ask'>,
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: FormField | null },
): Promise<Typed> {
  const act = `${method} ${path}`;
  const found = STORED.find(([pattern]) => pattern.test(act));
  if (!found || !body) return new Map();
  const told = await ask({ method: 'get', path: act.replace(found[0], found[1]) });
  if (told.problem) return new Map();
  const typed = typedFrom({ ...body, fields: body.fields.filter(({ key }) => found[2].includes(key)) }, told.body);
  for (const key of PARTY_KEYS) {
    const [id] = typed.get(key) ?? [];
    if (id === undefined) continue;
    // Its name stands in the box beside the field, as if it had been looked for.
    const party = await ask({ method: 'get', path: `/organisations/${id}` });
    if (!party.problem) typed.set(`${SEARCHED}${key}`, [(party.body as { creditCode: string }).creditCode]);
  }
  return typed;
}
