import type { Sinks } from '@temporalio/workflow';

// What is passed between processes to continue a trace: two identifiers in hexadecimal, and nothing else.

/** W3C trace context of the span that wakes a workflow: the span of the wake's arrival is its child. */
export const TRACE_HEADER = 'traceparent';
/** The same of a span that ended long ago (the wake that started it): what an instant causes is only linked to it. */
export const LINK_HEADER = 'tracelink';

/** A traced wake has reached a workflow. */
export interface WorkflowSpan {
  readonly name: string;
  readonly traceparent: string;
  readonly parent: string;
  /** Real epoch ms. */
  readonly atMs: number;
}

export interface TraceSinks extends Sinks {
  readonly traces: { span(span: WorkflowSpan): void };
}

const FORM = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
  /** The flags as two hexadecimal digits; `01`: sampled. */
  readonly flags: string;
}

/** @returns undefined where it is invalid: a trace must never cause a failure */
export function idsOf(traceparent: unknown): SpanIds | undefined {
  const [, traceId, spanId, flags] = (typeof traceparent === 'string' && FORM.exec(traceparent)) || [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, flags };
}

export const traceparentOf = ({ traceId, spanId, flags }: SpanIds): string => `00-${traceId}-${spanId}-${flags}`;

/**
 * The span of a part of a workflow, the same at every replay: its id is a hash (FNV-1a) of its content, since a random
 * id would use the random numbers of the workflow itself.
 */
export function childOf(parent: SpanIds, what: string): SpanIds {
  const half = (seed: number): string => {
    let hash = seed;
    for (let i = 0; i < what.length; i += 1) hash = Math.imul(hash ^ what.charCodeAt(i), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  };
  const spanId = half(0x811c9dc5) + half(0x9e3779b9);
  return { ...parent, spanId: spanId === '0'.repeat(16) ? '0000000000000001' : spanId };
}
