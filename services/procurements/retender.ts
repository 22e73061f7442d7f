import { plan } from '../../domain/law/plan.ts';
import type { Particulars } from '../../domain/notices/particulars.ts';
import { lotNumbersZh } from '../../domain/notices/kinds.ts';
import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { askedOfLot, copied } from './copy.ts';
import { copySchemes } from '../evaluation/scheme.ts';
import { createDraft } from './draft.ts';
import { assertNotRetendered } from './retendered.ts';
import { factsOf } from './facts.ts';
import { inviteesOf } from '../../db/invitees.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { notFound, procurementById, type Draft, type LotRow, type Procurement } from '../../db/procurements.ts';

/**
 * Drafts the re-tender (重新招标) of failed lots: the same lots, with new dates to be set and the earlier tender named. It
 * is launched like any other draft.
 * @throws DomainError `stage-conflict` where one of them has not failed, `already-exists` where one is tendered again
 *   already, `not-found`
 */
export async function draftRetender(
  tx: Tx,
  actor: Actor,
  from: {
    readonly procurementId: string;
    /** One lot, or several. */
    readonly lotNo?: number;
    readonly lotNos?: readonly number[];
    readonly noticeAt: number;
  },
): Promise<Procurement> {
  const earlier = await procurementById(tx.q, from.procurementId);
  const failed = failedLots(earlier, from.lotNos ?? (from.lotNo === undefined ? [] : [from.lotNo]));
  await assertNotRetendered(
    tx.q,
    earlier,
    failed.map(({ no }) => no),
  );
  const [first, ...others] = failed;
  const { words } = procedureOf(earlier);
  const draft: Draft = {
    ...copied(earlier, await inviteesOf(tx.q, earlier.id), from.noticeAt),
    title: `${earlier.title}${lotNumbersZh(failed, words)}（重新${words.tendering}）`,
    budgetFen: failed.reduce((sum, { budgetFen }) => sum + budgetFen, 0),
    particulars: particularsOf(earlier, failed),
    lots: failed.map((lot, index) => ({ no: index + 1, ...askedOfLot(lot) })),
    retenderOf: earlier.id,
    retenderLot: first?.no ?? null,
    retenderOthers: others.length === 0 ? null : others.map(({ no }) => no),
  };
  // Plans the dates once, so that a draft which could never be lawful is refused here.
  plan(factsOf(draft), tx.calendar);
  const created = await createDraft(tx, actor, draft);
  const lots = failed.map(({ no }, index) => ({ no: index + 1, was: no }));
  await copySchemes(tx, earlier.id, created.id, lots);
  return created;
}

/** In the order of their numbers. */
function failedLots(earlier: Procurement, lotNos: readonly number[]): LotRow[] {
  const definition = procedureOf(earlier);
  return [...new Set(lotNos)]
    .sort((a, b) => a - b)
    .map((no) => {
      const lot = earlier.lots.find((each) => each.no === no);
      if (!lot) throw notFound('lot', `${earlier.id}/lot/${no}`);
      if (lot.stage === 'failed') return lot;
      throw stageConflict(definition, { what: 'lot', stage: lot.stage, wanted: ['failed'], action: 'lot.retender' });
    });
}

/** A ceiling is that of the whole tender: for some of its lots another one is to be stated. */
function particularsOf({ particulars, lots }: Procurement, failed: readonly LotRow[]): Particulars {
  const { ceilingPriceFen, ...others } = particulars ?? {};
  return failed.length < lots.length || ceilingPriceFen === undefined ? others : { ...others, ceilingPriceFen };
}
