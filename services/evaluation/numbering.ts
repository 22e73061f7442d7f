import { createHash, createHmac } from 'node:crypto';
import type { CommitteeSafe } from '../../db/files/committee-safe.ts';
import type { Draw } from '../../db/committees/draws.ts';
import { blindItemsOf, numbered, type NumberedBid } from '../../domain/evaluation/sheets/blind.ts';
import type { Scheme } from '../../domain/evaluation/scheme/scheme.ts';
import type { MarkSheet } from '../../domain/evaluation/sheets/marks.ts';
import type { SheetFinding } from '../../domain/evaluation/sheets/before-signing.ts';

/** 暗标编号: which number is which bid. Nobody but the platform has the secret before the technical marks are signed. */
export interface Numbering {
  /** base64url */
  readonly secret: string;
  /** SHA-256 of the secret, hex: on record before the first bid is read. */
  readonly commitment: string;
  readonly bids: readonly NumberedBid[];
}

/**
 * The numbers of a lot, the same each time: a blind id is the HMAC-SHA256 of the bid's id under a secret of the draw, and the numbers follow
 * the order of the blind ids.
 * @returns null where the scheme has no blind criteria
 */
export function numberingOf(
  safe: CommitteeSafe,
  draw: Pick<Draw, 'id'>,
  scheme: Scheme,
  bidIds: readonly string[],
): Numbering | null {
  if (blindItemsOf(scheme).size === 0) return null;
  const secret = safe.tag('blind numbers', draw.id);
  const commitment = createHash('sha256').update(secret).digest('hex');
  return { secret, commitment, bids: numbered(bidIds, (bidId) => blindId(secret, bidId)) };
}

/** The first 16 bytes of the HMAC as a UUID of version 8. */
function blindId(secret: string, bidId: string): string {
  const bytes = createHmac('sha256', secret).update(bidId).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * What a member who may not know the bidders of the blind parts is shown: all that is of a blind item under the blind id, in the order of
 * these, and the rest under the id of the bid. Nothing has both.
 */
export class Blinded {
  private readonly items: ReadonlySet<string>;
  private readonly secret: string;

  constructor(scheme: Scheme, { secret }: Numbering) {
    this.items = blindItemsOf(scheme);
    this.secret = secret;
  }

  hides(item: string): boolean {
    return this.items.has(item);
  }

  blindIdOf(bidId: string): string {
    return blindId(this.secret, bidId);
  }

  sheets(all: readonly MarkSheet[]): MarkSheet[] {
    const open = all.map((each) => ({ ...each, entries: each.entries.filter(({ item }) => !this.hides(item)) }));
    const blind = all
      .map((each) => ({
        ...{ memberId: each.memberId, bidId: this.blindIdOf(each.bidId) },
        entries: each.entries.filter(({ item }) => this.hides(item)),
      }))
      .sort((a, b) => (a.bidId < b.bidId ? -1 : 1));
    return [...open, ...blind].filter(({ entries }) => entries.length > 0);
  }

  /** A finding of no item is of the marks together, among which are those of blind items. */
  finding(found: SheetFinding): SheetFinding {
    const { bidId, item, key } = found;
    if (bidId === null || (item !== null && !this.hides(item))) return found;
    const blindId = this.blindIdOf(bidId);
    return { ...found, bidId: blindId, key: key.replace(bidId, blindId) };
  }

  /** Of a part in which something is blind. */
  bidIds(all: readonly string[]): string[] {
    return all.map((bidId) => this.blindIdOf(bidId)).sort();
  }
}
