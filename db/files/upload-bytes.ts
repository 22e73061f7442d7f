import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat, statfs, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DataStore, Upload } from '@tus/server';
import { noRoom } from './blobs.ts';

/** The bytes of bids that are still being uploaded (tus), before they are a blob. */
export interface UploadBytes {
  /** The store that the protocol writes to. */
  readonly store: DataStore;
  /** The file that holds them; null where they are not on this machine's disk. */
  file(id: string): string | null;
  /** Reads the stored bytes. */
  read(id: string): Promise<AsyncIterable<Uint8Array>>;
  /** How many of them are on this machine's disk. */
  onDisk(id: string): Promise<number>;
  /** When the last of them came (real epoch ms); null where that is not known. */
  lastWrite(id: string): Promise<number | null>;
  /** Free bytes of the disk for users other than root. */
  free(): Promise<number>;
  /** Removes them; there may be none. */
  remove(id: string): Promise<void>;
}

/** A bucket of an S3-compatible store for unfinished uploads. */
export interface UploadBucket {
  readonly bucket: string;
  readonly region: string;
  /** Of a store that is not Amazon's. */
  readonly endpoint?: string;
  /** From the environment of Amazon's own machines when absent. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** @param lengthOf the declared bytes of an upload, by its id */
export async function openUploads(
  folder: string,
  lengthOf: (id: string) => Promise<number>,
  bucket?: UploadBucket,
): Promise<UploadBytes> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const free = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  };
  return bucket ? inBucket(bucket, free) : inFolder(folder, lengthOf, free);
}

function inFolder(folder: string, lengthOf: (id: string) => Promise<number>, free: UploadBytes['free']): UploadBytes {
  const place = (id: string): string => join(folder, id);
  const found = async (id: string): Promise<{ size: number; mtimeMs: number } | null> => {
    try {
      return await stat(place(id));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  };
  const onDisk = async (id: string): Promise<number> => (await found(id))?.size ?? 0;
  return {
    store: new UploadFiles(place, lengthOf, onDisk),
    file: place,
    read: async (id) => createReadStream(place(id)),
    onDisk,
    lastWrite: async (id) => (await found(id))?.mtimeMs ?? null,
    free,
    remove: (id) => rm(place(id), { force: true }),
  };
}

/** A file store that reads lengths from the database, so that each is stored in one place only. */
class UploadFiles extends DataStore {
  readonly #place: (id: string) => string;
  readonly #lengthOf: (id: string) => Promise<number>;
  readonly #onDisk: UploadBytes['onDisk'];

  constructor(place: (id: string) => string, lengthOf: (id: string) => Promise<number>, onDisk: UploadBytes['onDisk']) {
    super();
    this.extensions = ['creation', 'creation-with-upload', 'termination'];
    this.#place = place;
    this.#lengthOf = lengthOf;
    this.#onDisk = onDisk;
  }

  override async create(upload: Upload): Promise<Upload> {
    await (await open(this.#place(upload.id), 'a', 0o600)).close();
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    const size = await this.#lengthOf(id);
    // Lost bytes (a restored backup holds none) are sent again from the first.
    return new Upload({ id, size, offset: await this.#onDisk(id) });
  }

  override async write(source: Readable, id: string, offset: number): Promise<number> {
    try {
      // Acknowledged bytes survive a power cut.
      await pipeline(source, createWriteStream(this.#place(id), { flags: 'a', mode: 0o600, flush: true }));
    } catch (error) {
      throw noRoom(error);
    }
    return Math.max(offset, await this.#onDisk(id));
  }

  override async remove(id: string): Promise<void> {
    await rm(this.#place(id), { force: true });
  }
}

/** Loaded only where it is configured: Amazon's client is large. */
async function inBucket(to: UploadBucket, free: UploadBytes['free']): Promise<UploadBytes> {
  const { S3Store } = await import('@tus/s3-store');
  class UploadObjects extends S3Store {
    /**
     * Also for a complete upload, and with the remainder of a part that was never filled; the store's own leaves those.
     */
    override async remove(id: string): Promise<void> {
      const { client, bucket: Bucket } = this;
      const known = await this.getMetadata(id).catch(() => null);
      if (known) {
        await client.abortMultipartUpload({ Bucket, Key: id, UploadId: known['upload-id'] }).catch((error: unknown) => {
          if ((error as { name?: unknown }).name !== 'NoSuchUpload') throw error;
        });
      }
      for (const Key of [id, this.infoKey(id), this.partKey(id, true)]) await client.deleteObject({ Bucket, Key });
      await this.clearCache(id);
    }
  }
  const store = new UploadObjects({
    s3ClientConfig: {
      bucket: to.bucket,
      region: to.region,
      ...(to.endpoint === undefined ? {} : { endpoint: to.endpoint, forcePathStyle: true }),
      ...(to.credentials ? { credentials: to.credentials } : {}),
    },
    // Tags are what stores other than Amazon's most often lack.
    useTags: false,
  });
  store.extensions = ['creation', 'creation-with-upload', 'termination'];
  return {
    store,
    file: () => null,
    read: (id) => store.read(id),
    onDisk: async () => 0,
    lastWrite: async () => null,
    free,
    remove: (id) => store.remove(id),
  };
}
