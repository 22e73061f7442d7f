import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Database } from '../../db/access/database.ts';
import { clockAheadMs, outboxState, overdueMilestones, overdueReplies, type OutboxState } from '../../db/gauges.ts';
import { overdueRefunds } from '../../services/deposits/refund-duties.ts';
import type { TransactionSeen, TransactionWatch } from '../../db/access/observed.ts';
import { commits, type Commit } from '../../db/access/seen.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { realMsBetween } from '../../domain/clock.ts';
import { CHANNELS, type Channel } from '../../domain/notifications/channels.ts';
import { givenUpDeliveries, waitingDeliveries, type ChannelState } from '../../db/notifications/deliveries.ts';

/** How long an answer of the database is reused for scrapes (ms). */
const FRESH_MS = 5_000;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface DatabaseMetrics {
  readonly watch: TransactionWatch;
  /** Stops observing commits. */
  close(): void;
}

/**
 * Measures the transactions of this process, and queries the database on each scrape. A query that fails is left out
 * and counted: a missing gauge shows more than one that does not move.
 */
export function databaseMetrics(
  registry: Registry,
  db: Database,
  onTransaction: (seen: TransactionSeen) => void = () => undefined,
): DatabaseMetrics {
  const registers = [registry];
  const waiting = new Gauge({
    name: 'kaibiao_transactions_waiting',
    help: 'Transactions of this process that wait for the writer',
    registers,
  });
  const total = new Counter({
    name: 'kaibiao_transactions_total',
    help: 'Transactions of this process, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const wait = new Histogram({
    name: 'kaibiao_transaction_wait_seconds',
    help: 'From the call until the work of a transaction began',
    buckets: SECONDS,
    registers,
  });
  const duration = new Histogram({
    name: 'kaibiao_transaction_duration_seconds',
    help: 'From the call until a transaction was durable or undone',
    buckets: SECONDS,
    registers,
  });
  const together = new Histogram({
    name: 'kaibiao_commit_transactions',
    help: 'Transactions that one commit made durable',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  for (const outcome of ['committed', 'undone'] as const) total.inc({ outcome }, 0);
  const onCommit = (message: unknown): void => together.observe((message as Commit).transactions);
  commits.subscribe(onCommit);

  stateGauges(registry, db);
  return {
    watch: {
      waiting: (change) => waiting.inc(change),
      seen: (seen) => {
        total.inc({ outcome: seen.outcome });
        wait.observe(seen.waitSeconds);
        duration.observe(seen.totalSeconds);
        onTransaction(seen);
      },
    },
    close: () => void commits.unsubscribe(onCommit),
  };
}

interface State {
  readonly outbox: OutboxState;
  readonly milestones: ReadonlyMap<MilestoneKey, number>;
  readonly replies: number;
  readonly refunds: number;
  readonly clockAheadMs: number;
  readonly clockAlarm: boolean;
  readonly deliveries: ReadonlyMap<Channel, ChannelState>;
  readonly givenUp: ReadonlyMap<Channel, number>;
}

function stateGauges(registry: Registry, db: Database): void {
  const registers = [registry];
  const failures = new Counter({
    name: 'kaibiao_database_gauge_failures_total',
    help: 'Scrapes for which the database could not be queried',
    registers,
  });
  const state = fresh(FRESH_MS, async (): Promise<State | null> => {
    try {
      const now = db.now();
      const [outbox, milestones, replies, refunds, ahead, alarm, deliveries, givenUp] = await Promise.all([
        outboxState(db.read, db.clock, now),
        overdueMilestones(db.read, now),
        overdueReplies(db.read, now),
        db.calendar().then((calendar) => overdueRefunds(db.read, calendar, now)),
        clockAheadMs(db.read, db.clock, now),
        db.clockAlarm(),
        waitingDeliveries(db.read),
        givenUpDeliveries(db.read),
      ]);
      const clockAlarm = alarm !== null;
      return { outbox, milestones, replies, refunds, clockAheadMs: ahead, clockAlarm, deliveries, givenUp };
    } catch {
      failures.inc();
      return null;
    }
  });
  const gauge = (name: string, help: string, read: (found: State) => number) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const found = await state();
        if (found) this.set(read(found));
        else this.remove();
      },
    });

  gauge('kaibiao_outbox_messages', 'Wakes of workflows not yet delivered to Temporal', ({ outbox }) => outbox.count);
  gauge('kaibiao_outbox_oldest_age_seconds', 'Age of the oldest of them; 0 when there is none', ({ outbox }) => {
    return outbox.oldestMs / 1000;
  });
  gauge('kaibiao_clock_ahead_seconds', 'How far the guarded clock is ahead of the database clock', (found) => {
    return found.clockAheadMs / 1000;
  });
  gauge('kaibiao_clock_alarm', '1: the clock has jumped, and nothing is decided until it is accepted', (found) => {
    return found.clockAlarm ? 1 : 0;
  });
  gauge('kaibiao_overdue_grievance_replies', 'Objections and queries whose reply is overdue', ({ replies }) => replies);
  gauge(
    'kaibiao_overdue_deposit_refunds',
    'Deposits of bidders that have withdrawn and were not given back in time',
    ({ refunds }) => refunds,
  );
  new Gauge({
    name: 'kaibiao_overdue_milestones',
    help: 'Milestones that are due, undone and not suspended, by kind',
    labelNames: ['key'],
    registers,
    async collect() {
      const found = await state();
      this.reset();
      for (const [key, count] of found?.milestones ?? []) this.set({ key }, count);
    },
  });
  /** Before an opening no message is about a bidder (ADR 0055): these numbers say nothing of who bids. */
  const byChannel = (name: string, help: string, read: (found: State, channel: Channel) => number) =>
    new Gauge({
      ...{ name, help, labelNames: ['channel'], registers },
      async collect() {
        const found = await state();
        this.reset();
        if (found) for (const channel of CHANNELS) this.set({ channel }, read(found, channel));
      },
    });
  byChannel('kaibiao_notifications_waiting', 'Messages that wait to leave the platform', ({ deliveries }, channel) => {
    return deliveries.get(channel)?.waiting ?? 0;
  });
  byChannel(
    'kaibiao_notifications_oldest_age_seconds',
    'Age of the oldest of them; 0 when there is none',
    ({ deliveries }, channel) => {
      const now = db.now();
      return realMsBetween(db.clock, deliveries.get(channel)?.oldestAt ?? now, now) / 1000;
    },
  );
  byChannel(
    'kaibiao_notifications_given_up',
    'Messages of the last 30 days that were given up',
    ({ givenUp }, channel) => givenUp.get(channel) ?? 0,
  );
  gauge(
    'kaibiao_overdue_duties',
    'Milestones, replies and refunds together that are due, undone and not suspended',
    ({ milestones, replies, refunds }) =>
      replies + refunds + [...milestones.values()].reduce((sum, count) => sum + count, 0),
  );
}

/** Queries at most once in `ms`, however many callers there are. */
export function fresh<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let queriedAt = -Infinity;
  let answer: Promise<T> | undefined;
  return () => {
    const now = performance.now();
    if (answer === undefined || now - queriedAt >= ms) {
      queriedAt = now;
      answer = ask();
    }
    return answer;
  };
}
