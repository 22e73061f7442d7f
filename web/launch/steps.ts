import { ROUTES } from '../../api/routes.ts';
import { PARTICULARS, type ParticularKey } from '../../domain/notices/particulars.ts';
import { bodyFields, type FormField } from '../acts/form-fields.ts';

/** The steps of a launch, in their order. */
export const STEPS = ['what', 'parties', 'lots', 'dates', 'particulars', 'documents', 'scheme', 'check'] as const;
export type Step = (typeof STEPS)[number];

export const STEP_NAMES: Readonly<Record<Step, Readonly<Record<'zh' | 'en', string>>>> = {
  what: { zh: '采购什么', en: 'What' },
  parties: { zh: '各方', en: 'Parties' },
  lots: { zh: '标段（包）', en: 'Lots' },
  dates: { zh: '时间', en: 'Dates' },
  particulars: { zh: '公告事项', en: 'Particulars' },
  documents: { zh: '文件', en: 'Documents' },
  scheme: { zh: '评标办法', en: 'Evaluation' },
  check: { zh: '检查并发起', en: 'Check and launch' },
};

export const isStep = (text: string): text is Step => (STEPS as readonly string[]).includes(text);

/** The fields of the draft that a step asks. */
export const STEP_FIELDS: Readonly<Partial<Record<Step, readonly string[]>>> = {
  what: [
    ...['title', 'regime', 'kind', 'procedure', 'mandatory', 'budgetFen', 'contentZh', 'catalogueCode'],
    ...['projectCode', 'fiscalFundsFen', 'investmentFen', 'methodGround'],
  ],
  parties: ['purchaserId', 'agencyId', 'invitees'],
  lots: ['lots', 'depositDecides', 'depositForms'],
  dates: [
    ...['intentionAt', 'noticeAt', 'documentsFrom', 'documentsUntil', 'bidDeadline', 'bidValidityDays'],
    ...['bidderWindowMinutes', 'objectionMinutes'],
  ],
  particulars: ['particulars'],
};

/** The first step of a new draft asks what no draft is without. */
export const FIRST_FIELDS = [
  'title',
  'regime',
  'kind',
  'procedure',
  'budgetFen',
  'contentZh',
  'noticeAt',
  'purchaserId',
];

const draft = (): readonly FormField[] => {
  const route = ROUTES.find(({ method, path }) => method === 'post' && path === '/procurements');
  return (route && bodyFields(route)?.fields) ?? [];
};

/** As the request describes them, in the order in which they are named. */
export const fieldsNamed = (names: readonly string[]): readonly FormField[] =>
  names.flatMap((name) =>
    draft()
      .filter(({ key }) => key === name)
      .map(asTyped),
  );

/** One line of text is one line to type; a procedure that is not run is refused with the reason. */
const asTyped = (field: FormField): FormField =>
  field.key === 'procedure'
    ? { ...field, hint: { zh: '', en: '' } }
    : field.key === 'particulars'
      ? {
          ...field,
          fields: field.fields.map((each) =>
            ['line', 'identifier'].includes(PARTICULARS[each.key as ParticularKey]?.kind)
              ? { ...each, kind: 'text' }
              : each,
          ),
        }
      : field;

/** Where a violation of a field is corrected. */
export function stepOf(field: string): Step {
  if (/^lots\[\d+\]\.scheme/.test(field)) return 'scheme';
  const [first = ''] = field.split(/[.[]/);
  for (const step of STEPS) if (STEP_FIELDS[step]?.includes(first)) return step;
  if (first === 'documents') return 'documents';
  if (first === 'scheme') return 'scheme';
  return 'check';
}
