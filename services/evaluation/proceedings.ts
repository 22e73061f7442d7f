import type { DrawState } from '../../domain/committees/state.ts';
import { v7 as newId } from 'uuid';
import type { Actor } from '../../db/audit.ts';
import type { Queries, Tx } from '../../db/access/database.ts';
import { callsOf, latestDraw, type CommitteeCall, type Draw } from '../../db/committees/draws.ts';
import { expertById } from '../../db/committees/experts.ts';
import { schemeOf } from '../../db/evaluation/schemes.ts';
import { actsOf, insertAct, sheetsOf } from '../../db/evaluation/sheets.ts';
import type { CommitteeSafe } from '../../db/files/committee-safe.ts';
import { openedBids, unsealingsOf } from '../../db/openings/unsealings.ts';
import { notFound, procurementById, type LotRow, type Procurement } from '../../db/procurements.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import type { StandingBid } from '../../db/bids.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { CommitteeAct, Motion } from '../../domain/evaluation/acts.ts';
import { itemsSignedByAll, Proceedings, type Seat } from '../../domain/evaluation/proceedings.ts';
import { isRechecked } from '../../domain/evaluation/recheck.ts';
import { lawOf } from '../../domain/evaluation/scheme/law.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput } from '../../domain/issues.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../../domain/law/violation.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import { note } from '../committees/events.ts';
import { openDrawSeal } from '../committees/sealed.ts';
import type { OrderedBids } from '../../proofs/tie-order.ts';
import { Blinded, numberingOf, type Numbering } from './numbering.ts';
import { tieOrderOf } from './tie-order.ts';

/** A seat with who is in it: for those alone who may know it. */
export interface NamedSeat extends Seat {
  readonly name: string;
  readonly accountId: string | null;
  /** Of an expert. */
  readonly call: CommitteeCall | null;
}

/** The evaluation of a lot, as far as it goes. */
export interface Evaluation {
  readonly draw: Draw;
  readonly procurement: Procurement;
  readonly lot: LotRow;
  readonly seats: readonly NamedSeat[];
  readonly bids: readonly StandingBid[];
  /** Of equal bids (随机抽取). */
  readonly order: OrderedBids;
  readonly proceedings: Proceedings;
  /** Null: nothing is blind. */
  readonly numbering: Numbering | null;
}

export interface Reading {
  readonly q: Queries;
  readonly committees: CommitteeSafe;
}

/**
 * The evaluation of a lot by the committee that was drawn here, under the scheme of its documents.
 * @param marks `signed`: without the sheets of parts that somebody has not signed, which decide nothing yet
 * @throws DomainError `not-found` where there is no such committee, or no scheme
 */
export async function evaluationOf(
  of: Reading,
  place: TenderPlace,
  now: number,
  marks: 'all' | 'signed' = 'all',
): Promise<Evaluation> {
  const { q } = of;
  const { procurementId, lotNo } = place;
  const [draw, stated] = await Promise.all([latestDraw(q, place), schemeOf(q, place)]);
  if (!draw || draw.formedAt === null || !stated) throw notFound('evaluation', `${procurementId}/lot/${lotNo}`);
  const procurement = await procurementById(q, procurementId);
  const lot = procurement.lots.find(({ no }) => no === lotNo);
  if (!lot) throw notFound('lot', `${procurementId}/lot/${lotNo}`);
  const [acts, bids, unsealings] = await Promise.all([
    actsOf(q, draw.id),
    openedBids(q, procurementId, lotNo),
    unsealingsOf(q, procurementId),
  ]);
  const cleared = new Set(acts.flatMap(({ by, act }) => (act.kind === 'cleared' ? [by] : [])));
  const seats = await seatsOf(of, draw, cleared);
  const definition = procedureOf(procurement);
  const { kind, noticeAt, particulars } = procurement;
  const order = tieOrderOf(place, bids, unsealings);
  const prices = new Map(unsealings.map(({ bidId, manifest }) => [bidId, manifest?.priceFen ?? null]));
  const about = {
    ...{ definition, scheme: stated.scheme, seats, acts, now },
    law: lawOf(definition, stated.scheme, { kind, noticeAt }),
    limits: { budgetFen: lot.budgetFen, ceilingFen: particulars?.ceilingPriceFen ?? null },
    bids: bids.map(({ id }) => ({ bidId: id, priceFen: prices.get(id) ?? null })),
    drawn: order.bids.map(({ bidId }) => bidId),
  };
  // In a recheck what was entered before says what may change, whoever has come new since.
  const isEnough = marks === 'signed' && !acts.some(({ act }) => act.kind === 'reopen');
  const sheets = await sheetsOf(q, draw.id, isEnough ? itemsSignedByAll(about) : undefined);
  const bidIds = bids.map(({ id }) => id);
  const numbering = numberingOf(of.committees, draw, stated.scheme, bidIds);
  return { draw, procurement, lot, seats, bids, order, numbering, proceedings: new Proceedings({ ...about, sheets }) };
}

