import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { Command } from 'commander';
import type { Logger } from 'pino';
import { createApi, type Api, type ApiSettings } from '../../api/http/app.ts';
import { databaseMetrics } from '../../api/http/database-metrics.ts';
import { createMetrics } from '../../api/http/metrics.ts';
import { ensureFirstAdministrator } from '../../services/accounts/first-administrator.ts';
import type { Database } from '../../db/access/database.ts';
import { observed } from '../../db/access/observed.ts';
import { poking } from '../../db/access/with-transaction.ts';
import type { ClockSetting } from '../../domain/clock.ts';
import type { Signer } from '../../proofs/signing.ts';
import { dossierPages } from '../../web/dossiers/pages.ts';
import { publicPages } from '../../web/pages.ts';
import { receiptPrinter } from '../../web/bids/receipt-pdf.ts';
import { evaluationPrinter } from '../../web/evaluation/report.ts';
import { connectionOptions, readTemporalConfig, type TemporalConfig } from '../../temporal.config.ts';
import { centreSettings } from '../settings/centre.ts';
import { CommandFailure } from '../settings/failure.ts';
import { dataDir } from '../settings/folders.ts';
import { keepToFolder } from '../settings/data-folder.ts';
import { warnOfMissingRates } from '../settings/deposit-rates.ts';
import { warnOfOneRole } from '../settings/database-roles.ts';
import { openInstallation } from '../settings/installation.ts';
import { untilStopped } from '../servers/lifetime.ts';
import { custodianPollers } from '../custodian/pollers.ts';
import { portTaken } from '../servers/processes.ts';
import { clientOn } from '../servers/temporal-client.ts';
import { readSigner } from '../settings/secrets.ts';
import { watchClock } from '../worker/clock-watch.ts';
import { showServing } from '../worker/serving-signs.ts';
import { apiPlace, portsOf, readApiSettings, type ApiPlace } from '../settings/api.ts';
import { logOf } from '../settings/log.ts';
import { writeDrillClock } from '../custodian/local.ts';
import { refuseUnwitnessed, witnessesOf } from '../witness/client.ts';
import { announce } from './administrator.ts';
import { assertHome } from '../settings/temporal-home.ts';
import { outboxFor } from '../worker/delivery.ts';
import { startTracing } from '../worker/tracing.ts';
import { publishKey } from '../../services/signing-keys/publish.ts';

export interface RunningApi {
  readonly api: Api;
  readonly url: string;
  stop(): Promise<void>;
}

async function listen(api: Api, { host, port }: ApiPlace): Promise<{ url: string }> {
  try {
    return await api.listen(port, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error;
    throw portTaken({ host, port, settings: 'KAIBIAO_PORT、KAIBIAO_HOST' }, code);
  }
}

/** How long Temporal may take to answer a connection check (ms). */
const READY_TIMEOUT_MS = 2_000;

/** Starts the HTTP server. If Temporal is down, people's acts are final all the same; its wakes wait in the outbox. */
export async function startApi(options: {
  readonly db: Database;
  readonly config: TemporalConfig;
  readonly address: string | undefined;
  readonly settings: ApiSettings;
  readonly signer: Signer;
  readonly place: ApiPlace;
  readonly log: Logger;
}): Promise<RunningApi> {
  const { config, address, settings, signer, place, log } = options;
  await refuseUnwitnessed(options.db, witnessesOf(), log);
  const watching = await watchClock(options.db, log);
  const metrics = createMetrics();
  const measured = databaseMetrics(metrics.registry, options.db);
  const connection = Connection.lazy(connectionOptions(config, address));
  const keepHome = () => assertHome(options.db, connection, config, log);
  // While it is down its wakes wait in the outbox; the check is repeated before the first of them.
  await keepHome().catch((error: unknown) => refuseElsewhere(error));
  const outbox = outboxFor(options.db, clientOn(connection, config), config, log, keepHome);
  const db = poking(observed(options.db, measured.watch), outbox.poke);
  // Custodians have time to wait for it: a disk that is full stops nobody else.
  const onDrillClock = (clock: ClockSetting): void => {
    try {
      writeDrillClock(process.env, clock);
    } catch (error) {
      log.error({ err: error }, 'the clock of the drill could not be written for the custodians');
    }
  };
  // The process before may have died after it had set the clock.
  if (db.clock.mode === 'drill') onDrillClock(db.clock);
  // Published at the start: custodians need to know which keys to trust before anything is signed.
  await publishKey(db, signer);
  const api = await createApi({
    db,
    log,
    settings,
    signer,
    metrics,
    printReceipt: receiptPrinter(settings.publicUrl),
    printEvaluation: evaluationPrinter(settings.publicUrl),
    dossierPages: dossierPages(settings.publicUrl),
    pages: publicPages({ db, publicUrl: settings.publicUrl }),
    onDrillClock,
    custodiansRunning: async () => {
      try {
        return await connection.withDeadline(Date.now() + READY_TIMEOUT_MS, () => custodianPollers(connection, config));
      } catch {
        return null;
      }
    },
    temporalReady: async () => {
      try {
        await connection.withDeadline(Date.now() + READY_TIMEOUT_MS, () =>
          connection.workflowService.getSystemInfo({}),
        );
        return true;
      } catch {
        return false;
      }
    },
  });
  const { url } = await listen(api, place);
  const { ownPort } = place;
  const own = ownPort === undefined ? url : (await listen(api, { host: '127.0.0.1', port: ownPort })).url;
  const serving = showServing(db, own, log);
  return {
    api,
    url,
    stop: async () => {
      await serving.stop();
      await watching.stop();
      await api.close();
      await outbox.stop();
      measured.close();
      await connection.close();
    },
  };
}

function refuseElsewhere(error: unknown): void {
  if (error instanceof CommandFailure) throw error;
}

export function apiCommand(): Command {
  return new Command('api')
    .description('提供 HTTP 接口，直至收到停止信号 / serve HTTP until a stop signal')
    .option('--json', '日志为 JSON（不在终端时默认即是） / log in JSON, as it does anyway but at a terminal')
    .action(async ({ json }: { json?: boolean }) => {
      const config = readTemporalConfig();
      const log = logOf('api', { json });
      const tracing = await startTracing('kaibiao-api');
      const place = apiPlace();
      const db = await openInstallation(process.env, portsOf(place));
      try {
        warnOfOneRole(db, log);
        await keepToFolder(db);
        const settings = readApiSettings();
        const signer = await readSigner(process.env, dataDir());
        // Shown only once, so not before everything else is known to work.
        const administrator = await ensureFirstAdministrator(db, centreSettings());
        if (administrator) announce(administrator);
        await warnOfMissingRates(db, settings.depositRates, log);
        const running = await startApi({
          db,
          config,
          address: config.address,
          settings,
          signer,
          place,
          log,
        });
        log.info({ url: running.url }, 'api ready');
        process.send?.('ready');
        await untilStopped();
        await running.stop();
      } finally {
        // A process that refuses to start must end too: a connection to PostgreSQL would keep it alive.
        await tracing?.stop();
        await db.close();
      }
      // Idle keep-alive sockets of clients must not keep the process alive.
      await sleep(0);
    });
}
