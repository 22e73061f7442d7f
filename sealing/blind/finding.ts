import { folded } from './text.ts';

export type IdentifyingKind = 'name' | 'property' | 'font' | 'unreadable';

export interface Identifying {
  readonly kind: IdentifyingKind;
  /** Where in the file, such as `docProps/core.xml` or `PDF Info`. */
  readonly place: string;
  /** What is there. */
  readonly value: string;
  readonly zh: string;
  readonly en: string;
}

/** The most that is unpacked of one file, in bytes. */
export const MOST_UNPACKED = 256 * 1024 * 1024;
const MOST_SHOWN = 60;

export function namesIn(place: string, text: string, names: readonly string[]): Identifying[] {
  const within = folded(text);
  return names.flatMap((name) =>
    folded(name) !== '' && within.includes(folded(name))
      ? [{ kind: 'name', place, value: name, zh: `写有“${name}”`, en: `it says "${name}"` } as const]
      : [],
  );
}

export function property(place: string, field: string, given: string): Identifying[] {
  const value = given
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MOST_SHOWN);
  if (value === '') return [];
  return [
    {
      kind: 'property',
      place,
      value: `${field}: ${value}`,
      zh: `属性 ${field} 为“${value}”`,
      en: `the property ${field} is "${value}"`,
    },
  ];
}

export const unreadable = (place: string, zh: string, en: string): Identifying => ({
  ...{ kind: 'unreadable', place, value: en },
  ...{ zh: `无法检查：${zh}`, en: `it cannot be inspected: ${en}` },
});
