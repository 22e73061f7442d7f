import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../db/notices.ts';
import { capitalsOf } from '../../domain/capitals.ts';
import { readAmountFen } from '../../domain/amounts.ts';
import { NOTICE_KINDS, type NoticeKind } from '../../domain/notices/kinds.ts';
import { tenderOf } from '../../domain/procedures/index.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { columnsOf } from '../../web/notices/form/columns.ts';
import { numeralOf, writtenOf, type FormDocument } from '../../web/notices/form/document.ts';
import { instantWithWeekday, inWan } from '../../web/notices/form/parts.ts';
import { formPdf } from '../../web/notices/form/pdf.ts';
import { titleLines } from '../../web/notices/form/title.ts';
import { PAGE_POLICY } from '../../web/notices/html.ts';
import { MOST_CHARACTERS } from '../../web/notices/pdf-text.ts';
import { documentOf } from '../../web/notices/templates.ts';
import { drawnIn, html, pagesOf, pdf, readQr, sha256, URL_OF_NOTICE } from '../setup/checks/rendered.ts';
import { FORM_PARTIES, formNotices } from '../setup/tenders/forms.ts';
import { refusalOf } from '../setup/tenders/tender.ts';

const PROCEDURES = {
  tendering: tenderOf('tendering'),
  government: tenderOf('government'),
  inquiry: GOVERNMENT_INQUIRY,
} as const;

const CASES = Object.entries(PROCEDURES).flatMap(([name, definition]) =>
  NOTICE_KINDS.flatMap((kind) =>
    formNotices(kind, definition.words).map((notice, index) => ({ name, definition, kind, index, notice })),
  ),
);

/** Each is drawn once, for all that is asked of it. */
const drawn = new Map<Notice, Promise<Buffer>>();
function pdfOf(notice: Notice): Promise<Buffer> {
  const made = drawn.get(notice) ?? pdf(notice);
  drawn.set(notice, made);
  return made;
}

const formOf = (notice: Notice): FormDocument => documentOf(notice) as FormDocument;
const first = (kind: NoticeKind, change = {}): Notice =>
  formNotices(kind, PROCEDURES.tendering.words, change)[0] as Notice;
const withContent = (notice: Notice, content: object): Notice => ({
  ...notice,
  content: { ...notice.content, ...content },
});

/** Without what is at the foot of each page. */
const textOf = (pages: readonly string[]): string =>
  pages.map((page) => page.replace(/[0-9a-f]{64}第\d+页，共\d+页$/, '')).join('');
const unspaced = (text: string): string => text.replaceAll(/\s/g, '');
const textOfHtml = (page: string): string =>
  unspaced(page.replaceAll(/<style>[^]*?<\/style>|<[^>]*>/g, '').replaceAll('&quot;', '"'));

/** Every text of it, in reading order. */
function textsOf(document: FormDocument): string[] {
  const written = writtenOf(document).flatMap((each) => {
    if (each.type === 'heading') return each.value === undefined ? [each.text] : [`${each.text}：${each.value}`];
    if (each.type === 'paragraph') return [each.text];
    if (each.type === 'lines') return each.facts.map(([label, value]) => `${label}：${value}`);
    return [...each.head, ...each.rows.flat()];
  });
  const { issuers, date } = document.signature;
  return [document.title, ...written, ...issuers.map(([label, value]) => `${label}：${value}`), date].map(unspaced);
}

/** The first that is missing, or comes before the one before it. */
function firstOutOfOrder(text: string, parts: readonly string[]): string | undefined {
  let from = 0;
  return parts.find((part) => {
    const at = text.indexOf(part, from);
    from = at + part.length;
    return at < 0;
  });
}

