import { pino } from 'pino';
import { expect, it } from 'vitest';
import { showServing } from '../../cli/worker/serving-signs.ts';
import { apiPresence } from '../../db/schema/sqlite.ts';
import { startTestApi } from '../setup/api.ts';
import { eventually } from '../setup/eventually.ts';

it('an API that answers shows that it serves; one whose address does not answer shows nothing, and says so once', async () => {
  await using api = await startTestApi();
  const signs = () => api.db.read.select().from(apiPresence);
  const complaints: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void complaints.push(line) });
  const away = await startTestApi();
  await away[Symbol.asyncDispose]();
  const unheard = showServing(api.db, away.url, log);
  await eventually('it complains', async () => complaints.length > 0);
  expect(complaints[0]).toContain('this API cannot show that it serves');
  await unheard.stop();
  expect(await signs()).toEqual([]);

  const serving = showServing(api.db, api.url, log);
  await eventually('it shows', async () => (await signs()).length > 0);
  await serving.stop();
  expect(complaints).toHaveLength(1);
});
