import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { issuesOf } from '../../api/http/fields/issues.ts';
import { placesOf, saidField } from '../../domain/fields/field.ts';
import { namedIssue, NOTHING_ASKED } from '../../domain/fields/named.ts';
import type { Issue } from '../../domain/issues.ts';
import { auditNotice, type Audit, type AuditVerdict } from '../../domain/law/audit.ts';
import { chinaCalendar, type Calendar } from '../../domain/law/calendar.ts';
import { growCalendar, judgeImport, statutoryKnown, yearOfCalendar } from '../../domain/law/calendar-growth.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { readCalendarFile } from '../../imports/calendar/file.ts';
import { isHeaderOf, readMapping, readNotice, type ReadNotice } from '../../imports/notices/notice.ts';
import { columnOf, publishedNoticeSchema } from '../../imports/notices/published-notice.ts';
import { recordsOf } from '../../imports/records/file.ts';
import type { Format } from '../../imports/records/format.ts';
import { badFile } from '../settings/failure.ts';
import { shownText } from '../shown.ts';
import type { AuditOptions } from './audit-options.ts';

function formatOf(file: string, given: Format | undefined): Format {
  if (given !== undefined) return given;
  const extension = extname(file).slice(1).toLowerCase();
  const known = { json: 'jsonl', jsonl: 'jsonl', ndjson: 'jsonl', csv: 'csv', xlsx: 'xlsx' } as const;
  const format = (known as Partial<Record<string, Format>>)[extension];
  if (format !== undefined) return format;
  throw badFile(`看不出「${file}」的格式，请用 --format`, `cannot detect the format of "${file}": give --format`);
}

async function print(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
}

const VERDICTS: Readonly<Record<AuditVerdict, string>> = {
  lawful: '合法 lawful',
  borderline: '存疑 borderline',
  unlawful: '违法 unlawful',
  unknown: '不明 unknown',
};

const AUDITED = placesOf('/law/audit');
const JUDGED = { schema: publishedNoticeSchema, places: AUDITED };

/** All that cannot be read of a notice, each with its field. */
function issuesOfNotice(read: ReadNotice): Issue[] {
  if ('facts' in read) return read.unread === null ? [] : issuesOf(read.unread, JUDGED);
  if ('invalid' in read) return issuesOf(read.invalid, JUDGED);
  return [{ field: '', rule: 'readable', messageZh: read.fault.zh, messageEn: read.fault.en }];
}

function told({ field, messageZh, messageEn }: Issue): string {
  if (field === '') return `${messageZh}\n    ${messageEn}`;
  const { zh, en } = saidField(columnOf(field), AUDITED);
  return `${zh}：${messageZh}\n    ${en}: ${messageEn}`;
}

function inJson(issue: Issue) {
  const named = namedIssue(issue, { ...NOTHING_ASKED, places: AUDITED });
  return { ...named, field: columnOf(named.field) };
}

function readable({ line, id }: ReadNotice, audit: Audit, unread: readonly Issue[]): string {
  const { verdict, checks, contradictions, missing } = audit;
  const details = [
    ...unread.map((issue) => `未读 unread: ${told(issue)}`),
    ...checks
      .filter((check) => check.verdict !== 'lawful')
      .map((check) => `${check.verdict}: ${check.messageZh}\n    ${check.messageEn}`),
    ...contradictions.map(({ messageZh, messageEn }) => `${messageZh}\n    ${messageEn}`),
    ...(missing.length > 0 ? [`缺 missing: ${missing.join(', ')}`] : []),
  ];
  return [`${line}  ${id ?? ''}  ${VERDICTS[verdict]}`, ...details.map((text) => `    ${text}`)].join('\n');
}

interface Summary {
  readonly notices: number;
  readonly unreadable: number;
  /** Notices of which a field could not be read, and the rest was judged. */
  readonly inPart?: number;
  readonly verdicts: Record<AuditVerdict, number>;
  /** Number of checks by rule and verdict. */
  readonly rules: Record<string, Partial<Record<AuditVerdict, number>>>;
}

