import 'zod-openapi';
import * as z from 'zod';
import { MAX_PASSWORD } from '../../domain/accounts/password.ts';
import {
  MAX_USERNAME,
  MIN_USERNAME,
  USERNAME_FORM,
  USERNAME_TYPED,
  usernameOf,
} from '../../domain/accounts/username.ts';
import {
  CREDIT_CODE,
  CREDIT_CODE_CHECK,
  CREDIT_CODE_FORM,
  CREDIT_CODE_TYPED,
  isCreditCode,
  raisedCreditCode,
} from '../../domain/organisations/credit-code.ts';
import { unseenIssue } from '../../domain/issues.ts';
import { identifierOf, LINE_PATTERN, PROSE_PATTERN, unseenIn, WORDS_PATTERN } from '../../domain/text.ts';
import {
  FIRST_YEAR,
  formatInstant,
  instantOrNull,
  LAST_YEAR,
  parseDate,
  parseInstant,
  parseInstantOrDate,
} from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { DAY_PATTERN, INSTANT_OR_DAY_PATTERN, INSTANT_PATTERN } from './patterns.ts';
import { formed, formOf } from './fields/issues.ts';
import type { Judged } from './route.ts';

// The schemas that requests and answers are built from.

/** Fen, the hundredth part of a yuan. */
export const fen = z.int().min(0).meta({ description: '金额，单位：分 / Amount in fen', example: 1_250_000_00 });

export const id = z.uuid().meta({ description: '编号 / Id (UUIDv7)', example: '0198c0de-0000-7000-8000-000000000001' });

/** A whole number in a path or a query, in its one spelling. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .transform((text) => (/^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : text))
    .pipe(z.int().min(min).max(max))
    .meta({ override: { type: 'integer', minimum: min, maximum: max } });

export const lotNo = whole(1, 999).meta({
  description: '标段（包）号 / Number of the lot',
  example: 1,
  override: { type: 'integer', minimum: 1, maximum: 999 },
});

/** A value that the domain cannot parse is an issue of its field, reported with all others. */
export const readBy =
  <T>(read: (text: string) => T) =>
  (text: string, context: z.RefinementCtx): T => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      context.addIssue({
        code: 'custom',
        params: { rule: error.code, messageZh: error.messageZh, messageEn: error.messageEn },
      });
      return z.NEVER;
    }
  };

/** Refuses years that no tender has: what is counted from them would be no date any more. */
const inYears =
  <T>(read: (text: string) => T) =>
  (text: string): T => {
    const value = read(text);
    const year = Number(text.slice(0, 4));
    if (year >= FIRST_YEAR && year <= LAST_YEAR) return value;
    throw new DomainError('bad-instant', {
      messageZh: `年份应在 ${FIRST_YEAR} 至 ${LAST_YEAR} 之间：${text}`,
      messageEn: `The year must be from ${FIRST_YEAR} to ${LAST_YEAR}: ${text}`,
      details: { value: text },
    });
  };

const instantBy = (parse: (text: string) => number, pattern: string, more: { readonly format?: string } = {}) =>
  z
    .string()
    .max(40)
    .transform(readBy(inYears(parse)))
    .meta({
      description: '时间，必须带时区偏移 / Instant, with its offset',
      example: '2026-03-27T09:00:00+08:00',
      override: { type: 'string', ...more, pattern },
    });

/** An instant in a request: ISO 8601 with an offset; one without is refused, since it is ambiguous. */
export const instant = instantBy(parseInstant, INSTANT_PATTERN, { format: 'date-time' });
/** A civil day is accepted too, as its first instant: for what is dated by the day. */
export const instantOrDay = instantBy(parseInstantOrDate, INSTANT_OR_DAY_PATTERN).meta({
  description: '时间（带时区偏移），或日期 / Instant with its offset, or a civil day',
  example: '2026-07-31',
  override: { type: 'string', pattern: INSTANT_OR_DAY_PATTERN },
});

export const civilDate = z
  .string()
  .max(10)
  .refine(
    (text) => {
      try {
        inYears(parseDate)(text);
        return true;
      } catch {
        return false;
      }
    },
    {
      params: {
        rule: 'bad-date',
        messageZh: `不是有效日期（YYYY-MM-DD，${FIRST_YEAR} 至 ${LAST_YEAR} 年）`,
        messageEn: `Not a valid date (YYYY-MM-DD, years ${FIRST_YEAR} to ${LAST_YEAR})`,
      },
    },
  )
  .meta({ example: '2026-03-27', format: 'date', pattern: DAY_PATTERN });

/** An instant in an answer, in +08:00. */
export const instantOut = z.string().meta({ format: 'date-time', example: '2026-03-27T09:00:00+08:00' });

export const at = (ms: number): string => formatInstant(ms);
export const atOrNull = instantOrNull;

