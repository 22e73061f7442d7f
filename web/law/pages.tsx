import { getRule, RULES, RULEBOOK_VERSION } from '../../domain/law/rulebook.ts';
import { citeZh, RULE_KINDS, type Rule } from '../../domain/law/rule.ts';
import { PROCEDURE_DEFINITIONS } from '../../domain/procedures/index.ts';
import { page } from '../http/page.ts';
import type { Lang } from '../http/language.ts';
import { Facts } from '../parts/facts.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { wordIn } from '../parts/words.ts';
import { usesOf } from './uses.ts';

const MESSAGES = {
  zh: {
    title: '法规',
    about: '平台按这些条文计算期限、审查和提示；每一条都注明条文、原文和核对情况。',
    version: (version: string, count: number) => `规则集 ${version}，共 ${count} 条`,
    q: '法律、条文、名称或原文',
    law: '法律',
    kind: '种类',
    status: '核对',
    search: '检索',
    rule: '规则',
    article: '条文',
    says: '内容',
    use: '用途',
    none: '没有符合条件的规则。',
    quote: '原文',
    noQuote: '没有原文：未找到全文，因此只提示，不阻断（除非本安装确认）。',
    limit: '限度',
    from: '起算',
    to: '至',
    breach: '违反的后果',
    applies: '适用',
    inForce: '施行',
    uses: '用在哪里',
    unused: '没有采购方式引用；由校验、核算或者页面按编号使用。',
    notes: '说明',
    back: '全部规则',
    found: (count: number) => `${count} 条`,
  },
  en: {
    title: 'Law',
    about:
      'By these rules the platform counts, checks and warns; each with its article, its words, and whether its text was read.',
    version: (version: string, count: number) => `Rulebook ${version}, ${count} rules`,
    q: 'Law, article, name or text',
    law: 'Law',
    kind: 'Kind',
    status: 'Text',
    search: 'Search',
    rule: 'Rule',
    article: 'Article',
    says: 'Content',
    use: 'Use',
    none: 'No rule fits.',
    quote: 'The words of the law',
    noQuote:
      'Not quoted: no full text was found, so that it warns and does not refuse, unless this installation confirms it.',
    limit: 'Limit',
    from: 'From',
    to: 'To',
    breach: 'What a breach means',
    applies: 'Applies to',
    inForce: 'In force',
    uses: 'Where it is used',
    unused: 'No procedure names it: checks, sums or pages use it by its id.',
    notes: 'Notes',
    back: 'All rules',
    found: (count: number) => `${count} rules`,
  },
};

const LAWS_CITED = [...new Set(RULES.map(({ law }) => law))];

export const articleText = ({ law, article }: Pick<Rule, 'law' | 'article'>, lang: Lang): string =>
  article === '—'
    ? citeZh({ law, article })
    : lang === 'zh'
      ? /^\d+$/.test(article)
        ? `《${law}》第${article}条`
        : `《${law}》 ${article}`
      : `${law}, article ${article}`;

function limitText({ bound, amount, range, unit }: Rule, lang: Lang): string {
  if (amount === undefined && range === undefined) return '';
  const number = range ? `${range[0]}–${range[1]}` : String(amount);
  const units: Readonly<Record<string, readonly [string, string]>> = {
    calendar_day: ['日', 'days'],
    working_day: ['个工作日', 'working days'],
    day: ['日', 'days'],
    month: ['个月', 'months'],
    year: ['年', 'years'],
    hour: ['小时', 'hours'],
    minute: ['分钟', 'minutes'],
    RMB: ['元', 'CNY'],
    percent: ['%', '%'],
    permille: ['‰', '‰'],
    percent_per_day: ['%/日', '% a day'],
    points: ['分', 'points'],
    persons: ['人', 'persons'],
    suppliers: ['家', 'suppliers'],
    bidders: ['家', 'bidders'],
  };
  const bounds: Readonly<Record<string, readonly [string, string]>> = {
    min: ['不少于', 'at least'],
    max: ['不超过', 'at most'],
    exact: ['', 'exactly'],
    latest_before: ['最迟之前', 'at the latest before:'],
    not_earlier_than_before: ['不早于之前', 'not earlier before:'],
    trigger_below: ['低于', 'below'],
  };
  const index = lang === 'zh' ? 0 : 1;
  const named = (unit === undefined ? undefined : units[unit])?.[index] ?? unit ?? '';
  return [bounds[bound]?.[index], number, named].filter((each) => each).join(' ');
}

