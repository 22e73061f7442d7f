import { scaleTime } from 'd3-scale';
import { DAY_MS, formatDay, civilDayOf } from '../../domain/civil-time.ts';
import type { milestoneSchema, planSchema } from '../../api/law/views.ts';
import type * as z from 'zod';
import { Instant } from './instant.tsx';
import { Trace } from './trace.tsx';
import { useView } from './view.ts';

export type Milestone = z.infer<typeof milestoneSchema>;
/** A step to come that is not counted yet: projected from today's dates. */
export type Projected = z.infer<typeof planSchema>['milestones'][number];

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
    past: '已过',
    overdue: '已逾期',
    provisional: '暂定：涉及尚未公布的放假安排',
    nobody: '如无人办理：',
    rule: '依据',
    projected: '推算',
    projectedIs: '以下各步尚未起算，按现有日期推算：',
    legend: '● 已完成　○ 计划　虚线：暂定的最早至最晚　斜线：暂停　竖线：现在',
    between: '最早至最晚：',
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
    past: 'past',
    overdue: 'overdue',
    provisional: 'provisional: depends on a holiday notice that is not out',
    nobody: 'If nobody acts: ',
    rule: 'The rule',
    projected: 'projected',
    projectedIs: 'Not counted yet; projected from today’s dates:',
    legend:
      '● done · ○ planned · dashed: earliest to latest of what is provisional · hatched: suspended · upright line: now',
    between: 'earliest to latest: ',
    from: 'from',
    actual: 'in fact',
    lot: (no: number) => `lot ${no}`,
    article: (law: string, article: string) => `${law}, article ${article}`,
    due: 'due',
    paused: 'suspended: the clock does not run',
  },
};

/** Beyond now and what has been done last (ms). */
const FAR_MS = 365 * DAY_MS;
const WIDTH = 900;
const ROW = 26;
const LEFT = 275;
const TOP = 26;

const instantOf = (milestone: Milestone): number | null => {
  const text = milestone.actualAt ?? milestone.dueAt ?? milestone.firstDueAt;
  return text === null ? null : Date.parse(text);
};

/** The stages of a tender over time: what is done, what is planned, now, suspensions hatched, bounds of what is provisional. Drawn on the server. */
export function TimelineChart({
  milestones,
  projected = [],
}: {
  readonly milestones: readonly Milestone[];
  readonly projected?: readonly Projected[];
}) {
  const { lang, now, t: say } = useView();
  const t = say(MESSAGES);
  const placed = [
    ...milestones.flatMap((milestone) => {
      const at = instantOf(milestone);
      return at === null ? [] : [placedAt(milestone, at)];
    }),
    ...projected.map((each) =>
      placedAt({ ...each, lotNo: 0, overdue: false, ...(each.bounds ?? {}) }, Date.parse(each.at)),
    ),
  ].sort((a, b) => a.at - b.at);
  if (placed.length === 0) return null;
  // What is years away (archives) must not press the rest together: it stands at the edge, with its date.
  const near =
    Math.max(now, ...milestones.map(({ actualAt }) => (actualAt === null ? 0 : Date.parse(actualAt)))) + FAR_MS;
  const bounds = placed
    .filter(({ at }) => at <= near)
    .flatMap(({ at, from, to }) => [at, ...(from === null ? [] : [from]), ...(to === null ? [] : [to])]);
  const [from, to] = [Math.min(...bounds, now) - DAY_MS, Math.max(...bounds, now) + DAY_MS];
  const x = scaleTime()
    .domain([from, to])
    .range([LEFT, WIDTH - 20]);
  const place = (at: number): number => Math.min(x(at), WIDTH - 14);
  const height = TOP + placed.length * ROW + 24;
  return (
    <div class="chart-box" tabindex="0" role="group" aria-label={t.title}>
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
        {placed.map(({ name, lotNo, tone, at, from, to, paused }, index) => {
          const y = TOP + index * ROW + ROW / 2;
          const full = name[lang];
          const numbered = lotNo > 0 ? `${lotNo} · ` : '';
          const most = (lang === 'zh' ? 19 : 34) - numbered.length;
          const shown = full.length > most ? `${full.slice(0, most - 1)}…` : full;
          return (
            <g>
              <title>{`${full} ${formatDay(civilDayOf(at))}`}</title>
              <text x={LEFT - 12} y={y + 4} text-anchor="end">
                {`${numbered}${shown}`}
              </text>
              {paused.map(([begin, end]) => {
                const until = end ?? now;
                return (
                  <rect
                    class="pause"
                    x={x(begin)}
                    y={y - ROW / 2 + 3}
                    width={Math.max(3, x(until) - x(begin))}
                    height={ROW - 6}
                    fill="url(#hatch)"
                  />
                );
              })}
              {from === null || to === null ? null : (
                <>
                  <line class="planned provisional" x1={x(from)} x2={x(to)} y1={y} y2={y} />
                  <line class="planned" x1={x(from)} x2={x(from)} y1={y - 5} y2={y + 5} />
                  <line class="planned" x1={x(to)} x2={x(to)} y1={y - 5} y2={y + 5} />
                </>
              )}
              <circle class={tone} cx={place(at)} cy={y} r="6" />
              {at > near ? (
                <text class="soft-text" x={place(at) - 12} y={y + 4} text-anchor="end">
                  {formatDay(civilDayOf(at))} →
                </text>
              ) : null}
            </g>
          );
        })}
        <line class="now" x1={x(now)} x2={x(now)} y1={TOP - 6} y2={height - 18} />
        <text x={x(now)} y={height - 4} text-anchor="middle">
          {t.now}
        </text>
      </svg>
      <p class="small soft">{t.legend}</p>
    </div>
  );
}