/** How the bids are shown to a member; null: as they are. */
export function blindedFor({ numbering, proceedings }: Evaluation, memberId: string): Blinded | null {
  if (!numbering || proceedings.shown(memberId).names) return null;
  return new Blinded(proceedings.of.scheme, numbering);
}

/** The bid behind an id that may be a blind one, and whether it is. */
export function namedBid(
  { numbering }: Pick<Evaluation, 'numbering'>,
  given: string,
): { readonly bidId: string; readonly isBlind: boolean } {
  const found = numbering?.bids.find(({ blindId }) => blindId === given);
  return { bidId: found?.bidId ?? given, isBlind: found !== undefined };
}

/** @throws DomainError `unlawful`: under a number only what is in the blind part is judged, and asked about */
export const blindPartOnly = ({ of }: Proceedings, field: string, given: string): DomainError =>
  refusedBy([
    violation(of.definition.evaluation.scheme.sheets.perDocuments, {
      field,
      given,
      messageZh: '暗标编号只用于暗标部分的评审和澄清；此事项以投标编号（bidId）提出',
      messageEn: 'A blindId is for what is in the blind part; this is raised under the id of the bid',
    }),
  ]);

/** Everybody who sits, or sat, in a committee. */
export async function seatsOf(
  { q, committees }: Reading,
  draw: Draw,
  cleared: ReadonlySet<string>,
): Promise<NamedSeat[]> {
  const { people, representatives } = openDrawSeal(committees, draw);
  const seats: NamedSeat[] = [];
  for (const call of await callsOf(q, draw.id)) {
    const found = people[call.label];
    if (!found || !['confirmed', 'withdrawn'].includes(call.state)) continue;
    const { accountId } = await expertById(q, found.expertId);
    seats.push({
      ...{ memberId: `expert-${call.no}`, kind: 'expert', name: found.person.name, accountId, call },
      ...{ replaced: call.state === 'withdrawn', cleared: call.clearedAt !== null },
    });
  }
  representatives.forEach(({ name, accountId, left }, index) => {
    const memberId = `purchaser-${index + 1}`;
    const stands = { replaced: left !== undefined, cleared: cleared.has(memberId) };
    seats.push({ memberId, kind: 'purchaser', name, accountId, call: null, ...stands });
  });
  return seats;
}

/** A member who acts, without a name: the trail would else tell who sits. */
export const unnamed = ({ kind }: Pick<Seat, 'kind'>): Actor => ({
  accountId: null,
  organisationId: null,
  role: kind,
  address: null,
  requestId: null,
});

/**
 * The seat of a person.
 * @throws DomainError `unlawful` for who is not of this committee
 */
export function ownSeat({ seats, proceedings }: Evaluation, accountId: string): NamedSeat {
  const seat = seats.find((each) => each.accountId === accountId);
  if (seat) return seat;
  const { definition } = proceedings.of;
  throw refusedBy([
    violation(definition.evaluation.scheme.sheets.notMember, {
      field: 'memberId',
      given: null,
      messageZh: `不是本${definition.words.committee}的成员`,
      messageEn: 'Not a member of this committee',
    }),
  ]);
}

export const violation = (id: RuleId, finding: Parameters<typeof breachOf>[2]): Violation =>
  breachOf(getRule(id), severityOf(getRule(id)), finding);

export const refusedBy = (violations: readonly Violation[]): DomainError =>
  new DomainError('unlawful', {
    messageZh: violations.map(({ messageZh }) => messageZh).join('；'),
    messageEn: violations.map(({ messageEn }) => messageEn).join('; '),
    details: { violations },
  });

/**
 * The evaluation for an act of one of its members: bids of its lot are being evaluated, the member still sits, and has stated that
 * there is no conflict with the bidders.
 * @param committee `incomplete`: somebody may still be called in the place of who was replaced
 * @param marks as of `evaluationOf`
 * @throws DomainError `stage-conflict`, `unlawful`, `not-found`
 */
export async function evaluationFor(
  tx: Tx,
  place: TenderPlace,
  accountId: string,
  committee: 'complete' | 'incomplete' = 'complete',
  marks: 'all' | 'signed' = 'all',
): Promise<Evaluation & { readonly seat: NamedSeat }> {
  const evaluation = await evaluationOf(tx, place, tx.now, marks);
  const seat = ownSeat(evaluation, accountId);
  assertEvaluating(evaluation, committee);
  const { definition } = evaluation.proceedings.of;
  assertServes(evaluation, seat);
  if (!seat.cleared) {
    throw refusedBy([
      violation(definition.committee.bars.interest, {
        field: 'cleared',
        given: null,
        messageZh: '请先对照投标人名称声明有无利害关系，再查看和评审',
        messageEn: 'State first whether you have a conflict with one of the bidders; then bids are read and judged',
      }),
    ]);
  }
  return { ...evaluation, seat };
}

