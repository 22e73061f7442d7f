import { describe, expect, it } from 'vitest';
import { tracesExporter } from '../../cli/worker/tracing.ts';
import { anchorsOf } from '../setup/documented.ts';
import { alerts, askedOf, dashboard, queries, scrapeJobs } from '../setup/watched.ts';

describe('the alerts', () => {
  it('say in both languages what has happened, and where it is written what to do', () => {
    const anchors = anchorsOf('docs/operations.md');
    const named = alerts().map(({ alert, labels, annotations }) => {
      expect(annotations.summary_zh, alert).toMatch(/\p{Script=Han}/u);
      expect(annotations.summary_en, alert).toMatch(/^[^\p{Script=Han}]+$/u);
      expect(labels.severity, alert).toMatch(/^(critical|warning)$/);
      const [page, anchor = ''] = annotations.runbook.split('#');
      expect(page).toBe('docs/operations.md');
      expect(anchors, alert).toContain(anchor);
      return anchor;
    });
    // And nothing is written for an alert that nobody is sent.
    expect(anchors.filter((anchor) => anchor.startsWith('alert-') && !named.includes(anchor))).toEqual([]);
  });

  it('and the dashboard ask in PromQL, of jobs that are scraped', () => {
    expect(queries().length).toBeGreaterThan(30);
    for (const query of queries()) {
      expect(askedOf(query).length, query).toBeGreaterThan(0);
      for (const [, job = ''] of query.matchAll(/job="([^"]+)"/g)) expect(scrapeJobs()).toContain(job);
    }
    expect(() => askedOf('sum(rate(kaibiao_bids_total[5m])')).toThrow('no PromQL');
  });
});

describe('the dashboard', () => {
  it('is one that Grafana imports: panels with ids of their own, none over another, one source to choose', () => {
    const { panels, templating, schemaVersion, uid } = dashboard();
    expect({ uid, schemaVersion, sources: templating.list.map(({ type }) => type) }).toEqual({
      uid: 'kaibiao',
      schemaVersion: 39,
      sources: ['datasource'],
    });
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { title, type, datasource, gridPos, targets } of panels) {
      expect(title, type).toMatch(/^(.*\p{Script=Han}.* \/ .*|Temporal)$/u);
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x}/${y}`), title).toBe(false);
          taken.add(`${x}/${y}`);
        }
      }
      if (type === 'row') continue;
      expect(datasource, title).toEqual({ type: 'prometheus', uid: ['$', '{datasource}'].join('') });
      expect(targets?.length, title).toBeGreaterThan(0);
    }
  });
});

describe('where spans go', () => {
  it('is nowhere, unless one of OpenTelemetry’s own variables says so', () => {
    expect(tracesExporter({})).toBe('none');
    expect(tracesExporter({ OTEL_TRACES_EXPORTER: '' })).toBe('none');
    expect(tracesExporter({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' })).toBe('otlp');
    expect(tracesExporter({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' })).toBe('otlp');
    expect(tracesExporter({ OTEL_TRACES_EXPORTER: 'console' })).toBe('console');
    expect(tracesExporter({ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x' })).toBe('none');
    expect(tracesExporter({ OTEL_TRACES_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'true' })).toBe('none');
  });

  it('is refused by name where this program cannot send them', () => {
    expect(() => tracesExporter({ OTEL_TRACES_EXPORTER: 'zipkin' })).toThrow(/OTEL_TRACES_EXPORTER.*zipkin/);
    expect(() => tracesExporter({ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toThrow(
      /OTEL_EXPORTER_OTLP_PROTOCOL.*grpc/,
    );
  });
});
