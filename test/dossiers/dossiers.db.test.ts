import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bid } from '../../db/bids.ts';
import type { Organisation } from '../../db/organisations.ts';
import { addDocument } from '../../services/documents/add.ts';
import { attachToGrievance } from '../../services/grievances/complete.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { prepareAct } from '../../services/prepared-acts/prepare.ts';
import { askQuestion } from '../../services/questions/ask.ts';
import { handInGuarantee } from '../../services/deposits/hand-in-guarantee.ts';
import { concludeOpening } from '../../services/openings/conclude.ts';
import type { UnsealedBid } from '../../domain/openings/outcomes.ts';
import { signHead } from '../../services/log/sign-head.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { testSigner } from '../setup/signer.ts';
import { dossierFor, unpacked } from '../setup/tenders/dossiers.ts';
import { played } from '../setup/tenders/played.ts';
import { custodiansWithKeys } from '../setup/tenders/sealed.ts';
import { draftOf as otherDraft, tenderAt } from '../setup/tenders/tenders.ts';
import {
  advance,
  at,
  bid,
  decide,
  draftOf,
  fileOf,
  handClock,
  inviteesOf,
  launch,
  people,
  publishedTender,
  refusalOf,
  type People,
} from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
});
afterEach(() => db.close());

const purchaser = () => ({ role: 'purchaser' as const, organisationId: who.purchaser.id });
const WATCHERS = ['office', 'supervisor', 'discipline', 'auditor'] as const;
const readers = () => [
  purchaser(),
  ...(['centre', ...WATCHERS] as const).map((role) => ({ role, organisationId: who.purchaser.id })),
];

/** Everything by which somebody could tell who bids, or that anybody does. */
function tracesOf(suppliers: readonly Organisation[], bids: readonly Bid[]): string[] {
  return [
    ...suppliers.flatMap(({ id, name, creditCode }) => [id, name, creditCode ?? name]),
    ...bids.flatMap(({ id, sha256 }) => [id, sha256]),
    'sealed ',
  ];
}

it('before the opening nothing about bidders is in it, whoever asks, and what is left out is named with its reason', async () => {
  const { id, bids } = await played(db, clock, who, 'government', 'bidding', {
    lots: [{ no: 1, title: '设备', budgetFen: 383_640_000, bidBondFen: 1_000_000 }],
  });
  const [first] = who.suppliers as [Organisation];
  await db.transaction((tx) =>
    askQuestion(tx, who.asSupplier(0), { procurementId: id, organisationId: first.id, textZh: '工期？' }),
  );
  await db.transaction((tx) =>
    handInGuarantee(tx, who.asSupplier(0), { procurementId: id, lotNo: 1, supplierId: first.id }, {
      form: 'guarantee',
      amountFen: 1_000_000,
      number: 'G-1',
      issuer: '某银行',
      validUntil: clock.read() + 9e9,
    } as never),
  );
  const grievance = await db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(0), {
      ...{ procurementId: id, lotNo: 0, target: 'documents', organisationId: first.id, textZh: '资质要求过高' },
    }),
  );
  const file = await fileOf(db, `我公司 ${first.name} 的授权委托书`);
  await db.transaction((tx) =>
    attachToGrievance(tx, who.asSupplier(0), grievance.id, {
      ...{ name: `${first.name}.pdf`, mediaType: 'application/pdf', file, kind: 'authorisation' },
    }),
  );
  await signHead(db, await testSigner());
  for (const reader of readers()) {
    const bytes = await dossierFor(db, reader, id);
    const text = bytes.toString('utf8');
    for (const trace of tracesOf(who.suppliers, bids))
      expect(text.includes(trace), `${reader.role}: ${trace}`).toBe(false);
    const { manifest, names, verified } = await unpacked(bytes);
    expect(verified.faults, reader.role).toEqual([]);
    expect([manifest.complete, manifest.state.zh]).toEqual([false, '进行中：投标（响应）截止前']);
    expect(names.filter((name) => /^(bids|deposits|opening|obtainers|clues|grievances\/)/.test(name))).toEqual([]);
    const opening = manifest.leftOut.find(({ what }) => what.zh.startsWith('开标（开启）情况'));
    expect([opening?.because.zh, opening?.until?.zh]).toEqual([
      '不能「查看开标（开启）情况和记录」：开标（开启）前对任何人保密',
      '开标（开启）后',
    ]);
  }
});

