import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInstant } from '../../domain/civil-time.ts';
import { startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');

let api: TestApi;
let centre: Member;
let purchaser: Member;
const now = parseInstant('2026-03-10T09:00:00+08:00');
beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: () => now } });
  centre = await api.member('centre');
  purchaser = await api.member('purchaser');
});
afterAll(() => api[Symbol.asyncDispose]());

const tender = (bidDeadline = DEADLINE): Promise<string> =>
  tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }, { bidDeadline }));

let rooms = 0;
async function room(purposes = ['opening', 'evaluation']): Promise<string> {
  rooms += 1;
  const json = { venue: '武汉开发区公共资源交易中心', name: `第${rooms}室`, purposes, seats: 30 };
  return String((await centre.call('POST', '/api/rooms', { json })).get('id'));
}

const book = (id: string, json: object) => centre.call('POST', `/api/procurements/${id}/bookings`, { json });
const OPENING = { purpose: 'opening', fromMinutes: -30, minutes: 90 };

describe('a room is booked for an opening', () => {
  it('at a time that is counted from it', async () => {
    const [id, roomId] = [await tender(), await room()];
    const booked = await book(id, { roomId, ...OPENING });
    expect(booked.status).toBe(201);
    expect([booked.get('items.0.from'), booked.get('items.0.until')]).toEqual([
      '2026-04-01T09:00:00+08:00',
      '2026-04-01T10:30:00+08:00',
    ]);
    const day = await purchaser.call('GET', '/api/bookings?from=2026-04-01&until=2026-04-01');
    expect(day.get('items.0.room.id')).toBe(roomId);
  });

  it('once: whoever comes later learns from when the room is free for as long', async () => {
    const roomId = await room();
    await book(await tender(), { roomId, ...OPENING });
    const second = await book(await tender(), { roomId, ...OPENING });
    expect([second.status, second.get('code')]).toEqual([409, 'already-exists']);
    expect(second.get('details.earliestLawful')).toBe('2026-04-01T10:30:00+08:00');
    expect(second.get('messageZh')).toContain('2026年4月1日 10:30');
    // The end of one is the beginning of the next.
    const evaluation = { purpose: 'evaluation', fromMinutes: 60, minutes: 240 };
    expect((await book(await tender(), { roomId, ...evaluation })).status).toBe(201);
  });

  it('by one of two who want it at once', async () => {
    const roomId = await room();
    const [one, other] = [await tender(), await tender()];
    const both = await Promise.all([one, other].map((id) => book(id, { roomId, ...OPENING })));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('not for what the room is not, not before or after what it is for, not when it has passed', async () => {
    const [id, roomId] = [await tender(), await room(['evaluation'])];
    const wrong = async (json: object) =>
      ((await book(id, { roomId, ...json })).get('issues') as { rule: string }[]).map(({ rule }) => rule);
    expect(await wrong(OPENING)).toEqual(['purpose-of-room']);
    expect(await wrong({ purpose: 'opening', fromMinutes: 10, minutes: 30 })).toContain('covers-opening');
    expect(await wrong({ purpose: 'evaluation', fromMinutes: -10, minutes: 60 })).toEqual(['after-opening']);
    expect(await wrong({ purpose: 'evaluation', fromMinutes: -40_000, minutes: 5 })).toContain('future');
    expect((await book(id, { roomId, lotNo: 9, purpose: 'evaluation', fromMinutes: 0, minutes: 60 })).status).toBe(404);
  });

  it('and moves with it; where it then runs into another, both are shown it, and the earlier keeps the room', async () => {
    const roomId = await room();
    const first = await tender(parseInstant('2026-04-20T09:30:00+08:00'));
    const moved = await tender(parseInstant('2026-04-02T09:30:00+08:00'));
    await book(first, { roomId, ...OPENING });
    await book(moved, { roomId, ...OPENING });
    const amended = await purchaser.call('POST', `/api/procurements/${moved}/amendments`, {
      json: { textZh: '推迟投标截止时间和开标时间', affectsBids: true, bidDeadline: '2026-04-20T09:30:00+08:00' },
    });
    expect(amended.status).toBeLessThan(300);
    const after = await centre.call('GET', `/api/procurements/${moved}/bookings`);
    const kept = await centre.call('GET', `/api/procurements/${first}/bookings`);
    expect(after.get('items.0.from')).toBe('2026-04-20T09:00:00+08:00');
    expect(after.get('items.0.clashesWith')).toBe(kept.get('items.0.id'));
    expect(kept.get('items.0.clashesWith')).toBeNull();
  });

  it('and is given back', async () => {
    const [id, roomId] = [await tender(), await room()];
    const booking = String((await book(id, { roomId, ...OPENING })).get('items.0.id'));
    expect((await centre.call('POST', `/api/rooms/${roomId}/retirement`)).status).toBe(409);
    const cancel = () => centre.call('POST', `/api/procurements/${id}/bookings/${booking}/cancellation`);
    expect((await cancel()).get('items')).toEqual([]);
    expect((await cancel()).status).toBe(409);
    expect((await book(await tender(), { roomId, ...OPENING })).status).toBe(201);
  });

  it('by the centre alone', async () => {
    const [id, roomId] = [await tender(), await room()];
    const supplier = await api.member('supplier');
    expect(
      (await purchaser.call('POST', `/api/procurements/${id}/bookings`, { json: { roomId, ...OPENING } })).status,
    ).toBe(403);
    expect((await supplier.call('GET', '/api/rooms')).status).toBe(403);
    expect((await api.call('GET', '/api/bookings?from=2026-04-01&until=2026-04-01')).status).toBe(401);
    const twice = { venue: '武汉开发区公共资源交易中心', name: '第1室', purposes: ['opening'], seats: 3 };
    expect((await centre.call('POST', '/api/rooms', { json: twice })).status).toBe(409);
  });
});
