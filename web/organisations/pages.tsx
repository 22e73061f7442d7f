import type * as z from 'zod';
import type { correctionSchema, organisationSchema } from '../../api/organisations/views.ts';
import { actHref } from '../acts/links.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { wordFor } from '../../domain/fields/field.ts';
import type { Role } from '../../domain/roles.ts';
import { addressWith, listed, typedIn } from '../http/listed.ts';
import type { Lang } from '../http/language.ts';
import { page } from '../http/page.ts';
import { Facts } from '../parts/facts.tsx';
import { errorsOf, Refusal } from '../parts/form.tsx';
import { SearchForm } from '../parts/search-form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { roleText } from '../parts/party.tsx';
import { NextPage, Table } from '../parts/table.tsx';

type Organisation = z.infer<typeof organisationSchema>;
type Found = Pick<Organisation, 'id' | 'name' | 'creditCode' | 'duties'>;
type Correction = z.infer<typeof correctionSchema>;

const MESSAGES = {
  zh: {
    title: '机构',
    lead: '本平台的单位：名称和代码、身份、职责、隶属。',
    q: '名称或统一社会信用代码',
    name: '名称',
    code: '统一社会信用代码',
    duties: '职责',
    unlimited: '不限',
    none: '没有这样的机构。',
    noneYet: '还没有机构。',
    more: '后面的机构',
    add: '登记机构',
    people: '其人员的账号',
    open: '为其开立账号',
    identity: '身份',
    level: '级别',
    plates: '加挂的牌子',
    unknown: '未登记',
    reportsTo: '隶属',
    since: '登记时间',
    change: '变更身份、职责、隶属',
    correct: '更正名称、代码',
    corrections: '名称、代码的更正',
    noCorrections: '没有更正过。',
    from: '原为',
    to: '更正为',
    reason: '原因和依据',
    requested: '申请时间',
    state: '状态',
    states: { pending: '待该机构人员确认', done: '已更正', refused: '未更正' },
    waits: '更正待该机构的人员确认',
    waitsWhy: '该机构已有人员，须由其中一人以本人密码确认后生效；管理员不能代为确认。',
  },
  en: {
    title: 'Organisations',
    lead: 'The organisations of this platform: names and codes, what they are, what they may do, what they belong to.',
    q: 'Name or credit code',
    name: 'Name',
    code: 'Credit code',
    duties: 'May be',
    unlimited: 'not limited',
    none: 'There is no such organisation.',
    noneYet: 'No organisations yet.',
    more: 'More organisations',
    add: 'Register an organisation',
    people: 'Accounts of its people',
    open: 'Open an account for it',
    identity: 'What it is',
    level: 'Level',
    plates: 'Other names on its door',
    unknown: 'not recorded',
    reportsTo: 'Belongs to',
    since: 'Registered',
    change: 'Change what it is, may do, and belongs to',
    correct: 'Correct its name or code',
    corrections: 'Corrections of its name and code',
    noCorrections: 'None.',
    from: 'Was',
    to: 'Becomes',
    reason: 'Why, and by what document',
    requested: 'Requested',
    state: 'State',
    states: { pending: 'waits for its people', done: 'corrected', refused: 'refused' },
    waits: 'A correction waits for its people',
    waitsWhy: 'It has had people, so that one of them confirms it by password; an administrator cannot do it for them.',
  },
};

const PATH = '/console/organisations';

const dutiesText = (duties: readonly Role[] | null, lang: Lang): string =>
  duties === null
    ? MESSAGES[lang].unlimited
    : duties.map((role) => roleText(role, lang)).join(lang === 'zh' ? '、' : ', ');

const wordOf = (field: string, value: string, lang: Lang): string =>
  lang === 'zh' ? wordFor(field, value) : value.replaceAll('-', ' ');

