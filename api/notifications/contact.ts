import * as z from 'zod';
import { contactOfAccount } from '../../db/notifications/contacts.ts';
import {
  choosePreferences,
  codeRefused,
  confirmAddress,
  removeAddress,
  requestAddress,
} from '../../services/notifications/contact.ts';
import { noContent, ok, route } from '../http/route.ts';
import { identifier } from '../http/schemas.ts';
import { addressedChannel, channel, contactSchema, contactView, language } from './views.ts';

// How a person is notified outside the platform. Whatever is chosen, the inbox on the platform has everything.

const common = { action: 'session.own', at: 'anywhere', signedIn: true, tag: 'session' } as const;
const offeredJudged = (field: string) => ({
  field,
  rule: 'channel-offered',
  zh: '本平台已开通的渠道',
  en: 'a channel of this installation',
});

export const contactRoutes = [
  route({
    ...common,
    method: 'get',
    path: '/contact',
    zh: '本人的通知方式：语言、渠道、已验证的地址',
    en: 'How you are notified: language, channels and confirmed addresses',
    outcomes: [{ status: 200, schema: contactSchema, zh: '通知方式', en: 'How you are notified' }],
    handle: async ({ services: { db, settings }, person }) =>
      ok(contactView(await contactOfAccount(db.read, person().account.id), settings.channels)),
  }),
  route({
    ...common,
    method: 'put',
    path: '/contact',
    zh: '选择语言和渠道；平台内的通知不受影响',
    en: 'Choose language and channels; the notifications on the platform stay as they are',
    body: z.strictObject({ language, channels: z.array(channel).max(3) }),
    outcomes: [{ status: 200, schema: contactSchema, zh: '已设置', en: 'Set' }],
    errors: ['cross-site'],
    judged: [
      offeredJudged('channels'),
      { field: 'channels', rule: 'address-confirmed', zh: '地址已验证', en: 'its address is confirmed' },
    ],
    handle: async ({ services: { settings }, person, body, actor, commit }) =>
      commit(async (tx) => {
        const contact = await choosePreferences(tx, actor, person().account.id, body, settings.channels);
        return ok(contactView(contact, settings.channels));
      }),
  }),
  route({
    ...common,
    method: 'post',
    path: '/contact/addresses',
    zh: '登记邮箱或手机：向其发送验证码，验证后才使用',
    en: 'Give a mail address or a telephone number: a code is sent to it, and it is used once confirmed',
    body: z.strictObject({ channel: addressedChannel, address: identifier(254) }),
    outcomes: [{ status: 204, zh: '验证码即将发出', en: 'The code will be sent' }],
    errors: ['too-many-requests', 'cross-site'],
    judged: [
      offeredJudged('channel'),
      { field: 'address', rule: 'mail-address', zh: '一个邮箱地址', en: 'one mail address' },
      { field: 'address', rule: 'telephone-number', zh: '带国家代码的号码', en: 'a number with its country code' },
    ],
    handle: async ({ services: { settings }, person, body, actor, commit }) =>
      commit(async (tx) => {
        await requestAddress(tx, actor, person().account.id, body, settings.channels);
        return noContent();
      }),
  }),
  route({
    ...common,
    method: 'post',
    path: '/contact/addresses/confirm',
    withoutKey: true,
    zh: '以验证码确认地址，随即启用该渠道',
    en: 'Confirm an address by its code; its channel is then used',
    body: z.strictObject({ channel: addressedChannel, code: identifier(12) }),
    outcomes: [{ status: 200, schema: contactSchema, zh: '已确认', en: 'Confirmed' }],
    errors: ['cross-site'],
    judged: [{ field: 'code', rule: 'code-valid', zh: '所发的验证码，未过期', en: 'the code that was sent, in time' }],
    handle: async ({ services: { db, settings }, person, body, actor }) => {
      const { id: accountId } = person().account;
      // Committed either way: a wrong code counts.
      const contact = await db.transaction((tx) => confirmAddress(tx, actor, accountId, body), 'single-rows');
      if (contact === null) throw codeRefused();
      return ok(contactView(contact, settings.channels));
    },
  }),
  route({
    ...common,
    method: 'delete',
    path: '/contact/addresses/{channel}',
    zh: '删除地址，不再使用该渠道',
    en: 'Remove an address: its channel is not used any more',
    params: z.object({ channel: addressedChannel }),
    outcomes: [{ status: 200, schema: contactSchema, zh: '已删除', en: 'Removed' }],
    errors: ['cross-site'],
    handle: async ({ services: { settings }, person, params, actor, commit }) =>
      commit(async (tx) =>
        ok(contactView(await removeAddress(tx, actor, person().account.id, params.channel), settings.channels)),
      ),
  }),
];
