import type { Notice } from '../../../db/notices.ts';
import { capitalsOf } from '../../../domain/capitals.ts';
import { civilDayOf, dayFromParts, partsOfDay, weekdayOf } from '../../../domain/civil-time.ts';
import type { ProcedureWords } from '../../../domain/procedures/words.ts';
import { instantText, yuanOf, type Content } from '../content.ts';
import type { Fact } from '../document.ts';
import type { Told } from '../template-1.ts';
import type { Part, Section, Text } from './document.ts';

// What the forms are made of. The sixth template uses these: what they return never changes.

/** What a form is filled from. */
export interface Reading {
  readonly notice: Notice;
  readonly content: Content;
  readonly words: ProcedureWords;
  readonly told: Told;
  readonly project: Content | null;
}

type Given = readonly (readonly [string, string | null])[];

/** Fields without a value are not shown. */
export const lines = (...given: Given): Text[] => {
  const facts = given.filter((each): each is Fact => each[1] !== null);
  return facts.length === 0 ? [] : [{ type: 'lines', facts }];
};
export const paragraph = (text: string | null): Text[] => (text === null ? [] : [{ type: 'paragraph', text }]);
export const list = (items: readonly string[]): Text[] =>
  items.length > 1 ? [{ type: 'list', items }] : paragraph(items[0] ?? null);
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): Text[] =>
  rows.length === 0 ? [] : [{ type: 'table', head, rows }];
export const group = (heading: string, ...parts: readonly (readonly Text[])[]): Part[] => {
  const within = parts.flat();
  return within.length === 0 ? [] : [{ type: 'group', heading, parts: within }];
};

/** Without anything below it, it is not there. */
export const section = (heading: string, ...parts: readonly (readonly Part[])[]): Section[] => {
  const within = parts.flat();
  return within.length === 0 ? [] : [{ heading, parts: within }];
};
/** 一、项目编号：KB-1. */
export const stated = (heading: string, value: string | null, ...parts: readonly (readonly Part[])[]): Section[] =>
  value === null ? section(heading, ...parts) : [{ heading, value, parts: parts.flat() }];

const WEEKDAYS_ZH = { Mon: '一', Tue: '二', Wed: '三', Thu: '四', Fri: '五', Sat: '六', Sun: '日' } as const;

/** `2026年4月20日（星期一）09:00`; other text unchanged. */
export function instantWithWeekday(iso: string): string {
  const [, date, year, month, day, rest] = /^((\d+)年(\d+)月(\d+)日) (.+)$/.exec(instantText(iso)) ?? [];
  if (date === undefined) return iso;
  const of = weekdayOf(dayFromParts({ year: Number(year), month: Number(month), day: Number(day) }));
  return `${date}（星期${WEEKDAYS_ZH[of]}）${rest ?? ''}`;
}

/** `7,800,000.00 元（人民币柒佰捌拾万元整）`. */
export const inCapitals = (fen: unknown): string | null =>
  typeof fen === 'number' ? `${yuanOf(fen) ?? ''}（${capitalsOf(fen)}）` : null;

const FEN_PER_WAN = 1_000_000;

/** `16,246,991.49 元（1,624.699149 万元）`. */
export function inWan(fen: unknown): string | null {
  const yuan = yuanOf(fen);
  if (typeof fen !== 'number' || yuan === null || fen < FEN_PER_WAN) return yuan;
  const whole = String(Math.floor(fen / FEN_PER_WAN)).replace(/\B(?=(\d{3})+$)/g, ',');
  const part = String(fen % FEN_PER_WAN)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${yuan}（${whole}${part === '' ? '' : `.${part}`} 万元）`;
}

/** `第1包（办公家具）`. */
export function lotOf({ project, words }: Reading): readonly [string, string | null] {
  const no = project?.text('lotNo') ?? null;
  const title = project?.text('lotTitle') ?? null;
  return [words.lot, no === null ? title : `第${no}${words.lot}${title === null ? '' : `（${title}）`}`];
}

/** 项目基本情况. */
export const projectSection = (reading: Reading, ...more: readonly (readonly Part[])[]): Section[] =>
  section(
    '项目基本情况',
    lines(
      ['项目编号', reading.project?.text('number') ?? null],
      ['项目名称', reading.project?.text('title') ?? null],
      lotOf(reading),
    ),
    ...more,
  );

/** Whom to ask: as the notice states it, or its project. */
export function contacts({ content, words, project }: Reading): Section[] {
  const own = project?.record('contacts') ?? content;
  const text = (key: string): string | null => own.text(key);
  const reached = (who: 'purchaser' | 'agency' | 'project'): string | null =>
    [text(`${who}Contact`), text(`${who}Telephone`)].filter((each) => each !== null).join('　') || null;
  const party = (who: 'purchaser' | 'agency'): Text[] =>
    lines(
      ['名称', content.text(who) ?? project?.text(who) ?? null],
      ['地址', text(`${who}Address`)],
      ['联系方式', reached(who)],
    );
  return section(
    words.headings.contacts,
    group(`${words.purchaser}信息`, party('purchaser')),
    group('代理机构信息', party('agency')),
    group('项目联系方式', lines(['项目联系人', reached('project')])),
    lines(['监督部门及联系方式', content.text('supervisor')]),
  );
}

/** 落款: who runs the tender. */
export const issuersOf = ({ content, words, project }: Reading): Fact[] =>
  [
    [words.purchaser, content.text('purchaser') ?? project?.text('purchaser') ?? null] as const,
    ['代理机构', content.text('agency') ?? project?.text('agency') ?? null] as const,
  ].filter((each): each is readonly [string, string] => each[1] !== null);

/** `2026年3月27日`. */
export function dateOf(at: number): string {
  const { year, month, day } = partsOfDay(civilDayOf(at));
  return `${year}年${month}月${day}日`;
}

export const until = (instant: string | null): string | null =>
  instant === null ? null : `自本公告发布之日起，至 ${instant} 止`;
