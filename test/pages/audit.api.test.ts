import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { signHead } from '../../services/log/sign-head.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';
import { testSigner } from '../setup/signer.ts';
import { handClock } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { leafHash, verifyInclusion } from '../../proofs/merkle.ts';

const clock = handClock('2026-03-05T10:00:00+08:00');
let api: TestApi;
let purchaser: Member;
let auditor: Member;
let tender: string;
let reader: Visitor;
beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: () => Date.now() } });
  purchaser = await api.member('purchaser', '某区教育局');
  auditor = await api.member('auditor');
  tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  clock.set('2026-03-06T10:00:00+08:00');
  const json = { textZh: '开标地点改为二号开标室。', affectsBids: false };
  expect((await purchaser.call('POST', `/api/procurements/${tender}/amendments`, { json })).status).toBe(200);
  reader = await visitor(api, auditor);
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const entryOf = async () => {
  const answer = await auditor.call('GET', '/api/audit?action=decision.amend');
  return { hash: String(answer.get('items.0.hash')), at: String(answer.get('items.0.at')) };
};
const proofPath = (entry: { readonly hash: string; readonly at: string }): string =>
  `/log/entry?${new URLSearchParams(entry).toString()}`;

it('the trail is searched by time, person, action and tender, in words and with names', async () => {
  const page = await reader.get('/console/audit');
  expect(textOf(page)).toMatch(/决定：澄清、修改 2026-03-06 周五 10:00 \(UTC\+8\).*某区教育局 · 招标人（采购人）/);
  expect((await reader.get('/console')).text).toContain('href="/console/audit"');
  const before = await reader.get('/console/audit?until=2026-03-06T10%3A00&action=decision');
  expect(textOf(before)).toContain('没有符合条件的记录');
  const by = await reader.get(`/console/audit?actor=${encodeURIComponent('某区教育局')}&action=decision`);
  expect(textOf(by)).toContain('决定：澄清、修改');
  expect(by.text).toContain(`/console/read/audit/csv?actor=${encodeURIComponent('某区教育局')}&amp;action=decision`);
  const title = String((await purchaser.call('GET', `/api/procurements/${tender}`)).get('title'));
  const of = await reader.get(`/console/audit?tender=${encodeURIComponent(title)}`);
  expect(textOf(of)).toContain(`只看项目： ${title}`);
  expect(of.text).toContain(`href="/console/tenders/${tender}/dossier"`);
  expect(textOf(await reader.get('/console/audit?tender=nothing-like-it'))).toContain('没有找到这个项目');
  expect(textOf(await reader.get('/en/console/audit?action=decision'))).toContain('decision: amend');
  const wrong = await reader.get('/console/audit?from=yesterday');
  expect([wrong.status, /id="f-from-error"/.test(wrong.text)]).toEqual([422, true]);
});

it('the table of a search is downloaded', async () => {
  const table = await reader.get('/console/read/audit/csv?action=decision');
  expect(table.headers.get('content-type')).toContain('text/csv');
  expect(table.text.trim().split('\r\n')).toHaveLength(2);
});

it('each entry has its proof: none before a head is signed over it, then one that leads to its root', async () => {
  const entry = await entryOf();
  const link = `/console/audit/proof?${new URLSearchParams(entry).toString()}`;
  expect((await reader.get('/console/audit')).text).toContain(link.replaceAll('&', '&amp;'));
  expect(textOf(await reader.get(link))).toContain('还没有包含这条记录的签名树头');
  await signHead(api.db, await testSigner());
  const proof = await auditor.call('GET', `/api${proofPath(entry)}`);
  expect(proof.get('leaf')).toBe(
    leafHash(Buffer.concat([Buffer.from(entry.hash, 'hex'), Buffer.from(String(proof.get('fact')), 'hex')])),
  );
  expect(
    verifyInclusion({
      ...{ leaf: String(proof.get('leaf')), index: Number(proof.get('index')), size: Number(proof.get('head.size')) },
      ...{ proof: proof.get('inclusion') as string[], root: String(proof.get('head.root')) },
    }),
  ).toBe(true);
  expect(textOf(await reader.get(link))).toContain(String(proof.get('head.root')));
  expect((await auditor.call('GET', `/api${proofPath({ ...entry, hash: '0'.repeat(64) })}`)).status).toBe(404);
  expect((await purchaser.call('GET', `/api${proofPath(entry)}`)).status).toBe(403);
});

it('an entry that is confidential until the opening has no proof before it', async () => {
  const supplier = await api.member('supplier');
  const trail = await auditAfter(api.db.read, 0, 5_000);
  const hidden = trail.filter(({ actor, confidential }) => confidential && actor.accountId === supplier.accountId);
  expect(hidden.map(({ action }) => action)).toContain('session.begin');
  for (const { hash, at } of hidden)
    expect((await auditor.call('GET', `/api${proofPath({ hash, at: formatInstant(at) })}`)).status).toBe(404);
});

it('the dossier is one step from its tender, with what it leaves out now and why', async () => {
  const page = await reader.get(`/console/tenders/${tender}/dossier`);
  expect(page.text).toContain(`href="/console/read/procurements/${tender}/dossier"`);
  expect(textOf(page)).toMatch(/投标（响应）文件 开标（开启）前对任何人保密/);
  expect(textOf(page)).toMatch(/评标委员会（评审小组）名单：第1标段（包） 中标（成交）结果确定前保密/);
  const supplier = await visitor(api, await api.member('supplier'));
  const refused = await supplier.get(`/console/tenders/${tender}/dossier`);
  expect(refused.text).not.toContain(`/console/read/procurements/${tender}/dossier`);
});
