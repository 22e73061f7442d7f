import { randomInt } from 'node:crypto';

/** Only letters and digits that cannot be confused: it is read aloud and typed. */
const LEGIBLE = 'abcdefghjkmnpqrstuvwxyz23456789';

/** How long it may be used, once. */
export const ONE_TIME_HOURS = 72;

/** About 99 bits, in groups that a person can type. */
export function oneTimePassword(): string {
  return Array.from({ length: 4 }, () =>
    Array.from({ length: 5 }, () => LEGIBLE[randomInt(LEGIBLE.length)]).join(''),
  ).join('-');
}

/** On the machine's clock: a drill must not shorten it to seconds. */
export const oneTimeUntil = (realNowMs: number): number => realNowMs + ONE_TIME_HOURS * 3_600_000;
