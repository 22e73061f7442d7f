import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectClient } from '../../cli/servers/temporal-client.ts';
import { endProcess } from '../../cli/servers/processes.ts';
import { writeDrillClock } from '../../cli/custodian/local.ts';
import { auditAfter } from '../../db/audit.ts';
import { custodiansOf, openingsOf } from '../../db/openings/openings.ts';
import { partsOf } from '../../db/openings/unsealings.ts';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import { openingSubject } from '../../domain/subjects.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { custodianCommand, startCustodian } from '../setup/servers/custodian-process.ts';
import { eventually } from '../setup/eventually.ts';
import { decidedBids, releasesOf, takenNow } from '../setup/tenders/openings.ts';
import { startTestService, type TestService } from '../setup/servers/service.ts';
import { Tender } from './story.ts';

/** temporal.api.enums.v1.TimeoutType */
const TIMEOUT_HEARTBEAT = 4;

/** Of the activities of an opening. */
async function timeoutsOf(town: TestService, procurementId: string): Promise<unknown[]> {
  const { TEMPORAL_ADDRESS: _given, ...env } = town.env;
  const client = await connectClient(readTemporalConfig(env), town.temporalAddress);
  try {
    const { events } = await client.workflow.getHandle(openingSubject(procurementId)).fetchHistory();
    return (events ?? []).flatMap(({ activityTaskTimedOutEventAttributes: timedOut }) =>
      timedOut ? [timedOut.failure?.timeoutFailureInfo?.timeoutType] : [],
    );
  } finally {
    await client.connection.close();
  }
}

const FROM = '2025-02-10T09:00:00+08:00';
const MB = 1_000_000;

describe.concurrent('an opening of sealed bids', () => {
  it('its worker killed while it unseals: restarted with a fresh key, it opens what is left, and ends with the same result', async () => {
    await using town = await startTestService({ from: FROM });
    // One that is opened at once, and two that take their time.
    const sizes = [2_000, 40 * MB, 40 * MB] as const;
    const hashes = new Map<string, string>();
    const begin = async (): Promise<Tender> => {
      const tender = await bidding(town);
      for (const supplier of [0, 1, 2] as const) {
        const file = randomBytes(sizes[supplier]);
        const { bidId } = await tender.bid(supplier, file);
        hashes.set(String(bidId), createHash('sha256').update(file).digest('hex'));
      }
      return tender;
    };
    const struck = await begin();
    await town.comes('some bids are opened', async () => (await decidedBids(town, struck.id)).length > 0);
    await town.kill('worker');
    const kept = await decidedBids(town, struck.id);
    const [bidders, half] = [3, kept.length];
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(bidders);
    const calm = await begin();
    for (const tender of [struck, calm]) await tender.lotComesTo('evaluation');

    for (const custodian of CUSTODIANS) {
      const [first, second, ...more] = releasesOf(town, struck.id, custodian);
      expect(more).toEqual([]);
      expect(second?.recipient).not.toBe(first?.recipient);
      expect(first?.bidIds).toHaveLength(bidders);
      expect(second?.bidIds.toSorted()).toEqual(first?.bidIds.filter((bidId) => !kept.includes(bidId)).toSorted());
      expect(releasesOf(town, calm.id, custodian)).toHaveLength(1);
    }
    // Its silence ended the wait, and nothing was handed to its queue again, which nobody polls.
    expect(await timeoutsOf(town, struck.id)).toEqual([TIMEOUT_HEARTBEAT]);
    // The record does not distinguish the two.
    const [record, other] = [await readOut(town, struck), await readOut(town, calm)];
    expect(record).toEqual(other);
    expect(record.entries.map(({ unsealed }) => unsealed?.state)).toEqual(['opened', 'opened', 'opened']);
    for (const tender of [struck, calm]) {
      for (const bidId of await decidedBids(town, tender.id)) {
        const [part, ...none] = await partsOf(town.db.read, bidId);
        expect(none).toEqual([]);
        expect(part?.sha256).toBe(hashes.get(bidId));
        expect(await town.db.blobs.inspect(String(part?.sha256))).toMatchObject({ sha256: part?.sha256 });
      }
    }
    await town.check();
  });

  it('its custodians killed with what they were asked in hand: those who come after them are asked again', async () => {
    await using town = await startTestService({ from: FROM });
    const struck = await bidding(town);
    await bidAll(struck);
    // A process that stands still takes its tasks, and does nothing with them.
    process.kill(town.pidOf('custodians') as number, 'SIGSTOP');
    await struck.comesTo('opening');
    await eventually(
      'all three have been asked',
      async () => (await takenNow(town, struck.id)).length === CUSTODIANS.length,
    );
    await town.kill('custodians');
    expect(await decidedBids(town, struck.id)).toEqual([]);
    const calm = await bidding(town);
    await bidAll(calm);
    for (const tender of [struck, calm]) await tender.lotComesTo('evaluation');
    expect(await readOut(town, struck)).toEqual(await readOut(town, calm));
    expect(await statesOf(town, struck)).toEqual({ centre: 'released', purchaser: 'released', supervisor: 'released' });
    await town.check();
  });

  it('custodians who are away: with two missing it waits, shows who is missing, and continues when one is back; with one missing it continues', async () => {
    await using town = await startTestService({
      from: FROM,
      // Who is there answers well within it, on a busy machine too.
      env: { KAIBIAO_LOCAL_CUSTODIANS: 'off', KAIBIAO_CUSTODIANS_MISSED_MS: '30000' },
    });
    const custodians = await custodiansElsewhere(town);
    try {
      await custodians.start('centre');
      const tender = await bidding(town);
      await bidAll(tender);
      await tender.comesTo('opening');

      const { supervisor, suppliers, purchaser } = town.persons;
      await eventually('who is missing is told', async () => {
        const { body } = await supervisor.send('GET', `${tender.path}/opening`);
        return body.state === 'waiting-for-custodians';
      });
      for (const person of [supervisor, purchaser, suppliers[0]]) {
        const told = await person.ask('GET', `${tender.path}/opening`, 200);
        expect(told).toMatchObject({
          state: 'waiting-for-custodians',
          custodians: [
            { custodian: 'centre', state: 'released' },
            { custodian: 'purchaser', state: 'missing' },
            { custodian: 'supervisor', state: 'missing' },
          ],
          items: [],
        });
      }
      const noted = await custodianEntries(town, tender);
      expect(noted).toEqual([
        'custodian/centre released',
        'custodian/purchaser missing',
        'custodian/supervisor missing',
      ]);
      expect(await decidedBids(town, tender.id)).toEqual([]);
      expect(await tender.stage()).toBe('opening');

      await custodians.start('purchaser');
      await tender.lotComesTo('evaluation');
      const { custodians: states, entries } = await readOut(town, tender);
      expect(states).toEqual([
        ['centre', 'released'],
        ['purchaser', 'released'],
        ['supervisor', 'missing'],
      ]);
      expect(entries.map(({ unsealed }) => unsealed?.state)).toEqual(['opened', 'opened', 'opened']);
      expect(await custodianEntries(town, tender)).toEqual([...noted, 'custodian/purchaser released']);

      // The third is still away: nobody waits for it for long.
      const next = await bidding(town);
      await bidAll(next);
      await next.lotComesTo('evaluation');
      expect(await readOut(town, next)).toEqual({ custodians: states, entries });
      // Two of three had answered at once, so that the opening never counted as waiting for them.
      const [first, second, third] = await custodianEntries(town, next);
      expect([first, second].toSorted()).toEqual(['custodian/centre released', 'custodian/purchaser released']);
      expect(third).toBe('custodian/supervisor missing');
      await town.check();
    } finally {
      await custodians.stop();
    }
  });
});

