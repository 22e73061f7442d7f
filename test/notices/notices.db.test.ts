import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { latestDecision } from '../../db/decisions.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { latestNotice, listNotices } from '../../db/notices.ts';
import { lotOf, procurementById, type Draft } from '../../db/procurements.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { draftRetender } from '../../services/procurements/retender.ts';
import { procurements } from '../../db/schema/sqlite.ts';
import type { DecisionKind, DecisionPayloads } from '../../domain/decisions.ts';
import { missingContents } from '../../domain/notices/contents.ts';
import { PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import { temporaryDatabase } from '../setup/database.ts';
import {
  addTenderDocument,
  advance,
  at,
  bid,
  decide,
  draftOf,
  handClock,
  people,
  publish,
  publishedTender,
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';
import type { Database } from '../../db/access/database.ts';
import type { Bid } from '../../db/bids.ts';
import type { Violation } from '../../domain/law/violation.ts';

const clock = handClock('2026-03-01');
let db: Database;
let who: People;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db);
});
afterEach(() => db.close());

const OPENED = { tendering: '2026-04-20T09:00+08:00', government: '2026-04-08T09:30+08:00' } as const;

/** A tender whose bids are open, before its evaluation. */
async function opened(regime: 'tendering' | 'government', change: Partial<Draft> = {}) {
  const { id } = await publishedTender(db, clock, who, regime, change);
  const bids: Bid[] = [];
  for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, id));
  clock.set(OPENED[regime]);
  await advance(db, id);
  clock.step(26 * 3_600_000);
  return { id, bids };
}

const report = (bids: readonly Bid[], change: Partial<DecisionPayloads['report']> = {}) =>
  reportOn(bids, clock.read() - 3_600_000, change);

const act = <K extends DecisionKind>(procurementId: string, kind: K, payload: DecisionPayloads[K]) =>
  decide(db, who.asPurchaser, { procurementId, lotNo: 1, kind, payload });

const violationsOf = (details: Readonly<Record<string, unknown>> | undefined) =>
  ((details?.violations ?? []) as Violation[]).filter(({ severity }) => severity === 'block');

describe.each(['tendering', 'government'] as const)('a tender under %s', (regime) => {
  it('publishes only notices that hold what the law wants', async () => {
    const { id, bids } = await opened(regime);
    await act(id, 'report', report(bids));
    if (regime === 'tendering') {
      clock.set('2026-04-25T09:00+08:00');
      await advance(db, id, 1);
      await act(id, 'award', { bidId: String(bids[0]?.id), ground: null, reasonZh: null });
    } else {
      // 财政部令87号 68: silent for five working days, the first-ranked is deemed chosen; nobody is asked any more.
      clock.set('2026-04-20T09:00+08:00');
      await advance(db, id, 1);
    }
    const tender = await procurementById(db.read, id);
    const notices = await listNotices(db.read, { procurementId: id, limit: 100 });
    expect(notices.map(({ kind }) => kind).reverse()).toEqual(
      regime === 'tendering'
        ? ['tender', 'opening-record', 'candidates', 'award']
        : ['tender', 'opening-record', 'award'],
    );
    for (const { kind, content } of notices) {
      expect(missingContents(kind, { ...tender }, content), kind).toEqual([]);
      expect(content).toMatchObject({ template: 6, project: { purchaser: who.purchaser.name } });
    }
  });

  it('is not launched while its notices would lack something', async () => {
    const { purchaserAddress: _left, ...particulars } = PARTICULARS_TOLD;
    const launch = async (change: Partial<Draft>) => {
      const draft = draftOf(regime, who.purchaser.id, change);
      clock.set(draft.noticeAt - 86_400_000);
      const { id } = await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft));
      await addTenderDocument(db, who.asPurchaser, id);
      return db.transaction((tx) => launchProcurement(tx, who.asPurchaser, id));
    };
    const refused = await refusalOf(launch({ particulars }));
    expect(refused.code).toBe('unlawful');
    expect(violationsOf(refused.details)).toMatchObject([
      {
        field: 'particulars.purchaserAddress',
        severity: 'block',
        ...(regime === 'tendering' ? { law: '招标投标法', article: '16' } : { law: '财政部令87号', article: '13' }),
      },
    ]);
    // A draft that an earlier version left behind has none at all.
    expect(violationsOf((await refusalOf(launch({ particulars: null }))).details).length).toBeGreaterThan(8);
  });
});

