import { VALUE_LABELS, type Labels } from './labels.ts';
import { FIELD_NAMES, SECRET_FIELDS, type FieldName } from './names.ts';

/** Steps to a field: `['lots', 1, 'budgetFen']`. */
export type FieldPath = readonly (string | number)[];

/** `lots[1].budgetFen`: as requests, violations and corrections name a field. */
export const pathText = (path: FieldPath): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');

/** Of `lots[1].budgetFen`, also written `lots.1.budgetFen`. */
export const pathOf = (text: string): FieldPath =>
  text
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .map((step) => (/^\d{1,9}$/.test(step) ? Number(step) : step));

/** Places in the API, the nearest first: a name of the nearest one is preferred. */
export type Places = readonly string[];

/** Of `/deposits/{depositId}/refund`: `deposits/refund`, `refund`, `deposits`. */
export function placesOf(address: string): Places {
  const parts = address.split('/').filter((part) => part !== '' && !part.startsWith('{'));
  return parts
    .flatMap((part, index) => [...(index > 0 ? [`${parts[index - 1]}/${part}`] : []), part].reverse())
    .reverse();
}

function found<T>(table: Readonly<Record<string, T>>, path: FieldPath, places: Places): T | undefined {
  const keys = path.filter((step) => typeof step === 'string');
  for (let from = 0; from < keys.length; from += 1) {
    const end = keys.slice(from).join('.');
    for (const key of [...places.map((place) => `${place}/${end}`), end])
      if (Object.hasOwn(table, key)) return table[key];
  }
  return undefined;
}

/** What a field is called, without the places in lists; undefined for one that nobody named. */
export const nameOf = (path: FieldPath, places: Places = []): FieldName | undefined => found(FIELD_NAMES, path, places);

/** What its values are called in Chinese. */
export const labelsOf = (path: FieldPath, places: Places = []): Labels | undefined => found(VALUE_LABELS, path, places);

/** What a value of a field is called in a Chinese sentence; of one that nobody named, itself. */
export const wordFor = (field: string, value: string, places: Places = []): string =>
  labelsOf([field], places)?.[value] ?? value;

/** Whether its value may be repeated to nobody. */
export const isSecret = (path: FieldPath): boolean =>
  path.some((step) => typeof step === 'string' && SECRET_FIELDS.has(step));

/** `第2个标段的预算金额`: what a field is called, with its place in lists; null for one that nobody named. */
export function placedName(path: FieldPath, places: Places = []): FieldName | null {
  const own = nameOf(path, places);
  if (!own) return null;
  const lists = path.flatMap((step, index): [FieldName, number][] => {
    if (typeof step !== 'number') return [];
    const list = nameOf(path.slice(0, index), places);
    return list ? [[list, step + 1]] : [];
  });
  const isElement = typeof path.at(-1) === 'number';
  const zh = lists.map(([list, nth]) => `第${nth}个${list[0]}`);
  const en = lists.map(([list, nth]) => `no. ${nth} of ${list[1]}`).reverse();
  return isElement ? [zh.join('的'), en.join(', ')] : [[...zh, own[0]].join('的'), [own[1], ...en].join(', ')];
}

/** `第2个标段的预算金额（lots[1].budgetFen）`; of a field that nobody named, its path. */
export function saidField(text: string, places: Places = []): { readonly zh: string; readonly en: string } {
  const name = placedName(pathOf(text), places);
  return name ? { zh: `${name[0]}（${text}）`, en: `${name[1]} (${text})` } : { zh: text, en: text };
}
