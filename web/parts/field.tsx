import type { Child } from '#jsx';
import { useView } from './view.ts';

/** What is wrong with a field, in the language of the page. */
export type Errors = ReadonlyMap<string, readonly string[]>;

export const NO_ERRORS: Errors = new Map();

/** Of the control of a field, in its page. */
export const idOf = (name: string): string => `f-${name.replace(/[^A-Za-z0-9]+/g, '-')}`;

export interface Named {
  /** As the request names it: `lots[0].title`. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly wanted?: boolean | undefined;
  readonly errors?: Errors;
}

/** A label, a hint, a control, and beside it what was wrong with what was typed. */
export function Field({
  name,
  label,
  hint,
  wanted,
  errors = NO_ERRORS,
  children,
}: Named & { readonly children?: Child }) {
  const wrong = errors.get(name) ?? [];
  return (
    <div class="field">
      <label for={idOf(name)} class={wanted ? 'wanted' : undefined}>
        {label}
      </label>
      {hint ? (
        <p class="hint" id={`${idOf(name)}-hint`}>
          {hint}
        </p>
      ) : null}
      {children}
      {wrong.length > 0 ? (
        <p class="error" id={`${idOf(name)}-error`}>
          {wrong.join('；')}
        </p>
      ) : null}
    </div>
  );
}

/** The hint and the error of a field, for who hears the page. */
function describedBy({ name, hint, errors = NO_ERRORS }: Named): string | undefined {
  const ids = [...(hint ? [`${idOf(name)}-hint`] : []), ...(errors.has(name) ? [`${idOf(name)}-error`] : [])];
  return ids.length === 0 ? undefined : ids.join(' ');
}

export const described = (named: Named) => ({
  id: idOf(named.name),
  name: named.name,
  'aria-describedby': describedBy(named),
  'aria-invalid': named.errors?.has(named.name) ? 'true' : undefined,
});

export function TextField({
  value = '',
  type = 'text',
  attributes = {},
  ...named
}: Named & {
  readonly value?: string | undefined;
  readonly type?: 'text' | 'password' | 'date' | 'datetime-local' | 'email' | 'search' | 'file' | 'number';
  /** `inputmode`, `autocomplete`, `list`, … */
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
}) {
  return (
    <Field {...named}>
      <input
        type={type}
        value={type === 'file' ? undefined : value}
        required={named.wanted}
        {...described(named)}
        {...attributes}
      />
    </Field>
  );
}

export function ProseField({
  value = '',
  rows = 5,
  ...named
}: Named & { readonly value?: string | undefined; readonly rows?: number }) {
  return (
    <Field {...named}>
      <textarea rows={rows} required={named.wanted} {...described(named)}>
        {value}
      </textarea>
    </Field>
  );
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** @param empty what it says where nothing is chosen */
export function SelectField({
  value,
  choices,
  empty,
  ...named
}: Named & {
  readonly value?: string | undefined;
  readonly choices: readonly Choice[];
  readonly empty?: string;
}) {
  const { lang } = useView();
  return (
    <Field {...named}>
      <select required={named.wanted} {...described(named)}>
        {named.wanted && value ? null : (
          <option value="">{empty ?? (lang === 'zh' ? '（请选择）' : '(choose)')}</option>
        )}
        {choices.map((choice) => (
          <option value={choice.value} selected={choice.value === value}>
            {choice.text}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** Several of some values. @param values those that are chosen */
export function ChoicesField({
  values,
  choices,
  ...named
}: Named & { readonly values: readonly string[]; readonly choices: readonly Choice[] }) {
  const wrong = named.errors?.get(named.name) ?? [];
  return (
    <fieldset class="field" id={idOf(named.name)} tabindex={-1} aria-describedby={describedBy(named)}>
      <legend class={named.wanted ? 'wanted' : undefined}>{named.label}</legend>
      {named.hint ? (
        <p class="hint" id={`${idOf(named.name)}-hint`}>
          {named.hint}
        </p>
      ) : null}
      {choices.map(({ value, text }) => (
        <div class="choice">
          <input
            type="checkbox"
            id={`${idOf(named.name)}-${value}`}
            name={named.name}
            value={value}
            checked={values.includes(value)}
          />
          <label for={`${idOf(named.name)}-${value}`}>{text}</label>
        </div>
      ))}
      {wrong.length > 0 ? (
        <p class="error" id={`${idOf(named.name)}-error`}>
          {wrong.join('；')}
        </p>
      ) : null}
    </fieldset>
  );
}

/** Yes or no. A box that is not ticked is sent by nobody: the hidden field before it says no. */
export function CheckField({ checked, ...named }: Named & { readonly checked: boolean }) {
  const wrong = named.errors?.get(named.name) ?? [];
  return (
    <div class="field">
      <div class="choice">
        <input type="hidden" name={named.name} value="false" />
        <input type="checkbox" value="true" checked={checked} {...described(named)} />
        <label for={idOf(named.name)}>{named.label}</label>
      </div>
      {named.hint ? (
        <p class="hint" id={`${idOf(named.name)}-hint`}>
          {named.hint}
        </p>
      ) : null}
      {wrong.length > 0 ? (
        <p class="error" id={`${idOf(named.name)}-error`}>
          {wrong.join('；')}
        </p>
      ) : null}
    </div>
  );
}
