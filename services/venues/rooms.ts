import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { bookingsBetween, insertRoom, listRooms, retireRoom, roomById, type Room } from '../../db/openings/rooms.ts';
import { DomainError } from '../../domain/errors.ts';
import { DAY_MS } from '../../domain/civil-time.ts';

export type NewRoom = Pick<Room, 'venue' | 'name' | 'purposes' | 'seats'>;

/**
 * Registers a room.
 * @throws DomainError `already-exists` for one of the same name at the same venue
 */
export async function addRoom(tx: Tx, actor: Actor, given: NewRoom): Promise<Room> {
  const same = (await listRooms(tx.q)).find(({ venue, name }) => venue === given.venue && name === given.name);
  if (same) {
    throw new DomainError('already-exists', {
      messageZh: `该场所已有同名场地：${given.name}`,
      messageEn: `This venue already has a room of that name: ${given.name}`,
      details: { field: 'name', given: given.name },
    });
  }
  const room: Room = { ...given, id: newId(), booked: 0, createdAt: tx.now, retiredAt: null };
  await insertRoom(tx, room);
  recordAudit(tx, actor, { action: 'room.add', procurementId: null, subject: `room/${room.id}`, detail: { ...given } });
  return room;
}

/** How far ahead a booking may lie (ms). */
const FAR = 3_660 * DAY_MS;

/**
 * A room is used no more.
 * @throws DomainError `not-found`, `stage-conflict` while it is booked, or was retired before
 */
export async function endRoom(tx: Tx, actor: Actor, id: string): Promise<Room> {
  const room = await roomById(tx.q, id);
  const [booked] = await bookingsBetween(tx.q, { from: tx.now, until: tx.now + FAR }, [id]);
  if (room.retiredAt !== null || booked) {
    throw new DomainError('stage-conflict', {
      messageZh: booked ? `该场地仍有预订：${booked.title}` : '该场地已停用',
      messageEn: booked ? `The room is still booked: ${booked.title}` : 'The room was retired before',
      details: booked ? { bookingId: booked.id } : {},
    });
  }
  await retireRoom(tx, id);
  recordAudit(tx, actor, { action: 'room.retire', procurementId: null, subject: `room/${id}`, detail: {} });
  return { ...room, retiredAt: tx.now };
}
