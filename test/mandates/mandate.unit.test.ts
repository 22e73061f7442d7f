import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../domain/civil-time.ts';
import { MANDATE_ACTS, MANDATE_ACT_NAMES, mandateActOf } from '../../domain/mandates/acts.ts';
import { mandateFor, type MandatedAct, type MandateTerms } from '../../domain/mandates/mandate.ts';
import { DomainError } from '../../domain/errors.ts';
import { PERMISSIONS, type Action } from '../../domain/roles.ts';

const NOW = parseInstant('2026-03-05T10:00:00+08:00');
const MANDATE: MandateTerms = {
  id: 'm',
  projectCodes: ['P-1'],
  acts: ['prepare', 'launch'],
  purchaserConfirms: [],
  untilAt: parseInstant('2026-12-31T23:59:59+08:00'),
  acceptedAt: NOW - 1,
  endedAt: null,
};
const WANTED: MandatedAct = { projectCode: 'P-1', act: 'launch' };

function refusal(mandates: readonly MandateTerms[], wanted = WANTED, now = NOW): DomainError {
  try {
    mandateFor(mandates, wanted, now, 'works-agency-mandate');
  } catch (error) {
    if (error instanceof DomainError) return error;
  }
  throw new Error('it was not refused');
}

describe('what an agency may do by its mandate', () => {
  it('names every act of the role table that an agency may do for a purchaser, once', () => {
    const ofAgency = (Object.keys(PERMISSIONS) as Action[]).filter(
      (action) => (PERMISSIONS[action].roles as Record<string, unknown>)['agency'] === 'procurement',
    );
    const listed = MANDATE_ACT_NAMES.flatMap((act) => [...MANDATE_ACTS[act].actions] as Action[]);
    expect(new Set(listed).size).toBe(listed.length);
    expect(ofAgency).toEqual(expect.arrayContaining(listed));
    // Reading, and adding documents, need a mandate of any acts.
    expect(ofAgency.filter((action) => mandateActOf(action) === null).sort()).toEqual(
      [
        'committee.read',
        'committee.state',
        'contract.read',
        'bid.read',
        'deposit.read',
        'document.obtain',
        'document.obtainers',
        'document.upload',
        'dossier.make',
        'grievance.read',
        'opening.schedule',
        'presence.read',
        'venue.read',
        'procurement.read-draft',
        'recheck.read',
        'report.read',
      ].sort(),
    );
  });

  it('is what the mandate covers while it is in force', () => {
    expect(mandateFor([MANDATE], WANTED, NOW, 'works-agency-mandate')).toBe(MANDATE);
    const whole = { ...MANDATE, projectCodes: null };
    expect(mandateFor([whole], { projectCode: null, act: null }, NOW, 'gp-agency-mandate')).toBe(whole);
  });

  it('leaves to the purchaser what it says, unless another mandate does not', () => {
    const reserving: MandateTerms = { ...MANDATE, id: 'r', purchaserConfirms: ['launch'] };
    expect(mandateFor([reserving], WANTED, NOW, 'works-agency-mandate').id).toBe('r');
    const alone: MandatedAct = { ...WANTED, alone: 'launch' };
    const error = refusal([reserving], alone);
    expect([error.code, error.details?.['reason'], error.details?.['mandateId']]).toEqual([
      'not-mandated',
      'alone',
      'r',
    ]);
    expect(mandateFor([reserving, MANDATE], alone, NOW, 'works-agency-mandate').id).toBe('m');
    expect(mandateFor([reserving], { ...WANTED, alone: 'amendment' }, NOW, 'works-agency-mandate').id).toBe('r');
  });

  it.each<[string, Partial<MandateTerms>, Partial<MandatedAct>, RegExp]>([
    ['offer', { acceptedAt: null }, {}, /尚未经对方接受/],
    ['ended', { endedAt: NOW - 1 }, {}, /提前终止/],
    ['expired', { untilAt: NOW }, {}, /届满/],
    ['project', {}, { projectCode: 'P-2' }, /P-1.*P-2/],
    ['project', {}, { projectCode: null }, /P-1/],
    ['act', {}, { act: 'evaluation' }, /组织评标/],
  ])('is refused where it lacks: %s %o', (reason, change, wanted, message) => {
    const error = refusal([{ ...MANDATE, ...change }], { ...WANTED, ...wanted });
    expect(error.details).toMatchObject({ reason, mandateId: 'm', law: '招标投标法', article: '15' });
    expect(error.messageZh).toMatch(message);
  });

  it('names the mandate that is nearest to what would do, and none where there is none', () => {
    const ended = { ...MANDATE, id: 'ended', endedAt: NOW - 1 };
    const narrow = { ...MANDATE, id: 'narrow', acts: ['prepare' as const] };
    expect(refusal([ended, narrow]).details).toMatchObject({ reason: 'act', mandateId: 'narrow' });
    expect(refusal([]).details).toMatchObject({ reason: 'none', act: 'launch' });
  });
});
