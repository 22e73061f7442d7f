import { context, propagation, ProxyTracerProvider, trace } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { badSetting, type CommandFailure } from '../settings/failure.ts';

export interface Tracing {
  /** Makes the next span of `work` have this id, which a workflow has already chosen. */
  withSpanId<T>(spanId: string, work: () => T): T;
  /** Sends the remaining spans. */
  stop(): Promise<void>;
}

type Exporting = 'none' | 'otlp' | 'console';

/** The exporter, by OpenTelemetry's own variables; none unless one of them is set. */
export function tracesExporter(env: NodeJS.ProcessEnv): Exporting {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return 'none';
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const chosen = env.OTEL_TRACES_EXPORTER || (endpoint ? 'otlp' : 'none');
  if (chosen !== 'none' && chosen !== 'otlp' && chosen !== 'console') {
    throw wrong('OTEL_TRACES_EXPORTER', 'none、otlp 或 console', 'none, otlp or console', chosen);
  }
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (chosen === 'otlp' && protocol && protocol !== 'http/json') {
    throw wrong('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json', 'http/json', protocol);
  }
  return chosen;
}

function wrong(name: string, zh: string, en: string, given: string): CommandFailure {
  return badSetting(`${name} 应为 ${zh}：${given}`, `${name} must be ${en}: ${given}`);
}

/** Only ours: libraries that trace themselves may put anything into a span. */
const OUR_TRACER = 'kaibiao';

/**
 * Starts tracing this process if the environment requires it. Otherwise nothing of the SDK is loaded, and every span
 * is the API's own that does nothing.
 */
export async function startTracing(service: string, env: NodeJS.ProcessEnv = process.env): Promise<Tracing | null> {
  const exporting = tracesExporter(env);
  if (exporting === 'none') return null;
  const [sdk, resources, { AsyncLocalStorageContextManager }, { W3CTraceContextPropagator }] = await Promise.all([
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/core'),
  ]);
  const random = new sdk.RandomIdGenerator();
  let chosen: string | undefined;
  const provider = new sdk.BasicTracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': service }))
      // The environment overrides our own name: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    idGenerator: {
      generateTraceId: () => random.generateTraceId(),
      generateSpanId: () => chosen ?? random.generateSpanId(),
    },
    spanProcessors: [new sdk.BatchSpanProcessor(await exporterFor(exporting))],
  });
  const silent = new ProxyTracerProvider();
  trace.setGlobalTracerProvider({
    getTracer: (name, version) => (name === OUR_TRACER ? provider : silent).getTracer(name, version),
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return {
    withSpanId: (spanId, work) => {
      chosen = spanId;
      try {
        return work();
      } finally {
        chosen = undefined;
      }
    },
    stop: async () => {
      // A collector that is down must not keep a process from ending.
      await provider.shutdown().catch(() => undefined);
    },
  };
}

async function exporterFor(exporting: Exclude<Exporting, 'none'>): Promise<SpanExporter> {
  if (exporting === 'console') return new LineExporter();
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  return new OTLPTraceExporter();
}

/** One span per line of JSON on standard error; standard output has the log. */
class LineExporter implements SpanExporter {
  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    for (const span of spans) process.stderr.write(`${JSON.stringify(lineOf(span))}\n`);
    done({ code: 0 });
  }

  async shutdown(): Promise<void> {
    // No state.
  }
}

function lineOf({ name, spanContext, parentSpanContext, startTime, endTime, attributes, links, status }: ReadableSpan) {
  const { traceId, spanId } = spanContext();
  const ms = ([seconds, nanos]: [number, number]) => seconds * 1000 + nanos / 1e6;
  return {
    span: name,
    traceId,
    spanId,
    parentSpanId: parentSpanContext?.spanId ?? null,
    links: links.map((link) => link.context.traceId),
    startMs: ms(startTime),
    endMs: ms(endTime),
    status: status.code,
    attributes,
  };
}
