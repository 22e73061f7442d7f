import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { inviteesOf as invitedTo } from '../../db/invitees.ts';
import { listNotices } from '../../db/notices.ts';
import { listProcurements, lotOf, procurementById, type Draft } from '../../db/procurements.ts';
import { invitees, procurements } from '../../db/schema/sqlite.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import type { Violation } from '../../domain/law/violation.ts';
import { obtainDocument } from '../../services/documents/obtain.ts';
import { addDocument } from '../../services/documents/add.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { createDraft, updateDraft } from '../../services/procurements/draft.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { draftRetender } from '../../services/procurements/retender.ts';
import { askQuestion } from '../../services/questions/ask.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  dueOf,
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
  refusalOf,
  reportOn,
  type People,
  addTenderDocument,
} from '../setup/tenders/tender.ts';

// 邀请招标 under 招标投标法: who may be invited, what only they may know and do, and its way to the archive.

const clock = handClock('2026-03-26T10:00+08:00');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-03-26T10:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 4);
});
afterEach(() => db.close());

/** 条例 8 (一): few bidders can do it. */
const GROUND = { case: 1, approvalNumber: null };
const invited = (change: Partial<Draft> = {}): Draft =>
  draftOf('tendering', who.purchaser.id, {
    procedure: 'invited-tender',
    methodGround: GROUND,
    invitees: inviteesOf(who, 'known', 3),
    ...change,
  });

async function violationsOf(draft: Draft): Promise<Violation[]> {
  const { id } = await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft));
  await addTenderDocument(db, who.asPurchaser, id);
  const refused = await refusalOf(db.transaction((tx) => launchProcurement(tx, who.asPurchaser, id)));
  expect(refused.code).toBe('unlawful');
  expect((await procurementById(db.read, id)).stage).toBe('draft');
  const violations = refused.details?.['violations'] as Violation[];
  for (const { messageZh, messageEn } of violations) {
    expect(messageZh).toMatch(/\p{Script=Han}/u);
    expect(messageEn).toMatch(/[a-z]/);
  }
  return violations.filter(({ severity }) => severity === 'block');
}
const told = (violations: readonly Violation[]) =>
  violations.map(({ rule, law, article, field }) => [rule, law, article, field]);

async function announced(change: Partial<Draft> = {}): Promise<string> {
  const { procurement } = await launch(db, who.asPurchaser, invited(change));
  clock.set(procurement.noticeAt);
  await advance(db, procurement.id);
  return procurement.id;
}

/** SQLite says it in the error itself, PostgreSQL in its cause. */
const isImmutable = (error: Error): boolean =>
  // On PostgreSQL the service may not even try.
  /sent invitations are immutable|permission denied for table invitees/.test(`${error.message} ${String(error.cause)}`);

describe('the launch', () => {
  it('refuses everything that is wrong with who is invited, at once (招标投标法 17, 条例 8, 34)', async () => {
    const [first] = inviteesOf(who, 'known', 1);
    const violations = await violationsOf(
      invited({
        methodGround: null,
        invitees: [
          ...(first ? [first, first] : []),
          { organisationId: who.purchaser.id, source: 'recommended-by-expert', reasonZh: null },
        ],
      }),
    );
    expect(told(violations)).toEqual([
      ['works-must-be-open', '招标投标法实施条例', '8', 'methodGround'],
      ['works-invited-min', '招标投标法', '17', 'invitees'],
      ['works-invited-min', '招标投标法', '17', 'invitees[1].organisationId'],
      ['works-conflict-bidders', '招标投标法实施条例', '34', 'invitees[2].organisationId'],
      ['works-invited-min', '招标投标法', '17', 'invitees[2].source'],
      ['works-invited-min', '招标投标法', '17', 'invitees[2].reasonZh'],
    ]);
    expect(violations[1]).toMatchObject({ given: 2, limit: 3 });
  });

  it('wants one of the two cases of 条例 8, the second with the approval that the article asks for', async () => {
    expect(told(await violationsOf(invited({ methodGround: { case: 3, approvalNumber: null } })))).toEqual([
      ['works-must-be-open', '招标投标法实施条例', '8', 'methodGround.case'],
    ]);
    expect(told(await violationsOf(invited({ methodGround: { case: 2, approvalNumber: null } })))).toEqual([
      ['works-must-be-open', '招标投标法实施条例', '8', 'methodGround.approvalNumber'],
    ]);
    const approved = invited({ methodGround: { case: 2, approvalNumber: '某发改〔2026〕1号' } });
    const { procurement } = await launch(db, who.asPurchaser, approved);
    expect(procurement).toMatchObject({ stage: 'launched', methodGround: approved.methodGround });
  });

  it('needs no case for a project that need not be tendered (16号令 5); an open tender has none to name', async () => {
    const small = { budgetFen: 100_000_000, lots: [{ no: 1, title: '一', budgetFen: 100_000_000, bidBondFen: null }] };
    const free = invited({ ...small, mandatory: false, methodGround: null });
    expect((await launch(db, who.asPurchaser, free)).procurement.stage).toBe('launched');
    const open = draftOf('tendering', who.purchaser.id, { methodGround: GROUND });
    expect(told(await violationsOf(open))).toEqual([['works-tender-kinds', '招标投标法', '10', 'methodGround']]);
  });

  it('of an open tender that names invited suppliers is refused', async () => {
    const open = draftOf('tendering', who.purchaser.id, { invitees: inviteesOf(who, 'known', 3) });
    expect(told(await violationsOf(open))).toEqual([['invitees', null, null, 'invitees']]);
  });

  it('takes the list as the draft has it last', async () => {
    const { id } = await db.transaction((tx) => createDraft(tx, who.asPurchaser, invited()));
    await db.transaction((tx) =>
      updateDraft(tx, who.asPurchaser, id, 1, invited({ invitees: inviteesOf(who, 'database') })),
    );
    expect((await invitedTo(db.read, id)).map(({ source, invitedAt }) => [source, invitedAt])).toEqual(
      Array.from({ length: 4 }, () => ['database', null]),
    );
  });
});

