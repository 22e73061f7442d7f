import type { ChildProcess } from 'node:child_process';
import cluster from 'node:cluster';

// The system assigns each connection to a process that accepts it. With the other policy this process accepts and
// passes connections on, and one in transit to a process that dies stays open without an answer.
cluster.schedulingPolicy = cluster.SCHED_NONE;

/** Starts a process that may share its ports with others started the same way. */
export function startOnSharedPort(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  cluster.setupPrimary({
    exec: program,
    args: [...args],
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return cluster.fork(env).process;
}
