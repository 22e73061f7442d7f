import { REPLACEMENT_GROUNDS } from '../../domain/committees/state.ts';
import type { DrawParty } from '../../domain/draws/terms.ts';
import type { Typed } from '../acts/form-values.ts';
import { NO_ERRORS, ProseField, SelectField, TextField, type Errors } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { useView } from '../parts/view.ts';

const MESSAGES = {
  zh: {
    commit: '提交承诺',
    commitLead:
      '随机数在您的计算机上生成并存成文件，平台此时只得到它的哈希（承诺）。请妥善保存该文件：承诺截止后要用它交出随机数，遗失的不能补。',
    make: '生成随机数并填入承诺',
    made: '已生成，文件已下载，承诺已填入。确认文件已经保存，再提交承诺。',
    save: '再次保存随机数文件',
    commitment: '承诺（64 个十六进制字符）',
    without: (draw: string, party: string) =>
      `没有脚本的，可在本机运行：node kaibiao.mjs draw part --draw ${draw} --party ${party} --out part.txt`,
    reveal: '交出随机数',
    revealLead: '选择承诺时保存的随机数文件，再交出。交出后不能更改；全部交出即抽取。',
    file: '随机数文件',
    part: '随机数（64 个十六进制字符）',
    answer: '登记答复',
    answerLead: '专家以电话等方式答复工作人员的，在此登记；仅限办理本次抽取的工作人员。',
    said: '答复',
    says: { confirm: '参加', decline: '不参加' },
    reason: '理由',
    replace: '更换成员',
    replaceLead: '其评审意见作废，依抽取次序补足。',
    ground: '法定事由',
    grounds: { recusal: '回避', absence: '擅离职守（缺席）', health: '健康等原因' },
    of: (no: number) => `第 ${no} 号`,
  },
  en: {
    commit: 'Hand in the commitment',
    commitLead:
      'The part of the seed is made on your computer and saved in a file; the platform gets its hash alone, the commitment. Keep the file: after the commitments the part is handed in from it, and a lost one cannot be made up for.',
    make: 'Make a part and fill its commitment in',
    made: 'Made: the file was downloaded, and the commitment is filled in. See that the file is there before you hand it in.',
    save: 'Save the file once more',
    commitment: 'Commitment (64 hexadecimal characters)',
    without: (draw: string, party: string) =>
      `Without a script, on your machine: node kaibiao.mjs draw part --draw ${draw} --party ${party} --out part.txt`,
    reveal: 'Hand in the part of the seed',
    revealLead:
      'Choose the file that was saved with the commitment, and hand the part in. It cannot be changed; with the last one it is drawn.',
    file: 'File with the part',
    part: 'Part of the seed (64 hexadecimal characters)',
    answer: 'Record an answer',
    answerLead: 'What an expert answered to the staff, as by telephone; by those who hold this draw alone.',
    said: 'Answer',
    says: { confirm: 'takes part', decline: 'does not take part' },
    reason: 'Reason',
    replace: 'Replace the member',
    replaceLead: 'What the member marked is void, and the next in the drawn order is called.',
    ground: 'Ground of the law',
    grounds: { recusal: 'a conflict of interest', absence: 'absence', health: 'health and the like' },
    of: (no: number) => `No. ${no}`,
  },
};

interface Sent {
  readonly action: string;
  readonly typed: Typed;
  readonly errors: Errors;
}

const last = (typed: Typed, name: string): string => typed.get(name)?.at(-1) ?? '';

