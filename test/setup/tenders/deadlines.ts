import { v7 as newId } from 'uuid';
import type { Database } from '../../../db/access/database.ts';
import { loadCase, saveCases } from '../../../services/tender/case.ts';

const OBJECTION = 'an-objection';

/** Moves the bid deadline of a tender wherever a test wants it, which no person's act could; null: its clock is suspended. */
export const setDeadline = (db: Database, procurementId: string, bidDeadline: number | null): Promise<void> =>
  db.transaction(
    async (tx) => {
      const c = await loadCase(tx, procurementId);
      c.timeline.endSuspensions(OBJECTION);
      if (bidDeadline === null) c.timeline.suspend(newId(), 0, 'bid-deadline', OBJECTION);
      else c.change({ bidDeadline });
      await saveCases(tx, [c]);
    },
    { procurementId },
  );