describe('every kind of notice of every procedure is in the order of its form', () => {
  it.each(CASES)('$name: $kind $index', async ({ definition: { words }, notice }) => {
    const document = formOf(notice);
    const page = html(notice);
    const pages = await pagesOf(await pdfOf(notice));
    // The page and the PDF say the same, in the same order, with who issues it and the day last.
    expect(firstOutOfOrder(textOfHtml(page), textsOf(document))).toBeUndefined();
    expect(firstOutOfOrder(textOf(pages), textsOf(document))).toBeUndefined();

    const numbers = writtenOf(document).flatMap((each) =>
      each.type === 'heading' && each.level === 1 ? [each.text.split('、')[0]] : [],
    );
    expect(numbers).toEqual(numbers.map((_, index) => numeralOf(index + 1)));
    expect(numbers.length).toBeGreaterThan(1);
    expect(document.signature.date).toBe('2026年3月27日');
    const [[label, issuer] = []] = document.signature.issuers;
    expect([words.purchaser, '答复人']).toContain(label);
    expect(issuer).toBe(FORM_PARTIES.purchaser);

    // Everything that it states has words, and those are the ones of its procedure.
    expect(page).not.toMatch(/其他补充事宜|undefined|\[object|>null<|\d{4}-\d{2}-\d{2}T/);
    expect(unspaced(JSON.stringify(document))).not.toMatch(words.lot === '包' ? /标段/ : /第\d+包|包号|包名称/);
    for (const wanted of [notice.hash, URL_OF_NOTICE]) {
      expect(page).toContain(wanted);
      expect(pages.at(-1)).toContain(wanted);
    }
    expect(readQr(drawnIn(page))).toBe(URL_OF_NOTICE);
  });

  it.each(CASES.filter(({ definition, kind }) => definition.noticeContents[kind]))(
    '$name: $kind states what its articles list',
    ({ definition, kind, notice }) => {
      const shown = textOfHtml(html(notice));
      const asked = definition.noticeContents[kind]?.(definition.words) ?? [];
      expect(asked.length).toBeGreaterThan(0);
      for (const { key, zh } of asked) {
        const values = valuesAt(notice.content, key);
        expect(values.length, `${key} ${zh}`).toBeGreaterThan(0);
        for (const value of values) expect(shown, `${key} ${zh}`).toContain(written(key, value));
      }
    },
  );
});

/** The values of a path through lists, as they are stored. */
function valuesAt(content: unknown, key: string): unknown[] {
  const [, name = '', isList, rest = ''] = /^([^.[]+)(\[\])?\.?(.*)$/.exec(key) ?? [];
  const value = (content as Record<string, unknown>)[name];
  if (isList) return (value as unknown[]).flatMap((each) => valuesAt(each, rest));
  return value === undefined || value === null ? [] : [value].flat();
}

/** As it is written for people; of what has fields of its own the first text. */
function written(key: string, value: unknown): string {
  if (key === 'documentsPriceFen') return '免费';
  if (key === 'consortium') return '不接受联合体';
  if (typeof value === 'number') return key.endsWith('Fen') ? (inWan(value)?.split(' ')[0] ?? '') : String(value);
  if (key === 'documents') return '采购文件.pdf';
  const texts: unknown[] = [value, ...(Object.values(value as object) as unknown[])];
  return unspaced(instantWithWeekday(texts.find((each) => typeof each === 'string') ?? ''));
}

describe('on A4', () => {
  const SHORT: readonly NoticeKind[] = [
    ...(['amendment', 'suspension', 'clarification', 'lot-failed', 'grievance-reply'] as const),
    ...(['contract', 'contract-change', 'termination'] as const),
  ];

  it.each(CASES.filter(({ kind }) => SHORT.includes(kind)))(
    '$name: $kind $index is one page, with how to verify it',
    async ({ notice }) => {
      const bytes = await pdfOf(notice);
      expect(bytes.toString('latin1')).toMatch(/\/MediaBox \[0 0 595\.28 841\.89\]/);
      const pages = await pagesOf(bytes);
      expect(pages).toHaveLength(1);
      for (const told of ['2026年3月27日公告类型', `网址：${URL_OF_NOTICE}`, '第1页，共1页'])
        expect(pages[0]).toContain(told);
    },
  );

  it('who issues it and the day are never apart from how to verify it, however long the text', async () => {
    const counts = new Set<number>();
    for (let length = 4; length <= 40; length += 3) {
      const answerZh = Array.from({ length }, (_, n) => `第${n + 1}项按国家标准执行。`).join('\n');
      const pages = await pagesOf(await pdf(withContent(first('clarification'), { answerZh })));
      counts.add(pages.length);
      expect(pages.at(-1)).toMatch(/代理机构：江西某招标代理有限公司2026年3月27日公告类型/);
    }
    expect([...counts]).toEqual([1, 2]);
  });

  it('what would need another page for some lines is set closer', async () => {
    const pagesWith = async (length: number, spacings?: readonly number[]): Promise<number> => {
      const answerZh = Array.from({ length }, (_, n) => `第${n + 1}项。`).join('\n');
      const document = formOf(withContent(first('clarification'), { answerZh }));
      return (await pagesOf(await formPdf(document, { url: URL_OF_NOTICE, publishedAt: 0 }, spacings))).length;
    };
    const fits = async (spacings?: readonly number[]): Promise<number> => {
      let length = 8;
      while ((await pagesWith(length, spacings)) === 1) length += 1;
      return length - 1;
    };
    expect(await fits()).toBeGreaterThan(await fits([3]));
  });

  it('no heading is the last line of a page, and no table begins without a row', async () => {
    for (const { notice } of CASES.filter(({ kind }) => ['tender', 'opening-record', 'award'].includes(kind))) {
      const pages = await pagesOf(await pdfOf(notice));
      const headings = writtenOf(formOf(notice)).flatMap((each) =>
        each.type === 'heading' && each.value === undefined ? [unspaced(each.text)] : [],
      );
      for (const page of pages.slice(0, -1)) {
        const text = textOf([page]);
        expect(headings.filter((heading) => text.endsWith(heading))).toEqual([]);
      }
    }
  });

  it('long names, long words and characters that the font lacks are there whole', async () => {
    const supplier = `${'江西省某某市某某县建筑工程集团有限责任公司'.repeat(6)}𠮷`;
    const url = `https://www.example.cn/${'a-very-long-path/'.repeat(12)}`;
    const notice = withContent(first('contract'), { supplier, textZh: url });
    const [page, text] = [html(notice), textOf(await pagesOf(await pdf(notice)))];
    expect(page).toContain(supplier);
    expect(text).toContain(url);
    expect(text).toContain(supplier.replace('𠮷', '〔U+20BB7〕'));
    expect(text).toContain('本PDF的字体没有以下字符的字形');
  });

  it('nothing of a long text or a long row is lost; one without end is refused', async () => {
    const clauses = Array.from({ length: 900 }, (_, n) => `第${n + 1}条，双方应当按照约定履行义务。`).join('');
    const pages = await pagesOf(await pdf(withContent(first('contract'), { textZh: clauses })));
    expect(textOf(pages)).toContain(clauses);
    const change = { field: 'x', nameZh: '业绩', before: clauses.slice(0, 900), after: clauses.slice(0, 4000) };
    const table = textOf(await pagesOf(await pdf(withContent(first('correction'), { changes: [change] }))));
    for (const told of [change.before, change.after]) expect(table).toContain(told);
    const endless = withContent(first('contract'), { textZh: '长'.repeat(MOST_CHARACTERS) });
    expect((await refusalOf(pdf(endless))).code).toBe('file-too-large');
  });

  it('a drill is marked on every page', async () => {
    const notice = first('tender', { drill: true });
    const pages = await pagesOf(await pdf(notice));
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(page).toContain('演练DRILL');
    expect(html(notice)).toContain('<div class="drill">演练 DRILL');
    expect(html(first('tender'))).not.toContain('DRILL');
  });
});

describe('the page of a notice', () => {
  it('has no style but the one that its policy allows by hash, and no script', () => {
    const page = html(first('tender'));
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
    const hash = Buffer.from(sha256(style), 'hex').toString('base64');
    expect(PAGE_POLICY.styleSrc).toContain(`'sha256-${hash}'`);
    expect(JSON.stringify(PAGE_POLICY)).not.toContain('unsafe');
    expect(page).not.toMatch(/ style=|<script|<link|@import|url\(/);
    for (const rule of ['@page { size: A4;', 'prefers-color-scheme: dark', '@media (max-width: 40rem)'])
      expect(style).toContain(rule);
  });

  it('hostile text stays text', () => {
    const attack = `</title><script>alert(1)</script>"'><img src=x onerror=alert(1)>`;
    const notice = withContent(first('award'), {
      winner: attack,
      items: [{ name: attack }],
      [attack]: attack,
      words: { ...PROCEDURES.tendering.words, purchaser: attack, lot: attack },
      project: { title: attack, purchaser: attack, lotNo: 1, lotTitle: attack },
    });
    const page = html({ ...notice, titleZh: attack });
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page.match(/<svg/g)).toHaveLength(1);
  });

  it.each(NOTICE_KINDS)('%s: what the form has no words for is shown as it is stored', (kind) => {
    const page = html(withContent(first(kind), { 补充说明: { 甲: '乙' } }));
    expect(page).toMatch(/、其他补充事宜<\/h2>/);
    expect(page).toContain('{&quot;甲&quot;:&quot;乙&quot;}');
  });

  it('of a kind of a later release, what is stored', () => {
    const notice = withContent(first('contract'), { textZh: '新公告' });
    expect(html({ ...notice, kind: 'later' as Notice['kind'] })).toContain('新公告');
  });

  it('of a notice from before particulars were required it names no contacts, and who runs it all the same', () => {
    const [notice] = formNotices('clarification', PROCEDURES.tendering.words, { particulars: {} });
    const { sections, signature } = formOf(notice as Notice);
    expect(sections.at(-1)).toMatchObject({ heading: '联系方式', parts: [{}, {}] });
    expect(signature.issuers).toEqual([
      ['招标人', FORM_PARTIES.purchaser],
      ['代理机构', FORM_PARTIES.agency],
    ]);
  });
});

describe('template 6 is what its notices are rendered with for ever', () => {
  const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden-6.json'), 'utf8')) as object;

  it.each(CASES.filter(({ index }) => index === 0))(
    '$name: $kind: the same bytes as when it was published',
    async ({ name, kind, notice }) => {
      const rendered = { html: sha256(html(notice)), pdf: sha256(await pdf(notice)) };
      expect(golden).toHaveProperty([`${name} ${kind}`], rendered);
    },
  );
});

describe('what is written for people', () => {
  it('sections are numbered as in official documents', () => {
    expect([1, 2, 9, 10, 11, 19, 20, 21, 99].map(numeralOf)).toEqual(
      '一 二 九 十 十一 十九 二十 二十一 九十九'.split(' '),
    );
  });

  it('instants have their weekday', () => {
    expect(instantWithWeekday('2026-04-20T09:00:00+08:00')).toBe('2026年4月20日（星期一）09:00');
    expect(instantWithWeekday('2026-05-10T23:59:59.999+08:00')).toBe('2026年5月10日（星期日）24:00');
    expect(instantWithWeekday('某日')).toBe('某日');
  });

  it('large amounts are in 万元 too', () => {
    expect([0, 999_999, 1_000_000, 1_624_699_149, 100_000_000_000].map(inWan)).toEqual([
      '0.00 元',
      '9,999.99 元',
      '10,000.00 元（1 万元）',
      '16,246,991.49 元（1,624.699149 万元）',
      '1,000,000,000.00 元（100,000 万元）',
    ]);
  });

  it.each([
    [0, '人民币零元整'],
    [5, '人民币伍分'],
    [50, '人民币伍角整'],
    [105, '人民币壹元零伍分'],
    [1_050, '人民币壹拾元伍角整'],
    [100_000_000, '人民币壹佰万元整'],
    [1_624_699_149, '人民币壹仟陆佰贰拾肆万陆仟玖佰玖拾壹元肆角玖分'],
    [1_000_500_00, '人民币壹佰万零伍佰元整'],
    [10_001_00, '人民币壹万零壹元整'],
    [100_100_00, '人民币壹拾万零壹佰元整'],
    [1_000_000_010_00, '人民币壹拾亿零壹拾元整'],
    [123_456_789_012_34, '人民币壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元叁角肆分'],
  ])('%s fen: %s', (fen, capitals) => {
    expect(capitalsOf(fen)).toBe(capitals);
    expect(readAmountFen(capitals)).toBe(fen);
  });

  it('capitals are read back as the same amount', () => {
    for (let n = 1; n <= 2000; n += 1) {
      const fen = (n * 7_919_317 * (n % 13 === 0 ? 10_000 : 1)) % 10_000_000_000_000;
      expect([fen, readAmountFen(capitalsOf(fen))]).toEqual([fen, fen]);
    }
    expect(() => capitalsOf(-1)).toThrow(RangeError);
  });

  it('a title of two lines is broken neither in brackets nor beside a number', () => {
    const wide = (text: string): number => text.length;
    expect(titleLines('工业园区工程（二期）第1标段中标候选人公示', 16, wide)).toBe(
      '工业园区工程（二期）\n第1标段中标候选人公示',
    );
    expect(titleLines('短标题', 16, wide)).toBe('短标题');
    expect(titleLines('没有合适的断点'.repeat(9), 16, wide)).toBe('没有合适的断点'.repeat(9));
  });

  it('columns are as wide as their longest number, and share the rest', () => {
    const wide = (text: string): number => 5 * text.length;
    const [no = 0, price = 0, name = 0] = columnsOf(
      ['序号', '报价', '名称'],
      [['1', '7,800,000.01 元', '某'.repeat(80)]],
      300,
      wide,
    );
    expect(price).toBeGreaterThanOrEqual(wide('7,800,000.01 元'));
    expect(no).toBeGreaterThanOrEqual(wide('序号'));
    expect(Math.round(no + price + name)).toBe(300);
    const many = columnsOf(Array<string>(9).fill('某列'), [Array<string>(9).fill('x'.repeat(90))], 300, wide);
    expect(Math.round(many.reduce((sum, each) => sum + each))).toBe(300);
  });
});
