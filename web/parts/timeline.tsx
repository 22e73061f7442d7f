import { scaleTime } from 'd3-scale';
import { DAY_MS, formatDay, civilDayOf } from '../../domain/civil-time.ts';
import type { milestoneSchema } from '../../api/law/views.ts';
import type * as z from 'zod';
import { Instant } from './instant.tsx';
import { useView } from './view.ts';

export type Milestone = z.infer<typeof milestoneSchema>;

const MESSAGES = {
  zh: {
    title: '法定时间轴',
    now: '现在',
    states: {
      planned: '计划',
      window: '进行中',
      suspended: '暂停',
      done: '已完成',
      deemed: '视为完成',
      cancelled: '取消',
    },
    overdue: '已逾期',
    provisional: '暂定：涉及尚未公布的放假安排',
    nobody: '如无人办理：',
    rule: '依据',
    counted: '逐日计算',
    from: '起算',
    actual: '实际',
    lot: (no: number) => `第${no}标段（包）`,
    article: (law: string, article: string) => `《${law}》第${article}条`,
    due: '法定时间',
    paused: '暂停中，期限不计算',
  },
  en: {
    title: 'Legal timeline',
    now: 'now',
    states: {
      planned: 'planned',
      window: 'running',
      suspended: 'suspended',
      done: 'done',
      deemed: 'deemed done',
      cancelled: 'cancelled',
    },
    overdue: 'overdue',
    provisional: 'provisional: depends on a holiday notice that is not out',
    nobody: 'If nobody acts: ',
    rule: 'The rule',
    counted: 'Counted day by day',
    from: 'from',
    actual: 'in fact',
    lot: (no: number) => `lot ${no}`,
    article: (law: string, article: string) => `${law}, article ${article}`,
    due: 'due',
    paused: 'suspended: the clock does not run',
  },
};

const WIDTH = 900;
const ROW = 26;
const LEFT = 230;
const TOP = 26;

const instantOf = (milestone: Milestone): number | null => {
  const text = milestone.actualAt ?? milestone.dueAt ?? milestone.firstDueAt;
  return text === null ? null : Date.parse(text);
};

/** The stages of a tender over time: what is done, what is planned, now, suspensions hatched, bounds of what is provisional. Drawn on the server. */
export function TimelineChart({ milestones }: { readonly milestones: readonly Milestone[] }) {
  const { lang, now, t: say } = useView();
  const t = say(MESSAGES);
  const placed = milestones.flatMap((milestone) => {
    const at = instantOf(milestone);
    return at === null ? [] : [{ milestone, at }];
  });
  if (placed.length === 0) return null;
  const bounds = placed.flatMap(({ milestone, at }) => [
    at,
    ...[milestone.earliest, milestone.latest].flatMap((each) => (each === null ? [] : [Date.parse(each)])),
  ]);
  const [from, to] = [Math.min(...bounds, now) - DAY_MS, Math.max(...bounds, now) + DAY_MS];
  const x = scaleTime()
    .domain([from, to])
    .range([LEFT, WIDTH - 20]);
  const height = TOP + placed.length * ROW + 24;
  const pauses = milestones.flatMap(({ pastSuspensions, suspensions }) => [
    ...pastSuspensions.map((each) => [each.since, each.until] as const),
    ...suspensions.map((each) => [each.since, null] as const),
  ]);
  const once = [
    ...new Map(
      pauses.map(([begin, end]) => [
        `${begin} ${end}`,
        [Date.parse(begin), end === null ? now : Date.parse(end)] as const,
      ]),
    ).values(),
  ];
  return (
    <svg class="timeline" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={t.title}>
      <defs>
        <pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line class="hatch" x1="0" y1="0" x2="0" y2="8" />
        </pattern>
      </defs>
      {x.ticks(7).map((tick) => (
        <g>
          <line class="axis" x1={x(tick)} x2={x(tick)} y1={TOP - 6} y2={height - 18} />
          <text class="soft-text" x={x(tick)} y={TOP - 12} text-anchor="middle">
            {formatDay(civilDayOf(tick.getTime())).slice(5)}
          </text>
        </g>
      ))}
      {once.map(([begin, end]) => (
        <rect
          x={x(begin)}
          y={TOP - 6}
          width={Math.max(2, x(end) - x(begin))}
          height={height - TOP - 12}
          fill="url(#hatch)"
          opacity="0.5"
        />
      ))}
      {placed.map(({ milestone, at }, index) => {
        const y = TOP + index * ROW + ROW / 2;
        const name = lang === 'zh' ? milestone.nameZh : milestone.nameEn;
        const shown = name.length > (lang === 'zh' ? 15 : 32) ? `${name.slice(0, lang === 'zh' ? 14 : 31)}…` : name;
        const isDone = milestone.state === 'done' || milestone.state === 'deemed';
        return (
          <g>
            <text x={LEFT - 12} y={y + 4} text-anchor="end">
              {milestone.lotNo > 0 ? `${milestone.lotNo} · ${shown}` : shown}
            </text>
            {milestone.provisional && milestone.earliest !== null && milestone.latest !== null ? (
              <line
                class="planned provisional"
                x1={x(Date.parse(milestone.earliest))}
                x2={x(Date.parse(milestone.latest))}
                y1={y}
                y2={y}
              />
            ) : null}
            <circle class={isDone ? 'done' : milestone.overdue ? 'late' : 'planned'} cx={x(at)} cy={y} r="6" />
          </g>
        );
      })}
      <line class="now" x1={x(now)} x2={x(now)} y1={TOP - 6} y2={height - 18} />
      <text x={x(now)} y={height - 4} text-anchor="middle">
        {t.now}
      </text>
    </svg>
  );
}

