import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkAlarm, checkTimeSources, judgeAlarm } from '../../cli/doctor/clock.ts';
import { aheadOfMost, timeSourcesOf } from '../../cli/settings/time-sources.ts';
import { watchClock, type ClockWatch } from '../../cli/worker/clock-watch.ts';
import { auditAfter } from '../../db/audit.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { refusalOf } from '../setup/tenders/tender.ts';

let db: TestDatabase;
const servers: Server[] = [];
const watches: ClockWatch[] = [];
beforeEach(async () => {
  db = await temporaryDatabase();
});
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
  await db.close();
});

/** A source whose clock is ahead of this machine's by so much (ms), which can be changed. */
async function source(aheadMs: number): Promise<{ url: string; set(ms: number): void }> {
  let ahead = aheadMs;
  const server = createServer((_request, response) => {
    response
      .setHeader('Date', new Date(Date.now() + ahead).toUTCString())
      .writeHead(204)
      .end();
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, set: (ms) => void (ahead = ms) };
}

const silent = pino({ level: 'silent' });
const watch = async (urls: readonly string[], log: Parameters<typeof watchClock>[1] = silent) =>
  watches.push(await watchClock(db, log, { sources: urls, boundMs: 2_000, everyMs: 20 }));
const decides = () => db.transaction(async () => 'decides');

it('a clock that is ahead of most other sources is stopped before anything is served', async () => {
  const [right, slow, slower] = [await source(0), await source(-300_000), await source(-301_000)];
  await watch([right.url, slow.url]);
  expect(await decides()).toBe('decides');
  const said: unknown[] = [];
  await watch([right.url, slow.url, slower.url], { ...silent, warn: silent.warn.bind(silent), error: (...words: unknown[]) => said.push(words) }); // prettier-ignore
  expect((await refusalOf(decides())).code).toBe('clock-jumped');
  expect(await db.clockAlarm()).toMatchObject({ against: 'time-sources' });
  expect(said).toEqual([
    [{ aheadMs: expect.any(Number) as number, against: 'time-sources' }, expect.stringMatching(/jumped/)],
  ]);
  const entry = (await auditAfter(db.read, 0, 100)).find(({ action }) => action === 'clock.jump');
  expect(entry?.actor.role).toBe('unattended');
});

it('it is compared from then on; sources that are away, behind a little, or ahead stop nothing', async () => {
  const other = await source(30_000);
  await watch([other.url, 'http://127.0.0.1:9/']);
  await watch(['http://127.0.0.1:9/']);
  expect(await decides()).toBe('decides');
  other.set(-1_000);
  expect((await aheadOfMost([other.url], Date.now)).answered).toBe(1);
  expect(await db.clockAlarm()).toBeNull();
  other.set(-60_000);
  await eventually('the alarm is raised', async () => (await db.clockAlarm()) !== null);
});

it('the doctor fails while nobody has accepted a jump, and compares the clock with other sources', async () => {
  const env = { KAIBIAO_DATA_DIR: db.dataDir, DATABASE_URL: db.storage.url ?? '' };
  expect(await checkAlarm(env)).toMatchObject({ ok: 'ok' });
  await db.doubtClock(300_000);
  expect(await checkAlarm(env)).toMatchObject({
    ok: 'fail',
    detailEn: expect.stringContaining('300.0 s ahead') as string,
  });
  expect(judgeAlarm(null).ok).toBe('ok');

  const right = await source(0);
  const sources = (urls: string) => checkTimeSources({ ...env, KAIBIAO_TIME_SOURCES: urls });
  expect(await sources(right.url)).toMatchObject({ ok: 'ok' });
  right.set(-300_000);
  expect(await sources(right.url)).toMatchObject({ ok: 'fail' });
  expect(await sources('http://127.0.0.1:9/')).toMatchObject({ ok: 'warn' });
  expect((await checkTimeSources({ ...env, NODE_ENV: 'production' })).ok).toBe('warn');
});

it('sources are addresses; without any, the witnesses give the time', () => {
  const witnesses = ['https://witness.example'];
  expect(timeSourcesOf({}, witnesses)).toEqual(['https://witness.example/head']);
  const given = { KAIBIAO_TIME_SOURCES: ' https://a.example/ ,http://b.example' };
  expect(timeSourcesOf(given, witnesses)).toEqual(['https://a.example/', 'http://b.example']);
  expect(() => timeSourcesOf({ KAIBIAO_TIME_SOURCES: 'ntp.example' }, [])).toThrow(/KAIBIAO_TIME_SOURCES/);
});
