import { UNATTENDED, type Actor } from '../../db/audit.ts';
import type { Database, Tx } from '../../db/access/database.ts';
import {
  callsOf,
  changeDraw,
  changePart,
  drawById,
  latestDraw,
  partsOf,
  type Draw,
  type DrawPart,
} from '../../db/committees/draws.ts';
import { headOf } from '../../db/log.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { isExhausted, unconfirmed } from '../../domain/committees/calls.ts';
import { DRAW_PARTIES, LEAST_PARTS } from '../../domain/draws/terms.ts';
import { draw as drawFrom } from '../../proofs/draw.ts';
import type { Signer } from '../../proofs/signing.ts';
import { signHead } from '../log/sign-head.ts';
import { callNext } from './calls.ts';
import { note, wakeCommittee } from './events.ts';
import { openPart } from './sealed.ts';

/** Whether nobody can commit himself any more. */
export const commitmentsClosed = ({ state, terms }: Draw, parts: readonly DrawPart[], now: number): boolean =>
  state === 'committing' && (parts.length === DRAW_PARTIES.length || now > terms.commitUntil);

/**
 * Ends the commitments of a draw, where it is time: a head of the log over all of them is signed, and mixed into the seed. With
 * fewer than two of them there is no draw.
 */
export async function closeCommitments(db: Database, signer: Signer, drawId: string): Promise<void> {
  const seen = await drawById(db.read, drawId);
  if (!commitmentsClosed(seen, await partsOf(db.read, drawId), db.now())) return;
  const { size } = await signHead(db, signer);
  await db.transaction(
    async (tx) => {
      const draw = await drawById(tx.q, drawId);
      const parts = await partsOf(tx.q, drawId);
      if (!commitmentsClosed(draw, parts, tx.now)) return;
      if (parts.length < LEAST_PARTS) return voidDraw(tx, draw, parts);
      await changeDraw(tx, drawId, { state: 'revealing', headSize: size });
      note(tx, draw, {
        ...{ actor: UNATTENDED, action: 'draw.close', event: 'draw.closed' },
        detail: { size, parties: parts.map(({ party }) => party), absent: absentFrom(parts) },
      });
      wakeCommittee(tx, draw);
    },
    { procurementId: seen.procurementId },
  );
}

/**
 * Draws from the parts that are here; who withheld its own is named. With fewer than two parts there is no draw.
 * @param parts as they are now
 */
export async function drawNow(tx: Tx, draw: Draw, parts: readonly DrawPart[]): Promise<void> {
  const given: Record<string, string> = {};
  for (const { drawId, party, sealedPart } of parts) {
    if (sealedPart === null) continue;
    const part = openPart(tx.committees, drawId, party, sealedPart);
    given[party] = part;
    await changePart(tx, { drawId, party }, { part });
  }
  if (Object.keys(given).length < LEAST_PARTS) return voidDraw(tx, draw, parts);
  const head = draw.headSize === null ? undefined : await headOf(tx.q, draw.headSize);
  if (!head) throw new Error(`draw ${draw.id} has no head to be mixed with`);
  const orders = drawFrom(draw.terms, given, head.root);
  await changeDraw(tx, draw.id, { state: 'calling', orders, drawnAt: tx.now });
  note(tx, draw, {
    ...{ actor: UNATTENDED, action: 'draw.drawn', event: 'draw.drawn' },
    detail: { withheld: withheldBy(parts), absent: absentFrom(parts) },
  });
  await callNext(tx, { ...draw, state: 'calling', orders, drawnAt: tx.now });
  wakeCommittee(tx, draw);
}

async function voidDraw(tx: Tx, draw: Draw, parts: readonly DrawPart[]): Promise<void> {
  await changeDraw(tx, draw.id, { state: 'void', endedAt: tx.now });
  note(tx, draw, {
    ...{ actor: UNATTENDED, action: 'draw.void', event: 'draw.void' },
    detail: { withheld: withheldBy(parts), absent: absentFrom(parts) },
  });
}

/**
 * 重新组建: a committee that cannot be completed, as nobody is left in its drawn order, gives way to another that is drawn. What
 * it has marked counts for nothing: marks belong to a draw.
 * @rule gp-committee-replacement, gp-expert-shortfall
 */
export async function voidExhausted(tx: Tx, actor: Actor, place: TenderPlace): Promise<void> {
  const draw = await latestDraw(tx.q, place);
  if (draw?.state !== 'calling' || draw.orders === null) return;
  const calls = await callsOf(tx.q, draw.id);
  if (!isExhausted(draw.terms, draw.orders, calls)) return;
  await changeDraw(tx, draw.id, { state: 'void', endedAt: tx.now });
  const detail = { called: calls.length, free: unconfirmed(draw.terms.groups, calls) };
  note(tx, draw, { actor, action: 'draw.void', detail });
}

const withheldBy = (parts: readonly DrawPart[]): string[] =>
  parts.filter(({ revealedAt }) => revealedAt === null).map(({ party }) => party);

const absentFrom = (parts: readonly DrawPart[]): string[] =>
  DRAW_PARTIES.filter((party) => !parts.some((each) => each.party === party));
