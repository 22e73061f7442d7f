import { accountNames } from '../../db/accounts/accounts.ts';
import type { Queries } from '../../db/access/database.ts';
import { titlesOf } from '../../db/procurements.ts';
import { listPreparedActs, type PreparedAct } from '../../db/tender/prepared-acts.ts';
import { permission, type Role } from '../../domain/roles.ts';
import { isConfirming } from './people.ts';

/** How many of those that wait are looked at for one person. */
const WAITING_READ = 50;

export interface WaitingAct {
  readonly prepared: PreparedAct;
  readonly preparedBy: string | null;
  /** Of its tender. */
  readonly title: string;
}

/** What others prepared and wait for, as far as a person may confirm it in one of their roles. */
export async function waitingFor(
  q: Queries,
  {
    accountId,
    ...as
  }: { readonly accountId: string | null; readonly role: Role; readonly organisationId: string | null },
  now: number,
): Promise<WaitingAct[]> {
  const { organisationId, role } = as;
  if (organisationId === null || !('scope' in permission(role, 'prepared-act.settle', {}))) return [];
  const rows = await listPreparedActs(q, { organisationId, now, state: 'waiting', limit: WAITING_READ });
  const waiting = rows.filter((prepared) => isConfirming(prepared, as) && prepared.preparedBy.accountId !== accountId);
  const names = await accountNames(
    q,
    waiting.map(({ preparedBy }) => preparedBy.accountId),
  );
  const titles = await titlesOf(
    q,
    waiting.map(({ procurementId }) => procurementId),
  );
  return waiting.map((prepared) => ({
    prepared,
    preparedBy: names.get(prepared.preparedBy.accountId ?? '') ?? null,
    title: titles.get(prepared.procurementId) ?? '',
  }));
}
