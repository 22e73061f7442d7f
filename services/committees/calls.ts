import { UNATTENDED, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import {
  callsOf,
  changeCall,
  changeDraw,
  drawById,
  insertCalls,
  type CommitteeCall,
  type Draw,
} from '../../db/committees/draws.ts';
import { notFound } from '../../db/procurements.ts';
import { nextCalls, unconfirmed } from '../../domain/committees/calls.ts';
import type { Departure } from '../../domain/committees/state.ts';
import { DomainError } from '../../domain/errors.ts';
import { loadCase, saveCases } from '../tender/case.ts';
import { note, wakeCommittee } from './events.ts';
import { openDrawSeal, sealReason, tagOf, vacancies } from './sealed.ts';

const MINUTE_MS = 60_000;

/** Calls whoever is next for the seats that are free, and notes when every seat is confirmed. */
export async function callNext(tx: Tx, draw: Draw): Promise<void> {
  const { id, terms, orders, answerMinutes } = draw;
  if (orders === null) return;
  const calls = await callsOf(tx.q, id);
  const sealed = openDrawSeal(tx.committees, draw);
  const { people } = sealed;
  const added = nextCalls(terms, orders, calls).map(({ field, label }, index): CommitteeCall => {
    const expertId = people[label]?.expertId;
    if (expertId === undefined) throw new Error(`draw ${id} knows nobody of label ${label}`);
    return newCall(tx, draw, { no: calls.length + index + 1, field, label, expertId, chosen: false, answerMinutes });
  });
  await insertCalls(tx, added);
  for (const call of added) noteCalled(tx, draw, call);
  const isFormed = unconfirmed(terms.groups, [...calls, ...added]) === 0 && vacancies(sealed) === 0;
  if (isFormed && draw.state === 'calling') {
    await changeDraw(tx, id, { state: 'formed', formedAt: draw.formedAt ?? tx.now });
    const c = await loadCase(tx, draw.procurementId);
    if (c.milestone(draw.lotNo, 'committee')?.state === 'planned') {
      c.timeline.complete(draw.lotNo, 'committee', { by: 'expert' });
      await saveCases(tx, [c]);
    }
    note(tx, draw, { actor: UNATTENDED, action: 'committee.form', event: 'committee.formed' });
  } else if (!isFormed && draw.state === 'formed') await changeDraw(tx, id, { state: 'calling' });
  if (added.length > 0 || isFormed) wakeCommittee(tx, draw);
}

export function newCall(
  tx: Tx,
  { id }: Pick<Draw, 'id'>,
  call: Pick<CommitteeCall, 'no' | 'field' | 'label' | 'chosen'> & { expertId: string; answerMinutes: number },
): CommitteeCall {
  const { no, field, label, expertId, chosen, answerMinutes } = call;
  return {
    ...{ drawId: id, no, field, label, chosen, tag: tagOf(tx.committees, id, expertId), state: 'invited' },
    ...{ askedAt: tx.now, answerUntil: tx.now + answerMinutes * MINUTE_MS },
    ...{ endedAt: null, clearedAt: null, departure: null, sealedReason: null },
  };
}

/** Notifications are made from the event: who is behind the number, `calleeOf` says. */
export function noteCalled(
  tx: Tx,
  draw: Draw,
  { no, field, chosen, answerUntil }: CommitteeCall,
  actor: Actor = UNATTENDED,
): void {
  note(tx, draw, {
    ...{ actor, action: 'committee.call', event: 'committee.called' },
    detail: { no, field, answerUntil, ...(chosen ? { chosen } : {}) },
  });
}

/** @throws DomainError `not-found` */
export async function callOf(tx: Tx, drawId: string, no: number): Promise<{ draw: Draw; call: CommitteeCall }> {
  const draw = await drawById(tx.q, drawId);
  const call = (await callsOf(tx.q, drawId)).find((each) => each.no === no);
  if (!call) throw notFound('call', `${drawId}/${no}`);
  return { draw, call };
}

export interface CallAnswer {
  readonly answer: 'confirm' | 'decline';
  readonly reasonZh: string | null;
}

/**
 * An answer to a call: who declines is followed by the next in order.
 * @param actor unnamed where the expert answers; the draw's staff where it was given to them, by telephone
 * @throws DomainError `stage-conflict` for a call that has been answered, or has lapsed
 */
export async function answerCall(
  tx: Tx,
  actor: Actor,
  { drawId, no }: Pick<CommitteeCall, 'drawId' | 'no'>,
  { answer, reasonZh }: CallAnswer,
): Promise<CommitteeCall> {
  const { draw, call } = await callOf(tx, drawId, no);
  const confirms = answer === 'confirm';
  const state = confirms ? 'confirmed' : 'declined';
  // Sent twice, it is one answer.
  if (call.state === state) return call;
  if (call.state !== 'invited' || tx.now > call.answerUntil || draw.state !== 'calling') throw answered(call);
  const change: Partial<CommitteeCall> = {
    state,
    endedAt: confirms ? null : tx.now,
    departure: confirms ? null : 'other',
    sealedReason: sealReason(tx.committees, drawId, no, reasonZh),
  };
  await changeCall(tx, call, change);
  note(tx, draw, {
    ...{ actor, action: `committee.${answer}`, event: `committee.${state}` },
    detail: { no, field: call.field },
  });
  await callNext(tx, draw);
  return { ...call, ...change };
}

/** Calls that nobody answered in time: the next in order are called. Returns whether there was one. */
export async function lapseCalls(tx: Tx, draw: Draw): Promise<boolean> {
  const late = (await callsOf(tx.q, draw.id)).filter(
    ({ state, answerUntil }) => state === 'invited' && answerUntil < tx.now,
  );
  for (const { drawId, no, field } of late) {
    await changeCall(tx, { drawId, no }, { state: 'lapsed', endedAt: tx.now });
    note(tx, draw, {
      ...{ actor: UNATTENDED, action: 'committee.lapse', event: 'committee.lapsed' },
      detail: { no, field },
    });
  }
  if (late.length > 0) await callNext(tx, draw);
  return late.length > 0;
}

/**
 * Takes a member out of the committee, and calls the next in order: what he has marked counts for nothing any more.
 */
export async function withdrawMember(
  tx: Tx,
  actor: Actor,
  { draw, call }: { readonly draw: Draw; readonly call: CommitteeCall },
  { departure, reasonZh }: { readonly departure: Departure; readonly reasonZh: string },
): Promise<void> {
  await changeCall(tx, call, {
    ...{ state: 'withdrawn', departure, endedAt: tx.now },
    sealedReason: sealReason(tx.committees, draw.id, call.no, reasonZh),
  });
  note(tx, draw, {
    ...{ actor, action: 'committee.withdraw', event: 'committee.withdrawn' },
    detail: { no: call.no, field: call.field, departure },
  });
  await callNext(tx, draw);
}

const answered = ({ state }: CommitteeCall): DomainError =>
  new DomainError('stage-conflict', {
    messageZh: state === 'invited' ? '答复期限已过，已通知下一名' : '该邀请已经答复或者已经结束',
    messageEn:
      state === 'invited'
        ? 'The time to answer is over; the next in order is called'
        : 'This call was answered already, or has ended',
    details: { field: 'state', stage: state, wanted: ['invited'] },
  });
