import type { Child } from '#jsx';
import type * as z from 'zod';
import type { whoSchema } from '../../api/accounts/views.ts';
import type { Problem } from '../../api/http/problems.ts';
import { typedOf, type Typed } from '../acts/form-values.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { DomainError } from '../../domain/errors.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { ConfirmFields } from '../parts/confirm-fields.tsx';
import { Facts } from '../parts/facts.tsx';
import { NO_ERRORS, TextField, type Errors } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { Qr } from '../parts/qr.tsx';

const MESSAGES = {
  zh: {
    title: '第二因素',
    account: '本人与会话',
    what: '登录时除密码外，还要输入手机验证器（如各类“身份验证器”应用）当前显示的六位数字。密码被人知道，也登录不了。',
    must: '您的角色必须设置第二因素；设置之前不能办理其他事项。',
    begin: '开始设置',
    scan: '一、用验证器扫描二维码',
    qr: '供验证器扫描的二维码',
    byHand: '不能扫描的，在验证器中手工输入密钥：',
    once: '二维码和密钥只在此显示，不要截图、不要发给他人。',
    first: '二、输入验证器显示的六位数字',
    code: '六位数字',
    confirm: '启用第二因素',
    on: '已启用',
    off: '未设置',
    state: '状态',
    since: '启用时间',
    left: '未用的恢复码',
    codes: '恢复码',
    codesHint:
      '设备不在身边时，一个恢复码代替一次验证码，每个只能用一次。现在抄下或打印，与设备分开保管；离开本页后不再显示。',
    print: '打印',
    done: '第二因素已启用，其他会话已退出',
    renewed: '恢复码已更换，原有的不再有效',
    owner: '账号',
    go: '已保存，继续',
    renew: '更换恢复码',
    renewHint: '恢复码所剩不多，或者可能被人看到的，换一批。',
    remove: '取消第二因素',
    removeHint: '更换设备的，先取消，再用新设备设置。其他会话随即退出，并通知您。',
  },
  en: {
    title: 'Second factor',
    account: 'You and your sessions',
    what: 'Beside the password, a sign-in asks for the six digits that an authenticator app on your telephone shows. Who learns your password cannot sign in.',
    must: 'Your role must have a second factor. Until it is set up, you can do nothing else.',
    begin: 'Begin to set it up',
    scan: '1. Scan the code with your authenticator',
    qr: 'QR code for the authenticator',
    byHand: 'If it cannot be scanned, type the secret into the authenticator:',
    once: 'Code and secret are shown here only. Take no picture of them, and send them to nobody.',
    first: '2. Type the six digits that it shows',
    code: 'Six digits',
    confirm: 'Turn the second factor on',
    on: 'on',
    off: 'not set up',
    state: 'State',
    since: 'Since',
    left: 'Recovery codes left',
    codes: 'Recovery codes',
    codesHint:
      'Without your device, a recovery code stands in for one code of it; each is good once. Print them or write them down now, and keep them apart from the device: they are not shown again.',
    print: 'Print',
    done: 'The second factor is on; your other sessions have ended',
    renewed: 'The recovery codes are replaced; earlier ones are void',
    owner: 'Account',
    go: 'They are kept: go on',
    renew: 'Replace the recovery codes',
    renewHint: 'Few are left, or somebody may have seen them.',
    remove: 'Remove the second factor',
    removeHint:
      'To change the device, remove it first and set it up with the new one. Your other sessions end, and you are notified.',
  },
};

export const SECOND_FACTOR = '/console/account/second-factor';

type Own = Pick<z.infer<typeof whoSchema>, 'account' | 'secondFactor'>;
/** The forms of the page. */
type Do = 'begin' | 'confirm' | 'renew' | 'remove';
interface Refused {
  readonly what: Do;
  readonly problem: Problem;
}

const named =
  (what: Do) =>
  (field: string): string =>
    `${field}-${what}`;

/** Each form has fields of its own; a first code that is wrong is one of them. */
const errorsAt = (context: PageContext, what: Do, refused: Refused | null): Errors =>
  refused?.what !== what
    ? NO_ERRORS
    : new Map(
        [...errorsOf(refused.problem, context.lang)].map(([field, texts]) => [
          named(what)(field === 'code' ? 'oneTimeCode' : field),
          texts,
        ]),
      );

const frame = (context: PageContext, status: number, content: Child): Outcome => {
  const t = MESSAGES[context.lang];
  return {
    ...{ title: t.title, status },
    content: <ConsoleFrame crumbs={[['/console/account', t.account]]}>{content}</ConsoleFrame>,
  };
};

async function statePage(context: PageContext, refused: Refused | null): Promise<Outcome> {
  const t = MESSAGES[context.lang];
  const { secondFactor } = (await context.ask({ method: 'get', path: '/session' })).body as Own;
  const isOn = secondFactor.since !== null;
  return frame(
    context,
    refused?.problem.status ?? 200,
    <>
      <h1>{t.title}</h1>
      <p>{t.what}</p>
      {secondFactor.state === 'to-set-up' ? <Note kind="warn">{t.must}</Note> : null}
      <Refusal problem={refused?.problem ?? null} />
      <Facts
        rows={[
          [t.state, <span class={`tag ${isOn ? 'good' : 'warn'}`}>{isOn ? t.on : t.off}</span>],
          ...(secondFactor.since === null ? [] : [[t.since, <Instant at={secondFactor.since} />] as const]),
          ...(isOn ? [[t.left, String(secondFactor.recoveryCodesLeft)] as const] : []),
        ]}
      />
      {(isOn ? (['renew', 'remove'] as const) : (['begin'] as const)).map((what) => (
        <section class="card">
          <h2>{t[what]}</h2>
          <Form action={SECOND_FACTOR} submit={t[what]} keyed={false} guard={false}>
            <input type="hidden" name="_do" value={what} />
            {what === 'begin' ? null : <p class="hint">{t[`${what}Hint`]}</p>}
            <ConfirmFields named={named(what)} hasCodes={isOn} errors={errorsAt(context, what, refused)} />
          </Form>
        </section>
      ))}
    </>,
  );
}