/** Every rule of the rulebook, and one with all that is known of it. */
export const lawPages = [
  page({
    path: '/law',
    for: 'public',
    handle: async ({ lang, query, href }) => {
      const t = MESSAGES[lang];
      const [q, law, kind, status] = [query('q').trim().slice(0, 100), query('law'), query('kind'), query('status')];
      const rules = RULES.filter(
        (rule: Rule) =>
          (law === '' || rule.law === law) &&
          (kind === '' || rule.kind === kind) &&
          (status === '' || rule.status === status) &&
          (q === '' ||
            [rule.id, rule.nameZh, rule.lawFull, `${rule.law}${rule.article}`, rule.quote].some((text) =>
              text?.includes(q),
            )),
      );
      return {
        title: t.title,
        about: { description: t.about },
        content: (
          <>
            <h1>{t.title}</h1>
            <p class="soft">{t.about}</p>
            <p class="small soft">{t.version(RULEBOOK_VERSION, RULES.length)}</p>
            <form class="filter" method="get" action={href('/law')} role="search">
              <TextField name="q" label={t.q} type="search" value={q} attributes={{ maxlength: 100 }} />
              <SelectField
                name="law"
                label={t.law}
                value={law}
                choices={LAWS_CITED.map((value) => ({ value, text: value }))}
              />
              <SelectField
                name="kind"
                label={t.kind}
                value={kind}
                choices={RULE_KINDS.map((value) => ({ value, text: wordIn('rules/kind', value, lang) }))}
              />
              <SelectField
                name="status"
                label={t.status}
                value={status}
                choices={['VERIFIED', 'RECALLED'].map((value) => ({ value, text: wordIn('status', value, lang) }))}
              />
              <button type="submit">{t.search}</button>
            </form>
            <p class="small soft">{t.found(rules.length)}</p>
            <Table
              rows={rules}
              empty={t.none}
              columns={[
                {
                  head: t.rule,
                  cell: (rule) => (
                    <a href={href(`/law/${rule.id}`)} lang="zh-CN">
                      {rule.nameZh}
                    </a>
                  ),
                },
                { head: t.article, cell: (rule) => <span lang="zh-CN">{articleText(rule, lang)}</span> },
                { head: t.limit, cell: (rule) => limitText(rule, lang) },
                {
                  head: t.status,
                  cell: ({ status: of }) => (
                    <span class={`tag ${of === 'VERIFIED' ? 'good' : 'warn'}`}>{wordIn('status', of, lang)}</span>
                  ),
                },
              ]}
            />
          </>
        ),
      };
    },
  }),
  page({
    path: '/law/:rule',
    for: 'public',
    handle: async ({ lang, param }) => {
      const rule = getRule(param('rule'));
      return {
        title: rule.nameZh,
        about: { description: `${articleText(rule, lang)}：${rule.nameZh}` },
        content: <RuleView rule={rule} />,
      };
    },
  }),
];

function RuleView({ rule }: { readonly rule: Rule }) {
  const { lang, href, t: say } = useView();
  const t = say(MESSAGES);
  const uses = usesOf(rule.id, PROCEDURE_DEFINITIONS);
  return (
    <>
      <nav class="crumbs" aria-label={t.title}>
        <ol>
          <li>
            <a href={href('/law')}>{t.back}</a>
          </li>
        </ol>
      </nav>
      <h1 lang="zh-CN">{rule.nameZh}</h1>
      <p>
        <strong lang="zh-CN">{articleText(rule, lang)}</strong>{' '}
        <span class={`tag ${rule.status === 'VERIFIED' ? 'good' : 'warn'}`}>{wordIn('status', rule.status, lang)}</span>{' '}
        <span class="tag">{wordIn('use', rule.use, lang)}</span>
      </p>
      {rule.quote === undefined ? (
        <Note kind="warn">{t.noQuote}</Note>
      ) : (
        <blockquote class="card lines" lang="zh-CN">
          {rule.quote}
        </blockquote>
      )}
      <Facts
        rows={[
          [t.law, <span lang="zh-CN">{rule.lawFull}</span>],
          [t.kind, wordIn('rules/kind', rule.kind, lang)],
          ...(limitText(rule, lang) === '' ? [] : [[t.limit, limitText(rule, lang)] as const]),
          ...(rule.fromEvent === undefined ? [] : [[t.from, rule.fromEvent] as const]),
          ...(rule.toEvent === undefined ? [] : [[t.to, rule.toEvent] as const]),
          ...(rule.breach === undefined ? [] : [[t.breach, <span lang="zh-CN">{rule.breach}</span>] as const]),
          [
            t.applies,
            rule.appliesTo.map((scope) => wordIn('appliesTo', scope, lang)).join(lang === 'zh' ? '、' : ', '),
          ],
          ...(rule.effectiveFrom === undefined ? [] : [[t.inForce, rule.amendedFrom ?? rule.effectiveFrom] as const]),
          // They are written in English.
          ...(rule.notes === undefined || lang === 'zh' ? [] : [[t.notes, rule.notes] as const]),
        ]}
      />
      <h2>{t.uses}</h2>
      {uses.length === 0 ? (
        <p class="soft">{t.unused}</p>
      ) : (
        <ul>
          {uses.map((use) => (
            <li>
              {wordIn('regime', use.regime, lang)} · {wordIn('procedure', use.procedure, lang)}
              {use.milestones.length === 0
                ? ''
                : `：${use.milestones.map((each) => each[lang]).join(lang === 'zh' ? '、' : ', ')}`}
            </li>
          ))}
        </ul>
      )}
      <p class="small">
        <a href={`/api/law/rules/${rule.id}`}>JSON</a>
      </p>
    </>
  );
}
