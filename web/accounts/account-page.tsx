import type * as z from 'zod';
import type { sessionSchema } from '../../api/accounts/views.ts';
import type { Asked, Told } from '../../api/visit.ts';
import type { contactSchema } from '../../api/notifications/views.ts';
import { typedOf, type Typed } from '../acts/form-values.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { DomainError } from '../../domain/errors.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { ChoicesField, NO_ERRORS, SelectField, TextField, type Errors } from '../parts/field.tsx';
import { Facts } from '../parts/facts.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { membershipText } from '../parts/party.tsx';

type Contact = z.infer<typeof contactSchema>;
type Session = z.infer<typeof sessionSchema>;
type Addressed = 'mail' | 'sms';

const MESSAGES = {
  zh: {
    title: '本人与会话',
    roles: '身份',
    password: '修改密码',
    secondFactor: '第二因素',
    identities: '外部身份',
    calendar: '日历订阅',
    contact: '通知方式',
    contactHint: '平台内的通知一条不少；此处选择的渠道另行发送。',
    language: '语言',
    languages: { zh: '中文', en: 'English' },
    channels: '渠道',
    channelNames: { mail: '邮件', sms: '短信', webhook: '机构接口' } as Record<string, string>,
    noChannels: '本平台没有开通平台以外的渠道。',
    save: '保存',
    addresses: { mail: '邮箱', sms: '手机（带国家代码，如 +86…）' },
    give: '发送验证码',
    code: '验证码',
    confirm: '确认地址',
    remove: '删除地址',
    sent: '验证码即将发出，请在下面填写。',
    sessions: '会话',
    sessionsHint: '不认识的，撤销它并修改密码。',
    by: { password: '用密码登录', oidc: '用统一身份认证登录', certificate: '用数字证书登录' },
    until: '有效至',
    current: '当前会话',
    revoke: '撤销',
    revokeOthers: '撤销其他全部会话',
    revokeAll: '撤销全部会话',
    revokeAllHint: '包括当前会话：您将退出。',
  },
  en: {
    title: 'You and your sessions',
    roles: 'You act for',
    password: 'Change the password',
    secondFactor: 'Second factor',
    identities: 'Identities from elsewhere',
    calendar: 'Calendar subscription',
    contact: 'How you are notified',
    contactHint: 'The notifications on the platform are complete; what you choose here is sent besides.',
    language: 'Language',
    languages: { zh: '中文', en: 'English' },
    channels: 'Channels',
    channelNames: { mail: 'mail', sms: 'text message', webhook: 'interface of your organisation' } as Record<
      string,
      string
    >,
    noChannels: 'This installation sends nothing outside the platform.',
    save: 'Save',
    addresses: { mail: 'Mail address', sms: 'Telephone (with country code, as +86…)' },
    give: 'Send a code',
    code: 'Code',
    confirm: 'Confirm the address',
    remove: 'Remove the address',
    sent: 'The code will be sent: give it below.',
    sessions: 'Sessions',
    sessionsHint: 'If you do not know one, revoke it and change your password.',
    by: {
      password: 'signed in by the password',
      oidc: 'signed in by the provider of identities',
      certificate: 'signed in by a certificate',
    },
    until: 'Valid until',
    current: 'this session',
    revoke: 'Revoke',
    revokeOthers: 'Revoke every other session',
    revokeAll: 'Revoke every session',
    revokeAllHint: 'This one too: you are signed out.',
  },
};

/** Each channel has fields of its own. */
const atChannel = (errors: Errors, channel: Addressed): Errors =>
  new Map([...errors].map(([field, texts]) => [`${field}-${channel}`, texts]));

const ADDRESSED: readonly Addressed[] = ['mail', 'sms'];

