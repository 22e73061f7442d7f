import type { Tx } from '../../db/access/database.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { preparedActById, settlePreparedAct, type PreparedAct } from '../../db/tender/prepared-acts.ts';
import { assertWaits } from '../../domain/prepared-acts/settled.ts';
import { peopleAround } from './people.ts';
import { noticeOf, subjectOf } from './prepare.ts';

/**
 * Takes back what was prepared, or sends it back (退回), with the reason; the others are informed.
 * @throws DomainError `prepared-settled`
 */
export async function withdrawPreparedAct(tx: Tx, actor: Actor, id: string, reasonZh: string): Promise<PreparedAct> {
  const prepared = await preparedActById(tx.q, id);
  assertWaits(prepared, tx.now);
  const settlement = {
    ...{ state: 'withdrawn' as const, settledBy: actor, settledAt: tx.now },
    ...{ reasonZh, decisionId: null },
  };
  await settlePreparedAct(tx, id, settlement);
  recordAudit(tx, actor, {
    action: 'act.withdraw',
    procurementId: prepared.procurementId,
    subject: subjectOf(prepared),
    detail: { act: prepared.act, lotNo: prepared.lotNo, preparedBy: prepared.preparedBy.accountId },
  });
  const { preparer, confirmers } = await peopleAround(tx.q, prepared);
  const informed = [...(preparer ? [preparer] : []), ...confirmers].map(({ accountId }) => accountId);
  await notify(
    tx,
    informed.filter((accountId) => accountId !== actor.accountId),
    'act.withdrawn',
    noticeOf(prepared, actor),
  );
  return { ...prepared, ...settlement };
}
