import * as z from 'zod';
import {
  dayFromParts,
  daysInMonth,
  endOfDay,
  HOUR_MS,
  MINUTE_MS,
  parseInstant,
  SECOND_MS,
  startOfDay,
} from '../../domain/civil-time.ts';
import { readAmountFen } from '../../domain/amounts.ts';
import { DomainError } from '../../domain/errors.ts';
import type { PublishedDate, PublishedFacts } from '../../domain/law/audit.ts';
import { PROCEDURES, type Kind, type Procedure, type TenderRegime } from '../../domain/law/facts.ts';
import { amountFenOf } from '../../domain/law/limits.ts';
import { halfWidthOf, seenOf } from '../../domain/text.ts';
import type { RuleId } from '../../domain/law/rulebook.ts';

// A notice published elsewhere: dates and amounts are text of many forms, parsed here for API and command line.

const DATE = /^(\d{4})(?:-|\/|\.|年)(\d{1,2})(?:-|\/|\.|月)(\d{1,2})日?/;
const CLOCK = /^(?:T|\s)?\s*(\d{1,2})(?:[:：]|时|点)(\d{1,2})?(?:(?:[:：]|分)(\d{1,2})?)?秒?(?:\.\d+)?$/;

/**
 * `2026-03-27`, `2026/3/27 9:30`, `2026年03月27日09点30分`, `2026-03-27T09:30`, all in +08:00, or an ISO instant with its offset.
 * A date alone is a civil day; 24:00 is the end of its day. Undefined for anything else: 上午, 下旬 and the like are not guessed.
 */
export function readPublishedDate(text: string): PublishedDate | undefined {
  const given = halfWidthOf(text).trim();
  if (/T.*(?:Z|[+-]\d{2}:\d{2})$/.test(given)) {
    try {
      return { at: parseInstant(given) };
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }
  const date = DATE.exec(given);
  if (!date) return undefined;
  const [year, month, day] = date.slice(1).map(Number) as [number, number, number];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const civilDay = dayFromParts({ year, month, day });
  const rest = given.slice(date[0].length);
  if (rest === '') return { at: startOfDay(civilDay), dayOnly: true };
  const clock = CLOCK.exec(rest);
  if (!clock) return undefined;
  const [hour, minute, second] = clock.slice(1).map((part = '0') => Number(part)) as [number, number, number];
  if (hour === 24 && minute === 0 && second === 0) return { at: endOfDay(civilDay) };
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return { at: startOfDay(civilDay) + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS };
}

export { readAmountFen };

function regimeOf(text: string): TenderRegime | undefined {
  if (/^(?:tendering|招标投标法|招投标法|招标投标|招投标)$/.test(text)) return 'tendering';
  return /^(?:government$|政采|政府采购)/.test(text) ? 'government' : undefined;
}

const METHODS: readonly (readonly [RegExp, Procedure])[] = [
  [/公开招标/, 'open-tender'],
  [/邀请招标/, 'invited-tender'],
  [/谈判/, 'negotiation'],
  [/磋商/, 'consultation'],
  [/询价/, 'inquiry'],
  [/单一来源/, 'single-source'],
];

function procedureOf(text: string): Procedure | undefined {
  return PROCEDURES.find((each) => each === text) ?? METHODS.find(([words]) => words.test(text))?.[1];
}

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/^(?:works|施工|工程)/, 'works'],
  [/^(?:goods|货物)/, 'goods'],
  [/^(?:services|服务)/, 'services'],
];

const MANDATORY_FROM: Readonly<Record<Kind, RuleId>> = {
  works: 'works-mandatory-construction',
  goods: 'works-mandatory-goods',
  services: 'works-mandatory-services',
};

/** 16号令 5: a project below the threshold need not be tendered, unless it is part of a larger one. */
function seemsMandatory(kindText: string | undefined, budgetFen: number | undefined): boolean {
  const kind = KINDS.find(([words]) => words.test(kindText ?? ''))?.[1];
  return kind === undefined || budgetFen === undefined || budgetFen >= amountFenOf(MANDATORY_FROM[kind]);
}

const refusal = (rule: string, messageZh: string, messageEn: string) => ({
  code: 'custom' as const,
  params: { rule, messageZh, messageEn },
});

const when = z
  .string()
  .max(60)
  .nullish()
  .transform((text, context): PublishedDate | undefined => {
    if (text === null || text === undefined || seenOf(text) === '') return undefined;
    const date = readPublishedDate(text);
    if (date) return date;
    context.addIssue(
      refusal(
        'bad-date',
        `不是可识别的日期或时间：${text}；例如 2026-03-27、2026-03-27 09:30`,
        `Not a date or time that can be read: ${text}; such as 2026-03-27 or 2026-03-27 09:30`,
      ),
    );
    return z.NEVER;
  })
  .meta({
    description: '日期，或时间；不带时区的为 +08:00 / A date or a time; without an offset it is in +08:00',
    example: '2026-03-27T09:30',
    override: { type: ['string', 'null'], maxLength: 60 },
  });

const amount = z
  .union([z.string().max(200), z.number()])
  .nullish()
  .transform((given, context): number | undefined => {
    if (given === null || given === undefined || (typeof given === 'string' && seenOf(given) === '')) return undefined;
    const fen = readAmountFen(given);
    if (fen !== undefined) return fen;
    context.addIssue(
      refusal(
        'amount',
        `不是可识别的人民币金额：${given}；例如 1436000.00元、179.3万元、叁佰万元整`,
        `Not one amount in yuan that can be read: ${given}; such as 1436000.00元, 179.3万元 or 叁佰万元整`,
      ),
    );
    return z.NEVER;
  })
  .meta({
    description: '预算或最高限价，单位元，可写万元、亿元或大写 / Budget in yuan, with 万 or 亿, or in words',
    example: '1,436,000.00元',
    override: { type: ['string', 'number', 'null'], maxLength: 200 },
  });

