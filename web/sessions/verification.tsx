import type { Asked } from '../../api/visit.ts';
import type { Problem } from '../../api/http/problems.ts';
import { routeAt } from '../acts/find-route.ts';
import { typedOf, type Typed } from '../acts/form-values.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import type { Outcome, PageContext } from '../http/page.ts';
import { ConfirmFields } from '../parts/confirm-fields.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Note } from '../parts/note.tsx';

// What weighs most wants a recent password or code. Whatever form was sent is kept, and goes on once it was given.

const MESSAGES = {
  zh: {
    title: '请确认是您本人',
    why: (minutes: number) =>
      `这是重大事项，须由您本人确认。距上次输入密码或验证码已超过 ${minutes} 分钟，请再输入一次；已填写的内容保留，确认后继续办理。`,
    act: '要办理的事项',
    submit: '确认并继续办理',
    forgotten: '没有密码的（如用统一身份认证、数字证书登录），请退出后重新登录，再办理一次。',
  },
  en: {
    title: 'Confirm that it is you',
    why: (minutes: number) =>
      `This act must be confirmed by you: your password or a code was last given more than ${minutes} minutes ago. Give it again. What you filled in is kept, and the act goes on.`,
    act: 'The act',
    submit: 'Confirm and go on',
    forgotten:
      'Without a password (you sign in by a provider or a certificate): sign out, sign in again, and repeat the act.',
  },
};

const PASSWORD = '_password';
const CODE = '_oneTimeCode';
/** What is not sent on with the form: the first belongs to the page that is shown, the others to the verification. */
const OWN: readonly string[] = ['_token', '_act', PASSWORD, CODE];

class VerificationWanted extends Error {
  readonly asked: Asked;
  readonly problem: Problem;

  constructor(asked: Asked, problem: Problem) {
    super('a verification is wanted');
    this.asked = asked;
    this.problem = problem;
  }
}

/** Handles a form; where its act wants a verification, asks for it, and then goes on with the same form. */
export async function handleVerified(
  context: PageContext,
  handle: (context: PageContext) => Promise<Outcome>,
): Promise<Outcome> {
  // A file cannot be kept for later: no act that wants a verification sends one.
  if (!context.request.is('application/x-www-form-urlencoded')) return handle(context);
  const typed = typedOf(context.request.body);
  if (typed.has(PASSWORD) || typed.has(CODE)) {
    await context.assertForm(typed.get('_token')?.at(-1));
    const given = (name: string) => typed.get(name)?.at(-1) || undefined;
    const told = await context.ask({
      ...{ method: 'post', path: '/session/verification' },
      json: { password: given(PASSWORD), oneTimeCode: given(CODE) },
    });
    if (told.problem) return verificationPage(context, typed, { act: given('_act') ?? '', problem: told.problem });
    context.request.body = Object.fromEntries(
      Object.entries(context.request.body as object).filter(([name]) => name === '_token' || !OWN.includes(name)),
    );
  }
  const ask: PageContext['ask'] = async (asked) => {
    const told = await context.ask(asked);
    if (told.problem?.code === 'verification-required') throw new VerificationWanted(asked, told.problem);
    return told;
  };
  try {
    return await handle({ ...context, ask });
  } catch (error) {
    if (!(error instanceof VerificationWanted)) throw error;
    const { method, path } = error.asked;
    const act = routeAt(method, path.split('?')[0] ?? '')?.spec[context.lang].split(/[：:；;]/)[0] ?? '';
    return verificationPage(context, typed, {
      act,
      minutes: Number(error.problem.details?.['minutes']),
      problem: null,
    });
  }
}

async function verificationPage(
  context: PageContext,
  typed: Typed,
  { act, minutes, problem }: { act: string; minutes?: number; problem: Problem | null },
): Promise<Outcome> {
  const t = MESSAGES[context.lang];
  const hasCodes = typeof (await context.who())?.account.secondFactorAt === 'number';
  const errors = new Map([...errorsOf(problem, context.lang)].map(([name, texts]) => [`_${name}`, texts] as const));
  return {
    title: t.title,
    status: problem?.status ?? 403,
    content: (
      <ConsoleFrame>
        <h1>{t.title}</h1>
        {problem ? <Refusal problem={problem} /> : <Note>{t.why(minutes ?? 0)}</Note>}
        <p>
          {t.act}
          {context.lang === 'zh' ? '：' : ': '}
          <strong>{act}</strong>
        </p>
        <Form action={context.view.path} submit={t.submit} keyed={false} dirty>
          {[...typed].flatMap(([name, values]) =>
            OWN.includes(name) ? [] : values.map((value) => <input type="hidden" name={name} value={value} />),
          )}
          <input type="hidden" name="_act" value={act} />
          <ConfirmFields named={(field) => `_${field}`} hasCodes={hasCodes} errors={errors} />
        </Form>
        <p class="soft small">{t.forgotten}</p>
      </ConsoleFrame>
    ),
  };
}
