import type { CheckedRows, RowPlace } from './fault.ts';
import type { RowSealer } from './row-seals.ts';

/**
 * The seals of all rows of a database, on one connection of it: one class a dialect. Opening, upgrading, filling and
 * checking a database use only this interface of them. Each method works in the transaction of its caller.
 */
export interface Seals {
  /** Identifies the key that the rows are sealed with; null where they are not. */
  keyId(): Promise<string | null>;
  /** Sets the key; before anything is written. */
  use(sealer: RowSealer): void;
  /** Creates the triggers that record each written row, where they are not as expected. */
  watch(): Promise<void>;
  /** Removes the triggers, for a change of the schema. */
  unwatch(): Promise<void>;
  /** Seals every row as it is. */
  sealAll(onTable?: (table: string, rows: number) => void): Promise<number>;
  /** Marks rows whose faults were found before they were resealed as still broken. */
  breakSeals(places: readonly RowPlace[]): Promise<void>;
  /** Seals the rows written so far. */
  settle(): Promise<void>;
  /** Reads every row beside its seal. */
  check(): Promise<CheckedRows>;
}
