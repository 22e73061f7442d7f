import type { Request } from 'express';
import type { Database } from '../../../db/access/database.ts';
import { diskFull, roomFor } from '../../../domain/bids/uploads.ts';
import { bytesOf } from '../bytes.ts';
import type { ApiSettings } from '../settings.ts';

/** So many bytes of each request come between two checks of the disk. */
const CHECK_EVERY_BYTES = 1024 ** 2;

/**
 * The bytes of a request, as long as the disk keeps its reserve: many that come together have each passed the check at
 * their beginning.
 * @param length of the whole file; null where it is not declared
 * @throws DomainError `database-full`, while the request is still open for the answer
 */
export async function* whileRoom(
  request: Request,
  { uploads }: Pick<Database, 'uploads'>,
  limits: Pick<ApiSettings, 'diskReserveBytes' | 'maxFileBytes'>,
  length: number | null,
): AsyncGenerator<Uint8Array> {
  const { leaves } = roomFor(limits, length);
  let unchecked = CHECK_EVERY_BYTES;
  for await (const chunk of bytesOf(request)) {
    unchecked += chunk.byteLength;
    if (unchecked > CHECK_EVERY_BYTES) {
      if ((await uploads.free()) < leaves) throw diskFull();
      unchecked = 0;
    }
    yield chunk;
  }
}
