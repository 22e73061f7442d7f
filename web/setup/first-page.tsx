import type { Told } from '../../api/visit.ts';
import { typedOf, type Typed } from '../acts/form-values.ts';
import { scriptPath } from '../http/island-files.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { TextField, type Errors } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Note } from '../parts/note.tsx';
import { afterSignIn } from '../sessions/after-sign-in.ts';
import { MIN_PASSWORD } from '../../domain/accounts/password.ts';

const MESSAGES = {
  zh: {
    title: '首次设置',
    lead: '本平台刚刚安装，还没有管理员。填写以下内容后即登录，并逐项检查正式使用前应当齐备的事项；每项可以以后继续。',
    code: '设置码',
    codeHint:
      '首次启动时，服务器的终端打印一个地址；打开该地址即自动填入，也可以把地址中 # 之后的部分抄在这里。用一次，72 小时内有效；过期的，在服务器上运行 kaibiao administrator。',
    you: '系统管理员',
    name: '您的姓名',
    nameHint: '用户名是 administrator；姓名写入审计记录，请填真实姓名。',
    password: '新密码',
    passwordHint: `至少 ${MIN_PASSWORD} 个字符；常见的、容易猜到的拒绝。`,
    again: '再次输入新密码',
    differs: '两次输入的密码不同',
    centre: '交易中心',
    centreName: '中心名称',
    centreHint: '显示在每页顶部和公告中。现在不填的，以后在“启用检查”中填写。',
    creditCode: '统一社会信用代码',
    creditCodeHint: '18位，以法人证书为准；与名称一并填写。',
    submit: '设置并登录',
    over: '首次设置已经完成，不再开放。',
    signIn: '登录',
  },
  en: {
    title: 'First start',
    lead: 'This installation is new and has no administrator. Fill in what follows: you are signed in, and go through what should be there before real use. Each part can be done later.',
    code: 'Setup code',
    codeHint:
      'The first start prints an address on the terminal of the server. Opening it fills this in; or type here what follows its #. It is good once, within 72 hours; afterwards run kaibiao administrator on the server.',
    you: 'Administrator',
    name: 'Your name',
    nameHint: 'The user name is administrator. Your name goes on the audit trail: give your real one.',
    password: 'New password',
    passwordHint: `${MIN_PASSWORD} characters or more; common ones and those that are easy to guess are refused.`,
    again: 'New password, once more',
    differs: 'The two passwords are not the same',
    centre: 'The trading centre',
    centreName: 'Name of the centre',
    centreHint: 'It stands at the head of every page and in notices. It can be given later, at “Before real use”.',
    creditCode: 'Unified social credit code',
    creditCodeHint: '18 characters, as on the certificate; given together with the name.',
    submit: 'Set up and sign in',
    over: 'The first start is completed, and closed for good.',
    signIn: 'Sign in',
  },
};

const FIRST = '/setup';
const GUIDE = '/console/setup';

interface State {
  readonly open: boolean;
  readonly centre: { readonly name: string; readonly creditCode: string } | null;
}

const valueOf = (typed: Typed, name: string): string => (typed.get(name)?.at(-1) ?? '').trim();
const stateOf = async ({ ask }: PageContext): Promise<State> =>
  (await ask({ method: 'get', path: '/setup' })).body as State;

async function over(context: PageContext): Promise<Outcome> {
  if (await context.who()) return { redirect: GUIDE };
  const t = MESSAGES[context.lang];
  return {
    title: t.title,
    content: (
      <>
        <h1>{t.title}</h1>
        <Note kind="good">{t.over}</Note>
        <p class="buttons">
          <a class="button" href={context.href(`/sign-in?next=${encodeURIComponent(GUIDE)}`)}>
            {t.signIn}
          </a>
        </p>
      </>
    ),
  };
}

async function form(context: PageContext, typed: Typed, told: Told | null, differs = false): Promise<Outcome> {
  const { centre, open } = await stateOf(context);
  if (!open) return over(context);
  const t = MESSAGES[context.lang];
  const problem = told?.problem ?? null;
  const errors: Errors = new Map([
    ...errorsOf(problem, context.lang),
    ...(differs ? ([['again', [t.differs]]] as const) : []),
  ]);
  return {
    title: t.title,
    status: differs ? 422 : (problem?.status ?? 200),
    scripts: [await scriptPath('setup')],
    content: (
      <>
        <h1>{t.title}</h1>
        <p>{t.lead}</p>
        <Refusal problem={problem} linked />
        <Form action={FIRST} submit={t.submit} keyed={false}>
          <TextField
            name="token"
            label={t.code}
            hint={t.codeHint}
            wanted
            value={valueOf(typed, 'token')}
            errors={errors}
            attributes={{ autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none' }}
          />
          <fieldset>
            <legend>{t.you}</legend>
            <input type="hidden" autocomplete="username" value="administrator" />
            <TextField
              name="name"
              label={t.name}
              hint={t.nameHint}
              wanted
              value={valueOf(typed, 'name')}
              errors={errors}
              attributes={{ autocomplete: 'name' }}
            />
            <TextField
              name="newPassword"
              label={t.password}
              hint={t.passwordHint}
              type="password"
              wanted
              errors={errors}
              attributes={{ autocomplete: 'new-password' }}
            />
            <TextField
              name="again"
              label={t.again}
              type="password"
              wanted
              errors={errors}
              attributes={{ autocomplete: 'new-password' }}
            />
          </fieldset>
          <fieldset>
            <legend>{t.centre}</legend>
            <TextField
              name="centre.name"
              label={t.centreName}
              hint={t.centreHint}
              value={typed.has('centre.name') ? valueOf(typed, 'centre.name') : (centre?.name ?? '')}
              errors={errors}
              attributes={{ autocomplete: 'organization' }}
            />
            <TextField
              name="centre.creditCode"
              label={t.creditCode}
              hint={t.creditCodeHint}
              value={typed.has('centre.creditCode') ? valueOf(typed, 'centre.creditCode') : (centre?.creditCode ?? '')}
              errors={errors}
              attributes={{ maxlength: 18, autocapitalize: 'characters', spellcheck: 'false' }}
            />
          </fieldset>
        </Form>
      </>
    ),
  };
}

/** 首次设置: an installation that nobody has taken over yet; closed for good once somebody has. */
export const firstPages = [
  page({ path: FIRST, for: 'guest', handle: (context) => form(context, new Map(), null) }),
  page({
    path: FIRST,
    method: 'post',
    for: 'guest',
    handle: async (context) => {
      // Once it is closed, what anybody sends goes no further, and is no line of the log.
      if (!(await stateOf(context)).open) return over(context);
      const typed = typedOf(context.request.body);
      const [newPassword = '', again = ''] = ['newPassword', 'again'].map((name) => typed.get(name)?.at(-1) ?? '');
      if (newPassword !== again) return form(context, typed, null, true);
      const [name, creditCode] = [valueOf(typed, 'centre.name'), valueOf(typed, 'centre.creditCode').toUpperCase()];
      const told = await context.ask({
        method: 'post',
        path: '/setup',
        json: {
          ...{ token: valueOf(typed, 'token'), name: valueOf(typed, 'name'), newPassword },
          ...(name === '' && creditCode === '' ? {} : { centre: { name, creditCode } }),
        },
      });
      return told.problem ? form(context, typed, told) : afterSignIn(told, GUIDE);
    },
  }),
];
