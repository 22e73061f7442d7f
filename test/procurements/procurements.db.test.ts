import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { latestDecision } from '../../db/decisions.ts';
import { checkDraft } from '../../services/procurements/check-draft.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { listProcurements, lotOf, procurementById, type Draft } from '../../db/procurements.ts';
import { createDraft, updateDraft } from '../../services/procurements/draft.ts';
import { draftRetender } from '../../services/procurements/retender.ts';
import { timelineOf } from '../../db/tender/timeline.ts';
import { decisions, lots, procurements } from '../../db/schema/sqlite.ts';
import type { DecisionKind, DecisionPayloads } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import type { Procedure, TenderRegime } from '../../domain/law/facts.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { PROCEDURE_DEFINITIONS, tenderOf } from '../../domain/procedures/index.ts';
import type { Violation } from '../../domain/law/violation.ts';
import { LOT_STAGES, PROCUREMENT_STAGES } from '../../domain/stages.ts';
import { dialect, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  at,
  decide,
  draftOf,
  handClock,
  launch,
  onCase,
  people,
  refusalOf,
  reportOn,
  type People,
  addTenderDocument,
} from '../setup/tenders/tender.ts';
import { tenderAt } from '../setup/tenders/tenders.ts';
import { v7 as newId } from 'uuid';

const clock = handClock('2026-03-20T10:00+08:00');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-03-20T10:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 1);
});
afterEach(() => db.close());

const draftAs = (change: Partial<Draft> = {}) =>
  db.transaction((tx) => createDraft(tx, who.asPurchaser, draftOf('tendering', who.purchaser.id, change)));
const draftWithDocuments = async (change: Partial<Draft> = {}) => {
  const draft = await draftAs(change);
  await addTenderDocument(db, who.asPurchaser, draft.id);
  return draft;
};
const violationsOf = async (change: Partial<Draft>): Promise<Violation[]> => {
  const { id } = await draftWithDocuments(change);
  const refused = await refusalOf(db.transaction((tx) => launchProcurement(tx, who.asPurchaser, id)));
  expect(refused.code).toBe('unlawful');
  expect((await procurementById(db.read, id)).stage).toBe('draft');
  return refused.details?.['violations'] as Violation[];
};

