import { channelSettings, isLoopback } from '../settings/channels.ts';
import { fail, ok, okay, reasonOf, warn, type Verdict } from './findings.ts';

/** How people are notified outside the platform; nothing is sent to find out. */
export function checkChannels(env: NodeJS.ProcessEnv): Verdict {
  let settings: ReturnType<typeof channelSettings>;
  try {
    settings = channelSettings(env);
  } catch (error) {
    const { messageZh = reasonOf(error) } = error as { messageZh?: string };
    return fail(messageZh, reasonOf(error), '对照 .env.example 改正', 'correct it by .env.example');
  }
  const { mail } = settings;
  const open = Object.entries(settings).flatMap(([name, found]) => (found === null ? [] : [name]));
  if (open.length === 0) {
    return (env.NODE_ENV === 'production' ? warn : okay)(
      '未开通邮件、短信等渠道：通知只在平台内，期限提醒要登录才看得到',
      'no mail and no other channel: notifications are on the platform alone, and reminders are seen by who signs in',
      '设 KAIBIAO_MAIL_URL 与 KAIBIAO_MAIL_FROM',
      'set KAIBIAO_MAIL_URL and KAIBIAO_MAIL_FROM',
    );
  }
  if (mail && !mail.secure && !mail.requireTls && !isLoopback(mail.host)) {
    return warn(
      `发往邮件服务器 ${mail.host} 的连接不加密`,
      `the connection to the mail server ${mail.host} is not encrypted`,
      '改用 smtps://，或去掉 ?tls=off',
      'use smtps://, or leave ?tls=off out',
    );
  }
  return ok(`通知渠道：${open.join('、')}`, `people are notified by ${open.join(', ')}`);
}
