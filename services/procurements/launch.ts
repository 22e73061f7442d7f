import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { tenderDocumentsOf } from '../../db/documents.ts';
import { schemesOf } from '../../db/evaluation/schemes.ts';
import { inviteesOf } from '../../db/invitees.ts';
import { notFound, procurementById, type Procurement } from '../../db/procurements.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import type { CatalogueView } from '../../domain/law/catalogue.ts';
import { blocks, type Violation } from '../../domain/law/check.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { breachOf } from '../../domain/law/violation.ts';
import { milestoneOf, plan, type MilestoneKey, type Plan } from '../../domain/law/plan.ts';
import { loadCase, saveCases } from '../tender/case.ts';
import type { DepositRates } from '../../domain/deposits/interest.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import type { Invitee } from '../../domain/procedures/invitees.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { refusersBefore } from '../awards/refusers.ts';
import { depositRatesInForce } from '../deposits/rates.ts';
import { wakeCommittee } from '../committees/events.ts';
import { planBidding, planCommittee } from './bidding.ts';
import { checkDraft, methodContext, unlawful } from './check-draft.ts';
import { factsOf } from './facts.ts';
import { assertCustodians } from '../custodians/sealing-terms.ts';
import { assertMandated } from '../mandates/assert.ts';
import { assertNotRetendered, retenderedLots } from './retendered.ts';
import { assertParties } from '../organisations/parties.ts';

/**
 * Launches (发起): nothing that the law forbids is launched. Open dates become the earliest lawful ones.
 * @throws DomainError `unlawful` with every violation, `not-mandated` where its agency has no mandate, `bad-input` for
 *   parties that may not be it, `already-exists` for a lot that is tendered again already, `custodians-missing`,
 *   `stage-conflict`, `not-found`
 */
export async function launchProcurement(
  tx: Tx,
  actor: Actor,
  id: string,
  options: {
    readonly confirmed?: ReadonlySet<string>;
    readonly sealing?: 'required' | 'optional';
    /** Rates of a file, besides those that are recorded. */
    readonly rates?: DepositRates | null;
  } = {},
): Promise<{ procurement: Procurement; plan: Plan; violations: Violation[] }> {
  const c = await loadCase(tx, id);
  const draft = c.tender;
  if (draft.stage !== 'draft') {
    throw stageConflict(c.definition, {
      what: 'procurement',
      stage: draft.stage,
      wanted: ['draft'],
      action: 'procurement.launch',
    });
  }
  if (draft.discardedAt !== null) throw notFound('procurement', id);
  await assertParties(tx.q, draft);
  if (draft.retenderOf !== null) {
    await assertNotRetendered(tx.q, await procurementById(tx.q, draft.retenderOf), retenderedLots(draft), id);
  }
  const { agencyId } = draft;
  // An agency that the purchaser names runs it too: both have agreed.
  if (agencyId !== null) {
    await assertMandated(tx.q, { ...draft, agencyId }, actor.role === 'agency' ? 'launch' : null, tx.now);
  }
  const [context, documents, invitees, rates, schemes] = await Promise.all([
    methodContext(tx.q, draft, actor),
    tenderDocumentsOf(tx.q, id),
    inviteesOf(tx.q, id),
    depositRatesInForce(tx.q, options.rates ?? null),
    schemesOf(tx.q, id),
  ]);
  const facts = { context, documents, invitees, schemes };
  const checked = checkDraft(draft, tx.calendar, { now: tx.now, ...facts, ...options, rates });
  const violations = [...checked.violations, ...(await invitedRefusers(tx, draft, invitees))];
  if (blocks(violations)) throw unlawful(violations, { zh: '未发起', en: 'not launched' });
  if (options.sealing === 'required') await assertCustodians(tx.q);
  const at = (key: MilestoneKey) => milestoneOf(checked.plan, key)?.at ?? null;
  c.advance('launched', {
    launchedAt: tx.now,
    documentsFrom: at('documents-from'),
    documentsUntil: at('documents-until'),
    bidDeadline: at('bid-deadline'),
    calendarHash: tx.calendar.hash,
    rulebookVersion: checked.plan.rulebookVersion,
  });
  planBidding(c);
  // Whose documents state a scheme is evaluated here: its committee is awaited from now on.
  for (const { lotNo } of schemes) {
    planCommittee(c, lotNo, at('opening'));
    wakeCommittee(tx, { procurementId: id, lotNo });
  }
  recordAudit(tx, actor, {
    action: 'procurement.launch',
    procurementId: id,
    subject: `procurement/${id}`,
    detail: {
      noticeAt: formatInstant(draft.noticeAt),
      rulebook: checked.plan.rulebookVersion,
      calendar: checked.plan.calendarHash,
      ...(schemes.length === 0 ? {} : { schemes: schemes.map(({ lotNo, hash }) => ({ lotNo, hash })) }),
      ...sourcesOf(context.view),
    },
  });
  await saveCases(tx, [c]);
  const procurement = { ...c.tender, version: draft.version + 1 };
  return { procurement, plan: plan(factsOf(procurement), tx.calendar), violations: checked.violations };
}

/** Who refused the contract before is not invited again. */
async function invitedRefusers(tx: Tx, draft: Procurement, invitees: readonly Invitee[]): Promise<Violation[]> {
  const { barred } = procedureOf(draft).replacement;
  if (barred === undefined || draft.retenderOf === null) return [];
  const refusers = await refusersBefore(tx.q, draft);
  return invitees.flatMap(({ organisationId }, index) =>
    refusers.has(organisationId)
      ? [
          breachOf(getRule(barred), 'block', {
            ...{ field: `invitees[${index}].organisationId`, given: organisationId },
            messageZh: '该供应商曾拒绝签订本项目的合同，不得参加重新开展的采购活动',
            messageEn:
              'This supplier refused the contract of this procurement, and takes no part where it is held again',
          }),
        ]
      : [],
  );
}

/** The documents (文号) that the choice of the procedure was judged by. */
function sourcesOf({ entry, threshold }: CatalogueView): Record<string, string> {
  return {
    ...(entry === null ? {} : { catalogue: entry.source }),
    ...(threshold === null ? {} : { thresholds: threshold.source }),
  };
}
