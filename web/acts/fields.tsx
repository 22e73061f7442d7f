import {
  CheckField,
  ChoicesField,
  idOf,
  ProseField,
  SelectField,
  TextField,
  type Choice,
  type Errors,
} from '../parts/field.tsx';
import { AmountField } from '../parts/amount-field.tsx';
import { PartyField, SEARCHED } from '../parts/party-field.tsx';
import { useView } from '../parts/view.ts';
import type { FormField } from './form-fields.ts';
import { at, rowsIn, type Typed } from './form-values.ts';
import { searchedBy, type Options } from './options.ts';

interface Given {
  readonly typed: Typed;
  readonly errors: Errors;
  readonly options: Options;
  /** Whether a field belongs to what is typed so far; absent: each does. */
  readonly shown?: ((path: string, typed: Typed) => boolean) | undefined;
}

const MESSAGES = {
  zh: {
    add: '增加一行',
    remove: '删除此行',
    lines: '每行一项',
    nothing: '现在没有可选的',
    upload: '文件须先上传',
    row: (list: string, nth: number) => `${list}（第${nth}项）`,
    json: '按接口文档的 JSON 填写',
  },
  en: {
    add: 'Add a row',
    remove: 'Remove this row',
    lines: 'One a line',
    nothing: 'There is nothing to choose from yet',
    upload: 'files are uploaded first',
    row: (list: string, nth: number) => `${list}, no. ${nth}`,
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
    {fields
      .filter(({ key }) => given.shown?.(at(path, key), given.typed) ?? true)
      .map((field) => (
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
  shown,
}: Given & { readonly field: FormField; readonly path: string }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const common = { name: path, label: field.label[lang], wanted: field.wanted && !field.nullable, errors };
  // What is chosen by its name is no id.
  const named = lang === 'en' ? common.label.replace(/ ids?$/, '') : common.label;
  const hint = field.hint[lang] || undefined;
  const value =
    typed.get(path)?.at(-1) ?? (field.initial === undefined || field.initial === null ? '' : textOf(field.initial));
  const searched = searchedBy(field.key);
  if (searched !== null && field.kind === 'text')
    return (
      <PartyField
        {...common}
        label={named}
        hint={hint}
        value={value}
        query={typed.get(`${SEARCHED}${path}`)?.at(-1)}
        choices={options[path] ?? []}
        of={searched}
      />
    );
  const known = options[path.replaceAll(/\[\d+\]/g, '')] ?? options[field.key];
  if (known && known.length > 0) {
    return field.kind === 'lines' || field.kind === 'choices' ? (
      <ChoicesField
        {...common}
        label={named}
        hint={hint}
        values={(typed.get(path) ?? []).flatMap((each) => each.split('\n'))}
        choices={known}
      />
    ) : (
      <SelectField {...common} label={named} hint={hint} value={value} choices={known} />
    );
  }
  const missing = field.key.startsWith('document') ? [t.nothing, t.upload] : [t.nothing];
  const ownHint = known ? [hint, ...missing].filter(Boolean).join(lang === 'zh' ? '；' : '; ') : hint;
  switch (field.kind) {
    case 'object':
      return (
        <fieldset id={idOf(path)} tabindex={-1}>
          <legend class={field.wanted && !field.nullable ? 'wanted' : undefined}>{field.label[lang]}</legend>
          {hint ? <p class="hint">{hint}</p> : null}
          <Fields {...{ path, typed, errors, options, shown }} fields={field.fields} />
        </fieldset>
      );
    case 'list':
      return <Rows {...{ field, path, typed, errors, options, shown }} />;
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
      return <ProseField {...common} hint={[ownHint, t.lines].filter(Boolean).join('；')} value={value} rows={4} />;
    case 'json':
      return <ProseField {...common} hint={[hint, t.json].filter(Boolean).join('；')} value={value} rows={4} />;
    case 'money':
      return <AmountField {...common} hint={hint} value={value} />;
    case 'number':
      return <TextField {...common} hint={hint} value={value} attributes={{ inputmode: 'numeric' }} />;
    case 'instant':
      return <TextField {...common} hint={hint} value={value} type="datetime-local" />;
    case 'day':
      return <TextField {...common} hint={hint} value={value} type="date" />;
    case 'secret':
      return <TextField {...common} hint={hint} type="password" attributes={{ autocomplete: 'current-password' }} />;
    case 'text':
      return <TextField {...common} hint={ownHint} value={value} />;
  }
}

function Rows({ field, path, ...given }: Given & { readonly field: FormField; readonly path: string }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const rows = Math.max(rowsIn(given.typed, path), field.wanted ? 1 : 0);
  return (
    <fieldset id={idOf(path)} tabindex={-1}>
      <legend class={field.wanted && !field.nullable ? 'wanted' : undefined}>{field.label[lang]}</legend>
      {field.hint[lang] ? <p class="hint">{field.hint[lang]}</p> : null}
      {(given.errors.get(path) ?? []).map((error) => (
        <p class="error">{error}</p>
      ))}
      {Array.from({ length: rows }, (_, index) => (
        <fieldset class="row">
          <legend>{t.row(field.label[lang], index + 1)}</legend>
          <Fields {...given} fields={field.fields} path={`${path}[${index}]`} />
          <button class="plain small" type="submit" name="_remove" value={`${path}[${index}]`}>
            {t.remove}
            <span class="visually-hidden">{t.row(field.label[lang], index + 1)}</span>
          </button>
        </fieldset>
      ))}
      <button class="plain small" type="submit" name="_add" value={path}>
        {t.add}
        <span class="visually-hidden">{field.label[lang]}</span>
      </button>
    </fieldset>
  );
}

const choicesIn = ({ choices }: FormField, lang: 'zh' | 'en'): Choice[] =>
  choices.map(({ value, zh }) => ({ value, text: lang === 'zh' ? zh : value.replaceAll('-', ' ') }));

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
