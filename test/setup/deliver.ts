import type { Database } from '../../db/access/database.ts';
import { acceptDecision, decisionById, refuseDecision } from '../../db/decisions.ts';
import { markDelivered, messageById } from '../../db/outbox.ts';
import type { StoredRefusal } from '../../db/schema/sqlite.ts';

/** Stands in for Temporal and the workflows: settles every decision as it is told to. */
export const settleAll =
  (refusal?: StoredRefusal) =>
  async (db: Database, messageId: string): Promise<void> => {
    const message = await messageById(db.read, messageId);
    if (message?.kind === 'decision') {
      const { subject } = message;
      await db.transaction(async (tx) => {
        if (refusal) await refuseDecision(tx, subject, refusal);
        else await acceptDecision(tx, await decisionById(tx.q, subject));
      });
    }
    await markDelivered(db, messageId);
  };
