/** How often what is shown is brought up to date (ms). */
const EVERY_MS = 1_000;

/**
 * Counts down to the instants of `<time data-countdown>` by the server's clock: the page says what that showed when it
 * was sent, and in a drill how fast it goes.
 */
export function countDown(): void {
  const shown = [...document.querySelectorAll<HTMLTimeElement>('time[data-countdown]')];
  const server = Number(document.documentElement.dataset['now']);
  if (shown.length === 0 || !Number.isFinite(server)) return;
  const [sent, pace] = [Date.now(), Number(document.documentElement.dataset['pace'] ?? 1)];
  const english = document.documentElement.lang === 'en';
  const show = (): void => {
    const now = server + (Date.now() - sent) * pace;
    for (const time of shown) {
      const place = time.querySelector('.left');
      if (place) place.textContent = leftText(Date.parse(time.dateTime) - now, english);
    }
  };
  show();
  setInterval(show, EVERY_MS);
}

/** @param ms until then; negative: since then */
export function leftText(ms: number, english: boolean): string {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const parts: readonly (readonly [number, string, string])[] = [
    [days, '天', ' d'],
    [hours, '小时', ' h'],
    [minutes, '分', ' min'],
    [seconds % 60, '秒', ' s'],
  ];
  const from = parts.findIndex(([amount]) => amount > 0);
  const text = parts
    .slice(from < 0 ? 3 : from, days > 0 ? 3 : 4)
    .map(([amount, zh, en]) => `${amount}${english ? en : zh}`)
    .join(english ? ' ' : '');
  if (english) return ms < 0 ? `${text} ago` : `in ${text}`;
  return ms < 0 ? `已过${text}` : `还有${text}`;
}
