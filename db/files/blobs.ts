import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, statSync, unlinkSync, type ReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as newId } from 'uuid';
import { DomainError } from '../../domain/errors.ts';

/** Files addressed by their SHA-256: documents and sealed bids. */
export interface Blobs {
  /**
   * Streams `source` to the disk; never entirely in memory. The bytes and their name are flushed before it resolves.
   * @throws DomainError `file-too-large` (more than `maxBytes`), `file-empty`
   */
  store(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredBlob>;
  /**
   * Stores a file that is already in the data folder, without copying it where the file system has hard links: hashed
   * in place, flushed, and linked under its hash; the caller removes the old name.
   * @param check called with the hash and size before the file is stored; when it throws, the file stays as it was
   */
  adopt(path: string, check: (file: StoredBlob) => void): Promise<StoredBlob>;
  /** @throws Error with code ENOENT when there is no such blob */
  open(sha256: string): ReadStream;
  /** Size in bytes and the hash of the file on the disk now; null when it is missing. */
  inspect(sha256: string): Promise<StoredBlob | null>;
  /** Hashes of the files last written before `realMs` (the machine's clock, epoch ms). */
  writtenBefore(realMs: number): AsyncIterable<string>;
  /** Removes a file unless it was written again since `realMs`. */
  removeWrittenBefore(sha256: string, realMs: number): void;
  /** Removes what interrupted uploads (a killed process) left behind before `realMs`. */
  removeUnfinished(realMs: number): Promise<void>;
}

export interface StoredBlob {
  /** Lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** @param made `as-they-are`: for reading only, of a folder that may be on read-only media */
export function openBlobs(folder: string, made?: 'as-they-are'): Blobs {
  const incoming = join(folder, 'incoming');
  if (!made) mkdirSync(incoming, { recursive: true, mode: 0o700 });
  const place = (sha256: string) => join(folder, sha256.slice(0, 2), sha256);

  const settle = async (temporary: string, sha256: string): Promise<void> => {
    await mkdir(join(folder, sha256.slice(0, 2)), { recursive: true, mode: 0o700 });
    await rename(temporary, place(sha256));
    await flushFolder(join(folder, sha256.slice(0, 2)));
    await flushFolder(folder);
  };

  return {
    async store(source, maxBytes) {
      const temporary = join(incoming, newId());
      const hash = createHash('sha256');
      let size = 0;
      try {
        const file = await open(temporary, 'wx', 0o600);
        try {
          for await (const chunk of source) {
            size += chunk.byteLength;
            if (size > maxBytes) throw tooLarge(maxBytes);
            hash.update(chunk);
            await file.writeFile(chunk);
          }
          if (size === 0)
            throw new DomainError('file-empty', { messageZh: '文件为空', messageEn: 'The file is empty' });
          await file.sync();
        } finally {
          await file.close();
        }
        const sha256 = hash.digest('hex');
        await settle(temporary, sha256);
        return { sha256, size };
      } catch (error) {
        await rm(temporary, { force: true });
        throw noRoom(error);
      }
    },
    async adopt(path, check) {
      const hash = createHash('sha256');
      let size = 0;
      for await (const chunk of createReadStream(path)) {
        hash.update(chunk as Buffer);
        size += (chunk as Buffer).byteLength;
      }
      const file = { sha256: hash.digest('hex'), size };
      check(file);
      const temporary = join(incoming, newId());
      try {
        const now = new Date();
        // Touched as if written now: a day-old file without a row is taken for a stray.
        await utimes(path, now, now);
        await link(path, temporary).catch(() => copyFile(path, temporary));
        const handle = await open(temporary, 'r+');
        try {
          await handle.sync();
        } finally {
          await handle.close();
        }
        await settle(temporary, file.sha256);
        return file;
      } catch (error) {
        throw noRoom(error);
      } finally {
        // Renaming between two names of one file does nothing: the second stays.
        await rm(temporary, { force: true });
      }
    },
    open: (sha256) => createReadStream(place(sha256)),
    async inspect(sha256) {
      try {
        const { size } = await stat(place(sha256));
        const hash = createHash('sha256');
        for await (const chunk of createReadStream(place(sha256))) hash.update(chunk as Buffer);
        return { sha256: hash.digest('hex'), size };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    async *writtenBefore(realMs) {
      for (const prefix of await readdir(folder)) {
        if (prefix === 'incoming') continue;
        for (const name of await readdir(join(folder, prefix))) {
          if ((await stat(place(name))).mtimeMs < realMs) yield name;
        }
      }
    },
    removeWrittenBefore(sha256, realMs) {
      // Both calls in a row without await, so that the same bytes stored again at this moment are not lost.
      const found = statSync(place(sha256), { throwIfNoEntry: false });
      if (found && found.mtimeMs < realMs) unlinkSync(place(sha256));
    },
    async removeUnfinished(realMs) {
      for (const name of await readdir(incoming)) {
        const { mtimeMs } = await stat(join(incoming, name));
        if (mtimeMs < realMs) await rm(join(incoming, name), { force: true });
      }
    },
  };
}

/** Errors of a file system that is full or failing; a quota and a limit on file size are treated alike. */
const NO_ROOM: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS'];

/** A disk-full error with a readable message; any other error as it is. */
export function noRoom(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (!NO_ROOM.includes(code)) return error;
  return new DomainError('database-full', {
    messageZh: '存储空间不足或磁盘故障，未写入任何内容',
    messageEn: 'The disk is full or failing; nothing was written',
    details: { system: code },
  });
}

function tooLarge(maxBytes: number): DomainError {
  return new DomainError('file-too-large', {
    messageZh: `文件超过上限 ${maxBytes} 字节`,
    messageEn: `The file is larger than the limit of ${maxBytes} bytes`,
    details: { maxBytes },
  });
}

/** A name is on the disk only once its folder is flushed. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
