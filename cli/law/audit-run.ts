import { once } from 'node:events';
import { extname } from 'node:path';
import { issuesOf } from '../../api/http/problems.ts';
import type { Issue } from '../../domain/issues.ts';
import { auditNotice, type Audit, type AuditVerdict } from '../../domain/law/audit.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { readMapping, readNotice, type ReadNotice } from '../../imports/notices/notice.ts';
import { recordsOf } from '../../imports/records/file.ts';
import type { Format } from '../../imports/records/format.ts';
import { badFile } from '../settings/failure.ts';
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

type Unread = Exclude<ReadNotice, { readonly facts: unknown }>;

/** All errors in a notice that cannot be read, each with its field. */
function issuesOfNotice(read: Unread): Issue[] {
  if ('invalid' in read) return issuesOf(read.invalid);
  return [{ field: '', rule: 'readable', messageZh: read.fault.zh, messageEn: read.fault.en }];
}

function readable({ line, id }: ReadNotice, audit: Audit): string {
  const { verdict, checks, contradictions, missing } = audit;
  const details = [
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
  readonly verdicts: Record<AuditVerdict, number>;
  /** Number of checks by rule and verdict. */
  readonly rules: Record<string, Partial<Record<AuditVerdict, number>>>;
}

function readableSummary({ notices, unreadable, verdicts, rules }: Summary): string {
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
    counts.join('  '),
    ...byRule,
  ].join('\n');
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
  const mapping = options.map === undefined ? new Map<string, string>() : readMapping(options.map);
  const verdicts = { lawful: 0, borderline: 0, unlawful: 0, unknown: 0 };
  const rules: Summary['rules'] = {};
  let notices = 0;
  let unreadable = 0;
  let reportedAt = Date.now();
  for await (const record of recordsOf(file, formatOf(file, options.format))) {
    const read = readNotice(record, mapping);
    const { line, id } = read;
    notices += 1;
    if (!('facts' in read)) {
      unreadable += 1;
      const issues = issuesOfNotice(read);
      const details = issues.map(
        ({ field, messageZh, messageEn }) => `    ${field === '' ? '' : `${field}: `}${messageZh}\n    ${messageEn}`,
      );
      await print(
        options.json
          ? JSON.stringify({ line, error: { code: 'bad-input', issues } })
          : [`${line}    不可读 unreadable`, ...details].join('\n'),
      );
    } else {
      const audit = auditNotice(read.facts, { confirmed });
      verdicts[audit.verdict] += 1;
      for (const { rule, verdict } of audit.checks) {
        const counts = (rules[rule] ??= {});
        counts[verdict] = (counts[verdict] ?? 0) + 1;
      }
      await print(options.json ? JSON.stringify({ line, id, ...audit }) : readable(read, audit));
    }
    if (Date.now() - reportedAt >= PROGRESS_MS) {
      process.stderr.write(`已审 ${notices} 条 / ${notices} notices so far\n`);
      reportedAt = Date.now();
    }
  }
  const summary: Summary = { notices, unreadable, verdicts, rules };
  await print(options.json ? JSON.stringify({ summary }) : readableSummary(summary));
  if (verdicts.unlawful > 0 || unreadable > 0) process.exitCode = 1;
}
