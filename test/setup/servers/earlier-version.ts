import type * as Migrations from '../../../db/access/migrations.ts';

/**
 * As if a part of the schema had come with the version before this one: stands in for db/access/migrations.ts, for tests
 * that bring a database up to date. What is made last is what has one of the names in it.
 */
export async function lastMigrationIs(
  load: () => Promise<typeof Migrations>,
  names: readonly string[],
): Promise<typeof Migrations> {
  const loaded = await load();
  return {
    ...loaded,
    migrationsOf: (dialect) => {
      const all = loaded.migrationsOf(dialect);
      const last = all.at(-1);
      if (!last) throw new Error('there are no migrations');
      const isNew = (statement: string) => names.some((name) => statement.includes(name));
      return [
        ...all.slice(0, -1),
        {
          ...last,
          hash: `${last.hash} before`,
          folderMillis: last.folderMillis - 1,
          sql: last.sql.filter((each) => !isNew(each)),
        },
        { ...last, sql: last.sql.filter(isNew) },
      ];
    },
  };
}
