import { instantEn, instantZh } from '../civil-time.ts';
import type { Language } from './channels.ts';
import { textOfKind, type AnyKind } from './kinds.ts';

/** A message as it leaves the platform. */
export interface Outgoing {
  readonly subject: string;
  readonly text: string;
}

/** The installation, as messages name it. */
export interface Sender {
  readonly publicUrl: string;
}

/**
 * What a message about a tender may name: nothing else reaches a template. The title is null while the procurement is
 * not public.
 */
export interface Named {
  readonly titleZh: string | null;
  /** 0: the procurement as a whole. */
  readonly lotNo: number;
  /** The duty, by the name of its milestone. */
  readonly duty: { readonly zh: string; readonly en: string } | null;
  /** Civil epoch ms. */
  readonly dueAt: number | null;
}

export const NOTHING_NAMED: Named = { titleZh: null, lotNo: 0, duty: null, dueAt: null };

/** A line of a digest. */
export interface DigestLine extends Named {
  readonly kind: AnyKind;
  readonly count: number;
}

const drillMark = (drill: boolean, language: Language): string =>
  drill ? (language === 'zh' ? '【演练】' : '[drill] ') : '';

/** What is about to be sent. */
export type Content =
  /** To whom a message could give away (ADR 0055): the same words whatever it is about, and whether or not there is anything. */
  | { readonly of: 'discreet' }
  | { readonly of: 'notification'; readonly kind: AnyKind; readonly named: Named }
  | { readonly of: 'digest'; readonly lines: readonly DigestLine[] }
  | { readonly of: 'code'; readonly code: string; readonly minutes: number };

interface Place {
  readonly language: Language;
  readonly sender: Sender;
  /** Nothing in a drill (演练) is real, and each message says so. */
  readonly drill: boolean;
}

/** Writes a message: its subject, and its text in whole lines. */
export function writeMessage(content: Content, { language, sender, drill }: Place): Outgoing {
  const written = language === 'zh' ? zh(content) : en(content);
  const [signIn, foot] =
    language === 'zh'
      ? [`请登录查看：${sender.publicUrl}`, '本邮件由交易平台自动发出，请勿回复；平台不会在邮件中索要密码。']
      : [`Sign in to read: ${sender.publicUrl}`, 'Sent by the platform; do not reply. It never asks for a password.'];
  return {
    subject: `${drillMark(drill, language)}${written.subject}`,
    text: [...written.lines, '', ...(content.of === 'code' ? [] : [signIn]), foot, ''].join('\n'),
  };
}

/** The same as one line, for a telephone. */
export function writeShort(content: Content, { language, sender, drill }: Place): string {
  const { subject, lines } = language === 'zh' ? zh(content) : en(content);
  const said = content.of === 'code' ? lines.join(language === 'zh' ? '' : ' ') : subject;
  const signIn = language === 'zh' ? `，请登录查看：${sender.publicUrl}` : `: ${sender.publicUrl}`;
  return `${drillMark(drill, language)}${said}${content.of === 'code' ? '' : signIn}`;
}

interface Written {
  readonly subject: string;
  readonly lines: readonly string[];
}

function zh(content: Content): Written {
  switch (content.of) {
    case 'discreet':
      return {
        subject: '交易平台提醒您登录查看通知',
        lines: ['您好：', '', '请登录交易平台，查看是否有与您有关的新通知。'],
      };
    case 'notification':
      return {
        subject: textOfKind(content.kind).zh,
        lines: ['您好：', '', `${textOfKind(content.kind).zh}。`, ...namedZh(content.named)],
      };
    case 'digest':
      return {
        subject: '今日待办与未读通知',
        lines: [
          '您好，以下是您未读的通知和即将到期的事项：',
          '',
          ...content.lines.map(({ kind, count, ...named }) =>
            [`· ${textOfKind(kind).zh}${count > 1 ? `（${count}）` : ''}`, ...namedZh(named)].join('　'),
          ),
        ],
      };
    case 'code':
      return {
        subject: '交易平台验证码',
        lines: [
          `验证码 ${content.code}，${content.minutes} 分钟内有效。`,
          '若非本人操作，请不要理会，也不要告诉他人。',
        ],
      };
  }
}

function en(content: Content): Written {
  switch (content.of) {
    case 'discreet':
      return {
        subject: 'The platform asks you to sign in',
        lines: ['Please sign in to see whether there is a new notification for you.'],
      };
    case 'notification':
      return {
        subject: textOfKind(content.kind).en,
        lines: [`${textOfKind(content.kind).en}.`, ...namedEn(content.named)],
      };
    case 'digest':
      return {
        subject: 'Today: unread notifications and what is due',
        lines: [
          'Your unread notifications, and what is due soon:',
          '',
          ...content.lines.map(({ kind, count, ...named }) =>
            [`- ${textOfKind(kind).en}${count > 1 ? ` (${count})` : ''}`, ...namedEn(named)].join('; '),
          ),
        ],
      };
    case 'code':
      return {
        subject: 'Your code for the platform',
        lines: [
          `Your code is ${content.code}; it is valid for ${content.minutes} minutes.`,
          'If you did not ask for it, ignore it and give it to nobody.',
        ],
      };
  }
}

const namedZh = ({ titleZh, lotNo, duty, dueAt }: Named): string[] => [
  ...(titleZh === null ? [] : [`项目：${titleZh}${lotNo > 0 ? `（第${lotNo}标段）` : ''}`]),
  ...(duty === null ? [] : [`事项：${duty.zh}`]),
  ...(dueAt === null ? [] : [`期限：${instantZh(dueAt)}`]),
];

const namedEn = ({ titleZh, lotNo, duty, dueAt }: Named): string[] => [
  ...(titleZh === null ? [] : [`Procurement: ${titleZh}${lotNo > 0 ? `, lot ${lotNo}` : ''}`]),
  ...(duty === null ? [] : [`Duty: ${duty.en}`]),
  ...(dueAt === null ? [] : [`Due: ${instantEn(dueAt)}`]),
];
