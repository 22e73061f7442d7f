import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A worker in a process of its own, as in production. */
export interface WorkerProcess {
  /** Sends a request; resolves with the next message of the worker. */
  ask<T>(question: unknown): Promise<T>;
  stop(): Promise<void>;
}

export async function startWorkerProcess(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<WorkerProcess> {
  const child = fork(file, args, {
    env: { ...process.env, ...env },
    execArgv: file.endsWith('.ts') ? ['--import', 'tsx'] : [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await answer(child);
  return {
    ask: async <T>(question: unknown) => {
      const answered = answer(child);
      child.send(question as string);
      return (await answered) as T;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      // An open channel would keep it alive; the end of its parent stops it, as a signal would.
      child.disconnect();
      await ended;
    },
  };
}

/** The next message that is an answer; the TypeScript loader sends messages of its own, which have a type. */
async function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const hear = (message: unknown): void => {
      if (typeof message === 'object' && message !== null && 'type' in message) return;
      leave();
      resolve(message);
    };
    const miss = (code: number | null): void => {
      leave();
      reject(new Error(`the worker process ended (${String(code)})`));
    };
    const leave = () => child.off('message', hear).off('exit', miss);
    child.on('message', hear).on('exit', miss);
  });
}
