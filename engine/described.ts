import {
  NamespaceNotFoundError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { parseSubject, type Subject } from '../domain/subjects.ts';
import { WORKFLOW_TYPES } from '../workflows/messages.ts';
import type { Engine } from './starting.ts';

// The state of an installation's workflows on the server: lists, which lag behind, and descriptions, which do not.

export interface Text {
  readonly zh: string;
  readonly en: string;
}

export type Described = WorkflowExecutionDescription | 'missing';

/** A run that the lists show as running. */
export interface ListedRun {
  readonly runId: string;
  readonly type: string;
}

/** By workflow id. */
export async function listRunning({ client, taskQueue }: Engine): Promise<Map<string, ListedRun>> {
  const query = `ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'`;
  const running = new Map<string, ListedRun>();
  try {
    for await (const { workflowId, runId, type } of client.workflow.list({ query, pageSize: 1_000 })) {
      running.set(workflowId, { runId, type });
    }
  } catch (error) {
    if (!(error instanceof NamespaceNotFoundError)) throw error;
  }
  return running;
}

export async function describe(client: Client, workflowId: string): Promise<Described> {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof NamespaceNotFoundError) return 'missing';
    throw error;
  }
}

export const statusOf = (described: Described): string =>
  described === 'missing' ? described : described.status.name.toLowerCase();

/** Terminates one run; another that has replaced it meanwhile is left alone. */
export async function terminate(client: Client, workflowId: string, runId: string, reason: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId, runId).terminate(reason);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** Null for an id that is not ours. */
export function subjectOf(workflowId: string): Subject | null {
  try {
    return parseSubject(workflowId);
  } catch {
    return null;
  }
}

/** A task that has failed so often will not succeed by another retry: the server waits longer each time. */
const POISONED_ATTEMPTS = 4;
/** A history that grows by so much between two checks, and at such a rate, is a loop or a flood. */
const HOT_EVENTS = 1_000;
const HOT_EVENTS_A_SECOND = 50;

/** The length of a history at the last check (ms of a monotonic clock). */
export interface LastCheck {
  readonly runId: string;
  readonly events: number;
  readonly atMs: number;
}

/** The fault of a workflow that must run; null: none. */
export function faultOf(
  subject: string,
  described: Described,
  last?: LastCheck,
  nowMs: number = performance.now(),
): { readonly code: 'missing' | 'ended' | 'another-type' | 'poisoned' | 'hot'; readonly why: Text } | null {
  if (described === 'missing') {
    return { code: 'missing', why: { zh: 'Temporal 中没有该流程', en: 'Temporal has no such workflow' } };
  }
  const was = statusOf(described);
  if (was !== 'running') {
    return {
      code: 'ended',
      why: {
        zh: `流程已结束（${was}），而数据库中尚未结束`,
        en: `its workflow has ended (${was}); by the database it has not`,
      },
    };
  }
  const type = WORKFLOW_TYPES[parseSubject(subject).kind];
  if (described.type !== type) {
    return {
      code: 'another-type',
      why: {
        zh: `流程类型是 ${described.type}，应为 ${type}`,
        en: `its workflow is of the type ${described.type} and must be of ${type}`,
      },
    };
  }
  const attempts = Number(described.raw.pendingWorkflowTask?.attempt ?? 0);
  if (attempts >= POISONED_ATTEMPTS) {
    return {
      code: 'poisoned',
      why: {
        zh: `流程任务反复失败（第 ${attempts} 次），原因见其历史`,
        en: `its workflow task fails repeatedly (attempt ${attempts}); its history shows the reason`,
      },
    };
  }
  if (last?.runId !== described.runId) return null;
  const grown = described.historyLength - last.events;
  if (grown >= HOT_EVENTS && grown > (HOT_EVENTS_A_SECOND * (nowMs - last.atMs)) / 1_000) {
    return {
      code: 'hot',
      why: {
        zh: `流程历史增长过快（增加 ${grown} 个事件）`,
        en: `its history grows too fast (by ${grown} events since the last check)`,
      },
    };
  }
  return null;
}