export const organisationPages = [
  page({
    path: PATH,
    for: 'person',
    handle: async (context) => {
      const { lang, href } = context;
      const t = MESSAGES[lang];
      const { q } = typedIn(context, ['q']);
      const path = q === '' ? '/organisations' : '/organisations/look-up';
      const { items, next, problem, status } = await listed<Found>(context, path, {
        ...{ q, limit: 50, cursor: context.query('cursor') },
      });
      return {
        title: t.title,
        status,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <p class="soft">{t.lead}</p>
            <Refusal problem={problem} />
            <SearchForm path={PATH} label={t.q} value={q} errors={errorsOf(problem, lang)} />
            <Table
              rows={items}
              empty={q === '' ? t.noneYet : t.none}
              columns={[
                { head: t.name, cell: (row) => <a href={href(`${PATH}/${row.id}`)}>{row.name}</a> },
                { head: t.code, cell: (row) => <code>{row.creditCode}</code> },
                { head: t.duties, cell: (row) => dutiesText(row.duties, lang) },
              ]}
            />
            <NextPage href={next && href(addressWith(PATH, { q, cursor: next }))} text={t.more} />
            <p class="buttons">
              <a class="button" href={href(actHref('post', '/organisations', PATH))}>
                {t.add}
              </a>
            </p>
          </ConsoleFrame>
        ),
      };
    },
  }),
  page({
    path: `${PATH}/:id`,
    for: 'person',
    handle: async (context) => {
      const { lang, href, ask } = context;
      const t = MESSAGES[lang];
      const id = context.param('id');
      const told = await ask({ method: 'get', path: `/organisations/${encodeURIComponent(id)}` });
      if (told.problem)
        return {
          title: t.title,
          status: told.status,
          content: (
            <ConsoleFrame crumbs={[[PATH, t.title]]}>
              <Refusal problem={told.problem} />
            </ConsoleFrame>
          ),
        };
      const own = told.body as Organisation;
      const [{ items: corrections }, above] = await Promise.all([
        listed<Correction>(context, `/organisations/${id}/corrections`),
        own.reportsTo === null ? null : ask({ method: 'get', path: `/organisations/${own.reportsTo}` }),
      ]);
      const superior = above && !above.problem ? (above.body as Organisation) : null;
      const here = `${PATH}/${id}`;
      return {
        title: own.name,
        content: (
          <ConsoleFrame crumbs={[[PATH, t.title]]}>
            <h1>{own.name}</h1>
            {corrections.some(({ state }) => state === 'pending') ? (
              <Note kind="warn" title={t.waits}>
                <p>{t.waitsWhy}</p>
              </Note>
            ) : null}
            <Facts
              rows={[
                [t.code, <code>{own.creditCode}</code>],
                [t.identity, own.identity ? wordOf('nature', own.identity.nature, lang) : t.unknown],
                ...(own.identity
                  ? ([
                      [t.level, own.identity.level === null ? t.unknown : wordOf('level', own.identity.level, lang)],
                      ...(own.identity.plates.length > 0
                        ? [[t.plates, own.identity.plates.map(({ nameZh }) => nameZh).join('、')] as const]
                        : []),
                    ] as const)
                  : []),
                [t.duties, dutiesText(own.duties, lang)],
                [t.reportsTo, superior ? <a href={href(`${PATH}/${superior.id}`)}>{superior.name}</a> : t.unknown],
                [t.since, <Instant at={own.createdAt} />],
              ]}
            />
            <p class="buttons">
              <a class="button" href={href(actHref('put', `/organisations/${id}/standing`, here))}>
                {t.change}
              </a>
              <a class="button plain" href={href(actHref('post', `/organisations/${id}/corrections`, here))}>
                {t.correct}
              </a>
              <a class="button plain" href={href(addressWith('/console/accounts', { q: own.name }))}>
                {t.people}
              </a>
            </p>
            <h2>{t.corrections}</h2>
            <Table
              rows={corrections}
              empty={t.noCorrections}
              columns={[
                { head: t.requested, cell: (row) => <Instant at={row.requestedAt} bare /> },
                { head: t.from, cell: (row) => named(row.formerName, row.formerCode) },
                { head: t.to, cell: (row) => named(row.name, row.creditCode) },
                { head: t.reason, cell: (row) => row.reasonZh },
                {
                  head: t.state,
                  cell: (row) => (
                    <span class={`tag ${row.state === 'done' ? 'good' : row.state === 'pending' ? 'warn' : ''}`}>
                      {t.states[row.state]}
                    </span>
                  ),
                },
              ]}
            />
          </ConsoleFrame>
        ),
      };
    },
  }),
];

const named = (name: string, code: string) => (
  <>
    {name}
    <br />
    <code class="small">{code}</code>
  </>
);
