import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { createOutbox } from '../../engine/outbox.ts';
import { reconcile, type Found } from '../../engine/reconcile.ts';
import type { Database } from '../../db/access/database.ts';
import { poking } from '../../db/access/with-transaction.ts';
import { adoptTemporal, claimTemporal, temporalHome, type TemporalHome } from '../../db/engine/temporal-home.ts';
import { readTemporalConfig, type TemporalConfig } from '../../temporal.config.ts';
import { dataDir } from '../settings/folders.ts';
import { openInstallation, refuseNoInstallation } from '../settings/installation.ts';
import { namespaceOf, temporalElsewhere } from '../settings/temporal-home.ts';
import { runningDevServer, startDevServer } from '../servers/temporal-server.ts';
import { connectClient, prepareNamespace } from '../servers/temporal-client.ts';

interface Options {
  readonly dryRun?: boolean;
  readonly adopt?: boolean;
  readonly restart?: string[];
  readonly json?: boolean;
}

export interface Recreated {
  readonly found: readonly Found[];
  readonly temporal: {
    readonly address: string;
    readonly namespaceId: string | null;
    /** The previous namespace; null where there was none. */
    readonly before: string | null;
  };
}

/** Reconciles every workflow that should run, on the Temporal of the settings or of the data folder. */
export async function recreate(
  options: Omit<Options, 'json'>,
  { env = process.env, log }: { env?: NodeJS.ProcessEnv; log: (line: string) => void },
): Promise<Recreated> {
  const config = readTemporalConfig(env);
  const db = await openInstallation(env);
  try {
    const { address, leave } = await reach(config, env, options.dryRun ?? false, log);
    try {
      return await recreateOn(db, config, address, options, log);
    } finally {
      await leave();
    }
  } finally {
    await db.close();
  }
}

async function recreateOn(
  db: Database,
  config: TemporalConfig,
  address: string,
  { dryRun = false, adopt = false, restart = [] }: Omit<Options, 'json'>,
  log: (line: string) => void,
): Promise<Recreated> {
  const client = await connectClient(config, address);
  try {
    const before = await temporalHome(db.read);
    if (!dryRun) {
      const warn = (_: object, text: string) => log(text);
      await prepareNamespace(client.connection, config, { warn } as Parameters<typeof prepareNamespace>[2]);
    }
    const here = await namespaceOf(client.connection, config);
    if (here && !dryRun) await settle(db, here, adopt);
    const engine = { client, taskQueue: config.taskQueues.main };
    const outbox = createOutbox({ ...engine, db });
    const found = await reconcile({
      ...engine,
      db: poking(db, outbox.poke),
      dryRun,
      restart,
      onProgress: (checked) => log(`已核对 ${checked} 个流程 / ${checked} workflows checked`),
    });
    // Needs no running worker: what is started waits for one.
    if (!dryRun) while ((await outbox.deliverWaiting()) > 0);
    await outbox.stop();
    return {
      found,
      temporal: { address, namespaceId: here?.namespaceId ?? null, before: before?.namespaceId ?? null },
    };
  } finally {
    await client.connection.close();
  }
}

async function settle(db: Database, here: TemporalHome, adopt: boolean): Promise<void> {
  if (adopt) return db.transaction((tx) => adoptTemporal(tx, here));
  const home = await db.transaction((tx) => claimTemporal(tx, here));
  if (home.namespaceId !== here.namespaceId) throw temporalElsewhere(home, here);
}

/** The server of the settings; or the data folder's own, started temporarily if it does not run. */
async function reach(
  config: TemporalConfig,
  env: NodeJS.ProcessEnv,
  dryRun: boolean,
  log: (line: string) => void,
): Promise<{ address: string; leave: () => Promise<void> }> {
  const dir = dataDir(env);
  const running = config.address ?? (await runningDevServer(dir));
  if (running !== undefined) return { address: running, leave: async () => undefined };
  // A dry run creates nothing: if the state is lost, an empty server in another folder stands in for it.
  const lost = dryRun && !existsSync(join(dir, 'temporal', 'state.db'));
  const folder = lost ? mkdtempSync(join(tmpdir(), 'kaibiao-empty-')) : dir;
  const server = await startDevServer({ dataDir: folder, config, log });
  return {
    address: server.address,
    leave: async () => {
      await server.stop();
      if (lost) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function rebuildCommand(): Command {
  return new Command('rebuild')
    .description(
      '立即核对全部流程，缺失、出错的由数据库重建（工作进程平时自动进行）；可重复执行，正常运行的流程不受影响 / check every ' +
        'workflow now and start what is missing or stuck from the database, as workers do by themselves; may be called again',
    )
    .option('--dry-run', '只查看，不改动 / check only')
    .option('--adopt', '原 Temporal 已丢失，改用现在的 / the former Temporal is lost: adopt this one')
    .option(
      '--restart <id...>',
      '这些项目的流程即使在运行也重新开始 / begin the workflows of these tenders again although they run',
    )
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async ({ json, ...options }: Options) => {
      await refuseNoInstallation({ zh: '要重建的安装', en: 'the installation to rebuild' });
      const done = await recreate(options, { log: (line) => void process.stderr.write(`${line}\n`) });
      process.stdout.write(json ? `${JSON.stringify(done)}\n` : tableOf(done));
      if (done.found.some(({ did }) => did === 'left-to-a-person')) process.exitCode = 1;
    });
}

const WORDS: Readonly<Record<Found['did'], string>> = {
  nothing: '运行中 / running',
  woken: '已唤醒 / woken',
  started: '已重建 / started',
  'would-start': '待重建 / to be started',
  'left-to-a-person': '请人工决定 / for a person to decide',
};

function tableOf({ found, temporal }: Recreated): string {
  const lines = [`Temporal: ${temporal.address} ${temporal.namespaceId ?? '—'}`];
  if (temporal.before !== null && temporal.before !== temporal.namespaceId) {
    lines.push(`原先 / before: ${temporal.before}`);
  }
  for (const did of Object.keys(WORDS) as Found['did'][]) {
    const rows = found.filter((each) => each.did === did);
    if (rows.length === 0) continue;
    lines.push('', `${WORDS[did]}: ${rows.length}`);
    for (const { workflowId, stage, was, why } of rows) {
      lines.push(`  ${workflowId.padEnd(60)} ${(stage ?? '—').padEnd(12)} ${was}`);
      if (why) lines.push(`    ${why.zh}`, `    ${why.en}`);
    }
  }
  if (found.length === 0) lines.push('', '没有运行中的项目 / nothing runs');
  return `${lines.join('\n')}\n`;
}
