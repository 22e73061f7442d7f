import { and, asc, between, eq, inArray, isNull, sql } from 'drizzle-orm';
import { bookedTime, MOST_MINUTES, type BookedTime } from '../../domain/venues/booking.ts';
import { MINUTE_MS } from '../../domain/civil-time.ts';
import type { Queries, Tx } from '../access/database.ts';
import { notFound } from '../procurements.ts';
import { bookings, milestones, procurements, rooms } from '../schema/sqlite.ts';

/** 开标室, 评标室. */
export type Room = typeof rooms.$inferSelect;
export type Booking = typeof bookings.$inferSelect;

/** A booking with its time, as the opening stands now; null: there is no opening yet. */
export interface TimedBooking extends Booking {
  readonly title: string;
  readonly openingAt: number | null;
  readonly time: BookedTime | null;
}

export async function insertRoom(tx: Tx, room: Room): Promise<void> {
  await tx.q.insert(rooms).values(room);
}

/** By venue and name; those no longer used are left out. */
export const listRooms = (q: Queries): Promise<Room[]> =>
  q
    .select()
    .from(rooms)
    .where(isNull(rooms.retiredAt))
    .orderBy(asc(rooms.venue), asc(rooms.name), asc(rooms.id))
    .execute();

/** @throws DomainError `not-found` */
export async function roomById(q: Queries, id: string): Promise<Room> {
  const [row] = await q.select().from(rooms).where(eq(rooms.id, id));
  if (!row) throw notFound('room', id);
  return row;
}

export async function retireRoom(tx: Tx, id: string): Promise<void> {
  await tx.q.update(rooms).set({ retiredAt: tx.now }).where(eq(rooms.id, id));
}

/** Whoever else books this room waits until this transaction has ended. */
export async function holdRoom(tx: Tx, id: string): Promise<void> {
  await tx.q
    .update(rooms)
    .set({ booked: sql`${rooms.booked} + 1` })
    .where(eq(rooms.id, id));
}

export async function insertBooking(tx: Tx, booking: Booking): Promise<void> {
  await tx.q.insert(bookings).values(booking);
}

/** @throws DomainError `not-found` */
export async function bookingById(q: Queries, id: string): Promise<Booking> {
  const [row] = await q.select().from(bookings).where(eq(bookings.id, id));
  if (!row) throw notFound('booking', id);
  return row;
}

/** Returns whether it still stood. */
export async function cancelBooking(tx: Tx, id: string): Promise<boolean> {
  const changed = await tx.q
    .update(bookings)
    .set({ cancelledAt: tx.now })
    .where(and(eq(bookings.id, id), isNull(bookings.cancelledAt)))
    .returning({ id: bookings.id });
  return changed.length > 0;
}

const opening = and(
  eq(milestones.procurementId, bookings.procurementId),
  eq(milestones.lotNo, 0),
  eq(milestones.key, 'opening'),
);

const timed = (q: Queries) =>
  q
    .select({ booking: bookings, title: procurements.title, stage: procurements.stage, openingAt: milestones.dueAt })
    .from(bookings)
    .innerJoin(procurements, eq(procurements.id, bookings.procurementId))
    .leftJoin(milestones, opening);

type Row = Awaited<ReturnType<ReturnType<typeof timed>['execute']>>[number];

/** A tender that was terminated, or has ended, uses no room. */
const ENDED: readonly string[] = ['terminated', 'concluded'];

const withTime = ({ booking, title, openingAt }: Row): TimedBooking => ({
  ...booking,
  ...{ title, openingAt },
  time: openingAt === null ? null : bookedTime(booking, openingAt),
});

/** Of a procurement, those cancelled left out; the first begins first. */
export async function bookingsOf(q: Queries, procurementId: string): Promise<TimedBooking[]> {
  const rows = await timed(q)
    .where(and(eq(bookings.procurementId, procurementId), isNull(bookings.cancelledAt)))
    .orderBy(asc(bookings.fromMinutes), asc(bookings.id));
  return rows.map(withTime);
}

/** What stands in rooms at some time between two instants (epoch ms), in the order in which it was booked. */
export async function bookingsBetween(
  q: Queries,
  { from, until }: BookedTime,
  roomIds: readonly string[],
): Promise<TimedBooking[]> {
  if (roomIds.length === 0) return [];
  const furthest = 2 * MOST_MINUTES * MINUTE_MS;
  const rows = await timed(q)
    .where(
      and(
        inArray(bookings.roomId, [...roomIds]),
        isNull(bookings.cancelledAt),
        between(milestones.dueAt, from - furthest, until + furthest),
      ),
    )
    .orderBy(asc(bookings.bookedAt), asc(bookings.id));
  return rows
    .filter(({ stage }) => !ENDED.includes(stage))
    .map(withTime)
    .filter(({ time }) => time !== null && time.from < until && from < time.until);
}
