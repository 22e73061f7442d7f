import * as z from 'zod';
import { DIRECTIONS, IDENTITY_DOCUMENTS } from '../../domain/evaluation/venues.ts';
import {
  checkIn,
  presenceRecord,
  recordPresence,
  stateVenues,
  type PresenceRecord,
} from '../../services/evaluation/presence.ts';
import { ok, route } from '../http/route.ts';
import { at, atOrNull, id, instantOut, line, lotNo } from '../http/schemas.ts';
import { evaluationPlace, memberId } from './proceedings-views.ts';

const params = z.object({ id, no: lotNo });
const BASE = '/procurements/{id}/lots/{no}/evaluation';
const common = { at: 'lot', tag: 'evaluation', params } as const;

const venueNo = z.int().min(1).max(50).nullable().meta({
  description: '场所序号，1 为主场；null 为远程席位 / Number of the venue, 1 is the host; null: a remote seat',
});
const venueGiven = z.strictObject({ name: line(200), room: line(100) });
const venue = z.object({ name: z.string(), room: z.string() });
const document = z.enum(IDENTITY_DOCUMENTS).meta({
  description:
    '所核验的证件种类；证件号码不登记 / The kind of identity document that was shown; its number is not recorded',
});

const presenceSchema = z
  .object({
    venues: z.array(venue).meta({ description: '第一个为主场，其余为副场 / The first is the host, the others guests' }),
    members: z.array(
      z.object({
        memberId,
        kind: z.enum(['expert', 'purchaser']),
        name: z.string().nullable().meta({ description: '结果确定前为 null / Null until the award' }),
        replaced: z.boolean(),
        venue: venueNo,
        checkedInAt: instantOut.nullable(),
        present: z.boolean(),
      }),
    ),
    items: z
      .array(
        z.object({
          at: instantOut,
          event: z.enum(['venues', 'check-in', ...DIRECTIONS]),
          memberId: memberId.nullable(),
          document: document.nullable(),
          venue: venue.nullable(),
          by: z.string().meta({ description: '登记的工作人员 / Who of the staff recorded it' }),
        }),
      )
      .meta({ description: '到场记录，依登记次序 / The log, in the order in which it was recorded' }),
  })
  .meta({ id: 'Presence' });

const presenceView = ({ venues, members, lines }: PresenceRecord): z.infer<typeof presenceSchema> => ({
  venues: venues.map(({ name, room }) => ({ name, room })),
  members: members.map(({ memberId: of, kind, name, replaced, venue: no, presence }) => ({
    ...{ memberId: of, kind, name, replaced, venue: no },
    ...{ checkedInAt: atOrNull(presence?.checkedInAt ?? null), present: presence?.isIn ?? false },
  })),
  items: lines.map(({ at: recorded, event, memberId: of, document: shown, venue: where, by }) => ({
    ...{ at: at(recorded), event, memberId: of, document: shown, by },
    venue: where && { name: where.name, room: where.room },
  })),
});

const STATE = [{ status: 200, schema: presenceSchema, zh: '场所和到场情况', en: 'Venues and presence' }] as const;
const MEMBER = {
  ...{ field: 'memberId', rule: 'member-of-committee' },
  ...{ zh: '在任成员的编号', en: 'number of a member who sits' },
} as const;

export const presenceRoutes = [
  route({
    ...common,
    method: 'put',
    path: `${BASE}/venues`,
    action: 'presence.record',
    zh: '登记评审场所：主场、副场，各成员的席位；未列的在主场',
    en: 'State the venues: the host, the guests, and where members sit; who is not named sits at the host',
    body: z.strictObject({
      venues: z.array(venueGiven).min(1).max(50),
      seats: z
        .array(z.strictObject({ memberId, venue: venueNo }))
        .max(200)
        .default([]),
    }),
    outcomes: STATE,
    errors: ['stage-conflict', 'not-found'],
    judged: [
      { ...MEMBER, field: 'seats.*.memberId' },
      { field: 'seats.*.memberId', rule: 'once', zh: '每名成员一次', en: 'each member once' },
      { field: 'seats.*.venue', rule: 'stated-venue', zh: '所列场所的序号', en: 'number of a venue of the list' },
    ],
    handle: async ({ lot, body, actor, commit }) =>
      commit(async (tx) => {
        await stateVenues(tx, actor, evaluationPlace(lot), body);
        return ok(presenceView(await presenceRecord(tx, actor, lot)));
      }),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/check-ins`,
    action: 'presence.record',
    zh: '核验成员身份（签到）：登记所示证件的种类，不登记号码；此后为在场',
    en: 'Check a member in: the kind of identity document that was shown, and no number of it; the member is in from then on',
    body: z.strictObject({ memberId, document }),
    outcomes: STATE,
    errors: ['stage-conflict', 'not-found'],
    judged: [MEMBER],
    handle: async ({ lot, body, actor, commit }) =>
      commit(async (tx) => {
        await checkIn(tx, actor, evaluationPlace(lot), body);
        return ok(presenceView(await presenceRecord(tx, actor, lot)));
      }),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/presence`,
    action: 'presence.record',
    zh: '登记成员离场、返场',
    en: 'Record that a member leaves, or comes back',
    body: z.strictObject({ memberId, direction: z.enum(DIRECTIONS) }),
    outcomes: STATE,
    errors: ['stage-conflict', 'not-found'],
    judged: [MEMBER],
    handle: async ({ lot, body, actor, commit }) =>
      commit(async (tx) => {
        await recordPresence(tx, actor, evaluationPlace(lot), body);
        return ok(presenceView(await presenceRecord(tx, actor, lot)));
      }),
  }),
  route({
    ...common,
    method: 'get',
    path: `${BASE}/presence`,
    action: 'presence.read',
    zh: '评审场所和到场记录：结果确定前仅限监督部门和办理抽取的工作人员，不含成员姓名；此后含姓名',
    en: 'Venues and presence log: until the award for the supervisor and the staff who held the draw, without names; with them after it',
    outcomes: STATE,
    errors: ['not-found'],
    handle: async ({ services: { db }, lot, actor }) =>
      ok(presenceView(await presenceRecord({ q: db.read, committees: db.committees }, actor, lot))),
  }),
];
