import { ownPath } from '../acts/pages.tsx';
import { typedOf } from '../acts/form-values.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { TextField } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import type { Problem } from '../../api/http/problems.ts';
import { afterSignIn } from './after-sign-in.ts';

const MESSAGES = {
  zh: {
    proof: '输入验证码',
    code: '验证码或恢复码',
    hint: '输入验证器当前显示的六位数字；设备不在身边的，输入一个恢复码。',
    submit: '登录',
    oidc: '统一身份认证',
    go: '前往身份认证',
    back: '完成',
    backHint: '身份认证已返回，请继续。',
    linked: '已关联，此后可用它登录。',
  },
  en: {
    proof: 'Your code',
    code: 'Code, or recovery code',
    hint: 'Type the six digits that your authenticator shows now; without the device, a recovery code.',
    submit: 'Sign in',
    oidc: 'Provider of identities',
    go: 'Go to the provider',
    back: 'Continue',
    backHint: 'You are back from the provider: go on.',
    linked: 'It is linked, and signs you in from now on.',
  },
};

const nextOf = (context: PageContext): string => ownPath(context.query('next'), '/console');

function proofPage(context: PageContext, problem: Problem | null): Outcome {
  const t = MESSAGES[context.lang];
  return {
    title: t.proof,
    status: problem?.status ?? 200,
    content: (
      <>
        <h1>{t.proof}</h1>
        <p>{t.hint}</p>
        <Refusal problem={problem} />
        <Form
          action={`/sign-in/proof?next=${encodeURIComponent(nextOf(context))}`}
          submit={t.submit}
          keyed={false}
          guard={false}
        >
          <TextField
            name="oneTimeCode"
            label={t.code}
            wanted
            errors={errorsOf(problem, context.lang)}
            attributes={{ autocomplete: 'one-time-code' }}
          />
        </Form>
      </>
    ),
  };
}

function refusedPage(context: PageContext, problem: Problem): Outcome {
  const t = MESSAGES[context.lang];
  const content = (
    <>
      <h1>{t.oidc}</h1>
      <Refusal problem={problem} />
      <p>
        <a href={context.href('/sign-in')}>{t.submit}</a>
      </p>
    </>
  );
  return { title: t.oidc, status: problem.status, content };
}

/** What of signing in is not the password: the code, the way to the provider of identities and back, a certificate. */
export const otherWayPages = [
  page({ path: '/sign-in/proof', for: 'guest', handle: async (context) => proofPage(context, null) }),
  page({
    path: '/sign-in/proof',
    method: 'post',
    for: 'guest',
    handle: async (context) => {
      const oneTimeCode = typedOf(context.request.body).get('oneTimeCode')?.at(-1) ?? '';
      const told = await context.ask({ method: 'post', path: '/session/second-factor/proof', json: { oneTimeCode } });
      return told.problem ? proofPage(context, told.problem) : afterSignIn(told, nextOf(context));
    },
  }),
  page({
    path: '/sign-in/oidc/begin',
    method: 'post',
    for: 'guest',
    handle: async (context) => {
      const t = MESSAGES[context.lang];
      const told = await context.ask({ method: 'post', path: '/session/oidc' });
      if (told.problem) return refusedPage(context, told.problem);
      // A form may not lead away from here (form-action): a link does.
      const { address } = told.body as { address: string };
      const content = (
        <>
          <h1>{t.oidc}</h1>
          <p>
            <a href={address}>{t.go}</a>
          </p>
        </>
      );
      return { title: t.oidc, content };
    },
  }),
  page({
    path: '/sign-in/oidc',
    for: 'guest',
    // The browser comes from elsewhere, without the cookies of here: it posts what it was given from a page of ours.
    handle: async (context) => {
      const t = MESSAGES[context.lang];
      const returned = context.request.originalUrl.split('?').slice(1).join('?');
      const content = (
        <>
          <h1>{t.oidc}</h1>
          <p>{t.backHint}</p>
          <Form action="/sign-in/oidc" submit={t.back} keyed={false} guard={false}>
            <input type="hidden" name="returned" value={returned} />
          </Form>
        </>
      );
      return { title: t.oidc, content };
    },
  }),
  page({
    path: '/sign-in/oidc',
    method: 'post',
    for: 'guest',
    handle: async (context) => {
      const t = MESSAGES[context.lang];
      const returned = typedOf(context.request.body).get('returned')?.at(-1) ?? '';
      const told = await context.ask({ method: 'post', path: '/session/oidc/finish', json: { returned } });
      if (told.problem) return refusedPage(context, told.problem);
      if (told.status === 200) return afterSignIn(told, '/console');
      const content = (
        <>
          <h1>{t.oidc}</h1>
          <p>{t.linked}</p>
          <p>
            <a href={context.href('/console')}>{t.back}</a>
          </p>
        </>
      );
      return { title: t.oidc, content };
    },
  }),
  page({
    path: '/sign-in/certificate',
    method: 'post',
    for: 'guest',
    handle: async (context) => {
      const told = await context.ask({ method: 'post', path: '/session/certificate' });
      return told.problem ? refusedPage(context, told.problem) : afterSignIn(told, nextOf(context));
    },
  }),
];
