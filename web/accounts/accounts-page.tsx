import type * as z from 'zod';
import type { accountSchema } from '../../api/accounts/views.ts';
import { actHref } from '../acts/links.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { addressWith, listed, typedIn } from '../http/listed.ts';
import { page } from '../http/page.ts';
import { errorsOf, Refusal } from '../parts/form.tsx';
import { SearchForm } from '../parts/search-form.tsx';
import { membershipText } from '../parts/party.tsx';
import { NextPage, Table } from '../parts/table.tsx';

type Account = z.infer<typeof accountSchema>;

const MESSAGES = {
  zh: {
    title: '账号',
    lead: '谁可以登录，代表谁。密码只有本人知道：账号用一次性链接交给本人。',
    q: '用户名、姓名或单位',
    name: '姓名',
    username: '用户名',
    acts: '身份',
    none: '没有这样的账号。',
    noneYet: '还没有账号。',
    nobody: '没有身份',
    more: '后面的账号',
    open: '开立账号',
    state: '状态',
    disabled: '已停用',
    enabled: '在用',
    reset: '待重置密码',
    factor: '待取消第二因素',
    requested: '待单位确认',
  },
  en: {
    title: 'Accounts',
    lead: 'Who can sign in, and for whom they act. Nobody but its owner knows a password: an account is handed over by a link that works once.',
    q: 'User name, name or organisation',
    name: 'Name',
    username: 'User name',
    acts: 'Acts for',
    none: 'There is no such account.',
    noneYet: 'No accounts yet.',
    nobody: 'nobody',
    more: 'More accounts',
    open: 'Open an account',
    state: 'State',
    disabled: 'disabled',
    enabled: 'in use',
    reset: 'reset requested',
    factor: 'second factor to be removed',
    requested: 'waits for the organisation',
  },
};

export const ACCOUNTS = '/console/accounts';

export const accountListPages = [
  page({
    path: ACCOUNTS,
    for: 'person',
    handle: async (context) => {
      const { lang, href } = context;
      const t = MESSAGES[lang];
      const { q } = typedIn(context, ['q']);
      const { items, next, problem, status } = await listed<Account>(context, '/accounts', {
        ...{ q: q.slice(0, 100), limit: 50, cursor: context.query('cursor') },
      });
      return {
        title: t.title,
        status,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <p class="soft">{t.lead}</p>
            <Refusal problem={problem} />
            <SearchForm path={ACCOUNTS} label={t.q} value={q} errors={errorsOf(problem, lang)} />
            <Table
              rows={items}
              empty={q === '' ? t.noneYet : t.none}
              columns={[
                {
                  head: t.name,
                  cell: (row) => <a href={href(`${ACCOUNTS}/${row.id}`)}>{row.name}</a>,
                },
                { head: t.username, cell: (row) => <code>{row.username}</code> },
                {
                  head: t.acts,
                  cell: (row) =>
                    row.memberships.length === 0 ? (
                      <span class="soft">{t.nobody}</span>
                    ) : (
                      row.memberships.map((each) => membershipText(each, lang)).join(lang === 'zh' ? '；' : '; ')
                    ),
                },
                {
                  head: t.state,
                  cell: (row) => (
                    <>
                      {row.disabledAt === null ? (
                        <span class="tag good">{t.enabled}</span>
                      ) : (
                        <span class="tag">{t.disabled}</span>
                      )}{' '}
                      {row.passwordReset ? <span class="tag warn">{t.reset}</span> : null}{' '}
                      {row.secondFactorReset ? <span class="tag warn">{t.factor}</span> : null}{' '}
                      {row.requestedMemberships.length > 0 ? <span class="tag warn">{t.requested}</span> : null}
                    </>
                  ),
                },
              ]}
            />
            <NextPage href={next && href(addressWith(ACCOUNTS, { q, cursor: next }))} text={t.more} />
            <p class="buttons">
              <a class="button" href={href(actHref('post', '/accounts', ACCOUNTS))}>
                {t.open}
              </a>
            </p>
          </ConsoleFrame>
        ),
      };
    },
  }),
];
