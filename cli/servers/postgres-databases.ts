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

/** A role that may sign in and has no other rights, such as the owner of a database. */
export interface DatabaseRole {
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
  owner?: DatabaseRole,
): Promise<string> {
  await asAdministrator(server, async (client) => {
    if (owner) await createRole(client, owner);
    if (!(await exists(client, 'select 1 from pg_database where datname = $1', name))) {
      const owned = owner ? ` owner ${client.escapeIdentifier(owner.name)}` : '';
      await client.query(`create database ${client.escapeIdentifier(name)}${owned} encoding 'UTF8' template template0`);
      await client.query(`revoke connect, temporary on database ${client.escapeIdentifier(name)} from public`);
    }
  });
  return addressOf(server, name, owner);
}

/**
 * Creates a database, unless it exists, with the role that owns it and the one that the service connects as: their
 * addresses. What the service may do there it is given by `migrateAsOwner`.
 */
export async function createDatabaseOfTwo(
  server: { readonly url: string },
  name: string,
  { owner, service }: { readonly owner: DatabaseRole; readonly service: DatabaseRole },
): Promise<{ readonly url: string; readonly ownerUrl: string }> {
  const ownerUrl = await createDatabase(server, name, owner);
  await asAdministrator(server, (client) => createRole(client, service));
  return { url: addressOf(server, name, service), ownerUrl };
}

async function asAdministrator(
  server: { readonly url: string },
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

const exists = async (client: pg.Client, question: string, what: string): Promise<boolean> =>
  (await client.query(question, [what])).rowCount !== 0;

async function createRole(client: pg.Client, { name, password }: DatabaseRole): Promise<void> {
  const role = client.escapeIdentifier(name);
  if (!(await exists(client, 'select 1 from pg_roles where rolname = $1', name))) {
    await client.query(`create role ${role} login`);
  }
  await client.query(`alter role ${role} password ${client.escapeLiteral(password)}`);
}

export function addressOf(server: { readonly url: string }, database: string, role?: DatabaseRole): string {
  const url = new URL(server.url);
  if (role) {
    url.username = encodeURIComponent(role.name);
    url.password = encodeURIComponent(role.password);
  }
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