const label = z
  .string()
  .overwrite((text) => seenOf(text).normalize('NFKC'))
  .max(500)
  .nullish();

const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .max(100)
    .nullish()
    .transform((items) => items ?? []);

/** Sites use their own words for the type of an event. */
const AWARDED = /中标|成交|结果/;
const CONTRACTED = /合同/;
const TENDERED = /招标/;

interface EventGiven {
  readonly published?: PublishedDate | undefined;
  readonly type?: string | null | undefined;
}

/** The result of the last round and the contract after it. */
function announcedIn(events: readonly EventGiven[]): NonNullable<PublishedFacts['announced']> {
  let award: PublishedDate | undefined;
  for (const { published, type } of [...events].sort((a, b) => (a.published?.at ?? 0) - (b.published?.at ?? 0))) {
    if (CONTRACTED.test(type ?? '')) {
      if (award) return { award, contract: published };
    } else if (AWARDED.test(type ?? '')) award ??= published;
    else if (TENDERED.test(type ?? '')) award = undefined;
  }
  return {};
}

/** The names of published files. Other fields (title, region, verbatim) are accepted and ignored. */
export const publishedNoticeSchema = z
  .looseObject({
    id: z.union([z.string().max(200), z.number()]).nullish(),
    regime: label.meta({ description: '招投标法；政采…… / Legal system', example: '招投标法' }),
    method: label.meta({ description: '采购方式 / Procedure', example: '公开招标' }),
    kind: label.meta({ description: '施工、货物、服务 / What is bought', example: '货物' }),
    budget: amount,
    published: when,
    doc_from: when,
    doc_to: when,
    deadline: when,
    opening: when,
    publicity: list(z.looseObject({ from: when, to: when })),
    corrections: list(
      z.looseObject({
        date: when,
        old_deadline: when,
        new_deadline: when,
        material: z.boolean().nullish().meta({
          description: '是否可能影响投标文件编制；不明则不填 / Whether it affects the bids; absent: not known',
        }),
      }),
    ),
    rounds: list(z.looseObject({ published: when, doc_from: when, doc_to: when, deadline: when })),
    events: list(z.looseObject({ published: when, type: label })),
    complaint: z.looseObject({ query: when, reply: when, complain: when }).nullish(),
  })
  .meta({ id: 'PublishedNotice', description: '他处发布的公告 / A notice published elsewhere' });

export type PublishedNotice = z.infer<typeof publishedNoticeSchema>;

/** A field as the columns of a table, and the checks of an audit, name it: `corrections.0.date`. */
export const columnOf = (field: string): string => field.replaceAll(/\[(\d+)\]/g, '.$1');

/** Removes the value at a path; an element of a list becomes an empty one, so that the others keep their places. */
function without(given: unknown, path: readonly PropertyKey[]): unknown {
  const [head, ...rest] = path as readonly (string | number)[];
  if (head === undefined || typeof given !== 'object' || given === null) return undefined;
  if (Array.isArray(given)) {
    return given.map((each: unknown, index) => (index !== head ? each : rest.length === 0 ? {} : without(each, rest)));
  }
  const { [head]: value, ...others } = given as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [head]: without(value, rest) };
}

/** A notice of which what cannot be read was left out, and the issues of what was; only what is no notice at all is an error. */
export const publishedInPartSchema = z
  .preprocess(
    (given: unknown) => {
      const { error } = publishedNoticeSchema.safeParse(given, { reportInput: true });
      if (error?.issues.some(({ path }) => path.length === 0)) return given;
      const rest = (error?.issues ?? []).reduce<unknown>((left, { path }) => without(left, path), given);
      return { ...(rest as object), unread: error ?? null };
    },
    publishedNoticeSchema.transform((notice) => ({ notice, unread: notice['unread'] as z.ZodError | null })),
  )
  .meta({
    override: {
      type: 'object',
      description:
        '他处发布的公告：regime、method、kind、budget、published、doc_from、doc_to、deadline、opening、publicity、corrections、rounds、events、complaint；无法识别的字段列出，其余照审 / A notice published elsewhere, with these fields; what cannot be read is named, and the rest is judged',
      example: {
        regime: '招投标法',
        method: '公开招标',
        kind: '货物',
        published: '2026-03-27',
        deadline: '2026-04-17 09:30',
      },
    },
  });

/** The input of the audit from a parsed notice. */
export function publishedFactsOf(notice: PublishedNotice, unread: z.ZodError | null = null): PublishedFacts {
  const { published, doc_from, doc_to, deadline, opening, publicity, rounds, complaint } = notice;
  const regimeText = (notice.regime ?? '').trim();
  return {
    published,
    doc_from,
    doc_to,
    deadline,
    opening,
    publicity,
    rounds,
    corrections: notice.corrections.map((each) => ({ ...each, material: each.material ?? undefined })),
    announced: announcedIn(notice.events),
    ...(complaint ? { complaint } : {}),
    regime: regimeOf(regimeText),
    // 政采磋商 contains both words.
    procedure: procedureOf((notice.method ?? '').trim() || regimeText),
    mandatory: seemsMandatory(notice.kind ?? undefined, notice.budget),
    unread: new Set(unread?.issues.map(({ path }) => path.map(String).join('.'))),
  };
}
