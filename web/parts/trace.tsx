import { useView } from './view.ts';

const MESSAGES = {
  zh: {
    counted: '逐日计算',
    nth: (n: number) => `第 ${n} 日`,
    notCounted: '不计入',
    assumed: '（尚无放假通知，按规定推定）',
    weekdays: { Mon: '周一', Tue: '周二', Wed: '周三', Thu: '周四', Fri: '周五', Sat: '周六', Sun: '周日' },
    why: { 'start-day': '起算当日', weekend: '周末', 'make-up workday': '调休上班', suspended: '暂停期间' },
    rest: (name: string) => `放假：${name}`,
    roll: (rule: string) => `期限顺延（${rule}）`,
  },
  en: {
    counted: 'Counted day by day',
    nth: (n: number) => `day ${n}`,
    notCounted: 'not counted',
    assumed: ' (no holiday notice yet: assumed by the rules)',
    weekdays: { Mon: 'Mon', Tue: 'Tue', Wed: 'Wed', Thu: 'Thu', Fri: 'Fri', Sat: 'Sat', Sun: 'Sun' },
    why: {
      'start-day': 'the day of the event',
      weekend: 'weekend',
      'make-up workday': 'make-up workday',
      suspended: 'suspended',
    },
    rest: (name: string) => `holiday: ${name}`,
    roll: (rule: string) => `moved on (${rule})`,
  },
};

interface Entry {
  readonly day?: unknown;
  readonly weekday?: unknown;
  readonly counted?: unknown;
  readonly n?: unknown;
  readonly why?: unknown;
  readonly assumed?: unknown;
}

/** How a period was counted, each day in words. */
export function Trace({ trace }: { readonly trace: readonly Entry[] }) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  if (trace.length === 0) return null;
  const whyText = (why: string): string => {
    const words: Readonly<Record<string, string>> = t.why;
    const [, kind, name = ''] = /^(rest|roll): (.*)$/.exec(why) ?? [];
    if (kind === 'rest') return t.rest(name);
    if (kind === 'roll') return t.roll(name);
    return words[why] ?? why;
  };
  const weekdays: Readonly<Record<string, string>> = t.weekdays;
  return (
    <details>
      <summary>{t.counted}</summary>
      <ol class="plain small trace">
        {trace.map(({ day, weekday, counted, n, why, assumed }) => (
          <li class={counted === true ? undefined : 'soft'}>
            {String(day)} {weekdays[String(weekday)] ?? ''}{' '}
            {counted === true ? (typeof n === 'number' ? t.nth(n) : '') : t.notCounted}
            {typeof why === 'string' ? ` · ${whyText(why)}` : ''}
            {assumed === true ? t.assumed : ''}
          </li>
        ))}
      </ol>
    </details>
  );
}
