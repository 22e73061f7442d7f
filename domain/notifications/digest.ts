import { civilDayOf, HOUR_MS, type CivilDay } from '../civil-time.ts';

/** The hour of the civil day at which the digest (每日摘要) goes out. */
export const DIGEST_HOUR = 8;

/** What a digest is queued as: one a day. */
export const digestSource = (day: CivilDay): string => `digest/${day}`;

/** The last day whose digest is due at a civil instant (epoch ms): after an outage one comes, not one for each day. */
export const digestDayAt = (now: number): CivilDay => civilDayOf(now - DIGEST_HOUR * HOUR_MS);
