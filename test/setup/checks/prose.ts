import { DomainError } from '../../../domain/errors.ts';

/** Machines read these: an instant of ISO 8601, and milliseconds. */
const FOR_MACHINES = /\d{4}-\d{2}-\d{2}T\d{2}|\d ?ms\b|毫秒/;

/** What was typed is quoted as it was typed, and a format is shown by an example of it. */
const QUOTED = /「[^」]*」|“[^”]*”|"[^"]*"|(?:如|such as|as) \d{4}-\d{2}-\d{2}T\S*/g;

/** Fields that people read; all others of an answer are for machines. */
const PROSE = /(?:Zh|En)$|^(?:zh|en|title|detail|why|what|message)$/;

export const forMachines = (text: string): boolean => FOR_MACHINES.test(text.replace(QUOTED, ''));

/** Every text for people in a value that has an instant for machines, or milliseconds. */
export function unreadable(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return PROSE.test(key) && forMachines(value) ? [`${key}: ${value}`] : [];
  if (Array.isArray(value)) return value.flatMap((each) => unreadable(each, key));
  if (value instanceof DomainError) return unreadable({ ...value });
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => unreadable(each, name));
}
