import {
  CheckField,
  ChoicesField,
  ProseField,
  SelectField,
  TextField,
  type Choice,
  type Errors,
} from '../parts/field.tsx';
import { useView } from '../parts/view.ts';
import type { FormField } from './form-fields.ts';
import { at, rowsIn, type Typed } from './form-values.ts';

/** Values that a field can have here, by its path without places in lists: bids of a lot, members, organisations. */
export type Options = Readonly<Record<string, readonly Choice[]>>;

interface Given {
  readonly typed: Typed;
  readonly errors: Errors;
  readonly options: Options;
}

const MESSAGES = {
  zh: {
    add: '增加一行',
    remove: '删除此行',
    lines: '每行一项',
    money: '单位：元；也可写「125万元」',
    json: '按接口文档的 JSON 填写',
  },
  en: {
    add: 'Add a row',
    remove: 'Remove this row',
    lines: 'One a line',
    money: 'In yuan; “125万元” is read too',
    json: 'JSON, as the API document describes it',
  },
};

/** Fields of a request in the order of its description. */
export const Fields = ({
  fields,
  path = '',
  ...given
}: Given & { readonly fields: readonly FormField[]; readonly path?: string }) => (
  <>
    {fields.map((field) => (
      <OneField field={field} path={at(path, field.key)} {...given} />
    ))}
  </>
);

function OneField({
  field,
  path,
  typed,
  errors,
  options,
}: Given & { readonly field: FormField; readonly path: string }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const common = { name: path, label: field.label[lang], wanted: field.wanted, errors };
  const hint = field.hint[lang] || undefined;
  const value =
    typed.get(path)?.at(-1) ?? (field.initial === undefined || field.initial === null ? '' : textOf(field.initial));
  const known = options[path.replaceAll(/\[\d+\]/g, '')];
  if (known) return <SelectField {...common} hint={hint} value={value} choices={known} />;
  switch (field.kind) {
    case 'object':
      return (
        <fieldset>
          <legend class={field.wanted ? 'wanted' : undefined}>{field.label[lang]}</legend>
          {hint ? <p class="hint">{hint}</p> : null}
          <Fields fields={field.fields} path={path} typed={typed} errors={errors} options={options} />
        </fieldset>
      );
    case 'list':
      return <Rows field={field} path={path} typed={typed} errors={errors} options={options} />;
    case 'choices':
      return (
        <ChoicesField
          {...common}
          hint={hint}
          values={typed.get(path) ?? (field.initial as string[] | undefined) ?? []}
          choices={choicesIn(field, lang)}
        />
      );
    case 'choice':
      return <SelectField {...common} hint={hint} value={value} choices={choicesIn(field, lang)} />;
    case 'boolean':
      return <CheckField {...common} hint={hint} checked={value === 'true'} />;
    case 'prose':
      return <ProseField {...common} hint={hint} value={value} />;
    case 'lines':
      return <ProseField {...common} hint={[hint, t.lines].filter(Boolean).join('；')} value={value} rows={4} />;
    case 'json':
      return <ProseField {...common} hint={[hint, t.json].filter(Boolean).join('；')} value={value} rows={4} />;
    case 'money':
      return <TextField {...common} hint={t.money} value={value} attributes={{ inputmode: 'decimal' }} />;
    case 'number':
      return <TextField {...common} hint={hint} value={value} attributes={{ inputmode: 'numeric' }} />;
    case 'instant':
      return <TextField {...common} hint={hint} value={value} type="datetime-local" />;
    case 'day':
      return <TextField {...common} hint={hint} value={value} type="date" />;
    case 'secret':
      return <TextField {...common} hint={hint} type="password" attributes={{ autocomplete: 'current-password' }} />;
    case 'text':
      return <TextField {...common} hint={hint} value={value} />;
  }
}

function Rows({ field, path, typed, errors, options }: Given & { readonly field: FormField; readonly path: string }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const rows = Math.max(rowsIn(typed, path), field.wanted ? 1 : 0);
  return (
    <fieldset>
      <legend class={field.wanted ? 'wanted' : undefined}>{field.label[lang]}</legend>
      {(errors.get(path) ?? []).map((error) => (
        <p class="error">{error}</p>
      ))}
      {Array.from({ length: rows }, (_, index) => (
        <fieldset>
          <legend>{`${index + 1}`}</legend>
          <Fields fields={field.fields} path={`${path}[${index}]`} typed={typed} errors={errors} options={options} />
          <button class="plain small" type="submit" name="_remove" value={`${path}[${index}]`}>
            {t.remove}
          </button>
        </fieldset>
      ))}
      <button class="plain small" type="submit" name="_add" value={path}>
        {t.add}
      </button>
    </fieldset>
  );
}

const choicesIn = ({ choices }: FormField, lang: 'zh' | 'en'): Choice[] =>
  choices.map(({ value, zh }) => ({ value, text: lang === 'zh' ? zh : value.replaceAll('-', ' ') }));

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
