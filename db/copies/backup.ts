import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getTableName } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import type { Storage } from '../access/database.ts';
import { hashOf } from '../audit.ts';
import {
  blobsOf,
  copyFiles,
  copyHeld,
  copyRows,
  countRows,
  filesNamed,
  withHeld,
  type CopiedFiles,
  type CopiedTable,
  type Copied,
  type Progress,
} from './copy.ts';
import { CopyRefusal, noInstallation, notEmpty } from './held.ts';
import { folderIdOf, nameCopy } from '../files/folder.ts';
import { holdPostgres } from '../postgres/holding.ts';
import { deliveries, installation, sessions, verifications } from '../schema/sqlite.ts';
import { databaseFile } from '../sqlite/connection.ts';
import { emptyTables, holdSqlite, snapshotSqlite } from '../sqlite/holding.ts';
import { migrateSqlite } from '../sqlite/migrations.ts';
import { temporalHome, type TemporalHome } from '../engine/temporal-home.ts';
import { verifyInstallation, type Verification } from '../integrity/verify.ts';

/** Increased when an older program cannot read the format. */
const FORMAT = 1;
const MANIFEST = 'manifest.json';

/** What the caller of a backup knows and the database does not. */
export interface About {
  /** Version of this program. */
  readonly product: string;
  /** Of the Temporal that the tenders run on, null for the embedded server. */
  readonly temporalAddress: string | null;
  /** Names of the keys that encrypt what workflows hold; never the keys. */
  readonly payloadKeyIds: readonly string[];
  /** The machine's clock (epoch ms). */
  readonly realNowMs: number;
}

export interface Manifest extends Verification {
  readonly format: typeof FORMAT;
  readonly product: string;
  /** Real instant, ISO 8601. */
  readonly createdAt: string;
  readonly source: 'sqlite' | 'postgres';
  readonly drill: boolean;
  readonly tables: readonly CopiedTable[];
  /** Where the tenders ran; null before the first start. */
  readonly temporal: (TemporalHome & { readonly address: string | null }) | null;
  readonly payloadKeyIds: readonly string[];
  readonly files: readonly BackupFile[];
  /** SHA-256 over the canonical JSON (RFC 8785) of all the rest. */
  readonly hash: string;
}

/**
 * What signs people in is of this place and day: after a restore everybody signs in again. Nor does a copy send what the
 * installation is about to send.
 */
const LEFT_OUT = [sessions, verifications, deliveries];

