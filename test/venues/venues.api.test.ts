import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInstant } from '../../domain/civil-time.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';

let api: TestApi;
let centre: Visitor;
let member: Member;
let tender: string;
beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: () => parseInstant('2026-03-31T09:00:00+08:00') } });
  member = await api.member('centre', '武汉开发区公共资源交易中心');
  centre = await visitor(api, member);
  const { organisationId: purchaserId } = await api.member('purchaser');
  const draft = draftOf(
    { purchaserId },
    { bidDeadline: parseInstant('2026-04-01T09:30:00+08:00'), title: '体育馆改造' },
  );
  tender = await tenderAt(api.db, 'bidding', draft);
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

describe('the rooms of the centre, on a page', () => {
  it('says what to do while there are none, and shows the week with what is booked', async () => {
    expect(textOf(await centre.get('/console/venues'))).toContain('还没有登记场地');
    const room = { venue: '武汉开发区公共资源交易中心', name: '第一开标室', purposes: ['opening'], seats: '40' };
    expect(textOf(await centre.submit('/console/do/post/rooms', room))).toContain('已办理');
    const roomId = String((await member.call('GET', '/api/rooms')).get('items.0.id'));
    const booking = { roomId, lotNo: '0', purpose: 'opening', fromMinutes: '-30', minutes: '90' };
    const booked = await centre.submit(`/console/do/post/procurements/${tender}/bookings`, booking);
    expect([booked.status, textOf(booked)]).toEqual([200, expect.stringContaining('已办理')]);
    const week = textOf(await centre.get('/console/venues?day=2026-03-30'));
    expect(week).toMatch(/09:00–10:30 体育馆改造 开标/);
    expect(textOf(await centre.get('/en/console/venues?day=2026-03-30'))).toContain('09:00–10:30');
  });

  it('shows the openings of a day, with how long until then and without who bids', async () => {
    const page = await centre.get('/console/openings?day=2026-04-01');
    expect(textOf(page)).toMatch(/2026-04-01 周三 09:30 \(UTC\+8\).*体育馆改造/);
    expect(page.text).toContain('data-countdown');
    const own = await visitor(api, await api.member('purchaser'));
    expect(textOf(await own.get('/console/openings?day=2026-04-01'))).toContain('当日没有开标');
  });
});

describe('an open page', () => {
  it('learns that something has changed, and nothing of what is secret', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${api.url}/console/live?of=${tender}`, {
      headers: { cookie: centre.cookie },
      signal: stop.signal,
    });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const reader = (stream.body ?? new ReadableStream<Uint8Array>()).getReader();
    const { recordEvent } = await import('../../db/events.ts');
    const happens = (confidential: boolean) =>
      api.db.transaction(async (tx) =>
        recordEvent(tx, { kind: 'test.happened', procurementId: tender, lotNo: 0, subject: 'test/1', confidential }),
      );
    let heard = '';
    const listening = (async () => {
      while (!heard.includes('changed'))
        heard += new TextDecoder().decode((await reader.read()).value as Uint8Array | undefined);
    })();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await happens(true);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(heard).not.toContain('changed');
    await happens(false);
    await listening;
    stop.abort();
  });

  it('learns nothing without a session', async () => {
    expect((await api.call('GET', '/console/live')).status).toBe(303);
  });
});
