import type * as z from 'zod';
import type { accountSchema, invitationSchema } from '../../api/accounts/views.ts';
import type { Asked, Told } from '../../api/visit.ts';
import { typedOf } from '../acts/form-values.ts';
import { actHref } from '../acts/links.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { DomainError } from '../../domain/errors.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { DELAY_HOURS } from '../../services/accounts/request-reset.ts';
import { Facts } from '../parts/facts.tsx';
import { SelectField } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { membershipText } from '../parts/party.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { ACCOUNTS } from './accounts-page.tsx';

type Account = z.infer<typeof accountSchema>;
type Reset = NonNullable<Account['passwordReset']>;
interface Given {
  readonly oneTimePassword?: string | null;
  readonly invitation?: z.infer<typeof invitationSchema> | null;
}

const MESSAGES = {
  zh: {
    title: '账号',
    username: '用户名',
    opened: '开立时间',
    state: '状态',
    enabled: '在用',
    disabled: '已停用，自',
    factor: '第二因素',
    factorSince: '已设置，自',
    noFactor: '未设置',
    memberships: '身份',
    acts: '代表',
    does: '办理',
    requested: '待单位确认',
    remove: '取消此身份',
    noMemberships: '没有身份：登录后不能办理任何事项。',
    add: '增加身份',
    disable: '停用账号',
    disableHint: '其会话随即失效；可以恢复。',
    enable: '恢复账号',
    password: '重置密码',
    passwordHint: `本人还没有用过的账号立即得到新的链接；用过的，先登记申请并立即通知本人，${DELAY_HOURS} 小时后由另一名管理员完成，其间本人可以撤销。`,
    access: '如何交给本人',
    link: '一次性链接',
    oneTime: '当面告知的一次性密码',
    ask: '重置密码',
    askFactor: '申请取消第二因素',
    factorHint: '本人遗失设备和恢复码的。同样须等候，并由另一名管理员完成。',
    waits: '已申请重置密码',
    waitsFactor: '已申请取消第二因素',
    asked: '申请时间',
    by: '申请人',
    self: '您本人',
    other: '另一名管理员',
    notBefore: '最早完成时间',
    complete: '完成重置',
    completeFactor: '取消第二因素',
    another: '须由另一名管理员完成：申请人不能完成自己的申请。',
    early: '等候期未满，现在不能完成。',
    cancel: '撤销申请',
    done: '已办理',
    once: '只显示这一次，请立即交给本人，勿转给他人。',
    until: '有效至',
    shown: '一次性密码',
  },
  en: {
    title: 'Accounts',
    username: 'User name',
    opened: 'Opened',
    state: 'State',
    enabled: 'in use',
    disabled: 'disabled since ',
    factor: 'Second factor',
    factorSince: 'set up, since ',
    noFactor: 'not set up',
    memberships: 'Acts for',
    acts: 'Organisation and role',
    does: 'Act',
    requested: 'waits for the organisation',
    remove: 'Remove it',
    noMemberships: 'For nobody: signed in, it can do nothing.',
    add: 'Add a membership',
    disable: 'Disable the account',
    disableHint: 'Its sessions end; it can be enabled again.',
    enable: 'Enable the account',
    password: 'Reset the password',
    passwordHint: `An account that its owner has never used gets a new link at once. Otherwise the reset is requested and the owner is informed at once; another administrator completes it after ${DELAY_HOURS} hours, in which the owner can cancel it.`,
    access: 'How its owner gets in',
    link: 'a link that works once',
    oneTime: 'a one-time password, told in person',
    ask: 'Reset the password',
    askFactor: 'Request the removal of the second factor',
    factorHint:
      'For an owner who lost the device and the recovery codes. It waits too, and another administrator completes it.',
    waits: 'A reset of the password was requested',
    waitsFactor: 'The removal of the second factor was requested',
    asked: 'Requested',
    by: 'By',
    self: 'you',
    other: 'another administrator',
    notBefore: 'Not completed before',
    complete: 'Complete the reset',
    completeFactor: 'Remove the second factor',
    another: 'Another administrator completes it: nobody completes what they requested.',
    early: 'It cannot be completed yet.',
    cancel: 'Cancel the request',
    done: 'Done',
    once: 'Shown only this once: hand it to its owner now, and to nobody else.',
    until: 'Valid until',
    shown: 'One-time password',
  },
};

