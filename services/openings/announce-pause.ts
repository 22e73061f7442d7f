import { UNATTENDED } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { peopleOf } from '../../db/accounts/membership-requests.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { standingBidsOf } from '../../db/tender/cases.ts';
import type { OpeningPause } from '../../db/tender/timeline.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { orderedPause } from '../../domain/suspended.ts';
import { publishNotice } from '../notices/publish.ts';
import { loadCase, saveCases, type TenderCase } from '../tender/case.ts';

/**
 * Who must stop is told (财政部令94号 28: 收到暂停采购活动通知), and everybody by a notice where the law has one of a suspension
 * (10号令 20); elsewhere the bidders are told.
 */
export async function announcePause(tx: Tx, pause: OpeningPause): Promise<void> {
  const c = await loadCase(tx, pause.procurementId);
  if (c.definition.grievances.suspensionNotice) {
    const { milestone, since, rule, why, next, replyDueAt } = orderedPause(c.definition, pause);
    const { law, article } = getRule(rule);
    publishNotice(
      c,
      UNATTENDED,
      'suspension',
      { lotNo: 0 },
      {
        ...{ milestone, since, replyDueAt, law, article },
        before: c.milestone(0, milestone)?.dueAt ?? null,
        whyZh: why.zh,
        nextZh: next.zh,
      },
    );
    await saveCases(tx, [c]);
  }
  await tell(c, 'opening.paused');
}

/** The end of it, likewise. */
export async function announceResumption(tx: Tx, pause: OpeningPause): Promise<void> {
  const c = await loadCase(tx, pause.procurementId);
  if (c.definition.grievances.suspensionNotice) {
    const times = { pausedAt: pause.from, resumedAt: tx.now };
    publishNotice(c, UNATTENDED, 'amendment', { lotNo: 0 }, { because: 'opening-resumed', ...times });
    await saveCases(tx, [c]);
  }
  await tell(c, 'opening.resumed');
}

async function tell({ tx, procurement, definition }: TenderCase, kind: 'opening.paused' | 'opening.resumed') {
  const { id, purchaserId, agencyId } = procurement;
  const bidders = definition.grievances.suspensionNotice ? [] : await standingBidsOf(tx.q, [id]);
  const told = [purchaserId, ...(agencyId === null ? [] : [agencyId]), ...bidders.map(({ supplierId }) => supplierId)];
  for (const organisationId of new Set(told)) {
    const people = await peopleOf(tx.q, organisationId);
    await notify(
      tx,
      people.map(({ accountId }) => accountId),
      kind,
      { procurementId: id },
    );
  }
}
