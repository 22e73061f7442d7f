import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNull } from 'drizzle-orm';
import type { Database, Queries, Storage } from '../access/database.ts';
import { installation } from '../schema/sqlite.ts';

/** Names a data folder: the database remembers the one that holds its files. */
export const folderFile = (dataDir: string): string => join(dataDir, 'folder.id');

/** The name of this folder; null where it has none yet. */
export function folderIdAt(dataDir: string): string | null {
  const file = folderFile(dataDir);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}

/** The folder with the files of this database; null before the first start, and where the database is in its folder. */
export async function folderIdOf(q: Queries): Promise<string | null> {
  const [row] = await q.select({ folderId: installation.folderId }).from(installation);
  return row?.folderId ?? null;
}

/** Stores this folder as that of the database, where it has none yet; returns the one it has, which may be another. */
export async function claimFolder(db: Database, dataDir: string): Promise<string> {
  const known = await folderIdOf(db.read);
  if (known !== null) return known;
  const own = folderIdAt(dataDir) ?? (await nameFolder(dataDir, randomUUID()));
  return db.transaction(async (tx) => {
    await tx.q.update(installation).set({ folderId: own }).where(isNull(installation.folderId));
    return (await folderIdOf(tx.q)) ?? own;
  });
}

/** Of two processes that start together one names it. */
async function nameFolder(dataDir: string, id: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(folderFile(dataDir), `${id}\n`, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  return folderIdAt(dataDir) ?? id;
}

/** A folder that has just received all the files of a database is the one that this database knows. */
export async function nameCopy({ dataDir, url }: Storage, folderId: string | null): Promise<void> {
  if (url !== undefined && folderId !== null) await nameFolder(dataDir, folderId);
}
