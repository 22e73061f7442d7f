import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { recordEvent } from '../../db/events.ts';
import { insertDeposits, insertMovements, type Deposit, type DepositMovement } from '../../db/deposits.ts';

/** Stores deposits, each with its entry in the trail: confidential, since it shows who bids (招标投标法 22). */
export async function storeDeposits(
  tx: Tx,
  actor: Actor,
  deposits: readonly Omit<Deposit, 'id' | 'actor'>[],
): Promise<Deposit[]> {
  const rows = deposits.map((deposit) => ({ id: newId(), actor, ...deposit }));
  await insertDeposits(tx, rows);
  for (const row of rows) {
    recordAudit(tx, actor, {
      action: 'deposit.record',
      procurementId: row.procurementId,
      subject: `deposit/${row.id}`,
      detail: {
        lotNo: row.lotNo,
        supplierId: row.supplierId,
        form: row.form,
        amountFen: row.amountFen,
        arrivedAt: row.arrivedAt,
        source: row.source,
      },
      confidential: true,
    });
    recordDepositEvent(tx, 'recorded', row);
  }
  return rows;
}

type NewMovement = Pick<DepositMovement, 'kind' | 'at'> &
  Partial<Pick<DepositMovement, 'amountFen' | 'interestFen' | 'bankReference' | 'ground' | 'reasonZh'>>;

/** Adds movements, one per deposit; the state of a deposit follows from its movements. */
export async function storeMovements(
  tx: Tx,
  actor: Actor,
  moved: readonly { readonly deposit: Deposit; readonly movement: NewMovement }[],
): Promise<void> {
  const rows = moved.map(({ deposit, movement }) => ({
    id: newId(),
    depositId: deposit.id,
    amountFen: 0,
    interestFen: 0,
    bankReference: null,
    ground: null,
    reasonZh: null,
    ...movement,
    actor,
    recordedAt: tx.now,
  }));
  await insertMovements(tx, rows);
  for (const [index, { deposit }] of moved.entries()) {
    const row = rows[index];
    if (!row) continue;
    recordAudit(tx, actor, {
      action: `deposit.${row.kind}`,
      procurementId: deposit.procurementId,
      subject: `deposit/${deposit.id}`,
      detail: {
        lotNo: deposit.lotNo,
        amountFen: row.amountFen,
        interestFen: row.interestFen,
        ...(row.ground === null ? {} : { ground: row.ground }),
      },
      confidential: true,
    });
    recordDepositEvent(tx, row.kind, deposit);
  }
}

function recordDepositEvent(tx: Tx, verb: 'recorded' | DepositMovement['kind'], deposit: Deposit): void {
  recordEvent(tx, {
    kind: `deposit.${verb}`,
    procurementId: deposit.procurementId,
    lotNo: deposit.lotNo,
    organisationId: deposit.supplierId,
    subject: `deposit/${deposit.id}`,
    confidential: true,
  });
}
