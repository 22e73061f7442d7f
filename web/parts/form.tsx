import type { Child } from '#jsx';
import { randomUUID } from 'node:crypto';
import type { Problem } from '../../api/http/problems.ts';
import { messageIn, type Lang } from '../http/language.ts';
import { idOf, type Errors } from './field.tsx';
import { Note } from './note.tsx';
import { useView } from './view.ts';

/** A form of a page: with the token of its session, and a key by which it acts once however often it is sent. */
export function Form({
  action,
  submit,
  keyed = true,
  files = false,
  guard = true,
  dirty = false,
  formKey,
  also,
  children,
}: {
  /** Of the Chinese page. */
  readonly action: string;
  /** What its button says: the act, and not "OK". */
  readonly submit: string;
  readonly keyed?: boolean;
  /** It sends files. */
  readonly files?: boolean;
  /** Asks before it is left with changes. */
  readonly guard?: boolean;
  /** What it shows was typed and is not kept yet: rows were added, or something was refused. */
  readonly dirty?: boolean;
  /** The key that it was sent with before. */
  readonly formKey?: string | undefined;
  /** Beside the button. */
  readonly also?: Child;
  readonly children?: Child;
}) {
  const { formToken, href } = useView();
  return (
    <form
      class="act"
      method="post"
      action={href(action)}
      enctype={files ? 'multipart/form-data' : undefined}
      data-guard={guard ? (dirty ? 'changed' : '') : undefined}
      novalidate
    >
      {/* What the Enter key of a field sends: the act, and not the first button of a row. */}
      <button class="visually-hidden" type="submit" tabindex={-1} aria-hidden="true">
        {submit}
      </button>
      <input type="hidden" name="_token" value={formToken} />
      {keyed ? <input type="hidden" name="_key" value={formKey ?? randomUUID()} /> : null}
      {children}
      <div class="buttons">
        <button type="submit">{submit}</button>
        {also}
      </div>
    </form>
  );
}

/** What was wrong with each field, by its path. */
export function errorsOf(problem: Problem | null, lang: Lang): Errors {
  const found = new Map<string, string[]>();
  const add = (field: unknown, error: { messageZh: string; messageEn: string }): void => {
    if (typeof field !== 'string' || field === '') return;
    found.set(field, [...(found.get(field) ?? []), messageIn(lang, error)]);
  };
  for (const issue of problem?.issues ?? []) add(issue.field, issue);
  for (const violation of (problem?.violations ?? []) as { field?: string; messageZh: string; messageEn: string }[])
    add(violation.field, violation);
  const field = problem?.details?.['field'];
  if (problem && found.size === 0) add(field, problem);
  return found;
}

const MESSAGES = {
  zh: { refused: '未能办理', rule: '依据' },
  en: { refused: 'Not done', rule: 'The rule' },
};

/** The title of a page that is nothing but a refusal. */
export const refusedTitle = (lang: Lang): string => MESSAGES[lang].refused;

/**
 * Why an act was refused: the whole of it, with links to the rules.
 * @param linked each line leads to its field of the form below
 * @param alone it is all that the page says
 */
export function Refusal({
  problem,
  linked = false,
  alone = false,
}: {
  readonly problem: Problem | null;
  readonly linked?: boolean;
  readonly alone?: boolean;
}) {
  const { lang, t: say, href } = useView();
  const t = say(MESSAGES);
  if (!problem) return null;
  const violations = (problem.violations ?? []) as {
    rule?: string;
    messageZh: string;
    messageEn: string;
    field?: string;
  }[];
  const rule = problem.details?.['rule'];
  const lines = [...(problem.issues ?? []).map((issue) => ({ ...issue, rule: undefined })), ...violations];
  const note = (
    <Note kind="fault" {...(alone ? {} : { title: t.refused })}>
      {lines.length > 0 ? (
        <ul>
          {lines.map((line) => (
            <li>
              <FieldOf line={line} linked={linked} />
              {messageIn(lang, line)} {line.rule ? <a href={href(`/law/${line.rule}`)}>{t.rule}</a> : null}
            </li>
          ))}
        </ul>
      ) : (
        <p>
          {messageIn(lang, problem)} {typeof rule === 'string' ? <a href={href(`/law/${rule}`)}>{t.rule}</a> : null}
        </p>
      )}
    </Note>
  );
  if (!alone) return note;
  return (
    <>
      <h1>{t.refused}</h1>
      {note}
    </>
  );
}

function FieldOf({
  line,
  linked,
}: {
  readonly line: { readonly field?: string; readonly fieldZh?: unknown; readonly fieldEn?: unknown };
  readonly linked: boolean;
}) {
  const { lang } = useView();
  const name = lang === 'zh' ? line.fieldZh : line.fieldEn;
  // A field that nobody named is named by the sentence itself.
  if (!line.field || typeof name !== 'string' || name === line.field) return null;
  return (
    <>
      {linked ? <a href={`#${idOf(line.field)}`}>{name}</a> : name}
      {lang === 'zh' ? '：' : ': '}
    </>
  );
}
