import { ApplicationFailure } from '@temporalio/common';
import { afterEach, describe, expect, it } from 'vitest';
import type { CustodianMemory } from '../../services/custodians/memory.ts';
import { auditAfter } from '../../db/audit.ts';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import { custodianNoticeSubject } from '../../domain/subjects.ts';
import { custodianTaskQueue } from '../../workflows/messages.ts';
import { setDeadline } from '../setup/tenders/deadlines.ts';
import { atWork, AWAY_MS, custodiansWithKeys, newMemory, sealedBid, type Manner } from '../setup/tenders/sealed.ts';
import { story, type Story } from '../setup/tenders/story.ts';
import { at } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';
import { CUSTODIAN_REFUSED } from '../../activities/custodian.ts';
import { acknowledgementsOf } from '../../services/custodians/notices.ts';

const DEADLINE = at('2026-04-20T09:00+08:00');
const MINUTE = 60_000;
const DAY = 86_400_000;

describe('each custodian is notified of every bid deadline when it is set', () => {
  let time: SkippedTime;
  let identities: ReadonlyMap<Custodian, string>;
  let memories: ReadonlyMap<Custodian, CustodianMemory>;
  const working = new Map<Custodian, { stop(): Promise<void> }>();
  afterEach(() => time.close());

  /** A tender as it is published, and its custodians, honest where nothing else is said. */
  const published = async (manners: Partial<Record<Custodian, Manner>> = {}): Promise<Story> => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    identities = await custodiansWithKeys(time.db);
    memories = new Map(CUSTODIANS.map((custodian) => [custodian, newMemory()]));
    for (const custodian of CUSTODIANS) await behaves(custodian, manners[custodian]);
    await time.unseal();
    const tender = await story(time, 'tendering');
    await tender.until('2026-03-31T09:00+08:00');
    await deliver();
    return tender;
  };
  const behaves = async (custodian: Custodian, manner: Manner = 'honest') => {
    await working.get(custodian)?.stop();
    working.set(custodian, await atWork(time, identities, custodian, manner, memories.get(custodian)));
  };
  const deliver = async () => {
    await time.deliver();
    await time.pass(MINUTE / 2);
  };
  const set = async (tender: Story, bidDeadline: number | null) => {
    await setDeadline(time.db, tender.id, bidDeadline);
    await deliver();
  };
  const statusOf = async (tender: Story, version: number) =>
    (await time.history(custodianNoticeSubject(tender.id, version)).describe()).status.name;
  const statesOf = async (tender: Story) =>
    (await acknowledgementsOf(time.db.read, tender.id)).map(({ state }) => state);
  const seenBy = (custodian: Custodian, tender: Story) => memories.get(custodian)?.seen(tender.id);
  const entries = async (action: string) =>
    (await auditAfter(time.db.read, 0, 1_000)).filter((entry) => entry.action === action);

  it('at its publication, and at an amendment: before anybody asks for a share', async () => {
    const tender = await published();
    for (const custodian of CUSTODIANS) {
      expect(seenBy(custodian, tender)).toEqual({ version: 1, bidDeadline: DEADLINE, latest: DEADLINE });
    }
    expect(await statesOf(tender)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
    expect(await statusOf(tender, 1)).toBe('COMPLETED');
    const moved = at('2026-04-27T09:00+08:00');
    await tender.decide(
      'amend',
      { textZh: '延期', affectsBids: false, bidDeadline: moved, documentIds: [] },
      { lotNo: 0 },
    );
    await deliver();
    for (const custodian of CUSTODIANS) {
      expect(seenBy(custodian, tender)).toEqual({ version: 2, bidDeadline: moved, latest: moved });
    }
    expect(await statusOf(tender, 2)).toBe('COMPLETED');
    expect(memories.get('centre')?.releases).toBe(0);
  });

  it('one that is away holds up neither the others nor the tender, and learns it when it is back after days', async () => {
    const tender = await published({ purchaser: 'away' });
    expect(await statesOf(tender)).toEqual(['acknowledged', 'waiting', 'acknowledged']);
    await time.pass(5 * DAY);
    expect(await statusOf(tender, 1)).toBe('RUNNING');
    expect((await tender.procurement()).stage).toBe('bidding');
    await behaves('purchaser');
    await time.pass(AWAY_MS + MINUTE);
    expect(seenBy('purchaser', tender)).toEqual({ version: 1, bidDeadline: DEADLINE, latest: DEADLINE });
    expect(await statesOf(tender)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
    expect(await statusOf(tender, 1)).toBe('COMPLETED');
  });

  it('one that is away is notified of the latest alone; no workflow waits for it under a deadline that was replaced', async () => {
    const tender = await published({ supervisor: 'away' });
    const later = DEADLINE + 7 * DAY;
    await set(tender, later);
    expect(await statesOf(tender)).toEqual(['acknowledged', 'acknowledged', 'waiting']);
    await time.pass(2 * DAY);
    expect([await statusOf(tender, 1), await statusOf(tender, 2)]).toEqual(['COMPLETED', 'RUNNING']);
    expect(await statesOf(tender)).toEqual(['acknowledged', 'acknowledged', 'waiting']);
    await behaves('supervisor');
    await time.pass(AWAY_MS + MINUTE);
    expect(seenBy('supervisor', tender)).toEqual({ version: 2, bidDeadline: later, latest: later });
    expect(await statusOf(tender, 2)).toBe('COMPLETED');
    const told = await entries('deadline.acknowledged');
    expect(told.filter(({ subject }) => subject === 'custodian/supervisor').map(({ detail }) => detail)).toEqual([
      { version: 2 },
    ]);
  });

  it('nobody is waited for once the opening is over', async () => {
    const tender = await published({ centre: 'away' });
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id);
    await time.until(DEADLINE + 5 * MINUTE);
    expect((await tender.procurement()).stage).toBe('evaluation');
    await time.pass(DAY);
    expect(await statusOf(tender, 1)).toBe('COMPLETED');
    expect(await statesOf(tender)).toEqual(['waiting', 'acknowledged', 'acknowledged']);
  });

  it('one that refuses is on the record with its reason, once; it is asked again, and then that it believes is too', async () => {
    const tender = await published({ centre: 'disbelieving' });
    expect(await statesOf(tender)).toEqual(['refused', 'acknowledged', 'acknowledged']);
    await time.pass(DAY);
    expect(await entries('deadline.refused')).toMatchObject([
      { subject: 'custodian/centre', detail: { version: 1, reason: '不予相信 / not believed' }, confidential: false },
    ]);
    expect(await statusOf(tender, 1)).toBe('RUNNING');
    await behaves('centre');
    await time.pass(DAY);
    expect(await statesOf(tender)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
    expect(await statusOf(tender, 1)).toBe('COMPLETED');
  });

  it('an earlier deadline, signed and in the log, is refused by all who know the later one', async () => {
    const tender = await published();
    await set(tender, DEADLINE - 3 * DAY);
    expect(await statesOf(tender)).toEqual(['refused', 'refused', 'refused']);
    for (const { reason } of await acknowledgementsOf(time.db.read, tender.id)) {
      expect(reason).toMatch(/is earlier than one seen before, 20 April 2026, 09:00/);
    }
    expect(seenBy('centre', tender)).toEqual({ version: 1, bidDeadline: DEADLINE, latest: DEADLINE });
  });

  it('one that has seen more of the log meanwhile is shown the proof from there, and nothing is on the record', async () => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    await custodiansWithKeys(time.db);
    const shown: number[] = [];
    for (const custodian of CUSTODIANS) {
      let known = 0;
      await time.work(custodianTaskQueue('kaibiao', custodian), {
        knownHead: async () => known,
        noteDeadline: async ({ proof }: { proof: { consistency: string[] } }) => {
          shown.push(proof.consistency.length);
          if (known === 3) return;
          known = 3;
          throw ApplicationFailure.nonRetryable('可能被改写 / may have been rewritten', CUSTODIAN_REFUSED);
        },
      });
    }
    const tender = await story(time, 'tendering');
    await tender.until('2026-03-31T09:00+08:00');
    await deliver();
    expect(await statesOf(tender)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
    expect(await entries('deadline.refused')).toEqual([]);
    expect(shown.filter((length) => length === 0)).toHaveLength(3);
    expect(shown.filter((length) => length > 0)).toHaveLength(3);
  });

  it('a workflow that is lost is started again from the database, until all have acknowledged', async () => {
    const tender = await published({ purchaser: 'away' });
    const workflowId = custodianNoticeSubject(tender.id, 1);
    const again = async (dryRun = false) =>
      (await time.reconcile({ dryRun })).filter((each) => each.workflowId === workflowId);
    expect(await again()).toMatchObject([{ was: 'running', did: 'nothing' }]);
    await time.history(workflowId).terminate('lost');
    expect(await again(true)).toMatchObject([{ was: 'terminated', did: 'would-start' }]);
    expect(await again()).toMatchObject([{ was: 'terminated', did: 'started' }]);
    await behaves('purchaser');
    await time.pass(AWAY_MS + MINUTE);
    expect(await statesOf(tender)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
    expect(await again()).toEqual([]);
  });
});
