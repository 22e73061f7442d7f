import type { SecondFactorRules } from '../../domain/accounts/sign-in.ts';
import type { BankAccount } from '../../domain/deposits/terms.ts';
import type { BidQuotas } from '../../domain/bids/uploads.ts';
import type { DepositRates } from '../../domain/deposits/interest.ts';
import type { Channel } from '../../domain/notifications/channels.ts';
import type { PreparableAct } from '../../domain/prepared-acts/acts.ts';
import type { RegistrationMode } from '../../services/registrations/request.ts';
import type { ArrivalLimits } from './bounds/arrival.ts';
import type { CertificateSettings } from './sign-in/certificate.ts';

/** A provider of identities (OpenID Connect). */
export interface OidcSettings {
  /** Its address, as its tokens name it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What people call it; null: by its host. */
  readonly name: string | null;
}

/** An operator's settings of the API. All are read once, by the command line, and passed down. */
export interface ApiSettings {
  /** Address under which people reach the site, as `https://tender.example.cn`; cookies are `Secure` when it is https. */
  readonly publicUrl: string;
  /** The log level of a request that is not refused: a person at a terminal does not read each. */
  readonly acceptedLevel: 'info' | 'debug';
  /** Signs session cookies; at least 32 characters. */
  readonly sessionKey: string;
  /** Real hours after which a session ends by itself. */
  readonly sessionHours: number;
  /** Real minutes for which a session of a browser may do what weighs most, after its password or a code was given. */
  readonly verifiedMinutes: number;
  /**
   * Wrong passwords in a row after which their sender waits (`senderFailures`), and those from all senders that lock an
   * account; each for so many real minutes.
   */
  readonly lockOut: { readonly senderFailures: number; readonly failures: number; readonly minutes: number };
  /** Who must have a second factor, and which sign-ins prove two by themselves. */
  readonly secondFactor: SecondFactorRules;
  /** The provider of identities (统一身份认证); null: there is none. */
  readonly oidc: OidcSettings | null;
  /** The proxy that verifies CA certificates; null: none are taken. */
  readonly certificates: CertificateSettings | null;
  /** Requests a minute; `off` is for tests and the demo only. */
  readonly rateLimit: 'off' | { readonly perMinute: number; readonly signInPerMinute: number };
  /** Whether suppliers register themselves: once the centre has confirmed it, at once, or not at all. */
  readonly registration: RegistrationMode;
  /** Registrations an hour from one address. */
  readonly registrationsPerHour: number;
  /** Ids of rules whose text was not read (RECALLED) that this installation confirms: they block. */
  readonly confirmedRules: ReadonlySet<string>;
  /** Bytes of the largest file, bid or document. */
  readonly maxFileBytes: number;
  /** Limits of the bytes and uploads of bids. */
  readonly bidQuotas: BidQuotas;
  /** Bytes of the disk that files leave free; small ones may use half of them. */
  readonly diskReserveBytes: number;
  /** Longest time for a request to arrive in full, a large file over a slow line included (ms). */
  readonly uploadTimeoutMs: number;
  /** How slowly a request may arrive. */
  readonly arrival: ArrivalLimits;
  /** Connections at a time; more are closed at once. */
  readonly connections: number;
  /** How many proxies in front are trusted for the caller's address. */
  readonly trustedProxies: number;
  /** Whether a launch requires that bids can be sealed; else bids are accepted as plain files where they cannot. */
  readonly sealing: 'required' | 'optional';
  /** Whether who evaluates must have been checked in by the centre, and be in (到场). */
  readonly presence: 'optional' | 'required';
  /** Acts that one person prepares and another of the same organisation confirms (经办、复核). */
  readonly secondPerson: ReadonlySet<PreparableAct>;
  /** Key that the bank signs notifications of deposits with; null: no bank sends any. */
  readonly bankSecret: string | null;
  /** 保证金专户: where bidders pay to; null where only the documents name it. */
  readonly depositAccount: BankAccount | null;
  /**
   * Rates for the interest on deposits; null: it is not calculated, and deposits that bear interest cannot be settled.
   */
  readonly depositRates: DepositRates | null;
  /** Ways in which people can be notified outside the platform. */
  readonly channels: readonly Channel[];
  /** Whether /metrics answers every machine, not only this one. */
  readonly publicMetrics: boolean;
}

const GIB = 1024 ** 3;

export const DEFAULT_SETTINGS: Omit<ApiSettings, 'publicUrl' | 'sessionKey'> = {
  acceptedLevel: 'info',
  sessionHours: 12,
  verifiedMinutes: 10,
  lockOut: { senderFailures: 5, failures: 100, minutes: 15 },
  secondFactor: { roles: new Set(), provenBy: new Set() },
  oidc: null,
  certificates: null,
  rateLimit: { perMinute: 600, signInPerMinute: 20 },
  registration: 'confirmed',
  registrationsPerHour: 10,
  confirmedRules: new Set(),
  maxFileBytes: 200 * 1024 * 1024,
  bidQuotas: { supplierBytes: 2 * GIB, procurementBytes: 200 * GIB, openUploads: 10, announcedBytes: 4 * GIB },
  diskReserveBytes: GIB,
  uploadTimeoutMs: 30 * 60_000,
  arrival: { idleMs: 300_000, headersMs: 15_000, bodyMs: 30_000, fileIntervalMs: 60_000, fileBytes: 60_000 },
  connections: 2_000,
  trustedProxies: 0,
  sealing: 'required',
  presence: 'optional',
  secondPerson: new Set(),
  bankSecret: null,
  depositAccount: null,
  depositRates: null,
  channels: [],
  publicMetrics: false,
};

/** JSON bodies larger than this are refused. */
export const MAX_JSON_BYTES = 256 * 1024;
