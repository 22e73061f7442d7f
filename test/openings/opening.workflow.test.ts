import { afterEach, describe, expect, it, vi } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { custodiansOf, openingsOf } from '../../db/openings/openings.ts';
import { noteServing } from '../../services/outages/note-serving.ts';
import { procurementById } from '../../db/procurements.ts';
import { insertBidderShare, openedBids, unsealingsOf } from '../../db/openings/unsealings.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import { openingSubject, procurementSubject } from '../../domain/subjects.ts';
import { wake } from '../../db/engine/outbox.ts';
import {
  atWork,
  AWAY_MS,
  craftedBytes,
  custodiansWithKeys,
  handIn,
  partOf,
  sealedBid,
  sealedBytes,
} from '../setup/tenders/sealed.ts';
import { candidateTold } from '../setup/tenders/particulars.ts';
import { kindsOf, story } from '../setup/tenders/story.ts';
import { at, refusalOf } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';
import { pauseOpening } from '../../services/openings/pause.ts';
import { recordFault } from '../../services/openings/record-fault.ts';
import { resumeOpening } from '../../services/openings/resume.ts';

const DEADLINE = '2026-04-20T09:00+08:00';
/** Time skips only once the custodians are at work: they are notified of the deadline as soon as it is published. */
const ON_SALE = '2026-03-31T09:00+08:00';

