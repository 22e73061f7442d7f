import { peopleOf } from '../../db/accounts/membership-requests.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { UNATTENDED } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Draw } from '../../db/committees/draws.ts';
import { actsOf } from '../../db/evaluation/sheets.ts';
import { biddersOf } from '../../db/parties/names.ts';
import { notFound } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import type { PriceCorrection } from '../../domain/decisions.ts';
import type { Inquiry } from '../../domain/evaluation/acts.ts';
import type { Proceedings } from '../../domain/evaluation/proceedings.ts';
import { unansweredIn, type RequestState } from '../../domain/evaluation/requested.ts';
import { checkAnswer, checkGround } from '../../domain/evaluation/clarification.ts';
import { badInput } from '../../domain/issues.ts';
import type { Bilingual } from '../../domain/law/timeline.ts';
import { namesIn } from '../../sealing/blind/finding.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import { wakeCommittee } from '../committees/events.ts';
import {
  assertBids,
  assertEvaluating,
  assertLeader,
  assertReferred,
  blindPartOnly,
  evaluationFor,
  evaluationOf,
  namedBid,
  record,
  refusedBy,
  unnamed,
  type Evaluation,
  type NamedSeat,
  type Reading,
} from './proceedings.ts';

// What a committee asks of bidders, and what they answer: in writing, within a time, and beside the bid.

/** The people of its bidder learn that the committee asked something. */
export async function notifyBidder(tx: Tx, { procurementId, lotNo }: TenderPlace, bidId: string): Promise<void> {
  const supplierId = (await biddersOf(tx.q, [bidId])).get(bidId)?.supplierId;
  if (supplierId === undefined) return;
  const people = (await peopleOf(tx.q, supplierId)).map(({ accountId }) => accountId);
  await notify(tx, people, 'bid.asked', { procurementId, lotNo, bidId });
}

const MINUTE_MS = 60_000;

/** What the committee asks of a bidder, and how long it may take to answer. */
export interface GivenRequest {
  /** Of the bid, or of its blind part. */
  readonly bidId: string;
  readonly minutes: number;
  readonly about: Exclude<Inquiry, { on: 'correction' }>;
}

/**
 * The leader asks a bidder, in writing and until an instant: to explain a low price, or to clarify on one of the grounds of the law.
 * @throws DomainError `unlawful`, `bad-input`, `stage-conflict`
 */
export async function askBidder(tx: Tx, place: TenderPlace, accountId: string, given: GivenRequest): Promise<void> {
  const evaluation = await evaluationFor(tx, place, accountId);
  const { proceedings } = evaluation;
  assertLeader(evaluation);
  const { bidId, isBlind } = namedBid(evaluation, given.bidId);
  const about = given.about.on === 'clarification' && isBlind ? { ...given.about, blind: true } : given.about;
  if (isBlind && about.on !== 'clarification') throw blindPartOnly(proceedings, 'bidId', given.bidId);
  assertBids(proceedings, [bidId], 'bidId');
  assertReferred(proceedings, 'bidId', [bidId]);
  if (proceedings.isBeingSigned) throw outOfState('lot', 'signing', ['evaluation']);
  if (about.on === 'low-price') {
    if (proceedings.parts.some(({ closed }) => !closed)) throw outOfState('lot', 'marking', ['marked']);
    const asked = proceedings.requests.some((each) => each.bidId === bidId && each.about.on === 'low-price');
    if (asked) throw outOfState('lot', 'asked', ['evaluation']);
  } else assertClarifiable(proceedings, about.ground, 'ground');
  if (proceedings.openRequest(bidId)) throw outOfState('lot', 'asked', ['evaluation']);
  await ask(tx, place, evaluation, { ...given, bidId, about }, given.bidId);
}

/**
 * Records the request, and the people of its bidder learn of it.
 * @param known the id by which the committee knows the bid
 */
export async function ask(
  tx: Tx,
  place: TenderPlace,
  { draw, seat }: Pick<Evaluation, 'draw'> & { readonly seat: NamedSeat },
  { bidId, minutes, about }: Omit<GivenRequest, 'about'> & { readonly about: Inquiry },
  known = bidId,
): Promise<void> {
  const until = tx.now + minutes * MINUTE_MS;
  await record(tx, draw, {
    ...{ by: seat.memberId, actor: unnamed(seat), act: { kind: 'ask', bidId, until, about } },
    detail: { bidId: known, until, on: about.on, ...(about.on === 'clarification' ? { ground: about.ground } : {}) },
  });
  await notifyBidder(tx, place, bidId);
  wakeCommittee(tx, draw);
}

/** @throws DomainError `unlawful` */
export function assertClarifiable({ of: { definition } }: Proceedings, ground: number, field: string): void {
  const violations = checkGround(definition, ground, field);
  if (violations.length > 0) throw refusedBy(violations);
}

/** A bidder answers what the committee asked of it. */
export type BidderAnswer =
  | {
      readonly kind: 'explanation';
      readonly textZh: string;
      readonly confirmed: readonly boolean[];
      readonly name: string | null;
    }
  | { readonly kind: 'confirmation'; readonly yes: boolean; readonly name: string };

/**
 * @throws DomainError `not-found` where nothing was asked, `stage-conflict` after the time for it, or for a second answer;
 *   `unlawful` for an answer that changes the price, `bad-input`
 */
