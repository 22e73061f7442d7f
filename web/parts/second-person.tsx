import { ProseField, type Errors } from './field.tsx';
import { Form } from './form.tsx';
import { Note } from './note.tsx';
import { useView } from './view.ts';

const MESSAGES = {
  zh: {
    outdated: '经办之后，所依据的草稿、文件或决定已变：不能确认，须退回重新经办。',
    confirm: '复核：确认并执行',
    confirmHint: '确认即由您复核，按此刻的事实重新判断并执行。',
    back: '退回',
    withdraw: '撤回',
    reason: '理由',
    backHint: '退回后由经办人更正，重新经办。',
  },
  en: {
    outdated: 'What it was prepared against has changed: it cannot be confirmed. Send it back to be prepared again.',
    confirm: 'Confirm, and do it',
    confirmHint: 'You confirm it as the second person: it is judged again as things stand now, and done.',
    back: 'Send it back',
    withdraw: 'Withdraw it',
    reason: 'Reason',
    backHint: 'Who prepared it corrects it, and prepares it again.',
  },
};

/** 复核: what one person prepared waits for another, who confirms it or sends it back; who prepared it can only withdraw it. */
export function SecondPerson({
  action,
  mine,
  outdated,
  errors,
}: {
  /** Its page; `/confirmation` and `/withdrawal` are under it. */
  readonly action: string;
  /** The visitor has prepared it. */
  readonly mine: boolean;
  /** What it rests on has changed since. */
  readonly outdated: boolean;
  readonly errors?: Errors;
}) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  return (
    <>
      {outdated ? <Note kind="fault">{t.outdated}</Note> : null}
      {mine || outdated ? null : (
        <Form action={`${action}/confirmation`} submit={t.confirm} guard={false}>
          <p class="hint">{t.confirmHint}</p>
        </Form>
      )}
      <details>
        <summary>{mine ? t.withdraw : t.back}</summary>
        <Form action={`${action}/withdrawal`} submit={mine ? t.withdraw : t.back}>
          <ProseField name="reasonZh" label={t.reason} hint={t.backHint} wanted rows={3} errors={errors ?? new Map()} />
        </Form>
      </details>
    </>
  );
}
