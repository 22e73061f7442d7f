/**
 * A draw: `committing` until each party has bound itself to its part of the seed, or the time for it is over; `revealing`:
 * the parts are handed in; `calling`: those drawn are called, until every seat is confirmed; `formed`; `ended` with the result
 * of the lot, or with the lot; `void`: it gave no committee, or one that could not be completed, and another may be opened.
 */
export const DRAW_STATES = ['committing', 'revealing', 'calling', 'formed', 'ended', 'void'] as const;
export type DrawState = (typeof DRAW_STATES)[number];

/** Those in which it is carried on by its workflow. */
export const UNSETTLED_DRAWS: readonly DrawState[] = ['committing', 'revealing', 'calling'];

/** Those in which nothing more happens to it. */
export const isOver = (state: DrawState): boolean => state === 'ended' || state === 'void';

/** Why a member does not serve, or serves no longer: 回避, 擅离职守, 健康等原因 (招标投标法实施条例 48); `other`: declined without being bound. */
export const DEPARTURES = ['recusal', 'absence', 'health', 'other'] as const;
export type Departure = (typeof DEPARTURES)[number];

/** Of one that has confirmed: a member is not replaced for another reason. */
export const REPLACEMENT_GROUNDS = ['recusal', 'absence', 'health'] as const;
export type ReplacementGround = (typeof REPLACEMENT_GROUNDS)[number];
