import pg from 'pg';
import { commits } from '../../db/access/seen.ts';

/** How many statements a piece of work sends to PostgreSQL, and how many commits it makes, whoever of this process asks. */
export async function counting<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly statements: readonly string[]; readonly commits: number }> {
  const statements: string[] = [];
  let made = 0;
  const onCommit = () => void (made += 1);
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the client that was asked
  const query = pg.Client.prototype.query;
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [asked] = given as [string | { readonly text: string }];
    statements.push(typeof asked === 'string' ? asked : asked.text);
    return (query as (...same: unknown[]) => unknown).apply(this, given);
  } as typeof query;
  commits.subscribe(onCommit);
  try {
    return { value: await work(), statements, commits: made };
  } finally {
    commits.unsubscribe(onCommit);
    pg.Client.prototype.query = query;
  }
}
