import { describe, expect, it } from 'vitest';
import { checkChannels } from '../../cli/doctor/channels.ts';
import { mailSettings, offeredChannels, reminderDays } from '../../cli/settings/channels.ts';

const SECRET = 'x'.repeat(32);
const MAIL = {
  KAIBIAO_MAIL_URL: 'smtps://notice%40example.cn:p%40ss@smtp.example.cn',
  KAIBIAO_MAIL_FROM: '某县交易中心 <notice@example.cn>',
};

describe('the channels of an installation', () => {
  it('are none unless they are set', () => {
    expect(offeredChannels({})).toEqual([]);
    const hook = { KAIBIAO_WEBHOOK_URL: 'https://oa.example.cn/hook', KAIBIAO_WEBHOOK_SECRET: SECRET };
    const sms = { KAIBIAO_SMS_URL: 'http://127.0.0.1:9000/', KAIBIAO_SMS_SECRET: SECRET };
    expect(offeredChannels({ ...hook, ...sms, ...MAIL })).toEqual(['mail', 'sms', 'webhook']);
  });

  it('a mail server is spoken to over TLS, from the first byte or before anything is said', () => {
    expect(mailSettings(MAIL)).toEqual({
      ...{ host: 'smtp.example.cn', port: 465, secure: true, requireTls: false },
      ...{ user: 'notice@example.cn', password: 'p@ss', from: 'notice@example.cn', fromName: '某县交易中心' },
    });
    const plain = (url: string) => mailSettings({ ...MAIL, KAIBIAO_MAIL_URL: url });
    expect(plain('smtp://mail.example.cn')).toMatchObject({ port: 587, secure: false, requireTls: true, user: null });
    expect(plain('smtp://127.0.0.1:25?tls=off')).toMatchObject({ port: 25, requireTls: false });
  });

  it.each([
    [{ ...MAIL, KAIBIAO_MAIL_URL: 'https://hidden:hidden@smtp.example.cn' }, 'KAIBIAO_MAIL_URL'],
    [{ ...MAIL, KAIBIAO_MAIL_URL: 'hidden' }, 'KAIBIAO_MAIL_URL'],
    [{ ...MAIL, KAIBIAO_MAIL_URL: 'smtp://smtp.example.cn?tls=hidden' }, 'KAIBIAO_MAIL_URL'],
    [{ ...MAIL, KAIBIAO_MAIL_FROM: 'Centre\r\nBcc: x@example.cn <a@example.cn>' }, 'KAIBIAO_MAIL_FROM'],
    [{ KAIBIAO_MAIL_FROM: 'notice@example.cn' }, 'KAIBIAO_MAIL_URL'],
    [{ KAIBIAO_SMS_URL: 'https://sms.example.cn' }, 'KAIBIAO_SMS_SECRET'],
    [{ KAIBIAO_SMS_URL: 'http://sms.example.cn', KAIBIAO_SMS_SECRET: SECRET }, 'KAIBIAO_SMS_URL'],
    [{ KAIBIAO_WEBHOOK_URL: 'https://oa.example.cn', KAIBIAO_WEBHOOK_SECRET: 'hidden' }, 'KAIBIAO_WEBHOOK_SECRET'],
  ])('that are wrong are named, and no secret is repeated: %#', (env, name) => {
    expect(() => offeredChannels(env)).toThrow(name);
    const { ok, detailZh, detailEn } = checkChannels(env);
    expect(ok).toBe('fail');
    expect(detailZh + detailEn).not.toContain('hidden');
  });

  it('are looked at by doctor: none in production, and mail that everybody on the way can read', () => {
    expect(checkChannels({}).ok).toBe('ok');
    expect(checkChannels({ NODE_ENV: 'production' }).ok).toBe('warn');
    expect(checkChannels({ ...MAIL, NODE_ENV: 'production' })).toMatchObject({
      ok: 'ok',
      detailEn: 'people are notified by mail',
    });
    const off = (host: string) => checkChannels({ ...MAIL, KAIBIAO_MAIL_URL: `smtp://${host}?tls=off` }).ok;
    expect([off('mail.example.cn'), off('localhost')]).toEqual(['warn', 'ok']);
  });
});

it('a duty is reminded of as many days before as the installation says', () => {
  expect(reminderDays({})).toEqual([3, 1]);
  expect(reminderDays({ KAIBIAO_REMIND_DAYS: '7, 2' })).toEqual([7, 2]);
  for (const wrong of ['0', '1.5', 'two', '3,,1', '61']) {
    expect(() => reminderDays({ KAIBIAO_REMIND_DAYS: wrong }), wrong).toThrow('KAIBIAO_REMIND_DAYS');
  }
});