async function accountPage(context: PageContext, told: Told | null, typed: Typed): Promise<Outcome> {
  const { lang, view, href } = context;
  const t = MESSAGES[lang];
  const [contact, sessions] = await Promise.all([
    context.ask({ method: 'get', path: '/contact' }),
    context.ask({ method: 'get', path: '/sessions' }),
  ]);
  const own = contact.body as Contact | undefined;
  const { items = [] } = (sessions.body ?? {}) as { items?: Session[] };
  const problem = told?.problem ?? contact.problem ?? null;
  const errors = errorsOf(told?.problem ?? null, lang);
  const waiting = typed.get('channel')?.at(-1);
  return {
    title: t.title,
    status: problem?.status ?? 200,
    content: (
      <ConsoleFrame>
        <h1>{t.title}</h1>
        <Refusal problem={problem} />
        <Facts
          rows={[
            [view.person?.name ?? '', ''],
            [t.roles, (view.person?.memberships ?? []).map((each) => membershipText(each, lang)).join('；')],
          ]}
        />
        <p class="buttons">
          <a class="button plain" href={href('/console/account/password')}>
            {t.password}
          </a>
          <a class="button plain" href={href('/console/account/second-factor')}>
            {t.secondFactor}
          </a>
          <a class="button plain" href={href('/console/account/identities')}>
            {t.identities}
          </a>
          <a class="button plain" href={href('/console/account/calendar')}>
            {t.calendar}
          </a>
        </p>
        <h2>{t.contact}</h2>
        <p class="soft">{t.contactHint}</p>
        {own ? (
          <>
            <Form action="/console/account" submit={t.save} keyed={false}>
              <input type="hidden" name="_do" value="preferences" />
              <SelectField
                name="language"
                label={t.language}
                wanted
                value={own.language}
                choices={(['zh', 'en'] as const).map((value) => ({ value, text: t.languages[value] }))}
                errors={errors}
              />
              {own.offered.length === 0 ? (
                <p class="soft">{t.noChannels}</p>
              ) : (
                <ChoicesField
                  name="channels"
                  label={t.channels}
                  values={own.channels}
                  choices={own.offered.map((value) => ({ value, text: t.channelNames[value] ?? value }))}
                  errors={errors}
                />
              )}
            </Form>
            {ADDRESSED.filter((channel) => own.offered.includes(channel)).map((channel) => (
              <section class="card">
                <h3>{t.addresses[channel]}</h3>
                {own[channel] === null ? null : (
                  <>
                    <p>
                      <code>{own[channel]}</code>
                    </p>
                    <Form action="/console/account" submit={t.remove} keyed={false} guard={false}>
                      <input type="hidden" name="_do" value="remove" />
                      <input type="hidden" name="channel" value={channel} />
                    </Form>
                  </>
                )}
                <Form action="/console/account" submit={t.give}>
                  <input type="hidden" name="_do" value="address" />
                  <input type="hidden" name="channel" value={channel} />
                  <TextField
                    name={`address-${channel}`}
                    label={t.addresses[channel]}
                    value={waiting === channel ? typed.get(`address-${channel}`)?.at(-1) : ''}
                    errors={waiting === channel ? atChannel(errors, channel) : NO_ERRORS}
                    attributes={{ autocomplete: channel === 'mail' ? 'email' : 'tel' }}
                  />
                </Form>
                {waiting === channel && told && !told.problem ? <p role="status">{t.sent}</p> : null}
                <Form action="/console/account" submit={t.confirm} keyed={false} guard={false}>
                  <input type="hidden" name="_do" value="code" />
                  <input type="hidden" name="channel" value={channel} />
                  <TextField
                    name={`code-${channel}`}
                    label={t.code}
                    errors={waiting === channel ? atChannel(errors, channel) : NO_ERRORS}
                    attributes={{ autocomplete: 'one-time-code', inputmode: 'numeric' }}
                  />
                </Form>
              </section>
            ))}
          </>
        ) : null}
        <h2>{t.sessions}</h2>
        <p class="soft">{t.sessionsHint}</p>
        <ul class="plain card">
          {items.map((session) => (
            <li>
              <p>
                <Instant at={session.createdAt} bare /> {t.by[session.signedInBy]}
                {session.current ? (
                  <>
                    {' '}
                    <span class="tag good">{t.current}</span>
                  </>
                ) : null}
              </p>
              <p class="soft small">
                {[session.address, session.userAgent].filter((each) => each !== null && each !== '').join(' · ')}
              </p>
              <p class="soft small">
                {t.until} <Instant at={session.expiresAt} bare />
              </p>
              {session.current ? null : (
                <Form action="/console/account" submit={t.revoke} keyed={false} guard={false}>
                  <input type="hidden" name="_do" value="revoke" />
                  <input type="hidden" name="sessionId" value={session.id} />
                </Form>
              )}
            </li>
          ))}
        </ul>
        {items.length > 1 ? (
          <Form action="/console/account" submit={t.revokeOthers} keyed={false} guard={false}>
            <input type="hidden" name="_do" value="revoke-others" />
          </Form>
        ) : null}
        <Form action="/console/account" submit={t.revokeAll} keyed={false} guard={false}>
          <input type="hidden" name="_do" value="revoke-all" />
          <p class="soft small">{t.revokeAllHint}</p>
        </Form>
      </ConsoleFrame>
    ),
  };
}

function askedBy(typed: Typed): Asked | null {
  const one = (name: string): string => (typed.get(name)?.at(-1) ?? '').trim();
  const channel = one('channel');
  const key = one('_key');
  switch (one('_do')) {
    case 'preferences': {
      const channels = (typed.get('channels') ?? []).filter((value) => value !== '');
      return { method: 'put', path: '/contact', json: { language: one('language'), channels } };
    }
    case 'address':
      return { method: 'post', path: '/contact/addresses', json: { channel, address: one(`address-${channel}`) }, key };
    case 'code':
      return { method: 'post', path: '/contact/addresses/confirm', json: { channel, code: one(`code-${channel}`) } };
    case 'remove':
      return { method: 'delete', path: `/contact/addresses/${encodeURIComponent(channel)}` };
    case 'revoke':
      return { method: 'delete', path: `/sessions/${encodeURIComponent(one('sessionId'))}` };
    case 'revoke-others':
      return { method: 'delete', path: '/sessions/others' };
    case 'revoke-all':
      return { method: 'delete', path: '/sessions' };
    default:
      return null;
  }
}

export const accountPages = [
  page({
    path: '/console/account',
    for: 'person',
    handle: async (context) => accountPage(context, null, new Map()),
  }),
  page({
    path: '/console/account',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const asked = askedBy(typed);
      if (!asked)
        throw new DomainError('not-found', { messageZh: '没有该事项', messageEn: 'There is nothing of that name' });
      const told = await context.ask(asked);
      if (told.problem || asked.path === '/contact/addresses') return accountPage(context, told, typed);
      return { redirect: asked.method === 'delete' && asked.path === '/sessions' ? '/sign-in' : '/console/account' };
    },
  }),
  page({
    path: '/console/notifications/read',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const told = await context.ask({
        ...{ method: 'post', path: '/notifications/read', json: {} },
        key: typed.get('_key')?.at(-1) ?? '',
      });
      return told.problem ? accountPage(context, told, typed) : { redirect: '/console/notifications' };
    },
  }),
];
