import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { databaseFile } from '../../db/sqlite/connection.ts';
import { command } from '../setup/command.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { startTestService, type Json, type TestService } from '../setup/servers/service.ts';
import { testSigner } from '../setup/signer.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An environment with a data folder of its own, and ports that nobody else has. */
async function environment(name: string, more: NodeJS.ProcessEnv = {}): Promise<NodeJS.ProcessEnv> {
  return {
    ...process.env,
    KAIBIAO_DATA_DIR: join(folder, name),
    KAIBIAO_PORT: String(await freePort()),
    KAIBIAO_TEMPORAL_PORT: String(await freePort()),
    KAIBIAO_TEMPORAL_UI_PORT: String(await freePort()),
    ...more,
  };
}

const problem = (stderr: string) => (JSON.parse(stderr) as { error: Json }).error;

describe('the command line, on an installation of its own', () => {
  it('migrate makes the database, and finds it up to date the next time', async () => {
    const env = await environment('migrate');
    const file = databaseFile(join(folder, 'migrate'));
    for (const time of ['first', 'second']) {
      const { code, stdout } = await kaibiao(['migrate', '--json'], env);
      expect(code, time).toBe(0);
      expect(JSON.parse(stdout)).toEqual({ database: file, clock: 'real', upToDate: true });
    }
    expect((await command(['migrate'], env)).stdout).toContain(file);
  });

  it('verify counts what is there, and ends with code 1 and the name of what was changed', async () => {
    const env = await environment('verify');
    const nothing = await kaibiao(['verify', '--json'], env);
    expect(nothing.code).toBe(1);
    expect(problem(nothing.stderr)).toMatchObject({ code: 'no-installation' });
    expect((await command(['migrate'], env)).code).toBe(0);
    const first = await kaibiao(['verify', '--json'], env);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ audit: 0, notices: 0, bids: 0, documents: 0, faults: [] });
    const database = new BetterSqlite3(databaseFile(join(folder, 'verify')));
    database
      .prepare(
        `insert into audit (seq, at, actor, action, procurement_id, subject, detail, confidential, previous_hash, hash)
         values (1, 1, '{}', 'forged', null, 'forged', '{}', 0, 'x', 'y')`,
      )
      .run();
    database.close();
    const second = await kaibiao(['verify', '--json'], env);
    expect(second.code).toBe(1);
    const { faults } = JSON.parse(second.stdout) as { faults: { subject: string }[] };
    expect(faults.map(({ subject }) => subject)).toContain('audit/1');
    const told = await command(['verify'], env);
    expect(told.code).toBe(1);
    expect(told.stdout).toMatch(/✗ audit\/1: .*[一-龥].* \/ /);
  });

  it('a planted trigger is named by doctor and verify, and refused; what is ours is put back by migrate --mend', async () => {
    const env = await environment('planted');
    expect((await command(['migrate'], env)).code).toBe(0);
    const database = new BetterSqlite3(databaseFile(join(folder, 'planted')));
    database.exec("CREATE TRIGGER planted AFTER INSERT ON audit BEGIN UPDATE bids SET state = 'withdrawn'; END");
    database.exec('DROP TRIGGER bids_no_delete');
    expect((await command(['verify'], env)).stdout).toMatch(/✗ schema\/trigger planted: .*[一-龥].* \/ /);
    expect((await kaibiao(['doctor'], env)).stdout).toContain('trigger planted (unknown)');
    expect(problem((await command(['migrate', '--json'], env)).stderr)).toMatchObject({ code: 'schema-altered' });
    database.exec('DROP TRIGGER planted');
    database.close();
    const mended = await kaibiao(['migrate', '--mend', '--json'], env);
    expect(JSON.parse(mended.stdout)).toMatchObject({ mended: ['trigger bids_no_delete'] });
    expect((await command(['verify'], env)).code).toBe(0);
  });

  it('a witness needs the keys of the platform, and takes a restored log on record', async () => {
    const env = await environment('witness');
    const dir = join(folder, 'witness-of-others');
    expect(problem((await kaibiao(['witness', '--dir', dir, '--json'], env)).stderr)).toMatchObject({
      code: 'bad-setting',
    });
    const keys = join(folder, 'keys.json');
    writeFileSync(keys, JSON.stringify({ keys: [(await testSigner()).publicJwk] }));
    const restored = await kaibiao(['witness', '--dir', dir, '--keys', keys, '--restored'], env);
    expect([restored.code, restored.stdout]).toEqual([0, expect.stringMatching(/[一-龥].* \/ a new log/)]);
    expect(readFileSync(join(dir, 'heads.jsonl'), 'utf8')).toMatch(/^\{"kind":"log-restored","at":\d+\}\n$/);
    const broken = await kaibiao(['witness', '--dir', dir, '--keys', join(folder, 'none.json'), '--json'], env);
    expect(problem(broken.stderr)).toMatchObject({ code: 'bad-setting' });
  });

  it('doctor finds a sound machine sound, and a port that is taken taken', async () => {
    const env = await environment('doctor');
    const { code, stdout } = await kaibiao(['doctor', '--json'], env);
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { name: string; ok: string }[] };
    expect(findings.filter((finding) => finding.ok === 'fail')).toEqual([]);
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    expect(findings.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['node', 'sqlite', 'settings', 'temporal', 'clock', 'data', 'database', 'port-api']),
    );
    const occupant = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => occupant.listen(Number(env.KAIBIAO_PORT), '127.0.0.1', resolve));
    try {
      const taken = await kaibiao(['doctor', '--json'], env);
      expect(taken.code).toBe(1);
      const found = (JSON.parse(taken.stdout) as { findings: Json[] }).findings.find(({ name }) => name === 'port-api');
      expect(found).toMatchObject({ ok: 'fail', mend: { en: expect.stringContaining('KAIBIAO_PORT') as string } });
    } finally {
      await new Promise((resolve) => occupant.close(resolve));
    }
  });

  it('law due answers a list of questions with a list of answers, and says which question is no question', async () => {
    const env = await environment('law');
    const file = join(folder, 'questions.json');
    const questions = [
      { rule: 'works-bid-prep-min', from: '2026-03-30T09:00:00+08:00' },
      { rule: 'no-such-rule', from: '2026-04-27' },
      { rule: 'works-bid-prep-min', from: '2026-03-30T09:00' },
    ];
    writeFileSync(file, JSON.stringify(questions));
    const { code, stdout } = await kaibiao(['law', 'due', '--batch', file, '--json'], env);
    expect(code).toBe(1);
    const answers = JSON.parse(stdout) as Json[];
    expect(answers.map(({ rule, from }) => ({ rule, from }))).toEqual(questions);
    // 招标投标法 24: twenty days from 30 March end on 19 April, a Sunday, and roll to the Monday.
    expect(answers[0]).toMatchObject({ due: '2026-04-20T23:59:59.999+08:00', article: '24', provisional: false });
    expect(answers[1]).toMatchObject({ error: { code: 'unknown-rule' } });
    expect(answers[2]).toMatchObject({ error: { code: 'bad-instant' } });

    writeFileSync(file, JSON.stringify(questions.slice(0, 1)));
    expect((await command(['law', 'due', '--batch', file, '--json'], env)).code).toBe(0);
    const missing = await command(['law', 'due', '--batch', join(folder, 'absent.json'), '--json'], env);
    expect(missing.code).toBeGreaterThan(0);
    expect(problem(missing.stderr).messageEn).toContain('absent.json');
  });

  it('a setting that is wrong is named in both languages, and no trace of the program is shown', async () => {
    const env = await environment('settings', { KAIBIAO_DRILL_DAY_MS: 'fast' });
    const { code, stderr } = await kaibiao(['migrate'], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^错误：KAIBIAO_DRILL_DAY_MS .*\nerror: KAIBIAO_DRILL_DAY_MS .*fast\n$/);
    const port = await kaibiao(['api', '--json'], await environment('settings-port', { KAIBIAO_PORT: 'eighty' }));
    expect(port.code).toBe(2);
    expect(problem(port.stderr)).toMatchObject({ code: 'bad-setting' });
    const speed = await kaibiao(['demo', '--day-ms', '5', '--json'], env);
    expect(speed.code).toBe(2);
    expect(problem(speed.stderr)).toMatchObject({ code: 'usage' });
  });

  it('refuses a drill where NODE_ENV=production: a new one, and one that is there', async () => {
    const drill = { KAIBIAO_DRILL_DAY_MS: '1000', KAIBIAO_DRILL_FROM: '2026-03-02T09:00:00+08:00' };
    const fresh = await kaibiao(
      ['serve', '--json'],
      await environment('new-drill', { ...drill, NODE_ENV: 'production' }),
    );
    expect(fresh.code).toBe(1);
    expect(problem(fresh.stderr)).toMatchObject({ code: 'drill-in-production' });

    const env = await environment('old-drill', drill);
    expect((await kaibiao(['migrate', '--json'], env)).code).toBe(0);
    const { KAIBIAO_DRILL_DAY_MS: _day, KAIBIAO_DRILL_FROM: _from, ...plain } = env;
    for (const command of ['serve', 'api', 'worker', 'migrate']) {
      const refused = await kaibiao([command, '--json'], { ...plain, NODE_ENV: 'production' });
      expect(refused.code, command).toBe(1);
      expect(problem(refused.stderr)).toMatchObject({ code: 'drill-in-production' });
    }
  });
});