/** Each milestone in words: its instant, its state, what follows if nobody acts, and, opened, the article, its words and the count of days. */
export function TimelineList({ milestones }: { readonly milestones: readonly Milestone[] }) {
  const { lang, t: say, href } = useView();
  const t = say(MESSAGES);
  return (
    <ol class="plain card">
      {milestones.map((milestone) => {
        const {
          nameZh,
          nameEn,
          lotNo,
          dueAt,
          actualAt,
          fromAt,
          state,
          overdue,
          provisional,
          ifNobodyActs,
          rules,
          trace,
          suspensions,
        } = milestone;
        const open = state === 'planned' || state === 'window' || state === 'suspended';
        return (
          <li>
            <div>
              <strong>{lang === 'zh' ? nameZh : nameEn}</strong>
              {lotNo > 0 ? <span class="soft"> {t.lot(lotNo)}</span> : null}{' '}
              <span class={`tag ${overdue ? 'fault' : open ? '' : 'good'}`}>
                {overdue ? t.overdue : t.states[state]}
              </span>
            </div>
            <div>
              {actualAt === null ? null : (
                <>
                  {t.actual} <Instant at={actualAt} bare />{' '}
                </>
              )}
              {dueAt === null ? null : (
                <>
                  {t.due} <Instant at={dueAt} countdown={open} bare={!open} />
                </>
              )}
              {suspensions.length > 0 ? <span class="tag warn">{t.paused}</span> : null}
              {provisional ? <span class="tag warn">{t.provisional}</span> : null}
            </div>
            {open && ifNobodyActs ? (
              <p class="small">
                {t.nobody}
                {ifNobodyActs[lang]}
              </p>
            ) : null}
            {rules.length > 0 ? (
              <details>
                <summary>
                  {t.rule}：{rules.map((rule) => t.article(rule.law, rule.article)).join('；')}
                </summary>
                {fromAt === null ? null : (
                  <p class="small">
                    {t.from} <Instant at={fromAt} bare />
                  </p>
                )}
                {rules.map((rule) => (
                  <blockquote>
                    <a href={href(`/law/${rule.id}`)}>{t.article(rule.law, rule.article)}</a>
                    {rule.quote === null ? null : <p class="lines">{rule.quote}</p>}
                  </blockquote>
                ))}
                <Trace trace={trace} />
              </details>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}

/** How a period was counted. */
function Trace({ trace }: { readonly trace: Milestone['trace'] }) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  if (trace.length === 0) return null;
  return (
    <details>
      <summary>{t.counted}</summary>
      <ol class="small">
        {trace.map((entry) => (
          <li>
            {Object.values(entry)
              .filter((value) => typeof value !== 'object')
              .map(String)
              .join(' · ')}
          </li>
        ))}
      </ol>
    </details>
  );
}
