import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import { drawnOrders } from '../domain/draws/order.ts';
import { DRAW_FORMAT, DRAW_PARTIES, type DrawParty, type DrawTerms, type GroupOrder } from '../domain/draws/terms.ts';
import { canonicalHash } from './hash.ts';
import { HmacDrbg } from './hmac-drbg.ts';

/** A person as a label stands for one. */
export interface DrawnPerson {
  readonly pool: string;
  readonly number: string;
  readonly name: string;
  readonly employer: string;
}

/** Lines joined by 0x0A, without one at the end: their SHA-256 in lower-case hex. */
const hashOfLines = (...lines: string[]): string => bytesToHex(sha256(utf8ToBytes(lines.join('\n'))));

/** What stands for a person in the draw: who does not know the salt (32 bytes, hex) cannot test a guess. */
export const labelOf = (drawId: string, salt: string, person: DrawnPerson): string =>
  hashOfLines(`${DRAW_FORMAT} person`, drawId, salt, canonicalize(person) ?? '');

/** What a party hands in first: it binds it to its part of the seed (32 bytes, hex) and tells nothing of it. */
export const commitmentOf = (drawId: string, party: DrawParty, part: string): string =>
  hashOfLines(`${DRAW_FORMAT} commit`, drawId, party, part);

/** A part of the seed as it is written: 32 bytes in lower-case hex. */
export const PART = /^[0-9a-f]{64}$/;

export const termsHash = (terms: DrawTerms): string => canonicalHash(terms);

/** What was revealed, by party; those who withheld theirs are not in it. */
export type Parts = Readonly<Partial<Record<DrawParty, string>>>;

/** The generator that a draw takes its numbers from (docs/draw.md). */
export function generatorOf(terms: DrawTerms, parts: Parts, root: string): HmacDrbg {
  const given = DRAW_PARTIES.flatMap((party) => parts[party] ?? []);
  return new HmacDrbg(
    concatBytes(...given.map((part) => hexToBytes(part)), hexToBytes(root)),
    hexToBytes(termsHash(terms)),
    utf8ToBytes(`${DRAW_FORMAT}\n${terms.drawId}`),
  );
}

/** The draw itself. @param root of the log after the commitments, lower-case hex */
export function draw(terms: DrawTerms, parts: Parts, root: string): GroupOrder[] {
  const generator = generatorOf(terms, parts, root);
  return drawnOrders(terms, () => generator.word());
}
