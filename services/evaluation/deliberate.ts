import { UNATTENDED } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { callsOf, type CommitteeCall, type Draw } from '../../db/committees/draws.ts';
import { schemeOf } from '../../db/evaluation/schemes.ts';
import { actsOf } from '../../db/evaluation/sheets.ts';
import { notFound } from '../../db/procurements.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { checkLeader } from '../../domain/committees/composition.ts';
import { isReopened } from '../../domain/evaluation/reopened.ts';
import type { ExclusionReason } from '../../domain/draws/terms.ts';
import { badInput } from '../../domain/issues.ts';
import { checkMotion } from '../../domain/evaluation/motions.ts';
import { wrongCorrection } from '../../domain/evaluation/correction.ts';
import type { Motion } from '../../domain/evaluation/acts.ts';
import type { Proceedings } from '../../domain/evaluation/proceedings.ts';
import { blindItemsOf } from '../../domain/evaluation/sheets/blind.ts';
import { mayKnow } from '../../domain/evaluation/sheets/secrecy.ts';
import { note } from '../committees/events.ts';
import { representativeLeaves } from '../committees/representatives.ts';
import { stateConflicts, type ConflictStatement } from '../committees/replace.ts';
import { numberingOf } from './numbering.ts';
import { ask, assertClarifiable } from './requests.ts';
import {
  assertBids,
  assertEvaluating,
  assertReferred,
  blindedFor,
  blindPartOnly,
  evaluationFor,
  evaluationOf,
  namedBid,
  onlyBy,
  ownSeat,
  record,
  refusedBy,
  unnamed,
  violation,
  type Evaluation,
} from './proceedings.ts';

// What members decide besides their marks: whether they must withdraw, who leads, what the check found, and what the majority decides.

/**
 * 回避: a member states, against the names of the bidders and before it reads a bid, whether there is a conflict. An expert who has one is
 * replaced by the next in order; the purchaser sends another representative for one who does.
 * @returns whether the member withdraws
 * @throws DomainError `unlawful` for who is not of this committee, `stage-conflict`, `bad-input`
 */
export async function stateConflict(
  tx: Tx,
  place: TenderPlace,
  accountId: string,
  statement: ConflictStatement,
): Promise<boolean> {
  const evaluation = await evaluationOf(tx, place, tx.now);
  const seat = ownSeat(evaluation, accountId);
  assertEvaluating(evaluation, 'incomplete');
  await commitToNumbers(tx, evaluation.draw);
  if (seat.call) {
    const found = await stateConflicts(tx, seat.call, statement);
    return found.length > 0 || statement.bidIds.length > 0;
  }
  assertBids(evaluation.proceedings, statement.bidIds, 'bidIds');
  if (seat.replaced) throw outOfState('draw', 'withdrawn', ['confirmed']);
  if (statement.bidIds.length > 0) {
    await representativeLeaves(tx, unnamed(seat), evaluation.draw, {
      ...{ memberId: seat.memberId, departure: 'recusal' },
      reasonZh: statement.reasonZh ?? '本人声明与投标人（供应商）有利害关系',
    });
    return true;
  }
  if (!seat.cleared) {
    const { memberId } = seat;
    await record(tx, evaluation.draw, { by: memberId, actor: unnamed(seat), act: { kind: 'cleared' } });
  }
  return false;
}

/** So that the numbers of the blind parts can be checked afterwards: nobody has read a bid yet. */
async function commitToNumbers(tx: Tx, draw: Draw): Promise<void> {
  const stated = await schemeOf(tx.q, draw);
  const numbering = stated && numberingOf(tx.committees, draw, stated.scheme, []);
  if (!numbering) return;
  const [calls, acts] = await Promise.all([callsOf(tx.q, draw.id), actsOf(tx.q, draw.id)]);
  if (calls.some(({ clearedAt }) => clearedAt !== null) || acts.some(({ act }) => act.kind === 'cleared')) return;
  const { commitment } = numbering;
  note(tx, draw, { actor: UNATTENDED, action: 'evaluation.blind-numbers', detail: { commitment } });
}

/**
 * The same, of an expert who answers its call: of a lot whose scheme is evaluated here, too.
 * @returns the conflicts that the platform found
 */
export async function stateOwnConflicts(
  tx: Tx,
  draw: Draw,
  call: CommitteeCall,
  statement: ConflictStatement,
): Promise<readonly ExclusionReason[]> {
  await commitToNumbers(tx, draw);
  return stateConflicts(tx, call, statement);
}

