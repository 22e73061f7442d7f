import { describe, expect, it } from 'vitest';
import { NOTIFICATIONS } from '../../domain/accounts/notifications.ts';
import { parseInstantOrDate } from '../../domain/civil-time.ts';
import { addressIssue, CHANNELS, LANGUAGES } from '../../domain/notifications/channels.ts';
import { followingFrom, TOLD_EVENTS } from '../../domain/notifications/events.ts';
import { ALL_KINDS, EVENT_KINDS, leavesAtOnce, textOfKind, type AnyKind } from '../../domain/notifications/kinds.ts';
import {
  NOTHING_NAMED,
  writeMessage,
  writeShort,
  type Content,
  type Named,
} from '../../domain/notifications/outgoing.ts';

const sender = { publicUrl: 'https://tender.example.cn' };
const at = parseInstantOrDate;
const named: Named = {
  titleZh: '智慧终端采购',
  lotNo: 2,
  duty: { zh: '签订合同', en: 'Contract signed' },
  dueAt: at('2026-05-12T09:00+08:00'),
};
/** Everything that could be sent. */
const contents: Content[] = [
  { of: 'discreet' },
  ...ALL_KINDS.map((kind): Content => ({ of: 'notification', kind, named })),
  { of: 'digest', lines: ALL_KINDS.map((kind) => ({ kind, ...named, count: 3 })) },
  { of: 'code', code: '123456', minutes: 30 },
];
const written = contents.flatMap((content) =>
  LANGUAGES.map((language) => ({
    ...writeMessage(content, { language, sender, drill: false }),
    short: writeShort(content, { language, sender, drill: false }),
    ...{ content, language },
  })),
);

describe('what leaves the platform', () => {
  it('is in the language of its reader, of one line for a telephone and for a subject', () => {
    for (const { subject, short, text, language, content } of written) {
      const what = `${content.of} ${language}`;
      expect(subject, what).not.toMatch(/[\r\n]/);
      expect(short, what).not.toMatch(/[\r\n]/);
      const said = `${subject} ${text}`.replaceAll(named.titleZh ?? '', '');
      if (language === 'zh') expect(subject, what).toMatch(/\p{Script=Han}/u);
      else expect(said, what).not.toMatch(/\p{Script=Han}/u);
    }
  });

  it('carries nothing but what a template names: neither a bidder, a member of a committee nor a price', () => {
    // What the rows behind a message hold, and what a careless template would print.
    const secrets = {
      ...{ bidder: '江西远大建设有限公司', member: '评标专家张三', priceFen: 162_469_914_9, textZh: '我方报价有误' },
      ...{ subject: 'bid/0198c0de-0000-7000-8000-000000000001', organisationId: 'org-secret' },
    };
    for (const kind of ALL_KINDS) {
      const content = { of: 'notification', kind, named: { ...named, ...secrets } } as Content;
      for (const language of LANGUAGES) {
        const message = writeMessage(content, { language, sender, drill: false });
        const all = JSON.stringify([message, writeShort(content, { language, sender, drill: false })]);
        for (const secret of Object.values(secrets)) expect(all, kind).not.toContain(String(secret));
      }
    }
  });

  it('is the same to every supplier and expert, whatever it is about', () => {
    const place = { language: 'zh', sender, drill: false } as const;
    expect(writeMessage({ of: 'discreet' }, place)).toEqual({
      subject: '交易平台提醒您登录查看通知',
      text: [
        '您好：',
        '',
        '请登录交易平台，查看是否有与您有关的新通知。',
        '',
        '请登录查看：https://tender.example.cn',
        '本邮件由交易平台自动发出，请勿回复；平台不会在邮件中索要密码。',
        '',
      ].join('\n'),
    });
    expect(writeShort({ of: 'discreet' }, place)).toBe(
      '交易平台提醒您登录查看通知，请登录查看：https://tender.example.cn',
    );
  });

  it('to those who run a tender names procurement, lot, duty and last instant', () => {
    const { subject, text } = writeMessage(
      { of: 'notification', kind: 'duty.overdue', named },
      { language: 'zh', sender, drill: false },
    );
    expect(subject).toBe('法定事项已逾期');
    expect(text).toContain('项目：智慧终端采购（第2标段）\n事项：签订合同\n期限：2026年5月12日 09:00');
    const unnamed = writeMessage(
      { of: 'notification', kind: 'question.asked', named: NOTHING_NAMED },
      { language: 'zh', sender, drill: false },
    );
    expect(unnamed.text).not.toMatch(/项目：|期限：/);
  });

  it('says in a drill that nothing of it is real', () => {
    for (const content of contents) {
      expect(writeMessage(content, { language: 'zh', sender, drill: true }).subject).toMatch(/^【演练】/);
      expect(writeShort(content, { language: 'en', sender, drill: true })).toMatch(/^\[drill\]/);
    }
  });
});