interface BackupFile {
  /** Within the folder, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface BackedUp {
  readonly manifest: Manifest;
  readonly files: CopiedFiles;
}

/**
 * Writes an installation as at one instant into an empty folder, while the service runs: the rows as a SQLite file,
 * whichever database they are in, and the files that they name; sessions are left out. Faults of the installation are
 * listed, and the faulty data is backed up unchanged.
 * @throws CopyRefusal `target-not-empty`, `no-installation`, `schema-version`, `copy-differs`
 */
export async function makeBackup(from: Storage, dir: string, about: About, progress: Progress = {}): Promise<BackedUp> {
  if (existsSync(dir) && (await readdir(dir)).length > 0) throw notEmpty(dir);
  const made = await mkdir(dir, { recursive: true, mode: 0o700 });
  try {
    await snapshot(from, databaseFile(dir), progress);
    return await describe(from, dir, about, progress);
  } catch (error) {
    for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true, force: true });
    if (made !== undefined) await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

async function snapshot(from: Storage, file: string, progress: Progress): Promise<void> {
  const { dataDir, url } = from;
  if (url === undefined) {
    if (!existsSync(databaseFile(dataDir))) throw noInstallation(databaseFile(dataDir));
    snapshotSqlite(databaseFile(dataDir), file);
    // Refuses what is no installation of this version.
    await (await holdSqlite(file, 'source')).release();
    emptyTables(file, LEFT_OUT.map(getTableName));
  } else {
    const source = await holdPostgres({ url }, 'snapshot');
    try {
      const target = await holdSqlite(file, 'target');
      try {
        await copyRows(source.q, target.q, progress, LEFT_OUT);
        await target.keep();
      } catch (error) {
        throw target.readable(source.readable(error));
      } finally {
        await target.release();
      }
    } finally {
      await source.release();
    }
  }
  await chmod(file, 0o600);
}

/**
 * Adds the files that the snapshot names: none of them changes or is removed while a row names it, so that this can
 * follow.
 */
async function describe(from: Storage, dir: string, about: About, progress: Progress): Promise<BackedUp> {
  const blobs = blobsOf({ dataDir: dir });
  const taken = await holdSqlite(databaseFile(dir), 'source');
  const named: string[] = [];
  let files: CopiedFiles;
  let content: Omit<Manifest, 'files' | 'hash'>;
  try {
    files = await copyFiles(taken.q, blobsOf(from, 'as-they-are'), blobs, progress);
    for await (const sha256 of filesNamed(taken.q)) named.push(`blobs/${sha256.slice(0, 2)}/${sha256}`);
    const home = await temporalHome(taken.q);
    content = {
      format: FORMAT,
      product: about.product,
      createdAt: new Date(about.realNowMs).toISOString(),
      source: from.url === undefined ? 'sqlite' : 'postgres',
      drill: (await taken.q.select({ clock: installation.clock }).from(installation)).some(
        ({ clock }) => clock.mode === 'drill',
      ),
      tables: await countRows(taken.q),
      ...(await verifyInstallation({ read: taken.q, blobs, checkRows: () => taken.checkRows() })),
      temporal: home && { ...home, address: about.temporalAddress },
      payloadKeyIds: about.payloadKeyIds,
    };
  } catch (error) {
    throw taken.readable(error);
  } finally {
    await taken.release();
  }
  await rm(join(dir, 'blobs', 'incoming'), { recursive: true, force: true });
  const listed: BackupFile[] = [];
  for (const path of ['kaibiao.sqlite', ...named]) {
    // What was missing in the installation is missing here, and listed in the faults.
    if (existsSync(join(dir, path))) listed.push({ path, ...(await hashOfFile(join(dir, path))) });
  }
  const unsigned = { ...content, files: listed };
  const manifest: Manifest = { ...unsigned, hash: hashOf(unsigned) };
  await writeDurably(dir, databaseFile(dir), manifest);
  return { manifest, files };
}

/** The manifest is written last, and renamed only when complete: a folder without one is no backup. */
async function writeDurably(dir: string, file: string, manifest: Manifest): Promise<void> {
  const temporary = join(dir, `${MANIFEST}.part`);
  const written = await open(temporary, 'wx', 0o600);
  try {
    await written.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await written.sync();
  } finally {
    await written.close();
  }
  await flush(file);
  await rename(temporary, join(dir, MANIFEST));
  await flush(dir);
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function hashOfFile(path: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { size, sha256: hash.digest('hex') };
}

export interface Restored extends Copied {
  readonly manifest: Manifest;
}

/**
 * Restores a backup into an empty place, of either kind of database, after each of its files was found unchanged. One
 * of an earlier version is upgraded to this one; the backup itself is not changed.
 * @throws CopyRefusal `backup-not-found`, `backup-format`, `backup-damaged`, `target-not-empty`, `copy-differs`
 */
export async function restoreBackup(dir: string, to: Storage, progress: Progress = {}): Promise<Restored> {
  const manifest = await readBackup(dir);
  await mkdir(to.dataDir, { recursive: true, mode: 0o700 });
  const folder = join(to.dataDir, `restoring-${newId()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    await copyFile(databaseFile(dir), databaseFile(folder));
    await migrateSqlite(databaseFile(folder));
    const blobs = blobsOf({ dataDir: dir }, 'as-they-are');
    return await withHeld(
      { storage: { dataDir: folder }, blobs },
      { storage: to, blobs: blobsOf(to) },
      async (source, target) => {
        const copied = await copyHeld(source, target, progress);
        await nameCopy(to, await folderIdOf(source.held.q));
        return { ...copied, manifest };
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Reads and checks every byte of a backup.
 * @throws CopyRefusal `backup-not-found`, `backup-format`, `backup-damaged`
 */
export async function readBackup(dir: string): Promise<Manifest> {
  const manifest = readManifest(dir);
  for (const { path, size, sha256 } of manifest.files) {
    if (!existsSync(join(dir, path))) throw damaged(dir, path);
    const found = await hashOfFile(join(dir, path));
    if (found.size !== size || found.sha256 !== sha256) throw damaged(dir, path);
  }
  return manifest;
}

function readManifest(dir: string): Manifest {
  const path = join(dir, MANIFEST);
  if (!existsSync(path)) {
    throw new CopyRefusal(
      'backup-not-found',
      `不是完整的备份（没有 ${MANIFEST}）：${dir}`,
      `not a whole backup (there is no ${MANIFEST}): ${dir}`,
    );
  }
  let manifest: Manifest | null;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest | null;
  } catch {
    throw damaged(dir, MANIFEST);
  }
  if (manifest === null) throw damaged(dir, MANIFEST);
  const { hash, ...content } = manifest;
  if (hashOf(content) !== hash) throw damaged(dir, MANIFEST);
  if (manifest.format !== FORMAT) {
    throw new CopyRefusal(
      'backup-format',
      `备份的格式（${String(manifest.format)}）不是本版本能读的，由 ${manifest.product} 版写成：${dir}`,
      `this version does not read the backup’s format (${String(manifest.format)}), which ${manifest.product} wrote: ${dir}`,
    );
  }
  return manifest;
}

function damaged(dir: string, path: string): CopyRefusal {
  return new CopyRefusal(
    'backup-damaged',
    `备份中的文件缺失或被改动，未恢复任何内容：${join(dir, path)}`,
    `a file of the backup is missing or was changed; nothing was restored: ${join(dir, path)}`,
  );
}
