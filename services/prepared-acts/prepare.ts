import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { insertPreparedAct, waitingAt, type PreparedAct } from '../../db/tender/prepared-acts.ts';
import { procurementById } from '../../db/procurements.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { lapsesAfter } from '../../domain/prepared-acts/settled.ts';
import { peopleAround } from './people.ts';
import { filesOf, lotOf, seenAt } from './seen.ts';

/** A request that was judged and not carried out. */
export type Preparation = Pick<PreparedAct, 'act' | 'procurementId' | 'path' | 'params' | 'request' | 'confirmingId'>;

/**
 * 经办: keeps an act for another person to confirm; nothing of it takes effect. Who may confirm it is informed.
 * @throws DomainError `already-exists` where one waits at that address
 */
export async function prepareAct(tx: Tx, actor: Actor, preparation: Preparation): Promise<PreparedAct> {
  const { act, procurementId, params, request, confirmingId } = preparation;
  const waiting = await waitingAt(tx.q, preparation, tx.now);
  if (waiting) throw waitsAlready(waiting);
  const procurement = await procurementById(tx.q, procurementId);
  const lotNo = await lotOf(tx.q, params);
  const prepared: PreparedAct = {
    ...preparation,
    ...{ id: newId(), lotNo, organisationId: actor.organisationId ?? '', preparedBy: actor },
    ...{ preparedAt: tx.now, lapsesAt: lapsesAfter(tx.now) },
    files: await filesOf(tx.q, procurement, { request }),
    seen: await seenAt(tx.q, procurement, lotNo),
    ...{ state: 'waiting', settledBy: null, settledAt: null, reasonZh: null, decisionId: null },
  };
  await insertPreparedAct(tx, prepared);
  recordAudit(tx, actor, {
    action: 'act.prepare',
    procurementId,
    subject: subjectOf(prepared),
    detail: {
      ...{ act, lotNo, confirmingId, lapsesAt: formatInstant(prepared.lapsesAt) },
      files: prepared.files.map(({ sha256 }) => sha256),
    },
  });
  const { confirmers } = await peopleAround(tx.q, prepared);
  await notify(
    tx,
    confirmers.map(({ accountId }) => accountId),
    'act.prepared',
    noticeOf(prepared, actor),
  );
  return prepared;
}

export const subjectOf = ({ id }: Pick<PreparedAct, 'id'>): string => `prepared-act/${id}`;

/** What people are informed of it. */
export const noticeOf = ({ id, act, procurementId, lotNo }: PreparedAct, { accountId }: Actor) => ({
  ...{ preparedActId: id, act, procurementId, lotNo },
  by: accountId,
});

function waitsAlready({ id, preparedAt, preparedBy }: PreparedAct): DomainError {
  return new DomainError('already-exists', {
    messageZh: `同一事项已于 ${instantZh(preparedAt)} 经办，尚待复核；请先复核或撤回`,
    messageEn: `It was prepared already at ${instantEn(preparedAt)} and waits to be confirmed: confirm or withdraw that first`,
    details: { preparedActId: id, preparedAt: formatInstant(preparedAt), preparedBy: preparedBy.accountId },
  });
}
