import { Readable } from 'node:stream';
import type { StoredBlob } from '../../../db/files/blobs.ts';
import type { Database } from '../../../db/access/database.ts';

/** A small file, as an upload leaves it. */
export const fileOf = (db: Database, text: string): Promise<StoredBlob> =>
  db.blobs.store(Readable.from([Buffer.from(text)]), 1_000_000);
