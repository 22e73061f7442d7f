import { civilDayOf, dayFromParts, endOfDay, startOfDay, yearOf } from '../../domain/civil-time.ts';
import { noticeName } from '../../domain/notices/kinds.ts';
import { statisticsOf, type Statistics } from '../../services/board/statistics.ts';
import { page } from '../http/page.ts';
import { Bars, type Bar } from '../parts/bars.tsx';
import { Facts } from '../parts/facts.tsx';
import { moneyText } from '../parts/money.tsx';
import { Note } from '../parts/note.tsx';
import { useView } from '../parts/view.ts';
import { wordIn } from '../parts/words.ts';

const MESSAGES = {
  zh: {
    title: '统计',
    about: '由已公布的公告和公开的项目计算，开标前的投标人数量不计入任何数字。',
    year: (year: number) => `${year} 年`,
    years: '年份',
    count: '项目数',
    amount: '预算合计',
    byStage: '项目：按阶段',
    byKind: '项目：按类别',
    byProcedure: '预算：按采购方式',
    notices: '公告公示',
    bidders: '每个标段（包）的投标人数（开标后）',
    bidder: (number: number) => `${number} 家`,
    lots: '标段（包）数',
    lotsOf: (lots: number) => `${lots} 个`,
    phases: '各阶段用时（中位数）',
    days: '天',
    dayText: (days: number, lots: number) => `${days.toFixed(1)} 天（${lots} 个标段）`,
    savings: '节约资金',
    budget: '预算',
    price: '中标（成交）价',
    saved: '节约',
    none: '这一年还没有。',
    cut: '项目很多，只统计了这一年最近的一部分。',
    label: '项',
    value: '数',
  },
  en: {
    title: 'Statistics',
    about:
      'Computed from published notices and public procurements. No figure contains how many have bid before an opening.',
    year: (year: number) => String(year),
    years: 'Years',
    count: 'Procurements',
    amount: 'Budgets',
    byStage: 'Procurements by stage',
    byKind: 'Procurements by kind',
    byProcedure: 'Budgets by procedure',
    notices: 'Notices',
    bidders: 'Bidders a lot, after the opening',
    bidder: (number: number) => `${number} bidders`,
    lots: 'Lots',
    lotsOf: (lots: number) => `${lots} lots`,
    phases: 'Time between notices (median)',
    days: 'Days',
    dayText: (days: number, lots: number) => `${days.toFixed(1)} days (${lots} lots)`,
    savings: 'Savings',
    budget: 'Budget',
    price: 'Price',
    saved: 'Saved',
    none: 'None in this year yet.',
    cut: 'There are many procurements: only the latest of this year are counted.',
    label: 'What',
    value: 'How many',
  },
};

const YEARS = 5;

/** What a year came to. */
export const statisticsPages = [
  page({
    path: '/statistics',
    for: 'public',
    handle: async ({ db, lang, view, query }) => {
      const t = MESSAGES[lang];
      const thisYear = yearOf(civilDayOf(view.now));
      const asked = Number(query('year'));
      const years = Array.from({ length: YEARS }, (_, ago) => thisYear - ago);
      const year = years.includes(asked) ? asked : thisYear;
      const span = {
        from: startOfDay(dayFromParts({ year, month: 1, day: 1 })),
        until: endOfDay(dayFromParts({ year, month: 12, day: 31 })),
      };
      const found = await statisticsOf(db.read, span);
      return {
        title: `${t.title} · ${t.year(year)}`,
        about: { description: t.about },
        content: <StatisticsView year={year} years={years} found={found} />,
      };
    },
  }),
];

function StatisticsView({
  year,
  years,
  found,
}: {
  readonly year: number;
  readonly years: readonly number[];
  readonly found: Statistics;
}) {
  const { lang, href, t: say } = useView();
  const t = say(MESSAGES);
  const { groups, savings } = found;
  const grouped = (field: 'stage' | 'kind' | 'procedure', of: 'count' | 'budgetFen'): Bar[] => {
    const sums = new Map<string, number>();
    for (const group of groups) sums.set(group[field], (sums.get(group[field]) ?? 0) + group[of]);
    return [...sums]
      .sort(([, a], [, b]) => b - a)
      .map(([key, value]) => ({
        ...{ label: wordIn(field, key, lang), value },
        text: of === 'count' ? String(value) : moneyText(value, lang).replace(/（.*/, ''),
      }));
  };
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const amount = groups.reduce((sum, { budgetFen }) => sum + budgetFen, 0);
  const saved = savings.budgetFen - savings.priceFen;
  const share = savings.budgetFen > 0 ? ` (${((saved / savings.budgetFen) * 100).toFixed(1)}%)` : '';
  return (
    <>
      <h1>
        {t.title} · {t.year(year)}
      </h1>
      <p class="soft">{t.about}</p>
      <nav class="pages" aria-label={t.years}>
        {years.map((each) => (
          <a href={href(`/statistics?year=${each}`)} aria-current={each === year ? 'page' : undefined}>
            {t.year(each)}
          </a>
        ))}
      </nav>
      {found.cut ? <Note kind="warn">{t.cut}</Note> : null}
      <Facts
        rows={[
          [t.count, String(total)],
          [t.amount, moneyText(amount, lang)],
          ...(savings.lots === 0
            ? []
            : [
                [
                  t.savings,
                  `${moneyText(Math.max(0, saved), lang)}${share} · ${t.budget} ${moneyText(savings.budgetFen, lang)} · ${t.price} ${moneyText(savings.priceFen, lang)} · ${t.lotsOf(savings.lots)}`,
                ] as const,
              ]),
        ]}
      />
      <Bars caption={t.byStage} head={[t.label, t.count]} bars={grouped('stage', 'count')} empty={t.none} />
      <Bars caption={t.byKind} head={[t.label, t.count]} bars={grouped('kind', 'count')} empty={t.none} />
      <Bars
        caption={t.byProcedure}
        head={[t.label, t.amount]}
        bars={grouped('procedure', 'budgetFen')}
        empty={t.none}
      />
      <Bars
        caption={t.notices}
        head={[t.label, t.value]}
        bars={found.notices.map(({ kind, count }) => ({
          label: noticeName(kind)[lang],
          value: count,
          text: String(count),
        }))}
        empty={t.none}
      />
      <Bars
        caption={t.bidders}
        head={[t.label, t.lots]}
        bars={found.bidders.map(({ bidders, lots }) => ({
          label: t.bidder(bidders),
          value: lots,
          text: t.lotsOf(lots),
        }))}
        empty={t.none}
      />
      <Bars
        caption={t.phases}
        head={[t.label, t.days]}
        bars={found.phases.flatMap(({ from, to, days, lots }) =>
          days === null
            ? []
            : [
                {
                  label: `${noticeName(from)[lang]} → ${noticeName(to)[lang]}`,
                  value: days,
                  text: t.dayText(days, lots),
                },
              ],
        )}
        empty={t.none}
      />
    </>
  );
}