describe('a tender whose contract is signed', () => {
  let id: string;
  let bids: readonly Bid[];
  beforeEach(async () => {
    ({ id, bids } = await played(db, clock, who, 'government', 'performance'));
    const file = await fileOf(db, '合同正文');
    await db.transaction((tx) =>
      addDocument(tx, who.asPurchaser, {
        ...{ procurementId: id, kind: 'contract', name: '../合同:正本?.pdf', mediaType: 'application/pdf', file },
      }),
    );
    await signHead(db, await testSigner());
  });

  it('who runs it has all but the audit trail and the clues: bids with receipts, opening, report, notices, contract', async () => {
    const { manifest, names, text, verified } = await unpacked(await dossierFor(db, purchaser(), id));
    expect(verified.faults).toEqual([]);
    for (const { id: bidId, sha256 } of bids) {
      expect(manifest.files.find(({ name }) => name === `bids/1/${bidId}/sealed.bid`)?.sha256).toBe(sha256);
      expect(names).toContain(`bids/1/${bidId}/receipt.json`);
    }
    expect(verified.receipts).toBe(bids.length);
    expect(JSON.parse(text('lots/1/report.json'))).toMatchObject({ committee: { length: 5 } });
    for (const name of [
      'tender.json',
      'timeline.json',
      'opening.json',
      'questions.json',
      'grievances.json',
      'obtainers.json',
      'index.html',
    ])
      expect(names).toContain(name);
    const published = names
      .filter((name) => /^notices\/.*\.json$/.test(name))
      .map((name) => JSON.parse(text(name)) as { kind: string });
    expect(published.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['tender', 'opening-record', 'award']));
    expect(verified.notices).toBe(published.length);
    expect(manifest.files.find(({ what }) => what.en.startsWith('The contract'))?.name).toMatch(
      /\/_.*合同_正本_\.pdf$|\/.*合同_正本_\.pdf$/,
    );
    expect(manifest.leftOut.map(({ what }) => what.en)).toEqual(expect.arrayContaining(['Clues', 'The audit trail']));
    expect(names).not.toContain('audit.jsonl');
    // What everybody may know of the log, and it is proven.
    expect(verified.entries).toBeGreaterThan(bids.length);
    expect(verified.proven).toBe(verified.entries);
  });

  it('who supervises has the audit trail as well, each entry as it was chained', async () => {
    for (const role of WATCHERS) {
      const { names, text, verified } = await unpacked(
        await dossierFor(db, { role, organisationId: who.purchaser.id }, id),
      );
      expect(verified.faults, role).toEqual([]);
      const lines = (name: string) =>
        text(name)
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>);
      const actions = lines('audit.jsonl').map(({ action }) => action);
      expect(actions).toEqual(
        expect.arrayContaining(['bid.submit', 'decision.award', 'notice.publish', 'deadline.set']),
      );
      const leaves = lines('log/leaves.jsonl');
      expect(leaves.length).toBe(actions.length);
      expect(
        leaves.some(({ audit }) => (audit as { previousHash?: string } | undefined)?.previousHash !== undefined),
      ).toBe(true);
      expect(verified.proven).toBe(leaves.length);
      expect(names).toContain('lots/1/report.json');
    }
  });

  it('the centre has the bids, and no report: as its own pages show it', async () => {
    const { manifest, names } = await unpacked(
      await dossierFor(db, { role: 'centre', organisationId: who.purchaser.id }, id),
    );
    expect(names).toContain(`bids/1/${String(bids[0]?.id)}/sealed.bid`);
    expect(names.filter((name) => name.startsWith('lots/'))).toEqual([]);
    const report = manifest.leftOut.find(({ what }) => what.en.startsWith('Report and candidates'));
    expect([report?.because.zh, report?.until]).toEqual(['不能「查看评标（评审）报告」：您的角色无此权限', null]);
  });

  it('the same content is the same bytes, and an entry that is newer than the head says so', async () => {
    const bytes = await dossierFor(db, purchaser(), id);
    expect((await dossierFor(db, purchaser(), id)).equals(bytes)).toBe(true);
    await decide(db, who.asPurchaser, {
      ...{
        procurementId: id,
        lotNo: 1,
        kind: 'publish-contract',
        payload: { textZh: '合同见附件。', documentId: null },
      },
    });
    const { manifest, verified } = await unpacked(await dossierFor(db, purchaser(), id));
    expect(verified.faults).toEqual([]);
    expect(verified.proven).toBeLessThan(verified.entries);
    expect(manifest.leftOut.map(({ until }) => until?.zh)).toContain('签署下一个树头后');
  });

  it('while another tender takes bids, entries keep the numbers that would count its bids', async () => {
    clock.step(86_400_000);
    const other = { purchaserId: who.purchaser.id };
    await tenderAt(db, 'bidding', otherDraft(other, { noticeAt: clock.read() }));
    clock.step(86_400_000);
    await decide(db, who.asPurchaser, {
      ...{
        procurementId: id,
        lotNo: 1,
        kind: 'publish-contract',
        payload: { textZh: '合同见附件。', documentId: null },
      },
    });
    await signHead(db, await testSigner());
    const { manifest, text, verified } = await unpacked(
      await dossierFor(db, { role: 'auditor', organisationId: who.purchaser.id }, id),
    );
    expect(verified.faults).toEqual([]);
    const last = JSON.parse(text('log/leaves.jsonl').trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect([last['audit'], last['place'] !== null]).toEqual([undefined, true]);
    expect(manifest.leftOut.map(({ until }) => until?.zh)).toContain('此前公告的其他项目开标后');
  });
});