function scanPage(context: PageContext, uri: string, refused: Refused | null): Outcome {
  const t = MESSAGES[context.lang];
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  return frame(
    context,
    refused?.problem.status ?? 200,
    <>
      <h1>{t.title}</h1>
      <Refusal problem={refused?.problem ?? null} />
      <section class="card">
        <h2>{t.scan}</h2>
        <Qr text={uri} label={t.qr} />
        <p>
          {t.byHand} <code class="secret">{(secret.match(/.{1,4}/g) ?? []).join(' ')}</code>
        </p>
        <p class="soft small">{t.once}</p>
      </section>
      <section class="card">
        <h2>{t.first}</h2>
        <Form action={SECOND_FACTOR} submit={t.confirm} keyed={false} guard={false}>
          <input type="hidden" name="_do" value="confirm" />
          <input type="hidden" name="uri" value={uri} />
          <TextField
            name="oneTimeCode-confirm"
            label={t.code}
            wanted
            errors={errorsAt(context, 'confirm', refused)}
            attributes={{ autocomplete: 'one-time-code', inputmode: 'numeric' }}
          />
        </Form>
      </section>
    </>,
  );
}

/** Shown in this answer, and kept nowhere. */
function codesPage(context: PageContext, title: string, owner: string, codes: readonly string[]): Outcome {
  const t = MESSAGES[context.lang];
  return frame(
    context,
    200,
    <>
      <h1>{t.codes}</h1>
      <Note kind="good">{title}</Note>
      <section class="card">
        <p>
          {t.owner}
          {context.lang === 'zh' ? '：' : ': '}
          <strong>{owner}</strong> · {context.view.site} · {context.view.publicUrl}
        </p>
        <ol class="codes">
          {codes.map((code) => (
            <li>
              <code>{code}</code>
            </li>
          ))}
        </ol>
        <p>{t.codesHint}</p>
      </section>
      <p class="buttons">
        <button type="button" class="plain" data-print hidden>
          {t.print}
        </button>
        <a class="button" href={context.href('/console')}>
          {t.go}
        </a>
      </p>
    </>,
  );
}

const typedIn = (typed: Typed, name: string): string => typed.get(name)?.at(-1) ?? '';

/** What was given to confirm a form: a field that was left empty was not given. */
export const confirmationIn = (typed: Typed, nameOf: (field: 'password' | 'oneTimeCode') => string) => {
  const [password, oneTimeCode] = [typedIn(typed, nameOf('password')), typedIn(typed, nameOf('oneTimeCode')).trim()];
  return { ...(password === '' ? {} : { password }), ...(oneTimeCode === '' ? {} : { oneTimeCode }) };
};

async function answered(context: PageContext, what: Do, typed: Typed): Promise<Outcome> {
  const t = MESSAGES[context.lang];
  const post = (path: string, json: unknown) =>
    context.ask({ method: 'post', path: `/session/second-factor${path}`, json });
  switch (what) {
    case 'begin': {
      const told = await post('', confirmationIn(typed, named(what)));
      if (told.problem) return statePage(context, { what, problem: told.problem });
      return scanPage(context, (told.body as { uri: string }).uri, null);
    }
    case 'confirm': {
      const uri = typedIn(typed, 'uri');
      if (!/^otpauth:\/\/totp\/[!-~]{1,600}$/.test(uri)) return { redirect: SECOND_FACTOR };
      const told = await post('/confirm', {
        oneTimeCode: typedIn(typed, named(what)('oneTimeCode')).replace(/\s/g, ''),
      });
      if (told.problem) return scanPage(context, uri, { what, problem: told.problem });
      const { account, recoveryCodes } = told.body as Own & { recoveryCodes: string[] };
      return codesPage(context, t.done, account.username, recoveryCodes);
    }
    case 'renew': {
      const told = await post('/recovery-codes', confirmationIn(typed, named(what)));
      if (told.problem) return statePage(context, { what, problem: told.problem });
      const { recoveryCodes } = told.body as { recoveryCodes: string[] };
      return codesPage(context, t.renewed, (await context.who())?.account.username ?? '', recoveryCodes);
    }
    case 'remove': {
      const told = await post('/remove', confirmationIn(typed, named(what)));
      return told.problem ? statePage(context, { what, problem: told.problem }) : { redirect: SECOND_FACTOR };
    }
  }
}

const DOES: readonly Do[] = ['begin', 'confirm', 'renew', 'remove'];

/** 第二因素: set up with a QR code that this server draws, its recovery codes, and its removal. */
export const secondFactorPages = [
  page({ path: SECOND_FACTOR, for: 'person', handle: (context) => statePage(context, null) }),
  page({
    path: SECOND_FACTOR,
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const what = DOES.find((each) => each === typedIn(typed, '_do'));
      if (!what)
        throw new DomainError('not-found', { messageZh: '没有该事项', messageEn: 'There is nothing of that name' });
      return answered(context, what, typed);
    },
  }),
];
