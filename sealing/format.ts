import canonicalize from 'canonicalize';
import { z } from 'zod';
import {
  CUSTODIANS,
  SEAL_FORMAT,
  SEAL_SUITES,
  type BidFigures,
  type BidManifest,
  type Custodian,
  type SealingTerms,
  type SealSuite,
} from '../domain/bids/sealing.ts';
import { seenOf, unseenIn } from '../domain/text.ts';
import { quoted, SealError, type SealFault } from './fault.ts';
import { checkPaths } from './paths.ts';

/** The two entries of a sealed bid, in this order. */
export const SEAL_PATH = 'seal.json';
export const PAYLOAD_PATH = 'bid.tar.age';

export const MOST_SEAL_BYTES = 64 * 1024;
export const MOST_MANIFEST_BYTES = 1024 * 1024;
/** Maximum size of an age file's header. */
export const MOST_AGE_HEADER_BYTES = 16 * 1024;
export const MOST_PARTS = 1000;

/** The head of the submitted file: `seal.json`. */
export interface Seal {
  readonly format: typeof SEAL_FORMAT;
  readonly suite: SealSuite;
  readonly procurementId: string;
  readonly lotNo: number;
  /** Commits to the bidder of the manifest, so that another is found before the opening. Absent in a file of an earlier tool. */
  readonly bidder?: { readonly commitment: string } | undefined;
  /** The recipient of the identity generated for this bid alone. */
  readonly recipient: string;
  /** In the order of CUSTODIANS. */
  readonly shares: readonly SealedShare[];
  readonly bidderShare: { readonly commitment: string } | null;
}

export interface SealedShare {
  readonly custodian: Custodian;
  /** The custodian's key that the share is sealed to. */
  readonly recipient: string;
  /** An age file, base64. */
  readonly sealed: string;
  /** SHA-256, hex, of the input of `commitmentTo`. */
  readonly commitment: string;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const recipient = z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/);
/** Without a line break, because commitments consist of lines. */
const procurementId = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z-]{0,63}$/);
const lotNo = z.int().min(1).max(9999);
const custodian = z.enum(CUSTODIANS);

const eachCustodian = (shares: readonly { custodian: Custodian }[]): boolean =>
  shares.map((share) => share.custodian).join() === CUSTODIANS.join();

const seal = z.strictObject({
  format: z.literal(SEAL_FORMAT),
  suite: z.enum(SEAL_SUITES),
  procurementId,
  lotNo,
  bidder: z.strictObject({ commitment: hash }).optional(),
  recipient,
  shares: z
    .array(
      z.strictObject({
        custodian,
        recipient,
        sealed: z
          .string()
          .max(4096)
          .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
        commitment: hash,
      }),
    )
    .refine(eachCustodian),
  bidderShare: z.strictObject({ commitment: hash }).nullable(),
});

/** What the record of the opening shows: something is to be seen, and nothing is there that nobody sees. */
export const isSeen = (text: string): boolean => unseenIn(text, false) === null && seenOf(text) !== '';

export const MOST_QUALITY = 200;
export const MOST_PERIOD_DAYS = 36_500;

const figures = {
  priceFen: z.int().min(0),
  periodDays: z.int().min(1).max(MOST_PERIOD_DAYS).nullable(),
  quality: z.string().max(MOST_QUALITY).refine(isSeen).nullable(),
};

const mediaType = z
  .string()
  .max(127)
  .regex(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/);

const manifest = z.strictObject({
  format: z.literal(SEAL_FORMAT),
  procurementId,
  lotNo,
  bidder: z.string().regex(/^[0-9A-Za-z-]{1,40}$/),
  ...figures,
  parts: z
    .array(z.strictObject({ path: z.string(), mediaType, size: z.int().min(0), sha256: hash }))
    .min(1)
    .max(MOST_PARTS),
});

const terms = z.object({
  format: z.literal(SEAL_FORMAT),
  suite: z.enum(SEAL_SUITES),
  custodians: z.array(z.object({ custodian, recipient })).refine(eachCustodian),
  bidderWindowMinutes: z.int().min(1).nullable(),
});

