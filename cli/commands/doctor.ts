import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { connectionOptions, readTemporalConfig, type TemporalConfig } from '../../temporal.config.ts';
import { checkChannels } from '../doctor/channels.ts';
import { checkAlarm, checkClock, checkTimeSources } from '../doctor/clock.ts';
import { checkCustodians, custodianFiles } from '../doctor/custodians.ts';
import { checkDataFolder } from '../doctor/data.ts';
import { judgeAccess, judgeDatabaseClock, judgeRoles, judgeStorage, checkStorage } from '../doctor/database.ts';
import { checkBuilds, checkStages, checkWorkflows } from '../doctor/engine.ts';
import { fail, ok, reasonOf, reasonZh, warn, type Finding, type Verdict } from '../doctor/findings.ts';
import { checkDatabaseTls, checkPublicTls, checkTls } from '../doctor/network.ts';
import { checkRates } from '../doctor/deposit-rates.ts';
import { checkNode, checkSqlite } from '../doctor/node.ts';
import { checkPort, portSetting } from '../doctor/ports.ts';
import { checkBankSecret, checkKeys, checkPayloadKey, checkSecrets } from '../doctor/secrets.ts';
import { checkPresence } from '../doctor/presence.ts';
import { checkSecondFactor } from '../doctor/second-factor.ts';
import { checkSecondPerson } from '../doctor/second-person.ts';
import { checkOrganisations } from '../doctor/separation.ts';
import { checkWitnesses } from '../doctor/witnesses.ts';
import { checkRetention, checkServer, checkServerClock, retentionOf } from '../doctor/temporal.ts';
import { refuseBadSettings } from '../settings/first-start.ts';
import { unknownSettingsTold } from '../settings/known.ts';
import { dataDir, projectRoot } from '../settings/folders.ts';

export async function examine(env: NodeJS.ProcessEnv = process.env): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (name: string, verdict: Verdict | undefined) => {
    if (verdict !== undefined) findings.push({ name, ...verdict });
  };
  const dir = dataDir(env);
  const apiPort = portSetting(env, 'KAIBIAO_PORT', 8080);

  add('node', checkNode());
  add('sqlite', await checkSqlite());
  let config: TemporalConfig | undefined;
  try {
    config = readTemporalConfig(env);
    connectionOptions(config);
    await refuseBadSettings(env);
    add('settings', ok('环境变量无误', 'the settings in the environment are right'));
  } catch (error) {
    add('settings', fail(reasonZh(error), reasonOf(error), '对照 .env.example 改正', 'correct them by .env.example'));
  }
  const unknown = unknownSettingsTold(env);
  if (unknown.length > 0) {
    const [zh, en] = [unknown.map((each) => each.zh).join('；'), unknown.map((each) => each.en).join('; ')];
    add('unknown-settings', warn(zh, en, '对照 .env.example 改正或删去', 'correct or remove them by .env.example'));
  }
  if (config !== undefined) add('temporal', await checkServer(config, env));
  add('clock', await checkClock(apiPort));
  add('time-sources', await checkTimeSources(env));
  const reachable = findings.some(({ name, ok }) => name === 'temporal' && ok === 'ok');
  if (config !== undefined && reachable) add('temporal-clock', await checkServerClock(config));
  if (config !== undefined) {
    add('temporal-tls', checkTls(config));
    add('retention', checkRetention(reachable ? await retentionOf(config) : config.retentionDays));
  }
  add('data', checkDataFolder(dir));
  const storage = await checkStorage(env);
  if ('ok' in storage) add('database', storage);
  else {
    const verdict = judgeStorage(storage, env.NODE_ENV === 'production');
    add('database', verdict);
    add('database-clock', judgeDatabaseClock(storage.clock));
    add('database-access', judgeAccess(storage));
    add('database-roles', judgeRoles(storage, env));
    // A schema of an older version is not checked: opening it would upgrade it.
    const comparable = verdict.ok === 'ok' && storage.exists && storage.mode !== null;
    if (config !== undefined && comparable) {
      add('workflows', await checkWorkflows(config, env));
      add('workers', await checkBuilds(config, env));
    }
    if (comparable) add('clock-alarm', await checkAlarm(env));
    if (comparable) add('stages', await checkStages(env));
    if (comparable) {
      for (const [name, verdict] of Object.entries(await checkOrganisations(env))) add(name, verdict);
      add('second-person', await checkSecondPerson(env));
    }
    if (comparable) add('custodians', await checkCustodians(config, env));
    if (comparable) add('witnesses', await checkWitnesses(env));
    if (comparable) add('deposit-rates', await checkRates(env));
  }
  add('database-tls', checkDatabaseTls(env));
  add('port-api', await checkPort(apiPort, 'KAIBIAO_PORT', dir));
  if (config?.address === undefined) {
    const [temporal, ui] = ['KAIBIAO_TEMPORAL_PORT', 'KAIBIAO_TEMPORAL_UI_PORT'];
    add('port-temporal', await checkPort(portSetting(env, temporal, 7233), temporal, dir));
    add('port-temporal-ui', await checkPort(portSetting(env, ui, 8233), ui, dir));
  }
  const keyFile = config?.tls?.keyFile;
  const keyFiles = keyFile === undefined ? [] : [resolve(keyFile)];
  add(
    'secrets',
    checkSecrets([
      join(projectRoot, '.env'),
      dir,
      join(dir, 'session.key'),
      join(dir, 'signing.key'),
      ...keyFiles,
      ...custodianFiles(env),
    ]),
  );
  add('keys', checkKeys(env));
  add('bank-secret', checkBankSecret(env));
  add('presence', checkPresence(env));
  add('second-factor', checkSecondFactor(env));
  add('channels', checkChannels(env));
  add('public-tls', checkPublicTls(env));
  if (config !== undefined) add('payload-key', checkPayloadKey(config));
  return findings;
}

const marks = { ok: '✓', warn: '!', fail: '✗' } as const;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('检查本机环境并给出改法 / check this machine and say how to fix it')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine();
      const failed = findings.filter(({ ok }) => ok === 'fail').length;
      if (json) process.stdout.write(`${JSON.stringify({ ok: failed === 0, findings }, null, 2)}\n`);
      else {
        for (const { name, ok: verdict, detailZh, detailEn, mend } of findings) {
          process.stdout.write(`${marks[verdict]} ${name.padEnd(17)}${detailZh} / ${detailEn}\n`);
          if (mend) process.stdout.write(`    → ${mend.zh}\n      ${mend.en}\n`);
        }
      }
      if (failed > 0) process.exitCode = 1;
    });
}
