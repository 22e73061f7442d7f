import type * as z from 'zod';
import type { calendarSchema, importedSchema } from '../../api/calendar/views.ts';
import type { Told } from '../../api/visit.ts';
import { typedOf, type Typed } from '../acts/form-values.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { parseDate, startOfDay } from '../../domain/civil-time.ts';
import { permission } from '../../domain/roles.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { messageIn } from '../http/language.ts';
import { CheckField, ProseField, TextField } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { dayText, Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { CalendarPreview, type Preview } from './preview.tsx';

type Calendar = z.infer<typeof calendarSchema>;
type Imported = z.infer<typeof importedSchema>;

const MESSAGES = {
  zh: {
    title: '放假安排',
    lead: '期限按国务院办公厅每年的放假安排计算。导入一年之前先预览：哪些日期变动，哪些在办项目的期限因此变动。',
    known: (from: string, to: string) => `已载入 ${from} 至 ${to}。`,
    all: '各年的放假安排',
    years: '已载入的年份',
    year: '年份',
    source: '来源',
    imported: '导入时间',
    builtIn: '随程序发布',
    corrected: '已更正',
    partial: '部分',
    import: '导入一年',
    who: '放假安排由管理办公室导入。',
    file: '通知正文、逐日清单或 JSON',
    fileHint: '把国务院办公厅通知的正文粘贴在此；也可逐日一行，如“2027-01-01 休 元旦”“2027-01-03 班”。',
    sourceZh: '通知名称与文号',
    sourceHint: '正文中已有的可不填。',
    url: '官方发布网址',
    correct: '更正已载入的年份',
    correctHint: '已载入的年份只有在选中时才会改变。',
    preview: '预览影响',
    confirm: '确认导入',
    again: '修改后再预览',
    done: '已导入，在办项目的期限随即重新计算',
    warnings: '请核对',
    line: (line: number) => `第 ${line} 行：`,
  },
  en: {
    title: 'Holiday calendar',
    lead: 'Periods are counted by the State Council’s holiday notice of each year. Before a year is imported, a preview shows which days change, and which periods of running procurements move.',
    known: (from: string, to: string) => `Loaded from ${from} to ${to}.`,
    all: 'The holidays of each year',
    years: 'Loaded years',
    year: 'Year',
    source: 'Source',
    imported: 'Imported',
    builtIn: 'part of the release',
    corrected: 'corrected',
    partial: 'in part',
    import: 'Import a year',
    who: 'The administration office imports it.',
    file: 'Words of the notice, a list of days, or JSON',
    fileHint: 'Paste the words of the notice; or one day a line, as “2027-01-01 休 元旦”, “2027-01-03 班”.',
    sourceZh: 'Name and number of the notice',
    sourceHint: 'Not needed where the text has it.',
    url: 'Where it is published',
    correct: 'It corrects a year that is loaded',
    correctHint: 'A loaded year changes only where this is ticked.',
    preview: 'Preview',
    confirm: 'Import it',
    again: 'Change it and preview again',
    done: 'Imported; running procurements are recalculated',
    warnings: 'Please check',
    line: (line: number) => `Line ${line}: `,
  },
};

const PATH = '/console/calendar';
const last = (typed: Typed, name: string): string => (typed.get(name)?.at(-1) ?? '').trim();

/** What a form of this page asks; what is left empty is not given. */
const requestOf = (typed: Typed) => ({
  file: last(typed, 'file'),
  ...(last(typed, 'sourceZh') === '' ? {} : { sourceZh: last(typed, 'sourceZh') }),
  ...(last(typed, 'url') === '' ? {} : { url: last(typed, 'url') }),
  correct: last(typed, 'correct') === 'true',
});

interface Shown {
  readonly typed: Typed;
  readonly told: Told | null;
  readonly preview: Preview | null;
  readonly imported: Imported | null;
}

async function shown(context: PageContext, { typed, told, preview, imported }: Shown): Promise<Outcome> {
  const { lang, href, view } = context;
  const t = MESSAGES[lang];
  const read = await context.ask({ method: 'get', path: '/calendar' });
  const calendar = read.problem ? null : (read.body as Calendar);
  const may = 'scope' in permission(view.acting?.role ?? 'public', 'calendar.import', {});
  const problem = told?.problem ?? read.problem;
  const errors = errorsOf(problem, lang);
  const faults = (problem?.details?.['faults'] ?? []) as Preview['warnings'];
  return {
    title: t.title,
    status: problem?.status ?? 200,
    content: (
      <ConsoleFrame>
        <h1>{t.title}</h1>
        <p class="soft">{t.lead}</p>
        <Refusal problem={problem} />
        <Lines kind="fault" lines={faults} />
        {imported ? (
          <>
            <Note kind="good" title={t.done} />
            <Lines kind="warn" lines={imported.warnings} />
          </>
        ) : null}
        {preview ? (
          <>
            <Lines kind="warn" lines={preview.warnings} />
            <CalendarPreview preview={preview} />
            {preview.outcome === 'same' ? null : (
              <Form action={PATH} submit={t.confirm}>
                <input type="hidden" name="_do" value="import" />
                <textarea class="visually-hidden" name="file" aria-hidden="true" tabindex={-1}>
                  {last(typed, 'file')}
                </textarea>
                {(['sourceZh', 'url', 'correct'] as const).map((name) => (
                  <input type="hidden" name={name} value={last(typed, name)} />
                ))}
              </Form>
            )}
          </>
        ) : null}
        {calendar ? (
          <>
            <h2>{t.years}</h2>
            <p>
              {t.known(day(calendar.horizon.from), day(calendar.horizon.to))} <a href={href('/calendar')}>{t.all}</a>
            </p>
            <Table
              rows={calendar.years.toReversed()}
              empty=""
              columns={[
                {
                  head: t.year,
                  cell: (row) => (
                    <>
                      {row.year} {row.correction ? <span class="tag warn">{t.corrected}</span> : null}{' '}
                      {row.partial ? <span class="tag">{t.partial}</span> : null}
                    </>
                  ),
                },
                { head: t.source, cell: (row) => (row.url ? <a href={row.url}>{row.sourceZh}</a> : row.sourceZh) },
                {
                  head: t.imported,
                  cell: (row) => (row.importedAt ? <Instant at={row.importedAt} bare /> : t.builtIn),
                },
              ]}
            />
          </>
        ) : null}
        <h2>{t.import}</h2>
        {may ? (
          <Form action={PATH} submit={preview ? t.again : t.preview} keyed={false} dirty={typed.size > 0}>
            <input type="hidden" name="_do" value="preview" />
            <ProseField
              name="file"
              label={t.file}
              hint={t.fileHint}
              wanted
              rows={10}
              value={last(typed, 'file')}
              errors={errors}
            />
            <TextField
              name="sourceZh"
              label={t.sourceZh}
              hint={t.sourceHint}
              value={last(typed, 'sourceZh')}
              errors={errors}
            />
            <TextField name="url" label={t.url} value={last(typed, 'url')} errors={errors} />
            <CheckField
              name="correct"
              label={t.correct}
              hint={t.correctHint}
              checked={last(typed, 'correct') === 'true'}
              errors={errors}
            />
          </Form>
        ) : (
          <p class="soft">{t.who}</p>
        )}
      </ConsoleFrame>
    ),
  };

  function day(text: string): string {
    return dayText(startOfDay(parseDate(text)), lang);
  }
}

/** What was found in lines of the text. */
function Lines({ kind, lines }: { readonly kind: 'warn' | 'fault'; readonly lines: Preview['warnings'] }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  if (lines.length === 0) return null;
  return (
    <Note kind={kind} title={t.warnings}>
      <ul>
        {lines.map((each) => (
          <li>
            {t.line(each.line)}
            {messageIn(lang, each)}
          </li>
        ))}
      </ul>
    </Note>
  );
}

const NOTHING: Shown = { typed: new Map(), told: null, preview: null, imported: null };

/** The holiday calendar, and the import of a year with what it would move. */
export const calendarImportPages = [
  page({ path: PATH, for: 'person', handle: (context) => shown(context, NOTHING) }),
  page({
    path: PATH,
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(last(typed, '_token'));
      const json = requestOf(typed);
      if (last(typed, '_do') === 'import') {
        const told = await context.ask({ method: 'post', path: '/calendar', json, key: last(typed, '_key') });
        return told.problem
          ? shown(context, { ...NOTHING, typed, told })
          : shown(context, { ...NOTHING, imported: told.body as Imported });
      }
      const told = await context.ask({ method: 'post', path: '/calendar/preview', json });
      const preview = told.problem ? null : (told.body as Preview);
      return shown(context, { ...NOTHING, typed, told, preview });
    },
  }),
];
