import { plan } from '../../domain/law/plan.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { copied } from './copy.ts';
import { createDraft } from './draft.ts';
import { factsOf } from './facts.ts';
import { inviteesOf } from '../../db/invitees.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { lotOf, procurementById, stageConflict, type Draft, type Procurement } from '../../db/procurements.ts';

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
  const draft: Draft = {
    ...copied(earlier, await inviteesOf(tx.q, earlier.id), from.noticeAt),
    title: `${earlier.title}第${lot.no}标段（重新${words.tendering}）`,
    budgetFen: lot.budgetFen,
    lots: [{ no: 1, title: lot.title, budgetFen: lot.budgetFen, bidBondFen: lot.bidBondFen }],
    retenderOf: earlier.id,
    retenderLot: lot.no,
  };
  // Plans the dates once, so that a draft which could never be lawful is refused here.
  plan(factsOf(draft), tx.calendar);
  return createDraft(tx, actor, draft);
}
