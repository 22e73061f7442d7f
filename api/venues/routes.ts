import * as z from 'zod';
import { listRooms } from '../../db/openings/rooms.ts';
import { endOfDay, parseDate, startOfDay } from '../../domain/civil-time.ts';
import { bookRoom, cancelRoom, scheduleBetween, scheduleOf } from '../../services/venues/book.ts';
import { addRoom, endRoom } from '../../services/venues/rooms.ts';
import { badInput } from '../../domain/issues.ts';
import { created, ok, route } from '../http/route.ts';
import { civilDate, id } from '../http/schemas.ts';
import { bookingGiven, bookingSchema, bookingView, roomGiven, roomSchema, roomView } from './views.ts';

const tag = 'venues';
const ofTender = z.object({ id });
const items = z.object({ items: z.array(bookingSchema) });
/** The most days that are shown at once. */
const MOST_DAYS = 62;

export const venueRoutes = [
  route({
    method: 'get',
    path: '/rooms',
    action: 'venue.read',
    at: 'anywhere',
    tag,
    zh: '开标室、评标室',
    en: 'Rooms for openings and evaluations',
    outcomes: [{ status: 200, schema: z.object({ items: z.array(roomSchema) }), zh: '场地', en: 'Rooms' }],
    handle: async ({ services: { db } }) => ok({ items: (await listRooms(db.read)).map(roomView) }),
  }),
  route({
    method: 'post',
    path: '/rooms',
    action: 'venue.manage',
    at: 'anywhere',
    tag,
    zh: '登记开标室、评标室',
    en: 'Register a room',
    body: roomGiven,
    outcomes: [{ status: 201, schema: roomSchema, zh: '已登记', en: 'Registered' }],
    errors: ['already-exists'],
    handle: async ({ body, actor, commit }) =>
      commit(async (tx) => created(roomView(await addRoom(tx, actor, body)), '/api/rooms')),
  }),
  route({
    method: 'post',
    path: '/rooms/{roomId}/retirement',
    action: 'venue.manage',
    at: 'anywhere',
    tag,
    zh: '停用场地',
    en: 'Use a room no more',
    params: z.object({ roomId: id }),
    outcomes: [{ status: 200, schema: roomSchema, zh: '已停用', en: 'Retired' }],
    errors: ['not-found', 'stage-conflict'],
    handle: async ({ params, actor, commit }) =>
      commit(async (tx) => ok(roomView(await endRoom(tx, actor, params.roomId)))),
  }),
  route({
    method: 'get',
    path: '/bookings',
    action: 'venue.read',
    at: 'anywhere',
    tag,
    zh: '某几日的场地安排，冲突的注明',
    en: 'What stands in the rooms on some days, with what has run into something since an opening moved',
    query: z.strictObject({ from: civilDate, until: civilDate }),
    outcomes: [{ status: 200, schema: items, zh: '安排', en: 'The schedule' }],
    judged: [
      {
        field: 'until',
        rule: 'order',
        zh: `不早于起始日，至多 ${MOST_DAYS} 日`,
        en: `not before the first day, ${MOST_DAYS} days at most`,
      },
    ],
    handle: async ({ services: { db }, query }) => {
      const [first, last] = [parseDate(query.from), parseDate(query.until)];
      if (last < first || last - first >= MOST_DAYS) {
        throw badInput([
          {
            field: 'until',
            rule: 'order',
            messageZh: `应不早于起始日，至多 ${MOST_DAYS} 日`,
            messageEn: `It must not be before the first day, and ${MOST_DAYS} days at most`,
          },
        ]);
      }
      const { items: found } = await scheduleBetween(db.read, { from: startOfDay(first), until: endOfDay(last) });
      return ok({ items: found.map(bookingView) });
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/bookings',
    action: 'venue.read',
    at: 'procurement',
    tag,
    zh: '本项目的场地安排',
    en: 'The rooms of a procurement',
    params: ofTender,
    outcomes: [{ status: 200, schema: items, zh: '安排', en: 'The schedule' }],
    handle: async ({ services: { db }, procurement }) =>
      ok({ items: (await scheduleOf(db.read, procurement.id)).map(bookingView) }),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/bookings',
    action: 'venue.book',
    at: 'procurement',
    tag,
    zh: '预订场地：时间自开标时间起算，随其变动',
    en: 'Book a room: its time is counted from the opening, and moves with it',
    params: ofTender,
    body: bookingGiven,
    outcomes: [{ status: 201, schema: items, zh: '已预订', en: 'Booked' }],
    errors: ['already-exists'],
    judged: [
      {
        field: 'fromMinutes',
        rule: 'covers-opening',
        zh: '开标室包括开标时间',
        en: 'a room for an opening covers its instant',
      },
      {
        field: 'fromMinutes',
        rule: 'after-opening',
        zh: '评标（评审）在开标之后',
        en: 'an evaluation comes after the opening',
      },
      { field: 'fromMinutes', rule: 'future', zh: '尚未过去', en: 'it has not passed' },
      { field: 'purpose', rule: 'purpose-of-room', zh: '场地的用途', en: 'what the room is for' },
      { field: 'roomId', rule: 'in-use', zh: '未停用的场地', en: 'a room that is used' },
      { field: 'roomId', rule: 'opening', zh: '项目有开标时间', en: 'the procurement has an opening' },
    ],
    handle: async ({ procurement, body, actor, commit }) =>
      commit(async (tx) => {
        await bookRoom(tx, actor, procurement, body);
        const found = await scheduleOf(tx.q, procurement.id);
        return created({ items: found.map(bookingView) }, `/api/procurements/${procurement.id}/bookings`);
      }),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/bookings/{bookingId}/cancellation',
    action: 'venue.book',
    at: 'procurement',
    tag,
    zh: '取消场地预订',
    en: 'Cancel a booking',
    params: ofTender.extend({ bookingId: id }),
    outcomes: [{ status: 200, schema: items, zh: '已取消', en: 'Cancelled' }],
    errors: ['stage-conflict'],
    handle: async ({ procurement, params, actor, commit }) =>
      commit(async (tx) => {
        await cancelRoom(tx, actor, procurement, params.bookingId);
        return ok({ items: (await scheduleOf(tx.q, procurement.id)).map(bookingView) });
      }),
  }),
];
