import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dialect, rawDatabase, type Storage } from '../setup/database.ts';

/** Every byte of the file; of a server, every row of every table. */
export async function everythingStored(storage: Storage): Promise<string> {
  if (dialect === 'sqlite') {
    const files = (await readdir(storage.dataDir)).filter((name) => name.startsWith('kaibiao.sqlite'));
    return (await Promise.all(files.map((name) => readFile(join(storage.dataDir, name), 'latin1')))).join('');
  }
  const raw = await rawDatabase(storage);
  const tables = await raw.all("SELECT tablename FROM pg_tables WHERE schemaname = 'kaibiao'");
  const rows: unknown[] = [];
  for (const each of tables as { tablename: string }[]) rows.push(await raw.all(`SELECT * FROM ${each.tablename}`));
  await raw.close();
  return JSON.stringify(rows);
}
