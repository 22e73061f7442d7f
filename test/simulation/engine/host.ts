import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TypedSearchAttributes,
  type Duration,
} from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time.js';

// In the place of `@temporalio/workflow`: runs the real workflows in this process, on a clock that the simulation moves.
// One thing happens at a time, and in an order that the seed decides, so that a run repeats itself exactly. It knows
// what our workflows use and nothing more.

export { ActivityFailure, ApplicationFailure };

export const isCancellation = (error: unknown): boolean =>
  error instanceof CancelledFailure || (error instanceof ActivityFailure && isCancellation(error.cause));

/** What the host needs of the simulation. */
export interface Surroundings {
  /** Calls what a workflow asks for; throws what the workflow is to see. */
  call(run: Run, activity: Called): Promise<unknown>;
  /** A run has set a timer. */
  onTimer(run: Run, timer: Timer): void;
}

export interface Called {
  readonly name: string;
  readonly input: unknown;
  /** Null: that of the platform's workers. */
  readonly taskQueue: string | null;
  readonly isLocal: boolean;
}

export interface Timer {
  readonly ms: number;
  /** Nothing once it has fired, was cancelled, or its run has ended. */
  fire(): void;
}

class ContinuedAsNew extends Error {
  constructor(readonly input: unknown) {
    super('continued as new');
  }
}

interface Waiting {
  readonly given: () => boolean;
  readonly go: (given: boolean) => void;
}

/** One run of a workflow. */
export class Run {
  state: 'running' | 'ended' | 'continued' | 'failed' = 'running';
  failure: unknown = null;
  next: unknown = null;
  /** As a history counts them, approximately. */
  events = 3;
  searchAttributes = new TypedSearchAttributes();
  readonly handlers = new Map<string, () => unknown>();
  readonly waiting = new Set<Waiting>();
  /** Activities that have not answered. */
  pending = 0;
  /** A worker that has died is heard no more: whatever it still does has no effect here. */
  lost = false;
  /** Its last activity failed: it will ask again. */
  asksAgain = false;

  constructor(
    readonly workflowId: string,
    readonly surroundings: Surroundings,
  ) {}

  signal(name: string): void {
    this.events += 1;
    const handler = this.handlers.get(name);
    if (handler) running.run(this, handler);
    this.evaluate();
  }

  /** Whether something went on. */
  evaluate(): boolean {
    let went = false;
    for (const each of [...this.waiting]) {
      if (!running.run(this, each.given)) continue;
      this.waiting.delete(each);
      each.go(true);
      went = true;
    }
    return went;
  }
}

const running = new AsyncLocalStorage<Run>();
const scopes = new AsyncLocalStorage<CancellationScope>();

const current = (): Run => {
  const run = running.getStore();
  if (!run) throw new Error('called outside a workflow');
  return run;
};

/** Starts a run, which goes on as far as it can. */
export function start(run: Run, workflow: (input: never) => Promise<void>, input: unknown): void {
  void running.run(run, async () => {
    try {
      await scopes.run(new CancellationScope(), () => workflow(input as never));
      run.state = 'ended';
    } catch (error) {
      if (error instanceof ContinuedAsNew) [run.state, run.next] = ['continued', error.input];
      else [run.state, run.failure] = ['failed', error];
    }
  });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Waits until a run can do nothing more by itself. */
export async function settled(run: Run): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    await turn();
    quiet = run.pending > 0 || run.evaluate() ? 0 : quiet + 1;
  }
}

export class CancellationScope {
  cancelled = false;
  private readonly onCancel = new Set<() => void>();

  static nonCancellable<T>(work: () => Promise<T>): Promise<T> {
    return scopes.run(new CancellationScope(), work);
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return scopes.run(this, work);
  }

  cancel(): void {
    this.cancelled = true;
    for (const each of [...this.onCancel]) each();
    this.onCancel.clear();
  }

  /** @returns what stops listening */
  listen(cancelled: () => void): () => void {
    if (this.cancelled) cancelled();
    else this.onCancel.add(cancelled);
    return () => void this.onCancel.delete(cancelled);
  }
}

