import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import { DomainError, ERROR_CODES, type ErrorCode } from '../../domain/errors.ts';
import { badInput, type Issue } from '../../domain/issues.ts';
import { FileFault } from '../../imports/file-fault.ts';
import { ruleLinks } from '../law/links.ts';

/** The HTTP status of each code: the only such table. */
export const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  'bad-instant': 422,
  'bad-date': 422,
  'unknown-rule': 404,
  'rule-has-no-period': 422,
  'rule-not-suspendable': 422,
  'bad-suspension': 422,
  'bad-calendar': 500,
  'bad-calendar-file': 422,
  'calendar-conflict': 409,
  'not-a-drill': 409,
  'clock-busy': 409,
  'nothing-due': 409,
  'clock-jumped': 503,
  'clock-not-in-doubt': 409,
  'calendar-year-not-loaded': 422,
  'procedure-not-supported': 422,
  'rulebook-unknown': 409,
  'bad-facts': 422,
  'database-busy': 503,
  'database-full': 507,
  'schema-altered': 503,
  'acknowledged-missing': 503,
  'database-unreachable': 503,
  'database-unfit': 503,
  'database-role': 503,
  'file-too-large': 413,
  'file-empty': 422,
  'bad-input': 422,
  'not-found': 404,
  forbidden: 403,
  unauthenticated: 401,
  'account-locked': 423,
  'already-exists': 409,
  'last-administrator': 409,
  'stage-conflict': 409,
  'version-conflict': 412,
  'idempotency-conflict': 422,
  unlawful: 422,
  'bid-late': 409,
  'bid-unknown': 404,
  'not-invited': 403,
  'offer-made': 409,
  'conflict-of-interest': 403,
  'not-mandated': 403,
  'mandate-settled': 409,
  'second-person': 403,
  'prepared-settled': 409,
  'grievance-late': 409,
  'grievance-settled': 409,
  suspended: 409,
  'password-change-required': 403,
  'precondition-required': 428,
  'request-in-progress': 409,
  'too-many-requests': 429,
  'hash-mismatch': 422,
  'upload-incomplete': 400,
  'range-not-satisfiable': 416,
  'request-timeout': 408,
  'method-not-allowed': 405,
  'media-type-unsupported': 415,
  'malformed-request': 400,
  'idempotency-key-missing': 400,
  'cross-site': 403,
  'not-sealed': 422,
  'seal-unfit': 422,
  'custodians-missing': 409,
  'quota-exceeded': 413,
  'upload-unknown': 404,
  'upload-offset': 409,
  'upload-busy': 423,
  'tus-version': 412,
  'opening-paused': 409,
  'share-unfit': 422,
  'deposits-held': 409,
  'rates-missing': 409,
  'share-late': 409,
  'one-time-password-spent': 403,
  'invitation-void': 404,
  'not-confirmed': 409,
  'reset-pending': 409,
};

export const issueSchema = z.object({
  field: z.string(),
  rule: z.string(),
  messageZh: z.string(),
  messageEn: z.string(),
});

/** RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: '错误类别 / The kind of problem', example: 'urn:kaibiao:problem:bid-late' }),
    title: z.string(),
    status: z.int(),
    code: z.enum([...ERROR_CODES, 'internal']),
    detail: z.string().meta({ description: '中英文说明 / What happened, in both languages' }),
    messageZh: z.string(),
    messageEn: z.string(),
    instance: z.string().meta({ description: '请求编号 / The id of the request' }),
    details: z.record(z.string(), z.unknown()).optional(),
    issues: z.array(issueSchema).optional().meta({ description: '全部问题 / All violations' }),
    violations: z
      .array(z.record(z.string(), z.unknown()))
      .optional()
      .meta({ description: '违法事项及条款 / What the law forbids, each with its article' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem+json' });

export type Problem = z.infer<typeof problemSchema>;

export const PROBLEM_TYPE = 'application/problem+json';

/** The problem for an error. For anything but a DomainError it holds only the request's id. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (!(error instanceof DomainError)) return problemOf(asDomainError(error) ?? INTERNAL, requestId);
  const internal = error === INTERNAL;
  const status = internal ? 500 : STATUS_OF[error.code];
  const { issues, violations, ...details } = error.details ?? {};
  return {
    type: `urn:kaibiao:problem:${internal ? 'internal' : error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: internal ? 'internal' : error.code,
    detail: `${error.messageZh} / ${error.messageEn}`,
    messageZh: error.messageZh,
    messageEn: error.messageEn,
    instance: `urn:kaibiao:request:${requestId}`,
    ...(Object.keys(details).length > 0 ? { details: explained(details) } : {}),
    ...(Array.isArray(issues) ? { issues: issues as Issue[] } : {}),
    ...(Array.isArray(violations) ? { violations: (violations as Record<string, unknown>[]).map(explained) } : {}),
  };
}

/** Links each rule that is named. */
const explained = (named: Record<string, unknown>): Record<string, unknown> =>
  typeof named.rule === 'string' ? { ...named, links: ruleLinks(named.rule) } : named;

