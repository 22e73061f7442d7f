import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { startCluster } from '../../cli/commands/cluster.ts';
import type { Person } from '../../cli/demo/people.ts';
import { bids, openings } from '../../db/schema/sqlite.ts';
import { CUSTODIANS } from '../../domain/bids/sealing.ts';
import { Tender, type Moment } from '../faults/story.ts';
import { eventually } from '../setup/eventually.ts';
import { decidedBids, releasesOf, takenNow } from '../setup/tenders/openings.ts';
import { startTestService, type TestService } from '../setup/servers/service.ts';

const FROM = '2025-02-10T09:00:00+08:00';

/** What is killed during the work of that moment. */
const BLOWS = {
  bidding: ['api-1'],
  deadline: ['worker-1', 'custodians'],
  evaluation: ['temporal'],
  grievance: ['api-2', 'worker-2'],
  contract: ['postgres'],
} as const satisfies Partial<Record<Moment, readonly string[]>>;

/** Every process that names the installation's folder on its command line, or belongs to its cluster. */
async function processesOf(dataDir: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'stat=,args=']);
  return stdout.split('\n').filter((line) => line.includes(dataDir) && !line.startsWith('Z'));
}

/** What every API process answers to the same question of the same person. */
async function answers(town: TestService, person: Person, path: string): Promise<unknown[]> {
  const urls = town.cluster?.apiUrls ?? [];
  expect(urls).toHaveLength(2);
  return Promise.all(urls.map((url) => person.at(url).send('GET', path)));
}

describe('a cluster on one machine', () => {
  it('completes a tender although one process of each kind is killed', async () => {
    await using town = await startTestService({ dayMs: 1_200, from: FROM, as: 'cluster' });
    const tender = await Tender.draft(town, 'tendering', 12);
    const struck: Moment[] = [];
    await tender.live(async (moment) => async () => {
      if (!(moment in BLOWS)) return;
      struck.push(moment);
      await Promise.all(BLOWS[moment as keyof typeof BLOWS].map((part) => town.kill(part)));
    });
    expect(struck).toEqual(Object.keys(BLOWS));
    await town.ready();

    // Both APIs answer the same, and refuse a bid after its deadline.
    const { purchaser, suppliers } = town.persons;
    const asked = [tender.path, `${tender.path}/timeline`, '/procurements', '/notices'];
    for (const path of asked) {
      const [one, other] = await answers(town, purchaser, path);
      expect(one, path).toMatchObject({ status: 200 });
      expect(one, path).toEqual(other);
    }
    const standing = await town.db.read.select().from(bids);
    for (const url of town.cluster?.apiUrls ?? []) {
      const late = await suppliers[0].at(url).send('POST', `${tender.lot}/bids`, Buffer.from('late'));
      expect(late).toMatchObject({ status: 409, body: { code: 'bid-late' } });
    }
    expect(await town.db.read.select().from(bids)).toEqual(standing);

    await tender.assertEnded();
    await town.check();
    await town.stop();
    expect(await processesOf(town.dataDir)).toEqual([]);
  });

  it('opens sealed bids though the machine that unseals them hangs and dies meanwhile: the other restarts the opening', async () => {
    await using town = await startTestService({ dayMs: 900, from: FROM, as: 'cluster' });
    const tender = await Tender.draft(town, 'tendering', 12, 30);
    await tender.launch();
    await tender.comesTo('bidding');
    // One that is opened at once, and two that take their time.
    for (const [supplier, size] of [2_000, 120_000_000, 120_000_000].entries()) {
      await tender.bid(supplier as 0 | 1 | 2, randomBytes(size));
    }
    await eventually('some bids are opened', async () => (await decidedBids(town, tender.id)).length > 0);
    // Both at once: by the time that Temporal has said which of them unseals, it would be done.
    const both = (['worker-1', 'worker-2'] as const).map((part) => ({ part, pid: Number(town.pidOf(part)) }));
    for (const { pid } of both) process.kill(pid, 'SIGSTOP');
    const [unsealing] = await takenNow(town, tender.id);
    expect(unsealing?.activity).toBe('unseal');
    for (const { pid } of both) if (pid !== unsealing?.pid) process.kill(pid, 'SIGCONT');
    const workers = both.filter(({ pid }) => pid === unsealing?.pid).map(({ part }) => part);
    expect(workers).toHaveLength(1);
    const [worker] = workers as ['worker-1' | 'worker-2'];
    const kept = await decidedBids(town, tender.id);
    expect(kept.length).toBeLessThan(3);

    await tender.lotComesTo('evaluation');
    // It was the other: the one that hangs has come to nothing.
    expect(town.pidOf(worker)).toBe(unsealing?.pid);
    await town.kill(worker);
    await town.ready();
    for (const custodian of CUSTODIANS) {
      const [first, second] = releasesOf(town, tender.id, custodian);
      expect(second?.recipient).not.toBe(first?.recipient);
      for (const bidId of kept) expect(second?.bidIds).not.toContain(bidId);
    }
    const [record] = await town.db.read.select().from(openings).where(eq(openings.procurementId, tender.id));
    expect(record?.entries.map(({ unsealed }) => unsealed?.state)).toEqual(['opened', 'opened', 'opened']);
    await town.check();
  });

  it('continues after a restart, with the number of shards that it was created with', async () => {
    await using town = await startTestService({ dayMs: 1_200, from: FROM, as: 'cluster' });
    const tender = await Tender.draft(town, 'government', 12);
    await tender.launch();
    await tender.comesTo('bidding');
    const receipts = [await tender.bid(0), await tender.bid(1), await tender.bid(2)];
    await town.stop();

    const { DATABASE_URL: _its, ...env } = town.env;
    const shards = { ...env, KAIBIAO_CLUSTER_SHARDS: '8' };
    const refused = startCluster({ env: shards, log: () => undefined, onAdministrator: () => undefined });
    await expect(refused).rejects.toMatchObject({ code: 'shards-fixed' });

    await town.start();
    const kept = await town.db.read.select().from(bids).orderBy(bids.receivedAt);
    expect(kept.map(({ id }) => id)).toEqual(receipts.map(({ bidId }) => bidId));
    await tender.lotComesTo('evaluation');
    await town.check();
  });

  it('refuses an external server, and names what to start instead', async () => {
    const env = { ...process.env, DATABASE_URL: 'postgres://somebody@db.example.internal/kaibiao' };
    const refused = startCluster({ env, log: () => undefined, onAdministrator: () => undefined });
    await expect(refused).rejects.toMatchObject({
      code: 'cluster-elsewhere',
      messageZh: expect.stringContaining('DATABASE_URL') as string,
      messageEn: expect.stringContaining('kaibiao api and kaibiao worker') as string,
    });
  });
});
