import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { enqueue } from '../../db/outbox.ts';

/** Wakes the opening's workflow, which asks the database what has changed. */
export function wakeOpening(tx: Tx, procurementId: string): Promise<string> {
  return enqueue(tx, 'opening-changed', `${procurementId}/${newId()}`);
}
