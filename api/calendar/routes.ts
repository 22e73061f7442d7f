import * as z from 'zod';
import { importedYears } from '../../db/calendar.ts';
import type { Database } from '../../db/access/database.ts';
import { statutoryKnown } from '../../domain/law/calendar-growth.ts';
import { readCalendarFile, type ReadYear } from '../../imports/calendar/file.ts';
import {
  calendarPreviewSchema,
  calendarPreviewView,
  calendarSchema,
  calendarView,
  importedSchema,
  importedView,
} from './views.ts';
import { formed } from '../http/fields/issues.ts';
import { created, ok, route } from '../http/route.ts';
import { line, prose } from '../http/schemas.ts';
import { importYear } from '../../services/calendar/import.ts';
import { previewImport } from '../../services/calendar/preview.ts';

const tag = 'calendar';
/** Tenders in one answer; for a preview of all, use the command line. */
const MOST_TENDERS = 500;

const body = z.strictObject({
  file: prose(100_000).meta({
    description:
      '国务院办公厅通知正文、逐日清单或 JSON / The words of the State Council\u2019s notice, a list of days, or JSON',
  }),
  sourceZh: line(300).optional().meta({ description: '通知名称与文号 / The notice and its number' }),
  url: formed(/^https?:\/\/[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:\/[!-~]*)?$/, {
    zh: '应为 http(s) 网址，非 ASCII 字符用百分号编码',
    en: 'It must be an http(s) address, other than ASCII percent-encoded',
  })
    .max(500)
    .optional()
    .meta({ description: '官方发布网址 / Where it is published' }),
  correct: z.boolean().default(false).meta({ description: '更正已载入的年份 / Corrects a year that is known' }),
});

async function read(db: Database, given: z.infer<typeof body>): Promise<ReadYear> {
  return readCalendarFile(given.file, statutoryKnown(await db.calendar()), given);
}

export const calendarRoutes = [
  route({
    method: 'get',
    path: '/calendar',
    action: 'law.read',
    at: 'anywhere',
    tag,
    zh: '放假安排：已载入的年份、范围与来源',
    en: 'The holiday calendar: the loaded years, the horizon, and the sources',
    outcomes: [{ status: 200, schema: calendarSchema, zh: '日历', en: 'The calendar' }],
    handle: async ({ services: { db } }) => ok(calendarView(await db.calendar(), await importedYears(db.read))),
  }),
  route({
    method: 'post',
    path: '/calendar/preview',
    action: 'calendar.import',
    at: 'anywhere',
    withoutKey: true,
    tag,
    zh: '预览导入某年放假安排对在办项目的影响，不写入',
    en: 'What importing a year would move; nothing is written',
    body,
    outcomes: [{ status: 200, schema: calendarPreviewSchema, zh: '影响', en: 'What moves' }],
    errors: ['bad-calendar-file', 'calendar-conflict'],
    handle: async ({ services: { db }, body: given }) => {
      const found = await read(db, given);
      const preview = await previewImport(db, { ...found, correct: given.correct });
      return ok(calendarPreviewView(found, preview, MOST_TENDERS));
    },
  }),
  route({
    method: 'post',
    path: '/calendar',
    action: 'calendar.import',
    at: 'anywhere',
    tag,
    zh: '导入某年放假安排，并重新计算在办项目的期限',
    en: 'Import a year, and recalculate running tenders',
    body,
    outcomes: [{ status: 201, schema: importedSchema, zh: '已导入', en: 'Imported' }],
    errors: ['bad-calendar-file', 'calendar-conflict'],
    handle: async ({ services: { db }, body: given, commit, actor }) => {
      const found = await read(db, given);
      const { year, url, addition } = found;
      const imported = { year, url, addition, correct: given.correct };
      const preview = await previewImport(db, imported);
      return commit(async (tx) => {
        const { calendar } = await importYear(tx, actor, imported);
        const view = calendarView(calendar, await importedYears(tx.q));
        return created(importedView(view, found, preview, MOST_TENDERS), '/api/calendar');
      });
    },
  }),
];
