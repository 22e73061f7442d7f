import { REGIMES } from '../../api/procurements/views.ts';
import type { Child } from '#jsx';
import { SelectField, TextField, type Choice, type Errors } from '../parts/field.tsx';
import { useView } from '../parts/view.ts';
import { wordIn } from '../parts/words.ts';

const MESSAGES = {
  zh: {
    regime: '法律体系',
    purchaser: '招标人（采购人）名称或代码',
    show: '筛选',
    clear: '清除条件',
    all: '全部',
  },
  en: {
    regime: 'Law',
    purchaser: 'Name or code of the purchaser',
    show: 'Filter',
    clear: 'Clear the filters',
    all: 'all',
  },
};

/** What every list of the oversight is filtered by, and the filters of its own. */
export function OversightFilters({
  path,
  typed,
  errors,
  children,
}: {
  readonly path: string;
  readonly typed: Readonly<Record<'regime' | 'purchaser', string>> & Readonly<Record<string, string>>;
  readonly errors: Errors;
  readonly children?: Child;
}) {
  const { lang, href, t: say } = useView();
  const t = say(MESSAGES);
  const isFiltered = Object.values(typed).some((value) => value !== '');
  return (
    <form class="filter" method="get" action={href(path)} role="search">
      {children}
      <SelectField
        name="regime"
        label={t.regime}
        empty={t.all}
        value={typed.regime}
        choices={REGIMES.map((value): Choice => ({ value, text: wordIn('regime', value, lang) }))}
        errors={errors}
      />
      <TextField
        name="purchaser"
        label={t.purchaser}
        type="search"
        value={typed.purchaser}
        attributes={{ maxlength: 100 }}
        errors={errors}
      />
      <button type="submit">{t.show}</button>
      {isFiltered ? <a href={href(path)}>{t.clear}</a> : null}
    </form>
  );
}
