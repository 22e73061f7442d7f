import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../domain/civil-time.ts';
import { bidderWindowEnd, objectionsUntil, sameAs } from '../../domain/openings/window.ts';

const at = (clock: string): number => parseInstant(`2026-04-20T${clock}:00+08:00`);
const window = { beganAt: at('09:00'), minutes: 30, lostMinutes: [], pauses: [] };

describe('解密时限: the window of the bidders (电子招标投标办法 31)', () => {
  it('runs from the begin of the opening for as long as the documents say', () => {
    expect(bidderWindowEnd(window)).toBe(at('09:30'));
  });

  it('gets back what a pause took of it, and no more', () => {
    const pauses = [{ from: at('09:10'), until: at('09:25') }];
    expect(bidderWindowEnd({ ...window, pauses })).toBe(at('09:45'));
    expect(bidderWindowEnd({ ...window, pauses: [{ from: at('08:00'), until: at('09:05') }] })).toBe(at('09:35'));
    expect(bidderWindowEnd({ ...window, pauses: [{ from: at('08:00'), until: at('08:30') }] })).toBe(at('09:30'));
    expect(bidderWindowEnd({ ...window, pauses: [{ from: at('09:31'), until: at('10:00') }] })).toBe(at('09:30'));
  });

  it('has no end while it is paused; a pause after its end moves nothing', () => {
    expect(bidderWindowEnd({ ...window, pauses: [{ from: at('09:10'), until: null }] })).toBeNull();
    expect(bidderWindowEnd({ ...window, pauses: [{ from: at('09:40'), until: null }] })).toBe(at('09:30'));
  });

  it('a second pause may fall into the time that the first gave back', () => {
    const pauses = [
      { from: at('09:35'), until: at('09:40') },
      { from: at('09:10'), until: at('09:20') },
    ];
    expect(bidderWindowEnd({ ...window, pauses })).toBe(at('09:45'));
  });

  it('what is lost to two things at once is given back once', () => {
    const pauses = [
      { from: at('09:10'), until: at('09:20') },
      { from: at('09:15'), until: at('09:25') },
      { from: at('09:12'), until: at('09:18') },
    ];
    expect(bidderWindowEnd({ ...window, pauses })).toBe(at('09:45'));
  });

  it('ends at a whole minute, never earlier than what is owed', () => {
    const began = parseInstant('2026-04-20T09:00:07.200+08:00');
    expect(bidderWindowEnd({ ...window, beganAt: began })).toBe(at('09:31'));
    const outage = { from: at('09:10'), until: at('09:25') + 52_000 };
    expect(bidderWindowEnd({ ...window, beganAt: began, pauses: [outage] })).toBe(at('09:46'));
    // People were told 09:31: a pause just before that still gives back what it took.
    expect(
      bidderWindowEnd({ ...window, beganAt: began, pauses: [{ from: at('09:31') - 1_000, until: at('09:35') }] }),
    ).toBe(at('09:35'));
    expect(objectionsUntil(began, 30)).toBe(at('09:31'));
  });

  it('is longer by the faults that are on the record', () => {
    expect(bidderWindowEnd({ ...window, lostMinutes: [20, 5] })).toBe(at('09:55'));
  });
});

describe('开标异议 on the spot (条例 44)', () => {
  it('is taken until the record is out, and then for as long as the documents say', () => {
    expect(objectionsUntil(null, 30)).toBeNull();
    expect(objectionsUntil(at('09:40'), 30)).toBe(at('10:10'));
    expect(objectionsUntil(at('09:40'), null)).toBe(parseInstant('2026-04-20T23:59:59.999+08:00'));
  });
});

describe('bids that are alike (条例 40)', () => {
  const bid = (bidId: string, supplierId: string, sha256: string, parts: string[]) => ({
    bidId,
    supplierId,
    sha256,
    parts,
  });

  it('by the sealed file, or by all of their parts, in any order', () => {
    const one = bid('1', 'a', 'x', ['p', 'q']);
    const others = [bid('2', 'b', 'y', ['q', 'p']), bid('3', 'c', 'x', []), bid('4', 'd', 'z', ['p'])];
    expect(sameAs(one, [one, ...others])).toEqual(['2', '3']);
  });

  it('what was not opened is not alike for having no parts', () => {
    const one = bid('1', 'a', 'x', []);
    expect(sameAs(one, [one, bid('2', 'b', 'y', [])])).toEqual([]);
  });
});
