import { expect, it } from 'vitest';
import { checkDatabase } from '../../db/access/open.ts';
import { dialect, rawDatabase, temporaryDatabase, temporaryStorage } from '../setup/database.ts';

const JOURNAL = dialect === 'sqlite' ? '__drizzle_migrations' : 'kaibiao_migrations';

it('the doctor distinguishes an empty place, a sound database and other versions, and changes none', async () => {
  const empty = await temporaryStorage();
  // The tests' PostgreSQL makes its databases with the tables in them.
  const schema = dialect === 'sqlite' ? null : 'present';
  expect(await checkDatabase(empty.storage)).toMatchObject({ exists: dialect !== 'sqlite', mode: null, schema });
  await empty.remove();

  const db = await temporaryDatabase();
  const { storage } = db;
  const raw = await rawDatabase(storage);
  const done = async () =>
    ((await raw.all(`SELECT created_at FROM ${JOURNAL} ORDER BY created_at`)) as { created_at: unknown }[]).map((row) =>
      Number(row.created_at),
    );
  const made = await done();
  expect(await checkDatabase(storage)).toMatchObject({
    exists: true,
    integrity: 'ok',
    mode: 'real',
    schema: 'present',
  });

  const last = made.at(-1) ?? 0;
  await raw.behind(`UPDATE ${JOURNAL} SET created_at = ${last + 1} WHERE created_at = ${last}`);
  expect(await checkDatabase(storage)).toMatchObject({ schema: 'later' });
  await raw.behind(`UPDATE ${JOURNAL} SET created_at = ${last - 1} WHERE created_at = ${last + 1}`);
  expect(await checkDatabase(storage)).toMatchObject({ exists: true, mode: 'real', schema: 'earlier' });
  expect(await done()).toEqual([...made.slice(0, -1), last - 1]);
  await raw.close();
  await db.close();
});

it('reports how far the clock that decides is ahead, where it is not this machine’s own', async () => {
  const db = await temporaryDatabase();
  const { clock } = await checkDatabase(db.storage);
  if (dialect === 'sqlite') expect(clock).toBeNull();
  // The server of the tests runs on this machine, and is asked within the time that it took.
  else expect(Math.abs(clock?.aheadMs ?? NaN)).toBeLessThanOrEqual((clock?.withinMs ?? 0) + 1);
  await db.close();
});
