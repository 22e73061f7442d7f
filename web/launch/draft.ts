import type * as z from 'zod';
import type { draftSchema, procurementSchema } from '../../api/procurements/views.ts';
import type { Told } from '../../api/visit.ts';
import type { FormField } from '../acts/form-fields.ts';
import { at, valueIn, type Typed } from '../acts/form-values.ts';
import type { PageContext } from '../http/page.ts';

export type Tender = z.infer<typeof procurementSchema>;
export type DraftBody = Record<string, unknown>;

/** What a stored draft is, as a request has it. */
export function bodyOf(tender: Tender): z.input<typeof draftSchema> {
  const { title, regime, procedure, kind, mandatory, budgetFen, contentZh, particulars } = tender;
  return {
    ...{ title, regime, procedure, kind, mandatory, budgetFen, contentZh, particulars: particulars ?? {} },
    ...{ purchaserId: tender.purchaser.id, agencyId: tender.agency?.id ?? null },
    ...{ intentionAt: tender.intentionAt, noticeAt: tender.noticeAt, documentsFrom: tender.documentsFrom },
    ...{ documentsUntil: tender.documentsUntil, bidDeadline: tender.bidDeadline },
    ...{ bidValidityDays: tender.bidValidityDays, catalogueCode: tender.catalogueCode },
    ...{ projectCode: tender.projectCode, fiscalFundsFen: tender.fiscalFundsFen, investmentFen: tender.investmentFen },
    ...{ bidderWindowMinutes: tender.bidderWindowMinutes, depositDecides: tender.depositDecides },
    ...{ depositForms: tender.depositForms, methodGround: tender.methodGround },
    ...{ objectionMinutes: tender.objectionMinutes },
    invitees: (tender.invitees ?? []).map(({ organisationId, source, reasonZh }) => ({
      ...{ organisationId, source, reasonZh },
    })),
    lots: tender.lots.map(({ no, title: lotTitle, budgetFen: lotBudget, bidBondFen, ...lot }) => ({
      ...{ no, title: lotTitle, budgetFen: lotBudget, bidBondFen },
      ...{ performanceBondPermille: lot.performanceBondPermille, performanceBondDays: lot.performanceBondDays },
    })),
  };
}

/** What a step asks, as it was typed; what was emptied is taken out. */
export function typedValues(fields: readonly FormField[], typed: Typed): DraftBody {
  return Object.fromEntries(
    fields.map((field) => {
      const value = valueIn(field, typed, at('', field.key));
      return [field.key, value ?? emptied(field)];
    }),
  );
}

function emptied({ kind, nullable }: FormField): unknown {
  if (kind === 'list') return [];
  if (kind === 'object' && !nullable) return {};
  return nullable ? null : undefined;
}

const etagOf = ({ headers }: Told): string => (typeof headers['etag'] === 'string' ? headers['etag'] : '');

/** A draft, with the version that a change of it is of. */
export async function readDraft(
  context: PageContext,
  id: string,
): Promise<{ readonly told: Told; readonly tender: Tender; readonly etag: string }> {
  const told = await context.ask({ method: 'get', path: `/procurements/${id}` });
  return { told, tender: told.body as Tender, etag: etagOf(told) };
}

export interface Saved {
  readonly told: Told;
  /** Whether something of it was kept although some of it cannot be. */
  readonly inPart: boolean;
}

/**
 * Keeps what a step says. What cannot be read is refused with the reason, and the rest of the step is kept all the same.
 * @param etag the version that was shown: somebody else's change in the meantime is not overwritten
 */
export async function saveStep(
  context: PageContext,
  { id, stored, values, etag }: { id: string; stored: DraftBody; values: DraftBody; etag: string },
): Promise<Saved> {
  const put = (json: DraftBody): Promise<Told> =>
    context.ask({ method: 'put', path: `/procurements/${id}`, json, headers: { 'if-match': etag } });
  const told = await put({ ...stored, ...values });
  const wrong = new Set((told.problem?.issues ?? []).map(({ field }) => String(field).split(/[.[]/)[0]));
  const good = Object.fromEntries(Object.entries(values).filter(([key]) => !wrong.has(key)));
  if (wrong.size === 0 || Object.keys(good).length === 0) return { told, inPart: false };
  return { told, inPart: (await put({ ...stored, ...good })).problem === null };
}
