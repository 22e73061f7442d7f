import { describe, expect, it } from 'vitest';
import {
  calendarSubject,
  custodianNoticeSubject,
  grievanceSubject,
  lotSubject,
  openingSubject,
  parseSubject,
  procurementSubject,
  refundSubject,
} from '../../domain/subjects.ts';
import { refusalOf } from '../setup/tenders/tender.ts';

describe('the subject of a workflow', () => {
  it.each([
    [procurementSubject('p'), { kind: 'procurement', procurementId: 'p' }],
    [lotSubject('p', 12), { kind: 'lot', procurementId: 'p', lotNo: 12 }],
    [openingSubject('p'), { kind: 'opening', procurementId: 'p' }],
    [custodianNoticeSubject('p', 3), { kind: 'custodian-notice', procurementId: 'p', version: 3 }],
    [grievanceSubject('g'), { kind: 'grievance', grievanceId: 'g' }],
    [refundSubject('b'), { kind: 'refund', bidId: 'b' }],
    [calendarSubject('2-abc'), { kind: 'calendar', name: '2-abc' }],
  ])('%s says what it is', (subject, expected) => {
    expect(parseSubject(subject)).toEqual(expected);
  });

  it.each([
    '',
    'procurement',
    'procurement/',
    'procurement/p/lot',
    'procurement/p/lot/0',
    'procurement/p/lot/01',
    'procurement/p/lot/-1',
    'procurement/p/lot/1/2',
    'procurement/p/opening/1',
    'procurement/p/deadline/x',
    'procurement/p/award/1',
    'grievance/g/lot/1',
    'tender/p',
  ])('%j is none', async (subject) => {
    const refused = await refusalOf(Promise.resolve().then(() => parseSubject(subject)));
    expect([refused.code, refused.details]).toEqual(['bad-input', { field: 'subject', given: subject }]);
  });
});
