import type { Logger } from 'pino';
import type { Database } from '../../db/access/database.ts';

/** At a start: under NODE_ENV=production it is refused. */
export function warnOfOneRole({ separate }: Pick<Database, 'separate'>, log: Logger): void {
  if (separate !== false) return;
  log.warn(
    '数据库用户同时是属主：窃得其连接的人可以改掉触发器；请另建属主（docs/operations.md） / the role that connects owns the database: ' +
      'who steals its connection can remove triggers; create an owner (docs/operations.en.md, PostgreSQL)',
  );
}