/** Where the party binds itself to a part of the seed that stays with it. */
export function CommitForm({
  action,
  typed,
  errors,
  drawId,
  party,
}: Sent & { readonly drawId: string; readonly party: DrawParty }) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  return (
    <section class="card">
      <h2>{t.commit}</h2>
      <p>{t.commitLead}</p>
      <div id="draw-making" data-draw={drawId} data-party={party} hidden>
        <p class="buttons">
          <button type="button" id="draw-make">
            {t.make}
          </button>
          <a id="draw-save" hidden>
            {t.save}
          </a>
        </p>
        <p id="draw-made" class="said" aria-live="polite" hidden>
          {t.made}
        </p>
      </div>
      <noscript>
        <p class="small">{t.without(drawId, party)}</p>
      </noscript>
      <Form action={action} submit={t.commit}>
        <input type="hidden" name="_do" value="commit" />
        <TextField
          name="commitment"
          label={t.commitment}
          wanted
          value={last(typed, 'commitment')}
          errors={errors}
          attributes={{ autocomplete: 'off', spellcheck: 'false' }}
        />
      </Form>
    </section>
  );
}

/** Where it hands its part in; what was refused is not shown again. */
export function RevealForm({ action, errors }: Omit<Sent, 'typed'>) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  return (
    <section class="card">
      <h2>{t.reveal}</h2>
      <p>{t.revealLead}</p>
      <div id="draw-reading" class="field" hidden>
        <label for="draw-file">{t.file}</label>
        <input type="file" id="draw-file" accept=".txt,text/plain" />
        <p id="draw-fault" class="error" aria-live="polite" hidden></p>
      </div>
      <Form action={action} submit={t.reveal}>
        <input type="hidden" name="_do" value="reveal" />
        <TextField
          name="part"
          label={t.part}
          wanted
          errors={errors}
          attributes={{ autocomplete: 'off', spellcheck: 'false' }}
        />
      </Form>
    </section>
  );
}

/** Of one of several forms on a page: each has fields of its own. */
const named = (errors: Errors, no: number): Errors =>
  new Map([...errors].map(([field, texts]) => [`${field}-${no}`, texts]));

export interface CallForms extends Sent {
  readonly no: number;
  /** Whether what was sent last was about this call. */
  readonly isSent: boolean;
}

/** What an expert told the staff. */
export function AnswerForm({ action, typed, errors, no, isSent }: CallForms) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  const own = isSent ? named(errors, no) : NO_ERRORS;
  return (
    <details open={isSent && errors.size > 0}>
      <summary>
        {t.answer}
        <span class="visually-hidden"> {t.of(no)}</span>
      </summary>
      <p class="small">{t.answerLead}</p>
      <Form action={action} submit={t.answer} guard={false}>
        <input type="hidden" name="_do" value="answer" />
        <input type="hidden" name="call" value={String(no)} />
        <SelectField
          name={`answer-${no}`}
          label={t.said}
          wanted
          value={isSent ? last(typed, `answer-${no}`) : ''}
          choices={(['confirm', 'decline'] as const).map((value) => ({ value, text: t.says[value] }))}
          errors={own}
        />
        <ProseField
          name={`reasonZh-${no}`}
          label={t.reason}
          rows={2}
          value={isSent ? last(typed, `reasonZh-${no}`) : ''}
          errors={own}
        />
      </Form>
    </details>
  );
}

/** A member who cannot go on, by a ground of the law. */
export function ReplacementForm({ action, typed, errors, no, isSent }: CallForms) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  const own = isSent ? named(errors, no) : NO_ERRORS;
  return (
    <details open={isSent && errors.size > 0}>
      <summary>
        {t.replace}
        <span class="visually-hidden"> {t.of(no)}</span>
      </summary>
      <p class="small">{t.replaceLead}</p>
      <Form action={action} submit={t.replace} guard={false}>
        <input type="hidden" name="_do" value="replacement" />
        <input type="hidden" name="call" value={String(no)} />
        <SelectField
          name={`departure-${no}`}
          label={t.ground}
          wanted
          value={isSent ? last(typed, `departure-${no}`) : ''}
          choices={REPLACEMENT_GROUNDS.map((value) => ({ value, text: t.grounds[value] }))}
          errors={own}
        />
        <ProseField
          name={`reasonZh-${no}`}
          label={t.reason}
          wanted
          rows={2}
          value={isSent ? last(typed, `reasonZh-${no}`) : ''}
          errors={own}
        />
      </Form>
    </details>
  );
}
