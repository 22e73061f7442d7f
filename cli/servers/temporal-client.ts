import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import {
  connectionOptions,
  dataConverter,
  ensureNamespace,
  registerSearchAttributes,
  type TemporalConfig,
} from '../../temporal.config.ts';
import { tracedClient } from '../worker/temporal-tracing.ts';

export async function connectClient(
  config: TemporalConfig,
  address: string | undefined,
): Promise<Client & { connection: Connection }> {
  const connection = await Connection.connect(connectionOptions(config, address));
  const client = clientOn(connection, config);
  return client as Client & { connection: Connection };
}

/** Its calls to Temporal are spans if the caller is traced, and cost nothing if not. */
export function clientOn(connection: Connection, config: TemporalConfig): Client {
  return new Client({
    connection,
    namespace: config.namespace,
    dataConverter: dataConverter(config),
    interceptors: { workflow: [tracedClient] },
  });
}

const PERMISSION_DENIED = 7;

/** Creates what is missing on the server; if its account may not, an administrator has to (docs/operations.md). */
export async function prepareNamespace(
  connection: Connection,
  config: TemporalConfig,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  try {
    await ensureNamespace(connection, config);
    await registerSearchAttributes(connection, config.namespace);
  } catch (error) {
    if ((error as { code?: number }).code !== PERMISSION_DENIED) throw error;
    log.warn({ namespace: config.namespace }, 'this account may not manage the namespace; it must exist already');
  }
}