const INTERNAL = new DomainError('bad-facts', {
  messageZh: '服务器内部错误，请将请求编号告知管理员',
  messageEn: 'Internal error; give the administrator the id of the request',
});

/** Whether the failure is ours: logged in full, described in general terms only. */
export function isDefect(error: unknown): boolean {
  return !(error instanceof DomainError) && asDomainError(error) === null;
}

/** What Express and its parsers throw, and errors of ours that libraries rethrow. */
function asDomainError(error: unknown): DomainError | null {
  // Unwraps what the sign-in library and the query builder wrap it in.
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof DomainError) return cause;
  }
  const { type, status, code } = error as { type?: unknown; status?: unknown; code?: unknown };
  if (type === 'entity.parse.failed') {
    return new DomainError('malformed-request', {
      messageZh: '请求正文不是有效的 JSON',
      messageEn: 'The body is not valid JSON',
      details: { field: 'body' },
    });
  }
  if (type === 'entity.too.large') {
    return new DomainError('file-too-large', {
      messageZh: '请求正文过大',
      messageEn: 'The body is too large',
      details: { maxBytes: (error as { limit?: unknown }).limit },
    });
  }
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return new DomainError('media-type-unsupported', {
      messageZh: '不支持的编码或字符集',
      messageEn: 'The encoding or character set is not supported',
    });
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new DomainError('database-full', {
      messageZh: '存储空间不足，文件未收下',
      messageEn: 'The disk is full; the file was not taken',
    });
  }
  if (type === 'request.aborted' || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return new DomainError('upload-incomplete', { messageZh: '上传中断', messageEn: 'The upload broke off' });
  }
  if (type === 'request.size.invalid' || error instanceof URIError || status === 400) {
    return new DomainError('malformed-request', {
      messageZh: '请求格式不正确',
      messageEn: 'The request is not well-formed',
    });
  }
  return null;
}

/** A body that cannot be read as the expected file is reported by its rule; any other error is rethrown. */
export const unreadableAs =
  (rule: string) =>
  (error: unknown): never => {
    if (!(error instanceof FileFault)) throw error;
    const { messageZh, messageEn } = error;
    throw badInput([{ field: 'body', rule, messageZh, messageEn }]);
  };

const WORDS = new Map<string, { readonly zh: string; readonly en: string }>();

/** The format of a text, described in words: a pattern means nothing to most people. */
export function formed(pattern: RegExp, words: { readonly zh: string; readonly en: string }): z.ZodString {
  return z.string().check(formOf(pattern, words));
}

/** The same for a text that is normalised before. */
export function formOf(pattern: RegExp, words: { readonly zh: string; readonly en: string }) {
  WORDS.set(String(pattern), words);
  return z.regex(pattern);
}

const zh = z.locales.zhCN().localeError;
const en = z.locales.en().localeError;

/** The issues that zod found, in both languages; an issue raised by hand has its messages in `params`. */
export function issuesOf(error: z.ZodError, at = ''): Issue[] {
  return error.issues.map((issue) => {
    const own = issue.code === 'custom' ? (issue.params as Partial<Issue> | undefined) : undefined;
    const form = issue.code === 'invalid_format' ? WORDS.get(issue.pattern ?? '') : undefined;
    const field = [at, ...issue.path.map(String)].filter((part) => part !== '').join('.');
    const raw = issue as Parameters<typeof zh>[0];
    return {
      field: issue.code === 'unrecognized_keys' ? [field, issue.keys[0]].filter(Boolean).join('.') : field,
      rule: own?.rule ?? ruleOf(issue),
      messageZh: own?.messageZh ?? form?.zh ?? textOf(zh(raw)),
      messageEn: own?.messageEn ?? form?.en ?? textOf(en(raw)),
    };
  });
}

function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_big':
      return `maximum ${String(issue.maximum)}`;
    case 'too_small':
      return `minimum ${String(issue.minimum)}`;
    case 'invalid_format':
      return issue.format;
    case 'invalid_type':
      return issue.expected;
    default:
      return issue.code;
  }
}

function textOf(message: string | { message: string } | undefined | null): string {
  return typeof message === 'string' ? message : (message?.message ?? '');
}
