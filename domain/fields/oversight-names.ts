import type { FieldName } from './field-name.ts';

/** Of what who supervises reads of all tenders, of the log, and of what an import of holidays changes. */
export const OVERSIGHT_FIELDS: Readonly<Record<string, FieldName>> = {
  late: ['是否只看已逾期的', 'whether only what is overdue is listed'],
  replied: ['是否看已答复的', 'whether those with a reply are listed'],
  owedBy: ['应当办理者', 'who owes it'],
  'grievances/kind': ['异议或质疑', 'kind of grievance'],
  'OpenGrievance/kind': ['异议或质疑', 'kind of grievance'],
  fact: ['所记内容的哈希', 'hash of what it is about'],
  leaf: ['日志叶子', 'leaf of the log'],
  'CalendarPreview/days': ['因此变动的日期', 'days that change'],
  'CalendarPreview/days.day': ['变动的日期', 'day that changes'],
};
