import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../db/notices.ts';
import { buildNotice } from '../../domain/notices/kinds.ts';
import { ANY_TENDER_WORDS, INQUIRY_WORDS } from '../../domain/procedures/words.ts';
import { instantText, yuanOf } from '../../web/notices/content.ts';
import { PdfDesk } from '../../web/notices/pdf-desk.ts';
import { MOST_CHARACTERS } from '../../web/notices/pdf-text.ts';
import { documentOf } from '../../web/notices/templates.ts';
import { drawnIn, html, pagesOf, pdf, readQr, sha256, URL_OF_NOTICE } from '../setup/checks/rendered.ts';
import { DEPOSIT_CONTENT, KINDS, SEALED_CONTENTS, storedNotice } from '../setup/tenders/notices.ts';
import { refusalOf } from '../setup/tenders/tender.ts';

/** No release before invitations, corrections and notices of suspensions has published one. */
const OPEN_KINDS = KINDS.filter((kind) => !['invitation', 'correction', 'suspension'].includes(kind));

describe('template 1 is what its notices are rendered with for ever', () => {
  const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden-1.json'), 'utf8')) as Record<
    string,
    { html: string; pdf: string }
  >;

  it.each(OPEN_KINDS)('%s: the same bytes as when it was published', async (kind) => {
    const notice = storedNotice(kind);
    const rendered = { html: sha256(html(notice)), pdf: sha256(await pdf(notice)) };
    expect(rendered).toEqual(golden[kind]);
    expect({ html: sha256(html(notice)), pdf: sha256(await pdf(notice)) }).toEqual(rendered);
  });

  it('a notice of a suspension says since when, why, until when there is a reply, and what follows, to the minute (10号令 20)', () => {
    const page = html(storedNotice('suspension'));
    for (const told of [
      '对招标文件的异议尚未答复',
      '2026年4月20日 09:00<',
      '2026年4月9日 10:00<',
      '2026年4月13日 24:00<',
      '招标投标法实施条例第22条',
      '招标人最迟于 2026-04-13 24:00 答复',
    ])
      expect(page).toContain(told);
    expect(page).not.toContain('其他事项');
  });

  it('a notice from before templates were noted is rendered with the first', () => {
    const notice = storedNotice('contract');
    const { template: _template, ...content } = notice.content;
    expect(html({ ...notice, content })).toBe(html(notice));
  });

  it('a template of a later release is not guessed at', () => {
    const notice = storedNotice('contract');
    expect(() => documentOf({ ...notice, content: { ...notice.content, template: 7 } })).toThrow(/template 7/);
  });
});

describe('template 2 is what notices of sealed bids are rendered with for ever', () => {
  const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden-2.json'), 'utf8')) as Record<
    string,
    { html: string; pdf: string }
  >;
  const sealed = (kind: 'tender' | 'opening-record'): Notice => {
    const base = storedNotice(kind);
    return { ...base, content: { ...SEALED_CONTENTS[kind], template: 2 } };
  };

  it.each(['tender', 'opening-record'] as const)('%s: the same bytes as when it was published', async (kind) => {
    const notice = sealed(kind);
    expect({ html: sha256(html(notice)), pdf: sha256(await pdf(notice)) }).toEqual(golden[kind]);
    expect(html(notice)).not.toContain('其他事项');
    expect(html(notice)).not.toMatch(/<th scope="row">[a-z]/);
  });

  it('the record reads out bidder, price, period, quality and deposit (电子招标投标办法 30)', () => {
    const page = html(sealed('opening-record'));
    for (const told of ['赣建一公司', '7,800,000.00', '300 日', '合格', '160,000.00', '保函', '未到账', '视为撤销']) {
      expect(page).toContain(told);
    }
    // 19,000 of 20,000 yuan: neither there nor absent.
    const inPart = sealed('opening-record');
    const deposit = { held: false, amountFen: 1_900_000, form: 'transfer', requiredFen: 2_000_000 };
    const bidders = (inPart.content['bidders'] as object[]).map((bidder) => ({ ...bidder, deposit }));
    expect(html({ ...inPart, content: { ...inPart.content, bidders } })).toContain(
      '部分到账：19,000.00 元（要求 20,000.00 元）',
    );
    for (const told of ['收到举报', '平台断网', '唱标价格有误', '以清单所载为准']) expect(page).toContain(told);
  });

  it.each(KINDS)('%s: of bids that come as they are, as the first template has it', (kind) => {
    const notice = storedNotice(kind);
    expect(html({ ...notice, content: { ...notice.content, template: 2 } })).toBe(html(notice));
  });
});

