import type { Response } from 'express';
import { eventsAfter, lastEvent } from '../../db/events.ts';
import type { Database } from '../../db/access/database.ts';

/** How often what has happened is looked for, as long as anybody listens (ms). */
const EVERY_MS = 1_000;
/** So that a proxy keeps a quiet stream open (ms). */
const BEAT_MS = 20_000;
const MOST_AT_ONCE = 500;
/** Streams of one process; more are told to ask later. */
export const MOST_STREAMS = 2_000;

interface Listener {
  readonly response: Response;
  /** Null: of every procurement. */
  readonly procurementId: string | null;
}

/**
 * Tells open pages that something has changed, and nothing of it: they ask again. One query a second for all of them. What concerns
 * bidders before the opening is confidential, and makes no signal: when it comes would tell that somebody bids.
 */
export class LiveHub {
  private readonly db: Pick<Database, 'read'>;
  private readonly listeners = new Set<Listener>();
  private looking = false;
  private seq = -1;
  private timer: NodeJS.Timeout | null = null;
  private beatAt = 0;

  constructor(db: Pick<Database, 'read'>) {
    this.db = db;
  }

  get size(): number {
    return this.listeners.size;
  }

  /** @param now of the machine (ms) */
  listen(response: Response, procurementId: string | null, now: () => number): void {
    response
      .status(200)
      .set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    response.flushHeaders();
    response.write('retry: 3000\n\n');
    const listener = { response, procurementId };
    this.listeners.add(listener);
    response.once('close', () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0 || this.timer === null) return;
      clearInterval(this.timer);
      this.timer = null;
      this.seq = -1;
    });
    if (this.timer === null) {
      this.timer = setInterval(() => void this.look(now()), EVERY_MS);
      this.timer.unref();
    }
  }

  private async look(now: number): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const changed = await this.changed();
      const beats = now - this.beatAt >= BEAT_MS;
      if (beats) this.beatAt = now;
      for (const { response, procurementId } of this.listeners) {
        const concerned = procurementId === null ? changed.size > 0 : changed.has(procurementId);
        if (concerned) response.write('event: changed\ndata:\n\n');
        else if (beats) response.write(':\n\n');
      }
    } catch {
      // The database is busy or away: the next look finds what came meanwhile.
    } finally {
      this.looking = false;
    }
  }

  /** The procurements of which something has happened since the last look. */
  private async changed(): Promise<Set<string>> {
    if (this.seq < 0) {
      this.seq = await lastEvent(this.db.read);
      return new Set();
    }
    const events = await eventsAfter(this.db.read, this.seq, MOST_AT_ONCE);
    this.seq = events.at(-1)?.seq ?? this.seq;
    return new Set(events.filter(({ confidential }) => !confidential).map(({ procurementId }) => procurementId));
  }
}
