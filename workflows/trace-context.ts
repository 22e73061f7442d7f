import type { Sinks } from '@temporalio/workflow';

// What travels between processes so that a trace goes on: two identifiers in hexadecimal, and nothing else.

/** W3C trace context of the span that wakes a workflow: what tells that it came is its child. */
export const TRACE_HEADER = 'traceparent';
/** The same of a span that ended long ago (the wake that started it): what an instant brings about is only linked to it. */
export const LINK_HEADER = 'tracelink';

/** A wake of somebody who is traced has come to a workflow. */
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

/** @returns undefined where it is none: a trace is never worth a failure */
export function idsOf(traceparent: unknown): SpanIds | undefined {
  const [, traceId, spanId, flags] = (typeof traceparent === 'string' && FORM.exec(traceparent)) || [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, flags };
}

export const traceparentOf = ({ traceId, spanId, flags }: SpanIds): string => `00-${traceId}-${spanId}-${flags}`;

/**
 * The span of a part of a workflow, the same at every replay: its id is a hash (FNV-1a) of what it is, since a random
 * one would take from the random numbers of the workflow itself.
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
