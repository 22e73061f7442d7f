import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { bringUpToDate } from '../access/upgrade.ts';
import { CopyRefusal, heldWith, inUse, notEmpty, settleSchema, type Held, type HeldFor } from '../copies/held.ts';
import {
  APPLICATION,
  BEGIN_READING,
  CONNECT_TIMEOUT_MS,
  JOURNAL,
  LOCK_ALONE,
  LOCKS,
  LOCK_SCHEMA,
  OWN_SEARCH_PATH,
  placeOfUrl,
  queriesOf,
  SCHEMA,
  watched,
} from './connection.ts';
import { causeOf, readable } from './failures.ts';
import { assertFit, makePlace } from './fit.ts';
import { upgradable, versionOf } from './migrations.ts';
import { refuseWithoutRights, rolesOf, serviceOf, type PostgresPlace } from './roles.ts';
import { PostgresRowLog } from './row-log.ts';

/** How long to wait for a process that is shutting down (ms). */
const HOLD_TIMEOUT_MS = 2_000;
/** Longest wait for a page of rows (ms). */
const PAGE_TIMEOUT_MS = 600_000;

/**
 * Holds a database on one connection, to copy all of it or to fill it; a `snapshot` blocks no writer.
 * @throws CopyRefusal `source-in-use`, `target-in-use`, `no-installation`, `schema-version`, `target-not-empty`
 * @throws DomainError `database-unreachable`
 */
export async function holdPostgres(at: PostgresPlace, heldFor: HeldFor): Promise<Held> {
  // What is filled is made too, which its owner does.
  const url = heldFor === 'target' ? (at.ownerUrl ?? at.url) : at.url;
  const place = placeOfUrl(url);
  const client = watched(
    new pg.Client({
      connectionString: url,
      // The same as a service's, so that two copies detect each other too.
      application_name: APPLICATION,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      query_timeout: PAGE_TIMEOUT_MS,
      lock_timeout: HOLD_TIMEOUT_MS,
      pipeline: true,
    }),
  );
  // The next query fails with the error.
  client.on('error', () => undefined);
  const rowLog = new PostgresRowLog(client);
  try {
    await client.connect();
    await client.query(OWN_SEARCH_PATH);
    const made = (await versionOf(client)) !== null;
    const roles = await rolesOf(client);
    if (heldFor === 'target') {
      if (!made && !(await isEmpty(client))) throw notEmpty(place);
      if (!made) await assertFit(client);
      if (!roles.mayChange) refuseWithoutRights(roles);
      // What it is locked by goes with the rest where nothing is copied.
      await client.query('BEGIN');
      if (!made) await makePlace(client);
      await client.query(`${LOCK_SCHEMA}; ${LOCK_ALONE}; ${rowLog.firstWords}`);
    } else {
      // A lock takes no snapshot: what is read is as after it.
      await client.query(heldFor === 'source' && made ? `${BEGIN_READING}; ${LOCK_ALONE}` : BEGIN_READING);
    }
    const service = serviceOf(heldFor === 'target' ? at : { url }, roles);
    if (heldFor !== 'snapshot') await refuseOthers(client, [roles.owner, service], () => inUse(heldFor, place));
    const db = { ...upgradable(client, { rowLog, service }), isEmpty: () => isEmpty(client) };
    await settleSchema(db, heldFor, place);
    if (heldFor === 'target') await bringUpToDate(db);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw causeOf(error)?.code === '55P03' ? inUse(heldFor, place) : readable(error);
  }
  return heldWith({
    q: queriesOf(client),
    place,
    rowLog,
    commit: async () => {
      await client.query('COMMIT');
    },
    // The server rolls back what is open when its connection ends.
    release: () => client.end().catch(() => undefined),
    readable: (error) => {
      // 22: a value that the type cannot hold, such as a text with U+0000.
      if (!causeOf(error)?.code?.startsWith('22')) return readable(error);
      return new CopyRefusal(
        'not-storable',
        `有的内容 PostgreSQL 不能存放（${causeOf(error)?.message}），未复制任何内容`,
        `PostgreSQL cannot keep some of the text (${causeOf(error)?.message}); nothing was copied`,
      );
    },
  });
}

/**
 * Connected processes of ours, whether or not they are writing. PostgreSQL shows the name of an application to its own role
 * alone, so that of our other role every connection counts.
 */
const OTHERS = `SELECT 1 FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
  AND (application_name = pg_catalog.current_setting('application_name') OR application_name IS NULL AND usename = ANY($1))`;

async function refuseOthers(client: pg.Client, roles: readonly (string | null)[], refusal: () => Error): Promise<void> {
  const giveUpAt = Date.now() + HOLD_TIMEOUT_MS;
  for (;;) {
    // Within one transaction the server repeats its first result until the snapshot is cleared.
    const { rowCount } = await client
      .query(`SELECT pg_stat_clear_snapshot()`)
      .then(() => client.query(OTHERS, [roles.filter((role) => role !== null)]));
    if (rowCount === 0) return;
    if (Date.now() > giveUpAt) throw refusal();
    await sleep(100);
  }
}

async function isEmpty(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename <> ALL($2)',
    [SCHEMA, [JOURNAL, LOCKS]],
  );
  return rowCount === 0;
}
