import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import type { Decision } from '../../db/decisions.ts';
import { noticeOf, type Notice } from '../../db/notices.ts';
import { openedBids, unsealingsOf } from '../../db/openings/unsealings.ts';
import type { CorrectionPayload } from '../../domain/decisions.ts';
import { milestoneName } from '../../domain/law/milestones.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { assertAsOpened } from '../../domain/notices/correction-as-opened.ts';
import { assertNamesNoOther, changesOf, unchangedIn, type Corrected } from '../../domain/notices/corrections.ts';
import type { Change, NoticeData } from '../../domain/notices/data.ts';
import { PARTICULARS } from '../../domain/notices/particulars.ts';
import { assertRestatesNothing } from '../../domain/notices/correction-texts.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { standingOf } from './corrected.ts';
import { publishNotice } from './publish.ts';

/**
 * 更正: publishes what a notice should have stated, and why; the notice itself stays as it was published. What the
 * platform computed or another act decides is not changed by it. What it restarts, the procedure says.
 * @throws DomainError `unlawful`, `bad-input`, `stage-conflict`, `not-found`
 */
export async function correctNotice(tx: Tx, actor: Actor, correction: CorrectionPayload): Promise<Decision<'correct'>> {
  const named = await noticeOf(tx.q, correction.noticeId);
  const c = await actOn(tx, named.procurementId);
  c.assertStage('correct', 0);
  const { first, content } = await standingOf(tx.q, named);
  const { definition, procurement } = c;
  const { kind, lotNo } = first;
  const rule = getRule(definition.corrections.rules?.[kind] ?? definition.corrections.rule);
  const corrected: Corrected = {
    ...{ kind, content, rule, words: definition.words },
    amendment: getRule(c.rules.amendment),
    isBidding: procurement.stage === 'bidding',
  };
  const { textZh, reasonZh } = correction;
  const changes = changesOf(corrected, correction.changes, textZh);
  await refuseOtherResult(c, corrected, lotNo, correction);
  restateParticulars(c, changes);
  const published = publishNotice(
    c,
    actor,
    'correction',
    { lotNo, corrects: named.id },
    {
      of: { kind, id: first.id, titleZh: first.titleZh, publishedAt: first.publishedAt, hash: first.hash },
      ...{ changes, textZh, reasonZh, law: rule.law, article: rule.article },
      unchanged: unchangedIn(corrected),
      periods: restart(c, first),
    },
  );
  const decision = c.decide('correct', actor, lotNo, { ...correction, correctionId: published.id });
  await saveCases(tx, [c]);
  return decision;
}

/**
 * No text makes anybody the winner, and nothing is stated of a bid that its opening contradicts. Before its opening nobody
 * is told who bids, not even by a refusal.
 */
async function refuseOtherResult(
  c: TenderCase,
  corrected: Corrected,
  lotNo: number,
  { changes, textZh, reasonZh }: CorrectionPayload,
): Promise<void> {
  if (c.procurement.openedAt === null) return;
  const lots = lotNo === 0 ? c.lots.map(({ no }) => no) : [lotNo];
  const opened = (await Promise.all(lots.map((no) => openedBids(c.tx.q, c.id, no)))).flat();
  const bidders = [...new Set(opened.map(({ supplier }) => supplier))];
  const texts = [
    ...changes.flatMap(({ after }, index) =>
      typeof after === 'string' ? [[`changes.${index}.after`, after] as const] : [],
    ),
    ['textZh', textZh ?? ''],
    ['reasonZh', reasonZh],
  ] as const;
  assertNamesNoOther(corrected, bidders, texts);
  assertRestatesNothing(corrected, unchangedIn(corrected), texts);
  const manifests = new Map((await unsealingsOf(c.tx.q, c.id)).map(({ bidId, manifest }) => [bidId, manifest]));
  const figures = new Map(opened.map(({ id, supplier }) => [supplier, manifests.get(id) ?? {}]));
  assertAsOpened(corrected, changes, (supplier) => figures.get(supplier) ?? {});
}

/** Later notices state what is right. */
function restateParticulars(c: TenderCase, changes: readonly Change[]): void {
  const { particulars } = c.procurement;
  const restated = changes.filter(({ field }) => field in PARTICULARS);
  if (particulars === null || restated.length === 0) return;
  c.change({
    particulars: { ...particulars, ...Object.fromEntries(restated.map(({ field, after }) => [field, after])) },
  });
}

/** What is counted again from the correction of a notice that is in force. */
function restart(c: TenderCase, { kind, lotNo, id }: Notice): NoticeData['correction']['periods'] {
  const restarts = c.definition.corrections.restarts[kind];
  if (!restarts || c.latestNotice(lotNo, kind)?.id !== id || !restarts.stages.includes(c.lot(lotNo).stage)) return [];
  const { from, milestones, stage } = restarts;
  const left = c.definition.stages.lot.find((each) => each.stage === c.lot(lotNo).stage);
  if (stage && left && left.stage !== stage) {
    if (left.ends.by === 'period') c.timeline.cancelPlanned(lotNo, [left.ends.of]);
    c.advanceLot(lotNo, stage);
  }
  c.planFollowing(lotNo, from, c.tx.now, milestones);
  return milestones.flatMap((key) => {
    const milestone = c.milestone(lotNo, key);
    if (!milestone) return [];
    return [{ key, nameZh: milestoneName(key, c.definition.words).zh, until: milestone.dueAt }];
  });
}
