import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../cli/settings/folders.ts';
import { formatSecond, instantEn, instantZh, parseInstant } from '../../domain/civil-time.ts';
import { durationEn, durationZh } from '../../domain/durations.ts';
import { ANY_TENDER_WORDS } from '../../domain/procedures/words.ts';
import { noticeHtml } from '../../web/notices/html.ts';
import { documentOf } from '../../web/notices/templates.ts';
import { forMachines, unreadable } from '../setup/checks/prose.ts';
import { DEPOSIT_CONTENT, KINDS, SEALED_CONTENTS, storedNotice } from '../setup/tenders/notices.ts';

const PRODUCT = 'activities api cli db domain engine imports proofs sealing services web workflows'.split(' ');
const SOURCES = PRODUCT.flatMap((folder) =>
  readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
);

/** The lines of the product that a pattern is found in, each with its file. */
const linesWith = (pattern: RegExp): string[] =>
  SOURCES.flatMap((file) =>
    readFileSync(join(projectRoot, file), 'utf8')
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );

it('an instant is written for people as they read it, to the second, and a duration in its units', () => {
  const at = parseInstant('2026-11-29T14:30:00+08:00');
  expect([instantZh(at), instantEn(at)]).toEqual(['2026年11月29日 14:30', '29 November 2026, 14:30']);
  expect([instantZh(at + 9_250), instantEn(at + 9_250)]).toEqual([
    '2026年11月29日 14:30:09',
    '29 November 2026, 14:30:09',
  ]);
  const midnight = parseInstant('2026-05-06T23:59:59.999+08:00');
  expect([instantZh(midnight), instantEn(midnight)]).toEqual(['2026年5月6日 24:00', '6 May 2026, 24:00']);
  expect(formatSecond(at + 9_250)).toBe('2026-11-29 14:30:09');
  const duration = ((24 + 2) * 60 + 30) * 60_000;
  expect([durationZh(duration), durationEn(duration)]).toEqual(['1 天 2 小时 30 分钟', '1 day 2 hours 30 minutes']);
  expect([durationZh(1_500), durationEn(1_000), durationZh(0)]).toEqual(['1.5 秒', '1 second', '0 秒']);
});

it('no sentence has an instant in the form for machines put into it', () => {
  const inText = linesWith(/`[^`]*\$\{[^}`]*(?:formatInstant|instantOrNull|toISOString)\(/);
  expect(inText.map((line) => line.split(': ')[0])).toEqual([
    // An address, and the head of a key file, as age writes it.
    'api/law/links.ts',
    'cli/custodian/folder.ts',
  ]);
});

it('no message says milliseconds, or an amount in fen', () => {
  const message = String.raw`(?:message|\b)(?:Zh|En|zh|en)\b ?[:=].*`;
  expect(linesWith(new RegExp(String.raw`${message}(?:毫秒|\} ?ms\b|\d ?ms\b|\} ?(?:分(?!钟)|fen\b)[^数])`))).toEqual(
    [],
  );
  expect(linesWith(/'[^']*毫秒[^']*'|`[^`]*毫秒[^`]*`/).map((line) => line.split(': ')[0])).toEqual([
    // Descriptions of fields in milliseconds, for whoever writes a program, and of the setting that is in them.
    'api/clock/routes.ts',
    'api/clock/routes.ts',
    'api/clock/routes.ts',
    'api/drill/routes.ts',
    'cli/commands/clock.ts',
    'cli/settings/installation.ts',
    'domain/fields/names.ts',
    'domain/fields/names.ts',
    'domain/fields/names.ts',
  ]);
});

it('no page of a notice shows an instant in the form for machines', () => {
  const notices = [
    ...KINDS.map((kind) => storedNotice(kind)),
    ...(['tender', 'opening-record'] as const).map((kind) => ({
      ...storedNotice(kind),
      content: { ...SEALED_CONTENTS[kind], template: 2 },
    })),
    { ...storedNotice('tender'), content: { ...SEALED_CONTENTS.tender, deposit: DEPOSIT_CONTENT, template: 3 } },
    ...KINDS.map((kind) => {
      const { content, ...notice } = storedNotice(kind);
      return { ...notice, content: { ...content, words: ANY_TENDER_WORDS, template: 4 } };
    }),
  ];
  for (const notice of notices) {
    const page = noticeHtml(documentOf(notice), { url: 'https://x/', pdf: '/x.pdf', json: '/x' });
    const text = page.replaceAll(/<(?:style|script)[^]*?<\/(?:style|script)>|<[^>]*>/g, ' ');
    expect(/.{0,40}\d{4}-\d{2}-\d{2}T\d{2}.{0,20}/.exec(text)?.[0], notice.kind).toBeUndefined();
  }
});

it('what an answer has for people is told from what it has for machines', () => {
  const earliestLawful = '2026-12-15T00:00:00+08:00';
  expect(unreadable({ earliestLawful, messageZh: '最早 2026年12月15日 00:00' })).toEqual([]);
  expect(unreadable({ violations: [{ messageEn: `not before ${earliestLawful}` }] })).toHaveLength(1);
  expect(unreadable({ faults: [{ zh: '耗时 3 ms' }] })).toHaveLength(1);
  expect(forMachines(`时间「${earliestLawful}」无效，例如 2026-03-27T09:00:00+08:00`)).toBe(false);
});