/** What a worker that has died waits for. */
const NEVER = new Promise<never>(() => undefined);

const cancellation = (): CancelledFailure => new CancelledFailure('cancelled');

function timerOf(run: Run, ms: number, fire: () => void): Timer & { stop(): void } {
  let over = false;
  const timer = {
    ms: Math.max(1, Math.ceil(ms)),
    fire: () => {
      if (over || run.lost || run.state !== 'running') return;
      over = true;
      run.events += 1;
      running.run(run, fire);
    },
    stop: () => {
      over = true;
    },
  };
  run.events += 1;
  run.surroundings.onTimer(run, timer);
  return timer;
}

export function sleep(duration: Duration): Promise<void> {
  const run = current();
  return new Promise((resolve, reject) => {
    const timer = timerOf(run, msToNumber(duration), () => {
      unheard();
      resolve();
    });
    const unheard = (scopes.getStore() as CancellationScope).listen(() => {
      timer.stop();
      reject(cancellation());
    });
  });
}

export function condition(given: () => boolean): Promise<void>;
export function condition(given: () => boolean, timeout: Duration): Promise<boolean>;
export function condition(given: () => boolean, timeout?: Duration): Promise<boolean | void> {
  const run = current();
  if (given()) return Promise.resolve(true);
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      timer?.stop();
      run.waiting.delete(waiting);
      unheard();
    };
    const waiting: Waiting = {
      given,
      go: () => {
        stop();
        resolve(true);
      },
    };
    run.waiting.add(waiting);
    const timer =
      timeout === undefined
        ? null
        : timerOf(run, msToNumber(timeout), () => {
            stop();
            resolve(given());
          });
    const unheard = (scopes.getStore() as CancellationScope).listen(() => {
      stop();
      reject(cancellation());
    });
  });
}

export async function continueAsNew<_>(input: unknown): Promise<never> {
  throw new ContinuedAsNew(input);
}

interface Options {
  readonly taskQueue?: string;
}

function proxied<A>(options: Options, isLocal: boolean): A {
  return new Proxy(
    {},
    {
      get: (_, name: string) => (input: unknown) => {
        const run = current();
        if (run.lost) return NEVER;
        const scope = scopes.getStore() as CancellationScope;
        run.events += isLocal ? 1 : 3;
        run.pending += 1;
        return new Promise((resolve, reject) => {
          const unheard = scope.listen(() => reject(isLocal ? cancellation() : wrapped(name, cancellation())));
          run.surroundings
            .call(run, { name, input, taskQueue: options.taskQueue ?? null, isLocal })
            .then(resolve, reject)
            .finally(() => {
              run.pending -= 1;
              unheard();
            });
        });
      },
    },
  ) as A;
}

/** What a workflow sees of an activity that has failed for good. */
export const wrapped = (name: string, cause: Error): ActivityFailure =>
  new ActivityFailure(
    cause.message,
    name,
    undefined,
    cause instanceof ApplicationFailure && cause.nonRetryable
      ? RetryState.NON_RETRYABLE_FAILURE
      : RetryState.MAXIMUM_ATTEMPTS_REACHED,
    undefined,
    cause,
  );

export const proxyLocalActivities = <A>(options: Options): A => proxied<A>(options, true);
export const proxyActivities = <A>(options: Options): A => proxied<A>(options, false);

interface Named {
  readonly name: string;
}
export const defineSignal = (name: string): Named => ({ name });
export const defineQuery = (name: string): Named => ({ name });
export function setHandler({ name }: Named, handler: () => unknown): void {
  current().handlers.set(name, handler);
}

export const TASK_QUEUE = 'kaibiao';

export function workflowInfo() {
  const { workflowId, events, searchAttributes } = current();
  return {
    workflowId,
    taskQueue: TASK_QUEUE,
    historyLength: events,
    continueAsNewSuggested: false,
    typedSearchAttributes: searchAttributes,
  };
}

type Pairs = Parameters<TypedSearchAttributes['updateCopy']>[0];
export function upsertSearchAttributes(pairs: Pairs): void {
  const run = current();
  run.events += 1;
  run.searchAttributes = run.searchAttributes.updateCopy(pairs);
}
