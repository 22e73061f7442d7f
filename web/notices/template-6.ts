import type { Notice } from '../../db/notices.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { noticeName, type NoticeKind } from '../../domain/notices/kinds.ts';
import { ANY_TENDER_WORDS, type ProcedureWords } from '../../domain/procedures/words.ts';
import { Content } from './content.ts';
import type { Fact } from './document.ts';
import { afterCall, call, leadOfCall } from './form/call.ts';
import { amendment, clarification, correction, lotFailed, suspension, termination } from './form/changes.ts';
import { acceptance, contract, contractChange } from './form/contract.ts';
import type { FormDocument, Section } from './form/document.ts';
import { contacts, dateOf, instantWithWeekday, issuersOf, lines, section, type Reading } from './form/parts.ts';
import { grievanceReply, openingRecord } from './form/record.ts';
import { afterAward, award, candidates } from './form/result.ts';
import { toldOf } from './template-1.ts';

// The sixth template: a notice of any procedure in the order of the official forms, numbered, with who issues it and the
// day at its end. What was published with it is always rendered with it (see template-1.ts).

interface Form {
  readonly lead?: (reading: Reading) => string | null;
  readonly body: (reading: Reading) => Section[];
  /** After what no section has words for. */
  readonly end: (reading: Reading) => Section[];
  readonly issuers?: (reading: Reading) => Fact[];
}

const CALL: Form = { lead: leadOfCall, body: call, end: afterCall };
const noContacts = (): Section[] => [];

const FORMS: Readonly<Record<NoticeKind, Form>> = {
  tender: CALL,
  invitation: CALL,
  amendment: { body: amendment, end: contacts },
  suspension: { body: suspension, end: contacts },
  clarification: { body: clarification, end: contacts },
  'opening-record': { body: openingRecord, end: noContacts },
  'lot-failed': { body: lotFailed, end: contacts },
  candidates: { body: candidates, end: contacts },
  award: { body: award, end: afterAward },
  'grievance-reply': { body: grievanceReply, end: noContacts, issuers: respondentOf },
  contract: { body: contract, end: contacts },
  'contract-change': { body: contractChange, end: contacts },
  acceptance: { body: acceptance, end: contacts },
  termination: { body: termination, end: contacts },
  correction: { body: correction, end: contacts },
};

/** Who answers signs alone. */
function respondentOf(reading: Reading): Fact[] {
  const respondent = reading.content.text('respondent');
  return respondent === null ? issuersOf(reading) : [['答复人', respondent]];
}

/** The document of a notice of the sixth template. Fields without a label are shown as stored. */
export function template6(notice: Notice): FormDocument {
  const { template: _template, drill, words: own, ...stored } = notice.content;
  const words = { ...ANY_TENDER_WORDS, ...(own as Partial<ProcedureWords> | undefined) };
  const content = new Content(stored, instantWithWeekday);
  const reading: Reading = { notice, content, words, told: toldOf(content, words), project: content.record('project') };
  const form = (FORMS as Readonly<Record<string, Form | undefined>>)[notice.kind];
  const lead = form?.lead?.(reading) ?? null;
  const body = form?.body(reading) ?? [];
  const end = form?.end(reading) ?? [];
  const issuers = (form?.issuers ?? issuersOf)(reading);
  return {
    title: notice.titleZh,
    drill: drill === true,
    lead,
    sections: [...body, ...section('其他补充事宜', lines(...content.rest())), ...end],
    signature: { issuers, date: dateOf(notice.publishedAt) },
    colophon: [
      ['公告类型', noticeName(notice.kind, words).zh],
      ['版次', String(notice.version)],
      ['公告编号', notice.id],
      ...(notice.corrects === null ? [] : ([['更正的公告', notice.corrects]] as const)),
      ['发布时间', instantWithWeekday(formatInstant(notice.publishedAt))],
      ['法定发布时间', instantWithWeekday(formatInstant(notice.legalAt))],
    ],
    hash: notice.hash,
  };
}
