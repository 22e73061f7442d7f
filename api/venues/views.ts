import * as z from 'zod';
import type { Room } from '../../db/openings/rooms.ts';
import { MOST_MINUTES, ROOM_PURPOSES } from '../../domain/venues/booking.ts';
import type { Scheduled } from '../../services/venues/book.ts';
import { at, atOrNull, id, instantOut, line } from '../http/schemas.ts';

export const roomGiven = z.strictObject({
  venue: line(200).meta({ description: '所在场所：本中心，或副场所在的中心 / Of which venue it is part' }),
  name: line(100).meta({ description: '名称，如第一开标室 / Its name' }),
  purposes: z.array(z.enum(ROOM_PURPOSES)).min(1).max(ROOM_PURPOSES.length),
  seats: z.int().min(1).max(1_000).meta({ description: '座位数 / Seats' }),
});

export const roomSchema = z
  .object({
    id,
    ...{ venue: z.string(), name: z.string(), purposes: z.array(z.enum(ROOM_PURPOSES)), seats: z.int() },
    retiredAt: instantOut.nullable(),
  })
  .meta({ id: 'Room', description: '开标室、评标室 / A room of a venue' });

export const roomView = ({
  id: roomId,
  venue,
  name,
  purposes,
  seats,
  retiredAt,
}: Room): z.infer<typeof roomSchema> => ({
  ...{ id: roomId, venue, name, purposes, seats },
  retiredAt: atOrNull(retiredAt),
});

export const bookingGiven = z.strictObject({
  roomId: id,
  lotNo: z.int().min(0).max(999).default(0).meta({ description: '0：整个项目 / 0: the procurement as a whole' }),
  purpose: z.enum(ROOM_PURPOSES),
  fromMinutes: z.int().min(-MOST_MINUTES).max(MOST_MINUTES).meta({
    description:
      '自开标时间起多少分钟开始，负数为之前；开标时间变动，预订随之变动 / Minutes after the opening at which it begins, negative: before; it moves with the opening',
  }),
  minutes: z.int().min(1).max(MOST_MINUTES).meta({ description: '时长，分钟 / How long, in minutes' }),
});

export const bookingSchema = z
  .object({
    id,
    room: roomSchema,
    procurementId: id,
    title: z.string(),
    lotNo: z.int(),
    purpose: z.enum(ROOM_PURPOSES),
    fromMinutes: z.int(),
    minutes: z.int(),
    from: instantOut.nullable().meta({ description: '按现在的开标时间 / By the opening as it stands now' }),
    until: instantOut.nullable(),
    clashesWith: id.nullable().meta({
      description: '因开标时间变动而与之冲突、先订的预订 / An earlier booking that it runs into since an opening moved',
    }),
  })
  .meta({ id: 'Booking', description: '场地预订' });

export const bookingView = (booking: Scheduled): z.infer<typeof bookingSchema> => ({
  id: booking.id,
  room: roomView(booking.room),
  procurementId: booking.procurementId,
  title: booking.title,
  lotNo: booking.lotNo,
  purpose: booking.purpose,
  fromMinutes: booking.fromMinutes,
  minutes: booking.minutes,
  from: booking.time && at(booking.time.from),
  until: booking.time && at(booking.time.until),
  clashesWith: booking.clashesWith,
});
