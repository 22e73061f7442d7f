import { v7 as newId } from 'uuid';
import type { Queries, Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Procurement } from '../../db/procurements.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import {
  bookingById,
  bookingsBetween,
  bookingsOf,
  cancelBooking,
  holdRoom,
  insertBooking,
  listRooms,
  roomById,
  type Booking,
  type Room,
  type TimedBooking,
} from '../../db/openings/rooms.ts';
import { formatInstant, instantEn, instantZh, MINUTE_MS } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput, type Issue } from '../../domain/issues.ts';
import { notFound } from '../../db/procurements.ts';
import {
  bookedTime,
  firstFree,
  MOST_MINUTES,
  overlaps,
  type BookedTime,
  type BookingTerms,
  type RoomPurpose,
} from '../../domain/venues/booking.ts';

export interface Wanted extends BookingTerms {
  readonly roomId: string;
  /** 0: the procurement as a whole. */
  readonly lotNo: number;
  readonly purpose: RoomPurpose;
}

/**
 * Books a room for an opening or an evaluation. Its time is counted from the opening: it is never typed, and moves with it.
 * @throws DomainError `not-found`, `bad-input`, `already-exists` where the room is taken, with the first instant at which it is
 *   free for as long
 */
export async function bookRoom(tx: Tx, actor: Actor, tender: Procurement, wanted: Wanted): Promise<Booking> {
  const room = await roomById(tx.q, wanted.roomId);
  if (wanted.lotNo !== 0 && !tender.lots.some(({ no }) => no === wanted.lotNo))
    throw notFound('lot', `${tender.id}/lot/${wanted.lotNo}`);
  const opening = await findMilestone(tx.q, { procurementId: tender.id, lotNo: 0 }, 'opening');
  const openingAt = opening?.dueAt ?? null;
  const issues = issuesOf(room, wanted, openingAt, tx.now);
  if (issues.length > 0 || openingAt === null) throw badInput(issues);
  await holdRoom(tx, room.id);
  const time = bookedTime(wanted, openingAt);
  const around = MOST_MINUTES * MINUTE_MS;
  const taken = await bookingsBetween(tx.q, { from: time.from, until: time.until + around }, [room.id]);
  const other = taken.find((each) => each.time !== null && overlaps(each.time, time));
  if (other) throw isTaken(room, other, time, taken);
  const booking: Booking = {
    ...{ id: newId(), procurementId: tender.id, bookedBy: actor.accountId, bookedAt: tx.now, cancelledAt: null },
    ...{ roomId: room.id, lotNo: wanted.lotNo, purpose: wanted.purpose },
    ...{ fromMinutes: wanted.fromMinutes, minutes: wanted.minutes },
  };
  await insertBooking(tx, booking);
  recordAudit(tx, actor, {
    action: 'room.book',
    procurementId: tender.id,
    subject: `booking/${booking.id}`,
    detail: { room: room.id, lotNo: wanted.lotNo, purpose: wanted.purpose, from: time.from, until: time.until },
  });
  return booking;
}

function issuesOf(room: Room, wanted: Wanted, openingAt: number | null, now: number): Issue[] {
  const issues: Issue[] = [];
  const add = (field: string, rule: string, messageZh: string, messageEn: string): void =>
    void issues.push({ field, rule, messageZh, messageEn });
  if (room.retiredAt !== null) add('roomId', 'in-use', '该场地已停用', 'The room is used no more');
  if (!room.purposes.includes(wanted.purpose))
    add('purpose', 'purpose-of-room', '该场地不作此用', 'The room is not for that');
  if (openingAt === null) add('roomId', 'opening', '该项目没有开标时间', 'The procurement has no opening');
  else if (bookedTime(wanted, openingAt).until <= now)
    add('fromMinutes', 'future', '预订的时间已经过去', 'The time that is booked has passed');
  if (wanted.purpose === 'opening' && !(wanted.fromMinutes <= 0 && wanted.fromMinutes + wanted.minutes > 0))
    add(
      'fromMinutes',
      'covers-opening',
      '开标室的预订应当包括开标时间',
      'The booking for an opening covers its instant',
    );
  if (wanted.purpose === 'evaluation' && wanted.fromMinutes < 0)
    add('fromMinutes', 'after-opening', '评标（评审）在开标之后', 'An evaluation comes after the opening');
  return issues;
}