/** Votes for a leader (组长); of each member the last vote counts. @throws DomainError `unlawful` */
export async function voteForLeader(tx: Tx, place: TenderPlace, accountId: string, memberId: string): Promise<void> {
  const { draw, proceedings, seats, seat } = await evaluationFor(tx, place, accountId);
  const candidate = seats.find((each) => each.memberId === memberId && !each.replaced);
  if (!candidate) throw notFound('member', memberId);
  if (proceedings.leader !== null) throw outOfState('draw', 'led', ['formed']);
  const violations = checkLeader(proceedings.of.definition, candidate.kind).filter(
    ({ severity }) => severity === 'block',
  );
  if (violations.length > 0) throw refusedBy(violations);
  await record(tx, draw, {
    ...{ by: seat.memberId, actor: unnamed(seat), act: { kind: 'leader', memberId } },
    detail: { memberId },
  });
}

/** A finding is confirmed with a reason, by the member it is about; by the leader where it is about all. */
export async function answerFinding(
  tx: Tx,
  place: TenderPlace,
  accountId: string,
  { key, reasonZh }: { readonly key: string; readonly reasonZh: string },
): Promise<void> {
  const evaluation = await evaluationFor(tx, place, accountId);
  const { draw, proceedings, seat } = evaluation;
  const blinded = blindedFor(evaluation, seat.memberId);
  const open = [...proceedings.parts.flatMap((part) => part.open), ...proceedings.brands.open].find(
    (each) => (blinded ? blinded.finding(each) : each).key === key,
  );
  if (!open) throw notFound('finding', key);
  if (open.must === 'correct') {
    throw refusedBy([
      violation(open.rule, {
        field: 'key',
        given: key,
        messageZh: `此项应当更正，不能以理由确认：${open.zh}`,
        messageEn: `This is put right, and not confirmed with a reason: ${open.en}`,
      }),
    ]);
  }
  const owner = open.memberId ?? proceedings.leader;
  if (owner !== seat.memberId) throw onlyBy(proceedings, seat, owner);
  await record(tx, draw, {
    ...{ by: seat.memberId, actor: unnamed(seat), act: { kind: 'answer', key: open.key, reasonZh } },
    detail: { key },
  });
}

/**
 * Puts something to the vote of the committee; who moves it votes for it. It is decided by more than half of all members.
 * @throws DomainError `unlawful`, `bad-input`, `stage-conflict`
 */
export async function move(tx: Tx, place: TenderPlace, accountId: string, given: Motion): Promise<string> {
  const evaluation = await evaluationFor(tx, place, accountId);
  const { draw, proceedings, seat } = evaluation;
  const motion = meant(evaluation, given);
  assertMotion(proceedings, motion);
  return record(tx, draw, {
    ...{ by: seat.memberId, actor: unnamed(seat), act: { kind: 'motion', motion } },
    detail: { on: motion.on, ...('bidId' in given ? { bidId: given.bidId } : {}) },
  });
}

/** With the id of the bid, whose blind part a member may know by its number alone. */
function meant(evaluation: Evaluation, motion: Motion): Motion {
  if (!('bidId' in motion)) return motion;
  const { bidId, isBlind } = namedBid(evaluation, motion.bidId);
  if (motion.on === 'clarification') return { ...motion, bidId, ...(isBlind ? { blind: true } : {}) };
  const isOfPart = motion.on === 'outlier' && blindItemsOf(evaluation.proceedings.of.scheme).has(motion.item);
  if (isBlind && !isOfPart) throw blindPartOnly(evaluation.proceedings, 'motion.bidId', motion.bidId);
  return { ...motion, bidId };
}

function assertMotion(proceedings: Proceedings, motion: Motion): void {
  if (proceedings.isBeingSigned) throw outOfState('lot', 'signing', ['evaluation']);
  const begun = proceedings.parts.every(({ closed }) => closed);
  // That a mark is wrong is found before it is changed, and what is not clear in a bid is asked while it is judged.
  if (!begun && motion.on !== 'outlier' && motion.on !== 'clarification')
    throw outOfState('lot', 'marking', ['marked']);
  const bidIds = 'bidId' in motion ? [motion.bidId] : [];
  assertBids(proceedings, bidIds, 'motion.bidId');
  assertReferred(proceedings, 'motion.bidId', bidIds, motion.on);
  const violations = checkMotion(proceedings.of.definition, proceedings.of.scheme, motion);
  if (violations.length > 0) throw refusedBy(violations);
  if (motion.on === 'outlier') assertMark(proceedings, motion);
  const bidOf = (bidId: string) => proceedings.of.bids.find((each) => each.bidId === bidId);
  if (motion.on === 'price' && bidOf(motion.bidId)?.priceFen !== null) {
    throw refusedBy([
      violation(proceedings.of.definition.evaluation.correction.rule, {
        field: 'motion.priceFen',
        given: motion.priceFen,
        messageZh: '该投标的报价已由平台开启，不由评委填写；依法修正的，逐项列明',
        messageEn: 'The price of this bid was opened by the platform: it is corrected step by step, and never typed',
      }),
    ]);
  }
  if (motion.on === 'correction') {
    const { rule, steps } = proceedings.of.definition.evaluation.correction;
    const wrong = wrongCorrection(steps, motion.corrections, proceedings.priceOf(motion.bidId));
    if (wrong) {
      const { index, ...message } = wrong;
      const given = motion.corrections[index]?.step ?? null;
      throw refusedBy([violation(rule, { field: `motion.corrections[${index}]`, given, ...message })]);
    }
  }
  if (motion.on === 'low-price') assertExplained(proceedings, motion.bidId);
  if (motion.on === 'clarification') assertClarifiable(proceedings, motion.ground, 'motion.ground');
}

