import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lawCommand } from '../../cli/commands/law.ts';
import { RULES } from '../../domain/law/rulebook.ts';

let printed = '';
let folder = '';

beforeEach(() => {
  printed = '';
  folder = mkdtempSync(join(tmpdir(), 'kaibiao-law-'));
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

/** Runs `law …` in this process; answers what it printed and its exit code. */
async function law(...args: string[]): Promise<{ out: string; code: number }> {
  process.exitCode = 0;
  await lawCommand().parseAsync(args, { from: 'user' });
  return { out: printed, code: process.exitCode };
}

function batchFile(content: unknown): string {
  const file = join(folder, 'batch.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('law due', () => {
  test('prints the instant, its bounds, the reckoning and the article', async () => {
    const { out, code } = await law(
      'due',
      '--rule',
      'gp-award-decide',
      '--from',
      '2026-04-30T10:00:00+08:00',
      '--json',
    );
    const answer = JSON.parse(out) as Record<string, unknown>;
    expect(code).toBe(0);
    expect(Object.keys(answer).slice(0, 8)).toEqual([
      'rule',
      'from',
      'due',
      'provisional',
      'bounds',
      'trace',
      'article',
      'status',
    ]);
    // Off 1–5 May: 6, 7, 8, worked Saturday 9, 11.
    expect(answer).toMatchObject({
      rule: 'gp-award-decide',
      from: '2026-04-30T10:00:00+08:00',
      due: '2026-05-11T23:59:59.999+08:00',
      provisional: false,
      bounds: { earliest: '2026-05-11T23:59:59.999+08:00', latest: '2026-05-11T23:59:59.999+08:00' },
      article: '43',
      status: 'VERIFIED',
    });
    expect(answer.trace).toContainEqual({
      day: '2026-05-09',
      weekday: 'Sat',
      counted: true,
      n: 4,
      why: 'make-up workday',
    });
  });

  test('takes a bare date, and prints a table for people', async () => {
    const { out } = await law('due', '--rule', 'works-bid-prep-min', '--from', '2026-03-30');
    expect(out).toMatch(/届满 due\s+2026-04-20 24:00/);
    expect(out).toContain('招标投标法第24条');
    expect(out).toMatch(/2026-04-20\s+Mon\s+–\s+roll: 民法典203/);
  });

  test.each([
    [['--rule', 'works-bid-prep-min', '--from', '2026-03-30T09:00:00'], 'bad-instant'],
    [['--rule', 'works-bid-prep-min', '--from', '2026-02-30'], 'bad-date'],
    [['--rule', 'works-bid-prep', '--from', '2026-03-30'], 'unknown-rule'],
    [['--rule', 'works-min-bidders', '--from', '2026-03-30'], 'rule-has-no-period'],
    [['--rule', 'gp-notice-period', '--from', '2028-03-30'], 'calendar-year-not-loaded'],
    [['--rule', 'gp-notice-period'], 'bad-input'],
  ])('refuses %j with exit code 2: %s', async (args, code) => {
    await expect(law('due', ...args)).rejects.toMatchObject({ code, exitCode: 2 });
  });

  test('answers a batch line by line; a line that fails tells why, the others stand, and the exit code is 1', async () => {
    const file = batchFile([
      { rule: 'works-bid-prep-min', from: '2026-03-27' },
      { rule: 'no-such-rule', from: '2026-03-27' },
      { rule: 'gp-archive', from: '2026-03-27T09:00' },
      { rule: 'gp-archive' },
      'nonsense',
    ]);
    const { out, code } = await law('due', '--batch', file);
    const answers = JSON.parse(out) as { rule?: string; from?: string; due?: string; error?: { code: string } }[];
    expect(answers.map(({ due, error }) => due ?? error?.code)).toEqual([
      '2026-04-16T23:59:59.999+08:00',
      'unknown-rule',
      'bad-instant',
      'bad-input',
      'bad-input',
    ]);
    expect(answers[1]).toMatchObject({ rule: 'no-such-rule', from: '2026-03-27' });
    expect(code).toBe(1);
  });

  test.each(['{"rule": 1}', 'not json', ''])('refuses a batch that is no JSON array: %j', async (content) => {
    await expect(law('due', '--batch', batchFile(content))).rejects.toMatchObject({ code: 'bad-input', exitCode: 2 });
  });
});

describe('law plan', () => {
  const WORKS = ['plan', '--regime', 'tendering', '--procedure', 'open-tender', '--from', '2026-03-27'];

  test('prints the whole timeline as JSON, with its rules and no violations', async () => {
    const { out, code } = await law(...WORKS, '--json');
    const answer = JSON.parse(out) as { milestones: { key: string; at: string; rules: object[] }[]; violations: [] };
    expect(code).toBe(0);
    expect(answer.violations).toEqual([]);
    expect(answer.milestones.map(({ key }) => key)).toContain('contract');
    expect(answer.milestones.find(({ key }) => key === 'bid-deadline')).toMatchObject({
      at: '2026-04-17T09:00:00+08:00',
      earliest: '2026-04-17T00:00:00+08:00',
      state: 'proposed',
      rules: [{ id: 'works-bid-prep-min', article: '24', effect: 'earliest', compare: 'instant' }],
    });
  });

  test('names what is unlawful, in both languages, with exit code 1', async () => {
    const { out, code } = await law(...WORKS, '--deadline', '2026-04-16T09:00:00+08:00', '--budget-fen', '-1');
    expect(code).toBe(1);
    expect(out).toContain('（招标投标法第24条）');
    expect(out).toContain(
      'Bid deadline 16 April 2026, 09:00 is before the earliest lawful instant 17 April 2026, 00:00',
    );
    expect(out).toContain('Money must be whole fen');
  });

  test('a warning leaves the exit code 0; confirmed by configuration it is 1', async () => {
    const late = ['plan', '--regime', 'government', '--from', '2026-03-17', '--intention', '2026-03-10'];
    expect((await law(...late)).code).toBe(0);
    expect((await law(...late, '--confirm', 'gp-intention-30d')).code).toBe(1);
  });

  test('refuses what has no timeline yet', async () => {
    await expect(
      law('plan', '--regime', 'land', '--procedure', 'auction', '--from', '2026-03-27'),
    ).rejects.toMatchObject({ code: 'procedure-not-supported', exitCode: 2 });
  });
});

describe('law show', () => {
  test('shows a rule with its article and its words', async () => {
    const { out } = await law('show', 'works-bid-prep-min');
    expect(out).toContain('最短不得少于二十日');
    expect(out).toContain('min 20 calendar_day');
  });

  test('says what a rule is for: a late government bid is refused (87令33)', async () => {
    expect((await law('show', 'gp-reject-late')).out).toMatch(/用途 use +block/);
  });

  test('names the other text where two differ, and what is taken', async () => {
    const { out } = await law('show', 'works-written-report');
    expect(out).toContain('works-written-report-30ling');
    expect(out).toContain('以较早届满者为准');
    printed = '';
    const { out: json } = await law('show', 'works-written-report', '--json');
    expect(JSON.parse(json)).toMatchObject({
      conflicts: [{ rules: ['works-written-report', 'works-written-report-30ling'] }],
    });
  });

  test('lists every rule', async () => {
    const { out } = await law('show', '--json');
    expect((JSON.parse(out) as unknown[]).length).toBe(RULES.length);
  });
});

describe('law plan --back-from and law whatif', () => {
  test('prints the whole timeline from the latest lawful notice', async () => {
    const { out, code } = await law(
      'plan',
      '--regime',
      'tendering',
      '--back-from',
      '2026-04-17T09:00:00+08:00',
      '--json',
    );
    const { milestones } = JSON.parse(out) as { milestones: { key: string; at: string }[] };
    expect(code).toBe(0);
    expect(milestones[0]).toMatchObject({ key: 'notice', at: '2026-03-27T17:00:00+08:00' });
  });

  test('prints what moves and what breaks, and ends with code 1 where the law is broken', async () => {
    const { out, code } = await law(
      ...['whatif', '--regime', 'tendering', '--from', '2026-03-27', '--deadline', '2026-04-20T09:00:00+08:00'],
      ...['--move', 'notice=2026-04-02T09:00:00+08:00', '--json'],
    );
    expect(code).toBe(1);
    const { moved, broken } = JSON.parse(out) as { moved: { key: string }[]; broken: { rule: string }[] };
    expect(moved[0]).toMatchObject({ key: 'notice', after: '2026-04-02T09:00:00+08:00' });
    expect(broken[0]).toMatchObject({ rule: 'works-bid-prep-min' });
  });

  test.each([
    [['plan', '--regime', 'tendering']],
    [['plan', '--regime', 'tendering', '--from', '2026-03-27', '--back-from', '2026-04-27']],
    [['plan', '--regime', 'tendering', '--deadline', '2026-04-27', '--back-from', '2026-04-27']],
    [['whatif', '--regime', 'tendering', '--from', '2026-03-27', '--move', 'lunch=2026-04-27']],
  ])('refuses %j with code 2', async (args) => {
    await expect(law(...args)).rejects.toMatchObject({ code: 'bad-input', exitCode: 2 });
  });
});

describe('law procedures', () => {
  interface Answer {
    openDuty: { verdict: string; thresholdFen: number | null };
    procedures: { procedure: string; verdict: string; grounds: string[] }[];
  }
  const verdictOf = ({ procedures }: Answer, wanted: string) =>
    procedures.find(({ procedure }) => procedure === wanted)?.verdict;

  test.each([
    // 16号令 5(1)(一): 400 万元以上.
    ['3999999.99', 'no', 'lawful'],
    ['400万', 'yes', 'needs-ground'],
  ])('works of %s yuan', async (amount, duty, invited) => {
    const { out } = await law('procedures', '--regime', 'tendering', '--kind', 'works', '--amount', amount, '--json');
    const answer = JSON.parse(out) as Answer;
    expect(answer.openDuty).toMatchObject({ verdict: duty, thresholdFen: 400_000_000 });
    expect(verdictOf(answer, 'invited-tender')).toBe(invited);
  });

  test('tells people the article, the cases and what is not configured', async () => {
    const { out } = await law('procedures', '--regime', 'government', '--kind', 'goods', '--amount', '50万');
    for (const told of [
      '政府采购法第27条',
      '未配置省级规定的数额',
      'not configured',
      '政府采购法第30条',
      '不明 unknown',
    ]) {
      expect(out).toContain(told);
    }
  });

  test('takes the figures from a file, in force on the day', async () => {
    // A figure made up for the test.
    const catalogue = batchFile({
      thresholds: [{ kind: 'goods', openFen: 777_000_000, from: '2026-01-01', source: '测试虚构〔0000〕0号' }],
    });
    const ask = ['procedures', '--regime', 'government', '--kind', 'goods', '--amount', '777万', '--json'];
    const { out } = await law(...ask, '--catalogue', catalogue, '--on', '2026-01-01');
    expect((JSON.parse(out) as Answer).openDuty.verdict).toBe('yes');
    printed = '';
    const before = await law(...ask, '--catalogue', catalogue, '--on', '2025-12-31');
    expect((JSON.parse(before.out) as Answer).openDuty.verdict).toBe('unknown');
    await expect(law(...ask, '--catalogue', catalogue, '--code', 'T01')).rejects.toMatchObject({ code: 'bad-input' });
    await expect(law(...ask.slice(0, 5), '--amount', '面议')).rejects.toMatchObject({ exitCode: 2 });
  });
});
