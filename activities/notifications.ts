import type { Database } from '../db/access/database.ts';
import { queueDigest, type DigestPage } from '../services/notifications/digest.ts';

export const notificationActivities = (db: Database) => ({
  /** The next people's digest; null after the last. */
  queueDigest: ({ page }: { readonly page?: DigestPage }): Promise<DigestPage | null> => queueDigest(db, page),
});
