import { describe, expect, it } from 'vitest';
import { checkPresence } from '../../cli/doctor/presence.ts';
import { givenApiSettings } from '../../cli/settings/api.ts';
import type { RecordedAct } from '../../domain/evaluation/acts.ts';
import { presenceLog, presenceOf, seatingOf } from '../../domain/evaluation/presence.ts';
import { venueOf } from '../../domain/evaluation/venues.ts';

const HOST = { name: '省交易中心', room: '301' };
const GUEST = { name: '市交易中心', room: '评标二室' };
const staff = 'account-of-staff';

const recorded = (...acts: readonly RecordedAct['act'][]): RecordedAct[] =>
  acts.map((act, index) => ({ id: String(index), by: 'centre', act, at: 1000 + index }));
const checkIn = (memberId: string, venue: typeof HOST | null = HOST) =>
  ({ kind: 'check-in', staff, memberId, document: 'resident-id', venue }) as const;
const presence = (memberId: string, direction: 'in' | 'out') =>
  ({ kind: 'presence', staff, memberId, direction, venue: HOST }) as const;
const REOPENED: RecordedAct['act'] = {
  kind: 'reopen',
  recheckId: 'r',
  from: 'review',
  bidIds: [],
  items: null,
  found: false,
};

describe('presence, from its log', () => {
  it('who was checked in is in, until the staff record that the member left, and again on the return', () => {
    const log = recorded(checkIn('expert-1'), checkIn('expert-2', null), presence('expert-1', 'out'));
    expect(presenceOf(log).get('expert-1')).toEqual({ checkedInAt: 1000, isIn: false, venue: HOST });
    expect(presenceOf(log).get('expert-2')).toEqual({ checkedInAt: 1001, isIn: true, venue: null });
    expect(presenceOf(log).has('expert-3')).toBe(false);
    const back = [...log, ...recorded(presence('expert-1', 'in'))];
    expect(presenceOf(back).get('expert-1')).toMatchObject({ checkedInAt: 1000, isIn: true });
  });

  it('nobody is in who was not checked in, whatever else is recorded', () => {
    expect(presenceOf(recorded(presence('expert-1', 'in'))).size).toBe(0);
  });

  it('a recheck is another sitting: identities are checked again, and the log keeps the first', () => {
    const log = recorded(checkIn('expert-1'), REOPENED);
    expect(presenceOf(log).size).toBe(0);
    expect(presenceLog(log).map(({ event, memberId }) => [event, memberId])).toEqual([['check-in', 'expert-1']]);
    expect(presenceOf([...log, ...recorded(checkIn('expert-1'))]).get('expert-1')?.isIn).toBe(true);
  });
});

describe('venues', () => {
  const stated = {
    venues: [HOST, GUEST],
    seats: [
      { memberId: 'expert-1', venue: 2 },
      { memberId: 'expert-2', venue: null },
    ],
  };

  it('seat a member at a guest venue or remotely where that is stated, and everybody else at the host', () => {
    expect(venueOf(stated, 'expert-1')).toEqual({ no: 2, venue: GUEST });
    expect(venueOf(stated, 'expert-2')).toBeNull();
    expect(venueOf(stated, 'purchaser-1')).toEqual({ no: 1, venue: HOST });
  });

  it('are those of the last statement; every statement is in the log', () => {
    const log = recorded({ kind: 'venues', staff, ...stated }, { kind: 'venues', staff, venues: [GUEST], seats: [] });
    expect(seatingOf(log)).toEqual({ venues: [GUEST], seats: [] });
    expect(presenceLog(log).map(({ event, staff: by }) => [event, by])).toEqual([
      ['venues', staff],
      ['venues', staff],
    ]);
    expect(seatingOf([])).toBeNull();
  });
});

describe('the setting', () => {
  it('is optional by default, and nothing but optional or required', () => {
    expect(givenApiSettings({}).presence).toBe('optional');
    expect(givenApiSettings({ KAIBIAO_PRESENCE: 'required' }).presence).toBe('required');
    expect(() => givenApiSettings({ KAIBIAO_PRESENCE: 'yes' })).toThrow(
      'KAIBIAO_PRESENCE must be optional or required',
    );
  });

  it('is told by the doctor, who warns in production where nobody is checked in', () => {
    const found = (env: NodeJS.ProcessEnv) => checkPresence(env).ok;
    expect(found({})).toBe('ok');
    expect(found({ NODE_ENV: 'production' })).toBe('warn');
    expect(found({ NODE_ENV: 'production', KAIBIAO_PRESENCE: 'required' })).toBe('ok');
    expect(found({ KAIBIAO_PRESENCE: 'yes' })).toBe('fail');
  });
});
