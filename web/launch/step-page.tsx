import type { Told } from '../../api/visit.ts';
import { Fields } from '../acts/fields.tsx';
import { typedFrom, typedOf, withRows, type Typed } from '../acts/form-values.ts';
import { searchedIn } from '../acts/options.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { errorsOf, Form, Refusal, refusedTitle } from '../parts/form.tsx';
import type { Errors } from '../parts/field.tsx';
import { Note } from '../parts/note.tsx';
import { SEARCHED } from '../parts/party-field.tsx';
import { useView } from '../parts/view.ts';
import { CheckStep } from './check-step.tsx';
import { documentsStep } from './documents-step.tsx';
import { bodyOf, readDraft, saveStep, typedValues, type Saved, type Tender } from './draft.ts';
import { LaunchFrame, stepPath } from './frame.tsx';
import { checkTyped, PlanView, type Checked } from './plan.tsx';
import { schemeStep } from './scheme-step.tsx';
import { fieldsNamed, isStep, STEP_FIELDS, stepOf, STEPS, type Step } from './steps.ts';
import { errorsOfViolations, Violations, type Violation } from './violations.tsx';

const MESSAGES = {
  zh: {
    save: '保存，下一步',
    stay: '保存',
    preview: '更新时间轴',
    inPart: '其余内容已保存；请更正下列各处。',
    changed: '草稿已被他人修改。您填写的内容还在：核对后再保存，即以您的为准。',
    launched: '该项目已发起，不能再编制；如公告时间未到，可以撤回发起。',
  },
  en: {
    save: 'Save, and go on',
    stay: 'Save',
    preview: 'Update the timeline',
    inPart: 'The rest is saved; correct what follows.',
    changed: 'Somebody else has changed the draft. What you typed is still here: save it again to replace theirs.',
    launched:
      'This procurement is launched, and its draft is closed; before the time of its notice the launch can be withdrawn.',
  },
};

export const stepIn = (text: string): Step => (isStep(text) ? text : 'what');
const nextOf = (step: Step): Step => STEPS[STEPS.indexOf(step) + 1] ?? 'check';

/** What a stored draft is as it is typed, with the names of its organisations. */
function typedOfDraft(tender: Tender, step: Step): Typed {
  const typed = new Map<string, readonly string[]>();
  const body = bodyOf(tender) as Record<string, unknown>;
  for (const field of fieldsNamed(STEP_FIELDS[step] ?? [])) typedFrom(field, body[field.key], field.key, typed);
  if (step !== 'parties') return typed;
  typed.set(`${SEARCHED}purchaserId`, [tender.purchaser.name]);
  if (tender.agency) typed.set(`${SEARCHED}agencyId`, [tender.agency.name]);
  for (const [index, { name }] of (tender.invitees ?? []).entries())
    typed.set(`${SEARCHED}invitees[${index}].organisationId`, [name]);
  return typed;
}

export async function checkedOf(
  context: PageContext,
  id: string,
): Promise<{ told: Told; violations: readonly Violation[] }> {
  const told = await context.ask({ method: 'get', path: `/procurements/${id}/check` });
  return { told, violations: told.problem ? [] : (told.body as Checked).violations };
}

