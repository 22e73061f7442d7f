import * as z from 'zod';
import { DomainError } from '../../domain/errors.ts';
import { calendarToken } from '../../services/accounts/calendar-address.ts';
import { ok, route } from '../http/route.ts';

const address = z.string().meta({
  description: '不需登录即可读取；改密码后失效 / Read without a session; a change of the password ends it',
});

const calendarAddress = z.object({ addressZh: address, addressEn: address }).meta({ id: 'CalendarAddress' });

/** It stores nothing: the address follows from the account and its password. */
export const calendarAddressRoutes = [
  route({
    method: 'get',
    path: '/session/calendar',
    // It outlives the session: who finds a browser open must not take it along.
    fresh: true,
    action: 'calendar.subscribe',
    at: 'anywhere',
    tag: 'session',
    zh: '订阅本人待办日期的地址：知道的人不需登录即可查看，改密码后失效',
    en: 'The address to subscribe to the dates of your duties: whoever knows it reads them without a session, until your password changes',
    outcomes: [{ status: 200, schema: calendarAddress, zh: '地址', en: 'The address, in each language' }],
    errors: ['not-found'],
    handle: async ({ services: { db, settings }, person }) => {
      const token = await calendarToken(db.read, settings.sessionKey, person().account.id);
      if (token === null) {
        throw new DomainError('not-found', {
          messageZh: '本账号没有密码，因而没有日历地址：地址凭修改密码才能失效',
          messageEn:
            'This account has no password, and so no address of a calendar: a change of the password would end it',
        });
      }
      const site = settings.publicUrl.replace(/\/+$/, '');
      return ok({ addressZh: `${site}/calendars/${token}.ics`, addressEn: `${site}/en/calendars/${token}.ics` });
    },
  }),
];
