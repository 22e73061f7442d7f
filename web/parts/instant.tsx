import { civilDayOf, formatDay, formatInstant, formatMinute, WEEKDAYS, weekdayOf } from '../../domain/civil-time.ts';
import type { Lang } from '../http/language.ts';
import { useView } from './view.ts';

const WEEKDAYS_ZH = ['一', '二', '三', '四', '五', '六', '日'];

const weekdayText = (ms: number, lang: Lang): string => {
  const name = weekdayOf(civilDayOf(ms));
  return lang === 'zh' ? `周${WEEKDAYS_ZH[WEEKDAYS.indexOf(name)]}` : name;
};

/** `2026-04-27 周一 09:00 (UTC+8)`: absolute, with its weekday. @param ms instant, epoch ms */
export function instantText(ms: number, lang: Lang): string {
  const [day, minute] = formatMinute(ms).split(' ');
  return `${day} ${weekdayText(ms, lang)} ${minute} (UTC+8)`;
}

/** `2026-04-27 周一`. */
export const dayText = (ms: number, lang: Lang): string => `${formatDay(civilDayOf(ms))} ${weekdayText(ms, lang)}`;

/** `还有 3 天`, `in 3 days`; the server says it once, and the script of the page counts on. */
function relativeText(ms: number, now: number, lang: Lang): string {
  const away = Math.abs(ms - now);
  const [amount, zh, en] =
    away >= 86_400_000
      ? [Math.floor(away / 86_400_000), '天', 'days']
      : away >= 3_600_000
        ? [Math.floor(away / 3_600_000), '小时', 'hours']
        : [Math.floor(away / 60_000), '分钟', 'minutes'];
  const english = `${amount} ${amount === 1 ? en.slice(0, -1) : en}`;
  if (lang === 'en') return ms < now ? `${english} ago` : `in ${english}`;
  return ms < now ? `${amount}${zh}前` : `还有${amount}${zh}`;
}

/**
 * An instant as people read it: absolute, with weekday and offset; beside it how long until then.
 * @param at epoch ms, or an ISO instant of the API
 */
export function Instant({
  at,
  countdown = false,
  bare = false,
}: {
  readonly at: number | string;
  readonly countdown?: boolean;
  /** Without how far away it is. */
  readonly bare?: boolean;
}) {
  const { lang, now } = useView();
  const ms = typeof at === 'number' ? at : Date.parse(at);
  return (
    <time datetime={formatInstant(ms)} data-countdown={countdown ? '' : undefined}>
      {instantText(ms, lang)}
      {bare ? null : (
        <span class="soft small left-box">
          {' '}
          <span class="left">{relativeText(ms, now, lang)}</span>
        </span>
      )}
    </time>
  );
}
