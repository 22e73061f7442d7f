import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { forgetPlan, procurementById, type Procurement } from '../../db/procurements.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { loadCase, saveCases } from '../tender/case.ts';

/**
 * Withdraws a launch (撤回发起) before the instant of its notice: nobody outside knows of it, so it is a draft again, to be
 * changed, launched anew or deleted. Its workflow is woken and ends.
 * @throws DomainError `stage-conflict` also from the instant of the notice on, even where it is published late
 */
export async function withdrawLaunch(
  tx: Tx,
  actor: Actor,
  id: string,
  { reasonZh }: { readonly reasonZh: string },
): Promise<Procurement> {
  const c = await loadCase(tx, id);
  const { stage, noticeAt, bidDeadline, launchedAt } = c.procurement;
  if (stage !== 'launched') {
    throw stageConflict(c.definition, {
      what: 'procurement',
      stage,
      wanted: ['launched'],
      action: 'procurement.withdraw-launch',
    });
  }
  if (tx.now >= noticeAt) throw tooLate(noticeAt);
  c.advance('draft', { launchedAt: null, calendarHash: null });
  recordAudit(tx, actor, {
    action: 'procurement.withdraw-launch',
    procurementId: id,
    subject: `procurement/${id}`,
    detail: {
      reasonZh,
      launchedAt: launchedAt === null ? null : formatInstant(launchedAt),
      noticeAt: formatInstant(noticeAt),
      bidDeadline: bidDeadline === null ? null : formatInstant(bidDeadline),
    },
  });
  await saveCases(tx, [c]);
  await forgetPlan(tx, id);
  return procurementById(tx.q, id);
}

const tooLate = (noticeAt: number): DomainError =>
  new DomainError('stage-conflict', {
    messageZh: `公告时间（${instantZh(noticeAt)}）已到，不能撤回发起；公告后有法定事由的，可终止`,
    messageEn: `The instant of the notice (${instantEn(noticeAt)}) has come: the launch is not withdrawn; on a lawful ground the tender is terminated`,
    details: { field: 'stage', stage: 'launched', noticeAt: formatInstant(noticeAt) },
  });
