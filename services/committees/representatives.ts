import { membershipsOfAccount } from '../../db/accounts/memberships.ts';
import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { changeDraw, latestDraw, type Draw } from '../../db/committees/draws.ts';
import { namesOf } from '../../db/parties/names.ts';
import { notFound } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import type { ReplacementGround } from '../../domain/committees/state.ts';
import { badInput } from '../../domain/issues.ts';
import type { LotStage } from '../../domain/stages.ts';
import { openRecheck } from '../rechecks/open.ts';
import { loadCase } from '../tender/case.ts';
import { callNext } from './calls.ts';
import { note, wakeCommittee } from './events.ts';
import { membersOf } from './members.ts';
import { openDrawSeal, sealDraw, type Representative, type SealedDraw } from './sealed.ts';

const STAGES: readonly LotStage[] = ['pending', 'opening', 'evaluation'];

/** A representative as the evaluation numbers it, from 1. */
const placeOf = (memberId: string): number => Number(memberId.replace(/^purchaser-/, '')) - 1;

export interface Leaving {
  readonly memberId: string;
  readonly departure: ReplacementGround;
  readonly reasonZh: string;
}

/**
 * A representative of the purchaser (采购人代表) does not serve any more: what it marked counts for nothing, and its seat is empty
 * until the purchaser sends another.
 */
export async function representativeLeaves(tx: Tx, actor: Actor, draw: Draw, leaving: Leaving): Promise<Draw> {
  const { memberId, departure, reasonZh } = leaving;
  const sealed = openDrawSeal(tx.committees, draw);
  const change = { left: { departure, reasonZh, at: tx.now } };
  const changed = await saveSeats(tx, draw, sealed, withSeat(sealed, placeOf(memberId), change));
  note(tx, draw, {
    ...{ actor, action: 'committee.withdraw', event: 'committee.representative-left' },
    detail: { memberId, departure },
  });
  if (changed.state !== 'formed') return changed;
  await changeDraw(tx, draw.id, { state: 'calling' });
  wakeCommittee(tx, draw);
  return { ...changed, state: 'calling' };
}

/** Whom the purchaser sends, in the place of whom, and why, where that is not on record. */
export interface Nomination {
  readonly memberId: string;
  readonly nomineeId: string;
  readonly ground: Omit<Leaving, 'memberId'> | null;
}

/**
 * The purchaser sends another representative, one for one, so that the number of members and the share of experts stay as they
 * were drawn.
 * @returns the number of the new member
 * @throws DomainError `bad-input`, `stage-conflict`, `not-found`
 */
export async function replaceRepresentative(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  { memberId, nomineeId, ground }: Nomination,
): Promise<string> {
  const found = await latestDraw(tx.q, place);
  if (!found) throw notFound('draw', `${place.procurementId}/lot/${place.lotNo}`);
  const c = await loadCase(tx, place.procurementId);
  const { stage } = c.lot(place.lotNo);
  if (!STAGES.includes(stage) && !(await openRecheck(c, place.lotNo))) throw outOfState('lot', stage, STAGES);
  if (found.state !== 'calling' && found.state !== 'formed')
    throw outOfState('draw', found.state, ['calling', 'formed']);
  const index = placeOf(memberId);
  const seat = openDrawSeal(tx.committees, found).representatives[index];
  if (!seat) throw notFound('member', memberId);
  if (seat.successor !== undefined) throw outOfState('draw', 'withdrawn', ['confirmed']);
  const name = await nomineeOf(tx, found, { purchaserId: c.procurement.purchaserId, nomineeId });
  if (seat.left === undefined && ground === null) {
    throw badInput([
      {
        field: 'departure',
        rule: 'required',
        messageZh: '请说明更换的法定事由',
        messageEn: 'State the ground of the law for the replacement',
      },
    ]);
  }
  const draw =
    seat.left === undefined && ground !== null
      ? await representativeLeaves(tx, actor, found, { memberId, ...ground })
      : found;
  const sealed = openDrawSeal(tx.committees, draw);
  const successor = sealed.representatives.length;
  const seats = [...withSeat(sealed, index, { successor }), { accountId: nomineeId, name }];
  const changed = await saveSeats(tx, draw, sealed, seats);
  const newId = `purchaser-${successor + 1}`;
  note(tx, draw, {
    ...{ actor, action: 'committee.nominate', event: 'committee.representative-sent' },
    detail: { memberId, successor: newId },
  });
  await callNext(tx, changed);
  return newId;
}

const withSeat = (
  { representatives }: SealedDraw,
  index: number,
  change: Partial<Representative>,
): readonly Representative[] =>
  representatives.map((each, position) => (position === index ? { ...each, ...change } : each));

async function saveSeats(
  tx: Tx,
  draw: Draw,
  sealed: SealedDraw,
  representatives: readonly Representative[],
): Promise<Draw> {
  const change = { sealed: sealDraw(tx.committees, draw.id, { ...sealed, representatives }) };
  await changeDraw(tx, draw.id, change);
  return { ...draw, ...change };
}

/** One of the purchaser's own people, who is not, and was not, in this committee. */
async function nomineeOf(
  tx: Tx,
  draw: Draw,
  { purchaserId, nomineeId }: { readonly purchaserId: string; readonly nomineeId: string },
): Promise<string> {
  const memberships = await membershipsOfAccount(tx.q, nomineeId);
  const isOwn = memberships.some(({ organisationId, role }) => organisationId === purchaserId && role === 'purchaser');
  const { representatives } = openDrawSeal(tx.committees, draw);
  const serves = (await membersOf(tx, draw)).some(({ accountId }) => accountId === nomineeId);
  const served = representatives.some(({ accountId }) => accountId === nomineeId);
  if (!isOwn || serves || served) {
    throw badInput([
      {
        field: 'nomineeId',
        rule: 'own-person',
        messageZh: '应为招标人（采购人）本单位的人员，且不是本评标委员会（评审小组）现任或者原任成员',
        messageEn: 'It must be one of the purchaser’s own people, who neither is nor was a member of this committee',
      },
    ]);
  }
  return (await namesOf(tx.q, [nomineeId])).get(nomineeId) ?? '';
}