describe('serve, in a process of its own', () => {
  let town: TestService;
  beforeAll(async () => {
    town = await startTestService({ from: '2026-03-02T09:00:00+08:00', as: 'process' });
  });
  afterAll(() => town[Symbol.asyncDispose]());

  it('says what is in its way: a port that is taken, a data folder in use', async () => {
    const port = await kaibiao(['serve', '--json'], {
      ...(await environment('port-taken')),
      KAIBIAO_TEMPORAL_PORT: town.env.KAIBIAO_TEMPORAL_PORT,
    });
    expect(port.code).toBe(1);
    expect(port.stderr).toMatch(/KAIBIAO_TEMPORAL_PORT/);
    const folderInUse = await kaibiao(['serve', '--json'], {
      ...(await environment('unused')),
      KAIBIAO_DATA_DIR: town.dataDir,
    });
    expect(folderInUse.code).toBe(1);
    expect(folderInUse.stderr).toContain(town.dataDir);
    // Whom it was refused in favour of is none the worse for it.
    await town.ready();
  });

  it('shows the first administrator’s one-time password once, and it is good for nothing but a new one', async () => {
    const passwords = () => town.log.filter((line) => line.includes('one-time password'));
    expect(passwords()).toHaveLength(1);
    expect(town.serve?.addresses).toMatchObject({ url: town.url, docs: `${town.url}/docs` });
    expect((await fetch(`${town.url}/docs`)).ok).toBe(true);
    await town.stop();
    await town.start();
    await town.ready();
    expect(passwords()).toHaveLength(1);
    // The session of before is still good: nothing was lost.
    expect((await town.insist(town.persons.administrator, 'GET', '/session')).status).toBe(200);
  });
});
