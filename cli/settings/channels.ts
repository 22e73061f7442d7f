import type { OutgoingChannel } from '../../engine/notifications/channel.ts';
import { mailChannel, type MailSettings } from '../../engine/notifications/mail.ts';
import { noChannel } from '../../engine/notifications/send.ts';
import { signedHttpChannel, type SignedHttpSettings } from '../../engine/notifications/signed-http.ts';
import { addressIssue, CHANNELS, type Channel } from '../../domain/notifications/channels.ts';
import { REMINDERS_DAYS } from '../../domain/notifications/duties.ts';
import { badSetting } from './failure.ts';

// The ways out of the platform: a mail server, and addresses that take text messages and calls of programs.

/** A shorter key could be found by trying. */
export const LEAST_CHANNEL_SECRET = 32;

const SMTP_PORTS = { 'smtp:': 587, 'smtps:': 465 } as const;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/**
 * The mail server (KAIBIAO_MAIL_URL, KAIBIAO_MAIL_FROM); null: none. An error never repeats the address, which has a
 * password in it.
 * @throws CommandFailure `bad-setting`
 */
export function mailSettings({
  KAIBIAO_MAIL_URL: text,
  KAIBIAO_MAIL_FROM: from,
}: NodeJS.ProcessEnv): MailSettings | null {
  if (!text) {
    if (!from) return null;
    throw badSetting(
      '设了 KAIBIAO_MAIL_FROM 而未设 KAIBIAO_MAIL_URL',
      'KAIBIAO_MAIL_FROM is set without KAIBIAO_MAIL_URL',
    );
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  const tls = url?.searchParams.get('tls') ?? 'required';
  const isKnown = url?.protocol === 'smtp:' || url?.protocol === 'smtps:';
  if (!url || !isKnown || url.hostname === '' || !['required', 'off'].includes(tls)) {
    throw badSetting(
      'KAIBIAO_MAIL_URL 应为 smtps://用户:口令@主机:465，或 smtp://用户:口令@主机:587（须支持 STARTTLS；仅本机可加 ?tls=off）',
      'KAIBIAO_MAIL_URL must be smtps://user:password@host:465, or smtp://user:password@host:587 (STARTTLS is required; on this machine ?tls=off is possible)',
    );
  }
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname,
    port: Number(url.port) || SMTP_PORTS[secure ? 'smtps:' : 'smtp:'],
    secure,
    requireTls: !secure && tls === 'required',
    user: url.username === '' ? null : decodeURIComponent(url.username),
    password: url.username === '' ? null : decodeURIComponent(url.password),
    ...senderOf(from),
  };
}

/** `notice@example.cn`, or `交易中心 <notice@example.cn>`. */
function senderOf(text = ''): Pick<MailSettings, 'from' | 'fromName'> {
  const [, name = '', bracketed] = /^([^<>"\r\n]*)<([^<>\s]+)>$/.exec(text.trim()) ?? [];
  const from = bracketed ?? text.trim();
  if (addressIssue('mail', from) === null) return { from, fromName: name.trim() || null };
  throw badSetting(
    `KAIBIAO_MAIL_FROM 应为发件邮箱，如 某县交易中心 <notice@example.cn>：${text}`,
    `KAIBIAO_MAIL_FROM must be the sender's mail address, as Trading centre <notice@example.cn>: ${text}`,
  );
}

/** @throws CommandFailure `bad-setting` */
function httpSettings(env: NodeJS.ProcessEnv, name: 'SMS' | 'WEBHOOK'): SignedHttpSettings | null {
  const [url, secret] = [env[`KAIBIAO_${name}_URL`], env[`KAIBIAO_${name}_SECRET`]];
  if (!url && !secret) return null;
  if (!url || !secret || secret.length < LEAST_CHANNEL_SECRET) {
    throw badSetting(
      `KAIBIAO_${name}_URL 与 KAIBIAO_${name}_SECRET（至少 ${LEAST_CHANNEL_SECRET} 个字符）应同时设置`,
      `set KAIBIAO_${name}_URL and KAIBIAO_${name}_SECRET (at least ${LEAST_CHANNEL_SECRET} characters) together`,
    );
  }
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isSafe = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopback(parsed.hostname));
  if (!parsed || !isSafe || parsed.username !== '' || parsed.hash !== '') {
    throw badSetting(
      `KAIBIAO_${name}_URL 应为以 https:// 开头的地址（本机可用 http://）`,
      `KAIBIAO_${name}_URL must be an address that begins with https:// (on this machine http:// is possible)`,
    );
  }
  return { url: parsed.href, secret };
}

interface ChannelSettings {
  readonly mail: MailSettings | null;
  readonly sms: SignedHttpSettings | null;
  readonly webhook: SignedHttpSettings | null;
}

export const channelSettings = (env: NodeJS.ProcessEnv = process.env): ChannelSettings => ({
  mail: mailSettings(env),
  sms: httpSettings(env, 'SMS'),
  webhook: httpSettings(env, 'WEBHOOK'),
});

/** The channels that people can choose. */
export function offeredChannels(env: NodeJS.ProcessEnv = process.env): Channel[] {
  const settings = channelSettings(env);
  return CHANNELS.filter((channel) => settings[channel] !== null);
}

/** All of them, open or not. */
export function openedChannels(env: NodeJS.ProcessEnv = process.env): OutgoingChannel[] {
  const { mail, sms, webhook } = channelSettings(env);
  return [
    mail ? mailChannel(mail) : noChannel('mail'),
    sms ? signedHttpChannel('sms', sms) : noChannel('sms'),
    webhook ? signedHttpChannel('webhook', webhook) : noChannel('webhook'),
  ];
}

const MOST_DAYS = 60;

/** Days before its last instant at which a duty is reminded of (KAIBIAO_REMIND_DAYS). */
export function reminderDays({ KAIBIAO_REMIND_DAYS: text }: NodeJS.ProcessEnv = process.env): readonly number[] {
  if (!text) return REMINDERS_DAYS;
  const days = text.split(',').map((each) => Number(each.trim() || NaN));
  if (days.every((each) => Number.isInteger(each) && each >= 1 && each <= MOST_DAYS)) return days;
  throw badSetting(
    `KAIBIAO_REMIND_DAYS 应为以逗号分隔的天数（1 至 ${MOST_DAYS}）：${text}`,
    `KAIBIAO_REMIND_DAYS must be numbers of days (1 to ${MOST_DAYS}) with commas between: ${text}`,
  );
}
