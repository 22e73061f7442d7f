import { v7 as newId } from 'uuid';
import { accountNames } from '../../db/accounts/accounts.ts';
import type { Actor } from '../../db/audit.ts';
import type { Queries, Tx } from '../../db/access/database.ts';
import { latestDraw, type Draw } from '../../db/committees/draws.ts';
import { actsOf, insertAct } from '../../db/evaluation/sheets.ts';
import { notFound, type LotRow } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import { DomainError } from '../../domain/errors.ts';
import {
  presenceLog,
  presenceOf,
  seatingOf,
  type Presence,
  type PresenceLine,
} from '../../domain/evaluation/presence.ts';
import {
  venueOf,
  type Direction,
  type IdentityDocument,
  type PresenceAct,
  type Seating,
  type Venue,
} from '../../domain/evaluation/venues.ts';
import { badInput, type Issue } from '../../domain/issues.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import { note } from '../committees/events.ts';
import { isStaffOf } from '../committees/members.ts';
import {
  assertEvaluating,
  evaluationOf,
  seatsOf,
  type Evaluation,
  type NamedSeat,
  type Reading,
} from './proceedings.ts';

/**
 * 主场、副场、远程席位: where a committee sits, as the centre states it; a second statement replaces the first, which is kept.
 * @throws DomainError `forbidden` for who did not hold the draw, `bad-input`, `stage-conflict`, `not-found`
 */
export async function stateVenues(tx: Tx, actor: Actor, place: TenderPlace, seating: Seating): Promise<void> {
  const evaluation = await evaluationOf(tx, place, tx.now);
  const staff = await staffOf(tx.q, evaluation.draw, actor);
  if (evaluation.lot.stage !== 'pending' && evaluation.lot.stage !== 'opening')
    assertEvaluating(evaluation, 'incomplete');
  assertSeating(evaluation, seating);
  const { venues, seats } = seating;
  const before = seatingOf(evaluation.proceedings.of.acts);
  if (before && canonicalHash(before) === canonicalHash({ venues, seats })) return;
  await keep(tx, actor, evaluation.draw, { kind: 'venues', staff, venues, seats });
}

/**
 * 核验身份: the staff saw an identity document of a member, who is in from then on. Sent twice, it is one check-in.
 * @throws DomainError as `stateVenues`; `stage-conflict` where no venue is stated
 */
export async function checkIn(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  { memberId, document }: { readonly memberId: string; readonly document: IdentityDocument },
): Promise<void> {
  const { draw, staff, venue, presence } = await recording(tx, actor, place, memberId);
  if (presence) return;
  await keep(tx, actor, draw, { kind: 'check-in', staff, memberId, document, venue });
}

/**
 * A member who was checked in leaves, or comes back. Who is where it says already changes nothing.
 * @throws DomainError as `checkIn`; `forbidden` for who was not checked in
 */
export async function recordPresence(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  { memberId, direction }: { readonly memberId: string; readonly direction: Direction },
): Promise<void> {
  const { draw, staff, venue, presence } = await recording(tx, actor, place, memberId, direction);
  if (!presence) throw absent(memberId, undefined);
  if (presence.isIn === (direction === 'in')) return;
  // Who leaves leaves the place where it was.
  const at = direction === 'in' ? venue : presence.venue;
  await keep(tx, actor, draw, { kind: 'presence', staff, memberId, direction, venue: at });
}

/**
 * A member may act where the installation asks for its presence: it was checked in, and is in. Who has no seat is refused by the act.
 * @throws DomainError `forbidden`
 */
export async function assertPresent(tx: Tx, place: TenderPlace, accountId: string): Promise<void> {
  const draw = await latestDraw(tx.q, place);
  if (!draw) return;
  const seat = (await seatsOf(tx, draw, new Set())).find((each) => each.accountId === accountId && !each.replaced);
  if (!seat) return;
  const presence = presenceOf(await actsOf(tx.q, draw.id)).get(seat.memberId);
  if (!presence?.isIn) throw absent(seat.memberId, presence);
}

/** A member with its place; by name after the award. */
export interface SeatPresence extends Pick<NamedSeat, 'memberId' | 'kind' | 'replaced'> {
  readonly name: string | null;
  /** Number of its venue; null: a remote seat, or none is stated. */
  readonly venue: number | null;
  readonly presence: Presence | null;
}

export interface PresenceRecord {
  readonly venues: readonly Venue[];
  readonly members: readonly SeatPresence[];
  /** `by`: the name of who recorded it. */
  readonly lines: readonly (PresenceLine & { readonly by: string })[];
}

/**
 * 到场记录: for the supervisor and the staff who held the draw at any time, for others after the award.
 * @throws DomainError `forbidden`, `not-found`
 */
