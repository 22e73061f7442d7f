import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  publishedFactsOf,
  publishedNoticeSchema,
  readAmountFen,
  readPublishedDate,
} from '../../imports/notices/published-notice.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { auditNotice, type Audit, type AuditOptions } from '../../domain/law/audit.ts';

const judge = (notice: Record<string, unknown>, options?: AuditOptions): Audit =>
  auditNotice(publishedFactsOf(publishedNoticeSchema.parse(notice)), options);

interface Reading {
  readonly overall: string;
  readonly checks: readonly { readonly rule: string; readonly verdict: string }[];
}
interface Published extends Record<string, unknown> {
  readonly id: string;
  readonly law: Reading;
}

/** Facts of 36 published notices (2020–2026), and under `law` a reading of each made apart from this engine. */
const NOTICES = readFileSync(join(import.meta.dirname, 'published-notices.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Published);

/** The reading’s words for a rule, and ours; more than one where it names several articles of one period. */
const RULE_OF: readonly (readonly [RegExp, RegExp])[] = [
  [/政府采购法35条/, /^gp-bid-prep-min$/],
  [/87号令18条/, /^gp-doc-provide-min$/],
  [/磋商办法10条\(自开始之日起\)/, /^cons-doc-sale$/],
  [/磋商办法10条$/, /^cons-doc-prep$/],
  [/74号令29\/45条/, /^(neg|inq)-response-min$/],
  [/招标投标法24条/, /^works-bid-prep-min$/],
  [/实施条例16条|文件获取期逻辑/, /^works-doc-sale-min$/],
  [/条例54条/, /^works-candidate-publicity-min$/],
  [/条例31条/, /^gp-clarify-tender-docs$/],
  [/政采法46条/, /^gp-contract-sign-law$/],
  [/政采法53条/, /^gp-challenge-reply$/],
  [/政采法55条/, /^gp-complaint-file$/],
];

// Named in docs/law.md: the reply of F004 counts working days of 2020, of which no holiday notice is loaded.
const DISAGREEMENTS: Readonly<Record<string, { overall: string; checks: Readonly<Record<string, string>> }>> = {
  F004: { overall: 'unknown', checks: { '政采法53条 答复': 'unknown' } },
};

describe('published notices', () => {
  test('there are 36 of them', () => expect(NOTICES).toHaveLength(36));

  test.each(NOTICES)('$id is judged as it was read: $law.overall', ({ law, ...notice }) => {
    const audit = judge(notice);
    const other = DISAGREEMENTS[notice.id];
    expect(audit.verdict).toBe(other?.overall ?? law.overall);
    // `flag` and `n/a` are remarks, no verdicts.
    for (const read of law.checks.filter(({ verdict }) => verdict !== 'flag' && verdict !== 'n/a')) {
      const ours = RULE_OF.find(([words]) => words.test(read.rule))?.[1];
      const found = audit.checks.filter(({ rule }) => ours?.test(rule));
      expect([read.rule, found.map(({ verdict }) => verdict)]).toEqual([
        read.rule,
        expect.arrayContaining([other?.checks[read.rule] ?? read.verdict]),
      ]);
    }
  });

  test('D001: every round is counted, and the contract from the result of the last (政府采购法 35, 46)', () => {
    const { law: _, ...notice } = NOTICES.find(({ id }) => id === 'D001') as Published;
    expect(judge(notice).checks.map(({ rule, found, to }) => [rule, found, to])).toEqual([
      ['gp-bid-prep-min', 22, 'deadline'],
      ['gp-bid-prep-min', 23, 'rounds.1.deadline'],
      ['gp-bid-prep-min', 21, 'rounds.2.deadline'],
      ['gp-clarify-tender-docs', 17, 'corrections.0.new_deadline'],
      ['gp-contract-sign-law', 15, 'announced.contract'],
    ]);
  });

  test('B008: documents that end before they begin are named with both dates, and breach 条例16', () => {
    const { law: _, ...notice } = NOTICES.find(({ id }) => id === 'B008') as Published;
    const { verdict, contradictions, checks } = judge(notice);
    expect(verdict).toBe('unlawful');
    expect(contradictions).toEqual([
      {
        fields: ['doc_from', 'doc_to'],
        values: ['2026-03-27T00:00:00+08:00', '2025-04-29T10:05:00+08:00'],
        messageZh: 'doc_from（2026年3月27日 00:00）与 doc_to（2025年4月29日 10:05）矛盾',
        messageEn: 'doc_from (27 March 2026, 00:00) contradicts doc_to (29 April 2025, 10:05)',
      },
    ]);
    expect(checks.find(({ verdict: each }) => each === 'unlawful')).toMatchObject({
      law: '招标投标法实施条例',
      article: '16',
      need: 5,
      found: -332,
    });
  });
});

const WORKS = { regime: '招投标法', method: '公开招标', kind: '施工', published: '2026-03-27', doc_from: '2026-03-27' };
const verdicts = ({ checks }: Audit): string[] => checks.map(({ rule, verdict }) => `${rule} ${verdict}`);

describe('how a period is judged', () => {
  // 招标投标法 24, 民法典 201: from 27 March the twentieth day is 16 April.
  test.each([
    ['2026-04-16T09:00', 'lawful'],
    ['2026-04-15T23:59', 'borderline'],
    ['2026-04-14', 'unlawful'],
  ])('deadline %s: %s', (deadline, verdict) => {
    expect(judge({ ...WORKS, deadline }).verdict).toBe(verdict);
  });

  // 16号令 5(1): what costs less need not be tendered, unless it is part of a larger project; 以上 includes the amount.
  test.each([
    ['works-mandatory-construction', '施工', '3999999.99元', '400万元'],
    ['works-mandatory-goods', '货物', '1999999.99元', '200万元'],
    ['works-mandatory-services', '服务', '999999.99元', '100万元'],
  ])('%s: a breach below the threshold is borderline', (_rule, kind, below, from) => {
    const short = { ...WORKS, kind, deadline: '2026-04-02' };
    expect(judge({ ...short, budget: `最高限价${below}` }).verdict).toBe('borderline');
    expect(judge({ ...short, budget: from }).verdict).toBe('unlawful');
  });

  // 政府采购法实施条例 38: from Mon 16 March five working days are 17, 18, 19, 20, 23.
  test.each([
    ['2026-03-23', 'lawful'],
    ['2026-03-18', 'unlawful'],
  ])('a single source shown until %s: ss-publicity %s', (to, verdict) => {
    const shown = {
      regime: '政采单一来源',
      method: '单一来源',
      published: '2026-03-16',
      publicity: [{ from: '2026-03-16', to }],
    };
    expect(verdicts(judge(shown))).toEqual([`ss-publicity ${verdict}`]);
  });

  // 财库〔2014〕214号 10: ten days to the deadline. What a rule makes that was not read: audit-recalled.unit.test.ts.
  test('a consultation of eight days is unlawful', () => {
    const notice = {
      regime: '政采磋商',
      method: '竞争性磋商',
      published: '2026-03-16',
      doc_from: '2026-03-17',
      doc_to: '2026-03-23',
    };
    const short = { ...notice, deadline: '2026-03-25' };
    expect(judge(short)).toMatchObject({
      verdict: 'unlawful',
      checks: [
        { rule: 'cons-doc-sale', verdict: 'lawful', found: 5 },
        { rule: 'cons-doc-prep', status: 'VERIFIED', verdict: 'unlawful', found: 8 },
      ],
    });
  });

  // 政府采购法实施条例 31 binds beside 87令 18: here the notice is early, and the documents are to be had for two days.
  test('documents that are to be had for two days breach 条例31 although the notice is early', () => {
    const notice = { regime: '政采公开招标', method: '公开招标', published: '2026-03-02', doc_from: '2026-03-18' };
    const audit = judge({ ...notice, doc_to: '2026-03-19', deadline: '2026-04-20' });
    expect(verdicts(audit)).toEqual([
      'gp-doc-provide-min lawful',
      'gp-doc-provide-min-reg unlawful',
      'gp-bid-prep-min lawful',
    ]);
  });

  // 条例 21: fifteen days before the deadline, by the hour; by the day only, it is arguable.
  test.each([
    ['2026-04-05T09:00', true, 'lawful'],
    ['2026-04-05T15:00', true, 'borderline'],
    ['2026-04-05', true, 'borderline'],
    ['2026-04-06', true, 'unlawful'],
    ['2026-04-06', undefined, 'borderline'],
  ])('a correction on %s (material: %s) before a deadline of 20 April, 9:30: %s', (date, material, verdict) => {
    const corrections = [{ date, new_deadline: '2026-04-20T09:30', material }];
    const audit = judge({ ...WORKS, published: '2026-03-02', doc_from: undefined, corrections });
    expect(verdicts(audit)).toEqual([`works-clarify-tender-docs ${verdict}`]);
  });

  test('a correction that does not affect the bids may come late (条例21)', () => {
    const corrections = [{ date: '2026-04-18', new_deadline: '2026-04-20T09:30', material: false }];
    expect(judge({ ...WORKS, deadline: '2026-04-20T09:30', corrections }).verdict).toBe('lawful');
  });

  // 政府采购法 46: thirty days; a contract announced later may have been signed in time.
  test('a contract announced after thirty days is borderline', () => {
    const events = [
      { published: '2026-03-02', type: '中标' },
      { published: '2026-04-20', type: '合同' },
    ];
    const audit = judge({
      regime: '政采公开招标',
      method: '公开招标',
      published: '2026-02-02',
      deadline: '2026-02-25',
      events,
    });
    expect(verdicts(audit)).toContain('gp-contract-sign-law borderline');
  });

  // 94令 13, 17: seven working days to reply; 1–5 May 2026 are off, Saturday the 9th is worked.
  test('a reply to a query after eight working days is unlawful, with the article', () => {
    const audit = judge({ complaint: { query: '2026-04-29', reply: '2026-05-13', complain: '2026-05-20' } });
    expect(audit).toMatchObject({
      verdict: 'unlawful',
      checks: [
        { rule: 'gp-challenge-reply', law: '财政部令94号', article: '13', need: 7, found: 8, verdict: 'unlawful' },
        { rule: 'gp-complaint-file', verdict: 'lawful' },
      ],
    });
  });

  test('a rule not in force on the day of the notice is left out (政府采购法实施条例: from 2015-03-01)', () => {
    const notice = { regime: '政采公开招标', method: '公开招标', published: '2014-06-03', doc_from: '2014-06-03' };
    expect(verdicts(judge({ ...notice, doc_to: '2014-06-04', deadline: '2014-06-30' }))).toEqual([
      'gp-bid-prep-min lawful',
    ]);
  });

  test('working days that no loaded calendar has are unknown, unless the days alone decide', () => {
    const notice = { regime: '政采公开招标', method: '公开招标', published: '2022-03-01', deadline: '2022-04-01' };
    expect(verdicts(judge({ ...notice, doc_to: '2022-03-08' }))[0]).toBe('gp-doc-provide-min unknown');
    // Three days hold no five working days (87令 18).
    expect(verdicts(judge({ ...notice, doc_to: '2022-03-04' }))[0]).toBe('gp-doc-provide-min unlawful');
  });
});

describe('what is missing or contradicts', () => {
  test('missing dates are named, and nothing is judged by a guess', () => {
    expect(judge({ regime: '招投标法', method: '公开招标', published: '2026-03-27' })).toEqual({
      verdict: 'unknown',
      checks: [],
      contradictions: [],
      missing: ['doc_to', 'doc_from', 'deadline'],
    });
    expect(judge({ published: '2026-03-27', deadline: '2026-04-20' }).missing).toEqual(['regime', 'method']);
  });

  // 招标投标法 34: opened at the very time of the deadline.
  test('an opening at another time than the deadline is named with both, and unlawful', () => {
    const audit = judge({ ...WORKS, deadline: '2026-04-20T09:30', opening: '2026-04-20T10:00' });
    expect(audit.contradictions).toMatchObject([
      { fields: ['opening', 'deadline'], values: ['2026-04-20T10:00:00+08:00', '2026-04-20T09:30:00+08:00'] },
    ]);
    expect(audit.checks.at(-1)).toMatchObject({
      rule: 'works-opening-same-time',
      article: '34',
      found: 30,
      verdict: 'unlawful',
    });
    expect(judge({ ...WORKS, deadline: '2026-04-20T09:30', opening: '2026-04-20' }).verdict).toBe('lawful');
  });

  test.each([
    [{ deadline: '2026-03-20' }, ['doc_from', 'deadline']],
    [{ deadline: '2026-04-20', doc_from: '2026-03-20' }, ['published', 'doc_from']],
    [{ deadline: '2026-04-20', doc_to: '2026-04-21' }, ['doc_to', 'deadline']],
  ])('%j: named', (dates, fields) => {
    const { contradictions, verdict } = judge({ ...WORKS, ...dates });
    expect(contradictions.map((each) => each.fields)).toContainEqual(fields);
    expect(verdict).not.toBe('lawful');
  });
});

describe('a contradiction of hours', () => {
  test.each([
    // Published at 19:48, the documents from 19:00 of that day: the days are the same.
    [{ published: '2026-03-27T19:48', doc_from: '2026-03-27T19:00', deadline: '2026-04-20' }, 'lawful'],
    [{ published: '2026-03-27T19:48', doc_from: '2026-03-27T19:00', deadline: '2026-04-10' }, 'unlawful'],
    [{ ...WORKS, deadline: '2026-04-20T09:00', doc_to: '2026-04-20T17:00' }, 'lawful'],
    [{ published: '2026-03-26T19:48', doc_from: '2026-03-25T19:00', deadline: '2026-04-20' }, 'unknown'],
    // 条例 21 counts hours: by 8:00 of the 12th it is in time, by 10:00 it is not.
    [{ ...WORKS, deadline: '2026-04-27T09:00', corrections: [{ date: '2026-04-12T08:00', material: true }] }, 'lawful'],
  ])('%j is %s, and still named', (dates, verdict) => {
    const audit = judge({ regime: '招投标法', method: '公开招标', ...dates });
    expect(audit.verdict).toBe(verdict);
    if (!('corrections' in dates)) expect(audit.contradictions).toHaveLength(1);
  });
});

describe('what sites print', () => {
  test.each([
    ['2026-03-17', '2026-03-17T00:00:00+08:00', true],
    ['2026/3/7', '2026-03-07T00:00:00+08:00', true],
    ['2026年03月18日', '2026-03-18T00:00:00+08:00', true],
    ['2026-03-16T22:01', '2026-03-16T22:01:00+08:00', undefined],
    ['2026-03-27 09:00:00', '2026-03-27T09:00:00+08:00', undefined],
    ['2026年04月08日09点30分', '2026-04-08T09:30:00+08:00', undefined],
    ['2026年3月20日10：05', '2026-03-20T10:05:00+08:00', undefined],
    ['2026-03-23 24:00', '2026-03-23T23:59:59.999+08:00', undefined],
    ['2026-03-27T01:00:00Z', '2026-03-27T09:00:00+08:00', undefined],
  ])('%s is %s', (text, at, dayOnly) => {
    const date = readPublishedDate(text);
    expect([date && formatInstant(date.at), date?.dayOnly]).toEqual([at, dayOnly]);
  });

  test.each(['2026-02-30', '2026-13-01', '三月底', '2026-03-27 上午9时', '2026-03-27 25:00', '03-27', ''])(
    '%s is no date',
    (text) => {
      expect(readPublishedDate(text)).toBeUndefined();
    },
  );

  test.each([
    ['1,436,000.00元', 143_600_000],
    ['179.3(万元)', 179_300_000],
    ['103.000000万元', 103_000_000],
    ['最高限价1377750.64元', 137_775_064],
    [3_000_000, 300_000_000],
    ['面议', undefined],
    ['20万+28万', undefined],
  ])('%s is %s fen', (text, fen) => expect(readAmountFen(text)).toBe(fen));
});
