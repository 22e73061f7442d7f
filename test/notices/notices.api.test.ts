import { describe, expect, it } from 'vitest';
import { UNATTENDED } from '../../db/audit.ts';
import { procurements } from '../../db/schema/sqlite.ts';
import type { Notice } from '../../db/notices.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { RULEBOOK_VERSION } from '../../domain/law/rulebook.ts';
import { startTestApi, type TestApi } from '../setup/api.ts';
import { storedNotice } from '../setup/tenders/notices.ts';
import { candidateTold, PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import { peopleOf, played } from '../setup/tenders/played.ts';
import { addFile, addTenderDocument, handClock, people, publish, reportOn } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

const atNow = { machineClock: () => parseInstant('2026-03-05T10:00:00+08:00') };

const published = async (api: TestApi, kind: Notice['kind'] = 'contract'): Promise<Notice> => {
  const { template: _template, ...content } = storedNotice(kind).content;
  const { purchaser } = await people(api.db, 0);
  const procurementId = await tenderAt(api.db, 'draft', draftOf({ purchaserId: purchaser.id }));
  return publish(api.db, UNATTENDED, { procurementId, lotNo: 1, kind, titleZh: '某项目合同公告', content });
};

const draftBody = (change: object = {}) => ({
  title: '某区中学教学楼工程',
  regime: 'tendering',
  kind: 'works',
  budgetFen: 100_000_000,
  contentZh: '教学楼一栋。',
  noticeAt: '2026-03-06T09:00:00+08:00',
  bidDeadline: '2026-04-01T09:30:00+08:00',
  bidValidityDays: 90,
  lots: [{ no: 1, title: '施工', budgetFen: 100_000_000 }],
  ...change,
});

describe('the page of a notice', () => {
  it('anybody reads it, without a script, and its PDF', async () => {
    await using api = await startTestApi();
    const { id, hash } = await published(api);
    const { links } = (await api.call('GET', `/api/notices/${id}`)).body as { links: { html: string; pdf: string } };
    expect(links).toEqual({ html: `/notices/${id}`, pdf: `/notices/${id}.pdf` });

    const page = await api.call('GET', links.html);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('<html lang="zh-CN">');
    expect(page.text).toContain(hash);
    expect(page.text).toContain(`http://tender.test/notices/${id}`);
    expect(page.text).not.toContain('<script');
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none';style-src(?: 'sha256-[^']+'){2};base-uri 'none';form-action 'none';frame-ancestors 'none'$/,
    );
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');

    const pdf = await api.call('GET', links.pdf);
    expect([pdf.status, pdf.headers.get('content-type'), pdf.text.slice(0, 8)]).toEqual([
      200,
      'application/pdf',
      '%PDF-1.7',
    ]);
    expect(pdf.headers.get('content-disposition')).toBe(`inline; filename="${id}.pdf"`);
    expect((await api.call('GET', links.pdf)).text).toBe(pdf.text);
    const part = await api.call('GET', links.pdf, {
      headers: { range: 'bytes=0-7', 'if-range': String(pdf.headers.get('etag')) },
    });
    expect([part.status, part.text, part.headers.get('content-length')]).toEqual([206, '%PDF-1.7', '8']);
    expect(part.headers.get('content-range')).toMatch(/^bytes 0-7\/\d+$/);
  });

  it('never changes, so it is not sent twice; its PDF is kept for ever, its page asks whether it was corrected', async () => {
    await using api = await startTestApi();
    const { id } = await published(api);
    const tags = new Set<string>();
    for (const [path, kept] of [
      [`/notices/${id}`, 'public, no-cache'],
      [`/notices/${id}.pdf`, 'public, max-age=31536000, immutable'],
    ] as const) {
      const first = await api.call('GET', path);
      expect(first.headers.get('cache-control')).toBe(kept);
      const tag = String(first.headers.get('etag'));
      tags.add(tag);
      const again = await api.call('GET', path, { headers: { 'if-none-match': tag } });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
      const head = await api.call('HEAD', path);
      expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', tag]);
    }
    expect(tags.size).toBe(2);
  });

  it('that is not there says so in both languages', async () => {
    await using api = await startTestApi();
    for (const file of [
      '0198c0de-0000-7000-8000-00000000dead',
      'x',
      '0198c0de-0000-7000-8000-00000000dead.pdf',
      '%3Cb%3E',
    ]) {
      const page = await api.call('GET', `/notices/${file}`);
      expect([page.status, page.headers.get('cache-control'), page.headers.get('etag')]).toEqual([
        404,
        'no-store',
        null,
      ]);
      expect(page.text).toContain('未找到公告');
      expect(page.text).toContain('Not found');
    }
    expect((await api.call('POST', '/notices/x')).status).toBe(405);
  });

  it('has the address that people use, and counts against their limit like everything else', async () => {
    await using api = await startTestApi({
      settings: { publicUrl: 'https://tender.example.cn/', rateLimit: { perMinute: 2, signInPerMinute: 2 } },
    });
    const { id } = await published(api);
    const page = await api.call('GET', `/notices/${id}`);
    expect(page.text).toContain(`https://tender.example.cn/notices/${id}<`);
    expect(page.headers.get('strict-transport-security')).toContain('max-age');
    await api.call('GET', `/notices/${id}.pdf`);
    const refused = await api.call('GET', `/notices/${id}`);
    expect([refused.status, refused.get('code'), refused.headers.get('etag')]).toEqual([
      429,
      'too-many-requests',
      null,
    ]);
    expect((await api.call('GET', '/metrics')).text).toContain('/notices/:file');
  });
});