describe('template 3 is what notices of tenders with deposits are rendered with for ever', () => {
  const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden-3.json'), 'utf8')) as Record<
    string,
    { html: string; pdf: string }
  >;
  const asking = (change: Record<string, unknown> = {}): Notice => ({
    ...storedNotice('tender'),
    content: { ...SEALED_CONTENTS.tender, deposit: { ...DEPOSIT_CONTENT, ...change }, template: 3 },
  });

  it('the same bytes as when it was published', async () => {
    const notice = asking();
    expect({ html: sha256(html(notice)), pdf: sha256(await pdf(notice)) }).toEqual(golden.tender);
    expect(html(notice)).not.toContain('其他事项');
    expect(html(notice)).not.toMatch(/<th scope="row">[a-z]/);
  });

  it('says until when, in which forms, to which account, what follows, and when it goes back by which article', () => {
    const page = html(asking());
    for (const told of [
      '160,000.00 元',
      '2026年4月20日 09:00',
      '转账（非现金）、保函、保证保险',
      '6222000011112222',
      '至少至 2026年7月19日 24:00',
      '其投标无效',
      '收到书面撤回通知后 5 日内退还',
      '招标投标法实施条例第35条',
      '未中标的投标人、中标人',
      '书面合同签订后 5 日内退还',
      '及时退还',
    ]) {
      expect(page).toContain(told);
    }
    const silent = html(asking({ decides: false, account: null, guaranteeUntil: null }));
    for (const told of ['投标无效', '收款账号', '保函（保险）有效期']) expect(silent).not.toContain(told);
    // Who takes no transfer names no account.
    expect(html(asking({ forms: ['guarantee'] }))).not.toMatch(/收款|附言/);
  });

  it.each(KINDS)('%s: without deposits, as the second template has it', (kind) => {
    const notice = storedNotice(kind);
    const by = (template: number): string => html({ ...notice, content: { ...notice.content, template } });
    expect(by(3)).toBe(by(2));
  });
});

describe('template 4 is what notices in the words of another procedure are rendered with for ever', () => {
  const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden-4.json'), 'utf8')) as Record<
    string,
    { html: string; pdf: string }
  >;
  const worded = (kind: Notice['kind'], words: object): Notice => {
    const base = storedNotice(kind);
    const call = kind === 'invitation' ? 'tender' : kind;
    const sealed = call === 'tender' || call === 'opening-record' ? SEALED_CONTENTS[call] : {};
    const deposit = call === 'tender' ? { deposit: DEPOSIT_CONTENT } : {};
    return { ...base, content: { ...base.content, ...sealed, ...deposit, words, template: 4 } };
  };

  it.each(KINDS)('%s: the same bytes as when it was published', async (kind) => {
    const notice = worded(kind, INQUIRY_WORDS);
    expect({ html: sha256(html(notice)), pdf: sha256(await pdf(notice)) }).toEqual(golden[kind]);
    expect(html(notice)).not.toContain('其他事项');
  });

  it.each(KINDS)('%s: in the words of any tender, as the third template has it', (kind) => {
    const notice = worded(kind, ANY_TENDER_WORDS);
    const { words: _words, ...content } = notice.content;
    expect(html(notice)).toBe(html({ ...notice, content: { ...content, template: 3 } }));
  });
});

