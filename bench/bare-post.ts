import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';

// What a bare server does with an act: parses it, commits one row, answers.
const { BARE_FOLDER = '', BARE_URL = '' } = process.env;
const CREATE = 'CREATE TABLE acts (body TEXT NOT NULL, received_at BIGINT NOT NULL)';

const insert = BARE_URL === '' ? onSqlite() : await onPostgres();

function onSqlite(): (body: string) => Promise<void> {
  const database = new BetterSqlite3(join(BARE_FOLDER, 'bare.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(CREATE);
  const statement = database.prepare('INSERT INTO acts VALUES (?, ?)');
  return async (body) => void statement.run(body, Date.now());
}

async function onPostgres(): Promise<(body: string) => Promise<void>> {
  const client = new pg.Client({ connectionString: BARE_URL });
  await client.connect();
  await client.query(CREATE);
  return async (body) => void (await client.query('INSERT INTO acts VALUES ($1, $2)', [body, Date.now()]));
}

const server = createServer((request, response) => {
  json(request)
    .then((body) => insert(JSON.stringify(body)))
    .then(
      () => response.end('{}'),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit(0));