it('of an invited tender not even who runs it has the names of the invited before the opening; who may not know of it has none', async () => {
  const { procurement } = await launch(
    db,
    who.asPurchaser,
    draftOf('tendering', who.purchaser.id, {
      ...{ procedure: 'invited-tender', methodGround: { case: 1, approvalNumber: null } },
      ...{ invitees: inviteesOf(who, 'known', 3), noticeAt: at('2026-03-27T09:00+08:00') },
    }),
  );
  clock.set('2026-03-27T09:00+08:00');
  await advance(db, procurement.id);
  const bytes = await dossierFor(db, purchaser(), procurement.id);
  for (const { id, name } of who.suppliers) expect([bytes.includes(id), bytes.includes(name)]).toEqual([false, false]);
  const { manifest, names, verified } = await unpacked(bytes);
  expect(verified.faults).toEqual([]);
  expect(names.filter((name) => name.startsWith('notices/')).length).toBeGreaterThan(0);
  expect(manifest.leftOut.map(({ what }) => what.zh)).toContain('被邀请的供应商');
  const centre = dossierFor(db, { role: 'centre', organisationId: 'another' }, procurement.id);
  expect((await refusalOf(centre)).code).toBe('not-found');
});

it('what was in sealed bids is in it once they are opened, part by part; what the store has lost is named', async () => {
  await custodiansWithKeys(db);
  const { id } = await publishedTender(db, clock, who, 'tendering');
  const bids: Bid[] = [];
  for (const index of who.suppliers.keys()) bids.push(await bid(db, who, index, id));
  clock.set('2026-04-20T09:00+08:00');
  await advance(db, id);
  const held = await unpacked(await dossierFor(db, purchaser(), id));
  expect(held.names.filter((name) => name.startsWith('bids/'))).toEqual([]);
  const file = await fileOf(db, '技术方案');
  const outcomeOf = ({ lotNo }: Bid, no: number): UnsealedBid => ({
    ...{ state: 'opened', custodians: ['centre', 'supervisor'] },
    manifest: {
      ...{ format: 'KB-SEAL-1', procurementId: id, lotNo, bidder: `9136000000000000${no + 1}S`, priceFen: 380_000_000 },
      ...{ periodDays: null, quality: null },
      parts: [
        { path: '技术/方案.pdf', mediaType: 'application/pdf', ...file },
        { path: '空.txt', mediaType: 'text/plain', size: 0, sha256: createHash('sha256').digest('hex') },
      ],
    },
  });
  await db.transaction((tx) =>
    concludeOpening(tx, id, { outcomes: new Map(bids.map((each, no) => [each.id, outcomeOf(each, no)])), notes: [] }),
  );
  await signHead(db, await testSigner());
  const { names, text, verified } = await unpacked(await dossierFor(db, purchaser(), id));
  expect(verified.faults).toEqual([]);
  for (const { id: bidId } of bids) {
    expect(text(`bids/1/${bidId}/parts/1-方案.pdf`)).toBe('技术方案');
    expect(text(`bids/1/${bidId}/parts/2-空.txt`)).toBe('');
    expect(names).toContain(`bids/1/${bidId}/sealed.bid`);
  }
  const [lost] = bids as [Bid];
  db.blobs.removeWrittenBefore(lost.sha256, Number.MAX_SAFE_INTEGER);
  const after = await unpacked(await dossierFor(db, purchaser(), id));
  expect(after.names).not.toContain(`bids/1/${lost.id}/sealed.bid`);
  expect(after.manifest.leftOut.map(({ because }) => because.zh)).toContain(
    '平台的文件库中缺少此文件，请运行 kaibiao verify 检查',
  );
});