describe('the opening of sealed bids', () => {
  let time: SkippedTime;
  let identities: ReadonlyMap<Custodian, string>;
  afterEach(() => time.close());
  const begin = async (change: Parameters<typeof story>[2] = {}, suppliers = 3) => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    identities = await custodiansWithKeys(time.db);
    await time.unseal();
    return story(time, 'tendering', change, { suppliers });
  };
  /** These are at work; the others are away until they `return`. */
  const all = async (...custodians: Custodian[]) => {
    for (const each of CUSTODIANS) {
      if (custodians.includes(each)) await atWork(time, identities, each);
      else awayFrom.set(each, await atWork(time, identities, each, 'away'));
    }
  };
  const awayFrom = new Map<Custodian, { stop(): Promise<void> }>();
  const returns = async (custodian: Custodian) => {
    await awayFrom.get(custodian)?.stop();
    await atWork(time, identities, custodian);
  };

  it('closes, collects the shares, unseals, publishes the record and lets the lot be evaluated, unattended (招标投标法34, 电子招标投标办法29–32)', async () => {
    const tender = await begin();
    await all('centre', 'purchaser', 'supervisor');
    await tender.until(ON_SALE);
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id);
    await tender.until('2026-04-20T09:05+08:00');
    expect(await tender.procurement()).toMatchObject({ stage: 'evaluation' });
    const [record] = await openingsOf(time.db.read, tender.id);
    expect(record).toMatchObject({ opened: true, bidders: 3, legalAt: at(DEADLINE) });
    expect(record?.entries.map(({ supplier, unsealed }) => [supplier, unsealed?.state, unsealed?.priceFen])).toEqual([
      ['投标人1', 'opened', 380_000_000],
      ['投标人2', 'opened', 380_000_001],
      ['投标人3', 'opened', 380_000_002],
    ]);
    expect(kindsOf(await tender.notices())).toEqual(['tender', 'opening-record']);
    expect(await unsealingsOf(time.db.read, tender.id)).toHaveLength(3);

    // A report may not name another price than was opened (30号令53).
    await tender.until('2026-04-21T10:00+08:00');
    const bids = await openedBids(time.db.read, tender.id, 1);
    const named = (priceFen: number) => ({
      candidates: bids.map(({ id: bidId }, n) => ({
        ...candidateTold(),
        ...{ bidId, rank: n + 1, priceFen: priceFen + n, score: 90 - n },
      })),
    });
    expect(await refusalOf(tender.report(bids, '2026-04-20T17:00+08:00', named(120_000_000)))).toMatchObject({
      code: 'unlawful',
      details: {
        violations: [0, 1, 2].map((n) => ({
          rule: 'works-price-correction',
          field: `candidates[${n}].priceFen`,
          given: 120_000_000 + n,
          limit: 380_000_000 + n,
        })),
      },
    });
    expect((await tender.lot()).stage).toBe('evaluation');
    await tender.report(bids, '2026-04-20T17:00+08:00', named(380_000_000));
    expect((await tender.lot()).stage).toBe('publicity');
  });

  it('two custodians suffice; the third, away or refusing, is on the record, and the opening continues', async () => {
    const tender = await begin();
    await all('centre', 'purchaser');
    await tender.until(ON_SALE);
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id);
    await tender.until('2026-04-20T09:05+08:00');
    expect((await tender.procurement()).stage).toBe('evaluation');
    expect(await statesOf(tender.id)).toEqual({ centre: 'released', purchaser: 'released', supervisor: 'missing' });
    const notice = (await tender.notices()).find(({ kind }) => kind === 'opening-record');
    expect(notice?.content['custodians']).toMatchObject([
      { custodian: 'centre', state: 'released' },
      { custodian: 'purchaser', state: 'released' },
      { custodian: 'supervisor', state: 'missing' },
    ]);
  });

  it('one that refuses holds nothing up; why is on the record', async () => {
    const tender = await begin();
    await atWork(time, identities, 'centre', 'refusing');
    for (const each of ['purchaser', 'supervisor'] as const) await atWork(time, identities, each);
    await tender.until(ON_SALE);
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id);
    await tender.until('2026-04-20T09:05+08:00');
    expect((await tender.procurement()).stage).toBe('evaluation');
    expect(await statesOf(tender.id)).toMatchObject({ centre: 'refused' });
    const [centre] = await custodiansOf(time.db.read, tender.id);
    expect(centre?.reason).toContain('拒绝交出份额');
  });

  it('a custodian that gives wrong shares is found out by what the bids commit to, and the other two suffice', async () => {
    const tender = await begin();
    await atWork(time, identities, 'centre', 'with-wrong-shares');
    for (const each of ['purchaser', 'supervisor'] as const) await atWork(time, identities, each);
    await tender.until(ON_SALE);
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id);
    await tender.until('2026-04-20T09:05+08:00');
    expect(await outcomesOf(tender.id)).toEqual(['opened', 'opened', 'opened']);
    expect(await statesOf(tender.id)).toMatchObject({ centre: 'refused' });
  });

  it('two missing: the opening waits for days, this is public, and it completes automatically when one returns', async () => {
    const tender = await begin();
    await all('supervisor');
    await tender.until(ON_SALE);
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id);
    await tender.until('2026-04-20T09:10+08:00');
    expect(await tender.procurement()).toMatchObject({ stage: 'opening', openedAt: null });
    expect(await statesOf(tender.id)).toEqual({ centre: 'missing', purchaser: 'missing', supervisor: 'released' });
    const told = (await auditAfter(time.db.read, 0, 999)).filter(({ action }) => action === 'custodian.missing');
    expect(told.map(({ subject }) => subject)).toEqual(['custodian/centre', 'custodian/purchaser']);
    expect(kindsOf(await tender.notices())).toEqual(['tender']);
    await tender.until('2026-04-23T10:00+08:00');
    expect((await tender.procurement()).stage).toBe('opening');
    await returns('purchaser');
    await time.pass(AWAY_MS + 600_000);
    expect((await tender.procurement()).stage).toBe('evaluation');
    expect(await statesOf(tender.id)).toEqual({ centre: 'missing', purchaser: 'released', supervisor: 'released' });
  });

  it('the worker that holds the one-time key dies: another restarts the opening, and repeats nothing that is stored', async () => {
    const tender = await begin();
    // It names those who are missing later than others would.
    await time.unseal('with the memory gone', 600_000);
    await all('centre');
    await tender.until(ON_SALE);
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id);
    await tender.until('2026-04-20T09:05+08:00');
    expect((await tender.procurement()).stage).toBe('opening');
    expect(Object.values(await statesOf(tender.id))).not.toContain('missing');
    await time.unseal('with the memory gone');
    await returns('purchaser');
    await time.pass(AWAY_MS + 600_000);
    expect((await tender.procurement()).stage).toBe('evaluation');
    expect(await outcomesOf(tender.id)).toEqual(['opened', 'opened', 'opened']);
    const unsealed = (await auditAfter(time.db.read, 0, 999)).filter(({ action }) => action === 'bid.unseal');
    expect(unsealed).toHaveLength(3);
  });

  it('paused by the supervisor before the deadline: bids close on time, nothing is unsealed until it is resumed', async () => {
    const tender = await begin();
    await all('centre', 'purchaser', 'supervisor');
    await tender.until(ON_SALE);
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id);
    const supervisor = tender.who.asPurchaser;
    await time.db.transaction(async (tx) =>
      pauseOpening(tx, supervisor, await procurementById(tx.q, tender.id), '收到串通投标的举报'),
    );
    await tender.until('2026-04-20T10:00+08:00');
    expect(await tender.procurement()).toMatchObject({ stage: 'opening', openedAt: null });
    expect(await outcomesOf(tender.id)).toEqual([]);
    expect((await refusalOf(sealedBid(time.db, tender.who, 0, tender.id))).code).toBe('bid-late');
    await time.db.transaction(async (tx) => resumeOpening(tx, supervisor, await procurementById(tx.q, tender.id)));
    await time.deliver();
    await time.pass(60_000);
    expect((await tender.procurement()).stage).toBe('evaluation');
    const notice = (await tender.notices()).find(({ kind }) => kind === 'opening-record');
    expect(notice?.content['pauses']).toMatchObject([
      { reasonZh: '收到串通投标的举报', until: expect.any(String) as string },
    ]);
  });

  describe('双锁: bidders keep a share (电子招标投标办法 31)', () => {
    const release = (tenderId: string, sealed: Awaited<ReturnType<typeof sealedBid>>) =>
      time.db.transaction(async (tx) => {
        await insertBidderShare(tx, sealed.bid, String(sealed.bidderShare));
        wake(tx, openingSubject(tenderId));
      });

    it('who has not released its share by the end of the window is revoked, and the others continue', async () => {
      const tender = await begin({ bidderWindowMinutes: 30 });
      await all('centre', 'purchaser', 'supervisor');
      await tender.until(ON_SALE);
      const bids = [];
      for (const index of [0, 1, 2]) bids.push(await sealedBid(time.db, tender.who, index, tender.id));
      await tender.until('2026-04-20T09:05+08:00');
      expect((await tender.procurement()).stage).toBe('opening');
      for (const index of [0, 1]) {
        const sealed = bids[index];
        if (sealed) await release(tender.id, sealed);
        await time.deliver();
      }
      await tender.until('2026-04-20T09:29+08:00');
      expect(await outcomesOf(tender.id)).toEqual([]);
      await tender.until('2026-04-20T09:32+08:00');
      expect((await tender.procurement()).stage).toBe('evaluation');
      expect(await outcomesOf(tender.id)).toEqual(['opened', 'opened', 'revoked']);
      const [record] = await openingsOf(time.db.read, tender.id);
      expect(record?.entries[2]?.unsealed).toMatchObject({ state: 'revoked', priceFen: null });
      // Rule e-decrypt-fault: 因投标人原因造成投标文件未解密的，视为撤销其投标文件.
      expect(record?.entries[2]?.unsealed?.reasonZh).toContain('20号令第31条');
    });

    it('as soon as all have released theirs the opening continues', async () => {
      const tender = await begin({ bidderWindowMinutes: 240 });
      await all('centre', 'purchaser', 'supervisor');
      await tender.until(ON_SALE);
      const bids = [];
      for (const index of [0, 1, 2]) bids.push(await sealedBid(time.db, tender.who, index, tender.id));
      await tender.until('2026-04-20T09:05+08:00');
      for (const sealed of bids) {
        await release(tender.id, sealed);
        await time.deliver();
      }
      await tender.until('2026-04-20T09:10+08:00');
      expect((await tender.procurement()).stage).toBe('evaluation');
      expect(await outcomesOf(tender.id)).toEqual(['opened', 'opened', 'opened']);
    });

    it('a fault of the platform makes the window longer, or returns the bid that it touched', async () => {
      const tender = await begin({ bidderWindowMinutes: 30 });
      await all('centre', 'purchaser', 'supervisor');
      await tender.until(ON_SALE);
      const bids = [];
      for (const index of [0, 1, 2]) bids.push(await sealedBid(time.db, tender.who, index, tender.id));
      await tender.until('2026-04-20T09:05+08:00');
      const record = (bidId: string | null, minutes: number, reasonZh: string) =>
        time.db.transaction(async (tx) =>
          recordFault(tx, tender.who.asPurchaser, await procurementById(tx.q, tender.id), { bidId, minutes, reasonZh }),
        );
      await record(null, 20, '平台断网二十分钟');
      await record(String(bids[2]?.bid.id), 0, '平台未能受理其份额');
      await time.deliver();
      await tender.until('2026-04-20T09:40+08:00');
      expect((await tender.procurement()).stage).toBe('opening');
      for (const index of [0, 1]) {
        const sealed = bids[index];
        if (sealed) await release(tender.id, sealed);
      }
      await tender.until('2026-04-20T09:52+08:00');
      expect(await outcomesOf(tender.id)).toEqual(['opened', 'opened', 'returned']);
    });

    it('no API serves over the end of the window: nothing is decided until one does, and nobody has to notice', async () => {
      const tender = await begin({ bidderWindowMinutes: 10 });
      await all('centre', 'purchaser', 'supervisor');
      await tender.until(ON_SALE);
      const bids = [];
      for (const index of [0, 1, 2]) bids.push(await sealedBid(time.db, tender.who, index, tender.id));
      await tender.until('2026-04-20T09:05+08:00');
      await time.db.transaction(noteServing, 'single-rows');
      await tender.until('2026-04-20T09:40+08:00');
      expect(await outcomesOf(tender.id)).toEqual([]);
      await time.db.transaction(noteServing, 'single-rows');
      await time.outbox.deliverWaiting();
      for (const index of [0, 1]) {
        const sealed = bids[index];
        if (sealed) await release(tender.id, sealed);
      }
      for (let now = at('2026-04-20T09:40:15+08:00'); now < at('2026-04-20T09:46+08:00'); now += 15_000) {
        await tender.until(formatInstant(now));
        await time.db.transaction(noteServing, 'single-rows');
      }
      expect((await tender.procurement()).stage).toBe('opening');
      // Windows end with a minute.
      await tender.until('2026-04-20T09:46:10+08:00');
      expect(await outcomesOf(tender.id)).toEqual(['opened', 'opened', 'returned']);
    });
  });

  it('no hostile file hurts the good bids beside it', async () => {
    const tender = await begin({}, 9);
    await all('centre', 'purchaser', 'supervisor');
    const { db } = time;
    const { who, id } = tender;
    await tender.until(ON_SALE);
    for (const index of [0, 1]) await sealedBid(db, who, index, id);
    const first = await sealedBytes(db, who, 0, id);
    const hostile: [string, Uint8Array][] = [
      ['not a seal at all', Buffer.from('PK\u0003\u0004 something else')],
      ['sealed for another lot', (await sealedBytes(db, who, 3, id, 1, { lotNo: 7 })).bytes],
      ['the file of another supplier', first.bytes],
      ['paths that lead out', await craftedBytes(db, who, 5, id, { path: '../../etc/passwd', content: 'x' })],
      ['cut in the middle', (await sealedBytes(db, who, 6, id)).bytes.subarray(0, 4_000)],
      ['a bit turned over', turned((await sealedBytes(db, who, 7, id)).bytes)],
    ];
    for (const [n, [, bytes]] of hostile.entries()) await handIn(db, who, n + 2, id, bytes);
    const same = await sealedBytes(db, who, 8, id, 1, {
      parts: [partOf('投标函.txt', 'letter of 0'), partOf('技术/方案.txt', 'plan of 0')],
    });
    await handIn(db, who, 8, id, same.bytes);
    await tender.until('2026-04-20T09:10+08:00');
    expect((await tender.procurement()).stage).toBe('evaluation');
    const [record] = await openingsOf(db.read, id);
    const states = Object.fromEntries((record?.entries ?? []).map((each) => [each.supplier, each.unsealed?.state]));
    expect(states).toEqual({
      投标人1: 'opened',
      投标人2: 'opened',
      投标人3: 'broken',
      投标人4: 'broken',
      投标人5: 'broken',
      投标人6: 'broken',
      投标人7: 'broken',
      投标人8: 'broken',
      投标人9: 'opened',
    });
    // 条例 40: alike in everything; shown to the committee, and not refused.
    const [one] = record?.entries ?? [];
    const twin = record?.entries.find(({ supplier }) => supplier === '投标人9');
    expect(one?.unsealed?.sameAs).toEqual([twin?.bidId]);
    // What was not opened is no candidate.
    const opened = await openedBids(db.read, id, 1);
    expect(opened.map(({ supplier }) => supplier)).toEqual(['投标人1', '投标人2', '投标人9']);
  });

  it('fewer than three: the lot fails and its bids stay sealed (条例44); its siblings are opened', async () => {
    const lots = [1, 2].map((no) => ({ no, title: `${no}标段`, budgetFen: 500_000_000, bidBondFen: null }));
    const tender = await begin({ lots });
    await all('centre', 'purchaser', 'supervisor');
    await tender.until(ON_SALE);
    for (const index of [0, 1]) await sealedBid(time.db, tender.who, index, tender.id, 1);
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id, 2);
    await tender.until('2026-04-20T09:05+08:00');
    expect((await tender.procurement()).lots.map(({ stage }) => stage)).toEqual(['failed', 'evaluation']);
    expect((await tender.lot(1)).failure).toMatchObject({ article: '44' });
    expect((await unsealingsOf(time.db.read, tender.id)).map(({ lotNo }) => lotNo)).toEqual([2, 2, 2]);
  });

  it('lost while it waits, and started from the database', async () => {
    const tender = await begin();
    await all('centre');
    await tender.until(ON_SALE);
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id);
    await tender.until('2026-04-20T09:05+08:00');
    await time.pass(1_000);
    const lost = [procurementSubject(tender.id), openingSubject(tender.id)];
    for (const workflowId of lost) await time.client.workflow.getHandle(workflowId).terminate('lost');
    const found = (await time.reconcile()).filter(({ workflowId }) => lost.includes(workflowId));
    // Several are looked at at a time: in whatever order they are done.
    expect(found.toSorted((a, b) => a.workflowId.localeCompare(b.workflowId))).toMatchObject(
      lost.map((workflowId) => ({ workflowId, was: 'terminated', did: 'started', stage: 'opening' })),
    );
    await returns('supervisor');
    await time.pass(AWAY_MS + 600_000);
    expect((await tender.procurement()).stage).toBe('evaluation');
    expect(await time.history(`procurement/${tender.id}/lot/1`).query('state')).toMatchObject({ stage: 'evaluation' });
  });

  it('an opening alone that was ended by force is found, and started alone', async () => {
    const tender = await begin();
    await all('centre');
    await tender.until(ON_SALE);
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id);
    await tender.until('2026-04-20T09:05+08:00');
    await time.pass(1_000);
    await time.client.workflow.getHandle(openingSubject(tender.id)).terminate('lost');
    await vi.waitFor(async () => {
      const found = await time.reconcile();
      expect(found.filter(({ did }) => did !== 'nothing')).toMatchObject([
        { workflowId: openingSubject(tender.id), did: 'started' },
      ]);
    }, 10_000);
    await returns('supervisor');
    await time.pass(AWAY_MS + 600_000);
    expect((await tender.procurement()).stage).toBe('evaluation');
  });

  const statesOf = async (id: string) =>
    Object.fromEntries((await custodiansOf(time.db.read, id)).map(({ custodian, state }) => [custodian, state]));
  const outcomesOf = async (id: string) => (await unsealingsOf(time.db.read, id)).map(({ state }) => state);
  const turned = (bytes: Buffer): Buffer => {
    const at = bytes.length - 1_024 - 600;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
});
