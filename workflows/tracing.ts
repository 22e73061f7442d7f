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

/**
 * Report wakes that belong to a trace, and link the activities of a workflow to the wake that started it. They are part
 * of every bundle, and change no command and no turn of the event loop (nothing is awaited that was not awaited without
 * them), so that a history recorded with tracing is replayed without it, and vice versa.
 */
export const interceptors = (): WorkflowInterceptors => {
  const current = new AsyncLocalStorage<SpanIds>();
  const { traces } = proxySinks<TraceSinks>();

  const parentOf = (headers: Headers): SpanIds | undefined => {
    const payload = headers[TRACE_HEADER];
    try {
      return payload && idsOf(defaultPayloadConverter.fromPayload(payload));
    } catch {
      // Anybody can send a header: a trace must never cause a failure.
      return undefined;
    }
  };
  const linked = <I extends { readonly headers: Headers }>(input: I): I => {
    const began = current.getStore();
    if (!began) return input;
    const payload = defaultPayloadConverter.toPayload(traceparentOf(began));
    return { ...input, headers: { ...input.headers, [LINK_HEADER]: payload } };
  };
  const emit = (name: string, ids: SpanIds, parent: SpanIds): void =>
    traces.span({ name, traceparent: traceparentOf(ids), parent: traceparentOf(parent), atMs: Date.now() });

  return {
    inbound: [
      {
        execute(input, next) {
          const parent = parentOf(input.headers);
          if (!parent) return next(input);
          const { workflowType, runId } = workflowInfo();
          const ids = childOf(parent, runId);
          // A tender lasts for months: its span only records its start, and what its timers cause is linked to it.
          emit(`workflow ${workflowType}`, ids, parent);
          return current.run(ids, () => next(input));
        },
        handleSignal(input, next) {
          const parent = parentOf(input.headers);
          const { runId, historyLength } = workflowInfo();
          const what = `${runId}/${input.signalName}/${historyLength}`;
          if (parent) emit(`signal ${input.signalName}`, childOf(parent, what), parent);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleLocalActivity: (input, next) => next(linked(input)),
        scheduleActivity: (input, next) => next(linked(input)),
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
