import { DomainError } from './errors.ts';

// The subject of a workflow. It is the workflow's id, so that no second workflow starts for the same thing.

export type Subject =
  | { readonly kind: 'procurement'; readonly procurementId: string }
  | { readonly kind: 'lot'; readonly procurementId: string; readonly lotNo: number }
  | { readonly kind: 'committee'; readonly procurementId: string; readonly lotNo: number }
  | { readonly kind: 'opening'; readonly procurementId: string }
  | { readonly kind: 'custodian-notice'; readonly procurementId: string; readonly version: number }
  | { readonly kind: 'grievance'; readonly grievanceId: string }
  | { readonly kind: 'refund'; readonly bidId: string }
  | { readonly kind: 'calendar'; readonly name: string };

export const procurementSubject = (procurementId: string): string => `procurement/${procurementId}`;
export const lotSubject = (procurementId: string, no: number): string => `procurement/${procurementId}/lot/${no}`;
/** The draw of the committee of a lot, and those who are called to it. */
export const committeeSubject = (procurementId: string, no: number): string =>
  `${lotSubject(procurementId, no)}/committee`;
export const openingSubject = (procurementId: string): string => `procurement/${procurementId}/opening`;
/** The notice to the custodians of one version of the bid deadline. */
export const custodianNoticeSubject = (procurementId: string, version: number): string =>
  `procurement/${procurementId}/deadline/${version}`;
export const grievanceSubject = (grievanceId: string): string => `grievance/${grievanceId}`;
export const refundSubject = (bidId: string): string => `refund/${bidId}`;
export const calendarSubject = (name: string): string => `calendar/${name}`;

/** A positive whole number, in the only form that the functions above write. */
const NUMBER = /^[1-9]\d{0,8}$/;

/** @throws DomainError `bad-input` where none of the functions above returns it */
export function parseSubject(subject: string): Subject {
  const [noun, id, part, no, ...more] = subject.split('/');
  if (noun !== undefined && id !== undefined && id !== '' && more.length === 0) {
    if (part === undefined) {
      if (noun === 'procurement') return { kind: 'procurement', procurementId: id };
      if (noun === 'grievance') return { kind: 'grievance', grievanceId: id };
      if (noun === 'refund') return { kind: 'refund', bidId: id };
      if (noun === 'calendar') return { kind: 'calendar', name: id };
    } else if (noun === 'procurement') {
      if (part === 'opening' && no === undefined) return { kind: 'opening', procurementId: id };
      if (no !== undefined && NUMBER.test(no)) {
        if (part === 'lot') return { kind: 'lot', procurementId: id, lotNo: Number(no) };
        if (part === 'deadline') return { kind: 'custodian-notice', procurementId: id, version: Number(no) };
      }
    }
  }
  if (noun === 'procurement' && id && part === 'lot' && no !== undefined && NUMBER.test(no)) {
    if (more.length === 1 && more[0] === 'committee')
      return { kind: 'committee', procurementId: id, lotNo: Number(no) };
  }
  throw new DomainError('bad-input', {
    messageZh: `不是工作流的对象：${subject}`,
    messageEn: `Not the subject of a workflow: ${subject}`,
    details: { field: 'subject', given: subject },
  });
}
