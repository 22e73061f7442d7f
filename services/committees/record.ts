import type { Database } from '../../db/access/database.ts';
import { callsOf, entriesOfDraw, partsOf, type Draw } from '../../db/committees/draws.ts';
import { headOf, placeOf } from '../../db/log.ts';
import { signingKeysOf } from '../../db/signing-keys.ts';
import { DRAW_FORMAT } from '../../domain/draws/terms.ts';
import type { DrawRecord, EntryProof } from '../../proofs/draw-record.ts';
import { inclusionProof } from '../log/proofs.ts';
import { openDrawSeal } from './sealed.ts';

/**
 * What anybody needs to repeat a draw; null before it was drawn.
 * @param isAwarded the names of those who serve are disclosed with the award
 */
export async function drawRecord(db: Database, draw: Draw, isAwarded: boolean): Promise<DrawRecord | null> {
  const { read } = db;
  const head = draw.headSize === null ? undefined : await headOf(read, draw.headSize);
  if (draw.orders === null || !head) return null;
  const [parts, calls, entries, keys] = await Promise.all([
    partsOf(read, draw.id),
    callsOf(read, draw.id),
    entriesOfDraw(read, draw),
    signingKeysOf(read),
  ]);
  const proofs = new Map<string, EntryProof>();
  for (const entry of entries) {
    const place = await placeOf(read, entry);
    if (!place) throw new Error(`entry ${entry.seq} of draw ${draw.id} is under no head`);
    const inclusion = await inclusionProof(read, place.index, head.size);
    proofs.set(String(entry.detail['hash']), { entry: entry.hash, index: place.index, inclusion });
  }
  const { people } = openDrawSeal(db.committees, draw);
  // Whoever was drawn and never served, as the committee could not be completed, stays unnamed.
  const isDisclosed = isAwarded && draw.state !== 'void';
  return {
    format: DRAW_FORMAT,
    terms: draw.terms,
    opening: proofOf(proofs, draw.hash),
    commitments: parts.map(({ party, commitment, committedAt }) => ({
      ...{ party, commitment, at: committedAt },
      proof: proofOf(proofs, commitment),
    })),
    head: { size: head.size, root: head.root, at: head.signedAt, jws: head.jws },
    parts: parts.flatMap(({ party, part, revealedAt }) =>
      part === null || revealedAt === null ? [] : [{ party, part, at: revealedAt }],
    ),
    orders: draw.orders,
    calls: calls.map(({ field, label, state, askedAt, endedAt, chosen }) => ({
      ...{ field, label, state, askedAt, endedAt, chosen },
    })),
    opened: isDisclosed
      ? calls.flatMap(({ label, state }) => {
          const found = people[label];
          return state === 'confirmed' && found ? [{ label, salt: found.salt, person: found.person }] : [];
        })
      : null,
    keys,
  };
}

function proofOf(proofs: ReadonlyMap<string, EntryProof>, fact: string): EntryProof {
  const proof = proofs.get(fact);
  if (!proof) throw new Error(`the log has no entry of ${fact}`);
  return proof;
}