describe('the invitations', () => {
  it('go out at the instant of the notice, and never change after that', async () => {
    const { procurement } = await launch(db, who.asPurchaser, invited());
    const { id, noticeAt } = procurement;
    clock.set(noticeAt - 1);
    await advance(db, id);
    expect(await listNotices(db.read, { procurementId: id, limit: 9 })).toEqual([]);
    clock.set(noticeAt);
    await advance(db, id);
    const [letter] = await listNotices(db.read, { procurementId: id, limit: 9 });
    expect(letter).toMatchObject({ kind: 'invitation', legalAt: noticeAt, publishedAt: noticeAt });
    expect(letter?.titleZh).toMatch(/投标邀请书$/);
    // 招标投标法 22: nobody learns from it who else is invited.
    for (const { id: supplier, name } of who.suppliers) {
      expect(JSON.stringify(letter)).not.toContain(supplier);
      expect(JSON.stringify(letter)).not.toContain(name);
    }
    expect((await invitedTo(db.read, id)).map(({ name, invitedAt }) => [name, invitedAt])).toEqual([
      ['投标人1', noticeAt],
      ['投标人2', noticeAt],
      ['投标人3', noticeAt],
    ]);
    const sent = (await auditAfter(db.read, 0, 99)).filter(({ action }) => action === 'invitation.send');
    // One, however many are invited: the length of the public log says nothing of their number (招标投标法 22).
    expect(sent.map(({ confidential }) => confidential)).toEqual([true]);
    await expect(
      db.transaction(async (tx) => {
        await tx.q.update(invitees).set({ reasonZh: '补记' });
      }),
    ).rejects.toSatisfy(isImmutable);
    await expect(
      db.transaction(async (tx) => {
        await tx.q.delete(invitees);
      }),
    ).rejects.toSatisfy(isImmutable);
  });

  it('alone admit to bids, documents, questions and objections (招标投标法 17)', async () => {
    const id = await announced();
    const supplierId = String(who.suppliers[3]?.id);
    const file = await fileOf(db, '招标文件');
    const document = await db.transaction((tx) =>
      addDocument(tx, who.asPurchaser, {
        ...{ procurementId: id, kind: 'tender-documents', name: '招标文件.pdf', mediaType: 'application/pdf', file },
      }),
    );
    clock.set('2026-03-30T10:00+08:00');
    const outsider = who.asSupplier(3);
    const acts = [
      () => bid(db, who, 3, id),
      () => db.transaction((tx) => obtainDocument(tx, outsider, document, supplierId)),
      () =>
        db.transaction((tx) =>
          askQuestion(tx, outsider, { procurementId: id, organisationId: supplierId, textZh: '问' }),
        ),
      () =>
        db.transaction((tx) =>
          fileGrievance(tx, outsider, {
            ...{ procurementId: id, lotNo: 0, target: 'documents', organisationId: supplierId, textZh: '异议' },
          }),
        ),
    ];
    for (const act of acts) {
      expect(await refusalOf(act())).toMatchObject({
        code: 'not-invited',
        details: { rule: 'works-invited-min', law: '招标投标法', article: '17' },
      });
    }
    expect((await bid(db, who, 0, id)).state).toBe('standing');
  });

  it('are known to the invited and to who runs it until the opening, and to everybody after it', async () => {
    const id = await announced();
    const seenBy = async (viewer: string) => [
      (await listProcurements(db.read, { limit: 9, seenBy: viewer })).map((each) => each.id),
      (await listNotices(db.read, { limit: 9, seenBy: viewer })).map(({ kind }) => kind),
    ];
    const [invitee, outsider] = [String(who.suppliers[0]?.id), String(who.suppliers[3]?.id)];
    for (const viewer of [invitee, who.purchaser.id]) expect(await seenBy(viewer)).toEqual([[id], ['invitation']]);
    for (const viewer of [outsider, '']) expect(await seenBy(viewer)).toEqual([[], []]);
    for (const index of [0, 1, 2]) await bid(db, who, index, id);
    clock.set('2026-04-20T09:00+08:00');
    await advance(db, id);
    for (const viewer of [outsider, '']) expect(await seenBy(viewer)).toEqual([[id], ['opening-record', 'invitation']]);
  });
});

