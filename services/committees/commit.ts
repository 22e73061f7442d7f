import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { changePart, drawById, insertPart, partsOf, type Draw } from '../../db/committees/draws.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import { DRAW_PARTIES, FIRST_TO_REVEAL, type DrawParty } from '../../domain/draws/terms.ts';
import { isTurnOf, lastTurnOf } from '../../domain/draws/turns.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Role } from '../../domain/roles.ts';
import { commitmentOf } from '../../proofs/draw.ts';
import { note, wakeCommittee } from './events.ts';
import { sealPart } from './sealed.ts';
import { drawNow } from './settle.ts';

/** Whose part somebody gives: the purchaser and its agency give one together. */
export const PARTY_OF: Readonly<Partial<Record<Role, DrawParty>>> = {
  purchaser: 'purchaser',
  agency: 'purchaser',
  centre: 'centre',
  supervisor: 'supervisor',
};

/**
 * Binds a party to its part of the seed, which stays with it.
 * @param commitment SHA-256, as docs/draw.md says, lower-case hex
 * @throws DomainError `stage-conflict`, `already-exists`, `not-found`
 */
export async function commitToDraw(
  tx: Tx,
  actor: Actor,
  given: { readonly drawId: string; readonly party: DrawParty; readonly commitment: string },
): Promise<Draw> {
  const { drawId, party, commitment } = given;
  const draw = await drawById(tx.q, drawId);
  if (draw.state !== 'committing' || tx.now > draw.terms.commitUntil) throw over(draw, 'committing');
  const parts = await partsOf(tx.q, drawId);
  if (parts.some((each) => each.party === party)) throw givenAlready(party);
  await insertPart(tx, {
    ...{ drawId, party, commitment, committedBy: actor, committedAt: tx.now },
    ...{ sealedPart: null, part: null, revealedAt: null },
  });
  note(tx, draw, {
    ...{ actor, action: 'draw.commit', event: 'draw.committed' },
    detail: { party, hash: commitment },
  });
  if (parts.length + 1 === DRAW_PARTIES.length) wakeCommittee(tx, draw);
  return draw;
}

/**
 * Takes a party's part of the seed. The centre, which operates the platform, comes first; those of the others are encrypted
 * until all are here, so that nobody knows the result while it can still withhold its own.
 * @throws DomainError `stage-conflict`, `hash-mismatch`, `already-exists`, `not-found`
 */
export async function revealPart(
  tx: Tx,
  actor: Actor,
  given: { readonly drawId: string; readonly party: DrawParty; readonly part: string },
): Promise<Draw> {
  const { drawId, party, part } = given;
  const draw = await drawById(tx.q, drawId);
  if (draw.state !== 'revealing') throw over(draw, 'revealing');
  const parts = await partsOf(tx.q, drawId);
  const own = parts.find((each) => each.party === party);
  if (!own || tx.now > lastTurnOf(draw.terms, party)) throw over(draw, 'revealing');
  if (own.revealedAt !== null) throw givenAlready(party);
  if (!isTurnOf(draw.terms, parts, party, tx.now)) throw notYet();
  if (commitmentOf(drawId, party, part) !== own.commitment) throw anotherPart();
  const sealedPart = sealPart(tx.committees, drawId, party, part);
  await changePart(tx, { drawId, party }, { sealedPart, revealedAt: tx.now });
  note(tx, draw, { ...{ actor, action: 'draw.reveal', event: 'draw.revealed' }, detail: { party } });
  const given3 = parts.map((each) => (each === own ? { ...each, sealedPart, revealedAt: tx.now } : each));
  if (given3.every(({ revealedAt }) => revealedAt !== null)) await drawNow(tx, draw, given3);
  return draw;
}

const over = ({ state }: Draw, wanted: Draw['state']): DomainError => outOfState('draw', state, [wanted]);

const givenAlready = (party: DrawParty): DomainError =>
  new DomainError('already-exists', {
    messageZh: '本方已经提交，不能更改',
    messageEn: 'Your party has given it already; it cannot be changed',
    details: { party },
  });

const notYet = (): DomainError =>
  new DomainError('stage-conflict', {
    messageZh: '应由交易中心先交出随机数；其交出后，或其期限届满后，其他各方再交出',
    messageEn: 'The centre hands its part in first; the others after that, or after its time is over',
    details: { field: 'stage', wanted: [FIRST_TO_REVEAL] },
  });

const anotherPart = (): DomainError =>
  new DomainError('hash-mismatch', {
    messageZh: '与本方承诺的随机数不符',
    messageEn: 'It is not the part that your party committed itself to',
    details: { field: 'part' },
  });
