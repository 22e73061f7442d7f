import pg from 'pg';
import { createDatabase } from '../../cli/servers/postgres-databases.ts';

/** Plays in an empty database of a PostgreSQL server, which is removed afterwards. */
export async function inDatabaseOf<T>(server: string, name: string, work: (url: string) => Promise<T>): Promise<T> {
  const url = await createDatabase({ url: server }, name);
  try {
    return await work(url);
  } finally {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(`drop database ${client.escapeIdentifier(name)} with (force)`);
    } finally {
      await client.end();
    }
  }
}
