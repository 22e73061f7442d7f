import type { CheckedRows, RowPlace } from './fault.ts';
import type { RowSealer } from './row-seals.ts';

/**
 * The seals of all rows of a database, on one connection of it: one class a dialect. Whoever opens, brings up to date,
 * fills or checks a database knows of seals what stands here. Each method works in the transaction of its caller.
 */
export interface Seals {
  /** Names the key that the rows are sealed with; null where they are not. */
  keyId(): Promise<string | null>;
  /** Says with which key; before anything is written. */
  use(sealer: RowSealer): void;
  /** Sets what notes each row that is written, where it is not as it should be. */
  watch(): Promise<void>;
  /** Takes that away, while the schema changes. */
  unwatch(): Promise<void>;
  /** Seals every row as it is. */
  sealAll(onTable?: (table: string, rows: number) => void): Promise<number>;
  /** Rows whose faults were found before they were sealed again keep them. */
  breakSeals(places: readonly RowPlace[]): Promise<void>;
  /** Seals what was written up to now. */
  settle(): Promise<void>;
  /** Reads every row beside its seal. */
  check(): Promise<CheckedRows>;
}