/**
 * Who was replaced, as for a conflict, neither does nor learns anything more.
 * @throws DomainError `unlawful`
 */
export function assertServes({ proceedings }: Pick<Evaluation, 'proceedings'>, seat: Seat): void {
  if (!seat.replaced) return;
  throw refusedBy([
    violation(proceedings.of.definition.evaluation.scheme.sheets.replaced, {
      field: 'memberId',
      given: seat.memberId,
      messageZh: '该成员已被更换，其意见无效，不再参加、查看评审',
      messageEn: 'The member was replaced: what it enters is void, and it takes no further part',
    }),
  ]);
}

/** @throws DomainError `stage-conflict` */
export function assertEvaluating({ lot, draw, proceedings }: Evaluation, committee: 'complete' | 'incomplete'): void {
  const rechecked = proceedings.isReopened && isRechecked(proceedings.of.definition, lot.stage);
  if (lot.stage !== 'evaluation' && !rechecked) throw outOfState('lot', lot.stage, ['evaluation']);
  // While somebody is called in the place of who was replaced, the others go on marking, and decide nothing.
  const states: DrawState[] = committee === 'complete' ? ['formed'] : ['formed', 'calling'];
  if (!states.includes(draw.state)) throw outOfState('draw', draw.state, states);
  if (proceedings.isReported) throw outOfState('lot', 'reported', ['evaluation']);
}

/** @throws DomainError `unlawful`: somebody else's to do */
export const onlyBy = ({ of }: Proceedings, { memberId }: NamedSeat, owner: string | null) =>
  refusedBy([
    violation(of.definition.evaluation.scheme.sheets.independent, {
      field: 'memberId',
      given: memberId,
      messageZh: owner === null ? '尚未推选组长' : `应由 ${owner} 办理`,
      messageEn: owner === null ? 'There is no leader yet' : `It is for ${owner} to do`,
    }),
  ]);

/** @throws DomainError `unlawful` where another leads, or nobody */
export function assertLeader({ proceedings, seat }: Evaluation & { readonly seat: NamedSeat }): void {
  if (proceedings.leader !== seat.memberId) throw onlyBy(proceedings, seat, proceedings.leader);
}

/**
 * In a recheck nothing is decided of a bid that was not referred; that a mark is too high or too low is found in a recheck alone.
 * @throws DomainError `unlawful`
 */
export function assertReferred(
  { of, reopened }: Proceedings,
  field: string,
  bidIds: readonly string[],
  on?: Motion['on'],
): void {
  const beyond = reopened === null ? undefined : bidIds.find((bidId) => !reopened.bidIds.includes(bidId));
  const notReopened = on === 'outlier' && !reopened?.found;
  if (beyond === undefined && !notReopened) return;
  throw refusedBy([
    violation(of.definition.recheck.only, {
      field,
      given: beyond ?? on ?? null,
      messageZh: notReopened
        ? '只有以评分畸高、畸低提交复核的，才能作此认定'
        : '该投标（响应）没有提交复核，不得改变其评审结果',
      messageEn: notReopened
        ? 'This is found only in a recheck that was referred on this ground'
        : 'The bid was not referred to the committee: its result does not change',
    }),
  ]);
}

/** @throws DomainError `bad-input` */
export function assertBids({ bidIds }: Proceedings, given: readonly string[], field: string): void {
  const unknown = given.find((bidId) => !bidIds.includes(bidId));
  if (unknown === undefined) return;
  throw badInput([
    {
      field,
      rule: 'bid-of-lot',
      messageZh: '不是本标段的投标文件',
      messageEn: 'It is no bid of this lot',
    },
  ]);
}

interface Done {
  /** A member, or the bid whose bidder acts. */
  readonly by: string;
  readonly actor: Actor;
  readonly act: CommitteeAct;
  /** For the trail: it never names a member, nor tells a mark. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/**
 * What the trail has of something that was signed. Whoever reads the trail before the award could try all marks until their hash fits: so
 * a keyed hash of what it belongs to goes in first, which the platform can make again.
 * @returns SHA-256 in hex of the canonical JSON of the salt and the value
 */
export const signedHash = ({ committees }: Pick<Tx, 'committees'>, place: readonly string[], value: unknown): string =>
  canonicalHash({ salt: committees.tag('signed', ...place), value });

/** Records what somebody did in an evaluation. */
export async function record(tx: Tx, draw: Draw, { by, actor, act, detail = {} }: Done): Promise<string> {
  const id = newId();
  await insertAct(tx, { id, drawId: draw.id, by, act, at: tx.now });
  note(tx, draw, {
    ...{ actor, action: `evaluation.${act.kind}`, event: `evaluation.${act.kind}` },
    detail: { by, ...detail },
  });
  return id;
}