/** What the forms of this page do, by the name that they send. */
const ACTS: Readonly<
  Record<string, { readonly method: 'post' | 'delete'; readonly path: string; readonly access?: true }>
> = {
  disable: { method: 'post', path: '/disable' },
  enable: { method: 'post', path: '/enable' },
  reset: { method: 'post', path: '/password', access: true },
  'complete-reset': { method: 'post', path: '/password/complete', access: true },
  'cancel-reset': { method: 'delete', path: '/password' },
  'reset-factor': { method: 'post', path: '/second-factor/reset' },
  'complete-factor': { method: 'post', path: '/second-factor/reset/complete' },
  'cancel-factor': { method: 'delete', path: '/second-factor/reset' },
};

async function shown(context: PageContext, told: Told | null): Promise<Outcome> {
  const { lang, href, view } = context;
  const t = MESSAGES[lang];
  const id = context.param('id');
  const here = `${ACCOUNTS}/${id}`;
  const read = await context.ask({ method: 'get', path: `/accounts/${encodeURIComponent(id)}` });
  const account = read.problem ? null : (read.body as Account);
  const me = (await context.who())?.account.id ?? null;
  const problem = told?.problem ?? read.problem;
  return {
    title: account?.name ?? t.title,
    status: problem?.status ?? 200,
    content: (
      <ConsoleFrame crumbs={[[ACCOUNTS, t.title]]}>
        <Refusal problem={problem} />
        {account === null ? null : (
          <>
            <h1>{account.name}</h1>
            {told && !told.problem ? <Handed given={told.body ?? {}} /> : null}
            <Facts
              rows={[
                [t.username, <code>{account.username}</code>],
                [
                  t.state,
                  account.disabledAt === null ? (
                    <span class="tag good">{t.enabled}</span>
                  ) : (
                    <>
                      {t.disabled}
                      <Instant at={account.disabledAt} />
                    </>
                  ),
                ],
                [
                  t.factor,
                  account.secondFactorAt === null ? (
                    t.noFactor
                  ) : (
                    <>
                      {t.factorSince}
                      <Instant at={account.secondFactorAt} />
                    </>
                  ),
                ],
                [t.opened, <Instant at={account.createdAt} />],
              ]}
            />
            <h2>{t.memberships}</h2>
            <Table
              rows={[
                ...account.memberships.map((each) => ({ ...each, waits: false })),
                ...account.requestedMemberships.map((each) => ({ ...each, waits: true })),
              ]}
              empty={t.noMemberships}
              columns={[
                { head: t.acts, cell: (row) => membershipText(row, lang) },
                {
                  head: t.does,
                  cell: (row) =>
                    row.waits ? (
                      <span class="tag warn">{t.requested}</span>
                    ) : (
                      <a
                        href={href(
                          actHref('delete', `/accounts/${id}/memberships/${row.organisationId}/${row.role}`, here),
                        )}
                      >
                        {t.remove}
                      </a>
                    ),
                },
              ]}
            />
            <p class="buttons">
              <a class="button plain" href={href(actHref('post', `/accounts/${id}/memberships`, here))}>
                {t.add}
              </a>
            </p>
            <h2>{t.password}</h2>
            {account.passwordReset ? (
              <Waiting
                here={here}
                title={t.waits}
                reset={account.passwordReset}
                me={me}
                complete={['complete-reset', t.complete]}
                cancel="cancel-reset"
              />
            ) : (
              <Form action={here} submit={t.ask} guard={false}>
                <input type="hidden" name="_do" value="reset" />
                <p class="soft small">{t.passwordHint}</p>
                <Access told={told} />
              </Form>
            )}
            {account.secondFactorAt === null ? null : (
              <>
                <h2>{t.factor}</h2>
                {account.secondFactorReset ? (
                  <Waiting
                    here={here}
                    title={t.waitsFactor}
                    reset={account.secondFactorReset}
                    me={me}
                    complete={['complete-factor', t.completeFactor]}
                    cancel="cancel-factor"
                  />
                ) : (
                  <Form action={here} submit={t.askFactor} guard={false}>
                    <input type="hidden" name="_do" value="reset-factor" />
                    <p class="soft small">{t.factorHint}</p>
                  </Form>
                )}
              </>
            )}
            <h2>{t.state}</h2>
            <Form action={here} submit={account.disabledAt === null ? t.disable : t.enable} guard={false}>
              <input type="hidden" name="_do" value={account.disabledAt === null ? 'disable' : 'enable'} />
              {account.disabledAt === null ? <p class="soft small">{t.disableHint}</p> : null}
            </Form>
          </>
        )}
      </ConsoleFrame>
    ),
  };

  /** A link is the default: nobody but its owner learns the password. */
  function Access({ told: given }: { readonly told: Told | null }) {
    return (
      <SelectField
        name="access"
        label={t.access}
        wanted
        value="link"
        choices={[
          { value: 'link', text: t.link },
          { value: 'one-time-password', text: t.oneTime },
        ]}
        errors={errorsOf(given?.problem ?? null, lang)}
      />
    );
  }

  function Waiting({
    here: action,
    title,
    reset,
    me: own,
    complete: [act, text],
    cancel,
  }: {
    readonly here: string;
    readonly title: string;
    readonly reset: Reset;
    readonly me: string | null;
    readonly complete: readonly [act: string, text: string];
    readonly cancel: string;
  }) {
    const isOwn = reset.requestedBy === own;
    const isEarly = Date.parse(reset.notBefore) > view.now;
    return (
      <section class="card">
        <h3>{title}</h3>
        <Facts
          rows={[
            [t.asked, <Instant at={reset.requestedAt} />],
            [t.by, isOwn ? t.self : t.other],
            [t.notBefore, <Instant at={reset.notBefore} countdown />],
          ]}
        />
        {isOwn ? <p class="soft small">{t.another}</p> : null}
        {!isOwn && isEarly ? <p class="soft small">{t.early}</p> : null}
        {!isOwn && !isEarly ? (
          <Form action={action} submit={text} guard={false}>
            <input type="hidden" name="_do" value={act} />
            {ACTS[act]?.access ? <Access told={told} /> : null}
          </Form>
        ) : null}
        <Form action={action} submit={t.cancel} keyed={false} guard={false}>
          <input type="hidden" name="_do" value={cancel} />
        </Form>
      </section>
    );
  }
}

