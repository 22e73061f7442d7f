import type * as z from 'zod';
import type { Told } from '../../api/visit.ts';
import type { procurementSchema } from '../../api/procurements/views.ts';
import type { whatIfSchema } from '../../api/law/views.ts';
import { ROUTES } from '../../api/routes.ts';
import { formatInstant, parseInstant } from '../../domain/civil-time.ts';
import { checkAmendment } from '../../domain/law/amendment.ts';
import type { Violation } from '../../domain/law/violation.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { Fields } from '../acts/fields.tsx';
import { bodyFields, type FormField } from '../acts/form-fields.ts';
import { typedOf, valueIn, withRows, type Typed } from '../acts/form-values.ts';
import { formHref } from '../acts/links.ts';
import { optionsFor } from '../acts/options.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { messageIn } from '../http/language.ts';
import { lawfulText } from '../launch/violations.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Instant, instantText } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';

type Tender = z.infer<typeof procurementSchema>;
type WhatIf = z.infer<typeof whatIfSchema>;

const MESSAGES = {
  zh: {
    title: '澄清或修改招标（采购）文件',
    send: '发布澄清、修改',
    preview: '预览影响',
    effect: '发布后的影响',
    unmoved: '投标（响应）截止时间不变：',
    moved: '投标（响应）截止时间改为：',
    lawful: '此刻发布，截止时间合法。',
    set: (text: string) => `顺延至最早的合法时间 ${text}`,
    milestone: '节点',
    before: '现在',
    after: '发布后',
    none: '其他节点不变。',
    upload: '先上传澄清、修改文件',
    scheme: '同时修改评标办法',
    closed: '现在不能澄清或修改：不在投标（响应）阶段。',
    nothing: '没有',
  },
  en: {
    title: 'Clarify or amend the tender documents',
    send: 'Publish the amendment',
    preview: 'Preview its effect',
    effect: 'What it changes once it is published',
    unmoved: 'The deadline stays at',
    moved: 'The deadline moves to',
    lawful: 'Published now, the deadline is lawful.',
    set: (text: string) => `Move it to the earliest lawful time, ${text}`,
    milestone: 'Milestone',
    before: 'Now',
    after: 'Then',
    none: 'No other milestone moves.',
    upload: 'Upload the files of the amendment first',
    scheme: 'Change a scheme of evaluation with it',
    closed: 'It cannot be amended now: bidding is not open.',
    nothing: 'none',
  },
};

const fields = (): readonly FormField[] => {
  const route = ROUTES.find(({ method, path }) => method === 'post' && path === '/procurements/{id}/amendments');
  // A scheme has its own form.
  return ((route && bodyFields(route)?.fields) ?? []).filter(({ key }) => key !== 'schemes');
};

const bodyOf = (typed: Typed): Record<string, unknown> =>
  Object.fromEntries(
    fields().flatMap((field) => {
      const value = valueIn(field, typed, field.key);
      return value === undefined ? [] : [[field.key, value] as const];
    }),
  );

interface Effect {
  readonly before: number;
  readonly after: number;
  readonly violations: readonly Violation[];
  readonly whatIf: WhatIf | null;
}

/** What an amendment that is sent now would do; null: its deadline cannot be read. */
async function effectOf(context: PageContext, tender: Tender, typed: Typed): Promise<Effect | null> {
  if (tender.bidDeadline === null) return null;
  const { bidDeadline, affectsBids } = bodyOf(typed);
  const before = parseInstant(tender.bidDeadline);
  const given = typeof bidDeadline === 'string' ? Date.parse(bidDeadline) : before;
  if (!Number.isFinite(given)) return null;
  const { regime, procedure, kind, noticeAt } = tender;
  const query = new URLSearchParams({
    ...{ regime, procedure, kind, noticeAt, bidDeadline: tender.bidDeadline },
    ...{ milestone: 'bid-deadline', to: formatInstant(given) },
  });
  const told = given === before ? null : await context.ask({ method: 'get', path: `/law/whatif?${query.toString()}` });
  const amended = { amendedAt: context.view.now, bidDeadline: given };
  return {
    ...{ before, after: given, whatIf: told === null || told.problem ? null : (told.body as WhatIf) },
    violations: affectsBids === true ? checkAmendment(procedureOf(tender), amended, await context.db.calendar()) : [],
  };
}

