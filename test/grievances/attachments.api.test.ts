import { expect, it } from 'vitest';
import { organisationById } from '../../db/organisations.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { startTestApi } from '../setup/api.ts';
import { peopleOf } from '../setup/tenders/played.ts';
import { handClock, obtainDocuments, publishedTender } from '../setup/tenders/tender.ts';

// Who has obtained the documents is confidential (招标投标法 22), and an objection to them tells it.
it('before the opening what comes with an objection does not tell whose it is: no text, no file name, no authorisation', async () => {
  const clock = handClock('2026-02-01');
  await using api = await startTestApi({ database: { machineClock: clock.read } });
  const purchaser = await api.member('purchaser');
  const supplier = await api.member('supplier');
  const who = await peopleOf(api, purchaser, [supplier]);
  const { id } = await publishedTender(api.db, clock, who, 'tendering');
  clock.set('2026-04-08T10:00+08:00');
  await obtainDocuments(api.db, who, 0, id);
  const { name } = await organisationById(api.db.read, supplier.organisationId);
  const { id: grievanceId } = await api.db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(0), {
      ...{ procurementId: id, lotNo: 0, target: 'documents', textZh: `${name}认为参数有误` },
      organisationId: supplier.organisationId,
      letter: { matters: [{ matterZh: `${name}：第4.2条` }], requestZh: `请答复 ${name}`, telephone: '0796-8881234' },
    }),
  );
  const path = `/api/grievances/${grievanceId}/attachments`;
  for (const [fileName, kind] of [
    ['江城建工-证明.pdf', 'evidence'],
    ['江城建工-授权委托书.pdf', 'authorisation'],
  ] as const) {
    const sent = await supplier.call('POST', `${path}?name=${encodeURIComponent(fileName)}&kind=${kind}`, {
      body: Buffer.from(`%PDF-1.7 ${kind}`),
      headers: { 'content-type': 'application/pdf' },
    });
    expect(sent.status).toBe(201);
  }
  const listed = (answer: { get: (path: string) => unknown }) => answer.get('items.0.attachments');
  const own = await supplier.call('GET', `/api/procurements/${id}/grievances`);
  const attached = listed(own) as { documentId: string; name: string; kind: string }[];
  expect(attached.map(({ name }) => name)).toEqual(['江城建工-证明.pdf', '江城建工-授权委托书.pdf']);

  const shown = await purchaser.call('GET', `/api/procurements/${id}/grievances`);
  expect(listed(shown)).toMatchObject([{ kind: 'evidence', name: '附件.pdf' }]);
  expect(JSON.stringify(shown.body)).not.toContain('江城建工');
  expect(JSON.stringify(shown.body)).not.toContain(name);
  expect(shown.get('items.0.textZh')).toBe('（略）认为参数有误');
  const [evidence, authorisation] = attached.map(({ documentId }) => `${path}/${documentId}`);
  const file = await purchaser.call('GET', String(evidence));
  expect(file.status).toBe(200);
  expect(decodeURIComponent(String(file.headers.get('content-disposition')))).toContain('附件.pdf');
  expect((await purchaser.call('GET', String(authorisation))).status).toBe(404);
  expect((await supplier.call('GET', String(authorisation))).status).toBe(200);
});
