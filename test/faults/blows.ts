import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { eventually } from '../setup/eventually.ts';
import type { AnyPart, TestService } from '../setup/servers/service.ts';

/** In the rounds of `npm run test:faults`, which may take their time. */
export const LONG = process.env.KAIBIAO_FAULT_SEED !== undefined;
/** The blows of every seed come at other instants. */
export const SEED = Number(process.env.KAIBIAO_FAULT_SEED ?? 1);
const LONGEST_DELAY_MS = 150;
const CUTS = 6;
/** How long a cut waits for somebody to be in the middle of a transaction (ms). */
const LONGEST_WAIT_MS = 500;

/** What is killed: a part, or every connection to PostgreSQL that is in the middle of a transaction. */
export type Blow = AnyPart | 'connections';

/** Strikes at an instant that hangs on the seed and on when it is, and answers how many transactions it cut. */
export async function strike(town: TestService, blow: Blow, when: string): Promise<number> {
  await sleep(delayOf(`${blow}/${when}`));
  if (blow === 'connections') return cutConnections(town, when);
  await town.kill(blow);
  return 0;
}

/** Repeatedly for a while, each time at another instant; where nobody writes, all connections are cut. */
async function cutConnections(town: TestService, when: string): Promise<number> {
  const client = await connected(town);
  const cut = async (whom: string): Promise<number> =>
    (
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kaibiao' AND ${whom}`,
      )
    ).rowCount ?? 0;
  let inTransaction = 0;
  try {
    for (let no = 0; no < CUTS; no += 1) {
      await sleep(delayOf(`${when}/${no}`));
      const giveUpAt = performance.now() + LONGEST_WAIT_MS;
      let found = 0;
      while (found === 0 && performance.now() < giveUpAt) found = await cut('backend_xid IS NOT NULL');
      if (found === 0) await cut('true');
      inTransaction += found;
    }
  } finally {
    await client.end();
  }
  return inTransaction;
}

/** Once it has come up again from the blow before. */
async function connected({ storage: { url } }: TestService): Promise<pg.Client> {
  let client = new pg.Client();
  await eventually('PostgreSQL accepts connections', async () => {
    client = new pg.Client({ connectionString: url, application_name: 'blows' });
    await client.connect();
    return true;
  });
  return client;
}

/** The same in every run of a seed, so that what fails once can be looked at again. */
function delayOf(when: string): number {
  let hash = 2_166_136_261;
  for (const sign of `${when}/${SEED}`) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) % LONGEST_DELAY_MS;
}
