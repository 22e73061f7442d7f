import { channel } from 'node:diagnostics_channel';
import BetterSqlite3 from 'better-sqlite3';

/** A statement that SQLite refuses for a constraint or by a trigger; a lock refuses by chance. */
export interface Refused {
  readonly text: string;
  /** As `SQLITE_CONSTRAINT_UNIQUE`. */
  readonly code: string;
}
/** Published for each refused statement of this process. */
export const refusals = channel('kaibiao:refused-statement');

type Statement = { readonly source: string } & Record<'run' | 'get' | 'all', (...values: unknown[]) => unknown>;

const memory = new BetterSqlite3(':memory:');
const statement = Object.getPrototypeOf(memory.prepare('SELECT 1')) as Statement;
memory.close();
for (const name of ['run', 'get', 'all'] as const) {
  const ask = statement[name];
  statement[name] = function (this: Statement, ...values) {
    try {
      return ask.apply(this, values);
    } catch (error) {
      const code = String((error as { code?: unknown }).code);
      if (code.startsWith('SQLITE_CONSTRAINT')) refusals.publish({ text: this.source, code } satisfies Refused);
      throw error;
    }
  };
}
