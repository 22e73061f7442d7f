import { v7 as newId } from 'uuid';
import { membershipsOfAccount } from '../../db/accounts/memberships.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import {
  changeExpert,
  expertById,
  expertsOf,
  expertsOfAccount,
  insertPool,
  type ExpertPool,
  type ExpertRow,
} from '../../db/committees/experts.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Suspension, Tie } from '../../domain/experts/expert.ts';
import type { PoolLevel } from '../../domain/experts/pool.ts';
import { badInput } from '../../domain/issues.ts';

/** 建立专家库. */
export async function createPool(
  tx: Tx,
  actor: Actor,
  pool: { readonly name: string; readonly level: PoolLevel; readonly elsewhere: boolean; readonly keeperId: string },
): Promise<ExpertPool> {
  const row = { id: newId(), ...pool, createdAt: tx.now };
  await insertPool(tx, row);
  recordAudit(tx, actor, {
    action: 'expert-pool.create',
    procurementId: null,
    subject: `expert-pool/${row.id}`,
    detail: { name: pool.name, level: pool.level, elsewhere: pool.elsewhere },
  });
  return row;
}

/**
 * Says who signs in as an expert.
 * @throws DomainError `bad-input` for an account that is no expert's, `already-exists` for one that is another's in this pool
 */
export async function linkAccount(tx: Tx, actor: Actor, id: string, accountId: string): Promise<ExpertRow> {
  const expert = await expertById(tx.q, id);
  const roles = await membershipsOfAccount(tx.q, accountId);
  if (!roles.some(({ role }) => role === 'expert')) {
    throw badInput([
      {
        field: 'accountId',
        rule: 'expert-account',
        messageZh: '该账号没有评标专家的身份',
        messageEn: 'This account is no expert’s',
      },
    ]);
  }
  const others = await expertsOf(tx.q, [expert.poolId]);
  if (others.some((other) => other.accountId === accountId && other.id !== id)) {
    throw new DomainError('already-exists', {
      messageZh: '该账号已属于本库的另一名专家',
      messageEn: 'This account is another expert’s of this pool',
    });
  }
  await changeExpert(tx, id, { accountId });
  recordAudit(tx, actor, {
    action: 'expert.link',
    procurementId: null,
    subject: `expert/${id}`,
    detail: { accountId },
  });
  return { ...expert, accountId };
}

/** 暂停、恢复. @param suspension null: it is lifted */
export async function suspendExpert(
  tx: Tx,
  actor: Actor,
  id: string,
  suspension: Suspension | null,
): Promise<ExpertRow> {
  const expert = await expertById(tx.q, id);
  await changeExpert(tx, id, { suspension });
  recordAudit(tx, actor, {
    action: suspension ? 'expert.suspend' : 'expert.lift',
    procurementId: null,
    subject: `expert/${id}`,
    detail: suspension ? { ...suspension } : {},
  });
  return { ...expert, suspension };
}

/**
 * 申报: an expert states where he works, and whom he has an interest in; it holds in every pool that has him.
 * @throws DomainError `forbidden` for an account that is nobody's in any pool
 */
export async function declareTies(
  tx: Tx,
  actor: Actor,
  stated: {
    readonly employer: { readonly name: string; readonly creditCode: string | null };
    readonly ties: readonly Tie[];
  },
): Promise<readonly ExpertRow[]> {
  const own = actor.accountId === null ? [] : await expertsOfAccount(tx.q, actor.accountId);
  if (own.length === 0) {
    throw new DomainError('forbidden', {
      messageZh: '您的账号尚未与专家库中的专家关联，请联系专家库管理单位',
      messageEn: 'Your account is not linked to an expert of a pool yet: ask its keeper',
    });
  }
  const change = {
    employer: stated.employer.name,
    employerCode: stated.employer.creditCode,
    ties: [...stated.ties],
  };
  for (const { id } of own) {
    await changeExpert(tx, id, change);
    recordAudit(tx, actor, {
      action: 'expert.declare',
      procurementId: null,
      subject: `expert/${id}`,
      detail: { ties: stated.ties.length },
    });
  }
  return own.map((row) => ({ ...row, ...change }));
}
