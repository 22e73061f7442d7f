import { randomBytes } from 'node:crypto';
import { msToTs } from '@temporalio/common/lib/time.js';
import { connectionOptions, type TemporalConfig } from '../../temporal.config.ts';
import { judgeOffset } from './clock.ts';
import { fail, ok, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';

export async function checkServer(config: TemporalConfig, env: NodeJS.ProcessEnv): Promise<Verdict> {
  if (config.address === undefined) {
    const { findInstalledTemporal } = await import('../servers/temporal-server.ts');
    const { TEMPORAL_CLI_VERSION } = await import('../servers/go-install.mjs');
    const found = await findInstalledTemporal(env);
    if (found?.kind === 'binary') return ok(`${found.path}（${found.version}）`, `${found.path} (${found.version})`);
    return warn(
      '本机尚无 Temporal 服务器',
      'no Temporal server is installed on this machine yet',
      `首次启动时自动安装 ${TEMPORAL_CLI_VERSION}；离线环境请先安装 temporal 命令行工具`,
      `${TEMPORAL_CLI_VERSION} is installed at the first start; without a network, install the temporal command line tool first`,
    );
  }
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ ...connectionOptions(config), connectTimeout: 5_000 });
    try {
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      return ok(`${config.address}，版本 ${serverVersion}`, `${config.address}, version ${serverVersion}`);
    } finally {
      await connection.close();
    }
  } catch (error) {
    return fail(
      `无法连接 ${config.address}：${reasonZh(error)}`,
      `cannot connect to ${config.address}: ${reasonOf(error)}`,
      '检查 TEMPORAL_ADDRESS、防火墙与 TEMPORAL_TLS_* 设置；去掉 TEMPORAL_ADDRESS 则使用内嵌服务器',
      'check TEMPORAL_ADDRESS, the firewall and TEMPORAL_TLS_*; without TEMPORAL_ADDRESS the embedded server is used',
    );
  }
}

/** Temporal writes its own instants into history; a server with a wrong clock fires timers early or late. */
export async function checkServerClock(config: TemporalConfig): Promise<Verdict | undefined> {
  if (config.address === undefined) return undefined;
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ ...connectionOptions(config), connectTimeout: 5_000 });
    try {
      // A workflow that no worker takes; its start time shows the server's clock.
      const workflowId = `doctor/${randomBytes(6).toString('hex')}`;
      const sentAt = Date.now();
      const { runId } = await connection.workflowService.startWorkflowExecution({
        namespace: config.namespace,
        workflowId,
        requestId: workflowId,
        workflowType: { name: 'doctor' },
        taskQueue: { name: `${config.taskQueues.main}-doctor` },
        workflowExecutionTimeout: msToTs(30_000),
      });
      const receivedAt = Date.now();
      const execution = { workflowId, runId };
      const described = await connection.workflowService.describeWorkflowExecution({
        namespace: config.namespace,
        execution,
      });
      await connection.workflowService.terminateWorkflowExecution({
        namespace: config.namespace,
        workflowExecution: execution,
        reason: 'kaibiao doctor',
      });
      const started = described.workflowExecutionInfo?.startTime;
      const startedMs = Number(started?.seconds ?? 0) * 1000 + Number(started?.nanos ?? 0) / 1e6;
      const offset = startedMs - (sentAt + receivedAt) / 2;
      const verdict = judgeOffset(offset, (receivedAt - sentAt) / 2);
      const apart = (offset / 1000).toFixed(2);
      if (verdict === 'ok') return ok(`与 Temporal 相差 ${apart} 秒`, `${apart} s apart from Temporal's clock`);
      return (verdict === 'warn' ? warn : fail)(
        `与 Temporal 服务器相差 ${apart} 秒`,
        `${apart} s apart from Temporal's clock`,
        '让本机与 Temporal 服务器使用同一时间源',
        'have this machine and the Temporal server follow the same time source',
      );
    } finally {
      await connection.close();
    }
  } catch (error) {
    return warn(
      `未能比对 Temporal 的时钟：${reasonZh(error)}`,
      `Temporal's clock was not compared: ${reasonOf(error)}`,
      '先启动一次 kaibiao，以建立命名空间',
      'start kaibiao once, which makes the namespace',
    );
  }
}

/**
 * The server never removes a running workflow, and a rebuild reads the database alone; retention keeps the histories
 * that an operator reads after a fault, and the ids that stop a late message from starting a second workflow.
 */
const LEAST_RETENTION_DAYS = 30;

export function checkRetention(days: number): Verdict {
  if (days >= LEAST_RETENTION_DAYS) return ok(`已结束流程保留 ${days} 天`, `ended workflows are kept for ${days} days`);
  return warn(
    `已结束流程只保留 ${days} 天，出错后难以查清经过`,
    `ended workflows are kept for ${days} days only, too few to find out what went wrong`,
    `设置 TEMPORAL_RETENTION_DAYS 为 ${LEAST_RETENTION_DAYS} 以上；外部 Temporal 用 temporal operator namespace update --retention`,
    `set TEMPORAL_RETENTION_DAYS to ${LEAST_RETENTION_DAYS} or more; elsewhere, temporal operator namespace update --retention`,
  );
}

/** The server's value: a namespace that somebody else created keeps its own. */
export async function retentionOf(config: TemporalConfig): Promise<number> {
  if (config.address === undefined) return config.retentionDays;
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ ...connectionOptions(config), connectTimeout: 5_000 });
    try {
      const { namespace } = config;
      const described = await connection.workflowService.describeNamespace({ namespace });
      return Math.floor(Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400);
    } finally {
      await connection.close();
    }
  } catch {
    // There is no namespace yet: it will be created with the settings.
    return config.retentionDays;
  }
}
