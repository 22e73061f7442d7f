import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UNATTENDED } from '../../db/audit.ts';
import { keysInForce } from '../../db/custodians.ts';
import type { Database } from '../../db/access/database.ts';
import type { ClockSetting } from '../../domain/clock.ts';
import { DomainError } from '../../domain/errors.ts';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import { custodianDir, initCustodian, isCustodian, readFacts, trustKeys, type CustodianFacts } from './folder.ts';
import { dataDir } from '../settings/folders.ts';
import type { Log } from '../servers/processes.ts';
import { readSigner } from '../settings/secrets.ts';
import { oneOf } from '../settings/values.ts';
import { registerKey } from '../../services/custodians/register-key.ts';

/** Settings that a custodian beside the platform must not have; empty, so that no settings file sets them. */
const NOT_FOR_CUSTODIANS = {
  KAIBIAO_SESSION_KEY: '',
  KAIBIAO_SIGNING_KEY: '',
  KAIBIAO_COMMITTEE_KEY: '',
  KAIBIAO_OIDC_CLIENT_SECRET: '',
  KAIBIAO_CERTIFICATE_SECRET: '',
  DATABASE_URL: '',
  KAIBIAO_CUSTODIAN_DIR: '',
};

/** The command line of `kaibiao custodian` for those that run beside the platform. */
export interface LocalCustodians {
  readonly command: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The default set-up: creates the custodians that nobody else runs, and registers their keys. A custodian whose key in
 * force is not here runs elsewhere.
 * @returns null where none runs here
 */
export async function prepareLocalCustodians(
  env: NodeJS.ProcessEnv,
  db: Database,
  log: Log,
): Promise<LocalCustodians | null> {
  if (oneOf(env, 'KAIBIAO_LOCAL_CUSTODIANS', ['on', 'off']) === 'off') return null;
  const { publicJwk } = await readSigner(env, dataDir(env));
  const here: Custodian[] = [];
  for (const custodian of CUSTODIANS) {
    const inForce = (await keysInForce(db.read)).find((key) => key.custodian === custodian);
    const dir = custodianDir(custodian, env);
    if (!isCustodian(dir)) {
      if (inForce) continue;
      await initCustodian(dir, { custodian, platform: [publicJwk], passphrase: null, now: Date.now() });
    }
    trustKeys(dir, [publicJwk]);
    const facts = readFacts(dir);
    if (inForce && !facts.recipients.includes(inForce.recipient)) {
      log(
        `${custodian}：登记的公钥不在本机，由他处的保管人交出份额 / the registered key is not on this machine: a custodian elsewhere releases its shares`,
      );
      continue;
    }
    if (inForce?.recipient !== facts.recipients[0]) await register(db, facts, log);
    here.push(custodian);
  }
  if (here.length === 0) return null;
  return {
    command: ['custodian', ...here.flatMap((custodian) => ['--as', custodian])],
    env: {
      ...env,
      ...NOT_FOR_CUSTODIANS,
      ...(db.clock.mode === 'drill' ? { KAIBIAO_DRILL_CLOCK_FILE: writeDrillClock(env, db.clock) } : {}),
    },
  };
}

async function register(db: Database, { custodian, recipients }: CustodianFacts, log: Log): Promise<void> {
  const [recipient = ''] = recipients;
  try {
    await db.transaction((tx) => registerKey(tx, UNATTENDED, { custodian, recipient }));
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'already-exists') throw error;
    // The office has retired it: restoring it is not our decision.
    log(
      `${custodian}：本机密钥已停用，请运行 kaibiao custodian rotate --as ${custodian} 后重启 / the key here was retired: kaibiao custodian rotate --as ${custodian}, then start again`,
    );
  }
}

/** Only in a drill: the civil clock of the custodians beside the platform. */
export function writeDrillClock(env: NodeJS.ProcessEnv, clock: ClockSetting): string {
  const file = join(dataDir(env), 'custodians', 'drill-clock.json');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // The API and the command may write it at once.
  const own = `${file}.${process.pid}`;
  try {
    writeFileSync(own, JSON.stringify(clock), { mode: 0o600 });
    renameSync(own, file);
  } finally {
    rmSync(own, { force: true });
  }
  return file;
}
