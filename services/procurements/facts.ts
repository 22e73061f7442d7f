import type { Draft } from '../../db/procurements.ts';
import type { ProcurementFacts } from '../../domain/law/plan.ts';

/** The facts of a draft or a tender that the law depends on, in the domain's form. */
export function factsOf(
  tender: Omit<Draft, 'title' | 'contentZh' | 'particulars' | 'purchaserId' | 'agencyId' | 'invitees'> & {
    readonly stage?: string;
    readonly rulebookVersion?: string;
  },
): ProcurementFacts {
  const given = <T>(value: T | null): T | undefined => value ?? undefined;
  const facts = {
    regime: tender.regime,
    procedure: tender.procedure,
    kind: tender.kind,
    mandatory: tender.mandatory,
    rulebookVersion: tender.stage === 'draft' ? undefined : tender.rulebookVersion,
    intentionAt: given(tender.intentionAt),
    noticeAt: tender.noticeAt,
    documentsFrom: given(tender.documentsFrom),
    documentsUntil: given(tender.documentsUntil),
    bidDeadline: given(tender.bidDeadline),
    bidValidityDays: given(tender.bidValidityDays),
    budgetFen: tender.budgetFen,
    depositForms: given(tender.depositForms ?? null),
    lots: tender.lots.map(({ no, budgetFen, bidBondFen, performanceBondPermille }) => ({
      no,
      budgetFen,
      ...(bidBondFen === null ? {} : { bidBondFen }),
      ...(typeof performanceBondPermille === 'number' ? { performanceBondPermille } : {}),
    })),
  };
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as unknown as ProcurementFacts;
}
