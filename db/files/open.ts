import { join } from 'node:path';
import type { Database, OpenOptions, Queries } from '../access/database.ts';
import { uploadLength } from '../uploads.ts';
import { openBlobs } from './blobs.ts';
import { openCommitteeSafe } from './committee-safe.ts';
import { openUploads } from './upload-bytes.ts';

/** What is stored in files beside the rows, on either database. */
export async function openFiles(
  { dataDir, uploadBucket, committeeKey }: OpenOptions,
  read: Queries,
): Promise<Pick<Database, 'blobs' | 'uploads' | 'committees'>> {
  return {
    blobs: openBlobs(join(dataDir, 'blobs')),
    committees: openCommitteeSafe(dataDir, committeeKey),
    uploads: await openUploads(join(dataDir, 'uploads'), (id) => uploadLength(read, id), uploadBucket),
  };
}