describe('what a notice must hold', () => {
  it('is told with everything else that is wrong, before anything is saved, at the check and at the launch', async () => {
    await using api = await startTestApi({ database: atNow });
    const purchaser = await api.member('purchaser');
    const fieldsOf = (body: unknown) =>
      (body as { violations: { field: string; severity: string }[] }).violations
        .filter(({ severity }) => severity === 'block')
        .map(({ field }) => field);
    // 招标投标法 16, 30号令 14, and 10号令 5 and 6.
    const wanted = [
      ...['purchaserAddress', 'purchaserContact', 'purchaserTelephone', 'nature', 'scope', 'scale', 'quantity'],
      ...['fundingSource', 'place', 'period', 'qualifications', 'consortium', 'documentsMethod', 'documentsPlace'],
      ...['documentsPriceFen', 'submissionMethod', 'platform', 'objectionChannel'],
    ].map((key) => `particulars.${key}`);

    const dry = await purchaser.call('POST', '/api/procurements/check', { json: draftBody() });
    expect([dry.status, dry.get('lawful')]).toEqual([200, false]);
    expect(fieldsOf(dry.body)).toEqual(wanted);

    const saved = await purchaser.call('POST', '/api/procurements', { json: draftBody() });
    expect([saved.status, saved.get('particulars')]).toEqual([201, {}]);
    const id = String(saved.get('id'));
    await addTenderDocument(api.db, UNATTENDED, id);
    expect(fieldsOf((await purchaser.call('GET', `/api/procurements/${id}/check`)).body)).toEqual(wanted);
    const refused = await purchaser.call('POST', `/api/procurements/${id}/launch`);
    expect([refused.status, refused.get('code')]).toEqual([422, 'unlawful']);
    expect(fieldsOf(refused.body)).toEqual(wanted);
    expect(refused.get('violations.0')).toMatchObject({
      law: '招标投标法',
      article: '16',
      rule: 'works-notice-fields-law',
    });

    const json = draftBody({ particulars: PARTICULARS_TOLD });
    const mended = await purchaser.call('PUT', `/api/procurements/${id}`, {
      json,
      headers: { 'if-match': String(saved.headers.get('etag')) },
    });
    expect([mended.status, mended.get('particulars')]).toEqual([200, PARTICULARS_TOLD]);
    expect((await purchaser.call('POST', `/api/procurements/${id}/launch`)).status).toBe(200);
  });

  it('10号令 refuses a launch without what its article 5 lists', async () => {
    await using api = await startTestApi({ database: atNow });
    const purchaser = await api.member('purchaser');
    const { platform: _left, ceilingPriceFen: _none, ...particulars } = PARTICULARS_TOLD;
    const dry = await purchaser.call('POST', '/api/procurements/check', { json: draftBody({ particulars }) });
    expect(dry.get('violations')).toMatchObject([
      { field: 'particulars.platform', rule: 'ann-tender-fields', severity: 'block', status: 'VERIFIED' },
    ]);
  });

  it('a field that there is not, and one that is no text, are bad input', async () => {
    await using api = await startTestApi({ database: atNow });
    const purchaser = await api.member('purchaser');
    const json = draftBody({
      particulars: { adress: '笔误', place: ' ', documentsPriceFen: '免费', consortium: 'maybe' },
    });
    const refused = await purchaser.call('POST', '/api/procurements', { json });
    expect(refused.status).toBe(422);
    expect((refused.get('issues') as { field: string }[]).map(({ field }) => field).sort()).toEqual([
      'particulars.adress',
      'particulars.consortium',
      'particulars.documentsPriceFen',
      'particulars.place',
    ]);
  });

  it('a report is refused where the publicity of its candidates would lack something; of a tender from before 10号令 was read it hears', async () => {
    for (const [version, status] of [
      ['2026.3', 200],
      [RULEBOOK_VERSION, 422],
    ] as const) {
      const clock = handClock('2026-03-01');
      await using api = await startTestApi({ database: { machineClock: clock.read } });
      const purchaser = await api.member('purchaser');
      const suppliers = [await api.member('supplier'), await api.member('supplier'), await api.member('supplier')];
      const who = await peopleOf(api, purchaser, suppliers);
      const { id, bids } = await played(api.db, clock, who, 'tendering', 'evaluation');
      await api.db.transaction(async (tx) => {
        await tx.q.update(procurements).set({ rulebookVersion: version });
      });
      clock.set('2026-04-21T10:00+08:00');
      const { projectLead: _left, ...candidate } = candidateTold();
      const answer = await purchaser.call('POST', `/api/procurements/${id}/lots/1/report`, {
        json: {
          ...reportOn(bids, 0, { documentId: await addFile(api.db, id, 'report') }),
          others: bids.slice(1).map(({ id: bidId }) => ({ bidId, priceFen: 380_000_000, score: 80 })),
          evaluationEndedAt: '2026-04-20T17:00:00+08:00',
          candidates: [{ ...candidate, bidId: bids[0]?.id, rank: 1, priceFen: 380_000_000, score: 90 }],
        },
      });
      expect(answer.status).toBe(status);
      expect(answer.get(status === 200 ? 'warnings' : 'violations')).toMatchObject([
        { field: 'candidates[0].projectLead', rule: 'ann-candidate-fields', article: '6' },
      ]);
    }
  });
});