describe('template 5 is what the record of an opening of unsealed bids is rendered with, once somebody objected', () => {
  const objection = { textZh: '唱标顺序有误', filedAt: 1_777_251_900_000, answerZh: null, answeredAt: null, lotNo: 1 };
  const bid = {
    ...{ bidId: 'one', supplier: '赣建一公司', sha256: 'a1'.repeat(32), size: 2_345_678 },
    receivedAt: 1_776_988_800_123,
  };
  /** As it was stored, without what later templates name. */
  const built = (sealed: boolean, objections: readonly (typeof objection)[]) => {
    const project = { particulars: null, parties: { purchaser: '某单位', agency: null }, lotTitle: null };
    const { content } = buildNotice(
      'opening-record',
      { title: '某项目', lotNo: 1, words: ANY_TENDER_WORDS, project },
      {
        openedAt: 1_777_251_600_000,
        sealed,
        bids: [bid],
        incidents: { custodians: [], pauses: [], outages: [], faults: [], objections },
        heading: null,
      },
    );
    return Object.fromEntries(Object.entries(content).filter(([key]) => key !== 'project' && key !== 'words'));
  };
  const page = (content: Readonly<Record<string, unknown>>, template = 5) =>
    html({ ...storedNotice('opening-record'), content: { ...content, template } });

  it('says that they were not sealed, and calls none of them unopened', () => {
    const content = built(false, [objection]);
    const shown = page(content);
    expect(shown).toContain('未经平台密封');
    expect(shown).not.toContain('未开启');
    expect(shown).not.toContain('唱标</h2>');
    for (const told of ['赣建一公司', 'a1'.repeat(32), '唱标顺序有误']) expect(shown).toContain(told);
    expect(shown).not.toContain('其他事项');
    // What is published stays as it was.
    const before = Object.fromEntries(Object.entries(content).filter(([key]) => key !== 'sealed'));
    expect(page(before, 3)).toContain('未开启的');
  });

  it('the same bytes as when it was published', async () => {
    const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden-5.json'), 'utf8')) as object;
    const content = { ...built(false, [objection]), template: 5 };
    const notice = { ...storedNotice('opening-record'), content };
    expect({ html: sha256(html(notice)), pdf: sha256(await pdf(notice)) }).toEqual(golden);
  });

  it('in the words of its own procedure', () => {
    const content = { ...built(false, [objection]), words: INQUIRY_WORDS };
    expect(page(content)).toContain(`${INQUIRY_WORDS.bid}未经平台密封`);
  });
});

