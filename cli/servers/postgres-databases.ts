import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Waits until a server answers. @throws its last error, after this many milliseconds */
export async function untilAnswers(url: string, withinMs: number): Promise<void> {
  for (const giveUpAt = performance.now() + withinMs; ;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    // A client that is disconnected while connecting emits the error twice.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await sleep(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** The owner of a database: a role that may sign in and has no other rights. */
export interface DatabaseOwner {
  readonly name: string;
  readonly password: string;
}

/**
 * Creates a database, unless it exists, and returns its address: as its owner, who is created too, or as the superuser
 * if no owner is named.
 */
export async function createDatabase(
  server: { readonly url: string },
  name: string,
  owner?: DatabaseOwner,
): Promise<string> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const exists = async (question: string, what: string) => (await client.query(question, [what])).rowCount !== 0;
    if (owner) {
      const role = client.escapeIdentifier(owner.name);
      if (!(await exists('select 1 from pg_roles where rolname = $1', owner.name))) {
        await client.query(`create role ${role} login`);
      }
      await client.query(`alter role ${role} password ${client.escapeLiteral(owner.password)}`);
    }
    if (!(await exists('select 1 from pg_database where datname = $1', name))) {
      const owned = owner ? ` owner ${client.escapeIdentifier(owner.name)}` : '';
      await client.query(`create database ${client.escapeIdentifier(name)}${owned} encoding 'UTF8' template template0`);
      await client.query(`revoke connect, temporary on database ${client.escapeIdentifier(name)} from public`);
    }
  } finally {
    await client.end();
  }
  const url = new URL(server.url);
  if (owner) {
    url.username = encodeURIComponent(owner.name);
    url.password = encodeURIComponent(owner.password);
  }
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}
