import { recordAudit, UNATTENDED, type Actor } from '../../db/audit.ts';
import type { Decision } from '../../db/decisions.ts';
import { recordEvent } from '../../db/events.ts';
import { RESUMED, resumedClocksOf } from '../../db/tender/suspensions.ts';
import type { RecheckResult, ReportPayload } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { beyondScope, changesBetween, firstOf } from '../../domain/evaluation/recheck.ts';
import { badReport } from '../../domain/evaluation/report.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import { seenOf } from '../../domain/text.ts';
import { lotSubject } from '../../domain/subjects.ts';
import { setResultAside } from '../awards/set-aside.ts';
import { NO_WINNER } from '../lots/fail.ts';
import { publishNotice } from '../notices/publish.ts';
import type { TenderCase } from '../tender/case.ts';

/**
 * What a recheck made of the report: compared, not believed.
 * @param anew another committee had to be drawn, which has judged everything (财政部令87号 49)
 * @throws DomainError `bad-input` without a finding, `unlawful` where more changed than was referred
 */
export function resultOf(
  { definition }: TenderCase,
  recheck: Decision<'recheck'>,
  former: Decision<'report'>,
  { report, anew }: { readonly report: ReportPayload; readonly anew: boolean },
): RecheckResult {
  if (seenOf(report.findingZh ?? '') === '') {
    throw badReport(
      'findingZh',
      `应当写明${definition.words.committee}复核的意见和理由`,
      'State what the committee found when it looked again, and why',
    );
  }
  const changes = changesBetween(former.payload, report);
  const beyond = anew ? [] : beyondScope(changes, recheck.payload);
  const [first] = beyond;
  if (first) {
    const { zh, en, details } = citationOf(definition.recheck.only);
    throw new DomainError('unlawful', {
      messageZh: `投标（响应） ${first.bidId} 没有提交复核，不得改变其${definition.words.evaluation}结果${zh}`,
      messageEn: `Bid ${first.bidId} was not referred to the committee: its result does not change${en}`,
      details: { field: 'candidates', given: first.bidId, lawful: recheck.payload.bidIds, ...details },
    });
  }
  const result = changes.length === 0 ? 'kept' : 'changed';
  return { recheckId: recheck.id, formerId: former.id, result, changes };
}

interface Concluded {
  readonly report: ReportPayload;
  readonly former: ReportPayload;
  readonly result: RecheckResult;
}

/**
 * The end of a recheck: a result that is kept leaves everything as it was, with the lost time added. A changed one is published again and
 * stands for the whole period (招标投标法实施条例 54), or begins the purchaser's period to decide again; an award to who is still ranked
 * first stands.
 * @param publish publishes candidates, and begins their period
 */
export async function concludeRecheck(
  c: TenderCase,
  actor: Actor,
  lotNo: number,
  { report, former, result }: Concluded,
  publish: () => Promise<void>,
): Promise<void> {
  const { timeline } = c;
  const { stage } = c.lot(lotNo);
  const { publicity } = c.rules;
  const stands = result.result === 'kept' || (stage === 'contract' && firstOf(former) === firstOf(report));
  if (stands && stage !== 'award') return resume(c, lotNo, result.recheckId);
  timeline.endSuspensions(result.recheckId);
  if (stands && publicity) return;
  const changed = result.result === 'changed';
  if (changed) setResultAside(c, lotNo);
  if (stage === 'contract') {
    publishNotice(
      c,
      actor,
      'amendment',
      { lotNo, corrects: c.latestNotice(lotNo, 'award')?.id ?? null },
      { because: 'result-changed' },
    );
    c.advanceLot(lotNo, 'award', NO_WINNER);
  }
  // The period to decide runs from the report that counts (政府采购法实施条例 43).
  c.planFollowing(lotNo, 'evaluation-report', c.tx.now);
  if (!publicity) return;
  await publish();
  if (stage !== 'publicity') c.advanceLot(lotNo, 'publicity');
}

/** The clock that stood still runs again, with the lost time added, unless something else still suspends it. */
async function resume(c: TenderCase, lotNo: number, recheckId: string): Promise<void> {
  const resumed = await resumedClocksOf(c.tx.q, c.id);
  for (const { milestone } of c.timeline.endSuspensions(recheckId)) {
    const before = c.milestone(lotNo, milestone)?.dueAt ?? null;
    const moved = resumed.findLast((each) => each.lotNo === lotNo && each.milestone === milestone);
    const after = c.timeline.resume(lotNo, milestone, moved?.at ?? null);
    if (after === null) continue;
    recordAudit(c.tx, UNATTENDED, {
      action: RESUMED,
      procurementId: c.id,
      subject: lotSubject(c.id, lotNo),
      detail: { lotNo, milestone, before, after },
    });
    if (milestone !== 'publicity-end') continue;
    publishNotice(c, UNATTENDED, 'amendment', { lotNo }, { because: 'rechecked', before, after });
  }
}

/** The supervisor and who runs the tender learn what came of it. */
export function noteConcluded(c: TenderCase, lotNo: number, { recheckId, result }: RecheckResult): void {
  recordEvent(c.tx, {
    kind: 'recheck.concluded',
    procurementId: c.id,
    lotNo,
    subject: lotSubject(c.id, lotNo),
    detail: { recheckId, result },
  });
}
