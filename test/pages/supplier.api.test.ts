import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertDocument } from '../../db/documents.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { creditCodeFrom } from '../setup/credit-code.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');
const BOND = 20_000_00;

let now = parseInstant('2026-03-05T10:00:00+08:00');
let api: TestApi;
let tender: string;
let member: Member;
let supplier: Visitor;
let rival: Visitor;
beforeAll(async () => {
  api = await startTestApi({
    database: { machineClock: () => now },
    settings: { depositAccount: { holder: '公共资源交易中心', bank: '某银行', number: '6222000011112222' } },
  });
  const purchaser = await api.member('purchaser');
  const lots = [{ no: 1, title: '施工', budgetFen: 1_000_000_00, bidBondFen: BOND }];
  const draft = draftOf({ purchaserId: purchaser.organisationId }, { bidDeadline: DEADLINE, lots });
  tender = await tenderAt(api.db, 'bidding', draft);
  member = await api.member('supplier', '江城建设有限公司');
  supplier = await visitor(api, member);
  rival = await visitor(api, await api.member('supplier', '另一家公司'));
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const act = (path: string): string => `/console/do/post/procurements/${tender}${path}`;

describe('a supplier registers itself', () => {
  const register = (typed: Readonly<Record<string, string>>, path = '/register'): Promise<Answered> =>
    api.call('POST', path, {
      ...{ key: null, body: new URLSearchParams(typed).toString() },
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://tender.test' },
    });
  const typed = { name: '新来的公司', creditCode: creditCodeFrom(90_001), contact: '张三', telephone: '027-12345678' };

  it('keeps what was typed and says beside each field what is wrong', async () => {
    expect((await api.call('GET', '/register')).text).toContain('name="creditCode"');
    const wrong = await register({ ...typed, creditCode: '123' });
    expect([wrong.status, wrong.headers.get('cache-control')]).toEqual([422, 'no-store']);
    expect(wrong.text).toContain('value="新来的公司"');
    expect(wrong.text).toMatch(/aria-invalid="true"[^>]*/);
    expect(wrong.text).toMatch(/id="f-creditCode-error"/);
  });

  it('is shown the link once, in either language, and it leads to the page where the password is set', async () => {
    const received = await register(typed, '/en/register');
    expect([received.status, textOf(received)]).toEqual([200, expect.stringContaining('shown only this once')]);
    const [, link] = /href="http:\/\/tender\.test(\/invitation#[^"]+)"/.exec(received.text) ?? [];
    expect(link).toBeDefined();
    const token = String(link).split('#')[1];
    const seen = await api.call('POST', '/api/invitations/read', { key: null, json: { token } });
    expect(seen.get('registration.name')).toBe('新来的公司');
  });
});

