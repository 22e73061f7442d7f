import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/settings/folders.ts';
import { createDatabase } from '../../cli/servers/postgres-databases.ts';
import { findPostgres } from '../../cli/servers/postgres-programs.ts';
import { startPostgres } from '../../cli/servers/postgres-server.ts';
import { isAlive } from '../../cli/servers/processes.ts';
import { eventually } from '../setup/eventually.ts';

const folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'kaibiao-postgres-test-'));
  folders.push(made);
  return made;
};
afterAll(() => folders.forEach((each) => rmSync(each, { recursive: true, force: true })));

const onProgress = () => undefined;
const found = await findPostgres(process.env).catch((error: Error) => {
  console.error(`!!! SKIPPED: ${error.message}`);
  return null;
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Every process that names a folder on its command line. */
async function processesOf(dir: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'stat=,args=']);
  return stdout.split('\n').filter((line) => line.includes(dir) && !line.startsWith('Z'));
}

describe.skipIf(found === null)('a PostgreSQL of our own', () => {
  it('keeps what was committed over a restart and a crash, and leaves no process behind', async () => {
    const dir = folder();
    const server = await startPostgres({ dir, onProgress });
    try {
      const url = await createDatabase(server, 'tender "1"');
      // Two APIs that start at once both ask for it.
      expect(await createDatabase(server, 'tender "1"')).toBe(url);
      expect(
        await query(
          url,
          `select current_database() as name, pg_encoding_to_char(encoding) as encoding, datcollate
                          from pg_database where datname = current_database()`,
        ),
      ).toEqual([{ name: 'tender "1"', encoding: 'UTF8', datcollate: 'C' }]);
      await query(url, `create table bids as select '开标' as title`);

      const first = server.pid;
      await server.restart();
      expect(server.pid).not.toBe(first);
      expect(isAlive(first)).toBe(false);
      expect(await query(url, 'select title from bids')).toEqual([{ title: '开标' }]);

      // A client that stays connected does not keep a fast shutdown waiting, nor a power cut.
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => undefined);
      await client.connect();
      await client.query(`insert into bids values ('two')`);
      await server.restart('immediate');
      expect(await query(url, 'select count(*)::int as count from bids')).toEqual([{ count: 2 }]);
    } finally {
      await server.stop();
    }
    expect(await server.exited).toEqual({ stopRequested: true });
    expect(await processesOf(dir)).toEqual([]);
  });

  it('is reached over the loopback address with its password only, and its files are for its user alone', async () => {
    const dir = folder();
    const server = await startPostgres({ dir, settings: { fsync: 'off' }, onProgress });
    try {
      const wrong = new URL(server.url);
      wrong.password = 'guessed';
      await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
      const [shown] = await query(
        server.url,
        `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
                current_setting('fsync') as fsync`,
      );
      expect(shown).toEqual({ addresses: '127.0.0.1', sockets: '', fsync: 'off' });
      for (const path of [dir, ...readdirSync(dir).map((name) => join(dir, name))]) {
        expect(statSync(path).mode & 0o077, path).toBe(0);
      }
    } finally {
      await server.stop();
    }
  });

  it('ends when the process that started it is killed, and starts again on the same folder', async () => {
    const dir = folder();
    const program = `
      import { startPostgres } from './cli/servers/postgres-server.ts';
      const server = await startPostgres({ dir: ${JSON.stringify(dir)}, onProgress: () => undefined });
      console.log(JSON.stringify({ pid: server.pid }));
      setInterval(() => undefined, 1_000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { pid } = JSON.parse(line) as { pid: number };
    const exited = once(child, 'exit');

    // Two servers on one folder would spoil it.
    await expect(startPostgres({ dir, onProgress })).rejects.toMatchObject({ code: 'data-in-use' });
    expect(isAlive(pid)).toBe(true);

    child.kill('SIGKILL');
    await exited;
    await eventually('the server has ended with its owner', async () => !isAlive(pid));
    const again = await startPostgres({ dir, onProgress });
    expect(await query(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await again.stop();
    expect(await processesOf(dir)).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)('says how to mend a folder that its user cannot enter', async () => {
    const dir = join(folder(), 'below');
    await expect(startPostgres({ dir, onProgress })).rejects.toMatchObject({
      code: 'postgres-folder',
      messageZh: expect.stringContaining('KAIBIAO_DATA_DIR') as string,
    });
    expect(await processesOf(dir)).toEqual([]);
  });

  it('says how to get a PostgreSQL where there is none of the version that wrote the data', async () => {
    await expect(findPostgres({ PATH: '' }, 9)).rejects.toMatchObject({
      code: 'postgres-not-found',
      messageEn: expect.stringContaining('as root, apt-get install postgresql') as string,
    });
  });
});