function EffectView({ effect }: { readonly effect: Effect | null }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  if (!effect) return null;
  const { before, after, violations, whatIf } = effect;
  const [first] = violations;
  const lawful = first?.earliestLawful === undefined ? null : lawfulText(first.earliestLawful, 'earliest');
  return (
    <>
      <h2>{t.effect}</h2>
      <p>
        {after === before ? t.unmoved : t.moved} <Instant at={after} />
      </p>
      {first ? (
        <Note kind="fault">
          <p>{messageIn(lang, first)}</p>
          {lawful === null ? null : (
            <button class="plain small" type="submit" name="_set" value={lawful}>
              {t.set(instantText(parseInstant(`${lawful}:00+08:00`), lang))}
            </button>
          )}
        </Note>
      ) : (
        <Note kind="good">{t.lawful}</Note>
      )}
      {(whatIf?.broken ?? []).map((violation) => (
        <Note kind={violation.severity === 'block' ? 'fault' : 'warn'}>{messageIn(lang, violation)}</Note>
      ))}
      <Table
        rows={whatIf?.moved ?? []}
        empty={t.none}
        columns={[
          { head: t.milestone, cell: (row) => (lang === 'zh' ? row.nameZh : row.nameEn) },
          { head: t.before, cell: (row) => (row.before === null ? t.nothing : <Instant at={row.before} bare />) },
          { head: t.after, cell: (row) => (row.after === null ? t.nothing : <Instant at={row.after} bare />) },
        ]}
      />
    </>
  );
}

async function show(
  context: PageContext,
  filled: { readonly typed?: Typed; readonly told?: Told } = {},
): Promise<Outcome> {
  const { lang } = context;
  const t = MESSAGES[lang];
  const id = context.param('id');
  const read = await context.ask({ method: 'get', path: `/procurements/${id}` });
  if (read.problem) return { title: t.title, status: read.status, content: <Refusal problem={read.problem} alone /> };
  const tender = read.body as Tender;
  const here = `/console/tenders/${id}`;
  const typed = filled.typed ?? new Map<string, readonly string[]>();
  const path = `/procurements/${id}/amendments`;
  const problem = filled.told?.problem ?? null;
  const given = {
    typed,
    errors: errorsOf(problem, lang),
    options: await optionsFor(context, path, { fields: fields(), typed }),
  };
  return {
    title: t.title,
    status: problem?.status ?? 200,
    content: (
      <ConsoleFrame crumbs={[[here, tender.title]]}>
        <h1>{t.title}</h1>
        {tender.stage === 'bidding' ? null : <Note kind="warn">{t.closed}</Note>}
        <Refusal problem={problem} linked />
        <p class="buttons">
          <a href={context.href(formHref('post', `/procurements/${id}/documents`, `${here}/amend`))}>{t.upload}</a>
          <a href={context.href(formHref('post', path, here))}>{t.scheme}</a>
        </p>
        <Form
          action={`${here}/amend`}
          submit={t.send}
          dirty={filled.typed !== undefined}
          also={
            <button class="plain" type="submit" name="_preview" value="1">
              {t.preview}
            </button>
          }
        >
          <Fields fields={fields()} {...given} />
          <div
            hx-post={context.href(`${here}/amend/effect`)}
            hx-trigger='change from:"closest form" delay:200ms, input from:"closest form" delay:700ms'
            hx-include="closest form"
            aria-live="polite"
          >
            <EffectView effect={await effectOf(context, tender, typed)} />
          </div>
        </Form>
      </ConsoleFrame>
    ),
  };
}

export const amendPages = [
  page({ path: '/console/tenders/:id/amend', for: 'person', handle: (context) => show(context) }),
  page({
    path: '/console/tenders/:id/amend',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const set = typed.get('_set')?.at(-1);
      if (set !== undefined) return show(context, { typed: new Map([...typed, ['bidDeadline', [set]]]) });
      const again = typed.has('_preview') ? typed : withRows(typed);
      if (again) return show(context, { typed: again });
      const id = context.param('id');
      const key = typed.get('_key')?.at(-1);
      const told = await context.ask({
        ...{ method: 'post', path: `/procurements/${id}/amendments`, json: bodyOf(typed) },
        ...(key ? { key } : {}),
      });
      if (told.problem) return show(context, { typed, told });
      const { id: preparedId } = told.body as { id?: string };
      return { redirect: told.status === 202 ? `/console/prepared/${preparedId}` : `/console/tenders/${id}` };
    },
  }),
  page({
    path: '/console/tenders/:id/amend/effect',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const read = await context.ask({ method: 'get', path: `/procurements/${context.param('id')}` });
      if (read.problem) return { part: <Refusal problem={read.problem} /> };
      return { part: <EffectView effect={await effectOf(context, read.body as Tender, typed)} /> };
    },
  }),
];
