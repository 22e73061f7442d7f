import { expect, it } from 'vitest';
import { startTestApi } from '../setup/api.ts';
import { peopleOf, played } from '../setup/tenders/played.ts';
import { handClock } from '../setup/tenders/tender.ts';

// @rule ann-correction-request
it('what was published by mistake is put right: its page and the correction’s lead to each other, its bytes stay', async () => {
  const clock = handClock('2026-03-01');
  await using api = await startTestApi({ database: { machineClock: clock.read } });
  const purchaser = await api.member('purchaser');
  const suppliers = [await api.member('supplier'), await api.member('supplier'), await api.member('supplier')];
  const who = await peopleOf(api, purchaser, suppliers);
  const { id: tender } = await played(api.db, clock, who, 'tendering', 'publicity');
  const listed = await api.call('GET', `/api/notices?procurementId=${tender}&kind=candidates`);
  const id = String(listed.get('items.0.id'));
  const path = `/api/notices/${id}/corrections`;
  const json = {
    changes: [{ field: 'candidates[0].leadCertificate', after: '赣236000000099' }],
    reasonZh: '证书编号 <录入> 有误',
  };
  const before = {
    notice: await api.call('GET', `/api/notices/${id}`),
    page: await api.call('GET', `/notices/${id}`),
    pdf: await api.call('GET', `/notices/${id}.pdf`),
  };
  expect(before.notice.get('correctedBy')).toEqual([]);

  // Who does not run the tender does not correct its notices; nor does the centre.
  expect((await api.call('POST', path, { json })).status).toBe(401);
  for (const role of ['supplier', 'centre', 'supervisor', 'purchaser', 'agency'] as const) {
    const other = await api.member(role);
    const refused = await other.call('POST', path, { json });
    const reason = role === 'purchaser' || role === 'agency' ? 'scope' : 'role';
    expect([role, refused.status, refused.get('details.reason')]).toEqual([role, 403, reason]);
  }
  const nowhere = await purchaser.call('POST', '/api/notices/0198c0de-0000-7000-8000-00000000dead/corrections', {
    json,
  });
  expect(nowhere.status).toBe(404);
  const unlawful = await purchaser.call('POST', path, {
    json: { ...json, changes: [{ field: 'candidates[0].priceFen', after: 1 }] },
  });
  expect([unlawful.status, unlawful.get('code'), unlawful.get('details.article')]).toEqual([422, 'unlawful', '16']);
  for (const wrong of [{ reasonZh: ' ' }, { changes: [] }, { changes: [{ field: 'x'.repeat(300), after: '' }] }]) {
    expect((await purchaser.call('POST', path, { json: { ...json, ...wrong } })).status, JSON.stringify(wrong)).toBe(
      422,
    );
  }

  const done = await purchaser.call('POST', path, { json });
  expect([done.status, done.get('kind'), done.get('lotNo')]).toEqual([200, 'correct', 1]);
  const correctionId = String(done.get('noticeId'));
  const second = await purchaser.call('POST', `/api/notices/${correctionId}/corrections`, {
    json: { textZh: '另行补充。', reasonZh: '遗漏' },
  });
  const secondId = String(second.get('noticeId'));

  const old = await api.call('GET', `/api/notices/${id}`);
  expect(old.get('correctedBy')).toMatchObject([{ id: correctionId, kind: 'correction' }, { id: secondId }]);
  const { correctedBy: _by, ...kept } = old.body as Record<string, unknown>;
  expect(before.notice.body).toMatchObject(kept);
  const board = await api.call('GET', `/api/notices?procurementId=${tender}&kind=correction`);
  expect(board.get('items')).toMatchObject([
    { id: secondId, corrects: correctionId, correctedBy: [] },
    { id: correctionId, corrects: id, correctedBy: [{ id: secondId }] },
  ]);

  const page = await api.call('GET', `/notices/${id}`, {
    headers: { 'if-none-match': String(before.page.headers.get('etag')) },
  });
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'public, no-cache']);
  for (const next of [correctionId, secondId]) expect(page.text).toContain(`href="/notices/${next}"`);
  // Beside these links it is what it was.
  expect(page.text.replace(/<p role="note">.*<\/p>\n/, '')).toBe(before.page.text);
  const pdf = await api.call('GET', `/notices/${id}.pdf`);
  expect([pdf.text === before.pdf.text, pdf.headers.get('etag')]).toEqual([true, before.pdf.headers.get('etag')]);
  const correction = await api.call('GET', `/notices/${correctionId}`);
  for (const told of [
    `href="/notices/${id}"`,
    `href="/notices/${secondId}"`,
    '更正公告',
    '赣236000000099',
    '&lt;录入&gt;',
  ]) {
    expect(correction.text).toContain(told);
  }
  expect(correction.text).not.toMatch(/其他补充事宜|<dt>[a-z]/);
});
