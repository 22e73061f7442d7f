import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { AsyncLocalStorage, proxySinks, workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow';
import {
  childOf,
  idsOf,
  LINK_HEADER,
  TRACE_HEADER,
  traceparentOf,
  type SpanIds,
  type TraceSinks,
} from './trace-context.ts';

interface Traced {
  readonly ids: SpanIds;
  readonly header: typeof TRACE_HEADER | typeof LINK_HEADER;
}

/**
 * Carries a trace through a workflow. They are part of every bundle, and change no command and no turn of the event
 * loop (nothing is awaited that was not awaited without them), so that a history recorded with tracing is replayed
 * without it, and the other way round.
 */
export const interceptors = (): WorkflowInterceptors => {
  const current = new AsyncLocalStorage<Traced>();
  const { traces } = proxySinks<TraceSinks>();

  const parentOf = (headers: Headers): SpanIds | undefined => {
    const payload = headers[TRACE_HEADER];
    try {
      return payload && idsOf(defaultPayloadConverter.fromPayload(payload));
    } catch {
      // Anybody can send a header: a trace is never worth a failure.
      return undefined;
    }
  };
  const withTrace = <I extends { readonly headers: Headers }>(input: I): I => {
    const traced = current.getStore();
    if (!traced) return input;
    const payload = defaultPayloadConverter.toPayload(traceparentOf(traced.ids));
    return { ...input, headers: { ...input.headers, [traced.header]: payload } };
  };
  /** Tells of a span when `result` settles; whoever waits for the result is kept waiting no longer for it. */
  const tellWhenSettled = <T>(
    span: { name: string; ids: SpanIds; parent: SpanIds; updateId: string | null },
    result: Promise<T>,
  ): Promise<T> => {
    const startMs = Date.now();
    const tell = (failed: boolean): void =>
      traces.span({
        name: span.name,
        traceparent: traceparentOf(span.ids),
        parent: traceparentOf(span.parent),
        startMs,
        endMs: Date.now(),
        failed,
        updateId: span.updateId,
      });
    result.then(
      () => tell(false),
      () => tell(true),
    );
    return result;
  };

  return {
    inbound: [
      {
        execute(input, next) {
          const parent = parentOf(input.headers);
          if (!parent) return next(input);
          const { workflowType, runId } = workflowInfo();
          const ids = childOf(parent, runId);
          // A tender lasts for months: its span says that it began, and what its timers bring about is linked to it.
          const began = { name: `workflow ${workflowType}`, ids, parent, updateId: null };
          void tellWhenSettled(began, Promise.resolve());
          return current.run({ ids, header: LINK_HEADER }, () => next(input));
        },
        handleUpdate(input, next) {
          const parent = parentOf(input.headers);
          if (!parent) return next(input);
          const ids = childOf(parent, `${workflowInfo().runId}/${input.updateId}`);
          const span = { name: `update ${input.name}`, ids, parent, updateId: input.updateId };
          return tellWhenSettled(
            span,
            current.run({ ids, header: TRACE_HEADER }, () => next(input)),
          );
        },
        handleSignal(input, next) {
          const parent = parentOf(input.headers);
          if (!parent) return next(input);
          const ids = childOf(parent, `${workflowInfo().runId}/${input.signalName}/${workflowInfo().historyLength}`);
          const span = { name: `signal ${input.signalName}`, ids, parent, updateId: null };
          return tellWhenSettled(
            span,
            current.run({ ids, header: TRACE_HEADER }, () => next(input)),
          );
        },
      },
    ],
    outbound: [
      {
        scheduleLocalActivity: (input, next) => next(withTrace(input)),
        scheduleActivity: (input, next) => next(withTrace(input)),
        startChildWorkflowExecution: (input, next) => next(withTrace(input)),
        signalWorkflow: (input, next) => next(withTrace(input)),
      },
    ],
    internals: [
      {
        dispose(input, next) {
          current.disable();
          next(input);
        },
      },
    ],
  };
};
