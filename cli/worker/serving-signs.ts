import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../db/access/database.ts';
import { SIGN_EVERY_MS } from '../../domain/outages.ts';
import { noteServing } from '../../services/outages/note-serving.ts';
import { logFailure } from '../../api/http/request-log.ts';

/** Records at intervals that this API serves: it answers at its own address, and the database accepts its writes. */
export function showServing(db: Database, url: string, log: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const shown = (async () => {
    let failing = false;
    while (!stopping.signal.aborted) {
      try {
        const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(SIGN_EVERY_MS) });
        await answer.body?.cancel();
        if (!answer.ok) throw new Error(`/health answers ${answer.status}`);
        await db.transaction(noteServing, 'single-rows');
        failing = false;
      } catch (error) {
        if (!failing) logFailure(log, error, 'this API cannot show that it serves');
        failing = true;
      }
      await sleep(SIGN_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await shown;
    },
  };
}
