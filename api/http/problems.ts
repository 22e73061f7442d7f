import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import { DomainError, ERROR_CODES, type ErrorCode } from '../../domain/errors.ts';
import { badInput, type Issue } from '../../domain/issues.ts';
import type { Places } from '../../domain/fields/field.ts';
import { namedField, namedIssue, NOTHING_ASKED, wordsOfIssues, type AskedFields } from '../../domain/fields/named.ts';
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
  'second-factor-required': 403,
  'code-locked': 423,
  'verification-required': 403,
  'not-linked': 403,
  'provider-unreachable': 503,
};

/** A field by its path, and what people call it. */
export const fieldNamed = {
  field: z.string().meta({ description: '字段的路径，如 lots[0].budgetFen / Path of the field' }),
  fieldZh: z.string().meta({ description: '字段的名称 / Its name', example: '第1个标段的预算金额' }),
  fieldEn: z.string(),
};

export const issueSchema = z.object({
  ...fieldNamed,
  rule: z.string(),
  given: z
    .union([z.string(), z.number(), z.boolean()])
    .nullable()
    .optional()
    .meta({ description: '收到的值，过长的截短；密码等从不重复 / What came, shortened; never a secret' }),
  allowed: z
    .array(z.object({ value: z.union([z.string(), z.number(), z.boolean()]), zh: z.string() }))
    .optional()
    .meta({ description: '可以填写的值及其中文 / The values that are allowed' }),
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

/**
 * The problem for an error. For anything but a DomainError it holds only the request's id.
 * @param asked the request that it answers, after which fields are named
 */
export function problemOf(error: unknown, requestId: string, asked: AskedFields = NOTHING_ASKED): Problem {
  if (!(error instanceof DomainError)) return problemOf(asDomainError(error) ?? INTERNAL, requestId, asked);
  const internal = error === INTERNAL;
  const status = internal ? 500 : STATUS_OF[error.code];
  const { issues, violations, ...details } = error.details ?? {};
  const named = Array.isArray(issues) ? (issues as Issue[]).map((issue) => namedIssue(issue, asked)) : null;
  const { messageZh, messageEn } = named ? wordsOfIssues(named, asked.places) : error;
  return {
    type: `urn:kaibiao:problem:${internal ? 'internal' : error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: internal ? 'internal' : error.code,
    detail: `${messageZh} / ${messageEn}`,
    messageZh,
    messageEn,
    instance: `urn:kaibiao:request:${requestId}`,
    ...(Object.keys(details).length > 0 ? { details: explained(details, asked.places) } : {}),
    ...(named ? { issues: named } : {}),
    ...(Array.isArray(violations)
      ? { violations: (violations as Record<string, unknown>[]).map((each) => explained(each, [])) }
      : {}),
  };
}

/** Links the rule, and names the field, where it has one. */
const explained = (given: Record<string, unknown>, places: Places): Record<string, unknown> => ({
  ...given,
  ...(typeof given.field === 'string' ? namedField(given.field, places) : {}),
  ...(typeof given.rule === 'string' ? { links: ruleLinks(given.rule) } : {}),
});

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
