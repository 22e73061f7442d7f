import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../../domain/errors.ts';

/** The Prometheus metrics; no label ever names a tender, a person or an organisation. */
export interface Metrics {
  readonly registry: Registry;
  observe(method: string, route: string, status: number, seconds: number): void;
  bid(outcome: 'accepted' | 'refused', code: string): void;
  /** A bid is stored: its bytes, and how long (s) its transaction took. */
  bidStored(bytes: number, seconds: number): void;
  decision(kind: string, outcome: 'accepted' | 'refused'): void;
}

/** Codes of refusals that are no fault of the bidder. */
const OUR_FAULT: readonly (ErrorCode | 'internal')[] = [
  'internal',
  'database-busy',
  'database-full',
  'database-unreachable',
  'clock-jumped',
];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'kaibiao_http_request_duration_seconds',
    help: 'Time to answer a request, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers: [registry],
  });
  const bids = new Counter({
    name: 'kaibiao_bids_total',
    help: 'Bids submitted, by outcome',
    labelNames: ['outcome', 'code'],
    registers: [registry],
  });
  // Prometheus sees no increase in a counter that first appears as 1: those with an alert start at 0.
  bids.inc({ outcome: 'accepted', code: '' }, 0);
  for (const code of OUR_FAULT) bids.inc({ outcome: 'refused', code }, 0);
  const bidBytes = new Histogram({
    name: 'kaibiao_bid_bytes',
    help: 'Size of the bids that were taken',
    buckets: [1e4, 1e5, 1e6, 1e7, 5e7, 1e8, 2e8],
    registers: [registry],
  });
  const bidSeconds = new Histogram({
    name: 'kaibiao_bid_transaction_seconds',
    help: 'Time to store a bid, its file being on the disk already',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const decisions = new Counter({
    name: 'kaibiao_decisions_total',
    help: 'Decisions submitted, by outcome while the person waited',
    labelNames: ['kind', 'outcome'],
    registers: [registry],
  });
  return {
    registry,
    observe: (method, route, status, seconds) => requests.observe({ method, route, status }, seconds),
    bid: (outcome, code) => bids.inc({ outcome, code }),
    bidStored: (bytes, seconds) => {
      bidBytes.observe(bytes);
      bidSeconds.observe(seconds);
    },
    decision: (kind, outcome) => decisions.inc({ kind, outcome }),
  };
}
