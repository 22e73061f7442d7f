import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { inviteesOf } from '../../db/invitees.ts';
import { procurementById, type Draft, type Procurement } from '../../db/procurements.ts';
import type { Invitee } from '../../domain/procedures/invitees.ts';
import { copySchemes } from '../evaluation/scheme.ts';
import { createDraft } from './draft.ts';

const MAX_TITLE = 200;
const COPY = '（副本）';

/**
 * Copies a procurement of any stage into a new draft, without its dates and its documents: they belong to the old one.
 * @throws DomainError `not-found`, `not-mandated`, `bad-input` for parties that may not be it any more
 */
export async function copyProcurement(
  tx: Tx,
  actor: Actor,
  from: { readonly procurementId: string; readonly noticeAt: number; readonly title?: string | undefined },
): Promise<Procurement> {
  const earlier = await procurementById(tx.q, from.procurementId);
  const cut = [...earlier.title].slice(0, MAX_TITLE - COPY.length).join('');
  const draft = await createDraft(tx, actor, {
    ...copied(earlier, await inviteesOf(tx.q, earlier.id), from.noticeAt),
    title: from.title ?? `${cut}${COPY}`,
  });
  const lots = earlier.lots.map(({ no }) => ({ no, was: no }));
  await copySchemes(tx, earlier.id, draft.id, lots);
  return draft;
}

/** What the documents ask of a lot that is tendered again. */
export const askedOfLot = ({
  title,
  budgetFen,
  bidBondFen,
  performanceBondPermille,
  performanceBondDays,
}: Omit<Draft['lots'][number], 'no'>): Omit<Draft['lots'][number], 'no'> => ({
  ...{ title, budgetFen, bidBondFen },
  ...{ performanceBondPermille: performanceBondPermille ?? null, performanceBondDays: performanceBondDays ?? null },
});

/** What a new draft takes over; the dates are to be set. */
export function copied(earlier: Procurement, invitees: readonly Invitee[], noticeAt: number): Draft {
  return {
    title: earlier.title,
    regime: earlier.regime,
    procedure: earlier.procedure,
    kind: earlier.kind,
    mandatory: earlier.mandatory,
    purchaserId: earlier.purchaserId,
    agencyId: earlier.agencyId,
    budgetFen: earlier.budgetFen,
    contentZh: earlier.contentZh,
    particulars: earlier.particulars ?? {},
    intentionAt: earlier.intentionAt,
    noticeAt,
    documentsFrom: null,
    documentsUntil: null,
    bidDeadline: null,
    bidValidityDays: earlier.bidValidityDays,
    lots: earlier.lots.map(({ no, ...lot }) => ({ no, ...askedOfLot(lot) })),
    catalogueCode: earlier.catalogueCode,
    projectCode: earlier.projectCode,
    fiscalFundsFen: earlier.fiscalFundsFen,
    investmentFen: earlier.investmentFen,
    depositDecides: earlier.depositDecides,
    depositForms: earlier.depositForms,
    bidderWindowMinutes: earlier.bidderWindowMinutes,
    objectionMinutes: earlier.objectionMinutes,
    methodGround: earlier.methodGround,
    invitees,
  };
}