export async function presenceRecord(
  of: Reading,
  actor: Actor,
  lot: Pick<LotRow, 'procurementId' | 'no' | 'awardedAt'>,
): Promise<PresenceRecord> {
  const place = { procurementId: lot.procurementId, lotNo: lot.no };
  const draw = await latestDraw(of.q, place);
  if (!draw || draw.formedAt === null) throw notFound('presence', `${place.procurementId}/lot/${place.lotNo}`);
  const isAwarded = lot.awardedAt !== null;
  if (actor.role === 'centre') await staffOf(of.q, draw, actor);
  else if (actor.role !== 'supervisor' && !isAwarded) throw beforeAward();
  const [acts, seats] = await Promise.all([actsOf(of.q, draw.id), seatsOf(of, draw, new Set())]);
  const [seating, presence, lines] = [seatingOf(acts), presenceOf(acts), presenceLog(acts)];
  const names = await accountNames(
    of.q,
    lines.map(({ staff }) => staff),
  );
  return {
    venues: seating?.venues ?? [],
    members: seats.map(({ memberId, kind, replaced, name }) => ({
      ...{ memberId, kind, replaced, name: isAwarded ? name : null },
      venue: (seating && venueOf(seating, memberId)?.no) ?? null,
      presence: presence.get(memberId) ?? null,
    })),
    lines: lines.map((line) => ({ ...line, by: names.get(line.staff) ?? line.staff })),
  };
}

/** What the staff record of a member who sits, and where it sits. A member who was replaced can still leave. */
async function recording(tx: Tx, actor: Actor, place: TenderPlace, memberId: string, direction: Direction = 'in') {
  const evaluation = await evaluationOf(tx, place, tx.now);
  const { draw, proceedings, seats } = evaluation;
  const staff = await staffOf(tx.q, draw, actor);
  assertEvaluating(evaluation, 'incomplete');
  const sits = seats.some((each) => each.memberId === memberId && (!each.replaced || direction === 'out'));
  if (!sits) throw badInput([noMember('memberId')]);
  const { acts } = proceedings.of;
  const seating = seatingOf(acts);
  if (!seating) throw outOfState('lot', 'no-venue', ['venue-stated']);
  return {
    ...{ draw, staff },
    venue: venueOf(seating, memberId)?.venue ?? null,
    presence: presenceOf(acts).get(memberId),
  };
}

function assertSeating({ seats: known }: Evaluation, { venues, seats }: Seating): void {
  const issues = seats.flatMap(({ memberId, venue }, index): Issue[] => [
    ...(known.some((each) => each.memberId === memberId) ? [] : [noMember(`seats[${index}].memberId`)]),
    ...(seats.findIndex((each) => each.memberId === memberId) === index ? [] : [twice(`seats[${index}].memberId`)]),
    ...(venue === null || venue <= venues.length ? [] : [noVenue(`seats[${index}].venue`, venues.length)]),
  ]);
  if (issues.length > 0) throw badInput(issues);
}

const noMember = (field: string): Issue => ({
  ...{ field, rule: 'member-of-committee' },
  messageZh: '应为本标段评标委员会（评审小组）在任成员的编号',
  messageEn: 'It must be the number of a member who sits in the committee of this lot',
});
const twice = (field: string): Issue => ({
  ...{ field, rule: 'once' },
  messageZh: '每名成员只列一次',
  messageEn: 'Each member is named once',
});
const noVenue = (field: string, most: number): Issue => ({
  ...{ field, rule: 'stated-venue' },
  messageZh: `应为所列场所的序号（1 至 ${most}），远程席位为 null`,
  messageEn: `It must be the number of a venue of the list (1 to ${most}), or null for a remote seat`,
});

/** The account of one of the staff who held the draw. @throws DomainError `forbidden` */
async function staffOf(q: Queries, draw: Draw, actor: Actor): Promise<string> {
  if (actor.accountId !== null && (await isStaffOf(q, draw, actor))) return actor.accountId;
  throw new DomainError('forbidden', {
    messageZh: '评审场所和到场由办理本次抽取的交易中心工作人员登记、查看',
    messageEn: 'Venues and presence are for those of the centre who held this draw',
    details: { reason: 'not-staff' },
  });
}

const beforeAward = (): DomainError =>
  new DomainError('forbidden', {
    messageZh: '中标（成交）结果确定前，到场记录仅限监督部门和办理本次抽取的交易中心工作人员查看',
    messageEn: 'Until the award the presence log is for the supervisor and those of the centre who held this draw',
    details: { reason: 'before-award' },
  });

const absent = (memberId: string, presence: Presence | undefined): DomainError =>
  new DomainError('forbidden', {
    messageZh: presence
      ? `${memberId} 已登记离场，不能打分、表决、签署：请先由交易中心工作人员登记入场`
      : `${memberId} 尚未由交易中心工作人员核验身份，不能打分、表决、签署：请先签到`,
    messageEn: presence
      ? `${memberId} is recorded as out, and cannot mark, vote or sign: the centre's staff records the return first`
      : `The centre's staff has not checked the identity of ${memberId}, who cannot mark, vote or sign: check in first`,
    details: { field: 'memberId', reason: presence ? 'out' : 'not-checked-in' },
  });

/** The trail has the member's number and nothing of its place or document, which tell more of the person than its readers may know. */
async function keep(tx: Tx, actor: Actor, draw: Draw, act: PresenceAct): Promise<void> {
  await insertAct(tx, { id: newId(), drawId: draw.id, by: 'centre', act, at: tx.now });
  const event = act.kind === 'presence' ? act.direction : act.kind;
  const detail = act.kind === 'venues' ? { venues: act.venues.length } : { memberId: act.memberId };
  note(tx, draw, { actor, action: `presence.${event}`, detail });
}
