import { Fields } from '../acts/fields.tsx';
import { typedOf, withRows, type Typed } from '../acts/form-values.ts';
import type { Told } from '../../api/visit.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { errorsOf, Form, Refusal, refusedTitle } from '../parts/form.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { readDraft } from './draft.ts';
import { LaunchFrame, stepPath } from './frame.tsx';
import { PART_NAMES, schemeField, schemeOf, shownInScheme, sumsOf, typedScheme } from './scheme-fields.ts';
import { schemeOfLot, schemePath, templatesOf } from './scheme-step.tsx';
import { checkedOf, showStep } from './step-page.tsx';
import { errorsOfViolations, Violations } from './violations.tsx';

const MESSAGES = {
  zh: {
    save: '保存评标办法',
    refresh: '更新合计和各项内容',
    part: '部分',
    points: '分值',
    whole: '合计',
    total: '应为总分',
    fits: '合计与总分一致',
    differs: '合计与总分不一致',
    unread: '有分值不是数，无法合计。',
    kept: '已保存。',
    hint: '改变评分项的种类或计分方式后，按「更新」显示该种类的内容。',
  },
  en: {
    save: 'Save the scheme',
    refresh: 'Update sums and fields',
    part: 'Part',
    points: 'Points',
    whole: 'Sum',
    total: 'wanted: the total of',
    fits: 'The sum is the total',
    differs: 'The sum is not the total',
    unread: 'The points of an item are no number: there is no sum.',
    kept: 'Saved.',
    hint: 'Once you have changed the kind of an item or how it is scored, press “Update” to see the fields of that kind.',
  },
};

async function editor(
  context: PageContext,
  filled: { readonly typed?: Typed; readonly told?: Told | null } = {},
): Promise<Outcome> {
  const { lang } = context;
  const t = MESSAGES[lang];
  const [id, no] = [context.param('id'), Number(context.param('no'))];
  const { told, tender } = await readDraft(context, id);
  if (told.problem)
    return {
      title: refusedTitle(context.lang),
      status: told.status,
      content: <Refusal problem={told.problem} alone />,
    };
  const stored = await schemeOfLot(context, id, no);
  if (!stored) return { redirect: stepPath(id, 'scheme') };
  const { violations } = await checkedOf(context, id);
  const index = tender.lots.findIndex((lot) => lot.no === no);
  const own = violations
    .filter(({ field }) => field.startsWith(`lots[${index}].scheme`))
    .map((each) => ({ ...each, field: each.field.slice(`lots[${index}].`.length) }));
  const problem = filled.told?.problem ?? null;
  const typed = filled.typed ?? typedScheme(stored.scheme);
  const errors = problem ? errorsOf(problem, lang) : filled.typed ? new Map() : errorsOfViolations(own, lang);
  return {
    title: tender.title,
    status: problem?.status ?? 200,
    content: (
      <LaunchFrame id={id} title={tender.title} step="scheme" violations={violations}>
        {context.query('kept') === '' ? null : <Note kind="good">{t.kept}</Note>}
        <Refusal problem={problem} linked />
        {filled.typed ? null : (
          <Violations violations={own} step="scheme" stepHref={() => context.href(schemePath(id, no))} />
        )}
        <Form
          action={schemePath(id, no)}
          submit={t.save}
          keyed={false}
          dirty={filled.typed !== undefined}
          also={
            <button class="plain" type="submit" name="_refresh" value="1">
              {t.refresh}
            </button>
          }
        >
          <p class="hint">{t.hint}</p>
          <SumsView typed={typed} />
          <Fields
            fields={schemeField().fields}
            path="scheme"
            typed={typed}
            errors={errors}
            options={{}}
            shown={shownInScheme}
          />
        </Form>
      </LaunchFrame>
    ),
  };
}

function SumsView({ typed }: { readonly typed: Typed }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const sums = sumsOf(typed);
  if (!sums) return <Note kind="warn">{t.unread}</Note>;
  return (
    <>
      <Table
        rows={sums.parts.filter(({ points }) => points !== '0')}
        empty=""
        columns={[
          { head: t.part, cell: ({ part }) => PART_NAMES[part][lang] },
          { head: t.points, cell: ({ points }) => points, number: true },
        ]}
      />
      <Note kind={sums.fits ? 'good' : 'warn'}>
        {`${sums.fits ? t.fits : t.differs}：${t.whole} ${sums.whole}，${t.total} ${sums.total}`}
      </Note>
    </>
  );
}

export const launchSchemePages = [
  page({ path: '/console/launch/:id/scheme/:no', for: 'person', handle: (context) => editor(context) }),
  page({
    path: '/console/launch/:id/scheme/:no',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const [id, no] = [context.param('id'), Number(context.param('no'))];
      const again = typed.has('_refresh') ? typed : withRows(typed);
      if (again) return editor(context, { typed: again });
      const put = (json: object): Promise<Told> =>
        context.ask({ method: 'put', path: `/procurements/${id}/lots/${no}/scheme`, json });
      const taken = typed.get(`template-${no}`)?.at(-1);
      if (taken !== undefined) {
        const { told, tender } = await readDraft(context, id);
        const scheme = told.problem
          ? undefined
          : (await templatesOf(context, tender)).find(({ method }) => method === taken);
        if (!scheme) return showStep(context, 'scheme');
        const kept = await put({ scheme });
        return kept.problem
          ? showStep(context, 'scheme', { saved: { told: kept, inPart: false } })
          : { redirect: schemePath(id, no) };
      }
      const stored = await schemeOfLot(context, id, no);
      if (!stored) return showStep(context, 'scheme');
      const told = await put({ scheme: schemeOf(typed, stored.scheme), statements: stored.statements });
      return told.problem ? editor(context, { typed, told }) : { redirect: `${schemePath(id, no)}?kept=1` };
    },
  }),
];
