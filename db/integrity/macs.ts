import type { CheckedRows, RowPlace } from './fault.ts';
import type { MacKey } from './row-macs.ts';

/**
 * The MACs of all rows of a database, on one connection of it: one class a dialect. Opening, upgrading, filling and
 * checking a database use only this interface of them. Each method works in the transaction of its caller.
 */
export interface RowMacs {
  /** Identifies the key of the MACs; null where the rows have none. */
  keyId(): Promise<string | null>;
  /** Sets the key; before anything is written. */
  use(macKey: MacKey): void;
  /** Creates the triggers that record each written row, where they are not as expected. */
  watch(): Promise<void>;
  /** Removes the triggers, for a change of the schema. */
  unwatch(): Promise<void>;
  /** RowMacs every row as it is. */
  calculateAll(onTable?: (table: string, rows: number) => void): Promise<number>;
  /** Marks rows whose faults were found before their MACs were calculated again as still broken. */
  markBroken(places: readonly RowPlace[]): Promise<void>;
  /** RowMacs the rows written so far. */
  settle(): Promise<void>;
  /** Reads every row beside its MAC. */
  check(): Promise<CheckedRows>;
}
