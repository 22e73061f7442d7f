import type { BankAccount } from '../../domain/deposits/terms.ts';
import type { BidQuotas } from '../../domain/bids/uploads.ts';
import type { DepositRates } from '../../domain/deposits/interest.ts';

/** What an operator may set about the API. Everything is read once, by the command line, and handed down. */
export interface ApiSettings {
  /** Address under which people reach the site, as `https://tender.example.cn`; cookies are `Secure` when it is https. */
  readonly publicUrl: string;
  /** Signs session cookies; at least 32 characters. */
  readonly sessionKey: string;
  /** Real hours after which a session ends by itself. */
  readonly sessionHours: number;
  /** Wrong passwords in a row that lock an account, and for how many real minutes. */
  readonly lockOut: { readonly failures: number; readonly minutes: number };
  /** Requests a minute; `off` is for tests and the demo only. */
  readonly rateLimit: 'off' | { readonly perMinute: number; readonly signInPerMinute: number };
  /** Ids of rules whose text was not read (RECALLED) that this installation confirms: they block. */
  readonly confirmedRules: ReadonlySet<string>;
  /** Bytes of the largest file, bid or document. */
  readonly maxFileBytes: number;
  /** Bytes and uploads that bids may hold. */
  readonly bidQuotas: BidQuotas;
  /** Bytes of the disk that bids leave free. */
  readonly diskReserveBytes: number;
  /** Longest that a request may take to arrive whole, a large file over a slow line included (ms). */
  readonly uploadTimeoutMs: number;
  /** How many proxies in front may be believed about the address of the caller. */
  readonly trustedProxies: number;
  /** Whether nothing is launched unless its bids can be sealed; else they are taken as plain files where they cannot. */
  readonly sealing: 'required' | 'optional';
  /** With which the bank signs that deposits came; null: no bank tells. */
  readonly bankSecret: string | null;
  /** 保证金专户: where bidders pay to; null where the documents alone say. */
  readonly depositAccount: BankAccount | null;
  /** By which interest on deposits is reckoned; null: it is not, and what is owed cannot be settled. */
  readonly depositRates: DepositRates | null;
  /** Whether /metrics answers anybody, not only this machine. */
  readonly publicMetrics: boolean;
}

const GIB = 1024 ** 3;

export const DEFAULT_SETTINGS: Omit<ApiSettings, 'publicUrl' | 'sessionKey'> = {
  sessionHours: 12,
  lockOut: { failures: 5, minutes: 15 },
  rateLimit: { perMinute: 600, signInPerMinute: 20 },
  confirmedRules: new Set(),
  maxFileBytes: 200 * 1024 * 1024,
  bidQuotas: { supplierBytes: 2 * GIB, procurementBytes: 200 * GIB, openUploads: 10 },
  diskReserveBytes: GIB,
  uploadTimeoutMs: 30 * 60_000,
  trustedProxies: 0,
  sealing: 'required',
  bankSecret: null,
  depositAccount: null,
  depositRates: null,
  publicMetrics: false,
};

/** JSON bodies larger than this are refused. */
export const MAX_JSON_BYTES = 256 * 1024;