describe('a tender as a bidder sees it', () => {
  it('leads to the documents, and each is obtained by its link', async () => {
    const { sha256, size } = await api.db.blobs.store(Readable.from([Buffer.from('the documents')]), 1_000);
    await api.db.transaction((tx) =>
      insertDocument(tx, {
        ...{ id: newId(), procurementId: tender, kind: 'tender-documents', name: '招标文件.pdf' },
        ...{ mediaType: 'application/pdf', sha256, size, uploadedBy: member.organisationId, uploadedAt: tx.now },
      }),
    );
    const page = await supplier.get(`/console/tenders/${tender}`);
    const [link] =
      new RegExp(`/console/read/procurements/${tender}/documents/[0-9a-f-]{36}/content[^"]*`).exec(page.text) ?? [];
    const file = await supplier.get(String(link).replaceAll('&amp;', '&'));
    expect([file.status, file.text]).toEqual([200, 'the documents']);
    expect(file.headers.get('cache-control')).toBe('no-store');
    expect(textOf(await supplier.get('/console'))).toContain('江城建设有限公司');
  });

  it('leads to the sealing of a bid, with the tender filled in, and to questions that name nobody', async () => {
    const page = await supplier.get(`/console/tenders/${tender}`);
    expect(page.text).toContain(`href="/seal?tender=${tender}"`);
    const asked = await supplier.submit(act('/questions'), { textZh: '工期怎么计算？<b>' });
    expect(asked.status).toBe(200);
    expect(textOf(await supplier.get(`/console/tenders/${tender}`))).toContain('本单位提出 工期怎么计算？');
    expect((await supplier.get(`/console/tenders/${tender}`)).text).not.toContain('计算？<b>');
    expect(textOf(await rival.get(`/console/tenders/${tender}`))).not.toContain('工期怎么计算');
  });

  it('shows the deposit that is due, what to quote, and takes a guarantee by its form', async () => {
    const page = textOf(await supplier.get(`/console/tenders/${tender}`));
    expect(page).toContain('20,000 元');
    expect(page).toMatch(/汇款附言 \S+ 须原样填写/);
    const typed = {
      form: 'guarantee',
      transactionId: 'BH-2026-1',
      issuer: '某担保公司',
      amountFen: '2万',
      validUntil: '2026-12-31',
    };
    const given = await supplier.submit(act('/lots/1/deposit/guarantee'), typed);
    expect([given.status, textOf(given)]).toEqual([200, expect.stringContaining('已办理')]);
    expect(textOf(await supplier.get('/console/deposits'))).toMatch(/某区中学教学楼工程.*20,000 元/);
    // Who only looked is on record for nothing, until it asks for the reference.
    expect(textOf(await rival.get(`/console/tenders/${tender}`))).toContain('取得收款账户和汇款附言');
    expect(textOf(await rival.get('/console/deposits'))).toContain('都没有要求投标保证金');
    expect(textOf(await rival.get(`/console/deposits?tender=${tender}`))).toMatch(/汇款附言 \S+ 须原样填写/);
  });

  it('shows own bids with their receipts, and withdraws one by the password', async () => {
    const path = `/api/procurements/${tender}/lots/1/bids`;
    const bid = await member.call('POST', path, { body: randomBytes(500) });
    const bidId = String(bid.get('bidId'));
    const list = await supplier.get('/en/console/bids');
    expect(textOf(list)).toContain('standing');
    const pdf = await supplier.get(`/console/read/receipts/${bidId}/receipt.pdf`);
    expect([pdf.status, pdf.headers.get('content-type'), pdf.text.slice(0, 5)]).toEqual([
      200,
      'application/pdf',
      '%PDF-',
    ]);
    expect((await rival.get(`/console/read/receipts/${bidId}/receipt.pdf`)).status).toBe(404);
    expect(textOf(await rival.get('/console/bids'))).toContain('还没有递交过');
    const wrong = await supplier.submit(act('/lots/1/bids/withdraw'), { password: 'not the password' });
    expect([wrong.status, wrong.text.includes('not the password')]).toEqual([401, false]);
    const withdrawn = await supplier.submit(act('/lots/1/bids/withdraw'), { password: member.password });
    expect(withdrawn.status).toBe(200);
    expect(textOf(await supplier.get('/console/bids'))).toContain('已撤回');
  });

  it('is told of the withdrawal among its notifications, and marks them as read', async () => {
    const page = '/console/notifications';
    expect((await supplier.get(page)).text).toContain('action="/console/notifications/read"');
    const marked = await supplier.submit('/console/notifications/read', {}, { from: page });
    expect([marked.status, marked.headers.get('location')]).toEqual([303, page]);
    expect((await supplier.get(page)).text).not.toContain('action="/console/notifications/read"');
  });

  it('shows own objections with their clocks, over all tenders', async () => {
    const filed = await supplier.submit(act('/grievances'), {
      ...{ target: 'documents', lotNo: '0', textZh: '资格条件不合理。' },
    });
    expect([filed.status, textOf(filed)]).toEqual([200, expect.stringContaining('已办理')]);
    for (const path of [`/console/tenders/${tender}`, '/console/grievances'])
      expect(textOf(await supplier.get(path))).toMatch(
        /异议 对采购文件 · 整个项目 待答复 资格条件不合理。.*答复期限.*还有/,
      );
    expect(textOf(await rival.get('/console/grievances'))).not.toContain('资格条件');
  });

  it('lists the procurements that it takes part in, and nobody else’s', async () => {
    const own = await member.call('GET', '/api/bidder/procurements');
    expect(own.get('items')).toMatchObject([{ id: tender, stage: 'bidding' }]);
    const stranger = await api.member('supplier');
    expect((await stranger.call('GET', '/api/bidder/procurements')).get('items')).toEqual([]);
    now += 1;
  });
});