interface Placed {
  readonly name: { readonly zh: string; readonly en: string };
  readonly lotNo: number;
  readonly tone: 'done' | 'late' | 'planned' | 'planned projected';
  readonly at: number;
  /** Bounds of what is provisional. */
  readonly from: number | null;
  readonly to: number | null;
  /** Suspensions of its clock; null: it goes on. */
  readonly paused: readonly (readonly [number, number | null])[];
}

function placedAt(
  each: Pick<Milestone, 'nameZh' | 'nameEn' | 'lotNo' | 'overdue' | 'provisional' | 'earliest' | 'latest'> & {
    readonly state: string;
  } & Partial<Pick<Milestone, 'pastSuspensions' | 'suspensions'>>,
  at: number,
): Placed {
  const { nameZh, nameEn, lotNo, overdue, provisional, earliest, latest, state } = each;
  const isDone = state === 'done' || state === 'deemed';
  const bounded = provisional && earliest !== null && latest !== null;
  return {
    ...{ name: { zh: nameZh, en: nameEn }, lotNo, at },
    tone: isDone ? 'done' : overdue ? 'late' : state === 'projected' ? 'planned projected' : 'planned',
    from: bounded ? Date.parse(earliest) : null,
    to: bounded ? Date.parse(latest) : null,
    paused: [
      ...(each.pastSuspensions ?? []).map(({ since, until }) => [Date.parse(since), Date.parse(until)] as const),
      ...(each.suspensions ?? []).map(({ since }) => [Date.parse(since), null] as const),
    ],
  };
}

/** Each milestone in words: its instant, its state, what follows if nobody acts, and, opened, the article, its words and the count of days. */
export function TimelineList({
  milestones,
  projected = [],
}: {
  readonly milestones: readonly Milestone[];
  readonly projected?: readonly Projected[];
}) {
  const { lang, now, t: say, href } = useView();
  const t = say(MESSAGES);
  return (
    <>
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
            earliest,
            latest,
          } = milestone;
          const open = state === 'planned' || state === 'window' || state === 'suspended';
          const isPast = state === 'window' && dueAt !== null && Date.parse(dueAt) <= now;
          return (
            <li>
              <div>
                <strong>{lang === 'zh' ? nameZh : nameEn}</strong>
                {lotNo > 0 ? <span class="soft"> {t.lot(lotNo)}</span> : null}{' '}
                <span class={`tag ${overdue ? 'fault' : open ? '' : 'good'}`}>
                  {overdue ? t.overdue : isPast ? t.past : t.states[state]}
                </span>
              </div>
              <div>
                {actualAt === null ? null : (
                  <>
                    {t.actual} <Instant at={actualAt} bare />
                    {dueAt === null ? ' ' : ' · '}
                  </>
                )}
                {dueAt === null ? null : (
                  <>
                    {t.due} <Instant at={dueAt} countdown={open} bare={!open} />
                  </>
                )}
                {suspensions.length > 0 ? <span class="tag warn">{t.paused}</span> : null}
                {provisional ? <span class="tag warn wrap">{t.provisional}</span> : null}
                {provisional && earliest !== null && latest !== null ? (
                  <span class="small">
                    {' '}
                    {t.between}
                    <Instant at={earliest} bare /> – <Instant at={latest} bare />
                  </span>
                ) : null}
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
                    {t.rule}
                    {lang === 'zh' ? '：' : ': '}
                    {rules.map((rule) => t.article(rule.law, rule.article)).join(lang === 'zh' ? '；' : '; ')}
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
      {projected.length === 0 ? null : (
        <details class="card">
          <summary>{t.projectedIs}</summary>
          <ol class="plain">
            {projected.map((each) => (
              <li>
                <strong>{lang === 'zh' ? each.nameZh : each.nameEn}</strong> <span class="tag">{t.projected}</span>{' '}
                <Instant at={each.at} bare />
                {each.rules.map((rule) => (
                  <div class="small">
                    <a href={href(`/law/${rule.id}`)}>{t.article(rule.law, rule.article)}</a>
                  </div>
                ))}
                {each.ifNobodyActs ? (
                  <p class="small">
                    {t.nobody}
                    {each.ifNobodyActs[lang]}
                  </p>
                ) : null}
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}
