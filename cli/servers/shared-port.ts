import type { ChildProcess } from 'node:child_process';
import cluster from 'node:cluster';

// The system gives each connection to a process that accepts it. By the other policy this process accepts and passes on,
// and a connection that is on its way to a process that dies stays open without an answer.
cluster.schedulingPolicy = cluster.SCHED_NONE;

/** Starts a process that may listen on the same ports as others that are started so. */
export function startOnSharedPort(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  cluster.setupPrimary({
    exec: program,
    args: [...args],
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return cluster.fork(env).process;
}
