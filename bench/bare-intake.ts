import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import BetterSqlite3 from 'better-sqlite3';

// What a bare server does with the last bytes of a file: appends them, flushes, hashes, and inserts a row.
const folder = process.env.BARE_FOLDER ?? '';
const database = new BetterSqlite3(join(folder, 'bare.sqlite'));
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('CREATE TABLE bids (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, received_at INTEGER NOT NULL)');
const insert = database.prepare('INSERT INTO bids VALUES (?, ?, ?)');

const server = createServer((request, response) => {
  const name = (request.url ?? '').slice(1);
  const file = join(folder, name);
  const take = async (): Promise<void> => {
    await pipeline(request, createWriteStream(file, { flags: 'a' }));
    if (request.headers['x-last'] === undefined) return;
    const hash = createHash('sha256');
    const handle = await open(file, 'r+');
    await handle.sync();
    for await (const chunk of handle.createReadStream()) hash.update(chunk as Buffer);
    insert.run(name, hash.digest('hex'), Date.now());
  };
  take().then(
    () => response.end('{}'),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit(0));
