import { PROCEDURE_DEFINITIONS } from '../../domain/procedures/index.ts';
import { KINDS, REGIMES } from '../../api/procurements/views.ts';
import { SelectField, TextField } from '../parts/field.tsx';
import { useView } from '../parts/view.ts';
import { wordIn } from '../parts/words.ts';
import { STAGES, type Search } from './query.ts';

const MESSAGES = {
  zh: {
    q: '编号、名称或单位',
    search: '检索',
    more: '更多条件',
    stage: '阶段',
    regime: '法律体系',
    kind: '类别',
    procedure: '采购方式',
    purchaser: '招标人（采购人）',
    least: '预算不低于（万元）',
    most: '预算不高于（万元）',
    from: '公告日期自',
    until: '公告日期至',
  },
  en: {
    q: 'Number, name or company',
    search: 'Search',
    more: 'More filters',
    stage: 'Stage',
    regime: 'Law',
    kind: 'Kind',
    procedure: 'Procedure',
    purchaser: 'Purchaser',
    least: 'Budget from (CNY 10,000)',
    most: 'Budget to (CNY 10,000)',
    from: 'Notice from',
    until: 'Notice until',
  },
};

const PROCEDURES = [...new Set(PROCEDURE_DEFINITIONS.map(({ procedure }) => procedure))];

/** The search box and the filters: a form that needs no script. */
export function Filters({ search }: { readonly search: Search }) {
  const { lang, href, t: say } = useView();
  const t = say(MESSAGES);
  const { typed, entry } = search;
  const choices = (field: string, values: readonly string[]) =>
    values.map((value) => ({ value, text: wordIn(field, value, lang) }));
  const opened = Object.entries(typed).some(([name, value]) => name !== 'q' && value !== '');
  return (
    <form class="filter board-filter" method="get" action={href('/')} role="search">
      {entry.key === '' ? null : <input type="hidden" name="list" value={entry.key} />}
      <TextField name="q" label={t.q} type="search" value={typed.q} attributes={{ maxlength: 100 }} />
      <button type="submit">{t.search}</button>
      <details open={opened}>
        <summary>{t.more}</summary>
        <div class="filter-grid">
          <SelectField name="stage" label={t.stage} value={typed.stage} choices={choices('stage', STAGES)} />
          <SelectField name="regime" label={t.regime} value={typed.regime} choices={choices('regime', REGIMES)} />
          <SelectField name="kind" label={t.kind} value={typed.kind} choices={choices('kind', KINDS)} />
          <SelectField
            name="procedure"
            label={t.procedure}
            value={typed.procedure}
            choices={choices('procedure', PROCEDURES)}
          />
          <TextField name="purchaser" label={t.purchaser} value={typed.purchaser} attributes={{ maxlength: 100 }} />
          <TextField name="least" label={t.least} value={typed.least} attributes={{ inputmode: 'decimal' }} />
          <TextField name="most" label={t.most} value={typed.most} attributes={{ inputmode: 'decimal' }} />
          <TextField name="from" label={t.from} type="date" value={typed.from} />
          <TextField name="until" label={t.until} type="date" value={typed.until} />
        </div>
      </details>
    </form>
  );
}
