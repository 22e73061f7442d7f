import type { RowPlace } from './fault.ts';
import type { RowChange } from './row-changes.ts';

/** A stored row with its hash as it is now. */
export interface FoundRow extends RowPlace {
  readonly hash: string;
}

/**
 * What a connection writes to the recorded tables (db/integrity/recorded.ts): one class a dialect. Each method works in
 * the transaction of its caller.
 */
export interface RowLog {
  /** Creates the triggers that note each written row, where they are not as expected. */
  watch(): Promise<void>;
  /** Removes the triggers, for a change of the schema. */
  unwatch(): Promise<void>;
  /** What was written since the transaction began, or since the last call. */
  take(): Promise<RowChange[]>;
  /** Every row of the recorded tables. */
  rows(): AsyncIterable<FoundRow>;
}