/** @param filled what was typed and not kept yet */
export async function showStep(
  context: PageContext,
  step: Step,
  filled: { readonly typed?: Typed; readonly saved?: Saved | null } = {},
): Promise<Outcome> {
  const id = context.param('id');
  const t = MESSAGES[context.lang];
  const { told, tender, etag } = await readDraft(context, id);
  if (told.problem)
    return {
      title: refusedTitle(context.lang),
      status: told.status,
      content: <Refusal problem={told.problem} alone />,
    };
  if (tender.stage !== 'draft')
    return { title: tender.title, status: 409, content: <Note kind="warn">{t.launched}</Note> };
  const { told: check, violations } = await checkedOf(context, id);
  const problem = filled.saved?.told.problem ?? null;
  const frame = { id, title: tender.title, step, violations };
  const shown = { title: tender.title, status: problem?.status ?? 200 };
  const own = violations.filter(({ field }) => stepOf(field) === step);
  if (step === 'check')
    return {
      ...shown,
      content: (
        <LaunchFrame {...frame}>
          <CheckStep id={id} tender={tender} check={check} problem={problem} />
        </LaunchFrame>
      ),
    };
  if (step === 'documents' || step === 'scheme') {
    const part = step === 'documents' ? documentsStep : schemeStep;
    return {
      ...shown,
      content: <LaunchFrame {...frame}>{await part(context, tender, problem, violations)}</LaunchFrame>,
    };
  }
  const typed = filled.typed ?? typedOfDraft(tender, step);
  const errors = both(
    errorsOf(problem, context.lang),
    filled.typed ? new Map() : errorsOfViolations(own, context.lang),
  );
  const fields = fieldsNamed(STEP_FIELDS[step] ?? []);
  const plan =
    step === 'what' || step === 'dates'
      ? filled.typed
        ? await checkTyped(context, { ...bodyOf(tender), ...typedValues(fields, typed) })
        : check
      : undefined;
  return {
    ...shown,
    content: (
      <LaunchFrame {...frame}>
        {filled.saved?.inPart ? <Note kind="good">{t.inPart}</Note> : null}
        {problem?.code === 'version-conflict' ? <Note kind="warn">{t.changed}</Note> : null}
        <Refusal problem={problem} linked />
        <Form
          action={stepPath(id, step)}
          submit={t.save}
          dirty={filled.typed !== undefined}
          keyed={false}
          also={<Beside preview={plan !== undefined} />}
        >
          <input type="hidden" name="_etag" value={etag} />
          {filled.typed ? null : (
            <Violations violations={own} step={step} stepHref={(each) => context.href(stepPath(id, each))} />
          )}
          <Fields fields={fields} typed={typed} errors={errors} options={await searchedIn(context, typed)} />
          {plan === undefined ? null : (
            <div
              hx-post={context.href(`/console/launch/${id}/plan?step=${step}`)}
              hx-trigger='change from:"closest form" delay:200ms, input from:"closest form" delay:700ms'
              hx-include="closest form"
              id="plan"
              aria-live="polite"
            >
              <PlanView told={plan} />
            </div>
          )}
        </Form>
      </LaunchFrame>
    ),
  };
}

function Beside({ preview }: { readonly preview: boolean }) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  return (
    <>
      <button class="plain" type="submit" name="_stay" value="1">
        {t.stay}
      </button>
      {preview ? (
        <button class="plain" type="submit" name="_preview" value="1">
          {t.preview}
        </button>
      ) : null}
    </>
  );
}

const both = (one: Errors, other: Errors): Errors => {
  const merged = new Map(one);
  for (const [field, messages] of other) merged.set(field, [...(merged.get(field) ?? []), ...messages]);
  return merged;
};

/** What was typed, with the value that a button set (`_set` names its field). */
function withSet(typed: Typed): Typed {
  const [, field, value] = /^([\w.[\]]+)=(.+)$/.exec(typed.get('_set')?.at(-1) ?? '') ?? [];
  return field === undefined || value === undefined ? typed : new Map([...typed, [field, [value]]]);
}

export const launchStepPages = [
  page({
    path: '/console/launch/:id',
    for: 'person',
    handle: (context) => showStep(context, stepIn(context.query('step'))),
  }),
  page({
    path: '/console/launch/:id',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const step = stepIn(context.query('step'));
      const typed = withSet(typedOf(context.request.body));
      await context.assertForm(typed.get('_token')?.at(-1));
      const again = typed.has('_preview') ? typed : withRows(typed);
      if (again) return showStep(context, step, { typed: again });
      const id = context.param('id');
      const { told, tender } = await readDraft(context, id);
      if (told.problem || tender.stage !== 'draft') return showStep(context, step);
      const values = typedValues(fieldsNamed(STEP_FIELDS[step] ?? []), typed);
      const etag = typed.get('_etag')?.at(-1) ?? '';
      const saved = await saveStep(context, { id, stored: bodyOf(tender), values, etag });
      if (saved.told.problem) return showStep(context, step, { typed, saved });
      return { redirect: stepPath(id, typed.has('_set') || typed.has('_stay') ? step : nextOf(step)) };
    },
  }),
  page({
    path: '/console/launch/:id/plan',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const { told, tender } = await readDraft(context, context.param('id'));
      if (told.problem) return { part: <Refusal problem={told.problem} /> };
      const values = typedValues(fieldsNamed(STEP_FIELDS[stepIn(context.query('step'))] ?? []), typed);
      return { part: <PlanView told={await checkTyped(context, { ...bodyOf(tender), ...values })} /> };
    },
  }),
];