/**
 * Characters are counted as people and documents count them: 𠮷 is one. What nobody sees is refused, not removed: a text is
 * signed and published as it was sent.
 */
const readable = (max: number, linesAllowed: boolean, mayShowNothing = false) =>
  z.string().superRefine((text, context) => {
    if (text.length > max && [...text].length > max)
      context.addIssue({ code: 'too_big', origin: 'string', maximum: max, inclusive: true, input: text });
    const isBlank = mayShowNothing || text.trim() === '';
    const issue = isBlank && unseenIn(text, linesAllowed) === null ? null : unseenIssue('', text, linesAllowed);
    if (issue) context.addIssue({ code: 'custom', params: { ...issue }, input: text });
  });

/** One line: names and titles. */
export const line = (max: number) => readable(max, false).trim().min(1).meta({ maxLength: max, pattern: LINE_PATTERN });

/** Several lines. */
export const prose = (max: number) =>
  readable(max, true).trim().min(1).meta({ maxLength: max, pattern: PROSE_PATTERN });

/** As it was sent, perhaps empty. */
export const words = (max: number) => readable(max, true, true).meta({ maxLength: max, pattern: WORDS_PATTERN });

/** A number or a code that others gave: full width is read as half width, so that one thing has one number. */
export const identifier = (max: number) =>
  readable(max, false).overwrite(identifierOf).min(1).meta({ maxLength: max, pattern: LINE_PATTERN });

/** A password: any characters, which are counted and not looked at. */
export const secret = (min: number, max = MAX_PASSWORD) =>
  z
    .string()
    .superRefine((text, context) => {
      const length = [...text].length;
      const issue = { origin: 'string', inclusive: true, input: text } as const;
      if (length < min) context.addIssue({ code: 'too_small', minimum: min, ...issue });
      if (length > max) context.addIssue({ code: 'too_big', maximum: max, ...issue });
    })
    .meta({ minLength: min, maxLength: max });

/** The name that a person signs in with: one spelling, and no characters that look like others. */
export const username = z
  .string()
  .check(formOf(new RegExp(USERNAME_TYPED, 'u'), USERNAME_FORM))
  .overwrite(usernameOf)
  .meta({ example: '王小明', minLength: MIN_USERNAME, maxLength: MAX_USERNAME, pattern: USERNAME_TYPED });

/** 统一社会信用代码. */
export const creditCode = z
  .string()
  .overwrite(raisedCreditCode)
  .check(formOf(CREDIT_CODE, CREDIT_CODE_FORM))
  .refine(isCreditCode, {
    params: { rule: 'check-digit', messageZh: CREDIT_CODE_CHECK.zh, messageEn: CREDIT_CODE_CHECK.en },
    when: ({ issues }) => issues.length === 0,
  })
  .meta({
    description:
      '统一社会信用代码（GB 32100-2015），末位为校验码；小写按大写收 / Its last digit checks the others; lower case is raised',
    example: '91110000MA01ABCD2Q',
    pattern: CREDIT_CODE_TYPED.source,
  });

/** What no pattern says of it. */
export const checkDigitOf = (field: string): Judged => ({
  field,
  rule: 'check-digit',
  zh: '校验码正确',
  en: 'its check digit is right',
});

export const sha256 = formed(/^[0-9a-f]{64}$/, {
  zh: '应为 64 位小写十六进制的 SHA-256',
  en: 'It must be a SHA-256 of 64 lower-case hexadecimal digits',
}).meta({ description: 'SHA-256，小写十六进制 / lower-case hex' });

/** A code of a catalogue or a project, as its authority writes it; full width is read as half width. */
export const code = z
  .string()
  .overwrite(identifierOf)
  .check(
    formOf(/^[0-9A-Za-z][0-9A-Za-z.\-_/]{0,49}$/, {
      zh: '应以字母或数字开头，只含字母、数字和 . - _ /，至多 50 个',
      en: 'It must begin with a letter or digit and have letters, digits and . - _ / only, 50 of them at most',
    }),
  )
  .meta({ example: 'A02010105' });

/** A message in both languages. */
export const bilingual = z.object({ zh: z.string(), en: z.string() });

export const pageQuery = z.strictObject({
  limit: whole(1, 100)
    .default(50)
    .meta({
      description: '每页条数 / Rows a page',
      override: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
    }),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,400}$/)
    .optional()
    .meta({ description: '上一页给出的游标 / From the page before' }),
});

/** The text that lists are searched by; only spaces means no search. */
export const searched = (zh: string, en: string) =>
  words(100)
    .optional()
    .meta({
      description: `${zh}：标题中连续的文字，一个字起；不分大小写和全角半角，标点按原样 / ${en}: consecutive text of the title, one character or more; ignores case and full width, not punctuation`,
      example: '道路改造',
    });

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: '下一页游标；无则为 null / Cursor of the next page' }),
  });