function readableSummary({ notices, unreadable, inPart = 0, verdicts, rules }: Summary): string {
  const counts = Object.entries(verdicts).map(([verdict, n]) => `${VERDICTS[verdict as AuditVerdict]} ${n}`);
  const byRule = Object.entries(rules).map(([rule, each]) => {
    const { law, article } = getRule(rule);
    return `  ${rule} (${law} ${article}): ${Object.entries(each)
      .map(([verdict, n]) => `${verdict} ${n}`)
      .join(', ')}`;
  });
  return [
    '',
    `共 ${notices} 条，不可读 ${unreadable} 条 / ${notices} notices, ${unreadable} unreadable`,
    ...(inPart > 0
      ? [`其中 ${inPart} 条有字段未读，其余已审 / ${inPart} judged without a field that cannot be read`]
      : []),
    counts.join('  '),
    ...byRule,
  ].join('\n');
}

/** The built-in calendar with the years of these files; what is unusual of them, or unknown, goes to stderr. */
function calendarWith(files: readonly string[]): Calendar {
  let calendar = chinaCalendar;
  for (const file of files) {
    const { warnings, ...read } = readCalendarFile(readArrangement(file), statutoryKnown(calendar));
    for (const { line, messageZh, messageEn } of warnings) {
      process.stderr.write(shownText(`${file} 第 ${line} 行 ${messageZh} / line ${line}: ${messageEn}\n`));
    }
    // Whoever names the file of a loaded year means it.
    const correct = !read.addition && yearOfCalendar(calendar, read.year.year) !== undefined;
    const { outcome, year } = judgeImport(calendar, { ...read, correct });
    if (outcome !== 'same') calendar = growCalendar(calendar, [year]);
  }
  return calendar;
}

function readArrangement(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { message } = error as Error;
    throw badFile(`不能读取 ${file}：${message}`, `cannot read ${file}: ${message}`);
  }
}

/** How often the progress of a long run is reported. */
const PROGRESS_MS = 2000;

/**
 * Judges every notice of a file, one at a time, and ends with a summary. Exit code 1 if one is unlawful or unreadable.
 * @throws CommandFailure `bad-input` for a format that cannot be detected
 * @throws FileFault for a file or a mapping that cannot be used
 * @throws DomainError `unknown-rule` for an unknown id to confirm
 */
export async function runAudit(file: string, options: AuditOptions): Promise<void> {
  const confirmed = new Set((options.confirm ?? []).map((id) => getRule(id).id));
  const calendar = calendarWith(options.calendar ?? []);
  const mapping = options.map === undefined ? new Map<string, string>() : readMapping(options.map);
  const verdicts = { lawful: 0, borderline: 0, unlawful: 0, unknown: 0 };
  const rules: Summary['rules'] = {};
  let notices = 0;
  let unreadable = 0;
  let inPart = 0;
  let reportedAt = Date.now();
  for await (const record of recordsOf(file, formatOf(file, options.format), isHeaderOf(mapping))) {
    const read = readNotice(record, mapping);
    const { line, id } = read;
    const audit = 'facts' in read ? auditNotice(read.facts, { confirmed, calendar }) : null;
    const unread = issuesOfNotice(read);
    notices += 1;
    // Where what could be read decides nothing, the notice is as unreadable as its fields.
    if (audit === null || (audit.checks.length === 0 && unread.length > 0)) {
      unreadable += 1;
      const details = unread.map((issue) => `    ${told(issue)}`);
      await print(
        options.json
          ? JSON.stringify({ line, error: { code: 'bad-input', issues: unread.map(inJson) } })
          : [`${line}    不可读 unreadable`, ...details].join('\n'),
      );
    } else {
      if (unread.length > 0) inPart += 1;
      verdicts[audit.verdict] += 1;
      for (const { rule, verdict } of audit.checks) {
        const counts = (rules[rule] ??= {});
        counts[verdict] = (counts[verdict] ?? 0) + 1;
      }
      const parts = unread.length > 0 ? { unread: unread.map(inJson) } : {};
      await print(
        options.json ? JSON.stringify({ line, id, ...audit, ...parts }) : shownText(readable(read, audit, unread)),
      );
    }
    if (Date.now() - reportedAt >= PROGRESS_MS) {
      process.stderr.write(`已审 ${notices} 条 / ${notices} notices so far\n`);
      reportedAt = Date.now();
    }
  }
  const summary: Summary = { notices, unreadable, ...(inPart > 0 ? { inPart } : {}), verdicts, rules };
  await print(options.json ? JSON.stringify({ summary }) : shownText(readableSummary(summary)));
  if (verdicts.unlawful > 0 || unreadable > 0) process.exitCode = 1;
}