/** The response of `GET /api/procurements/{id}/sealing`, which a bidder seals by. */
const tender = z.object({
  procurementId,
  lots: z.array(z.object({ no: lotNo, title: z.string(), blind: z.boolean().default(false) })),
  terms: terms.nullable(),
  bidDeadline: z.string().nullable(),
});

export interface SealedTender {
  readonly procurementId: string;
  /** `blind`: the scheme of the lot has a part that must not name the bidder (暗标). */
  readonly lots: readonly { readonly no: number; readonly title: string; readonly blind: boolean }[];
  readonly terms: SealingTerms;
  readonly bidDeadline: string | null;
}

/** One spelling for one content (RFC 8785), so that no two programs read a seal or a manifest differently. */
export function canonicalBytes(value: Seal | BidManifest): Uint8Array {
  return new TextEncoder().encode(canonicalize(value));
}

/** @throws SealError another format or suite, missing or extra fields, or a spelling that is not the canonical one */
export function parseSeal(bytes: Uint8Array): Seal {
  const value = parseJson(bytes, 'seal-invalid', SEAL_PATH);
  const { format, suite } = (value ?? {}) as { format?: unknown; suite?: unknown };
  if (format === SEAL_FORMAT && typeof suite === 'string' && !(SEAL_SUITES as readonly string[]).includes(suite))
    throw new SealError(
      'suite-unknown',
      `不支持的密码套件 ${quoted(suite)}`,
      `the suite ${quoted(suite)} is not one of ours`,
    );
  return checked(seal, value, 'seal-invalid', SEAL_PATH);
}

/** @throws SealError as `parseSeal`, and for paths that are unsafe or duplicate */
export function parseManifest(bytes: Uint8Array): BidManifest {
  const parsed = checked(
    manifest,
    parseJson(bytes, 'manifest-invalid', 'manifest.json'),
    'manifest-invalid',
    'manifest.json',
  );
  checkPaths(parsed.parts.map(({ path }) => path));
  return parsed;
}

/** @throws SealError the input of a sealer is no tender with sealed bids */
export function parseTender(value: unknown): SealedTender {
  const { terms, ...rest } = checked(tender, value, 'terms-invalid', '封装参数 / sealing terms');
  if (terms === null)
    throw new SealError('terms-invalid', '该项目不要求封装投标文件', 'this procurement does not require sealed bids');
  return { ...rest, terms };
}

/** @throws SealError a figure or a bidder that no manifest may contain */
export function checkFigures(given: BidFigures & { readonly bidder: string; readonly lotNo: number }): void {
  checked(
    z.object({ ...figures, bidder: manifest.shape.bidder, lotNo }),
    given,
    'bid-invalid',
    '投标数据 / figures of the bid',
  );
}

export function checkTerms(given: SealingTerms): void {
  checked(terms, given, 'terms-invalid', '封装参数 / sealing terms');
}

export function checkMediaType(given: string): void {
  checked(mediaType, given, 'bid-invalid', '媒体类型 / media type');
}

function parseJson(bytes: Uint8Array, fault: SealFault, what: string): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (canonicalize(value) === text) return value;
  } catch {
    throw new SealError(fault, `${what} 不是 UTF-8 的 JSON`, `${what} is not JSON in UTF-8`);
  }
  throw new SealError(
    fault,
    `${what} 不是规范写法（RFC 8785：无空白、键有序且不重复）`,
    `${what} is not in canonical form (RFC 8785: no blanks, keys sorted and none twice)`,
  );
}

function checked<T>(schema: z.ZodType<T>, value: unknown, fault: SealFault, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const where = [...new Set(result.error.issues.map(({ path }) => path.join('.') || '.'))].slice(0, 5).join(', ');
  throw new SealError(fault, `${what} 的内容不合格式：${where}`, `${what} does not match its format: ${where}`);
}
