import * as z from 'zod';
import type { ImportedYear } from '../../db/calendar.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import { yearsOfCalendar } from '../../domain/law/calendar-growth.ts';
import type { ReadYear } from '../../imports/calendar/file.ts';
import { at, atOrNull, instantOut } from '../http/schemas.ts';
import type { Ends } from '../../services/calendar/timeline.ts';
import type { ImportPreview, RestingTender } from '../../services/calendar/preview.ts';

const civil = z.string().meta({ format: 'date', example: '2026-10-01' });

export const calendarSchema = z
  .object({
    horizon: z.object({ from: civil, to: civil }),
    outlookTo: civil.meta({ description: '暂定日期可算至 / Last day with bounds' }),
    hash: z.string().meta({ description: '日历标识，随日期而变 / Changes with any day' }),
    years: z.array(
      z.object({
        year: z.int(),
        sourceZh: z.string(),
        url: z.string().nullable(),
        importedAt: instantOut.nullable().meta({ description: '内置为 null / null: part of the release' }),
        correction: z.boolean(),
        partial: z.boolean().meta({
          description:
            '较早年份，只载入了部分放假安排，其余日期未知 / An earlier year of which only a part is loaded: its other days are not known',
        }),
        off: z.array(z.object({ nameZh: z.string(), from: civil, to: civil })),
        makeup: z.array(civil),
      }),
    ),
  })
  .meta({ id: 'Calendar' });

/** The calendar in force, each year with its source. */
export function calendarView(calendar: Calendar, imported: readonly ImportedYear[]): z.infer<typeof calendarSchema> {
  return {
    horizon: { ...calendar.horizon },
    outlookTo: calendar.outlookTo,
    hash: calendar.hash,
    years: yearsOfCalendar(calendar).map(({ year, sourceZh, off, makeup, partial = false }) => {
      const row = imported.findLast((each) => each.year === year);
      return {
        year,
        sourceZh,
        url: row?.url ?? null,
        importedAt: atOrNull(row?.importedAt ?? null),
        correction: row?.correction ?? false,
        partial,
        off: off.map((block) => ({ ...block })),
        makeup: [...makeup],
      };
    }),
  };
}

const dayKind = z.enum(['workday', 'rest', 'unknown']);

const endsSchema = z.object({
  dueAt: instantOut.nullable(),
  earliest: instantOut.nullable(),
  latest: instantOut.nullable(),
  provisional: z.boolean(),
});

const endsView = ({ dueAt, earliest, latest, provisional }: Ends): z.infer<typeof endsSchema> => ({
  dueAt: atOrNull(dueAt),
  earliest: atOrNull(earliest),
  latest: atOrNull(latest),
  provisional,
});

const faultSchema = z.object({ line: z.int(), messageZh: z.string(), messageEn: z.string() });

const restingSchema = z
  .array(
    z.object({
      procurementId: z.string(),
      title: z.string(),
      milestones: z.array(
        z.object({
          lotNo: z.int(),
          key: z.string(),
          nameZh: z.string(),
          nameEn: z.string(),
          at: instantOut,
          why: z.string(),
        }),
      ),
    }),
  )
  .meta({
    description:
      '既定时间因此落在休息日的在办项目，系统不移动，由招标人（采购人）决定 / Running tenders with a standing milestone that becomes a rest day: it stays, unless their purchasers move it',
  });

const restingView = (resting: readonly RestingTender[]): z.infer<typeof restingSchema> =>
  resting.map(({ procurementId, title, milestones }) => ({
    ...{ procurementId, title },
    milestones: milestones.map((each) => ({ ...each, at: at(each.at) })),
  }));

/** The calendar after an import, and what it now warns of. */
export const importedSchema = calendarSchema
  .extend({ warnings: z.array(faultSchema), resting: restingSchema })
  .meta({ id: 'ImportedCalendar' });

export const importedView = (
  calendar: z.infer<typeof calendarSchema>,
  { warnings }: Pick<ReadYear, 'warnings'>,
  { resting }: Pick<ImportPreview, 'resting'>,
  most = Infinity,
): z.infer<typeof importedSchema> => ({
  ...calendar,
  warnings: warnings.map((each) => ({ ...each })),
  resting: restingView(resting.slice(0, most)),
});

export const calendarPreviewSchema = z
  .object({
    year: z.int(),
    sourceZh: z.string(),
    url: z.string().nullable(),
    outcome: z.enum(['new', 'correction', 'same']),
    horizon: z.object({ from: civil, to: civil }),
    warnings: z.array(faultSchema).meta({ description: '不同寻常，请核对 / Different from earlier years: check them' }),
    days: z.array(z.object({ day: civil, before: dayKind, after: dayKind, nameZh: z.string().nullable() })).meta({
      description:
        '因此变动的日期；此前未知的年份，只列与周历不同的 / Days that become other days; of a year that was not known, those that differ from the week',
    }),
    tenders: z.int().meta({ description: '在办项目数 / Running tenders that were checked' }),
    changing: z.array(
      z.object({
        procurementId: z.string(),
        title: z.string(),
        dates: z.array(
          z.object({
            lotNo: z.int(),
            key: z.string(),
            nameZh: z.string(),
            nameEn: z.string(),
            grievanceId: z.string().nullable(),
            before: endsSchema,
            after: endsSchema,
            moves: z.boolean(),
            kept: z.boolean().meta({ description: '不缩短，故保留 / Stays, since it would be shortened' }),
            notice: z.boolean().meta({ description: '将发布时间变更公告 / A notice of change is published' }),
            passed: z.boolean().meta({ description: '按新日历已过 / Already passed by the new calendar' }),
          }),
        ),
        suspended: z.array(z.object({ lotNo: z.int(), key: z.string() })),
      }),
    ),
    more: z.int().meta({ description: '未列出的项目数 / Changing tenders that are not listed' }),
    resting: restingSchema,
    failing: z.array(z.object({ procurementId: z.string(), messageZh: z.string(), messageEn: z.string() })),
  })
  .meta({ id: 'CalendarPreview' });

/** @param most tenders listed; the others are only counted */
export function calendarPreviewView(
  { year, url, warnings }: ReadYear,
  { outcome, calendar, days, tenders, changing, resting, failing }: ImportPreview,
  most = Infinity,
): z.infer<typeof calendarPreviewSchema> {
  return {
    year: year.year,
    sourceZh: year.sourceZh,
    url,
    outcome,
    horizon: { ...calendar.horizon },
    warnings: warnings.map((each) => ({ ...each })),
    days: days.map((each) => ({
      ...each,
      nameZh: year.off.find(({ from, to }) => from <= each.day && each.day <= to)?.nameZh ?? null,
    })),
    tenders,
    changing: changing.slice(0, most).map(({ procurementId, title, dates, suspended }) => ({
      procurementId,
      title,
      dates: dates.map(({ trace: _trace, before, after, ...date }) => ({
        ...date,
        before: endsView(before),
        after: endsView(after),
      })),
      suspended: suspended.map((each) => ({ ...each })),
    })),
    more: Math.max(0, changing.length - most),
    resting: restingView(resting.slice(0, most)),
    failing: failing.map((each) => ({ ...each })),
  };
}