/** A tender of works that bids are taken for. */
async function bidding(town: TestService): Promise<Tender> {
  const tender = await Tender.draft(town, 'tendering', 12, 30);
  await tender.launch();
  await tender.comesTo('bidding');
  return tender;
}

async function bidAll(tender: Tender): Promise<void> {
  for (const supplier of [0, 1, 2] as const) await tender.bid(supplier);
}

const statesOf = async (town: TestService, tender: Tender) =>
  Object.fromEntries((await custodiansOf(town.db.read, tender.id)).map(({ custodian, state }) => [custodian, state]));

/** What the custodians did, from the audit trail, oldest first. */
const custodianEntries = async (town: TestService, tender: Tender): Promise<string[]> =>
  (await auditAfter(town.db.read, 0, 9_999))
    .filter(({ action, procurementId }) => action.startsWith('custodian.') && procurementId === tender.id)
    .map(({ subject, action }) => `${subject} ${action.slice('custodian.'.length)}`);

/** What is read out and published of a tender of one lot, without what differs from tender to tender. */
async function readOut(town: TestService, tender: Tender) {
  const [record] = await openingsOf(town.db.read, tender.id);
  const custodians = (await custodiansOf(town.db.read, tender.id)).map(({ custodian, state }) => [custodian, state]);
  const entries = (record?.entries ?? []).map(({ supplier, size, unsealed, deposit }) => ({
    supplier,
    size,
    unsealed,
    deposit,
  }));
  return { custodians, entries };
}

/** Three custodians as their own people run them, each with its own folder and key; none is started yet. */
async function custodiansElsewhere(town: TestService) {
  const clockFile = writeDrillClock(town.env, town.clock);
  const jwks = join(town.dataDir, 'jwks.json');
  writeFileSync(jwks, await (await fetch(`${town.url}/.well-known/jwks.json`)).text());
  const envOf = (custodian: Custodian): NodeJS.ProcessEnv => ({
    ...process.env,
    TEMPORAL_ADDRESS: town.temporalAddress,
    KAIBIAO_CUSTODIAN_DIR: join(town.dataDir, 'elsewhere', custodian),
    KAIBIAO_DRILL_CLOCK_FILE: clockFile,
    KAIBIAO_LOG_LEVEL: 'fatal',
  });
  for (const custodian of CUSTODIANS) {
    const { recipient } = await custodianCommand(
      envOf(custodian),
      custodian,
      'init',
      '--jwks',
      jwks,
      '--keep-passphrase',
    );
    await town.persons.office.ask('POST', '/custodians', 201, { custodian, recipient });
  }
  const started: number[] = [];
  return {
    start: async (custodian: Custodian) => {
      const { child } = await startCustodian(envOf(custodian), custodian);
      started.push(child.pid as number);
    },
    stop: () => Promise.all(started.map((pid) => endProcess(pid, 10_000))),
  };
}
