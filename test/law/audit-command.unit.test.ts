import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dateOfSerial } from '../../imports/xlsx/serial-date.ts';
import { jsonLines } from '../../imports/records/json-lines.ts';
import { recordsOf } from '../../imports/records/file.ts';
import { lawCommand } from '../../cli/commands/law.ts';
import { workbook, zip } from '../setup/tenders/workbook.ts';

let printed = '';
let folder = '';

beforeEach(() => {
  printed = '';
  folder = mkdtempSync(join(tmpdir(), 'kaibiao-audit-'));
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

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

interface Line {
  line?: number;
  id?: string | null;
  verdict?: string;
  missing?: string[];
  checks?: { rule: string; found: number; to: string; verdict: string }[];
  unread?: { field: string }[];
  error?: { issues: { field: string; messageZh: string; messageEn: string }[] };
  summary?: {
    notices: number;
    unreadable: number;
    inPart?: number;
    verdicts: Record<string, number>;
    rules: Record<string, object>;
  };
}

async function audit(...args: string[]): Promise<{ lines: Line[]; code: number; out: string }> {
  process.exitCode = 0;
  printed = '';
  await lawCommand().parseAsync(['audit', ...args], { from: 'user' });
  const json = args.includes('--json');
  const lines = json
    ? printed
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Line)
    : [];
  return { lines, code: process.exitCode, out: printed };
}

const NOTICE = {
  id: 'A',
  regime: '招投标法',
  method: '公开招标',
  published: '2026-03-27',
  deadline: '2026-04-17T09:00',
};
const jsonl = (...notices: object[]): string => notices.map((notice) => JSON.stringify(notice)).join('\n');

describe('law audit', () => {
  // 7 working days for the reply (财政部令94号 13): from Mon 5 November 2018 to Wed the 14th, a Thursday is late.
  test('a notice of a year before 2024 is judged by the arrangement that is given, and is unknown without', async () => {
    const queried = (reply: string) =>
      jsonl({ regime: '政府采购', method: '公开招标', complaint: { query: '2018-11-05', reply } });
    const calendar = file('2018.txt', '# 来源: 示例（部分）\n2018-10-01 休 国庆节\n2018-10-02 休\n2018-10-03 休');
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const verdict = async (reply: string, ...options: string[]) => {
      const { lines } = await audit(file('n.jsonl', queried(reply)), '--json', ...options);
      return lines[0]?.checks?.find(({ rule }) => rule === 'gp-challenge-reply');
    };
    expect(await verdict('2018-11-14', '--calendar', calendar)).toMatchObject({ verdict: 'lawful', found: 7 });
    expect(await verdict('2018-11-15', '--calendar', calendar)).toMatchObject({ verdict: 'unlawful', found: 8 });
    expect(stderr.mock.calls.map(([text]) => String(text)).join('')).toContain('未列「元旦」');
    const unknown = await verdict('2018-11-15');
    expect(unknown).toMatchObject({ verdict: 'unknown', found: null });
    expect(JSON.stringify(unknown)).toContain('放假安排未载入，不能计数');
  });

  test('judges JSON lines; what cannot be read is told by line and field in both languages, and the rest goes on', async () => {
    const content = `${jsonl(NOTICE)}\n\nnonsense\n${jsonl({ ...NOTICE, deadline: '下周' }, [1], { ...NOTICE, id: 'B', deadline: '2026-04-10' })}`;
    const { lines, code } = await audit(file('n.jsonl', content), '--json');
    expect(lines.map(({ line, verdict, error }) => [line, verdict ?? error?.issues[0]?.field])).toEqual([
      [1, 'lawful'],
      [3, ''],
      [4, 'deadline'],
      [5, ''],
      [6, 'unlawful'],
      [undefined, undefined],
    ]);
    expect(lines[2]?.error?.issues[0]?.messageZh).toContain('下周');
    expect(lines[2]?.error?.issues[0]?.messageEn).toContain('Not a date');
    expect(lines.at(-1)?.summary).toEqual({
      notices: 5,
      unreadable: 3,
      verdicts: { lawful: 1, borderline: 0, unlawful: 1, unknown: 0 },
      rules: { 'works-bid-prep-min': { lawful: 1, unlawful: 1 } },
    });
    expect(code).toBe(1);
  });

  test('prints for people: the verdict, what is wrong with its article, what is missing, and a summary', async () => {
    const { out, code } = await audit(file('n.jsonl', jsonl({ ...NOTICE, deadline: '2026-04-10' })));
    expect(out).toContain('违法 unlawful');
    expect(out).toContain('招标投标法第24条');
    expect(out).toContain('缺 missing: doc_to, doc_from');
    expect(out).toContain('1 notices, 0 unreadable');
    expect(code).toBe(1);
    expect((await audit(file('m.jsonl', jsonl(NOTICE)))).code).toBe(0);
  });

  test('reads a CSV as spreadsheets save it: byte order mark, quotes, dotted columns, serial dates, lists as JSON', async () => {
    const rows = [
      '\ufeffid,title,regime,method,published,deadline,publicity.from,publicity.to,corrections',
      'A,"一,""二""\n三",招投标法,公开招标,2026/3/27,2026年4月17日 9:00,,,',
      'B,,招投标法,公开招标,46108,46129.375,2026-05-06,2026-05-08,',
      'C,,招投标法,公开招标,2026-03-02,,,,"[{""date"":""2026-04-18"",""new_deadline"":""2026-04-20"",""material"":true}]"',
      'D,,招投标法,公开招标,2026-03-27,2026-04-17,,,,9',
      'E,"broken"quote,招投标法,公开招标,2026-03-27,2026-04-17,,,',
      'F,"never closed,招投标法,公开招标,2026-03-27,2026-04-17,,,',
    ];
    const { lines } = await audit(file('n.csv', rows.join('\r\n')), '--json');
    expect(
      lines.map(({ id, line, verdict, error }) => [id ?? line, verdict ?? error?.issues[0]?.messageZh.slice(0, 6)]),
    ).toEqual([
      ['A', 'lawful'],
      ['B', 'borderline'],
      ['C', 'unlawful'],
      [6, '第 10 列'],
      ['E', 'lawful'],
      [expect.any(Number), '不是有效的 '],
      [undefined, undefined],
    ]);
    // 46108 is 27 March 2026, 46129.375 is 17 April 9:00; 条例54: three days only with the first counted.
    expect(lines[1]?.checks).toMatchObject([
      { rule: 'works-bid-prep-min', found: 21 },
      { rule: 'works-candidate-publicity-min', found: 2, verdict: 'borderline' },
    ]);
  });

  test.each([
    [false, 46_108, 46_129.375],
    [true, 44_646, 44_667.375],
  ])('reads the first sheet of an XLSX; its dates count from 1904: %s', async (date1904, published, deadline) => {
    const rows = [
      ['id', 'regime', 'method', 'published', 'deadline', null, 'budget'],
      [7, '招投标法', '公开招标', published, deadline, null, 5_000_000],
      [],
      ['B', '招投标法', '公开招标', '2026-03-27', '2026-04-10 9:00', null, null],
      ['C', '招投标法', '公开招标', '#N/A', null, null, null],
    ];
    const { lines, code } = await audit(file('n.xlsx', workbook(rows, { date1904 })), '--json');
    expect(lines.map(({ line, id, verdict, error }) => [line, id, verdict ?? error?.issues[0]?.field])).toEqual([
      [2, '7', 'lawful'],
      [4, 'B', 'unlawful'],
      [5, undefined, 'published'],
      [undefined, undefined, undefined],
    ]);
    expect(lines[0]?.checks?.[0]).toMatchObject({ found: 21 });
    expect(code).toBe(1);
  });

  test('a field that cannot be read is named, and the rest of the notice is judged', async () => {
    const notices = [
      { ...NOTICE, id: 'budget', budget: '公告未明确列示' },
      { ...NOTICE, id: 'two', budget: '375.000000万元(最高限价3750000)', deadline: '2026-04-10' },
      { ...NOTICE, id: 'currency', budget: '100万美元' },
      // A date that a rule needs leaves the notice open, unless what can be read breaches the law.
      { ...NOTICE, id: 'date', doc_to: '详见招标文件' },
      { ...NOTICE, id: 'opening', opening: '同投标截止时间' },
      { ...NOTICE, id: 'part', corrections: [{ date: '另行通知' }, 7], kind: [7] },
      { ...NOTICE, id: 'all', published: '三月底', budget: '面议' },
    ];
    const { lines, out } = await audit(file('n.jsonl', jsonl(...notices)), '--json');
    expect(
      lines.map(({ id, verdict, unread, error }) => [
        id,
        verdict,
        (unread ?? error?.issues)?.map(({ field }) => field),
      ]),
    ).toEqual([
      ['budget', 'lawful', ['budget']],
      ['two', 'unlawful', ['budget']],
      ['currency', 'lawful', ['budget']],
      ['date', 'unknown', ['doc_to']],
      ['opening', 'unknown', ['opening']],
      ['part', 'unknown', ['kind', 'corrections.0.date', 'corrections.1']],
      [undefined, undefined, ['budget', 'published']],
      [undefined, undefined, undefined],
    ]);
    expect(lines.at(-1)?.summary).toMatchObject({ notices: 7, unreadable: 1, inPart: 6 });
    expect(out).toContain('公告未明确列示');
    expect((await audit(file('m.jsonl', jsonl(notices[0] as object)))).out).toMatch(
      /合法 lawful\n +未读 unread: 预算或最高限价（budget）：.*公告未明确列示/,
    );
  });

  test('an amount keeps its unit: 3千万 is above the figure of 16号令 as 3000万 is, so that the tender is due', async () => {
    const short = { ...NOTICE, kind: '施工', deadline: '2026-04-10' };
    const amounts = ['3000万', '3千万', '叁仟万元整', '0.3亿', '3百万', '100万美元'];
    const { lines, code } = await audit(
      file('n.jsonl', jsonl(...amounts.map((budget) => ({ ...short, budget })))),
      '--json',
    );
    // What is not known to be below the figure binds.
    expect(lines.slice(0, -1).map(({ verdict }) => verdict)).toEqual([
      ...['unlawful', 'unlawful', 'unlawful', 'unlawful', 'borderline', 'unlawful'],
    ]);
    expect(code).toBe(1);
    const map = file('map.json', JSON.stringify({ budget: '预算金额（万元）', kind: { value: '施工' } }));
    const table =
      'id,regime,method,published,deadline,预算金额（万元）\nA,招投标法,公开招标,2026-03-27,2026-04-10,3000\nB,招投标法,公开招标,2026-03-27,2026-04-10,300';
    const mapped = await audit(file('n.csv', table), '--map', map, '--json');
    expect(mapped.lines.slice(0, -1).map(({ verdict }) => verdict)).toEqual(['unlawful', 'borderline']);
    const ours = file(
      'o.csv',
      table.replace('预算金额', 'budget').replace('regime', 'kind,regime').replaceAll(',招', ',施工,招'),
    );
    const named = await audit(ours, '--json');
    expect(named.lines.slice(0, -1).map(({ verdict }) => verdict)).toEqual(['unlawful', 'borderline']);
  });

  // 375万 of goods is above the 200万 of 16号令 5, so that 招标投标法 24 binds: its 20 days are 14.
  const GOODS = 'A,招投标法,公开招标,货物,375,2026-03-27,2026-04-10';
  const tableOf = (heading: string, title = '') =>
    `${title}id,regime,method,kind,${heading},published,deadline\n${GOODS}`;

  test.each([
    ...[
      'budget(万元)',
      'budget（万）',
      'budget(万圆)',
      'budget（萬元）',
      'budget[万元]',
      'budget【万元】',
      'budget_万元',
    ],
    ...['预算金额【万元】', '预算金额(万元)*', '预算金额（万元）（含税）', '(万元)预算金额', '预算金额(百万)'],
  ])('a budget is in the unit of its heading: %s', async (heading) => {
    const map = heading.startsWith('budget') ? [] : ['--map', file('map.json', JSON.stringify({ budget: heading }))];
    const { lines, code } = await audit(file('n.csv', tableOf(heading)), '--json', ...map);
    expect([lines[0]?.verdict, lines[0]?.unread, code]).toEqual(['unlawful', undefined, 1]);
  });

  test.each(['某市招标公告一览表（金额单位：万元）\n', '某市招标公告一览表\n,,,,单位：万元,,\n'])(
    'or of the rows above it: %j',
    async (title) => {
      const { lines, code } = await audit(file('n.csv', tableOf('budget', title)), '--json');
      expect([lines[0]?.verdict, lines[0]?.unread, code]).toEqual(['unlawful', undefined, 1]);
      // The heading is nearer: 375 yuan are below.
      const inYuan = await audit(file('n.csv', tableOf('budget(元)', title)), '--json');
      expect(inYuan.lines[0]?.verdict).toBe('borderline');
    },
  );

  test.each(['budget(分)', 'budget(美金)', 'budget(USD)', 'budget【W】', '预算金额（美金）', 'budget_wan'])(
    'a column that may not be in yuan is unread, and named: %s',
    async (heading) => {
      const map = ['--map', file('map.json', JSON.stringify({ budget: heading }))];
      const { lines, code } = await audit(file('n.csv', tableOf(heading)), '--json', ...map);
      expect([lines[0]?.verdict, code]).toEqual(['unlawful', 1]);
      expect(lines[0]?.unread).toMatchObject([
        { field: 'budget', rule: 'amount-unit', messageZh: expect.stringContaining(`「${heading}」`) as string },
      ]);
    },
  );

  test.each(['hidden', 'veryHidden'])('a sheet that is %s is skipped, and a title above the header', async (hidden) => {
    const rows = [
      ['2026年3月招标公告汇总', null, null, null, null],
      ['制表：办公室', null, null, '单位：元', null],
      ['id', 'regime', 'method', 'published', 'deadline'],
      ['B', '招投标法', '公开招标', '2026-03-27', '2026-04-10 9:00'],
    ];
    const { lines } = await audit(file('n.xlsx', workbook(rows, { hidden })), '--json');
    expect(lines.slice(0, -1).map(({ line, id, verdict }) => [line, id, verdict])).toEqual([[4, 'B', 'unlawful']]);
    const text = rows.map((row) => row.join(',')).join('\n');
    expect((await audit(file('n.csv', text), '--json')).lines[0]).toMatchObject({
      line: 4,
      id: 'B',
      verdict: 'unlawful',
    });
    const map = file(
      'map.json',
      JSON.stringify({ published: '发布', deadline: '截止', regime: { value: '招投标法' } }),
    );
    const theirs = '汇总\n发布,截止,method\n2026-03-27,2026-04-10,公开招标';
    expect((await audit(file('t.csv', theirs), '--map', map, '--json')).lines[0]).toMatchObject({
      verdict: 'unlawful',
    });
  });

  test('a mapping gives their names for ours, and what holds for the whole file', async () => {
    const map = file(
      'map.json',
      JSON.stringify({
        regime: { value: '招投标法' },
        method: '采购.方式',
        published: '发布时间',
        deadline: '截止',
        'publicity.from': '公示起',
        'publicity.to': '公示止',
      }),
    );
    const theirs = {
      采购: { 方式: '公开招标' },
      发布时间: '2026-03-27',
      截止: '2026-04-17',
      公示起: '2026-05-06',
      公示止: '2026-05-09',
    };
    const { lines } = await audit(file('n.jsonl', jsonl({ id: 'A', ...theirs })), '--map', map, '--json');
    expect(lines[0]).toMatchObject({ id: 'A', verdict: 'lawful' });
    expect(lines[0]?.checks?.map(({ to, found }) => [to, found])).toEqual([
      ['deadline', 21],
      ['publicity.0.to', 3],
    ]);
  });

  test.each([
    ['no such file', () => [join(folder, 'none.jsonl')]],
    ['an unknown extension', () => [file('n.txt', jsonl(NOTICE))]],
    ['an XLSX that is none', () => [file('n.xlsx', 'PK nonsense')]],
    ['an XLSX of broken XML', () => [file('n.xlsx', zip({ 'xl/workbook.xml': '<workbook><oops' }))]],
    ['an XLSX from standard input', () => ['-', '--format', 'xlsx']],
    ['a file that is not UTF-8', () => [file('n.csv', Buffer.from([0xb9, 0xab, 0xb8, 0xe6]))]],
    ['a mapping that is none', () => [file('n.jsonl', ''), '--map', file('m.json', '[]')]],
    ['a mapping of an unknown field', () => [file('n.jsonl', ''), '--map', file('m.json', '{"deadlin":"截止"}')]],
  ])('refuses %s with exit code 2', async (_, args) => {
    await expect(audit(...args())).rejects.toMatchObject({ code: 'bad-input', exitCode: 2 });
  });

  test('refuses an unknown rule to confirm with exit code 2', async () => {
    const path = file('n.jsonl', jsonl(NOTICE));
    await expect(audit(path, '--confirm', 'cons-doc')).rejects.toMatchObject({ code: 'unknown-rule', exitCode: 2 });
  });
});

describe('ten thousand notices', () => {
  const real = readFileSync(join(import.meta.dirname, 'published-notices.jsonl'), 'utf8')
    .trim()
    .split('\n');

  test('are judged in one go', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => real[index % real.length] as string);
    const { lines, code } = await audit(file('n.jsonl', many.join('\n')), '--json');
    expect(lines).toHaveLength(10_001);
    // 10,000 = 277 × 36 + 28: 277 of each, and one more of the first 28.
    const verdicts = { lawful: 277 * 28 + 25, borderline: 277 * 3, unlawful: 277 + 1, unknown: 277 * 4 + 2 };
    expect(lines.at(-1)?.summary).toMatchObject({ notices: 10_000, unreadable: 0, verdicts });
    expect(code).toBe(1);
  });

  test('are read as they are asked for: who takes one has not read them all', async () => {
    let given = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      for (; given < 10_000; given += 1) yield Buffer.from(`${real[0]}\n`);
    }
    const records = jsonLines(source());
    expect((await records.next()).value).toMatchObject({ line: 1 });
    expect(given).toBeLessThan(3);
    await records.return(undefined);
  });

  test.each(['csv', 'xlsx'] as const)('%s: all of them, and one taken leaves nothing open', async (format) => {
    const header = ['id', 'regime', 'method', 'published', 'deadline'];
    const rows = [
      header,
      ...Array.from({ length: 10_000 }, (_, n) => [`N${n}`, '招投标法', '公开招标', '2026-03-27', '2026-04-17']),
    ];
    const content =
      format === 'csv'
        ? rows.map((row) => row.join(',')).join('\n')
        : workbook([header, ...rows.slice(1).map((row) => ['N', ...row.slice(1)])]);
    const path = file(`n.${format}`, content);
    let count = 0;
    for await (const record of recordsOf(path, format)) if ('given' in record) count += 1;
    expect(count).toBe(10_000);
    const records = recordsOf(path, format);
    expect((await records.next()).value).toMatchObject({ line: 2 });
    await records.return(undefined);
  });

  test('a line of more than a million characters is told and not held', async () => {
    const { lines } = await audit(file('n.jsonl', `"${'x'.repeat(1_100_000)}"\n${jsonl(NOTICE)}`), '--json');
    expect(lines[0]?.error?.issues[0]?.messageEn).toContain('1000000 characters');
    expect(lines[1]).toMatchObject({ line: 2, verdict: 'lawful' });
  });
});

test.each([
  [46_108, false, '2026-03-27'],
  [46_129.375, false, '2026-04-17T09:00:00'],
  [44_646, true, '2026-03-27'],
])('serial date %s (from 1904: %s) is %s', (serial, since1904, date) => {
  expect(dateOfSerial(serial, since1904)).toBe(date);
});
