import type { TemporalConfig } from '../../temporal.config.ts';
import type { Recreated } from '../commands/rebuild.ts';
import { dataDir } from '../settings/folders.ts';
import { fail, ok, reasonOf, warn, type Verdict } from './findings.ts';

/** Whether every tender that runs by the database has a workflow that carries it on, and on the Temporal it belongs to. */
export function judgeWorkflows({ found, temporal }: Pick<Recreated, 'found' | 'temporal'>): Verdict {
  const missing = found.filter(({ did }) => did === 'would-start').length;
  if (temporal.before !== null && temporal.before !== temporal.namespaceId) {
    return fail(
      `数据库属于另一个 Temporal（命名空间编号 ${temporal.before}），${missing} 个流程不在现在的 Temporal 中`,
      `the database belongs to another Temporal (namespace id ${temporal.before}); ${missing} workflows are missing in this one`,
      '设置有误的，改正 TEMPORAL_ADDRESS；原 Temporal 已丢失的，运行 kaibiao rebuild --adopt',
      'correct TEMPORAL_ADDRESS if it is wrong; if the former Temporal is lost, run kaibiao rebuild --adopt',
    );
  }
  if (missing > 0) {
    return fail(
      `${missing} 个运行中的项目（异议）没有流程，法定期限无人执行`,
      `${missing} running tenders or grievances have no workflow: nothing acts on their deadlines`,
      '运行 kaibiao rebuild（先用 --dry-run 查看）',
      'run kaibiao rebuild (with --dry-run first, to look)',
    );
  }
  const toDecide = found.filter(({ did }) => did === 'left-to-a-person').length;
  if (toDecide > 0) {
    return warn(
      `${toDecide} 个流程需要人工决定`,
      `${toDecide} workflows need a person's decision`,
      '运行 kaibiao rebuild --dry-run 查看原因',
      'kaibiao rebuild --dry-run tells why',
    );
  }
  return ok(
    `${found.length} 个运行中的项目（异议）均有流程`,
    `all ${found.length} running tenders and grievances have one`,
  );
}

export async function checkWorkflows(config: TemporalConfig, env: NodeJS.ProcessEnv): Promise<Verdict | undefined> {
  const { runningDevServer } = await import('../servers/temporal-server.ts');
  if (config.address === undefined && (await runningDevServer(dataDir(env))) === undefined) return undefined;
  try {
    const { recreate } = await import('../commands/rebuild.ts');
    return judgeWorkflows(await recreate({ dryRun: true }, { env, log: () => undefined }));
  } catch (error) {
    return warn(
      `未能核对运行中的流程：${reasonOf(error)}`,
      `running workflows were not looked at: ${reasonOf(error)}`,
      '排除上述其他问题后再试',
      'mend what else is told here, and try again',
    );
  }
}