/** Nobody is rejected for a low price who was not asked, or whose time to explain is not over. */
function assertExplained(proceedings: Proceedings, bidId: string): void {
  const { definition } = proceedings.of;
  const asked = proceedings.requests.find((each) => each.bidId === bidId && each.about.on === 'low-price');
  if (asked && (asked.answer !== null || asked.lapsed)) return;
  throw refusedBy([
    violation(definition.evaluation.scheme.abnormalLow.request, {
      field: 'motion.bidId',
      given: bidId,
      messageZh: asked ? '投标人的说明期限未到，也未收到说明' : '应当先要求投标人在合理时间内说明报价，再作决定',
      messageEn: asked
        ? 'The bidder still has time to explain, and has not'
        : 'The bidder is asked first, and given a reasonable time to explain its price',
    }),
  ]);
}

/** A mark of a member who sits, of an item that was referred. */
function assertMark(
  { of: { sheets }, sitting, reopened }: Proceedings,
  { memberId, bidId, item }: Extract<Motion, { on: 'outlier' }>,
): void {
  const sheet = sheets.find((each) => each.memberId === memberId && each.bidId === bidId);
  const isMark = sheet?.entries.some((entry) => entry.item === item && 'points' in entry) ?? false;
  if (isMark && sitting.includes(memberId) && reopened && isReopened(reopened, bidId, item)) return;
  throw badInput([
    {
      field: 'motion.item',
      rule: 'mark-referred',
      messageZh: '应为在任成员对提交复核的项的评分',
      messageEn: 'It must be the mark of a member who sits, for an item that was referred',
    },
  ]);
}

/** @throws DomainError `stage-conflict` for one that is decided, or for a second vote */
export async function vote(
  tx: Tx,
  place: TenderPlace,
  accountId: string,
  { motionId, yes }: { readonly motionId: string; readonly yes: boolean },
): Promise<void> {
  const evaluation = await evaluationFor(tx, place, accountId);
  const { draw, proceedings, seat } = evaluation;
  const motion = proceedings.motions.find(({ id }) => id === motionId);
  if (!motion) throw notFound('motion', motionId);
  // Who comes new votes on what may tell a price once it has signed the technical part.
  if (!mayKnow(proceedings.shown(seat.memberId), motion.motion.on)) throw outOfState('lot', 'before-price', ['price']);
  const voted = [...motion.yes, ...motion.no].includes(seat.memberId);
  if (voted || proceedings.isBeingSigned) throw outOfState('lot', voted ? 'voted' : 'signing', ['evaluation']);
  await record(tx, draw, {
    ...{ by: seat.memberId, actor: unnamed(seat), act: { kind: 'vote', motionId, yes } },
    detail: { motionId },
  });
  const { adopted } =
    (await evaluationOf(tx, place, tx.now)).proceedings.motions.find(({ id }) => id === motionId) ?? {};
  const { motion: moved, adopted: before } = motion;
  if (adopted !== true || before === true) return;
  if (moved.on === 'correction') {
    const { bidId, minutes } = moved;
    await ask(tx, place, { draw, seat }, { bidId, minutes, about: { on: 'correction', motionId } });
  }
  if (moved.on === 'clarification' && !proceedings.openRequest(moved.bidId)) {
    const { bidId, minutes, ground, textZh, confirm, blind } = moved;
    const about = { on: 'clarification', ground, textZh, confirm, ...(blind ? { blind } : {}) } as const;
    const known = blind ? blindedFor(evaluation, seat.memberId)?.blindIdOf(bidId) : bidId;
    await ask(tx, place, { draw, seat }, { bidId, minutes, about }, known);
  }
}
