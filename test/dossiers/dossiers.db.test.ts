import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bid } from '../../db/bids.ts';
import type { Organisation } from '../../db/organisations.ts';
import { addDocument } from '../../services/documents/add.ts';
import { attachToGrievance } from '../../services/grievances/complete.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { askQuestion } from '../../services/questions/ask.ts';
import { handInGuarantee } from '../../services/deposits/hand-in-guarantee.ts';
import { signHead } from '../../services/log/sign-head.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { testSigner } from '../setup/signer.ts';
import { dossierFor, unpacked } from '../setup/tenders/dossiers.ts';
import { played } from '../setup/tenders/played.ts';
import { draftOf as otherDraft, tenderAt } from '../setup/tenders/tenders.ts';
import { decide, fileOf, handClock, people, type People } from '../setup/tenders/tender.ts';

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
