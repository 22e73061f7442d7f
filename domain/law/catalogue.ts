import { REGIME_DEFINITIONS } from '../procedures/regimes.ts';
import { formatDay, parseDate } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import type { Kind, Regime } from './facts.ts';

export const TRADING_LEVELS = ['province', 'city', 'district'] as const;
/** The level (交易层级, 分级管理) on whose platform an item trades. */
export type TradingLevel = (typeof TRADING_LEVELS)[number];

/** The days on which a row of the catalogue is in force. Days are `YYYY-MM-DD` in +08:00. */
export interface Validity {
  /** The first day in force. */
  readonly from: string;
  /** The last day in force; null: until another row of the same item replaces it. */
  readonly until: string | null;
  /** The document that contains it (文号). */
  readonly source: string;
}

/** An item (品目) of the catalogue of platform trades, and of the centralised procurement catalogue. */
export interface CatalogueEntry extends Validity {
  readonly regime: Regime;
  readonly code: string;
  readonly nameZh: string;
  /** Null for land and state assets. */
  readonly kind: Kind | null;
  readonly level: TradingLevel;
  readonly mustTradeOnPlatform: boolean;
  /** 集中采购目录以内. */
  readonly centralised: boolean;
}

/** The figures of government procurement that the province sets (政府采购法 8, 27), in fen; null: not set. */
export interface ProcurementThreshold extends Validity {
  readonly kind: Kind;
  /** Null: for every level. */
  readonly level: TradingLevel | null;
  /** 公开招标数额标准; the law has one for goods and services only. */
  readonly openFen: number | null;
  /** 采购限额标准. */
  readonly limitFen: number | null;
}

/** What the catalogue and the figures say about one procurement on one day. */
export interface CatalogueView {
  readonly day: string;
  /** Whether the installation has a catalogue at all; without one no code is rejected. */
  readonly setUp: boolean;
  readonly entry: CatalogueEntry | null;
  readonly threshold: ProcurementThreshold | null;
  /** For a code that is not in force on the day: the next first day of that code, and the codes nearest to it. */
  readonly instead: { readonly from: string | null; readonly nearest: readonly CodeName[] } | null;
}

export interface CodeName {
  readonly code: string;
  readonly nameZh: string;
}

export const nothingSetUp = (day: string): CatalogueView => ({
  day,
  setUp: false,
  entry: null,
  threshold: null,
  instead: null,
});

/**
 * The row of one item that is in force on a day: the one with the latest first day not after it, and of several with
 * the same first day the last recorded (a correction). If that row has ended, none is: an earlier row does not revive.
 * @param rows of one item, in the order in which they were recorded
 */
export function inForceOn<T extends Validity>(rows: readonly T[], day: string): T | null {
  let found: T | null = null;
  for (const row of rows) if (row.from <= day && (found === null || row.from >= found.from)) found = row;
  return found !== null && (found.until === null || day <= found.until) ? found : null;
}

/** The figures for a kind at a level: those of this very level, else those of every level. */
export function thresholdOn(
  rows: readonly ProcurementThreshold[],
  kind: Kind,
  level: TradingLevel | null,
  day: string,
): ProcurementThreshold | null {
  const of = (wanted: TradingLevel | null) =>
    inForceOn(
      rows.filter((row) => row.kind === kind && row.level === wanted),
      day,
    );
  return (level === null ? null : of(level)) ?? of(null);
}

/** The codes nearest to one that is not in force: those with a common beginning, the longest first. */
export function nearestCodes(code: string, known: readonly CodeName[], count = 3): CodeName[] {
  const alike = (other: string): number => {
    let n = 0;
    while (n < code.length && code[n] === other[n]) n += 1;
    return n;
  };
  return [...known]
    .sort((a, b) => alike(b.code) - alike(a.code) || (a.code < b.code ? -1 : 1))
    .slice(0, count)
    .map(({ code: near, nameZh }) => ({ code: near, nameZh }));
}

/** The rows of one import. */
export interface CatalogueRows {
  readonly entries: readonly CatalogueEntry[];
  readonly thresholds: readonly ProcurementThreshold[];
}

/** The effect of importing a row: it is new, replaces another from its first day on, or is already known. */
export type RowChange = 'new' | 'replaces' | 'known';

/** @param earlier the rows of the same item, in the order in which they were recorded */
export function changeOf<T extends Validity>(row: T, earlier: readonly T[]): RowChange {
  // Only the last row with the same first day counts: a row that was corrected may be imported again.
  const sameDay = earlier.findLast(({ from }) => from === row.from);
  if (sameDay && isSame(row, sameDay)) return 'known';
  return earlier.length > 0 ? 'replaces' : 'new';
}

const isSame = (a: object, b: object): boolean =>
  Object.entries(a).every(([key, value]) => (b as Record<string, unknown>)[key] === value);

