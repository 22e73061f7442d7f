import { ACTING_COOKIE, membershipName } from '../../api/pages.ts';
import { ownPath } from '../acts/pages.tsx';
import { typedOf } from '../acts/form-values.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { TextField } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { afterSignIn } from './after-sign-in.ts';
import { membershipText } from '../parts/party.tsx';
import type { Problem } from '../../api/http/problems.ts';

const MESSAGES = {
  zh: {
    signIn: '登录',
    username: '用户名',
    password: '密码',
    none: '没有账号？供应商可以',
    certificate: '用数字证书登录',
    register: '自行注册',
    others: '；其他人员请向本单位或系统管理员申请。',
    acting: '选择身份',
    actingHint: '每一事项都以一个身份办理；随时可以更换。',
    account: '本人与会话',
    current: '原密码',
    next: '新密码',
    change: '修改密码',
    mustChange: '请先修改一次性密码，再办理其他事项。',
  },
  en: {
    signIn: 'Sign in',
    username: 'User name',
    password: 'Password',
    none: 'No account? Suppliers can ',
    certificate: 'Sign in by a certificate',
    register: 'register themselves',
    others: '; everybody else asks their organisation or an administrator.',
    acting: 'For whom do you act?',
    actingHint: 'Everything is done for one organisation in one role; you can change at any time.',
    account: 'You and your sessions',
    current: 'Current password',
    next: 'New password',
    change: 'Change the password',
    mustChange: 'Change the one-time password first.',
  },
};

const cookie = (context: PageContext, name: string, value: string): string =>
  `${name}=${encodeURIComponent(value)}; Path=/; HttpOnly; SameSite=Strict${context.publicUrl.startsWith('https:') ? '; Secure' : ''}`;

interface Ways {
  readonly oidc: { readonly name: string } | null;
  readonly certificate: boolean;
}
const PASSWORD_ALONE: Ways = { oidc: null, certificate: false };

async function waysOf(context: PageContext): Promise<Ways> {
  const told = await context.ask({ method: 'get', path: '/session/ways' });
  return told.problem ? PASSWORD_ALONE : (told.body as Ways);
}

function signInPage(context: PageContext, problem: Problem | null, username = '', ways = PASSWORD_ALONE): Outcome {
  const t = MESSAGES[context.lang];
  const next = ownPath(context.query('next'), '/console');
  const errors = errorsOf(problem, context.lang);
  return {
    title: t.signIn,
    status: problem?.status ?? 200,
    content: (
      <>
        <h1>{t.signIn}</h1>
        <Refusal problem={problem} />
        <Form action={`/sign-in?next=${encodeURIComponent(next)}`} submit={t.signIn} keyed={false} guard={false}>
          <TextField
            name="username"
            label={t.username}
            value={username}
            wanted
            errors={errors}
            attributes={{ autocomplete: 'username' }}
          />
          <TextField
            name="password"
            label={t.password}
            type="password"
            wanted
            errors={errors}
            attributes={{ autocomplete: 'current-password' }}
          />
        </Form>
        {ways.oidc ? <Form action="/sign-in/oidc/begin" submit={ways.oidc.name} keyed={false} guard={false} /> : null}
        {ways.certificate ? (
          <Form
            action={`/sign-in/certificate?next=${encodeURIComponent(next)}`}
            submit={t.certificate}
            keyed={false}
            guard={false}
          />
        ) : null}
        <p>
          {t.none}
          <a href={context.href('/register')}>{t.register}</a>
          {t.others}
        </p>
      </>
    ),
  };
}

const passwordPage = (context: PageContext, problem: Problem | null): Outcome => {
  const t = MESSAGES[context.lang];
  const errors = errorsOf(problem, context.lang);
  return {
    title: t.change,
    status: problem?.status ?? 200,
    content: (
      <ConsoleFrame crumbs={[['/console/account', t.account]]}>
        <h1>{t.change}</h1>
        <Refusal problem={problem} />
        <Form action="/console/account/password" submit={t.change}>
          <TextField
            name="currentPassword"
            label={t.current}
            type="password"
            wanted
            errors={errors}
            attributes={{ autocomplete: 'current-password' }}
          />
          <TextField
            name="newPassword"
            label={t.next}
            type="password"
            wanted
            errors={errors}
            attributes={{ autocomplete: 'new-password' }}
          />
        </Form>
      </ConsoleFrame>
    ),
  };
};

export const sessionPages = [
  page({
    path: '/sign-in',
    for: 'guest',
    handle: async (context) => signInPage(context, null, '', await waysOf(context)),
  }),
  page({
    path: '/sign-in',
    method: 'post',
    for: 'guest',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      const [username = '', password = ''] = ['username', 'password'].map((name) => typed.get(name)?.at(-1) ?? '');
      const told = await context.ask({ method: 'post', path: '/session', json: { username, password } });
      if (told.problem) return signInPage(context, told.problem, username, await waysOf(context));
      return afterSignIn(told, ownPath(context.query('next'), '/console'));
    },
  }),
  page({
    path: '/sign-out',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      await context.assertForm(typedOf(context.request.body).get('_token')?.at(-1));
      await context.ask({ method: 'delete', path: '/session' });
      return { redirect: '/', cookies: [`${ACTING_COOKIE}=; Path=/; Max-Age=0`] };
    },
  }),
  page({
    path: '/console/acting',
    for: 'person',
    handle: async (context) => {
      const t = MESSAGES[context.lang];
      const memberships = context.view.person?.memberships ?? [];
      return {
        title: t.acting,
        content: (
          <ConsoleFrame>
            <h1>{t.acting}</h1>
            <p class="soft">{t.actingHint}</p>
            {memberships.map((membership) => (
              <form method="post" action={context.href('/console/acting')} class="buttons">
                <input type="hidden" name="_token" value={context.view.formToken} />
                <input type="hidden" name="as" value={membershipName(membership)} />
                <button type="submit" class="plain">
                  {membershipText(membership, context.lang)}
                </button>
              </form>
            ))}
          </ConsoleFrame>
        ),
      };
    },
  }),
  page({
    path: '/console/acting',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      return { redirect: '/console', cookies: [cookie(context, ACTING_COOKIE, typed.get('as')?.at(-1) ?? '')] };
    },
  }),
  page({ path: '/console/account/password', for: 'person', handle: async (context) => passwordPage(context, null) }),
  page({
    path: '/console/account/password',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const [currentPassword, newPassword] = ['currentPassword', 'newPassword'].map(
        (name) => typed.get(name)?.at(-1) ?? '',
      );
      const told = await context.ask({
        method: 'post',
        path: '/session/password',
        json: { currentPassword, newPassword },
        key: typed.get('_key')?.at(-1) ?? '',
      });
      return told.problem ? passwordPage(context, told.problem) : { redirect: '/console' };
    },
  }),
];
