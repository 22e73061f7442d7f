import type { Logger } from 'pino';
import type { Database } from '../../db/access/database.ts';
import type { Notice } from '../../db/notices.ts';
import type { DossierManifest } from '../../proofs/dossier/manifest.ts';
import type { EvaluationRecord } from '../../domain/evaluation/record.ts';
import type { PrintedReceipt } from '../../proofs/receipt.ts';
import type { Signer } from '../../proofs/signing.ts';
import type { Custodian } from '../../domain/bids/sealing.ts';
import type { ClockSetting } from '../../domain/clock.ts';
import type { Auth, Passwords } from './auth.ts';
import type { Cursors } from './cursor.ts';
import type { Metrics } from './metrics.ts';
import type { PublicPage } from '../visit.ts';
import type { ApiSettings } from './settings.ts';
import type { Oidc } from './sign-in/oidc.ts';
import type { Tus } from '../uploads/tus.ts';

/** Pages of a dossier, complete by themselves and without a script. */
export interface DossierPages {
  /** A notice as it was published. */
  readonly notice: (notice: Notice) => string;
  /** What is in the dossier, with links to each file. */
  readonly index: (manifest: DossierManifest) => string;
}

export interface ApiDeps {
  readonly db: Database;
  readonly log: Logger;
  readonly settings: ApiSettings;
  /** Signs for the platform: receipts and heads of the log. */
  readonly signer: Signer;
  /** The text of /metrics. */
  readonly metrics: Metrics;
  /** Whether Temporal answers. */
  readonly temporalReady: () => Promise<boolean>;
  /** How many workers of each custodian wait for work now; null: Temporal could not be asked. Absent: it never can. */
  readonly custodiansRunning?: () => Promise<Readonly<Record<Custodian, number>> | null>;
  /** Makes the PDF of a receipt, the same bytes each time. */
  readonly printReceipt: (receipt: PrintedReceipt) => Promise<Buffer>;
  /** Prints a report of an evaluation: its page, and its PDF where that is not too long. */
  readonly printEvaluation: (
    record: EvaluationRecord,
  ) => Promise<{ readonly html: string; readonly pdf: Buffer | null }>;
  readonly dossierPages: DossierPages;
  /** Public pages beside the API, counted, limited and traced like its own routes. */
  readonly pages?: readonly PublicPage[];
  /** The machine's clock (epoch ms), for sessions and lock-outs; tests replace it. */
  readonly realNow?: () => number;
  /** Only for tests: production hashes as the library does. */
  readonly passwords?: Passwords;
  /** Called when the clock of a drill was set here. */
  readonly onDrillClock?: (clock: ClockSetting) => void;
}

/** What routes depend on. */
export interface Services {
  readonly db: Database;
  readonly settings: ApiSettings;
  readonly signer: Signer;
  readonly printReceipt: ApiDeps['printReceipt'];
  readonly printEvaluation: ApiDeps['printEvaluation'];
  readonly dossierPages: DossierPages;
  readonly auth: Auth;
  readonly oidc: Oidc;
  readonly cursors: Cursors;
  readonly metrics: Metrics;
  readonly tus: Tus;
  readonly realNow: () => number;
  readonly custodiansRunning: () => Promise<Readonly<Record<Custodian, number>> | null>;
  readonly onDrillClock: (clock: ClockSetting) => void;
}
