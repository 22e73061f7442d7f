import { formatInstant } from '../../domain/civil-time.ts';
import { yuan } from '../../domain/law/catalogue.ts';
import { SEARCHED } from '../parts/party-field.tsx';
import type { FormField } from './form-fields.ts';

// What was typed, as a request has it; and what is stored, as it is typed. What cannot be read stays as it was typed, and the API says why.

/** The texts of a form, by the paths of their fields. */
export type Typed = ReadonlyMap<string, readonly string[]>;

/** @param form as Express parses it: a field that came several times is a list */
export const typedOf = (form: unknown): Typed =>
  new Map(
    Object.entries((form ?? {}) as Record<string, string | string[]>).map(([name, value]) => [
      name,
      Array.isArray(value) ? value : [value],
    ]),
  );

export const at = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** How many rows of a list were sent. */
export function rowsIn(typed: Typed, path: string): number {
  let most = 0;
  for (const name of typed.keys()) {
    if (!name.startsWith(`${path}[`)) continue;
    most = Math.max(most, Number.parseInt(name.slice(path.length + 1), 10) + 1);
  }
  return most;
}

const last = (typed: Typed, name: string): string => (typed.get(name)?.at(-1) ?? '').trim();

/** The value of a field; undefined: nothing was given. */
export function valueIn(field: FormField, typed: Typed, path: string): unknown {
  switch (field.kind) {
    case 'object': {
      const entries = field.fields.map((each) => [each.key, valueIn(each, typed, at(path, each.key))] as const);
      const given = entries.filter(([, value]) => value !== undefined);
      // What may be left out, and has nothing in it but boxes that were not ticked, was left out.
      if (!field.wanted && given.every(([, value]) => value === false || value === null)) return undefined;
      if (field.nullable && path !== '' && given.length === 0) return null;
      return Object.fromEntries(given);
    }
    case 'list': {
      const rows = Array.from({ length: rowsIn(typed, path) }, (_, index) =>
        valueIn({ ...field, kind: 'object', wanted: false }, typed, `${path}[${index}]`),
      ).filter((row) => row !== undefined);
      return rows.length > 0 || field.wanted ? rows : undefined;
    }
    case 'choices': {
      const values = (typed.get(path) ?? []).filter((value) => value !== '');
      if (values.length === 0) return field.wanted ? (field.nullable ? null : []) : undefined;
      return values.map((value) => (field.numeric ? Number(value) : value));
    }
    case 'lines': {
      // One text of lines, or a box for each.
      const lines = (typed.get(path) ?? [])
        .join('\n')
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '');
      return lines.length > 0 || field.wanted
        ? lines.map((line) => (field.numeric ? numberOf(line) : line))
        : undefined;
    }
    case 'secret': {
      const text = typed.get(path)?.at(-1) ?? '';
      return text === '' ? undefined : text;
    }
    default: {
      const text = last(typed, path);
      return text === '' ? (field.wanted && field.nullable ? null : undefined) : scalar(field, text);
    }
  }
}

function scalar(field: FormField, text: string): unknown {
  switch (field.kind) {
    case 'money':
      return fenOf(text);
    case 'number':
      return numberOf(text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'choice':
      if (text === 'true' || text === 'false')
        return field.choices.some(({ value }) => value === text) ? text === 'true' : text;
      return field.numeric ? numberOf(text) : text;
    case 'instant':
      return instantOf(text);
    case 'json':
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
    default:
      return text;
  }
}

const numberOf = (text: string): number | string => {
  const plain = text.replaceAll(/[,，\s]/g, '');
  return /^-?\d{1,15}(\.\d{1,6})?$/.test(plain) ? Number(plain) : text;
};

/** Yuan, or 万元 where it says so: `1,250,000.00`, `125万元`. */
export function fenOf(text: string): number | string {
  const [, whole, decimals = '', wan] =
    /^(\d{1,13})(?:\.(\d{1,6}))?(万)?元?$/.exec(text.replaceAll(/[,，\s]/g, '')) ?? [];
  if (whole === undefined) return text;
  const places = wan ? 6 : 2;
  const rest = decimals.replace(/0+$/, '');
  if (rest.length > places) return text;
  const fen = Number(whole + rest.padEnd(places, '0'));
  return Number.isSafeInteger(fen) ? fen : text;
}

/** `2026-04-27T09:00`, in UTC+8. */
export const instantOf = (text: string): string =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)
    ? `${text}:00+08:00`
    : /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(text)
      ? `${text}+08:00`
      : text;

/** What a stored value is as it is typed, by the paths of its fields. */
export function typedFrom(
  field: FormField,
  value: unknown,
  path = '',
  into = new Map<string, readonly string[]>(),
): Map<string, readonly string[]> {
  if (value === null || value === undefined) return into;
  switch (field.kind) {
    case 'object':
      for (const each of field.fields)
        typedFrom(each, (value as Record<string, unknown>)[each.key], at(path, each.key), into);
      return into;
    case 'list':
      for (const [index, row] of (value as unknown[]).entries())
        typedFrom({ ...field, kind: 'object' }, row, `${path}[${index}]`, into);
      return into;
    case 'choices':
      return into.set(path, (value as string[]).map(String));
    case 'lines':
      return into.set(path, [(value as string[]).map(String).join('\n')]);
    case 'money':
      return into.set(path, [yuan(value as number)]);
    case 'instant':
      return into.set(path, [formatInstant(Date.parse(value as string)).slice(0, 16)]);
    case 'json':
      return into.set(path, [JSON.stringify(value, null, 2)]);
    default:
      return into.set(path, [typeof value === 'string' ? value : JSON.stringify(value)]);
  }
}

/** A form that is shown again and not sent: rows were added to a list or taken from it (`_add`, `_remove`), or a name was looked for (`_find`). */
export function withRows(typed: Typed): Typed | null {
  if (typed.has('_find')) return typed;
  const add = typed.get('_add')?.at(-1);
  const remove = typed.get('_remove')?.at(-1);
  if (add !== undefined) return new Map([...typed, [`${add}[${rowsIn(typed, add)}].`, ['']]]);
  const [, list, nth] = /^(.*)\[(\d+)\]$/.exec(remove ?? '') ?? [];
  if (list === undefined) return null;
  const from = Number(nth);
  const moved = [...typed].flatMap(([name, values]): [string, readonly string[]][] => {
    // What was looked for goes along with its row.
    const [mark, path] = name.startsWith(SEARCHED) ? [SEARCHED, name.slice(SEARCHED.length)] : ['', name];
    if (!path.startsWith(`${list}[`)) return [[name, values]];
    const index = Number.parseInt(path.slice(list.length + 1), 10);
    if (index === from) return [];
    const rest = path.slice(path.indexOf(']', list.length) + 1);
    return [[`${mark}${list}[${index > from ? index - 1 : index}]${rest}`, values]];
  });
  return new Map(moved);
}