describe('from the invitations to the archive', () => {
  it('is the way of an open tender, with its periods (招标投标法 24, 条例 16, 54; 招标投标法 46, 条例 57)', async () => {
    const id = await announced();
    const due = (key: MilestoneKey, lotNo = 1) => dueOf(db, { procurementId: id, lotNo }, key);
    clock.set('2026-04-01T10:00+08:00');
    const bids = [];
    for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, id));
    clock.set('2026-04-20T09:00+08:00');
    await advance(db, id);
    expect((await lotOf(db.read, id, 1)).stage).toBe('evaluation');
    clock.set('2026-04-21T10:00+08:00');
    const place = { procurementId: id, lotNo: 1 };
    const payload = reportOn(bids, at('2026-04-20T17:00+08:00'));
    await decide(db, who.asPurchaser, { ...place, kind: 'report', payload });
    // Published on Tuesday the 21st; three days: 22, 23, 24 April (条例 54).
    expect(await due('publicity-end')).toBe('2026-04-24T23:59:59.999+08:00');
    clock.set('2026-04-25T00:00+08:00');
    await advance(db, id, 1);
    clock.set('2026-04-27T10:00+08:00');
    const award = { bidId: String(bids[0]?.id), ground: null, reasonZh: null };
    await decide(db, who.asPurchaser, { ...place, kind: 'award', payload: award });
    // Thirty days from 27 April (招标投标法 46): 27 May, a Wednesday.
    expect(await due('contract')).toBe('2026-05-27T23:59:59.999+08:00');
    clock.set('2026-05-12T10:00+08:00');
    const contract = { amountFen: 380_000_000, signedAt: at('2026-05-12T09:00+08:00'), documentId: null };
    await decide(db, who.asPurchaser, { ...place, kind: 'contract', payload: contract });
    await decide(db, who.asPurchaser, {
      ...{ ...place, kind: 'duty', payload: { key: 'written-report', noteZh: null } },
    });
    for (const key of ['deposits-losers', 'deposits-winner'] as const) {
      await decide(db, who.asPurchaser, { ...place, kind: 'duty', payload: { key, noteZh: null } });
    }
    await decide(db, who.asPurchaser, {
      ...{ ...place, kind: 'publish-contract', payload: { textZh: '合同公告', documentId: null } },
    });
    await advance(db, id, 1);
    await advance(db, id);
    expect([(await lotOf(db.read, id, 1)).stage, (await procurementById(db.read, id)).stage]).toEqual([
      'archived',
      'concluded',
    ]);
  });

  it('with two bids it fails (条例 44), and its re-tender invites the same suppliers', async () => {
    const id = await announced();
    for (const index of [0, 1]) await bid(db, who, index, id);
    clock.set('2026-04-20T09:00+08:00');
    await advance(db, id);
    expect(await lotOf(db.read, id, 1)).toMatchObject({
      stage: 'failed',
      failure: { law: '招标投标法实施条例', article: '44', nextSteps: [{ action: 'retender' }] },
    });
    const again = await db.transaction((tx) =>
      draftRetender(tx, who.asPurchaser, { procurementId: id, lotNo: 1, noticeAt: at('2026-05-06T09:00+08:00') }),
    );
    expect(again).toMatchObject({ procedure: 'invited-tender', methodGround: GROUND });
    expect((await invitedTo(db.read, again.id)).map(({ name, invitedAt }) => [name, invitedAt])).toEqual([
      ['投标人1', null],
      ['投标人2', null],
      ['投标人3', null],
    ]);
    expect((await db.read.select().from(procurements)).length).toBe(2);
  });
});
