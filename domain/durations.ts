import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './civil-time.ts';

const DURATION_UNITS = [
  { ms: DAY_MS, zh: '天', en: 'day' },
  { ms: HOUR_MS, zh: '小时', en: 'hour' },
  { ms: MINUTE_MS, zh: '分钟', en: 'minute' },
] as const;

/** The whole units in it, and the seconds that are left, in tenths. */
function durationParts(ms: number): { readonly n: number; readonly zh: string; readonly en: string }[] {
  let left = Math.round(Math.abs(ms) / 100) * 100;
  const parts = DURATION_UNITS.map(({ ms: unit, zh, en }) => {
    const n = Math.floor(left / unit);
    left -= n * unit;
    return { n, zh, en };
  }).filter(({ n }) => n > 0);
  return left > 0 || parts.length === 0 ? [...parts, { n: left / SECOND_MS, zh: '秒', en: 'second' }] : parts;
}

/** `1 天 2 小时 30 分钟`; what is shorter than a minute in seconds. */
export const durationZh = (ms: number): string =>
  durationParts(ms)
    .map(({ n, zh }) => `${n} ${zh}`)
    .join(' ');

/** `1 day 2 hours 30 minutes`. */
export const durationEn = (ms: number): string =>
  durationParts(ms)
    .map(({ n, en }) => `${n} ${en}${n === 1 ? '' : 's'}`)
    .join(' ');
