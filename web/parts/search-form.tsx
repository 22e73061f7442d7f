import { TextField, type Errors } from './field.tsx';
import { useView } from './view.ts';

const MESSAGES = {
  zh: { search: '检索', clear: '查看全部' },
  en: { search: 'Search', clear: 'Show all' },
};

/** One box that searches a list; what was searched for can be cleared. */
export function SearchForm({
  path,
  label,
  value,
  errors,
}: {
  /** Of the Chinese page of the list. */
  readonly path: string;
  readonly label: string;
  readonly value: string;
  readonly errors: Errors;
}) {
  const { href, t: say } = useView();
  const t = say(MESSAGES);
  return (
    <form class="filter" method="get" action={href(path)} role="search">
      <TextField name="q" label={label} type="search" value={value} errors={errors} />
      <button type="submit">{t.search}</button>
      {value === '' ? null : <a href={href(path)}>{t.clear}</a>}
    </form>
  );
}
