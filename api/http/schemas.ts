import 'zod-openapi';
import * as z from 'zod';
import { MAX_PASSWORD } from '../../domain/accounts/password.ts';
import {
  CREDIT_CODE,
  CREDIT_CODE_CHECK,
  CREDIT_CODE_FORM,
  CREDIT_CODE_TYPED,
  isCreditCode,
  raisedCreditCode,
} from '../../domain/organisations/credit-code.ts';
import { unseenIssue } from '../../domain/issues.ts';
import { identifierOf, LINE_PATTERN, PROSE_PATTERN } from '../../domain/text.ts';
import { formatInstant, parseDate, parseInstant, parseInstantOrDate } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { formed, formOf } from './problems.ts';

// The schemas that requests and answers are built from.

/** Fen, the hundredth part of a yuan. */
export const fen = z.int().min(0).meta({ description: '金额，单位：分 / Amount in fen', example: 1_250_000_00 });

export const id = z.uuid().meta({ description: '编号 / Id (UUIDv7)', example: '0198c0de-0000-7000-8000-000000000001' });

/** Confirms an act that cannot be undone. */
export const confirmation = z.string().min(1).max(MAX_PASSWORD).meta({ description: '本人的密码 / Your own password' });

export const lotNo = z.coerce
  .number()
  .pipe(z.int().min(1).max(999))
  .meta({
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

const instantBy = (parse: (text: string) => number) =>
  z
    .string()
    .max(40)
    .transform(readBy(parse))
    .meta({
      description: '时间，必须带时区偏移 / Instant, with its offset',
      example: '2026-03-27T09:00:00+08:00',
      override: { type: 'string', format: 'date-time' },
    });

/** An instant in a request: ISO 8601 with an offset; one without is refused, since it is ambiguous. */
export const instant = instantBy(parseInstant);
/** A civil day is accepted too, as its first instant: for what is dated by the day. */
export const instantOrDay = instantBy(parseInstantOrDate).meta({
  description: '时间（带时区偏移），或日期 / Instant with its offset, or a civil day',
  example: '2026-07-31',
  override: { type: 'string' },
});

export const civilDate = z
  .string()
  .max(10)
  .refine(
    (text) => {
      try {
        parseDate(text);
        return true;
      } catch {
        return false;
      }
    },
    {
      params: { rule: 'bad-date', messageZh: '不是有效日期（YYYY-MM-DD）', messageEn: 'Not a valid date (YYYY-MM-DD)' },
    },
  )
  .meta({ example: '2026-03-27', format: 'date' });

/** An instant in an answer, in +08:00. */
export const instantOut = z.string().meta({ format: 'date-time', example: '2026-03-27T09:00:00+08:00' });

export const at = (ms: number): string => formatInstant(ms);
export const atOrNull = (ms: number | null): string | null => (ms === null ? null : formatInstant(ms));

/** What nobody sees is refused, not removed: a text is signed and published as it was sent. */
const seen = (linesAllowed: boolean) => (text: string, context: z.RefinementCtx) => {
  const issue = text === '' ? null : unseenIssue('', text, linesAllowed);
  if (issue) context.addIssue({ code: 'custom', params: { ...issue } });
};

const text = (max: number, linesAllowed: boolean) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .superRefine(seen(linesAllowed))
    .meta({ pattern: linesAllowed ? PROSE_PATTERN : LINE_PATTERN });

/** One line: names and titles. */
export const line = (max: number) => text(max, false);

/** Several lines. */
export const prose = (max: number) => text(max, true);

/** A number or a code that others gave: full width is read as half width, so that one thing has one number. */
export const identifier = (max: number) =>
  z.string().overwrite(identifierOf).min(1).max(max).superRefine(seen(false)).meta({ pattern: LINE_PATTERN });

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
  limit: z.coerce
    .number()
    .pipe(z.int().min(1).max(100))
    .default(50)
    .meta({
      description: '每页条数 / Rows a page',
      override: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
    }),
  cursor: z.string().max(400).optional().meta({ description: '上一页给出的游标 / From the page before' }),
});

/** The text that lists are searched by; only spaces means no search. */
export const searched = (zh: string, en: string) =>
  z
    .string()
    .max(100)
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
