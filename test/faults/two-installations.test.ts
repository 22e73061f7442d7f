import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { describe, expect, inject, it } from 'vitest';
import { createDatabase } from '../../cli/servers/postgres-databases.ts';
import { freePort } from '../../cli/servers/processes.ts';
import { startService, type Administrator } from '../../cli/commands/serve.ts';
import { startDevServer } from '../../cli/servers/temporal-server.ts';
import { audit } from '../../db/schema/sqlite.ts';
import { PATIENCE_MS } from '../setup/eventually.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { startTestService, type TestService } from '../setup/servers/service.ts';
import { Tender } from './story.ts';

const FROM = '2025-02-10T09:00:00+08:00';
/** Where there is none, the set-up has said so loudly. */
const server = inject('postgresUrl');
const DATABASES = server === null ? (['sqlite'] as const) : (['sqlite', 'postgres'] as const);

describe.concurrent.each(DATABASES)('two installations pointed at one %s by mistake', (database) => {
  it('each that begins second refuses, and the first goes on', async () => {
    await using town = await startTestService({ from: FROM, database, as: database === 'sqlite' ? 'process' : 'here' });
    const tender = await Tender.draft(town, 'tendering', 8);
    await tender.launch();
    await tender.comesTo('bidding');
    for (const supplier of [0, 1, 2] as const) await tender.bid(supplier);
    const before = await settlings(town);

    // With a Temporal of its own.
    await using second = await secondTemporal();
    const env = { ...town.env, ...(await otherPorts()), TEMPORAL_ADDRESS: second.address };
    await eachRefuses(env, /"temporal-elsewhere"/);
    expect(await settlings(town)).toEqual(before);
    if (database === 'sqlite') {
      // On the same data folder, with any ports.
      const refused = await kaibiao(['serve'], { ...town.env, ...(await otherPorts()) }, PATIENCE_MS);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/is in use by process/);
    } else {
      // With a data folder of its own, on the same Temporal too.
      const KAIBIAO_DATA_DIR = await mkdtemp(join(tmpdir(), 'kaibiao-elsewhere-'));
      const ports = await otherPorts();
      await eachRefuses(
        { ...town.env, ...ports, KAIBIAO_DATA_DIR, TEMPORAL_ADDRESS: town.temporalAddress },
        /"folder-elsewhere"/,
      );
      await rm(KAIBIAO_DATA_DIR, { recursive: true });
    }
    await town.ready();
    await tender.lotComesTo('evaluation');
    await town.check();
  });
});

describe.concurrent('two installations that begin at once', () => {
  it.skipIf(server === null)('postgres: on an empty database one of them serves', async () => {
    const url = await createDatabase({ url: server ?? '' }, 'begun_at_once');
    const begin = async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'kaibiao-at-once-'));
      const env = {
        ...process.env,
        ...(await otherPorts()),
        KAIBIAO_DATA_DIR: dataDir,
        DATABASE_URL: url,
      };
      const administrators: Administrator[] = [];
      const begun = startService({
        env: { ...env, KAIBIAO_LOG_LEVEL: 'fatal' },
        log: () => undefined,
        onAdministrator: (first) => void administrators.push(first),
      });
      return { dataDir, administrators, begun };
    };
    const two = [await begin(), await begin()];
    const outcomes = await Promise.allSettled(two.map(({ begun }) => begun));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') await outcome.value.stop();
      await rm(two[index]?.dataDir ?? '', { recursive: true });
    }
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.findIndex(({ status }) => status === 'rejected');
    expect(outcomes[refused]).toMatchObject({ reason: { code: 'temporal-elsewhere' } });
    expect(two[refused]?.administrators).toEqual([]);
    expect(two[1 - refused]?.administrators).toHaveLength(1);
  });
});

/** They say so, and end: one that stays would look as if it served. */
async function eachRefuses(env: NodeJS.ProcessEnv, why: RegExp): Promise<void> {
  for (const command of await Promise.all(
    ['serve', 'worker', 'api'].map(async (name) => ({ name, ...(await kaibiao([name, '--json'], env, PATIENCE_MS)) })),
  )) {
    expect(command).toMatchObject({ code: 1, stderr: expect.stringMatching(why) as string });
  }
}

async function settlings({ db }: TestService) {
  return db.read.select().from(audit).where(eq(audit.subject, 'installation'));
}

/** What two installations of one machine do not share in any case. */
async function otherPorts(): Promise<NodeJS.ProcessEnv> {
  return {
    KAIBIAO_PORT: String(await freePort()),
    KAIBIAO_METRICS_PORT: String(await freePort()),
    KAIBIAO_TEMPORAL_PORT: String(await freePort()),
    KAIBIAO_TEMPORAL_UI_PORT: String(await freePort()),
  };
}

async function secondTemporal(): Promise<AsyncDisposable & { address: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kaibiao-second-'));
  const server = await startDevServer({ dataDir, executable: inject('temporalExecutable'), log: () => undefined });
  return {
    address: server.address,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
