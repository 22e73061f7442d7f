import proto from '@temporalio/proto';
import { connectionOptions, type TemporalConfig } from '../../temporal.config.ts';
import type { Recreated } from '../commands/rebuild.ts';
import { dataDir, storageOf } from '../settings/folders.ts';
import { fail, ok, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';

// Checks of the engine: that every workflow runs that must, that the database does not contradict itself, and which
// builds of the program are running.

const { TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType;

/** Whether everything that needs a workflow has one, on the Temporal that this database belongs to. */
export function judgeWorkflows({ found, temporal }: Pick<Recreated, 'found' | 'temporal'>): Verdict {
  const missing = found.filter(({ did }) => did === 'would-start');
  if (temporal.before !== null && temporal.before !== temporal.namespaceId) {
    return fail(
      `数据库属于另一个 Temporal（命名空间编号 ${temporal.before}），${missing.length} 个流程不在现在的 Temporal 中`,
      `the database belongs to another Temporal (namespace id ${temporal.before}); ${missing.length} workflows are missing in this one`,
      '设置有误的，改正 TEMPORAL_ADDRESS；原 Temporal 已丢失的，运行 kaibiao rebuild --adopt',
      'correct TEMPORAL_ADDRESS if it is wrong; if the former Temporal is lost, run kaibiao rebuild --adopt',
    );
  }
  const [first] = missing;
  if (first) {
    return fail(
      `${missing.length} 个流程缺失或出错，法定期限无人执行；如 ${first.workflowId}：${first.why?.zh ?? first.was}`,
      `${missing.length} workflows are missing or stuck: nothing acts on their deadlines; as ${first.workflowId}: ${first.why?.en ?? first.was}`,
      '工作进程每二十秒自动重建；未见恢复的，查看其日志，或运行 kaibiao rebuild（先用 --dry-run 查看）',
      'a worker starts them again every twenty seconds; if they stay, read its log, or run kaibiao rebuild (--dry-run first)',
    );
  }
  const waiting = found.filter(({ did, why }) => did === 'nothing' && why !== null).length;
  if (waiting > 0) {
    return warn(
      `${waiting} 个流程的法定时间已过或已经结束，等待工作进程执行`,
      `${waiting} workflows have an instant that has passed, or have ended, and wait for a worker`,
      '启动工作进程（kaibiao worker 或 serve）；已在运行的，查看其日志',
      'start a worker (kaibiao worker, or serve); if one runs, read its log',
    );
  }
  const toDecide = found.filter(({ did }) => did === 'left-to-a-person').length;
  if (toDecide > 0) {
    return warn(
      `${toDecide} 个流程需要人工决定`,
      `${toDecide} workflows need a person's decision`,
      '运行 kaibiao rebuild --dry-run 查看原因',
      'kaibiao rebuild --dry-run shows the reason',
    );
  }
  return ok(`${found.length} 个在办事项均有流程`, `all ${found.length} that must run have a workflow`);
}

export async function checkWorkflows(config: TemporalConfig, env: NodeJS.ProcessEnv): Promise<Verdict | undefined> {
  if ((await addressOf(config, env)) === undefined) return undefined;
  try {
    const { recreate } = await import('../commands/rebuild.ts');
    return judgeWorkflows(await recreate({ dryRun: true }, { env, log: () => undefined }));
  } catch (error) {
    return warn(
      `未能核对运行中的流程：${reasonZh(error)}`,
      `running workflows were not checked: ${reasonOf(error)}`,
      '排除上述其他问题后再试',
      'fix the other findings, and try again',
    );
  }
}

/** Whether the stages of procurements and their lots are consistent. */
export async function checkStages(env: NodeJS.ProcessEnv): Promise<Verdict> {
  const { openDatabase } = await import('../../db/access/open.ts');
  const { contradictions, contradictionText } = await import('../../db/engine/contradictions.ts');
  try {
    const db = await openDatabase(storageOf(env));
    try {
      const found = await contradictions(db.read);
      const [first] = found;
      if (!first) return ok('项目与标段的阶段一致', 'the stages of procurements and their lots go together');
      const { zh, en } = contradictionText(first);
      return fail(
        `${found.length} 个标段的阶段与项目不符；如 ${first.procurementId}：${zh}`,
        `${found.length} lots contradict their procurement; as ${first.procurementId}: ${en}`,
        '数据库曾被程序以外的手段改动：运行 kaibiao verify，从备份恢复',
        'the database was changed past the program: run kaibiao verify, and restore a backup',
      );
    } finally {
      await db.close();
    }
  } catch (error) {
    return warn(
      `未能核对项目与标段的阶段：${reasonZh(error)}`,
      `the stages of procurements and lots were not checked: ${reasonOf(error)}`,
      '稍后再试',
      'try again later',
    );
  }
}

/** Builds with their numbers of workers. */
export function judgeBuilds(builds: ReadonlyMap<string, number>): Verdict {
  const list = [...builds].map(([build, workers]) => `${build} × ${workers}`).join(', ');
  if (builds.size === 0) {
    return warn(
      '没有工作进程在运行，法定期限无人执行',
      'no worker runs: nothing acts on a deadline',
      '启动 kaibiao worker（或 serve）',
      'start kaibiao worker (or serve)',
    );
  }
  if (builds.size === 1) return ok(`工作进程版本：${list}`, `workers: ${list}`);
  return warn(
    `工作进程的版本不一：${list}`,
    `workers of different builds: ${list}`,
    '升级期间属正常；升级后停用旧版本',
    'expected during an upgrade; stop the old ones after it',
  );
}

/** The builds of the program that take workflow tasks now. */
export async function checkBuilds(config: TemporalConfig, env: NodeJS.ProcessEnv): Promise<Verdict | undefined> {
  const address = await addressOf(config, env);
  if (address === undefined) return undefined;
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ ...connectionOptions(config, address), connectTimeout: 5_000 });
    try {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace: config.namespace,
        taskQueue: { name: config.taskQueues.main },
        taskQueueType: TASK_QUEUE_TYPE_WORKFLOW,
      });
      const builds = new Map<string, number>();
      for (const { deploymentOptions } of pollers ?? []) {
        const build = deploymentOptions?.buildId || '—';
        builds.set(build, (builds.get(build) ?? 0) + 1);
      }
      return judgeBuilds(builds);
    } finally {
      await connection.close();
    }
  } catch (error) {
    return warn(
      `未能查看工作进程：${reasonZh(error)}`,
      `the workers were not checked: ${reasonOf(error)}`,
      '排除上述其他问题后再试',
      'fix the other findings, and try again',
    );
  }
}

/** The address of Temporal; undefined where the embedded server does not run. */
async function addressOf(config: TemporalConfig, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { runningDevServer } = await import('../servers/temporal-server.ts');
  return config.address ?? (await runningDevServer(dataDir(env)));
}
