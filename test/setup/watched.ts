import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { projectRoot } from '../../cli/settings/folders.ts';

const text = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary_zh: string; readonly summary_en: string; readonly runbook: string };
}

export function alerts(): Alert[] {
  const { groups } = parse(text('deploy/prometheus/alerts.yml')) as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
}

export const dashboard = (): Dashboard => JSON.parse(text('deploy/grafana/kaibiao.json')) as Dashboard;

/** Scrape jobs by name. */
export function scrapeJobs(): string[] {
  const { scrape_configs } = parse(text('deploy/prometheus/prometheus.yml')) as {
    scrape_configs: { job_name: string }[];
  };
  return scrape_configs.map(({ job_name }) => job_name);
}

/** Every query that somebody is shown or woken by; Grafana's own variables as it fills them in. */
export const queries = (): string[] => [
  ...alerts().map(({ expr }) => expr),
  ...dashboard().panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m')),
  ),
];

/** Names of metrics with the labels that are asked of each; throws where it is no PromQL. */
export function askedOf(query: string): { readonly metric: string; readonly labels: readonly string[] }[] {
  const asked: { metric: string; labels: string[] }[] = [];
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${query}`);
      if (node.name !== 'VectorSelector') return;
      const name = node.node.getChild('Identifier');
      const matchers = node.node.getChild('LabelMatchers');
      const labels: string[] = [];
      matchers?.cursor().iterate((inner) => {
        if (inner.name === 'LabelName') labels.push(query.slice(inner.from, inner.to));
      });
      asked.push({ metric: name ? query.slice(name.from, name.to) : '', labels });
    },
  });
  return asked;
}