/** What is handed to the owner, and is shown once. */
function Handed({ given }: { readonly given: Given }) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  const { invitation, oneTimePassword } = given;
  return (
    <Note kind="good" title={t.done}>
      {invitation ? (
        <>
          <p>{t.once}</p>
          <p>
            <code>{invitation.link}</code>
          </p>
          <p>
            {t.until} <Instant at={invitation.expiresAt} />
          </p>
        </>
      ) : null}
      {oneTimePassword ? (
        <>
          <p>{t.once}</p>
          <p>
            {t.shown} <code>{oneTimePassword}</code>
          </p>
        </>
      ) : null}
    </Note>
  );
}

export const oneAccountPages = [
  page({ path: `${ACCOUNTS}/:id`, for: 'person', handle: (context) => shown(context, null) }),
  page({
    path: `${ACCOUNTS}/:id`,
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      const one = (name: string): string => typed.get(name)?.at(-1) ?? '';
      await context.assertForm(typed.get('_token')?.at(-1));
      const name = one('_do');
      const act = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
      if (!act)
        throw new DomainError('not-found', { messageZh: '没有该事项', messageEn: 'There is nothing of that name' });
      const asked: Asked = {
        method: act.method,
        path: `/accounts/${encodeURIComponent(context.param('id'))}${act.path}`,
        ...(act.access ? { json: { access: one('access') || 'link' } } : {}),
        ...(one('_key') === '' ? {} : { key: one('_key') }),
      };
      return shown(context, await context.ask(asked));
    },
  }),
];
