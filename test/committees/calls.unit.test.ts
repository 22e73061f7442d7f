import { describe, expect, it } from 'vitest';
import { callsFollow, nextCalls, unconfirmed, type Call, type CallState } from '../../domain/committees/calls.ts';

const candidate = (label: string, unit: string, ...fields: string[]) => ({ label, unit, fields });
const TERMS = {
  groups: [
    { field: 'A', seats: 2 },
    { field: 'B', seats: 1 },
  ],
  onePerUnit: true,
  candidates: [
    candidate('a', 'u1', 'A'),
    candidate('b', 'u1', 'A'),
    candidate('c', 'u2', 'A', 'B'),
    candidate('d', 'u3', 'A'),
    candidate('e', 'u4', 'B'),
    candidate('f', 'u5', 'B'),
  ],
};
const ORDERS = [
  { field: 'A', labels: ['a', 'b', 'c', 'd'] },
  { field: 'B', labels: ['c', 'e', 'f'] },
];
const call = (field: string, label: string, state: CallState): Call => ({ field, label, state });

describe('who is called', () => {
  it('the first of each field; nobody twice, and no two of one unit', () => {
    expect(nextCalls(TERMS, ORDERS, [])).toEqual([
      { field: 'A', label: 'a' },
      { field: 'A', label: 'c' },
      { field: 'B', label: 'e' },
    ]);
  });

  it('two of one unit where the documents allow it', () => {
    expect(nextCalls({ ...TERMS, onePerUnit: false }, ORDERS, []).map(({ label }) => label)).toEqual(['a', 'b', 'c']);
  });

  it.each<CallState>(['declined', 'lapsed', 'withdrawn'])('the next in order for one that has %s', (state) => {
    const calls = [call('A', 'a', state), call('A', 'c', 'confirmed'), call('B', 'e', 'confirmed')];
    // b is of the unit of a, who has no seat any more.
    expect(nextCalls(TERMS, ORDERS, calls)).toEqual([{ field: 'A', label: 'b' }]);
  });

  it('nobody while the seats are taken, or nobody is left', () => {
    const full = [call('A', 'a', 'confirmed'), call('A', 'c', 'invited'), call('B', 'e', 'confirmed')];
    expect(nextCalls(TERMS, ORDERS, full)).toEqual([]);
    expect(unconfirmed(TERMS.groups, full)).toBe(1);
    const gone = [
      call('B', 'e', 'declined'),
      call('B', 'f', 'declined'),
      call('A', 'a', 'confirmed'),
      call('A', 'c', 'confirmed'),
    ];
    expect(nextCalls(TERMS, ORDERS, gone)).toEqual([]);
    expect(unconfirmed(TERMS.groups, gone)).toBe(1);
  });
});

describe('the calls of a record', () => {
  const at = (field: string, label: string, state: CallState, askedAt: number, endedAt: number | null) => ({
    ...call(field, label, state),
    askedAt,
    endedAt,
  });
  const first = [at('A', 'a', 'declined', 1, 3), at('A', 'c', 'confirmed', 1, 2), at('B', 'e', 'confirmed', 1, 2)];

  it('follow from the draw and the answers', () => {
    expect(callsFollow(TERMS, ORDERS, [...first, at('A', 'b', 'invited', 3, null)])).toBe(true);
  });

  it('not where a substitute was asked out of turn, or before anybody had declined', () => {
    expect(callsFollow(TERMS, ORDERS, [...first, at('A', 'd', 'invited', 3, null)])).toBe(false);
    expect(callsFollow(TERMS, ORDERS, [...first, at('A', 'b', 'invited', 2, null)])).toBe(false);
    expect(callsFollow(TERMS, ORDERS, [at('A', 'd', 'invited', 1, null)])).toBe(false);
  });
});
