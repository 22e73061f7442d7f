import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { formatInstant, formatSecond, parseInstantOrDate } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { due, type Due } from '../../domain/law/due.ts';
import { citeZh } from '../../domain/law/rule.ts';
import { getRule, ruleInForce } from '../../domain/law/rulebook.ts';
import { answering, badInput, json } from './answering.ts';
import { print, printJson, table } from './table.ts';

/** Keys in reading order; instants as ISO 8601 in +08:00. */
function dueJson(result: Due): Record<string, unknown> {
  return {
    rule: result.rule,
    from: formatInstant(result.from),
    due: formatInstant(result.due),
    provisional: result.provisional,
    bounds: { earliest: formatInstant(result.bounds.earliest), latest: formatInstant(result.bounds.latest) },
    trace: result.trace,
    article: result.article,
    status: result.status,
    law: result.law,
    lastDay: result.lastDay,
    endsAt: formatInstant(result.endsAt),
    ...(result.earliest === undefined ? {} : { earliest: formatInstant(result.earliest) }),
    ...(result.actBy === undefined ? {} : { actBy: formatInstant(result.actBy) }),
  };
}

function printDue(result: Due): void {
  const rule = getRule(result.rule);
  const rows = [
    ['规则 rule', `${rule.id}  ${rule.nameZh}`],
    ['依据 article', `${citeZh(rule)}  ${rule.status}`],
    ['起算 from', formatSecond(result.from)],
    ['届满 due', formatSecond(result.due)],
    ...(result.earliest === undefined ? [] : [['最早合法 earliest', formatSecond(result.earliest)]]),
    ...(result.actBy === undefined ? [] : [['宜于 act by', formatSecond(result.actBy)]]),
    ...(result.provisional
      ? [['暂定 provisional', `${formatSecond(result.bounds.earliest)} … ${formatSecond(result.bounds.latest)}`]]
      : []),
    ...(ruleInForce(rule.id, result.from)
      ? []
      : [['注意 note', '起算日该规定尚未施行或已失效 / not in force on that day']]),
  ];
  const days = result.trace.map(({ day, weekday, counted, n, why }) => [
    day,
    weekday,
    counted ? `${n ?? '✓'}` : '–',
    why ?? '',
  ]);
  print(`${table(rows)}\n\n${table(days)}`);
}

interface BatchItem {
  rule: string;
  from: string;
}

function readBatch(file: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw badInput(`无法读取「${file}」：${String(error)}`, `cannot read "${file}": ${String(error)}`);
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed as unknown[];
  } catch {
    // Reported below, together with JSON that is no array.
  }
  throw badInput('应为 JSON 数组：[{ "rule": …, "from": … }]', 'expected a JSON array: [{ "rule": …, "from": … }]');
}

function isBatchItem(item: unknown): item is BatchItem {
  const { rule, from } = (item ?? {}) as Partial<BatchItem>;
  return typeof rule === 'string' && typeof from === 'string';
}

/** One answer per line of the batch, in order; a line that fails reports why and does not stop the others. */
function dueOfItem(item: unknown): Record<string, unknown> {
  if (!isBatchItem(item)) {
    const echo = typeof item === 'object' && item !== null && !Array.isArray(item) ? item : { given: item };
    const messageZh = '每项应含字符串 rule 与 from';
    const messageEn = 'each item needs the strings rule and from';
    return { ...echo, error: { code: 'bad-input', messageZh, messageEn } };
  }
  try {
    return dueJson(due(item.rule, parseInstantOrDate(item.from), chinaCalendar));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, messageZh, messageEn, details } = error;
    return { rule: item.rule, from: item.from, error: { code, messageZh, messageEn, ...(details ? { details } : {}) } };
  }
}

interface DueOptions {
  rule?: string;
  from?: string;
  batch?: string;
  json?: true;
}

function runDue(options: DueOptions): void {
  if (options.batch !== undefined) {
    const answers = readBatch(options.batch).map(dueOfItem);
    printJson(answers);
    if (answers.some((answer) => 'error' in answer)) process.exitCode = 1;
    return;
  }
  if (options.rule === undefined || options.from === undefined) {
    throw badInput('需要 --rule 与 --from，或 --batch', '--rule and --from are needed, or --batch');
  }
  const result = due(options.rule, parseInstantOrDate(options.from), chinaCalendar);
  if (options.json) printJson(dueJson(result));
  else printDue(result);
}

export function dueCommand(): Command {
  return new Command('due')
    .description('按法条计算期限 / when a period ends, and why')
    .option('--rule <id>', '规则编号 / rule id')
    .option('--from <when>', '起算（带时区的时间或日期）/ instant with offset, or date')
    .option('--batch <file>', 'JSON 数组 [{ rule, from }]，- 为标准输入 / JSON array, - for stdin')
    .addOption(json())
    .action(answering((options: DueOptions) => runDue(options)));
}