describe('what a notice must hold', () => {
  it('政府采购法实施条例 43: a report that leaves the winner without an address is refused, and may be mended', async () => {
    const { id, bids } = await opened('government');
    const whole = report(bids);
    const lacking = {
      ...whole,
      candidates: whole.candidates.map(({ address: _left, ...each }, index) =>
        index === 0 ? each : { ...each, address: '甲' },
      ),
    };
    const refused = await refusalOf(act(id, 'report', lacking));
    expect(refused.code).toBe('unlawful');
    expect(refused.details).toMatchObject({
      violations: [{ field: 'candidates[0].address', law: '政府采购法实施条例', article: '43', severity: 'block' }],
    });
    expect((await lotOf(db.read, id, 1)).stage).toBe('evaluation');
    const mended = await act(id, 'report', whole);
    expect((await lotOf(db.read, id, 1)).stage).toBe('award');
    expect((await latestDecision(db.read, { procurementId: id, lotNo: 1 }, 'report'))?.id).toBe(mended.id);
  });

  it('政府采购法实施条例 43: no government tender is launched without its documents, which go with the result', async () => {
    const draft = draftOf('government', who.purchaser.id);
    clock.set(draft.noticeAt - 86_400_000);
    const { id } = await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft));
    const launch = () => db.transaction((tx) => launchProcurement(tx, who.asPurchaser, id));
    expect(violationsOf((await refusalOf(launch())).details)).toMatchObject([
      { field: 'documents', rule: 'gp-award-fields', article: '43' },
    ]);
    await addTenderDocument(db, who.asPurchaser, id);
    expect((await launch()).procurement.stage).toBe('launched');
  });

  it('is looked at again where it is published: nothing incomplete gets by', async () => {
    const { id } = await publishedTender(db, clock, who, 'tendering');
    const original = await latestNotice(db.read, id, 0, 'tender');
    const correct = (content: Record<string, unknown>) =>
      publish(db, who.asPurchaser, { procurementId: id, lotNo: 0, kind: 'tender', titleZh: '更正的招标公告', content });
    const refused = await refusalOf(correct({ ...original?.content, place: null }));
    expect(refused.messageZh).toContain('实施（交付）地点');
    expect(violationsOf(refused.details)).toMatchObject([{ field: 'place', law: '招标投标法', article: '16' }]);
    expect((await correct({ ...original?.content })).version).toBe(2);
    expect(await listNotices(db.read, { procurementId: id, limit: 10 })).toHaveLength(2);
  });

  it('does not bind a tender that was launched before it was asked for: it goes on as it began', async () => {
    const { id, bids } = await opened('government');
    await db.transaction((tx) => tx.q.update(procurements).set({ particulars: null }).where(eq(procurements.id, id)));
    const bare = report(bids, {
      candidates: bids.map(({ id: bidId }, index) => ({ bidId, rank: index + 1, priceFen: 1_000 + index, score: 90 })),
    });
    await act(id, 'report', bare);
    clock.set('2026-04-20T09:00+08:00');
    await advance(db, id, 1);
    expect((await latestNotice(db.read, id, 1, 'award'))?.content).toMatchObject({ winner: '投标人1', deemed: true });
  });

  it('is taken along by a re-tender', async () => {
    const { id } = await publishedTender(db, clock, who, 'tendering');
    clock.set(OPENED.tendering);
    await advance(db, id);
    const again = await db.transaction((tx) =>
      draftRetender(tx, who.asPurchaser, { procurementId: id, lotNo: 1, noticeAt: at('2026-05-20T09:00+08:00') }),
    );
    expect(again.particulars).toEqual(PARTICULARS_TOLD);
  });
});