export async function answerCommittee(
  tx: Tx,
  actor: Parameters<typeof record>[2]['actor'],
  place: TenderPlace & { readonly bidId: string; readonly supplierId: string },
  answer: BidderAnswer,
): Promise<void> {
  const evaluation = await evaluationOf(tx, place, tx.now);
  const { bidId, supplierId } = place;
  const bidder = (await biddersOf(tx.q, [bidId])).get(bidId);
  if (bidder?.supplierId !== supplierId) throw notFound('bid', bidId);
  assertEvaluating(evaluation, 'incomplete');
  const { draw, proceedings } = evaluation;
  if (answer.kind === 'explanation') {
    const asked = proceedings.requests.findLast((each) => each.bidId === bidId && each.about.on !== 'correction');
    if (!asked) throw notFound('request', bidId);
    if (asked.answer !== null || asked.lapsed) {
      throw outOfState('lot', asked.answer === null ? 'late' : 'explained', ['asked']);
    }
    assertWithinBid(proceedings, asked, answer);
    assertUnnamed(asked, answer.textZh, bidder.supplier);
    const act = { ...answer, requestId: asked.id };
    await record(tx, draw, { by: bidId, actor, act, detail: { bidId, requestId: asked.id } });
    wakeCommittee(tx, draw);
    return;
  }
  const correction = proceedings.motions.findLast(
    ({ motion, adopted }) => adopted === true && motion.on === 'correction' && motion.bidId === bidId,
  );
  if (!correction) throw notFound('request', bidId);
  const asked = proceedings.confirmationOf(correction.id);
  if (!asked || asked.answer !== null || asked.lapsed)
    throw outOfState('lot', asked?.lapsed ? 'late' : 'answered', ['asked']);
  const act = { ...answer, motionId: correction.id };
  await record(tx, draw, { by: bidId, actor, act, detail: { bidId, motionId: correction.id } });
  wakeCommittee(tx, draw);
}

/** A corrected price that a bidder was asked to confirm; `answer` null: it has not answered. */
export interface AskedCorrection {
  readonly steps: readonly PriceCorrection[];
  /** The last instant to answer (civil epoch ms). */
  readonly until: number | null;
  readonly answer: { readonly yes: boolean; readonly name: string } | null;
}

/** In the order in which they were decided. */
function correctionsOf(proceedings: Proceedings, bidId: string): AskedCorrection[] {
  return proceedings.motions.flatMap(({ id, motion, adopted }) => {
    if (adopted !== true || motion.on !== 'correction' || motion.bidId !== bidId) return [];
    const given = proceedings.acts('confirmation').find(({ act }) => act.motionId === id)?.act;
    const until = proceedings.confirmationOf(id)?.until ?? null;
    return [{ steps: motion.corrections, until, answer: given ? { yes: given.yes, name: given.name } : null }];
  });
}

/**
 * What was asked of a bid, for its bidder alone, and what follows where nobody answers.
 * @throws DomainError `not-found` for the bid of another
 */
export async function requestsTo(
  of: Reading,
  { bidId, supplierId, ...place }: TenderPlace & { readonly bidId: string; readonly supplierId: string },
  now: number,
): Promise<{
  readonly requests: readonly RequestState[];
  readonly corrections: readonly AskedCorrection[];
  readonly unanswered: Bilingual;
}> {
  if ((await biddersOf(of.q, [bidId])).get(bidId)?.supplierId !== supplierId) throw notFound('bid', bidId);
  const { proceedings } = await evaluationOf(of, place, now);
  const rule = proceedings.of.definition.evaluation.scheme.clarification?.unanswered;
  const cited = rule && citationOf(rule);
  return {
    requests: proceedings.requests.filter((each) => each.bidId === bidId && each.about.on !== 'correction'),
    corrections: correctionsOf(proceedings, bidId),
    unanswered: {
      zh: `逾期未答复的，按投标文件原文评审${cited ? `，评标委员会可以否决其投标（${cited.zh}）` : ''}`,
      en: `Who does not answer in time is judged by the bid as it is${cited ? `, and the committee may reject it (${cited.en})` : ''}`,
    },
  };
}

/** An answer changes nothing of substance: it stands beside the bid, and states no other price than the opened one. */
function assertWithinBid(
  proceedings: Proceedings,
  { bidId, about }: RequestState,
  { textZh, confirmed, name }: Extract<BidderAnswer, { kind: 'explanation' }>,
): void {
  if (about.on !== 'clarification') return;
  if (confirmed.length !== about.confirm.length) {
    throw badInput([
      {
        field: 'confirmed',
        rule: 'each-item',
        messageZh: `请逐项确认：共 ${about.confirm.length} 项`,
        messageEn: `Confirm each item, or do not: there are ${about.confirm.length}`,
      },
    ]);
  }
  const violations = checkAnswer(proceedings.of.definition, proceedings.priceOf(bidId), { textZh, name });
  if (violations.length > 0) throw refusedBy(violations);
}

/** What is said of a blind part is read under its number. */
function assertUnnamed({ about }: RequestState, textZh: string, supplier: string): void {
  if (about.on !== 'clarification' || about.blind !== true) return;
  if (namesIn('textZh', textZh, [supplier]).length === 0) return;
  throw badInput([
    {
      field: 'textZh',
      rule: 'blind',
      messageZh: '所问为暗标部分，成员只知道编号：答复不得写明投标人名称',
      messageEn: 'It is about the blind part, which members know by its number: the answer does not name the bidder',
    },
  ]);
}

/** Where the time of a request is over and nobody has answered, that is on record, once. */
export async function lapseRequests(tx: Tx, draw: Draw): Promise<void> {
  const acts = await actsOf(tx.q, draw.id);
  for (const { id, bidId, until } of unansweredIn(acts)) {
    if (tx.now <= until) continue;
    const act = { kind: 'unanswered', requestId: id } as const;
    await record(tx, draw, { by: bidId, actor: UNATTENDED, act, detail: { bidId, requestId: id } });
  }
}
