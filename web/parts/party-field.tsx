import { described, Field, type Choice, type Named } from './field.tsx';
import { useView } from './view.ts';

const MESSAGES = {
  zh: {
    search: {
      organisations: '按名称或统一社会信用代码查找',
      procurements: '按项目名称或编号查找',
      accounts: '按姓名、用户名或单位查找',
    },
    find: '查找',
    choose: '（请选择）',
    none: '没有找到，请换一个名称',
    first: '（先查找，再选择）',
  },
  en: {
    search: {
      organisations: 'Find by name or credit code',
      procurements: 'Find by title or number',
      accounts: 'Find by name, user name or organisation',
    },
    find: 'Find',
    choose: '(choose)',
    none: 'Not found: try another name',
    first: '(find it first, then choose)',
  },
};

/** What the box beside a field looks for. */
export const SEARCHED = '_q:';
export type Searched = 'organisations' | 'procurements' | 'accounts';

/** An organisation, a procurement or an account, found by its name and not by its id. With the script the list follows what is typed. */
export function PartyField({
  value,
  query,
  choices,
  of = 'organisations',
  ...named
}: Named & {
  readonly value?: string | undefined;
  readonly query?: string | undefined;
  readonly choices: readonly Choice[];
  readonly of?: Searched;
}) {
  const { t: say, href } = useView();
  const t = say(MESSAGES);
  const own = described(named);
  return (
    <Field {...named}>
      <div class="search-line">
        <input
          type="search"
          name={`${SEARCHED}${named.name}`}
          value={query ?? ''}
          aria-label={`${named.label}：${t.search[of]}`}
          placeholder={t.search[of]}
          autocomplete="off"
          data-find=""
          hx-get={href(`/console/${of}/named`)}
          hx-trigger="input changed delay:300ms, search"
          hx-target={`#${own.id}`}
          hx-include="this"
          hx-swap="innerHTML"
        />
        <button class="plain" type="submit" name="_find" value={named.name}>
          {t.find}
        </button>
      </div>
      <select required={named.wanted} {...own}>
        <PartyChoices value={value} query={query} choices={choices} />
      </select>
    </Field>
  );
}

/** What was found. */
export function PartyChoices({
  value,
  query,
  choices,
}: {
  readonly value?: string | undefined;
  readonly query?: string | undefined;
  readonly choices: readonly Choice[];
}) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  const asked = (query ?? '').trim() !== '';
  const known = value !== undefined && choices.some((choice) => choice.value === value);
  return (
    <>
      <option value="">{choices.length > 0 ? t.choose : asked ? t.none : t.first}</option>
      {choices.map((choice) => (
        <option
          value={choice.value}
          selected={known ? choice.value === value : choices.length === 1 && choice.value === choices[0]?.value}
        >
          {choice.text}
        </option>
      ))}
    </>
  );
}
