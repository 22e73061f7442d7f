import type { Told } from '../../api/visit.ts';
import { permission } from '../../domain/roles.ts';
import { typedOf } from '../acts/form-values.ts';
import { subscribedItems } from '../console/due.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { page, type Feed, type Outcome, type PageContext } from '../http/page.ts';
import { TextField } from '../parts/field.tsx';
import { Form, Refusal } from '../parts/form.tsx';
import { Note } from '../parts/note.tsx';
import { calendarOfDue } from '../procurements/calendar-file.ts';

const MESSAGES = {
  zh: {
    title: '日历订阅',
    account: '本人与会话',
    what: '手机、电脑上的日历程序可以订阅您的待办日期：把订阅地址交给它，日期变动时它自行更新，不需要登录。',
    which:
      '其中有您全部身份的法定期限、待答复的异议和质疑、待您复核的事项。评审邀请和账号的重置不在其中，也不写任何人的姓名。',
    secret: '地址本身就是凭证：谁知道它，谁就能看到这些日期，连同项目名称。请勿转发，也不要放进多人共用的日历。',
    bidder:
      '本单位参加哪些项目，开标前应当保密（招标投标法第22条）。在线日历服务的运营者也看得到地址和日期，请使用本单位许可的日历程序。',
    end: '要使它失效，请修改密码：从前的地址全部失效，再到这里取新的地址。账号停用期间，地址也不能用。',
    password: '修改密码',
    show: '显示订阅地址',
    address: '订阅地址',
    copy: '复制到日历程序的“订阅日历”或“通过网址添加”中。',
    open: '在日历程序中打开',
    none: '您现在的身份没有订阅地址。评审专家的日期是评审邀请，评标委员会成员名单在中标结果确定前应当保密（招标投标法第37条）；系统管理员没有项目的期限。',
    missing: '没有这个日历。',
  },
  en: {
    title: 'Calendar subscription',
    account: 'You and your sessions',
    what: 'A calendar program on a phone or a computer can subscribe to the dates of your duties: give it the address, and it updates itself when a date changes, without signing in.',
    which:
      'It has the statutory dates of all that you act for, the objections and queries that wait for a reply, and what waits for your confirmation. It has no call to a committee, no reset of an account, and nobody’s name.',
    secret:
      'The address is all that is needed: whoever knows it can read these dates, with the titles of the procurements. Do not pass it on, and do not put it into a calendar that several people share.',
    bidder:
      'Which tenders your organisation takes part in is secret before the opening (招标投标法 22). Whoever runs an online calendar sees the address and the dates too: use a calendar program that your organisation allows.',
    end: 'To end it, change your password: every former address ends, and this page gives a new one. While the account is disabled the address does not work either.',
    password: 'Change the password',
    show: 'Show the address',
    address: 'Address to subscribe to',
    copy: 'Copy it into “Subscribe to calendar” or “Add by URL” of the calendar program.',
    open: 'Open in a calendar program',
    none: 'Nothing that you act for now has such an address. The dates of an expert are calls to committees, whose members are secret until the award (招标投标法 37); an administrator has no dates of tenders.',
    missing: 'There is no such calendar.',
  },
};

export const CALENDAR = '/console/account/calendar';

/** Whether the visitor has dates that can be subscribed to. */
export const maySubscribe = ({ view }: Pick<PageContext, 'view'>): boolean =>
  view.acting !== null && 'scope' in permission(view.acting.role, 'calendar.subscribe', {});

function calendarPage(context: PageContext, told: Told | null): Outcome {
  const { lang, view, href } = context;
  const t = MESSAGES[lang];
  const addresses = told && !told.problem ? (told.body as { addressZh: string; addressEn: string }) : null;
  const address = addresses?.[lang === 'zh' ? 'addressZh' : 'addressEn'];
  return {
    title: t.title,
    status: told?.problem?.status ?? 200,
    content: (
      <ConsoleFrame crumbs={[['/console/account', t.account]]}>
        <h1>{t.title}</h1>
        <Refusal problem={told?.problem ?? null} />
        <p>{t.what}</p>
        {maySubscribe(context) ? (
          <>
            <p class="soft">{t.which}</p>
            <Note kind="warn">
              <p>{t.secret}</p>
              {view.acting?.role === 'supplier' ? <p>{t.bidder}</p> : null}
              <p>
                {t.end} <a href={href('/console/account/password')}>{t.password}</a>
              </p>
            </Note>
            {address === undefined ? (
              <Form action={CALENDAR} submit={t.show} keyed={false} guard={false} />
            ) : (
              <>
                <TextField
                  name="address"
                  label={t.address}
                  hint={t.copy}
                  value={address}
                  attributes={{ readonly: 'readonly', autocomplete: 'off', spellcheck: 'false' }}
                />
                <p class="buttons">
                  <a class="button" href={address.replace(/^https?:/, 'webcal:')}>
                    {t.open}
                  </a>
                </p>
              </>
            )}
          </>
        ) : (
          <p>{t.none}</p>
        )}
      </ConsoleFrame>
    ),
  };
}

/** The same for a token that was never made, that has ended, and that was mistyped: it has nothing of the address. */
const missing: Feed = {
  type: 'text/plain; charset=utf-8',
  text: `${MESSAGES.zh.missing}\n${MESSAGES.en.missing}\n`,
  status: 404,
};

export const subscriptionPages = [
  page({ path: CALENDAR, for: 'person', handle: async (context) => calendarPage(context, null) }),
  page({
    path: CALENDAR,
    method: 'post',
    for: 'person',
    handle: async (context) => {
      await context.assertForm(typedOf(context.request.body).get('_token')?.at(-1));
      return calendarPage(context, await context.ask({ method: 'get', path: '/session/calendar' }));
    },
  }),
  page({
    path: '/calendars/:file',
    // Without a session; that it is asked for tells who takes part.
    for: 'bidder',
    handle: async (context) => {
      context.response.set('Referrer-Policy', 'no-referrer');
      const [, token = ''] = /^(.+)\.ics$/.exec(context.param('file')) ?? [];
      const owner = await context.calendarOwner(token);
      if (!owner) return missing;
      const { now, site } = context.view;
      return {
        type: 'text/calendar; charset=utf-8',
        text: calendarOfDue(await subscribedItems(context, owner, now), context, site),
      };
    },
  }),
];
