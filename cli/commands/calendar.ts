import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { readCalendarFile, type ReadYear } from '../../imports/calendar/file.ts';
import { calendarPreviewView, calendarView } from '../../api/calendar/views.ts';
import { OPERATOR } from '../../db/audit.ts';
import { importedYears } from '../../db/calendar.ts';
import type { Database } from '../../db/access/database.ts';
import { formatSecond } from '../../domain/civil-time.ts';
import { statutoryKnown } from '../../domain/law/calendar-growth.ts';
import { CommandFailure } from '../settings/failure.ts';
import { withInstallation } from '../settings/installation.ts';
import { importYear } from '../../services/calendar/import.ts';
import { type ImportPreview, previewImport } from '../../services/calendar/preview.ts';
import type { Ends } from '../../services/calendar/timeline.ts';

interface ImportOptions {
  readonly source?: string;
  readonly url?: string;
  readonly correct?: boolean;
  readonly confirm?: boolean;
  readonly json?: boolean;
}

export function calendarCommand(): Command {
  const command = new Command('calendar').description(
    '放假安排：查看与导入 / the holiday calendar: show it, import a year',
  );
  command
    .command('show', { isDefault: true })
    .description('已载入的年份、范围与来源 / the loaded years, the horizon, and the sources')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(({ json }: { json?: boolean }) => withInstallation((db) => show(db, json ?? false)));
  command
    .command('import')
    .description(
      '导入国务院办公厅某年放假安排：先列出所有变动的期限，--confirm 才写入 / import a year: lists every date that moves, ' +
        'writes only with --confirm',
    )
    .argument('<file>', '通知正文、逐日清单或 JSON，- 为标准输入 / the notice, a list of days or JSON; - for stdin')
    .option('--source <text>', '通知名称与文号 / the notice and its number')
    .option('--url <url>', '官方发布网址 / where it is published')
    .option('--correct', '更正已载入的年份 / correct a loaded year')
    .option('--confirm', '写入并重新计算在办项目 / write it, and recalculate running tenders')
    .option('--json', '以 JSON 输出 / print JSON')
    .action((file: string, options: ImportOptions) => withInstallation((db) => bringIn(db, file, options)));
  return command;
}

async function show(db: Database, json: boolean): Promise<string> {
  const view = calendarView(await db.calendar(), await importedYears(db.read));
  if (json) return `${JSON.stringify(view)}\n`;
  const lines = view.years.map(({ year, sourceZh, importedAt, correction, partial }) => {
    const how =
      importedAt === null ? '内置 / built in' : `${correction ? '更正 / corrected' : '导入 / imported'} ${importedAt}`;
    return `${year}  ${sourceZh}  ${how}${partial ? '  部分，其余未知 / in part, the rest is not known' : ''}`;
  });
  return `${[...lines, `范围 / horizon: ${view.horizon.from} – ${view.horizon.to}（暂定至 / bounds to ${view.outlookTo}）`].join('\n')}\n`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CommandFailure(
      'bad-file',
      { zh: `不能读取 ${file}：${(error as Error).message}`, en: `cannot read ${file}: ${(error as Error).message}` },
      { exitCode: 2, cause: error },
    );
  }
}

async function bringIn(db: Database, file: string, options: ImportOptions): Promise<string> {
  const { correct = false, confirm = false } = options;
  const read = readCalendarFile(textOf(file), statutoryKnown(await db.calendar()), {
    sourceZh: options.source,
    url: options.url,
  });
  const preview = await previewImport(db, { ...read, correct });
  const imported = confirm ? await db.transaction((tx) => importYear(tx, OPERATOR, { ...read, correct })) : null;
  if (options.json) {
    return `${JSON.stringify({ ...calendarPreviewView(read, preview), written: imported !== null })}\n`;
  }
  return `${[...linesOf(read, preview), '', ending(preview, confirm)].join('\n')}\n`;
}

function ending({ outcome }: ImportPreview, confirmed: boolean): string {
  if (outcome === 'same')
    return '该年安排已载入，日期相同，未改动日历 / already loaded with the same days: the calendar is unchanged';
  return confirmed
    ? '已写入；运行中的服务将重新计算在办项目 / written; the running service recalculates its tenders'
    : '未写入；确认无误后加 --confirm / nothing was written; add --confirm when it is right';
}

function linesOf(
  { year, warnings }: ReadYear,
  { calendar, tenders, changing, resting, failing }: ImportPreview,
): string[] {
  const lines = [
    `${year.year} ${year.sourceZh}`,
    ...year.off.map(({ nameZh, from, to }) => `  休 / off   ${from} – ${to} ${nameZh}`),
    `  班 / work  ${year.makeup.join(' ') || '—'}`,
    `范围 / horizon: ${calendar.horizon.from} – ${calendar.horizon.to}`,
    ...warnings.map(
      (each) => `注意 / note: 第 ${each.line} 行 ${each.messageZh} / line ${each.line}: ${each.messageEn}`,
    ),
    '',
    `在办项目 / running tenders: ${tenders}；变动 / changing: ${changing.length}`,
  ];
  for (const { procurementId, title, dates, suspended } of changing) {
    lines.push('', `${title}（${procurementId}）`);
    for (const date of dates) {
      const place = date.lotNo === 0 ? '' : `第${date.lotNo}标段 `;
      const marks = [
        ...(date.kept ? ['不缩短，保留 / kept'] : []),
        ...(date.notice ? ['将公告 / notice of change'] : []),
        ...(date.passed ? ['按新日历已过 / over already'] : []),
      ];
      lines.push(
        `  ${place}${date.nameZh} / ${date.nameEn}`,
        `    ${written(date.before)} → ${written(date.after)} ${marks.join('；')}`.trimEnd(),
      );
    }
    for (const { lotNo, key } of suspended)
      lines.push(`  ${lotNo} ${key}: 暂停中，恢复时重算 / suspended: recalculated when it resumes`);
  }
  if (resting.length > 0) {
    lines.push(
      '',
      `注意：以下项目的既定时间落在休息日，系统不移动，由招标人（采购人）决定 / note: these milestones are now on rest days and stay, unless their purchasers move them`,
    );
  }
  for (const { procurementId, title, milestones } of resting) {
    lines.push(`${title}（${procurementId}）`);
    for (const { lotNo, nameZh, nameEn, at, why } of milestones) {
      lines.push(`  ${lotNo === 0 ? '' : `第${lotNo}标段 `}${nameZh} / ${nameEn}: ${formatSecond(at)}（${why}）`);
    }
  }
  for (const each of failing) lines.push('', `${each.procurementId}: ${each.messageZh} / ${each.messageEn}`);
  return lines;
}

function written({ dueAt, earliest, latest, provisional }: Ends): string {
  const instant = (at: number | null) => (at === null ? '—' : formatSecond(at));
  return provisional
    ? `${instant(dueAt)}（暂定 / provisional ${instant(earliest)} … ${instant(latest)}）`
    : instant(dueAt);
}
