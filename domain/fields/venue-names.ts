import type { FieldName } from './field-name.ts';

/** Of rooms and their bookings. */
export const VENUE_FIELDS: Readonly<Record<string, FieldName>> = {
  roomId: ['场地编号', 'id of the room'],
  room: ['场地', 'room'],
  bookingId: ['预订编号', 'id of the booking'],
  purposes: ['可作的用途', 'purposes'],
  purpose: ['用途', 'purpose'],
  fromMinutes: ['自开标时间起多少分钟开始', 'minutes after the opening at which it begins'],
  minutes: ['时长（分钟）', 'length in minutes'],
  clashesWith: ['与之冲突的预订', 'booking that it runs into'],
  'rooms/venue': ['所在场所', 'venue'],
  'rooms/seats': ['座位数', 'seats'],
  'rooms/name': ['场地名称', 'name of the room'],
  'Room/venue': ['所在场所', 'venue'],
  'Room/seats': ['座位数', 'seats'],
  'Room/name': ['场地名称', 'name of the room'],
  'Room/retiredAt': ['场地停用时间', 'retired at'],
  'Booking/from': ['预订开始时间', 'begins at'],
  'Booking/until': ['预订结束时间', 'ends at'],
  'openings/day': ['开标日期', 'day'],
  'DueOpening/at': ['开标时间', 'time of the opening'],
  'bookings/from': ['起始日', 'first day'],
  'bookings/until': ['截止日', 'last day'],
};
