import { plan } from '../../domain/law/plan.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { createDraft } from './draft.ts';
import { factsOf } from './facts.ts';
import { inviteesOf } from '../../db/invitees.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { lotOf, procurementById, stageConflict, type Procurement } from '../../db/procurements.ts';

/**
 * Drafts the re-tender (重新招标) of a failed lot: the same lot, with new dates to be set and the earlier tender named. It
 * is launched like any other draft.
 * @throws DomainError `stage-conflict` when the lot has not failed, `not-found`
 */
export async function draftRetender(
  tx: Tx,
  actor: Actor,
  from: { procurementId: string; lotNo: number; noticeAt: number },
): Promise<Procurement> {
  const earlier = await procurementById(tx.q, from.procurementId);
  const lot = await lotOf(tx.q, from.procurementId, from.lotNo);
  const { failure, words } = procedureOf(earlier);
  if (lot.stage !== 'failed') {
    throw stageConflict('lot', lot.stage, ['failed'], getRule(failure.nextRule ?? failure.rule));
  }
  const draft = {
    title: `${earlier.title}第${lot.no}标段（重新${words.tendering}）`,
    regime: earlier.regime,
    procedure: earlier.procedure,
    kind: earlier.kind,
    mandatory: earlier.mandatory,
    purchaserId: earlier.purchaserId,
    agencyId: earlier.agencyId,
    budgetFen: lot.budgetFen,
    contentZh: earlier.contentZh,
    particulars: earlier.particulars ?? {},
    intentionAt: earlier.intentionAt,
    noticeAt: from.noticeAt,
    documentsFrom: null,
    documentsUntil: null,
    bidDeadline: null,
    bidValidityDays: earlier.bidValidityDays,
    lots: [{ no: 1, title: lot.title, budgetFen: lot.budgetFen, bidBondFen: lot.bidBondFen }],
    retenderOf: earlier.id,
    retenderLot: lot.no,
    catalogueCode: earlier.catalogueCode,
    projectCode: earlier.projectCode,
    fiscalFundsFen: earlier.fiscalFundsFen,
    investmentFen: earlier.investmentFen,
    depositDecides: earlier.depositDecides,
    depositForms: earlier.depositForms,
    bidderWindowMinutes: earlier.bidderWindowMinutes,
    objectionMinutes: earlier.objectionMinutes,
    methodGround: earlier.methodGround,
    invitees: await inviteesOf(tx.q, earlier.id),
  };
  // Plans the dates once, so that a draft which could never be lawful is refused here.
  plan(factsOf(draft), tx.calendar);
  return createDraft(tx, actor, draft);
}
