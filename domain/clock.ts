/**
 * The installation's civil clock. In use it is the machine's own; in drill mode (演练) a civil day lasts
 * `msPerDay` real milliseconds, so that a tender of two months is played in a minute.
 */
export type ClockSetting =
  | { readonly mode: 'real' }
  | {
      readonly mode: 'drill';
      /** Civil instant (epoch ms) at which the drill began. */
      readonly civilStartMs: number;
      /** Real instant (epoch ms) at which the drill began. */
      readonly realStartMs: number;
      /** Real milliseconds that one civil day lasts. */
      readonly msPerDay: number;
    };

const DAY_MS = 86_400_000;

/** Civil instant (epoch ms) shown by the clock at a real instant (epoch ms). */
export function civilAt(clock: ClockSetting, realMs: number): number {
  if (clock.mode === 'real') return realMs;
  return clock.civilStartMs + Math.floor(((realMs - clock.realStartMs) * DAY_MS) / clock.msPerDay);
}

/** First real instant (epoch ms) at which the clock shows `civilMs` or later. */
export function realAt(clock: ClockSetting, civilMs: number): number {
  if (clock.mode === 'real') return civilMs;
  return clock.realStartMs + Math.ceil(((civilMs - clock.civilStartMs) * clock.msPerDay) / DAY_MS);
}
