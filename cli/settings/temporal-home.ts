import type { Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../../db/access/database.ts';
import { claimTemporal, temporalHome, type TemporalHome } from '../../db/engine/temporal-home.ts';
import type { TemporalConfig } from '../../temporal.config.ts';
import { CommandFailure } from './failure.ts';

const grpc = { NOT_FOUND: 5, PERMISSION_DENIED: 7 } as const;
const hasCode = (error: unknown, code: number) => (error as { code?: number } | null)?.code === code;

/** The namespace as its server knows it: a recreated store has another id. Null: it has none yet. */
export async function namespaceOf(
  connection: Connection,
  { namespace }: Pick<TemporalConfig, 'namespace'>,
): Promise<TemporalHome | null> {
  try {
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
    return { namespace, namespaceId: String(namespaceInfo?.id) };
  } catch (error) {
    if (hasCode(error, grpc.NOT_FOUND)) return null;
    throw error;
  }
}

/**
 * Refuses to continue with a Temporal other than the one that runs the tenders of this database: due acts would be
 * done twice, or not at all. The first start records the one that it finds. False: no namespace yet to compare.
 * @throws CommandFailure `temporal-elsewhere`
 */
export async function keepToHome(
  db: Database,
  connection: Connection,
  config: Pick<TemporalConfig, 'namespace'>,
  log: Pick<Logger, 'warn'>,
): Promise<boolean> {
  let found: TemporalHome | null;
  try {
    found = await namespaceOf(connection, config);
  } catch (error) {
    if (!hasCode(error, grpc.PERMISSION_DENIED)) throw error;
    log.warn({ namespace: config.namespace }, 'this account may not describe the namespace: not compared');
    return true;
  }
  if (!found) return false;
  const here = found;
  const home = (await temporalHome(db.read)) ?? (await db.transaction((tx) => claimTemporal(tx, here)));
  if (home.namespaceId !== here.namespaceId) throw temporalElsewhere(home, here);
  return true;
}

/** How long Temporal may take to identify itself. */
const ANSWER_TIMEOUT_MS = 2_000;

/**
 * The same, before work is sent to the server: after a restart it may be another one.
 * @throws CommandFailure `temporal-elsewhere`; another error while it cannot be checked
 */
export async function assertHome(
  db: Database,
  connection: Connection,
  config: Pick<TemporalConfig, 'namespace'>,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  await connection.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, async () => {
    if (!(await keepToHome(db, connection, config, log))) throw new Error('the namespace does not exist yet');
  });
}

export function temporalElsewhere(home: TemporalHome, here: TemporalHome): CommandFailure {
  const stored = `${home.namespace} ${home.namespaceId}`;
  const found = `${here.namespace} ${here.namespaceId}`;
  return new CommandFailure('temporal-elsewhere', {
    zh:
      `该数据库中的项目运行在另一个 Temporal 上（${stored}），而现在连接的是 ${found}，拒绝运行。\n` +
      `设置有误的，改正 TEMPORAL_ADDRESS、TEMPORAL_NAMESPACE 或 KAIBIAO_DATA_DIR；` +
      `原 Temporal 确已丢失或永久停用的，运行 kaibiao rebuild --adopt，由数据库重建全部流程`,
    en:
      `The tenders of this database run on another Temporal (${stored}) than the one reached (${found}); refused.\n` +
      `If a setting is wrong, correct TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE or KAIBIAO_DATA_DIR; if the former Temporal ` +
      `is lost or permanently stopped, kaibiao rebuild --adopt recreates every workflow from the database`,
  });
}
