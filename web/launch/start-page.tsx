import type * as z from 'zod';
import type { Told } from '../../api/visit.ts';
import type { summarySchema } from '../../api/procurements/views.ts';
import { Fields } from '../acts/fields.tsx';
import { typedOf, withRows, type Typed } from '../acts/form-values.ts';
import { searchedIn } from '../acts/options.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { SelectField, TextField } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Note } from '../parts/note.tsx';
import { typedValues } from './draft.ts';
import { stepPath } from './frame.tsx';
import { checkTyped, PlanView } from './plan.tsx';
import { fieldsNamed, FIRST_FIELDS } from './steps.ts';

type Summary = z.infer<typeof summarySchema>;

const MESSAGES = {
  zh: {
    title: '新建采购项目',
    drafts: '继续编制草稿',
    copy: '从已有项目复制',
    copied: '复制的项目',
    copyHint: '内容、标段、公告事项照抄；日期和采购文件须重新确定。',
    noticeAt: '公告发布时间',
    save: '保存，下一步',
    preview: '更新时间轴',
    begin: '先写采购什么',
    kept: '可随时离开：每一步保存后都在草稿中，发起之前他人看不到。',
  },
  en: {
    title: 'Start a procurement',
    drafts: 'Go on with a draft',
    copy: 'Copy an earlier procurement',
    copied: 'Procurement to copy',
    copyHint: 'Content, lots and particulars are copied; dates and documents are new.',
    noticeAt: 'Time of the notice',
    save: 'Save, and go on',
    preview: 'Update the timeline',
    begin: 'What is procured, first',
    kept: 'You can leave at any time: each step is kept in the draft, which nobody outside sees before the launch.',
  },
};

const firstFields = ({ view }: PageContext) =>
  fieldsNamed(FIRST_FIELDS.filter((name) => name !== 'purchaserId' || view.acting?.role === 'agency'));

/** A draft of what is typed so far: one lot of all of it. */
const draftOf = (context: PageContext, typed: Typed) => {
  const values = typedValues(firstFields(context), typed);
  return { ...values, lots: [{ no: 1, title: values['title'], budgetFen: values['budgetFen'] }] };
};

/** Null: too little is typed for a timeline. */
async function planOf(context: PageContext, typed: Typed): Promise<Told | null> {
  const { title = '…', contentZh = '…', budgetFen = 100, ...rest } = draftOf(context, typed) as Record<string, unknown>;
  if (!rest['regime'] || !rest['kind'] || !rest['noticeAt']) return null;
  const lots = [{ no: 1, title, budgetFen }];
  return checkTyped(context, { ...rest, title, contentZh, budgetFen, lots });
}

async function start(context: PageContext, filled: { typed: Typed; told: Told | null }): Promise<Outcome> {
  const { lang } = context;
  const t = MESSAGES[lang];
  const problem = filled.told?.problem ?? null;
  const [drafts, own, plan, options] = [
    await context.ask({ method: 'get', path: '/procurements?mine=true&stage=draft&limit=20' }),
    await context.ask({ method: 'get', path: '/procurements?mine=true&limit=50' }),
    await planOf(context, filled.typed),
    await searchedIn(context, filled.typed),
  ];
  const items = (told: Told): Summary[] => (told.body as { items?: Summary[] } | undefined)?.items ?? [];
  return {
    title: t.title,
    status: problem?.status ?? 200,
    content: (
      <ConsoleFrame>
        <h1>{t.title}</h1>
        {items(drafts).length > 0 ? (
          <section class="card">
            <h2>{t.drafts}</h2>
            <ul>
              {items(drafts).map((draft) => (
                <li>
                  <a href={context.href(stepPath(draft.id, 'what'))}>{draft.title}</a>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        <h2>{t.begin}</h2>
        <Note>{t.kept}</Note>
        <Refusal problem={problem} linked />
        <Form
          action="/console/launch"
          submit={t.save}
          dirty={filled.typed.size > 0}
          also={
            <button class="plain" type="submit" name="_preview" value="1">
              {t.preview}
            </button>
          }
        >
          <Fields
            fields={firstFields(context)}
            typed={filled.typed}
            errors={errorsOf(problem, lang)}
            options={options}
          />
          <div
            hx-post={context.href('/console/launch/plan')}
            hx-trigger='change from:"closest form" delay:200ms, input from:"closest form" delay:700ms'
            hx-include="closest form"
            id="plan"
            aria-live="polite"
          >
            <PlanView told={plan} />
          </div>
        </Form>
        {items(own).length > 0 ? (
          <details>
            <summary>{t.copy}</summary>
            <Form action="/console/launch/copy" submit={t.copy} guard={false}>
              <p class="hint">{t.copyHint}</p>
              <SelectField
                name="from"
                label={t.copied}
                wanted
                choices={items(own).map(({ id, title }) => ({ value: id, text: title }))}
              />
              <TextField name="copiedNoticeAt" label={t.noticeAt} type="datetime-local" wanted />
            </Form>
          </details>
        ) : null}
      </ConsoleFrame>
    ),
  };
}

const keyOf = (typed: Typed): { key?: string } => {
  const key = typed.get('_key')?.at(-1);
  return key ? { key } : {};
};

export const launchStartPages = [
  page({
    path: '/console/launch',
    for: 'person',
    handle: (context) => start(context, { typed: new Map(), told: null }),
  }),
  page({
    path: '/console/launch',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const again = typed.has('_preview') ? typed : withRows(typed);
      if (again) return start(context, { typed: again, told: null });
      const told = await context.ask({
        ...{ method: 'post', path: '/procurements', json: draftOf(context, typed) },
        ...keyOf(typed),
      });
      if (told.problem) return start(context, { typed, told });
      return { redirect: stepPath((told.body as { id: string }).id, 'parties') };
    },
  }),
  page({
    path: '/console/launch/plan',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      return { part: <PlanView told={await planOf(context, typed)} /> };
    },
  }),
  page({
    path: '/console/launch/copy',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const [field] = fieldsNamed(['noticeAt']);
      const at = typed.get('copiedNoticeAt') ?? [''];
      const { noticeAt } = typedValues(field ? [field] : [], new Map([['noticeAt', at]]));
      const from = encodeURIComponent(typed.get('from')?.at(-1) ?? '');
      const told = await context.ask({
        ...{ method: 'post', path: `/procurements/${from}/copy`, json: { noticeAt } },
        ...keyOf(typed),
      });
      if (told.problem) return start(context, { typed: new Map(), told });
      return { redirect: stepPath((told.body as { id: string }).id, 'what') };
    },
  }),
];
