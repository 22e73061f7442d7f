import {
  lotBudgets,
  MOST_COUNTED,
  noticeCount,
  noticesRead,
  procurementGroups,
  publications,
  type Group,
  type Span,
} from '../../db/board/statistics.ts';
import type { Queries } from '../../db/access/database.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import type { NoticeKind } from '../../domain/notices/data.ts';

/** Kinds of notices that are counted. Invitations are not: until the opening nobody outside may know of them. */
const COUNTED = [
  'tender',
  'opening-record',
  'award',
  'contract',
  'lot-failed',
  'termination',
  'suspension',
  'correction',
  'grievance-reply',
] as const satisfies readonly NoticeKind[];
/** The ends of the phases of a lot. */
const PHASES = [
  ['tender', 'opening-record'],
  ['opening-record', 'award'],
  ['award', 'contract'],
] as const satisfies readonly (readonly [NoticeKind, NoticeKind])[];

export interface Statistics {
  readonly groups: readonly Group[];
  /** Whether older procurements of the span were left out. */
  readonly cut: boolean;
  readonly notices: readonly { readonly kind: (typeof COUNTED)[number]; readonly count: number }[];
  /** 节约: of lots whose results name a price. */
  readonly savings: { readonly lots: number; readonly budgetFen: number; readonly priceFen: number };
  /** How many lots had so many bidders, after their openings. */
  readonly bidders: readonly { readonly bidders: number; readonly lots: number }[];
  /** Median days between notices. */
  readonly phases: readonly {
    readonly from: NoticeKind;
    readonly to: NoticeKind;
    readonly days: number | null;
    readonly lots: number;
  }[];
}

/** The figures of a span of time: from published notices and public procurements only. */
export async function statisticsOf(q: Queries, span: Span): Promise<Statistics> {
  const [groups, counts, awards, records] = await Promise.all([
    procurementGroups(q, span),
    Promise.all(COUNTED.map(async (kind) => ({ kind, count: await noticeCount(q, kind, span) }))),
    noticesRead(q, 'award', span),
    noticesRead(q, 'opening-record', span),
  ]);
  const awarded = firstOf(awards);
  const ids = [...new Set(awarded.map(({ procurementId }) => procurementId))];
  const [budgets, published] = await Promise.all([
    lotBudgets(q, ids),
    publications(q, ids, ['tender', 'opening-record', 'award', 'contract']),
  ]);
  const savings = { lots: 0, budgetFen: 0, priceFen: 0 };
  for (const { procurementId, lotNo, content } of awarded) {
    const budget = budgets.get(`${procurementId}/${lotNo}`);
    const price = content['priceFen'];
    if (budget === undefined || typeof price !== 'number') continue;
    savings.lots += 1;
    savings.budgetFen += budget;
    savings.priceFen += price;
  }
  const bidders = new Map<number, number>();
  for (const { content } of firstOf(records)) {
    const number = Array.isArray(content['bidders']) ? content['bidders'].length : null;
    if (typeof number === 'number') bidders.set(number, (bidders.get(number) ?? 0) + 1);
  }
  return {
    groups,
    cut: groups.reduce((sum, { count }) => sum + count, 0) >= MOST_COUNTED,
    notices: counts,
    savings,
    bidders: [...bidders].map(([number, lots]) => ({ bidders: number, lots })).sort((a, b) => a.bidders - b.bidders),
    phases: PHASES.map(([from, to]) => ({ from, to, ...medianOf(awarded, published, from, to) })),
  };
}

interface AtLot {
  readonly procurementId: string;
  readonly lotNo: number;
}

/** The latest of each lot: rows come latest first. */
function firstOf<T extends AtLot>(rows: readonly T[]): T[] {
  const seen = new Set<string>();
  return rows.filter(({ procurementId, lotNo }) => {
    const place = `${procurementId}/${lotNo}`;
    if (seen.has(place)) return false;
    seen.add(place);
    return true;
  });
}

function medianOf(
  lots: readonly AtLot[],
  published: Awaited<ReturnType<typeof publications>>,
  from: NoticeKind,
  to: NoticeKind,
): { readonly days: number | null; readonly lots: number } {
  const whenOf = (lot: AtLot, kind: NoticeKind): number | undefined =>
    published.find(
      (each) =>
        each.procurementId === lot.procurementId &&
        each.kind === kind &&
        (each.lotNo === 0 || each.lotNo === lot.lotNo),
    )?.publishedAt;
  const days = lots
    .flatMap((lot) => {
      const [begin, end] = [whenOf(lot, from), whenOf(lot, to)];
      return begin === undefined || end === undefined || end < begin ? [] : [(end - begin) / DAY_MS];
    })
    .sort((a, b) => a - b);
  return { days: days[days.length >> 1] ?? null, lots: days.length };
}
