import { randomInt } from 'node:crypto';

/** Only letters and digits that cannot be confused: it is read aloud and typed. */
const LEGIBLE = 'abcdefghjkmnpqrstuvwxyz23456789';

/** About 99 bits, in groups that a person can type. */
export function oneTimePassword(): string {
  return Array.from({ length: 4 }, () =>
    Array.from({ length: 5 }, () => LEGIBLE[randomInt(LEGIBLE.length)]).join(''),
  ).join('-');
}
