import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import {
  idsOf,
  LINK_HEADER,
  TRACE_HEADER,
  traceparentOf,
  type TraceSinks,
  type WorkflowSpan,
} from '../../workflows/trace-context.ts';
import type { Tracing } from './tracing.ts';

const tracer = () => trace.getTracer('kaibiao');

/** Wakes are spans, whether or not they start a workflow, and pass their ids to it. */
export const tracedClient: WorkflowClientInterceptor = {
  signalWithStart: (input, next) =>
    traced(`wake ${input.workflowType}`, aboutWorkflow(input.options.workflowId), (headers) =>
      next({ ...input, headers: { ...input.headers, ...headers } }),
    ),
  signal: (input, next) =>
    traced(`signal ${input.signalName}`, aboutWorkflow(input.workflowExecution.workflowId), (headers) =>
      next({ ...input, headers: { ...input.headers, ...headers } }),
    ),
};

/** An activity has a trace of its own, linked to the wake that started its workflow, which may be months old. */
export const tracedActivity: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute: (input, next) => {
      const linked = contextOf(input.headers, LINK_HEADER);
      const span = tracer().startSpan(
        `activity ${info.activityType}`,
        {
          attributes: {
            ...aboutWorkflow(info.workflowExecution?.workflowId ?? ''),
            'kaibiao.activity.attempt': info.attempt,
          },
          links: linked ? [{ context: linked }] : [],
        },
        ROOT_CONTEXT,
      );
      return during(span, () => next(input));
    },
  },
});

/** For a worker that is not traced: a workflow may carry the trace of a caller that is. */
export const silentSinks: InjectedSinks<TraceSinks> = { traces: { span: { fn: () => undefined } } };

/** Makes spans of the events that workflows report. */
export const traceSinks = (tracing: Tracing): InjectedSinks<TraceSinks> => ({
  traces: {
    span: {
      fn: ({ workflowId, runId }, reported: WorkflowSpan) => {
        const [ids, parent] = [idsOf(reported.traceparent), spanContextOf(reported.parent)];
        if (!ids || !parent) return;
        const span = tracing.withSpanId(ids.spanId, () =>
          tracer().startSpan(
            reported.name,
            {
              startTime: reported.atMs,
              attributes: { ...aboutWorkflow(workflowId), 'temporal.run.id': runId },
            },
            trace.setSpanContext(ROOT_CONTEXT, parent),
          ),
        );
        span.end(reported.atMs);
      },
    },
  },
});

/** Runs a call to Temporal as a span, whose ids are sent with it. */
function traced<T>(name: string, attributes: Attributes, call: (headers: Headers) => Promise<T>): Promise<T> {
  const span = tracer().startSpan(name, { kind: SpanKind.CLIENT, attributes });
  if (!span.isRecording()) return call({});
  const { traceId, spanId, traceFlags } = span.spanContext();
  const traceparent = traceparentOf({ traceId, spanId, flags: traceFlags.toString(16).padStart(2, '0') });
  return during(span, () => call({ [TRACE_HEADER]: defaultPayloadConverter.toPayload(traceparent) }));
}

/** An error is only a status: its message may contain names of people. */
async function during<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function contextOf(headers: Headers, name: string): SpanContext | undefined {
  const payload = headers[name];
  return payload && spanContextOf(defaultPayloadConverter.fromPayload(payload));
}

function spanContextOf(traceparent: unknown): SpanContext | undefined {
  const ids = idsOf(traceparent);
  return (
    ids && {
      traceId: ids.traceId,
      spanId: ids.spanId,
      traceFlags: parseInt(ids.flags, 16) & TraceFlags.SAMPLED,
      isRemote: true,
    }
  );
}

function aboutWorkflow(workflowId: string): Attributes {
  const procurementId = procurementOf(workflowId);
  return {
    'temporal.workflow.id': workflowId,
    ...(procurementId === undefined ? {} : { 'kaibiao.procurement.id': procurementId }),
  };
}

/** The procurement in a workflow's id; a grievance's id has none. */
export function procurementOf(workflowId: string): string | undefined {
  return /^procurement\/([^/]+)/.exec(workflowId)?.[1];
}
