import { join } from 'node:path';
import type { Database, OpenOptions, Queries } from '../access/database.ts';
import { uploadLength } from '../uploads.ts';
import { openBlobs } from './blobs.ts';
import { openUploads } from './upload-bytes.ts';

/** What is stored in files beside the rows, on either database. */
export async function openFiles(
  { dataDir, uploadBucket }: OpenOptions,
  read: Queries,
): Promise<Pick<Database, 'blobs' | 'uploads'>> {
  return {
    blobs: openBlobs(join(dataDir, 'blobs')),
    uploads: await openUploads(join(dataDir, 'uploads'), (id) => uploadLength(read, id), uploadBucket),
  };
}