describe('the page and the PDF', () => {
  it.each(KINDS)('%s: hold title, hash and address, and the code leads to the page', async (kind) => {
    const notice = storedNotice(kind);
    const page = html(notice);
    const text = (await pagesOf(await pdf(notice))).join('');
    for (const wanted of [notice.titleZh, notice.hash, URL_OF_NOTICE]) {
      expect(page).toContain(wanted);
      expect(text).toContain(wanted);
    }
    expect(readQr(drawnIn(page))).toBe(URL_OF_NOTICE);
  });

  it.each(KINDS)('%s: what the templates have no words for is shown as it is stored', async (kind) => {
    expect(html(storedNotice(kind))).not.toContain('其他事项');
    expect(html(storedNotice(kind))).not.toMatch(/<th scope="row">[a-z]/);
    const notice = storedNotice(kind);
    const page = html({ ...notice, content: { ...notice.content, 补充说明: { 甲: '乙' } } });
    expect(page).toContain('其他事项');
    expect(page).toContain('{&quot;甲&quot;:&quot;乙&quot;}');
  });

  it.each([
    ['comprehensive', '综合评估法（综合评分法）'],
    ['lowest-evaluated', '经评审的最低投标价法（最低评标价法）'],
    ['lowest-price', '最低价成交'],
  ])('the method of evaluation is told in words: %s', (evaluationMethod, words) => {
    const notice = storedNotice('tender');
    const page = html({ ...notice, content: { ...notice.content, evaluationMethod } });
    expect(page).toMatch(new RegExp(`<th scope="row">[^<]*方法</th><td>${words}</td>`));
    expect(page).not.toMatch(/其他事项|evaluationMethod/);
  });

  it('a kind of a later release is shown as it is stored', () => {
    const page = html(storedNotice('contract', { kind: 'later' as Notice['kind'], content: { textZh: '新公告' } }));
    expect(page).toContain('新公告');
  });

  it('a drill is marked on every page, and only a drill', async () => {
    const notice = storedNotice('tender', { drill: true });
    const pages = await pagesOf(await pdf(notice));
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(page).toContain('演练DRILL');
    expect(html(notice)).toContain('<div class="drill">演练 DRILL');
    expect(html(storedNotice('tender'))).not.toContain('DRILL');
    expect((await pagesOf(await pdf(storedNotice('tender')))).join('')).not.toContain('DRILL');
  });

  it('hostile text stays text', () => {
    const attack = `</title><script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;`;
    const base = storedNotice('award');
    const page = html({
      ...base,
      titleZh: attack,
      content: { ...base.content, winner: attack, items: [{ name: attack }], [attack]: attack },
    });
    expect(page).not.toMatch(/<script|<img|onerror=alert\(1\)>&amp;</);
    expect(page).toContain('&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img');
    expect(page.match(/<svg/g)).toHaveLength(1);
  });

  it('a character that the font lacks is told by its code, never left blank', async () => {
    const notice = storedNotice('award');
    const rare = { ...notice, content: { ...notice.content, winner: '𠮷野家镕喆䶮有限公司😀' } };
    const text = (await pagesOf(await pdf(rare))).join('');
    expect(text).toContain('〔U+20BB7〕野家镕喆䶮有限公司〔U+1F600〕');
    expect(text).toContain('本PDF的字体没有以下字符的字形');
    expect(html(rare)).toContain('𠮷野家镕喆䶮有限公司😀');
  });

  it('nothing of a long text is lost', async () => {
    const clauses = Array.from({ length: 900 }, (_, n) => `第${n + 1}条，双方应当按照约定履行义务。`);
    const notice = storedNotice('contract');
    const long = { ...notice, content: { ...notice.content, textZh: clauses.join('') } };
    const pages = await pagesOf(await pdf(long));
    const text = pages.map((page) => page.replace(/[0-9a-f]{64}第\d+页，共\d+页$/, '')).join('');
    expect(text).toContain(clauses.join(''));
  });

  it('a notice without end is refused as a PDF', async () => {
    const notice = storedNotice('contract');
    const endless = { ...notice, content: { ...notice.content, textZh: '长'.repeat(MOST_CHARACTERS) } };
    expect((await refusalOf(pdf(endless))).code).toBe('file-too-large');
  });

  it('amounts and instants are written as people write them', () => {
    expect([yuanOf(0), yuanOf(5), yuanOf(1_624_699_149), yuanOf(100_000_000), yuanOf('x')]).toEqual([
      '0.00 元',
      '0.05 元',
      '16,246,991.49 元',
      '1,000,000.00 元',
      null,
    ]);
    expect(instantText('2026-04-20T09:00:00+08:00')).toBe('2026年4月20日 09:00');
    expect(instantText('2026-05-06T23:59:59.999+08:00')).toBe('2026年5月6日 24:00');
    expect(instantText('2026-05-06T23:59:58+08:00')).toBe('2026年5月6日 23:59:58');
    expect(instantText('某日')).toBe('某日');
  });
});

describe('PDFs are made one at a time', () => {
  it('each once, and are kept', async () => {
    const desk = new PdfDesk();
    let [running, most, made] = [0, 0, 0];
    const make = async () => {
      made += 1;
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return Buffer.from('pdf');
    };
    await Promise.all(['a', 'b', 'a', 'c', 'a'].map((key) => desk.get(key, make)));
    await desk.get('a', make);
    expect([made, most]).toEqual([3, 1]);
  });

  it('one that fails is no obstacle to the next, and is tried again when asked for', async () => {
    const desk = new PdfDesk();
    await expect(desk.get('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(String(await desk.get('a', async () => Buffer.from('mended')))).toBe('mended');
  });

  it('who comes when too many wait is told to come again', async () => {
    const desk = new PdfDesk();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const waiting = Array.from({ length: 20 }, (_, n) =>
      desk.get(`${n}`, async () => (await held, Buffer.from('pdf'))),
    );
    const refused = await refusalOf(desk.get('one more', async () => Buffer.from('pdf')));
    expect([refused.code, refused.details]).toEqual(['too-many-requests', { retryAfterSeconds: 5 }]);
    release();
    await Promise.all(waiting);
  });
});