/** One thing wrong with a row: `entries.3`, `level`. */
export interface RowFault {
  readonly row: string;
  readonly field: string;
  readonly messageZh: string;
  readonly messageEn: string;
}

function isDate(text: string): boolean {
  try {
    return formatDay(parseDate(text)) === text;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

function faultsOfValidity({ from, until }: Validity, row: string): RowFault[] {
  const faults: RowFault[] = [];
  for (const [field, date] of [
    ['from', from],
    ['until', until],
  ] as const) {
    if (date === null || isDate(date)) continue;
    faults.push({
      row,
      field,
      messageZh: `不是有效日期（YYYY-MM-DD）：${date}`,
      messageEn: `Not a valid date (YYYY-MM-DD): ${date}`,
    });
  }
  if (faults.length === 0 && until !== null && until < from) {
    faults.push({
      row,
      field: 'until',
      messageZh: `失效日 ${until} 早于生效日 ${from}`,
      messageEn: `It ends on ${until}, before it begins on ${from}`,
    });
  }
  return faults;
}

const entryKey = ({ regime, code, from }: CatalogueEntry): string => `${regime} ${code} ${from}`;
const thresholdKey = ({ kind, level, from }: ProcurementThreshold): string => `${kind} ${level ?? '*'} ${from}`;

function repeated<T>(rows: readonly T[], keyOf: (row: T) => string, list: string): RowFault[] {
  const first = new Map<string, number>();
  return rows.flatMap((row, index) => {
    const earlier = first.get(keyOf(row));
    if (earlier === undefined) {
      first.set(keyOf(row), index);
      return [];
    }
    return [
      {
        row: `${list}.${index}`,
        field: 'from',
        messageZh: `与 ${list}.${earlier} 是同一项、同一生效日`,
        messageEn: `The same item and first day as ${list}.${earlier}`,
      },
    ];
  });
}

/** All errors in rows whose fields are well formed; empty where there are none. */
export function faultsOf({ entries, thresholds }: CatalogueRows): RowFault[] {
  const ofEntries = entries.flatMap((entry, index) => {
    const row = `entries.${index}`;
    const { hasKinds: procured, centralised } = REGIME_DEFINITIONS[entry.regime];
    const faults = faultsOfValidity(entry, row);
    if (procured !== (entry.kind !== null)) {
      faults.push({
        row,
        field: 'kind',
        messageZh: procured
          ? '招标投标、政府采购的品目应注明 works、goods 或 services'
          : '土地、国有资产的品目不分工程、货物、服务',
        messageEn: procured
          ? 'An item of tendering or government procurement is works, goods or services'
          : 'An item of land or state assets has no kind',
      });
    }
    if (entry.centralised && !centralised) {
      faults.push({
        row,
        field: 'centralised',
        messageZh: '集中采购目录只用于政府采购（政府采购法第7条）',
        messageEn: 'Only government procurement has a centralised catalogue (政府采购法 art. 7)',
      });
    }
    return faults;
  });
  const ofThresholds = thresholds.flatMap((threshold, index) => {
    const row = `thresholds.${index}`;
    const { kind, openFen, limitFen } = threshold;
    const faults = faultsOfValidity(threshold, row);
    if (openFen === null && limitFen === null) {
      faults.push({
        row,
        field: 'openFen',
        messageZh: '公开招标数额标准与采购限额标准至少应有其一',
        messageEn: 'Give the open-tender threshold, the procurement limit, or both',
      });
    }
    if (kind === 'works' && openFen !== null) {
      faults.push({
        row,
        field: 'openFen',
        messageZh: '公开招标数额标准只用于货物和服务（政府采购法第27条）；工程依 16号令 5(1)',
        messageEn:
          'The open-tender threshold is for goods and services (政府采购法 art. 27); works go by 16号令 art. 5(1)',
      });
    }
    if (openFen !== null && limitFen !== null && limitFen > openFen) {
      faults.push({
        row,
        field: 'limitFen',
        messageZh: `采购限额标准 ${yuan(limitFen)}元高于公开招标数额标准 ${yuan(openFen)}元`,
        messageEn: `The procurement limit of ${yuan(limitFen)} yuan is above the open-tender threshold of ${yuan(openFen)} yuan`,
      });
    }
    return faults;
  });
  return [
    ...ofEntries,
    ...repeated(entries, entryKey, 'entries'),
    ...ofThresholds,
    ...repeated(thresholds, thresholdKey, 'thresholds'),
  ];
}

/** Fen as yuan, exact: `4000000`, `3999999.99`. */
export function yuan(fen: number | bigint): string {
  const sign = fen < 0 ? '-' : '';
  const whole = fen < 0 ? -BigInt(fen) : BigInt(fen);
  const rest = whole % 100n;
  return `${sign}${whole / 100n}${rest === 0n ? '' : `.${String(rest).padStart(2, '0')}`}`;
}
