import { labelsOf, nameOf, type FieldPath, type Places } from '../../domain/fields/field.ts';
import { Facts, type FactRow } from '../parts/facts.tsx';
import { Instant } from '../parts/instant.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import type { Options } from './options.ts';

const MESSAGES = {
  zh: { yes: '是', no: '否', none: '没有', empty: '没有记录。' },
  en: { yes: 'yes', no: 'no', none: 'none', empty: 'Nothing here yet.' },
};

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
/** For programs: addresses, and what is nothing to people. */
const LEFT_OUT = new Set(['links', 'trace', 'next']);

/** Whether it is a list of records. */
const isRecords = (value: unknown): value is Record<string, unknown>[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each) => typeof each === 'object' && each !== null && !Array.isArray(each));

interface Given {
  readonly places: Places;
  /** Of what the answer names by ids. */
  readonly names?: Options | undefined;
}

/** An answer of the API as people read it: names instead of keys, instants, amounts, choices in words. */
export function AnswerView({
  value,
  path = [],
  ...of
}: Given & { readonly value: unknown; readonly path?: FieldPath }) {
  const { places, names = {} } = of;
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  if (value === null || value === undefined) return <span class="soft">{t.none}</span>;
  if (typeof value === 'boolean') return <>{value ? t.yes : t.no}</>;
  if (typeof value === 'number') {
    const key = path.filter((step) => typeof step === 'string').at(-1) ?? '';
    return String(key).endsWith('Fen') ? <Money fen={value} /> : <>{value.toLocaleString('en')}</>;
  }
  if (typeof value === 'string') {
    if (INSTANT.test(value)) return <Instant at={value} />;
    const key = path.filter((step) => typeof step === 'string').at(-1) ?? '';
    const named = names[key]?.find((choice) => choice.value === value);
    if (named) return <span title={value}>{named.text}</span>;
    const label = labelsOf(path, places)?.[value];
    return <span class="lines">{label !== undefined && lang === 'zh' ? label : value}</span>;
  }
  if (isRecords(value)) return <Records rows={value} {...of} path={path} />;
  if (Array.isArray(value)) {
    if (value.length === 0) return <span class="soft">{t.none}</span>;
    return (
      <ul>
        {(value as unknown[]).map((each, index) => (
          <li>
            <AnswerView value={each} {...of} path={[...path, index]} />
          </li>
        ))}
      </ul>
    );
  }
  return <Facts rows={factsOf(value as Record<string, unknown>, { ...of, path, lang })} />;
}

/** Whether it is an id whose name stands beside it: `supplierId`, `supplier`. */
const isNamedBeside = (key: string, record: Record<string, unknown>): boolean =>
  key.endsWith('Id') && typeof record[key.slice(0, -2)] === 'string';

/** Whether a bilingual pair is read in one language only. */
const ofOtherLanguage = (key: string, record: Record<string, unknown>, lang: 'zh' | 'en'): boolean => {
  const [, stem, end] = /^(.*)(Zh|En)$/.exec(key) ?? [];
  if (stem === undefined) return (key === 'zh' || key === 'en') && key !== lang && 'zh' in record && 'en' in record;
  return end !== (lang === 'zh' ? 'Zh' : 'En') && `${stem}${lang === 'zh' ? 'Zh' : 'En'}` in record;
};

const factsOf = (
  record: Record<string, unknown>,
  { path, lang, ...of }: Given & { readonly path: FieldPath; readonly lang: 'zh' | 'en' },
): FactRow[] =>
  Object.entries(record)
    .filter(([key]) => !LEFT_OUT.has(key) && !ofOtherLanguage(key, record, lang) && !isNamedBeside(key, record))
    .map(([key, value]): FactRow => {
      const [zh, en] = nameOf([...path, key], of.places) ?? [key, key];
      return [lang === 'zh' ? zh : en, <AnswerView value={value} {...of} path={[...path, key]} />];
    });

/** Records whose values are all short are a table; others one after the other. */
function Records({
  rows,
  path,
  ...of
}: Given & { readonly rows: readonly Record<string, unknown>[]; readonly path: FieldPath }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (key) => !LEFT_OUT.has(key) && !rows.every((row) => ofOtherLanguage(key, row, lang) || isNamedBeside(key, row)),
  );
  const isFlat =
    keys.length <= 8 && rows.every((row) => keys.every((key) => typeof row[key] !== 'object' || row[key] === null));
  if (!isFlat) {
    return (
      <>
        {rows.map((row, index) => (
          <div class="card">
            <AnswerView value={row} {...of} path={[...path, index]} />
          </div>
        ))}
      </>
    );
  }
  const name = (key: string): string => {
    const [zh, en] = nameOf([...path, 0, key], of.places) ?? [key, key];
    return lang === 'zh' ? zh : en;
  };
  return (
    <Table
      rows={rows}
      empty={t.empty}
      columns={keys.map((key) => ({
        head: name(key),
        cell: (row: Record<string, unknown>) => <AnswerView value={row[key]} {...of} path={[...path, 0, key]} />,
      }))}
    />
  );
}
