import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import type { Auth } from './auth.ts';
import type { Cursors } from './cursor.ts';
import type { Metrics } from './metrics.ts';
import type { ApiSettings } from './settings.ts';

export interface ApiDeps {
  readonly db: Database;
  /** Hands a stored message to Temporal and waits some seconds for its outcome; never throws. */
  readonly deliver: (messageId: string) => Promise<void>;
  readonly log: Logger;
  readonly settings: ApiSettings;
  /** What /metrics answers. */
  readonly metrics: Metrics;
  /** Whether Temporal answers. */
  readonly temporalReady: () => Promise<boolean>;
  /** The machine's clock (epoch ms), for sessions and lock-outs; tests replace it. */
  readonly realNow?: () => number;
}

/** What routes are given of the world. */
export interface Services {
  readonly db: Database;
  readonly deliver: ApiDeps['deliver'];
  readonly settings: ApiSettings;
  readonly auth: Auth;
  readonly cursors: Cursors;
  readonly metrics: Metrics;
  readonly realNow: () => number;
}
