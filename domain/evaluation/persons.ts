import { nameKey, noteOf } from '../persons.ts';

/** 县医院: a note that is shorter names no employer. */
const SHORTEST_EMPLOYER = 3;

/** Whether two names of a committee are of one person; two persons of one name are told apart by their employers, in brackets. */
export function nearlySame(a: string, b: string): boolean {
  if (nameKey(a) !== nameKey(b)) return false;
  const [one, other] = [noteOf(a), noteOf(b)];
  return one === other || Math.min(one.length, other.length) < SHORTEST_EMPLOYER;
}