describe('before the bids are opened', () => {
  it('a supplier is written to about its account alone, whatever happens in a tender', () => {
    const sent = ALL_KINDS.filter((kind) => leavesAtOnce(kind, 'supplier', false));
    expect(sent).toEqual([
      'account.locked',
      'password.changed',
      'password.reset-requested',
      'password.reset',
      'second-factor.added',
      'second-factor.removed',
      'second-factor.locked',
      'second-factor.recovery-code-used',
      'second-factor.recovery-codes-replaced',
      'second-factor.reset-requested',
      'identity.linked',
      'identity.unlinked',
      'membership.requested',
      'organisation.correction-requested',
    ]);
  });

  it('those who run and supervise it are, but for what says that somebody bade', () => {
    const kept = ALL_KINDS.filter((kind) => !leavesAtOnce(kind, null, false));
    expect(kept).toEqual(
      expect.arrayContaining<AnyKind>(['refund.due', 'refund.overdue', 'notice.published', 'deposit.changed']),
    );
    expect(leavesAtOnce('question.asked', null, false)).toBe(true);
    expect(leavesAtOnce('opening.paused', 'supplier', true)).toBe(true);
    expect(leavesAtOnce('bid.withdrawn', 'supplier', true)).toBe(false);
  });
});

describe('who is notified of an event', () => {
  const told = (kind: string, detail: Record<string, unknown> = {}) =>
    followingFrom({ kind, detail }).map(({ kind: follows, to }) => `${follows} → ${to.join(', ')}`);

  it('is in one table', () => {
    expect(told('grievance.overdue')).toEqual(['grievance.overdue → party, runners, supervision']);
    expect(told('lot.stage', { stage: 'award' })).toEqual(['lot.award → runners']);
    expect(told('lot.stage', { stage: 'archived' })).toEqual([]);
    expect(told('notice.published', { kind: 'tender' })).toEqual([]);
    expect(told('notice.published', { kind: 'amendment' })).toEqual(['notice.published → participants']);
    expect(told('deadline.moved', { version: 1 })).toEqual([]);
    expect(told('deadline.moved', { version: 2 })).toEqual(['deadline.moved → participants, centre']);
    expect(told('invitation.sent')).toEqual(['invitation.received → party']);
  });

  it('is nobody for what a bidder does itself, and for an event that is not known', () => {
    for (const kind of ['bid.submitted', 'bid.replaced', 'document.obtained', 'toString', '__proto__']) {
      expect(told(kind), kind).toEqual([]);
    }
  });

  it('never anybody but the bidder itself for what is confidential about it, and who must act on it', () => {
    const ofOneBidder = TOLD_EVENTS.filter((kind) => /^(deposit|upload|invitation)\./.test(kind));
    expect(ofOneBidder.length).toBeGreaterThan(5);
    for (const kind of ofOneBidder) {
      expect(followingFrom({ kind, detail: {} }).flatMap(({ to }) => to)).toEqual(['party']);
    }
  });
});

it('every kind has words in both languages', () => {
  expect(ALL_KINDS).toHaveLength(Object.keys(NOTIFICATIONS).length + Object.keys(EVENT_KINDS).length);
  for (const kind of ALL_KINDS) {
    expect(textOfKind(kind).zh, kind).toMatch(/\p{Script=Han}/u);
    expect(textOfKind(kind).en, kind).not.toMatch(/\p{Script=Han}/u);
  }
});

describe('an address', () => {
  it.each(['caigou@example.cn', "o'neil+x@mail.example.com.cn"])('%s is one', (address) => {
    expect(addressIssue('mail', address)).toBeNull();
  });
  it.each([
    ...['', 'x', 'a@b', 'a@b.cn, c@d.cn', 'a b@c.cn', '<a@b.cn>', 'a@b.cn\r\nBcc: x@y.cn', '"a"@b.cn'],
    ...['a@[127.0.0.1]', '.a@b.cn', 'a@-b.cn', `${'a'.repeat(250)}@b.cn`],
  ])('%j is none for mail', (address) => {
    expect(addressIssue('mail', address)?.rule).toBe('mail-address');
  });
  it('of a telephone has its country', () => {
    expect(addressIssue('sms', '+8613800000000')).toBeNull();
    for (const wrong of ['13800000000', '+0138', '+86 138 0000 0000', '+8613800000000;x']) {
      expect(addressIssue('sms', wrong)?.rule).toBe('telephone-number');
    }
  });
  it('is asked for where there is one', () => expect(CHANNELS).toEqual(['mail', 'sms', 'webhook']));
});
