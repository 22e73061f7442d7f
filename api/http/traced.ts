import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import { aboutOf } from './about.ts';

/**
 * One span a request, named by its route's pattern. A caller's trace is continued only behind a proxy of ours: anybody
 * can send a header.
 */
export function traced(
  path: string,
  handler: RequestHandler,
  options: { readonly trustedProxies: number; readonly requestId: (request: Request) => string },
): RequestHandler {
  return (request, response, next) => {
    const caller = options.trustedProxies > 0 ? propagation.extract(ROOT_CONTEXT, request.headers) : ROOT_CONTEXT;
    const span = trace.getTracer('kaibiao').startSpan(
      `${request.method} ${path}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': request.method,
          'http.route': path,
          'kaibiao.request.id': options.requestId(request),
        },
      },
      caller,
    );
    if (!span.isRecording()) return handler(request, response, next);
    const about = aboutOf(response);
    about.traceId = span.spanContext().traceId;
    response.once('close', () => {
      span.setAttribute('http.response.status_code', response.statusCode);
      if (about.procurementId !== undefined) span.setAttribute('kaibiao.procurement.id', about.procurementId);
      if (about.decisionId !== undefined) span.setAttribute('kaibiao.decision.id', about.decisionId);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    return context.with(trace.setSpan(caller, span), () => handler(request, response as Response, next));
  };
}

/** The trace of this request, for a log line; its span may have ended, as a request's does before its wake is sent. */
export function currentTrace(): { traceId?: string } {
  const { traceId, traceFlags = 0 } = trace.getActiveSpan()?.spanContext() ?? {};
  return traceId !== undefined && traceFlags & TraceFlags.SAMPLED ? { traceId } : {};
}
