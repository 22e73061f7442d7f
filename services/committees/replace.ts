import type { LotStage } from '../../domain/stages.ts';
import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { changeCall, type CommitteeCall, type Draw } from '../../db/committees/draws.ts';
import { expertById, expertOf } from '../../db/committees/experts.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import { openedBids } from '../../db/openings/unsealings.ts';
import type { ReplacementGround } from '../../domain/committees/state.ts';
import type { ExclusionReason } from '../../domain/draws/terms.ts';
import { conflictsWith } from '../../domain/experts/eligibility.ts';
import { badInput } from '../../domain/issues.ts';
import { openRecheck } from '../rechecks/open.ts';
import { loadCase, type TenderCase } from '../tender/case.ts';
import { callOf, withdrawMember } from './calls.ts';
import { eligibilityFacts } from './eligible.ts';
import { note, UNNAMED_EXPERT } from './events.ts';
import { openDrawSeal } from './sealed.ts';

/** The stages of a lot in which its committee may still change. */
const REPLACEABLE_STAGES: readonly LotStage[] = ['pending', 'opening', 'evaluation'];

/**
 * Replaces a member, on one of the grounds of the law and for no other reason, by the next in the drawn order.
 * @rule works-committee-no-replace, works-member-replace-grounds, gp-committee-replacement
 * @throws DomainError `stage-conflict`, `not-found`
 */
export async function replaceMember(
  tx: Tx,
  actor: Actor,
  { drawId, no }: Pick<CommitteeCall, 'drawId' | 'no'>,
  ground: { readonly departure: ReplacementGround; readonly reasonZh: string },
): Promise<void> {
  const { draw, call } = await callOf(tx, drawId, no);
  const c = await loadCase(tx, draw.procurementId);
  const { stage } = c.lot(draw.lotNo);
  if (!REPLACEABLE_STAGES.includes(stage) && !(await openRecheck(c, draw.lotNo)))
    throw outOfState('lot', stage, REPLACEABLE_STAGES);
  if (call.state !== 'confirmed') throw outOfState('draw', call.state, ['confirmed']);
  await withdrawMember(tx, actor, { draw, call }, ground);
}

/** What a member states once it is known who bids, before a bid is read. */
export interface ConflictStatement {
  /** Bids whose bidder the member has an interest in. */
  readonly bidIds: readonly string[];
  readonly reasonZh: string | null;
}

/**
 * 回避: a member states whether there is a conflict with those who bid, and the platform looks into what is known of him. Who
 * has one is replaced by the next in order.
 * @returns the conflicts that the platform found
 * @throws DomainError `stage-conflict` before the opening, `bad-input` for bids of another lot
 */
export async function stateConflicts(
  tx: Tx,
  { drawId, no }: Pick<CommitteeCall, 'drawId' | 'no'>,
  statement: ConflictStatement,
): Promise<readonly ExclusionReason[]> {
  const { draw, call } = await callOf(tx, drawId, no);
  const c = await loadCase(tx, draw.procurementId);
  const { stage } = c.lot(draw.lotNo);
  if (stage !== 'evaluation' && !(await openRecheck(c, draw.lotNo))) throw outOfState('lot', stage, ['evaluation']);
  if (call.state !== 'confirmed') throw outOfState('draw', call.state, ['confirmed']);
  await refuseOtherBids(c, draw.lotNo, statement.bidIds);
  const found = await conflictsOf(c, draw, call);
  if (found.length === 0 && statement.bidIds.length === 0) {
    await changeCall(tx, call, { clearedAt: tx.now });
    note(tx, draw, { actor: UNNAMED_EXPERT, action: 'committee.clear', detail: { no, field: call.field } });
    return [];
  }
  const codes = found.map(({ code }) => code).join('、');
  await withdrawMember(
    tx,
    UNNAMED_EXPERT,
    { draw, call },
    { departure: 'recusal', reasonZh: statement.reasonZh ?? `平台核对发现的关系：${codes}` },
  );
  return found;
}

async function conflictsOf(c: TenderCase, draw: Draw, call: CommitteeCall): Promise<readonly ExclusionReason[]> {
  const expertId = openDrawSeal(c.tx.committees, draw).people[call.label]?.expertId ?? '';
  const facts = await eligibilityFacts(c, draw.lotNo, {
    fields: [call.field],
    regions: null,
    evaluationAt: c.tx.now,
  });
  return conflictsWith(expertOf(await expertById(c.tx.q, expertId)), facts, c.definition.committee);
}

async function refuseOtherBids({ id, tx }: TenderCase, lotNo: number, bidIds: readonly string[]): Promise<void> {
  const known = new Set((await openedBids(tx.q, id, lotNo)).map((each) => each.id));
  const unknown = bidIds.findIndex((bidId) => !known.has(bidId));
  if (unknown < 0) return;
  throw badInput([
    {
      field: `bidIds.${unknown}`,
      rule: 'bid-of-lot',
      messageZh: '不是本标段的投标文件',
      messageEn: 'It is no bid of this lot',
    },
  ]);
}