describe('a draft', () => {
  it('is changed by who holds its latest version, and by nobody else (If-Match)', async () => {
    const draft = await draftAs();
    expect(draft).toMatchObject({ stage: 'draft', version: 1, lots: [{ no: 1, stage: 'pending' }] });
    const change = (version: number, title: string) =>
      db.transaction((tx) =>
        updateDraft(tx, who.asPurchaser, draft.id, version, draftOf('tendering', who.purchaser.id, { title })),
      );
    const results = await Promise.allSettled([change(1, '甲的修改'), change(1, '乙的修改')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await procurementById(db.read, draft.id)).toMatchObject({ version: 2, title: '甲的修改' });
    expect(await refusalOf(change(1, '丙'))).toMatchObject({
      code: 'version-conflict',
      details: { given: 1, current: 2 },
    });
    const trail = (await auditAfter(db.read, 0, 99)).filter(({ procurementId }) => procurementId === draft.id);
    expect(trail.map(({ action, detail }) => [action, detail])).toEqual([
      ['procurement.draft', {}],
      ['procurement.update-draft', { version: 2 }],
    ]);
  });

  it('is closed to changes once it is launched', async () => {
    const { procurement } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    const change = db.transaction((tx) =>
      updateDraft(
        tx,
        who.asPurchaser,
        procurement.id,
        procurement.version,
        draftOf('tendering', who.purchaser.id, { budgetFen: 1 }),
      ),
    );
    expect((await refusalOf(change)).code).toBe('stage-conflict');
    expect((await procurementById(db.read, procurement.id)).budgetFen).toBe(1_624_699_149);
  });

  it('replaces its lots as a whole', async () => {
    const draft = await draftAs();
    const lot = (no: number) => ({ no, title: `${no}标段`, budgetFen: 100, bidBondFen: null });
    const changed = await db.transaction((tx) =>
      updateDraft(
        tx,
        who.asPurchaser,
        draft.id,
        1,
        draftOf('tendering', who.purchaser.id, { lots: [lot(1), lot(2), lot(3)] }),
      ),
    );
    expect(changed.lots.map(({ no, title }) => [no, title])).toEqual([
      [1, '1标段'],
      [2, '2标段'],
      [3, '3标段'],
    ]);
  });
});

describe('the launch', () => {
  it('answers with every violation at once, each with its article and what would be lawful', async () => {
    const violations = await violationsOf({
      // Five days for the documents end on 4 April, a rest day; three are given (条例 16).
      documentsUntil: at('2026-04-02T17:00+08:00'),
      // Twenty days from 30 March end on Sunday 19 April: 20 April is the earliest (招标投标法 24).
      bidDeadline: at('2026-04-14T09:00+08:00'),
      bidValidityDays: null,
      // More than two per cent of the budget (条例 26).
      lots: [{ no: 1, title: '一', budgetFen: 100_000_000, bidBondFen: 2_000_001 }],
    });
    expect(
      violations
        .filter(({ severity }) => severity === 'block')
        .map(({ rule, article, field }) => [rule, article, field])
        .sort(),
    ).toEqual([
      ['works-bid-bond-pct', '26', 'lots[0].bidBondFen'],
      ['works-bid-prep-min', '24', 'bidDeadline'],
      ['works-bid-validity-set', '40(2)', 'bidValidityDays'],
      ['works-doc-sale-min', '16', 'documentsUntil'],
    ]);
    expect(violations.find(({ rule }) => rule === 'works-bid-prep-min')).toMatchObject({
      earliestLawful: '2026-04-20T00:00:00+08:00',
      given: '2026-04-14T09:00:00+08:00',
    });
  });

  it('of a government tender asks how long bids are valid (财政部令87号 20), which an inquiry need not state', async () => {
    const asked = (change: Partial<Draft>) =>
      checkDraft({ ...draftOf('government', who.purchaser.id, { bidValidityDays: null, ...change }) }, chinaCalendar, {
        now: clock.read(),
      })
        .violations.filter(({ field }) => field === 'bidValidityDays')
        .map(({ rule, law, article, severity }) => [rule, law, article, severity]);
    const wanting = [['gp-doc-required-items', '财政部令87号', '20', 'block']];
    expect(asked({})).toEqual(wanting);
    expect(asked({ procedure: 'invited-tender' })).toEqual(wanting);
    expect(asked({ procedure: 'inquiry' })).toEqual([]);
    expect(asked({ bidValidityDays: 90 })).toEqual([]);
  });

  it('refuses dates that are past', async () => {
    clock.set('2026-04-08T12:00+08:00');
    const fields = (await violationsOf({})).filter(({ rule }) => rule === 'past').map(({ field }) => field);
    expect(fields).toEqual(['noticeAt', 'documentsFrom', 'documentsUntil']);
  });

  it.each([
    ['2^53', 2 ** 53],
    ['a negative sum', -1],
    // PostgreSQL's columns do not even take one.
    ...(dialect === 'sqlite' ? [['a fraction of a fen', 100.5] as const] : []),
  ] as const)('refuses %s as an amount', async (_what, budgetFen) => {
    const violations = await violationsOf({ lots: [{ no: 1, title: '一', budgetFen, bidBondFen: null }] });
    expect(violations).toMatchObject([{ rule: 'amount', severity: 'block', field: 'lots[0].budgetFen' }]);
    const whole = await violationsOf({ budgetFen });
    expect(whole).toMatchObject([{ rule: 'amount', severity: 'block', field: 'budgetFen' }]);
  });

  it('stores the dates that were left open, as proposed: the earliest lawful ones', async () => {
    const { procurement } = await launch(
      db,
      who.asPurchaser,
      draftOf('tendering', who.purchaser.id, { documentsFrom: null, documentsUntil: null, bidDeadline: null }),
    );
    // Notice on Friday 27 March. Documents: five days, 28 March to 1 April, a Wednesday. Bids: twenty days end on
    // 16 April, so that the 17th, a Friday, is the first whole-day deadline.
    expect(procurement).toMatchObject({
      stage: 'launched',
      documentsFrom: at('2026-03-27T09:00+08:00'),
      documentsUntil: at('2026-04-01T17:00+08:00'),
      bidDeadline: at('2026-04-17T09:00+08:00'),
      launchedAt: clock.read(),
    });
    const timeline = await timelineOf(db.read, procurement.id);
    const due = new Map(timeline.map(({ key, dueAt }) => [key, dueAt]));
    expect(due.get('bid-deadline')).toBe(procurement.bidDeadline);
    expect(due.get('opening')).toBe(procurement.bidDeadline);
    // Ten days before the deadline (条例 22), fifteen before it (条例 21): 7 April, and 2 April.
    expect(due.get('objection-documents-end')).toBe(at('2026-04-07T09:00+08:00'));
    expect(due.get('amendment-latest')).toBe(at('2026-04-02T09:00+08:00'));
    const checked = checkDraft(procurement, chinaCalendar, { now: clock.read() });
    expect(checked.violations.filter(({ severity }) => severity === 'block')).toEqual([]);
  });

  it('happens once, and is on the trail with the rulebook and the calendar it was judged by', async () => {
    const { id } = await draftWithDocuments();
    const twice = await Promise.allSettled(
      [1, 2].map(() => db.transaction((tx) => launchProcurement(tx, who.asPurchaser, id))),
    );
    expect(twice.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const launched = (await auditAfter(db.read, 0, 99)).filter(({ action }) => action === 'procurement.launch');
    expect(launched).toMatchObject([
      { procurementId: id, actor: who.asPurchaser, detail: { calendar: chinaCalendar.hash } },
    ]);
    expect(launched[0]?.detail).toHaveProperty('rulebook');
  });

  it('of what does not exist is not found', async () => {
    expect((await refusalOf(db.transaction((tx) => launchProcurement(tx, who.asPurchaser, 'nothing')))).code).toBe(
      'not-found',
    );
  });
});

describe.each(['tendering', 'government'] as const)('the stages of an open tender, %s', (regime) => {
  const { stages } = tenderOf(regime);

  it('every move of a procurement that is not listed is refused and changes nothing', async () => {
    const { id } = await draftAs(draftOf(regime, who.purchaser.id));
    for (const from of PROCUREMENT_STAGES) {
      for (const to of PROCUREMENT_STAGES) {
        await db.transaction(async (tx) => {
          await tx.q.update(procurements).set({ stage: from });
        });
        const moved = onCase(db, id, (c) => c.advance(to));
        if (stages.procurement.some(({ stage, next }) => stage === from && next.includes(to))) await moved;
        else {
          expect(await refusalOf(moved)).toMatchObject({ code: 'stage-conflict', details: { stage: from } });
          expect((await procurementById(db.read, id)).stage).toBe(from);
        }
      }
    }
  });

  it('every move of a lot that is not listed is refused and changes nothing', async () => {
    const { id } = await draftAs(draftOf(regime, who.purchaser.id));
    for (const { stage: from } of stages.lot) {
      for (const to of LOT_STAGES) {
        await db.transaction(async (tx) => {
          await tx.q.update(lots).set({ stage: from });
        });
        const moved = onCase(db, id, (c) => c.advanceLot(1, to));
        if (stages.lot.some(({ stage, next }) => stage === from && next.includes(to))) await moved;
        else {
          expect((await refusalOf(moved)).code).toBe('stage-conflict');
          expect((await lotOf(db.read, id, 1)).stage).toBe(from);
        }
      }
    }
  });
});

describe('an act', () => {
  /** With nothing but the stage in their way: where it allows them, they are judged by what nobody has bid. */
  const PAYLOADS: { readonly [K in Exclude<DecisionKind, 'reply' | 'correct'>]: DecisionPayloads[K] } = {
    amend: { textZh: '澄清', affectsBids: false, bidDeadline: null, documentIds: [] },
    terminate: { ground: 'force-majeure', reasonZh: '地震' },
    report: reportOn([], at('2026-03-20T09:00+08:00'), {
      rejected: [{ bidId: newId(), ground: 6, reasonZh: '无人投标' }],
    }),
    award: { bidId: newId(), ground: null, reasonZh: null },
    contract: { amountFen: 1, signedAt: at('2026-03-20T10:00+08:00'), documentId: null },
    'publish-contract': { textZh: '合同公告', documentId: null },
    'performance-bond': {
      ...{ step: 'received', bidId: '', amountFen: 1, form: 'guarantee', reference: '保函', documentId: null },
      ...{ at: at('2026-03-20T10:00+08:00'), reasonZh: null },
    },
    'change-contract': {
      ...{
        kind: 'variation',
        ground: 'by-law',
        reasonZh: '变更',
        documentId: newId(),
        amountFen: null,
        payments: null,
      },
      ...{ signedAt: at('2026-03-20T10:00+08:00'), items: [] },
    },
    deliver: { instalment: null, deliveredAt: 1, invoicedAt: null, documentId: null, by: 'purchaser' },
    accept: {
      ...{ instalment: null, at: 1, parties: [], items: [], opinionZh: '合格', documentId: newId() },
      ...{ consequenceZh: null, rectifyBy: null },
    },
    pay: { instalment: 1, amountFen: 1, interestFen: 0, paidAt: 1, voucher: '1', documentId: null },
    duty: { key: 'written-report', noteZh: null },
    recheck: {
      ...{ ground: 'circumstances', grievanceId: null, bidIds: [newId()], items: null },
      ...{ reasonZh: '财务状况变化', documentId: null, dueAt: at('2027-03-20T10:00+08:00') },
    },
    'refuse-award': { bidId: newId(), reasonZh: '放弃' },
    'replace-winner': { ground: 'declined', reasonZh: '拒绝签订合同', documentId: null, then: 'next' },
  };
  const KINDS = Object.keys(PAYLOADS) as (keyof typeof PAYLOADS)[];
  const kept = () => Promise.all([db.read.select().from(decisions), auditAfter(db.read, 0, 9_999)]);
  /** Why a decision is refused; null: it was taken. Refused, it leaves nothing behind. */
  const refusal = async (kind: keyof typeof PAYLOADS, procurementId: string, lotNo: number) => {
    const before = await kept();
    const refused = await decide(db, who.asPurchaser, { procurementId, lotNo, kind, payload: PAYLOADS[kind] }).then(
      () => null,
      (error: unknown) => {
        if (error instanceof DomainError) return error;
        throw error;
      },
    );
    if (refused) expect(await kept()).toEqual(before);
    return refused;
  };
  const draft = (regime: TenderRegime = 'tendering', procedure: Procedure = 'open-tender') =>
    draftOf(regime, who.purchaser.id, { procedure });

  /** By which article each act has its stage; nothing of one law is cited under the other. */
  const ARTICLES: Readonly<
    Record<TenderRegime | 'inquiry', Readonly<Record<(typeof KINDS)[number], readonly [string, string, string]>>>
  > = {
    inquiry: {
      amend: ['inq-clarify', '财政部令74号', '45'],
      terminate: ['inq-terminate-grounds', '财政部令74号', '50'],
      report: ['inq-report-deliver', '财政部令74号', '49'],
      award: ['inq-award-decide', '财政部令74号', '49'],
      contract: ['neg-inq-contract', '财政部令74号', '19'],
      'publish-contract': ['gp-contract-announce', '政府采购法实施条例', '50'],
      'performance-bond': ['gp-performance-bond', '政府采购法实施条例', '48'],
      'change-contract': ['gp-contract-no-unilateral', '政府采购法', '50(1)'],
      deliver: ['neg-inq-contract', '财政部令74号', '19'],
      accept: ['gp-acceptance', '政府采购法实施条例', '45'],
      pay: ['gp-pay-invoice', '财库〔2019〕38号', '三'],
      duty: ['gp-contract-file', '政府采购法', '47'],
      recheck: ['neg-inq-rereview', '财政部令74号', '21'],
      'refuse-award': ['neg-inq-refuse-sign-next', '财政部令74号', '22(2)'],
      'replace-winner': ['neg-inq-refuse-sign-next', '财政部令74号', '22(2)'],
    },
    tendering: {
      amend: ['works-clarify-law-15', '招标投标法', '23'],
      terminate: ['works-termination-refund', '招标投标法实施条例', '31'],
      report: ['works-report-signature', '招标投标法实施条例', '53'],
      award: ['works-award-rank1', '招标投标法实施条例', '55'],
      contract: ['works-contract-sign', '招标投标法', '46'],
      'publish-contract': ['works-contract-sign', '招标投标法', '46'],
      'performance-bond': ['works-performance-bond', '招标投标法实施条例', '58'],
      'change-contract': ['works-contract-consistent', '招标投标法实施条例', '57(1)'],
      deliver: ['works-contract-consistent', '招标投标法实施条例', '57(1)'],
      accept: ['works-contract-consistent', '招标投标法实施条例', '57(1)'],
      pay: ['works-contract-consistent', '招标投标法实施条例', '57(1)'],
      duty: ['works-written-report', '招标投标法', '47'],
      recheck: ['works-capability-recheck', '招标投标法实施条例', '56'],
      'refuse-award': ['works-winner-refuses', '招标投标法实施条例', '74'],
      'replace-winner': ['works-award-rank1', '招标投标法实施条例', '55'],
    },
    government: {
      amend: ['gp-clarify-tender-docs', '政府采购法实施条例', '31'],
      terminate: ['gp-termination-refund', '财政部令87号', '29'],
      report: ['gp-report-deliver', '财政部令87号', '68'],
      award: ['gp-award-decide', '政府采购法实施条例', '43'],
      contract: ['gp-contract-sign', '财政部令87号', '71'],
      'publish-contract': ['gp-contract-announce', '政府采购法实施条例', '50'],
      'performance-bond': ['gp-performance-bond', '政府采购法实施条例', '48'],
      'change-contract': ['gp-contract-no-unilateral', '政府采购法', '50(1)'],
      deliver: ['gp-contract-sign', '财政部令87号', '71'],
      accept: ['gp-acceptance', '政府采购法实施条例', '45'],
      pay: ['gp-pay-invoice', '财库〔2019〕38号', '三'],
      duty: ['gp-contract-file', '政府采购法', '47'],
      recheck: ['gp-rereview-grounds', '财政部令87号', '64'],
      'refuse-award': ['gp-award-binding', '财政部令87号', '70'],
      'replace-winner': ['gp-refuse-sign-next', '政府采购法实施条例', '49'],
    },
  };

  it.each(
    PROCEDURE_DEFINITIONS.flatMap((definition) =>
      KINDS.map((kind) => [definition.regime, definition.procedure, kind, definition] as const),
    ),
  )('%s, %s: %s is refused with an article of its own law at every stage that does not allow it', async (...given) => {
    const [regime, procedure, kind, { acts, scope, rules }] = given;
    const { procurement, lot } = acts[kind];
    const [rule, law, article] = ARTICLES[procedure === 'inquiry' ? procedure : regime][kind];
    expect(getRule(rule).appliesTo).toContain(scope);
    for (const stage of procurement ? PROCUREMENT_STAGES : []) {
      const refused = await refusal(kind, await tenderAt(db, stage, draft(regime, procedure)), 0);
      if (procurement?.includes(stage)) expect(refused?.details ?? {}, stage).not.toHaveProperty('wanted');
      else expect(refused, stage).toMatchObject({ code: 'stage-conflict', details: { stage, law, article } });
    }
    // No lot stands public where the law knows no publicity of candidates.
    const lotStages = LOT_STAGES.filter((stage) => stage !== 'publicity' || rules.publicity);
    for (const stage of lot ? lotStages : []) {
      const refused = await refusal(kind, await tenderAt(db, 'evaluation', draft(regime, procedure), stage), 1);
      if (lot?.includes(stage)) expect(refused?.details ?? {}, stage).not.toHaveProperty('wanted');
      else expect(refused, stage).toMatchObject({ code: 'stage-conflict', details: { stage, law, article } });
    }
    if (procurement) return;
    // Of a lot alone.
    const whole = await refusal(kind, await tenderAt(db, 'evaluation', draft(regime, procedure), 'evaluation'), 0);
    expect(whole?.code).toBe('not-found');
  });

  it('a reply to no grievance is not found', async () => {
    const procurementId = await tenderAt(db, 'bidding', draft());
    const payload = { outcome: 'rejected', effect: 'none', textZh: '答复' } as const;
    const reply = { procurementId, lotNo: 0, kind: 'reply', grievanceId: newId(), payload } as const;
    expect((await refusalOf(decide(db, who.asPurchaser, reply))).code).toBe('not-found');
  });
});

describe('the latest of several reports', () => {
  it('is the one accepted last, though the machine clock was set back between them', async () => {
    const { id: procurementId } = await draftAs();
    const place = { procurementId, lotNo: 1 };
    const report = async (documentId: string, id: string) => {
      clock.step(1000);
      await db.transaction(async (tx) => {
        await tx.q.insert(decisions).values({
          id,
          ...place,
          kind: 'report',
          grievanceId: null,
          payload: { documentId } as DecisionPayloads['report'],
          actor: who.asPurchaser,
          receivedAt: tx.now,
        });
      });
    };
    await report('first', '0199ffff-0000-7000-8000-000000000000');
    await report('second', '0198ffff-0000-7000-8000-000000000000');
    expect((await latestDecision(db.read, place, 'report'))?.payload.documentId).toBe('second');
  });
});

describe('the list of procurements', () => {
  it('shows each once, newest first, while others are drafted and changed between the pages', async () => {
    const made: string[] = [];
    for (let n = 0; n < 12; n += 1) made.push((await draftAs({ title: `第${n}号` })).id);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), async (limit) => {
        const seen: string[] = [];
        let after: string | undefined;
        for (;;) {
          const page = await listProcurements(db.read, { text: '第', limit, ...(after ? { after } : {}) });
          if (page.length === 0) break;
          seen.push(...page.map(({ id }) => id));
          after = page.at(-1)?.id;
          await draftAs({ title: '别的' });
          const later = draftOf('tendering', who.purchaser.id, { title: '第一百号，后来的' });
          await db.transaction(async (tx) => {
            const { id, version } = await createDraft(tx, who.asPurchaser, later);
            await updateDraft(tx, who.asPurchaser, id, version, { ...later, title: '别的' });
          });
        }
        expect(seen).toEqual([...made].reverse());
      }),
      { numRuns: 5 },
    );
  });

  it('does not take what is typed for a pattern', async () => {
    await draftAs({ title: '百分之百' });
    await draftAs({ title: '百%之' });
    expect((await listProcurements(db.read, { text: '%', limit: 10 })).map(({ title }) => title)).toEqual(['百%之']);
    expect(await listProcurements(db.read, { text: '百_之', limit: 10 })).toEqual([]);
  });
});

describe('a re-tender', () => {
  it('is drafted of a failed lot only, names what it repeats, and is launched like any other', async () => {
    const { procurement } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    const again = () =>
      db.transaction((tx) =>
        draftRetender(tx, who.asPurchaser, {
          procurementId: procurement.id,
          lotNo: 1,
          noticeAt: at('2026-05-06T09:00+08:00'),
        }),
      );
    expect((await refusalOf(again())).code).toBe('stage-conflict');
    await onCase(db, procurement.id, (c) => c.advanceLot(1, 'failed'));
    const draft = await again();
    expect(draft).toMatchObject({
      stage: 'draft',
      retenderOf: procurement.id,
      retenderLot: 1,
      budgetFen: 1_624_699_149,
      bidDeadline: null,
      lots: [{ no: 1, title: '一标段', stage: 'pending' }],
    });
    await addTenderDocument(db, who.asPurchaser, draft.id);
    const launched = await db.transaction((tx) => launchProcurement(tx, who.asPurchaser, draft.id));
    // Wednesday 6 May and twenty days: 26 May; the first whole-day deadline is the 27th, a Wednesday.
    expect(launched.procurement.bidDeadline).toBe(at('2026-05-27T09:00+08:00'));
  });
});