it('a tender that was terminated is complete, and so says its dossier', async () => {
  const { id } = await publishedTender(db, clock, who, 'tendering');
  await decide(db, who.asPurchaser, {
    procurementId: id,
    lotNo: 0,
    kind: 'terminate',
    payload: { ground: 'force-majeure', reasonZh: '洪水' },
  });
  const { manifest, text, verified } = await unpacked(await dossierFor(db, purchaser(), id));
  expect([verified.faults, manifest.complete, manifest.state.zh]).toEqual([[], true, '已终止']);
  expect(text('index.html')).toContain('<td>已终止</td>');
  expect(text('index.html')).not.toMatch(/<script|\son\w+=/i);
  const linked = [...text('index.html').matchAll(/href="([^"]+)"/g)].map(([, href = '']) => decodeURIComponent(href));
  expect(new Set(linked)).toEqual(
    new Set(
      [...manifest.files.map(({ name }) => name), 'manifest.json', 'manifest.jws'].filter(
        (name) => name !== 'index.html',
      ),
    ),
  );
});

it('what one person prepared and another has to confirm is in the dossier of its parties', async () => {
  const { id } = await publishedTender(db, clock, who, 'tendering');
  const path = `/api/procurements/${id}/amendments`;
  const { id: prepared } = await db.transaction((tx) =>
    prepareAct(tx, who.asPurchaser, {
      ...{ act: 'amendment', procurementId: id, path, params: { id }, confirmingId: who.purchaser.id },
      request: { textZh: '开标地点改为二号开标室。', affectsBids: false, bidDeadline: null, documentIds: [] },
    }),
  );
  const own = await unpacked(await dossierFor(db, purchaser(), id));
  expect(JSON.parse(own.text(`prepared-acts/${prepared}.json`))).toMatchObject({ act: 'amendment', state: 'waiting' });
  const auditors = await unpacked(await dossierFor(db, { role: 'auditor', organisationId: null }, id));
  expect(auditors.names.filter((name) => name.startsWith('prepared-acts/'))).toEqual([]);
  expect(auditors.manifest.leftOut.map(({ what }) => what.zh)).toContain('经办、复核事项');
});