function isTaken(room: Room, other: TimedBooking, time: BookedTime, taken: readonly TimedBooking[]): DomainError {
  const free = firstFree(
    time,
    taken.flatMap((each) => each.time ?? []),
  );
  return new DomainError('already-exists', {
    messageZh: `${room.name}在该时段已被预订（${other.title}）；同样时长最早 ${instantZh(free)} 起可用`,
    messageEn: `${room.name} is booked at that time (${other.title}); it is free for as long from ${instantEn(free)}`,
    details: { field: 'roomId', bookingId: other.id, earliestLawful: formatInstant(free) },
  });
}

/** @throws DomainError `not-found`, `stage-conflict` for one that was cancelled before */
export async function cancelRoom(tx: Tx, actor: Actor, tender: Procurement, bookingId: string): Promise<void> {
  const booking = await bookingById(tx.q, bookingId);
  if (booking.procurementId !== tender.id) throw notFound('booking', bookingId);
  if (!(await cancelBooking(tx, bookingId)))
    throw new DomainError('stage-conflict', {
      messageZh: '该预订已经取消',
      messageEn: 'The booking was cancelled before',
    });
  recordAudit(tx, actor, {
    action: 'room.cancel',
    procurementId: tender.id,
    subject: `booking/${bookingId}`,
    detail: { room: booking.roomId },
  });
}

/** A booking and its room. */
export interface Scheduled extends TimedBooking {
  readonly room: Room;
  /** An earlier booking of the same room at the same time: its opening has moved, or this one's. */
  readonly clashesWith: string | null;
}

/** What stands in the rooms between two instants (epoch ms), room by room, the first first. */
export async function scheduleBetween(q: Queries, time: BookedTime): Promise<{ rooms: Room[]; items: Scheduled[] }> {
  const rooms = await listRooms(q);
  const found = await bookingsBetween(
    q,
    time,
    rooms.map(({ id }) => id),
  );
  return { rooms, items: scheduled(found, found, rooms) };
}

/** Of a procurement. */
export async function scheduleOf(q: Queries, procurementId: string): Promise<Scheduled[]> {
  const own = await bookingsOf(q, procurementId);
  const rooms = await Promise.all([...new Set(own.map(({ roomId }) => roomId))].map((id) => roomById(q, id)));
  const times = own.flatMap(({ time }) => time ?? []);
  if (times.length === 0) return scheduled(own, own, rooms);
  const all = await bookingsBetween(
    q,
    { from: Math.min(...times.map(({ from }) => from)), until: Math.max(...times.map(({ until }) => until)) },
    rooms.map(({ id }) => id),
  );
  return scheduled(own, all, rooms);
}

/** @param all in the order in which they were booked: the earlier one keeps the room */
function scheduled(some: readonly TimedBooking[], all: readonly TimedBooking[], rooms: readonly Room[]): Scheduled[] {
  const order = new Map(all.map(({ id }, index) => [id, index]));
  const clash = (one: TimedBooking): string | null =>
    all.find(
      (other) =>
        other.id !== one.id &&
        other.roomId === one.roomId &&
        one.time !== null &&
        other.time !== null &&
        overlaps(one.time, other.time) &&
        (order.get(other.id) ?? 0) < (order.get(one.id) ?? 0),
    )?.id ?? null;
  return some
    .flatMap((one) => {
      const room = rooms.find(({ id }) => id === one.roomId);
      return room ? [{ ...one, room, clashesWith: clash(one) }] : [];
    })
    .sort((a, b) => (a.time?.from ?? 0) - (b.time?.from ?? 0));
}
